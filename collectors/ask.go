package collectors

import "time"

// ask is what somebody asked the engine to send to the container.
type ask struct {
	// last is the time of the last signal, and sent which it was, or signalUntold.
	last time.Time
	sent int
	// since is when the container was first asked to end, by a signal that it can
	// obey: the beginning of a stop's grace.
	since time.Time
}

const (
	// askWindow is how long before a death a signal still explains it. A stop with
	// a longer grace ends with its own SIGKILL, or with the engine's stop event.
	askWindow = 10 * time.Second
	// signalUntold stands for a signal whose number is not known.
	signalUntold = 0
	// graceful is how long a SIGKILL must come after an earlier signal to be the
	// end of a stop's grace rather than somebody's second try.
	graceful = 900 * time.Millisecond
	// graceLongest is the longest grace that is told from two requests.
	graceLongest = 10 * time.Minute
)

// signal notes a signal that was sent through the engine. One whose number is not
// told may be any that ends a process.
func (a *ask) signal(n Notice) {
	a.last, a.sent = n.At, n.Signal.Or(signalUntold)
	if a.sent == signalKill || a.sent != signalUntold && !endsProcess(a.sent) {
		return
	}
	if a.since.IsZero() || n.At.Sub(a.since) > graceLongest {
		a.since = n.At
	}
}

// cause explains a death by the signals that were asked for, and reports whether
// they explain it. A SIGKILL that nobody asked for is not explained by a SIGTERM:
// the kernel may kill a container for want of memory while it is told to stop.
func (a ask) cause(at time.Time, exit Opt[int]) (Cause, bool) {
	if a.last.IsZero() || at.Sub(a.last) > askWindow || at.Before(a.last) {
		return CauseUnknown, false
	}
	code, known := exit.Get()
	killed := a.sent == signalKill || a.untold() && code == exitSIGKILL && at.Sub(a.last) <= slack
	switch {
	case killed && (code == exitSIGKILL || !known):
		return a.causeOfKill(), true
	case killed:
		// It ended just before the SIGKILL; if it had been asked to, it obeyed.
		return CauseStopped, !a.since.IsZero()
	case code == exitSIGKILL:
		return CauseUnknown, false
	default:
		return CauseStopped, a.untold() || endsProcess(a.sent) || code == signalBase+a.sent
	}
}

// untold reports whether it is not known which signal was sent last. That it was a
// SIGKILL is then guessed from an end that followed at once.
func (a ask) untold() bool { return a.sent == signalUntold }

// causeOfKill tells the end of a stop's grace from a kill by hand.
func (a ask) causeOfKill() Cause {
	grace := a.last.Sub(a.since)
	if !a.since.IsZero() && grace >= graceful && grace <= graceLongest {
		return CauseStopTimeout
	}
	return CauseKilled
}

// before reports whether anything was asked before the given end.
func (a ask) before(end time.Time) bool { return !a.last.IsZero() && !a.last.After(end) }

// Asked reports whether somebody wanted the end.
func (c Cause) Asked() bool {
	return c == CauseStopped || c == CauseStopTimeout || c == CauseKilled
}

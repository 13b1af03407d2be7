package collectors

import "time"

// death is the last end of a container.
type death struct {
	// open is true from the death to the next start.
	open  bool
	at    time.Time
	seq   uint64
	code  Opt[int]
	cause Cause
	// inferred says that the engine's state told of it, not its die event.
	inferred bool
}

// ask is what somebody asked the engine to send to the container.
type ask struct {
	// first and last are the times of the first and the last signal.
	first, last time.Time
	// kill says that the last signal was SIGKILL.
	kill bool
}

const (
	// askWindow is how long before a death a signal still explains it. A stop with
	// a longer grace ends with its own SIGKILL, or with the engine's stop event.
	askWindow = 10 * time.Second
	// graceful is how long a SIGKILL must come after an earlier signal to be the
	// end of a stop's grace rather than somebody's second try.
	graceful = 900 * time.Millisecond
	// oomWindow is how long before a death an OOM kill still explains it.
	oomWindow = 5 * time.Second
	// oomLate is how long after the death the witnesses of its OOM kill may come.
	oomLate = time.Second
)

// signal notes a signal that was sent through the engine.
func (a *ask) signal(n Notice) {
	if a.first.IsZero() || n.At.Sub(a.last) > 10*time.Minute {
		a.first = n.At
	}
	a.last = n.At
	a.kill = n.Signal.Or(0) == signalKill
}

// cause explains a death by the signals that were asked for, and reports whether
// they explain it.
func (a ask) cause(at time.Time) (Cause, bool) {
	if a.last.IsZero() || at.Sub(a.last) > askWindow || at.Before(a.last) {
		return CauseUnknown, false
	}
	switch {
	case !a.kill:
		return CauseStopped, true
	case a.last.Sub(a.first) >= graceful:
		return CauseStopTimeout, true
	default:
		return CauseKilled, true
	}
}

// Asked reports whether somebody wanted the end.
func (c Cause) Asked() bool {
	return c == CauseStopped || c == CauseStopTimeout || c == CauseKilled
}

// die takes the engine's word that the main process ended.
func (l *Ledger) die(life *life, n Notice) {
	if life.death.open && life.death.inferred && n.At.Sub(life.death.at).Abs() <= slack {
		life.death.inferred = false
		return
	}
	if life.death.at.Equal(n.At) {
		return
	}
	l.end(life, n.identity(), n.At, n.ExitCode)
}

// dieUnseen takes a death from the engine's state.
func (l *Ledger) dieUnseen(life *life, c ContainerCounters, at time.Time) {
	when := c.FinishedAt.Or(at)
	if c.OOMKilled {
		l.oom(life, c.Identity, oomEvidence{at: when, witness: witnessEngine, count: 1})
	}
	l.end(life, c.Identity, when, c.ExitCode)
	life.death.inferred = true
}

// end tells of a death with its cause.
func (l *Ledger) end(life *life, who Identity, at time.Time, code Opt[int]) {
	cause, detail := life.cause(at, code)
	seq := l.add(Event{
		At: at, Container: who.Key, ID: who.ID, Kind: EventDied,
		ExitCode: code, Cause: cause, Detail: detail,
	})
	life.death = death{open: true, at: at, seq: seq, code: code, cause: cause}
	life.running, life.paused, life.met = false, false, true
	if life.id == "" {
		life.id = who.ID
	}
	life.closeOOMs()
}

// cause finds out why the container ended. A request through the engine comes
// first, for it is certain; then an OOM kill shortly before; then what the exit
// code itself says.
func (life *life) cause(at time.Time, exit Opt[int]) (Cause, string) {
	code, known := exit.Get()
	oom := life.oomBefore(at)
	if cause, ok := life.ask.cause(at); ok {
		return cause, ""
	}
	switch {
	case !known && oom:
		return CauseUnknown, "just after an OOM kill"
	case !known:
		return CauseUnknown, ""
	case oom && code == exitSIGKILL:
		return CauseOOMKill, ""
	case oom:
		return causeOfSignal(code), "just after an OOM kill"
	default:
		return causeOfSignal(code), ""
	}
}

// stopped takes the engine's stop event, which follows the death that it asked
// for: whatever signal the container stops at, this was no accident.
func (l *Ledger) stopped(life *life, n Notice) {
	if !life.death.open || life.death.cause.Asked() || n.At.Sub(life.death.at).Abs() > askWindow {
		return
	}
	cause := CauseStopped
	if life.death.code.Or(0) == exitSIGKILL {
		cause = CauseStopTimeout
	}
	l.recause(life, cause)
}

// recause amends the last death, and the restart after it if it was told.
func (l *Ledger) recause(life *life, cause Cause) {
	life.death.cause = cause
	code := life.death.code
	l.amend(life.death.seq, func(e *Event) { e.Cause, e.Detail = cause, "" })
	if !life.death.open && !cause.Asked() {
		l.amend(life.startSeq, func(e *Event) {
			if e.Kind == EventRestarted {
				e.Cause, e.ExitCode = cause, code
			}
		})
	}
}

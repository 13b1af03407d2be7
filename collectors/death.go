package collectors

import (
	"slices"
	"time"
)

// death is one end of a container.
type death struct {
	// open is true from the death to the next start.
	open   bool
	at     time.Time
	code   Opt[int]
	cause  Cause
	detail string
	// seq is the event that told of it, and restart the one that told of the start
	// after it; zero while there was none.
	seq, restart uint64
}

const (
	// deathMemory is how many deaths are kept to be explained by late evidence: a
	// night of restarts that is read from the kernel log in the morning.
	deathMemory = 256
	// afterOOM is the clause of a death that an OOM kill led to without being it.
	afterOOM = "just after an OOM kill"
	// wasOOM is the clause for what the engine's flag tells: there was an OOM kill,
	// it does not tell when.
	wasOOM = "there was an OOM kill in this life"
)

// die takes the engine's word that the main process ended. What is not after the
// present start, or is of another container, was told before.
func (l *Ledger) die(life *life, n Notice) {
	foreign := n.ID != "" && life.id != "" && n.ID != life.id
	if n.At.Equal(life.death.at) || !n.At.After(life.started) || foreign {
		return
	}
	l.straggler(life, n.identity(), n.At, n.ExitCode)
	event := life.closing(n.identity(), n.At, n.ExitCode)
	after := life.stated
	if !life.death.open {
		after = latest(after, life.death.at)
	}
	told := l.hear(life, after, event)
	l.end(life, event, told.seq)
}

// dieUnseen takes a death from the engine's state.
func (l *Ledger) dieUnseen(life *life, c ContainerCounters, at time.Time) {
	when := c.FinishedAt.Or(at)
	flagged := c.OOMKilled && !life.oomSince(life.started)
	if flagged && c.ExitCode.Or(0) == exitSIGKILL {
		l.oom(life, c.Identity, oomEvidence{from: when.Add(-oomWindow), at: when, to: when, witness: witnessFlag, count: 1})
	}
	l.straggler(life, c.Identity, when, c.ExitCode)
	event := life.closing(c.Identity, when, c.ExitCode)
	if flagged && event.Detail == "" && c.ExitCode.Or(0) != exitSIGKILL {
		event.Detail = wasOOM
	}
	told := l.infer(life, at, event)
	l.end(life, event, told.seq)
}

// closing is the event of a death, with its cause.
func (life *life) closing(who Identity, at time.Time, code Opt[int]) Event {
	cause, detail := life.cause(at, code)
	return Event{
		At: at, Container: who.Key, ID: who.ID, Kind: EventDied,
		ExitCode: code, Cause: cause, Detail: detail,
	}
}

// end notes a death that was told.
func (l *Ledger) end(life *life, event Event, seq uint64) {
	life.death = death{
		open: true, at: event.At, code: event.ExitCode,
		cause: event.Cause, detail: event.Detail, seq: seq,
	}
	life.running, life.paused, life.met, life.gone = false, false, true, false
	if life.id == "" {
		life.id = event.ID
	}
	life.closeOOMs(event.At, event.At.Add(oomLate))
	life.deaths = slices.DeleteFunc(life.deaths, func(d death) bool { return d.seq == seq })
	life.deaths = append(life.deaths, life.death)
	life.deaths = slices.Delete(life.deaths, 0, max(0, len(life.deaths)-deathMemory))
}

// restartOf notes which event told of the start after a death.
func (life *life) restartOf(seq, restart uint64) {
	for i := range life.deaths {
		if life.deaths[i].seq == seq {
			life.deaths[i].restart = restart
		}
	}
	life.death.restart = restart
}

// cause finds out why the container ended. A request through the engine comes
// first, for it is certain; then an OOM kill shortly before; then what the exit
// code itself says.
func (life *life) cause(at time.Time, exit Opt[int]) (Cause, string) {
	if cause, ok := life.ask.cause(at, exit); ok {
		return cause, ""
	}
	code, known := exit.Get()
	oom, detail := life.oomBefore(at), ""
	if oom {
		detail = afterOOM
	}
	switch {
	case !known:
		return CauseUnknown, detail
	case oom && code == exitSIGKILL:
		return CauseOOMKill, ""
	default:
		return causeOfSignal(code), detail
	}
}

// stopped takes the engine's stop event, which follows the death that it asked
// for: whatever signal the container stops at, this was no accident. A stop that
// comes while the container waits for its next restart asked for no death, and
// one that was killed for want of memory while it stopped was killed for that.
func (l *Ledger) stopped(life *life, n Notice) {
	d := life.death
	window := slack
	if life.ask.before(d.at) {
		window = askWindow
	}
	if !d.open || d.cause == CauseOOMKill || n.At.Sub(d.at).Abs() > window {
		return
	}
	cause := CauseStopped
	if d.code.Or(0) == exitSIGKILL {
		cause = CauseStopTimeout
	}
	if d.cause == CauseStopTimeout || d.cause == cause {
		return
	}
	l.recause(life, d, cause, "")
}

// recause amends a death, and the restart after it if it was told.
func (l *Ledger) recause(life *life, d death, cause Cause, detail string) {
	for i := range life.deaths {
		if life.deaths[i].seq == d.seq {
			life.deaths[i].cause, life.deaths[i].detail = cause, detail
		}
	}
	if life.death.seq == d.seq {
		life.death.cause, life.death.detail = cause, detail
	}
	l.amend(d.seq, func(e *Event) { e.Cause, e.Detail = cause, detail })
	if d.restart == 0 || cause.Asked() {
		return
	}
	l.amend(d.restart, func(e *Event) {
		if e.Kind == EventRestarted {
			e.Cause, e.ExitCode, e.Detail = cause, d.code, detail
		}
	})
}

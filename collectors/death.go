package collectors

import (
	"slices"
	"time"
)

// death is one end of a container.
type death struct {
	// open is true from the death to the next start.
	open   bool
	id     string
	at     time.Time
	code   Opt[int]
	cause  Cause
	detail string
	// ask is what had been asked for, and stopped says that the engine's stop event
	// followed: what the cause is judged by once more when the code is amended.
	ask     ask
	stopped bool
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
	after := life.stated
	if !life.death.open {
		after = latest(after, life.death.at)
	}
	code := life.codeOf(n, after)
	l.straggler(life, n.identity(), n.At, code)
	event := life.closing(n.identity(), n.At, code)
	told := l.hear(life, after, event)
	l.end(life, event, told.seq)
}

// codeOf is the exit code of the end that a notice tells of. The state's is the
// better one where it told of the same end before: a label of the container can
// choose what the event says.
func (life *life) codeOf(n Notice, after time.Time) Opt[int] {
	if i := life.markOf(Event{At: n.At, Kind: EventDied}, after); i >= 0 {
		if code := life.marks[i].event.ExitCode; code.Present() {
			return code
		}
	}
	return n.ExitCode
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
	told := l.infer(life, at, event, c.FinishedAt.Present())
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
		open: true, id: event.ID, at: event.At, code: event.ExitCode,
		cause: event.Cause, detail: event.Detail, ask: life.ask, seq: seq,
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
	life.amendDeath(seq, func(d *death) { d.restart = restart })
}

// amendDeath changes what is known of a death, wherever it is kept.
func (life *life) amendDeath(seq uint64, change func(*death)) {
	if seq == 0 {
		return
	}
	for i := range life.deaths {
		if life.deaths[i].seq == seq {
			change(&life.deaths[i])
		}
	}
	for _, d := range []*death{&life.death, &life.draft.death, &life.prologue.death} {
		if d.seq == seq {
			change(d)
		}
	}
}

// cause finds out why the container ended at the given time.
func (life *life) cause(at time.Time, exit Opt[int]) (Cause, string) {
	return judge(life.ask, at, exit, life.oomBefore(at))
}

// judge weighs what can have ended a container. A request through the engine comes
// first, for it is certain; then an OOM kill shortly before; then what the exit code
// itself says.
func judge(asked ask, at time.Time, exit Opt[int], oom bool) (Cause, string) {
	code, known := exit.Get()
	killed := oom && code == exitSIGKILL
	if cause, ok := asked.cause(at, exit); ok && (!killed || !asked.untold()) {
		return cause, ""
	}
	detail := ""
	if oom {
		detail = afterOOM
	}
	switch {
	case !known:
		return CauseUnknown, detail
	case killed:
		return CauseOOMKill, ""
	default:
		return causeOfSignal(code), detail
	}
}

// stopped takes the engine's stop event, which follows the death that it asked
// for: whatever signal the container stops at, this was no accident. A stop that
// comes while the container waits for its next restart asked for no death.
func (l *Ledger) stopped(life *life, n Notice) {
	d := life.death
	window := slack
	if d.ask.before(d.at) {
		window = askWindow
	}
	if !d.open || n.At.Sub(d.at).Abs() > window {
		return
	}
	life.amendDeath(d.seq, func(d *death) { d.stopped = true })
	cause, detail := d.afterStop(d.cause, d.detail)
	l.recause(life, d, cause, detail)
}

// afterStop is the cause of a death that the engine's stop event followed. One that
// was killed for want of memory while it stopped was killed for that.
func (d death) afterStop(cause Cause, detail string) (Cause, string) {
	switch {
	case cause == CauseOOMKill, cause == CauseStopTimeout:
		return cause, detail
	case d.code.Or(0) == exitSIGKILL:
		return CauseStopTimeout, ""
	default:
		return CauseStopped, ""
	}
}

// recause amends a death, and the restart after it if it was told.
func (l *Ledger) recause(life *life, d death, cause Cause, detail string) {
	if d.cause == cause && d.detail == detail {
		return
	}
	d.cause, d.detail = cause, detail
	l.retell(life, d)
}

// retell amends what was told of a death, and of the restart after it.
func (l *Ledger) retell(life *life, d death) {
	life.amendDeath(d.seq, func(known *death) { known.code, known.cause, known.detail = d.code, d.cause, d.detail })
	l.amend(d.seq, func(e *Event) { e.ExitCode, e.Cause, e.Detail = d.code, d.cause, d.detail })
	if d.restart == 0 {
		return
	}
	l.amend(d.restart, func(e *Event) {
		if e.Kind == EventRestarted && !d.cause.Asked() {
			e.Cause, e.ExitCode, e.Detail = d.cause, d.code, d.detail
		}
	})
}

package collectors

import (
	"slices"
	"time"
)

// The engine puts the labels of a container beside what its events tell, and the
// labels win: an image may choose which exit code its death is told with. The state
// has the code from the runtime. So where the state tells of a death it has the last
// word; but the state forgets the code at the next start, and what is forgotten
// must not pass for an exit 0.

// verdict takes the exit code of the latest end from the engine's state, and judges
// the cause of that death once more when the event told of another code.
func (l *Ledger) verdict(life *life, c ContainerCounters) {
	code, known := c.ExitCode.Get()
	if !known || !c.ended(c.StartedAt.Or(time.Time{})) {
		return
	}
	d, ok := life.deathOf(c)
	if !ok || d.code == Some(code) {
		return
	}
	if d.seq == life.death.seq && d.open {
		l.straggler(life, c.Identity, d.at, Some(code))
	}
	d.code = Some(code)
	d.cause, d.detail = life.rejudge(d)
	l.retell(life, d)
}

// deathOf finds the death that the state tells of: the first one after the start in
// the state, at the time of the end in the state. The event is dated after the state,
// for the engine cleans up in between. The code does not count, for it may differ.
func (life *life) deathOf(c ContainerCounters) (death, bool) {
	started, dated := c.StartedAt.Get()
	finished, ended := c.FinishedAt.Get()
	i := slices.IndexFunc(life.deaths, func(d death) bool { return d.id == c.ID && d.at.After(started) })
	if !dated || !ended || i < 0 {
		return death{}, false
	}
	late := life.deaths[i].at.Sub(finished)
	return life.deaths[i], late >= -early && late <= noticeLag
}

// rejudge is the cause of a death whose code was amended. What was asked for and
// what the counters showed before it is as it was.
func (life *life) rejudge(d death) (Cause, string) {
	oom := d.cause == CauseOOMKill || d.detail == afterOOM || life.oomOf(d)
	cause, detail := judge(d.ask, d.at, d.code, oom)
	if d.stopped {
		return d.afterStop(cause, detail)
	}
	return cause, detail
}

// oomOf reports whether an OOM kill led to a death, which need not be the last one.
func (life *life) oomOf(d death) bool {
	if d.open {
		return life.oomBefore(d.at)
	}
	return slices.ContainsFunc(life.ooms, func(r oomRecord) bool {
		return r.near(d.at) && !r.until.IsZero() && r.until.Sub(d.at).Abs() <= oomLate
	})
}

package collectors

import "time"

// tally is the counters of a cgroup that tell of events.
type tally struct {
	kills, hits, refused Opt[uint64]
}

func tallyOf(c ContainerCounters) tally {
	memory, pids := c.Memory.Or(MemoryLevels{}), c.Pids.Or(PidsLevels{})
	return tally{kills: memory.Events.OOMKill, hits: memory.Events.Max, refused: pids.Refused}
}

// zeroTally is that of a cgroup that was just made.
func zeroTally() tally {
	return tally{kills: Some[uint64](0), hits: Some[uint64](0), refused: Some[uint64](0)}
}

// keep returns t with what is absent in it taken from before: a file that could
// not be read once has not lost its count.
func (t tally) keep(before tally) tally {
	fillOpt(&t.kills, before.kills)
	fillOpt(&t.hits, before.hits)
	fillOpt(&t.refused, before.refused)
	return t
}

// counters tells what the counters say that no notice does: limit hits, refused
// forks, and kills. A new incarnation counts from zero, so all it counted is
// news; of a container that was there before brink only the rest is.
func (l *Ledger) counters(c ContainerCounters, at time.Time) {
	if !c.counted() {
		return
	}
	life, now := l.life(c.Key), tallyOf(c)
	before, known := life.tally.Get()
	switch {
	case known && c.Incarnation != life.incarnation, !known && l.cameAfter(c, at):
		before = zeroTally()
	case !known:
		before = now
	}
	life.incarnation, life.tally = c.Incarnation, Some(now.keep(before))
	if n := rise(before.kills, now.kills).Or(0); n > 0 {
		l.oom(life, c.Identity, oomEvidence{at: at, witness: witnessCounter, count: n})
	}
	if n := rise(before.hits, now.hits).Or(0); n > 0 {
		l.repeat(life, Event{At: at, Container: c.Key, ID: c.ID, Kind: EventLimitHit, Count: n})
	}
	if n := rise(before.refused, now.refused).Or(0); n > 0 {
		l.repeat(life, Event{At: at, Container: c.Key, ID: c.ID, Kind: EventForkRefused, Count: n})
	}
}

// cameAfter reports whether the container began after the ledger did.
func (l *Ledger) cameAfter(c ContainerCounters, at time.Time) bool {
	if started, ok := c.StartedAt.Get(); ok {
		return started.After(l.began)
	}
	return at.After(l.began)
}

// kernelForkRefused takes the kernel's single line about refused forks. Where
// the counter can be read it knows better.
func (l *Ledger) kernelForkRefused(life *life, n Notice) {
	if life.tally.Or(tally{}).refused.Present() {
		return
	}
	l.repeat(life, Event{At: n.At, Container: n.Key, ID: n.ID, Kind: EventForkRefused, Count: 1})
}

// run is an event that goes on.
type run struct {
	seq  uint64
	last time.Time
}

// runGap is the longest pause within one run.
const runGap = 10 * time.Second

// repeat tells an event that may be the continuation of the last of its kind.
func (l *Ledger) repeat(life *life, event Event) {
	current, ok := life.runs[event.Kind]
	if !ok || event.At.Sub(current.last) > runGap || current.last.Before(life.started) {
		event.Until = event.At
		life.runs[event.Kind] = run{seq: l.add(event), last: event.At}
		return
	}
	life.runs[event.Kind] = run{seq: current.seq, last: event.At}
	l.amend(current.seq, func(e *Event) {
		e.Count += event.Count
		e.Until = event.At
	})
}

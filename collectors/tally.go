package collectors

import (
	"slices"
	"time"
)

// tally is the counters of a cgroup that tell of events, as they were read last.
type tally struct {
	at                   time.Time
	kills, hits, refused Opt[uint64]
	// ooms count how often the container's own limit, or that of a cgroup in it, was
	// the one for which memory was wanting; ownOOMs leave those in it out.
	ooms, ownOOMs Opt[uint64]
}

func tallyOf(c ContainerCounters, at time.Time) tally {
	memory, pids := c.Memory.Or(MemoryLevels{}), c.Pids.Or(PidsLevels{})
	return tally{
		at: at, kills: memory.Events.OOMKill, hits: memory.Events.Max, refused: pids.Refused,
		ooms: memory.Events.OOM, ownOOMs: memory.Events.LocalOOM,
	}
}

// known reports whether any of the counters was read.
func (t tally) known() bool { return t.kills.Present() || t.hits.Present() || t.refused.Present() }

// zeroTally is that of a cgroup that was made at some time after the given one.
func zeroTally(at time.Time) tally {
	none := Some[uint64](0)
	return tally{at: at, kills: none, hits: none, refused: none, ooms: none, ownOOMs: none}
}

// keep returns t with what is absent in it taken from before: a file that could
// not be read once has not lost its count.
func (t tally) keep(before tally) tally {
	fillOpt(&t.kills, before.kills)
	fillOpt(&t.hits, before.hits)
	fillOpt(&t.refused, before.refused)
	fillOpt(&t.ooms, before.ooms)
	fillOpt(&t.ownOOMs, before.ownOOMs)
	return t
}

// dir is one cgroup directory of a container, with what it counted. Each life has
// its own, which is there before the engine tells of the start, and whose last
// counts may be read after it told of the end.
type dir struct {
	incarnation Incarnation
	// first is when it was first read.
	first time.Time
	tally tally
	// wanted is when its ooms were last seen to grow.
	wanted time.Time
}

// dirMemory is how many directories are kept: a reading can still find the old
// one after the new one was read.
const dirMemory = 4

// dir returns what is known of a directory. An unknown incarnation stands for the
// last one: so a source gives the last counts of a cgroup that vanished.
func (life *life) dir(i Incarnation) (*dir, bool) {
	for n := range slices.Backward(life.dirs) {
		if i == 0 || life.dirs[n].incarnation == i {
			return &life.dirs[n], true
		}
	}
	return nil, false
}

// isFormer reports whether a directory is of the life before the present one.
func (life *life) isFormer(i Incarnation) bool {
	return life.readBefore(i, life.formerEnd)
}

// readBefore reports whether a directory was read before the given time.
func (life *life) readBefore(i Incarnation, at time.Time) bool {
	known, ok := life.dir(i)
	return ok && known.first.Before(at)
}

// moved reports whether a directory is another than was read before.
func (life *life) moved(i Incarnation) bool {
	_, known := life.dir(i)
	return !known && len(life.dirs) > 0
}

// open notes a directory that was not read before, with the counts from which its
// events are counted. A new directory counts from zero, so all it counted is news;
// of a container that was there before brink only the rest is.
func (l *Ledger) open(life *life, c ContainerCounters, at time.Time) *dir {
	fresh := dir{incarnation: c.Incarnation, first: at, tally: tallyOf(c, at)}
	if before, ok := life.dir(0); ok {
		fresh.tally = zeroTally(latest(before.tally.at, life.started))
	} else if l.cameAfter(c, at) {
		fresh.tally = zeroTally(life.started)
	}
	life.dirs = append(life.dirs, fresh)
	life.dirs = slices.Delete(life.dirs, 0, max(0, len(life.dirs)-dirMemory))
	return &life.dirs[len(life.dirs)-1]
}

// counters tells what the counters say that no notice does: limit hits, refused
// forks, and kills.
func (l *Ledger) counters(c ContainerCounters, at time.Time) {
	life, now := l.life(c.Key), tallyOf(c, at)
	if !now.known() && c.ID != "" {
		return
	}
	from, ok := life.dir(c.Incarnation)
	if !ok {
		from = l.open(life, c, at)
	}
	before, scope := from.tally, from.scopeOf(now)
	from.tally = now.keep(before)
	l.rises(life, c.Identity, *from, before, scope)
}

// scopeOf tells whose limit the kills since the last reading were for, as far as the
// counters show it: the kernel counts an oom before every kill for a limit of the
// container's own. A reading may come between the two, and between the counts of one
// file; that of ownOOMs is read later, and after an oom the kill may take a while.
func (d *dir) scopeOf(now tally) OOMScope {
	ooms, known := rise(d.tally.ooms, now.ooms).Get()
	own, told := rise(d.tally.ownOOMs, now.ownOOMs).Get()
	if ooms > 0 || own > 0 {
		d.wanted = now.at
	}
	lately := !d.wanted.IsZero() && (!d.wanted.Before(d.tally.at) || now.at.Sub(d.wanted) <= oomWindow)
	if !known || !told || lately {
		return ""
	}
	return OOMOutside
}

// rises tells what grew since the tally before. What hit the limit did so before
// anything was killed for it.
func (l *Ledger) rises(life *life, who Identity, read dir, before tally, scope OOMScope) {
	now := read.tally
	event := Event{At: now.at, Container: who.Key, ID: who.ID}
	if n := rise(before.hits, now.hits).Or(0); n > 0 {
		event.Kind, event.Count = EventLimitHit, n
		l.repeat(life, event)
	}
	if n := rise(before.refused, now.refused).Or(0); n > 0 {
		event.Kind, event.Count = EventForkRefused, n
		l.repeat(life, event)
	}
	if n := rise(before.kills, now.kills).Or(0); n > 0 {
		l.oom(life, who, oomEvidence{
			from: before.at, at: now.at, to: now.at,
			witness: witnessCounter, count: n, incarnation: read.incarnation, scope: scope,
		})
	}
}

// kernelForkRefused takes the kernel's single line about refused forks. Where
// the counter can be read it knows better.
func (l *Ledger) kernelForkRefused(n Notice) {
	if n.Kind != NoticeKernelForkRefused || n.Key == "" {
		return
	}
	life := l.life(n.Key)
	if last, ok := life.dir(0); ok && last.tally.refused.Present() {
		return
	}
	l.repeat(life, Event{At: n.At, Container: n.Key, ID: n.ID, Kind: EventForkRefused, Count: 1})
}

// run is an event that goes on.
type run struct {
	seq         uint64
	first, last time.Time
}

const (
	// runGap is the longest pause within one run.
	runGap = 10 * time.Second
	// runLongest is how long one goes on: healthy work with much page cache hits
	// its limit for days, and a story whose newest line began last week hides that.
	runLongest = time.Hour
)

// repeat tells an event that may be the continuation of the last of its kind.
func (l *Ledger) repeat(life *life, event Event) {
	current, ok := life.runs[event.Kind]
	goesOn := ok && event.At.Sub(current.last) <= runGap && event.At.Sub(current.first) <= runLongest &&
		!current.last.Before(life.started)
	if goesOn && l.amend(current.seq, func(e *Event) {
		e.Count += event.Count
		e.Until = event.At
	}) {
		current.last = event.At
		life.runs[event.Kind] = current
		return
	}
	event.Until = event.At
	life.runs[event.Kind] = run{seq: l.add(event), first: event.At, last: event.At}
}

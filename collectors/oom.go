package collectors

import (
	"cmp"
	"slices"
	"time"
)

// witness is who saw an OOM kill.
type witness uint8

const (
	witnessCounter witness = iota
	witnessEngine
	witnessKernel
	// witnessFlag is OOMKilled of the engine's state.
	witnessFlag
	witnesses
)

// oomEvidence is what one witness says: so many kills between two times.
type oomEvidence struct {
	// at is when it was said; from and to bound when the kills were.
	from, at, to time.Time
	witness      witness
	count        uint64
	victim       Opt[Victim]
	// incarnation is the cgroup that counted, and scope what its counters say of whose
	// limit it was; zero for the other witnesses.
	incarnation Incarnation
	scope       OOMScope
}

// oomRecord is one OOM event with what each witness has said of it. The number
// of kills is the most that any of them saw: they count the same kills, not
// different ones.
type oomRecord struct {
	seq uint64
	// first and last are when it was said to be; from and to bound when it was.
	first, last, from, to time.Time
	seen                  [witnesses]uint64
	// incarnation is the cgroup whose counter testified, zero while none did.
	incarnation Incarnation
	// counted is the scope of all that the counter saw, and logged that of the last
	// victim in the kernel log, which knows better.
	counted, logged OOMScope
	// until is when the life in which it happened ended; zero while it goes on. late
	// says that it was told of when the next life had begun.
	until time.Time
	late  bool
}

const (
	// oomGap is the longest pause within one OOM event, and oomLongest the longest
	// that one lasts: what is killed every second is told anew every minute.
	oomGap     = 2 * time.Second
	oomLongest = time.Minute
	// engineLag is how late the engine's event may come: within 200 ms on a host at
	// ease. kernelLag is how late a line of the kernel log may be read.
	engineLag = 3 * time.Second
	kernelLag = 500 * time.Millisecond
	// kernelDrift is how far the time of an old line may be off: the clock of the
	// kernel log runs free, and nobody saw when the line was written.
	kernelDrift = 2 * time.Minute
	kernelOld   = 10 * time.Second
	// oomMemory is how many records are kept to be matched with late evidence. The
	// engine keeps 256 events.
	oomMemory = 256
	// oomWindow is how long before a death an OOM kill still explains it.
	oomWindow = 5 * time.Second
	// oomLate is how long after the death the witnesses of its OOM kill may come.
	oomLate = time.Second
	// lateWord is how long after a start a kill is rather a late word on the life
	// before: the engine reports within 200 ms, and nothing fills a container faster.
	lateWord = 200 * time.Millisecond
	// victimMemory is how many victims an event names.
	victimMemory = 16
)

// engineEvidence is what the engine's oom event says.
func engineEvidence(n Notice) oomEvidence {
	return oomEvidence{from: n.At.Add(-engineLag), at: n.At, to: n.At, witness: witnessEngine, count: 1}
}

// kernelEvidence is what a line of the kernel log says, that was handed on in the
// reading at the given time.
func kernelEvidence(n Notice, at time.Time) oomEvidence {
	e := oomEvidence{from: n.At.Add(-kernelLag), at: n.At, to: n.At, witness: witnessKernel, count: 1, victim: n.Victim}
	if at.Sub(n.At) > kernelOld {
		e.from, e.to = n.At.Add(-kernelDrift), n.At.Add(kernelDrift)
	}
	return e
}

// oom takes a piece of evidence. It first confirms what the other witnesses have
// told of, the oldest first, since each witness tells in order; what is left goes
// on with the last event, or is a new one.
func (l *Ledger) oom(life *life, who Identity, e oomEvidence) {
	for i := range life.ooms {
		record := &life.ooms[i]
		if e.count == 0 || !record.confirmedBy(e, life) {
			continue
		}
		part := e
		part.count = min(e.count, record.count()-record.seen[e.witness])
		e.count -= part.count
		life.stray = life.strayed(record, e)
		l.testify(record, part)
	}
	if e.count > 0 {
		l.testify(l.recordFor(life, who, e), e)
	}
	l.blame(life, e)
}

// recordFor returns the record that e goes on with, or a new one.
func (l *Ledger) recordFor(life *life, who Identity, e oomEvidence) *oomRecord {
	for i, record := range slices.Backward(life.ooms) {
		if record.goesOn(e) && l.find(record.seq) >= 0 {
			return &life.ooms[i]
		}
	}
	return l.openRecord(life, who, e)
}

// openRecord tells a new OOM event.
func (l *Ledger) openRecord(life *life, who Identity, e oomEvidence) *oomRecord {
	seq := l.add(Event{At: e.at, Until: e.at, Container: who.Key, ID: who.ID, Kind: EventOOMKill})
	until := life.endFor(e)
	life.ooms = append(life.ooms, oomRecord{
		seq: seq, first: e.at, last: e.at, from: e.from, to: e.to,
		until: until, late: !until.IsZero() && !life.death.open,
	})
	life.ooms = slices.Delete(life.ooms, 0, max(0, len(life.ooms)-oomMemory))
	return &life.ooms[len(life.ooms)-1]
}

// testify notes what a witness says of a record, and amends the event.
func (l *Ledger) testify(r *oomRecord, e oomEvidence) {
	before, scope := r.count(), r.scope()
	r.judge(e)
	r.seen[e.witness] += e.count
	if e.incarnation != 0 {
		r.incarnation = e.incarnation
	}
	more := r.count() > before
	if more {
		r.first, r.last = earliest(r.first, e.at), latest(r.last, e.at)
		r.from, r.to = earliest(r.from, e.from), latest(r.to, e.to)
	}
	victim, named := e.victim.Get()
	if !more && !named && r.scope() == scope {
		return
	}
	l.amend(r.seq, func(event *Event) {
		event.Count, event.Until, event.Scope = r.count(), r.last, r.scope()
		if named {
			victim.Name = Clean(victim.Name, victimNameLength)
			victims := slices.Concat(event.Victims, []Victim{victim})
			event.Victims = victims[max(0, len(victims)-victimMemory):]
		}
	})
}

// victimNameLength bounds the name of a process. The kernel's has 15 characters.
const victimNameLength = 64

func (r *oomRecord) count() uint64 { return slices.Max(r.seen[:]) }

// judge notes whose limit a witness says it was. Kills that the counter saw for
// limits of different kinds have none in common.
func (r *oomRecord) judge(e oomEvidence) {
	if victim, named := e.victim.Get(); named && victim.Scope != "" {
		r.logged = victim.Scope
	}
	switch {
	case e.witness != witnessCounter:
	case r.seen[witnessCounter] == 0:
		r.counted = e.scope
	case r.counted != e.scope:
		r.counted = ""
	}
}

func (r *oomRecord) scope() OOMScope { return cmp.Or(r.logged, r.counted) }

// confirmedBy reports whether e can be another account of the record.
func (r *oomRecord) confirmedBy(e oomEvidence, life *life) bool {
	if r.seen[e.witness] >= r.count() || r.from.After(e.to) || e.from.After(r.to) {
		return false
	}
	switch {
	case e.incarnation == 0 || r.incarnation == e.incarnation:
		return true
	case !r.last.Before(life.started) && !r.late:
		// It was said since the present life began, and may be of either.
		return true
	default:
		return r.incarnation == 0 && r.past(life) == life.isFormer(e.incarnation)
	}
}

// goesOn reports whether e is more of the same. Nobody but the counter of the
// same cgroup can say so of a life that has ended.
func (r *oomRecord) goesOn(e oomEvidence) bool {
	if r.from.After(e.to) || e.at.Sub(r.last) > oomGap || e.at.Sub(r.first) > oomLongest {
		return false
	}
	if e.incarnation != 0 && r.incarnation != 0 {
		return e.incarnation == r.incarnation
	}
	return r.until.IsZero() || !e.at.After(r.until)
}

// past reports whether the record is of the life before the present one, and of
// that one alone.
func (r *oomRecord) past(life *life) bool {
	return !r.until.IsZero() && !r.until.After(life.started) && (r.late || r.last.Before(life.started))
}

// endFor is when the life ended that new evidence is about; zero for the present.
func (life *life) endFor(e oomEvidence) time.Time {
	d := life.death
	switch {
	case e.incarnation != 0 && life.isFormer(e.incarnation):
		return life.formerEnd
	case e.incarnation != 0 && (!d.open || !life.readBefore(e.incarnation, d.at)):
		return time.Time{}
	case d.open && e.at.Sub(d.at) <= e.lag():
		return d.at
	case d.open:
		return time.Time{}
	case e.at.Before(life.started):
		return life.started
	case d.unexplained() && e.at.Sub(d.at) <= oomLate && e.at.Sub(life.started) <= lateWord:
		return d.at
	default:
		return time.Time{}
	}
}

// closeOOMs ends the records of a life that ended at the given time. Records from
// late on are of the life that follows.
func (life *life) closeOOMs(at, late time.Time) {
	for i := range life.ooms {
		r := &life.ooms[i]
		mine := r.incarnation == 0 || life.readBefore(r.incarnation, at)
		if r.until.IsZero() && mine && r.first.Before(late) {
			r.until = at
		}
	}
}

// oomBefore reports whether an OOM kill came shortly before (or, since its
// witnesses are late, just after) the given end of the present life.
func (life *life) oomBefore(end time.Time) bool {
	return slices.ContainsFunc(life.ooms, func(r oomRecord) bool { return r.near(end) && !r.past(life) })
}

// near reports whether the record is of kills shortly before an end or, since its
// witnesses are late, just after it.
func (r *oomRecord) near(end time.Time) bool {
	return r.last.After(end.Add(-oomWindow)) && r.first.Before(end.Add(oomLate))
}

// oomSince reports whether any OOM kill is known of since the given time.
func (life *life) oomSince(start time.Time) bool {
	return slices.ContainsFunc(life.ooms, func(r oomRecord) bool { return !r.last.Before(start) })
}

// strayed keeps an engine's event that confirmed a record of the life before,
// although it came well within the present one: it may be of this one after all.
func (life *life) strayed(r *oomRecord, e oomEvidence) oomEvidence {
	if e.incarnation != 0 || !r.past(life) || e.at.Sub(life.started) <= lateWord {
		return life.stray
	}
	e.count = 1
	return e
}

// straggler opens a record for stray evidence when the present life ends in a way
// that nothing else explains.
func (l *Ledger) straggler(life *life, who Identity, end time.Time, exit Opt[int]) {
	e := life.stray
	if e.count == 0 || exit.Or(0) != exitSIGKILL || e.at.Before(end.Add(-oomWindow)) || life.oomBefore(end) {
		return
	}
	if _, asked := life.ask.cause(end, exit); asked {
		return
	}
	life.stray = oomEvidence{}
	l.testify(l.openRecord(life, who, e), e)
}

// unexplained reports whether a death still wants the evidence of an OOM kill.
func (d death) unexplained() bool {
	return d.seq != 0 && d.cause == CauseUnknown && d.code.Or(0) == exitSIGKILL
}

// blame amends the death that an OOM kill explains, when the evidence came after
// the death was told. It is the nearest death, if it is near at all.
func (l *Ledger) blame(life *life, e oomEvidence) {
	var nearest death
	least := oomWindow
	for _, d := range life.deaths {
		if gap, explains := e.gapTo(d.at); explains && gap < least {
			nearest, least = d, gap
		}
	}
	switch {
	case nearest.seq == 0 || nearest.cause.Asked() || !life.answersFor(nearest, e):
	case nearest.unexplained():
		l.recause(life, nearest, CauseOOMKill, "")
	case nearest.cause != CauseOOMKill && nearest.detail == "":
		l.recause(life, nearest, nearest.cause, afterOOM)
	}
}

// gapTo is the time between the kill and an end of the container, and whether the
// one can have led to the other. The counter is read at some time after the kill,
// so an end since it was read before is as near as can be.
func (e oomEvidence) gapTo(end time.Time) (time.Duration, bool) {
	late := e.at.Sub(end)
	switch {
	case late <= 0:
		return -late, -late < oomWindow
	case e.witness == witnessCounter:
		return 0, !end.Before(e.from)
	default:
		return late, late <= e.lag()
	}
}

// lag is how long after an end a witness may come with a kill that led to it.
func (e oomEvidence) lag() time.Duration { return min(oomLate, e.at.Sub(e.from)) }

// answersFor reports whether e is about the life that ended with d.
func (life *life) answersFor(d death, e oomEvidence) bool {
	last := d.seq == life.death.seq
	switch {
	case !last || life.death.open:
		return true
	case e.incarnation != 0:
		return life.isFormer(e.incarnation)
	default:
		return e.at.Sub(life.started) <= lateWord
	}
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

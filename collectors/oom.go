package collectors

import (
	"slices"
	"time"
)

// witness is who saw an OOM kill.
type witness uint8

const (
	witnessCounter witness = iota
	witnessEngine
	witnessKernel
	witnesses
)

// oomEvidence is what one witness says: so many kills at a time.
type oomEvidence struct {
	at      time.Time
	witness witness
	count   uint64
	victim  Opt[Victim]
}

// oomRecord is one OOM event with what each witness has said of it. The number
// of kills is the most that any of them saw: they count the same kills, not
// different ones.
type oomRecord struct {
	seq         uint64
	first, last time.Time
	seen        [witnesses]uint64
	// closed is set when the life in which it happened has ended.
	closed bool
}

const (
	// oomGap is the longest pause within one OOM event.
	oomGap = 2 * time.Second
	// engineLag is how late the engine's oom event may come.
	engineLag = 5 * time.Second
	// oomMemory is how many records are kept to be matched with late evidence.
	oomMemory = 8
)

func (r *oomRecord) count() uint64 { return slices.Max(r.seen[:]) }

// near reports whether t lies within gap of the record.
func (r *oomRecord) near(t time.Time, gap time.Duration) bool {
	return !t.Before(r.first.Add(-gap)) && !t.After(r.last.Add(gap))
}

// oom takes a piece of evidence: it confirms a record that the others have told
// of, or continues the last one, or is a new event.
func (l *Ledger) oom(life *life, who Identity, e oomEvidence) {
	record := life.oomFor(e)
	if record == nil {
		seq := l.add(Event{At: e.at, Until: e.at, Container: who.Key, ID: who.ID, Kind: EventOOMKill})
		life.ooms = append(life.ooms, oomRecord{seq: seq, first: e.at, last: e.at})
		life.ooms = life.ooms[max(0, len(life.ooms)-oomMemory):]
		record = &life.ooms[len(life.ooms)-1]
	}
	record.take(e)
	l.amend(record.seq, func(event *Event) {
		event.Count, event.Until = record.count(), record.last
		if victim, ok := e.victim.Get(); ok {
			event.Victims = append(slices.Clip(event.Victims), victim)
		}
	})
	l.blame(life, e.at)
}

func (r *oomRecord) take(e oomEvidence) {
	r.seen[e.witness] += e.count
	if e.at.Before(r.first) {
		r.first = e.at
	}
	r.last = latest(r.last, e.at)
}

// oomFor finds the record that e belongs to. The evidence of one witness comes
// in order, so the oldest record of which this witness has said too little is
// meant; failing that, the last one if its life goes on.
func (life *life) oomFor(e oomEvidence) *oomRecord {
	gap := oomGap
	if e.witness == witnessEngine {
		gap = engineLag
	}
	for i := range life.ooms {
		record := &life.ooms[i]
		if record.near(e.at, gap) && record.seen[e.witness] < record.count() {
			return record
		}
	}
	if n := len(life.ooms); n > 0 && !life.ooms[n-1].closed && life.ooms[n-1].near(e.at, oomGap) {
		return &life.ooms[n-1]
	}
	return nil
}

// closeOOMs ends the records of a life: what is counted after belongs to the next.
func (life *life) closeOOMs() {
	for i := range life.ooms {
		life.ooms[i].closed = true
	}
}

// oomBefore reports whether an OOM kill came shortly before (or, since its
// witnesses are late, just after) the given end.
func (life *life) oomBefore(end time.Time) bool {
	return slices.ContainsFunc(life.ooms, func(r oomRecord) bool {
		return r.last.After(end.Add(-oomWindow)) && r.first.Before(end.Add(oomLate)) && !r.last.Before(life.started)
	})
}

// blame amends a death whose OOM evidence came after it was told.
func (l *Ledger) blame(life *life, at time.Time) {
	d := life.death
	if d.cause != CauseUnknown || d.code.Or(0) != exitSIGKILL {
		return
	}
	if at.Before(d.at.Add(-oomWindow)) || at.After(d.at.Add(oomLate)) {
		return
	}
	l.recause(life, CauseOOMKill)
}

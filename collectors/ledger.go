package collectors

import (
	"slices"
	"time"
)

// storyLength bounds how many events the ledger keeps.
const storyLength = 500

// Ledger remembers what happened, by container name. It weighs three witnesses
// against each other, because each misses what another saw: the counters of the
// cgroup (gone with the cgroup), the events of the engine (late, and missing when
// containerd loses the race with a fast death) and the kernel log (not readable
// for everyone).
//
// It is pure state: it takes readings in their order and knows no clock.
type Ledger struct {
	story []Event
	seq   uint64
	// began is the time of the first reading. What a container counted before it
	// is not news.
	began time.Time
	lives map[string]*life
	lost  map[string]bool
	// fresh are the numbers of the events that this round made or amended.
	fresh map[uint64]bool
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{lives: map[string]*life{}, lost: map[string]bool{}, fresh: map[uint64]bool{}}
}

// Observe takes the next reading and returns the events that are new or
// amended, oldest first.
func (l *Ledger) Observe(cur Reading) []Event {
	clear(l.fresh)
	if l.began.IsZero() {
		l.began = cur.At
	}
	for _, notice := range cur.Notices {
		l.notice(notice)
	}
	present := make(map[string]bool, len(cur.Containers))
	for _, container := range cur.Containers {
		present[container.Key] = true
		l.identity(container, cur.At)
		l.counters(container, cur.At)
	}
	l.removed(present, cur.At)
	l.sources(cur)
	return l.news()
}

// Story returns every event the ledger holds, oldest first. The slice is the
// caller's to keep: it is never written to again.
func (l *Ledger) Story() []Event { return slices.Clip(l.story) }

func (l *Ledger) news() []Event {
	var news []Event
	for _, event := range l.story {
		if l.fresh[event.Seq] {
			news = append(news, event)
		}
	}
	return news
}

// add tells a new event and returns its number. The story is kept in the order
// of At, since a notice can be older than what a counter has already told.
func (l *Ledger) add(event Event) uint64 {
	l.seq++
	event.Seq = l.seq
	after := len(l.story)
	for after > 0 && l.story[after-1].At.After(event.At) {
		after--
	}
	l.story = slices.Insert(slices.Clone(l.story), after, event)
	l.story = l.story[max(0, len(l.story)-storyLength):]
	l.fresh[event.Seq] = true
	return event.Seq
}

// amend changes an event that was told. The story is copied first, so that
// snapshots which share it do not change.
func (l *Ledger) amend(seq uint64, change func(*Event)) {
	i := slices.IndexFunc(l.story, func(e Event) bool { return e.Seq == seq })
	if i < 0 {
		return
	}
	l.story = slices.Clone(l.story)
	change(&l.story[i])
	l.fresh[seq] = true
}

// life returns what is known of the container called key.
func (l *Ledger) life(key string) *life {
	if l.lives[key] == nil {
		l.lives[key] = &life{runs: map[EventKind]run{}}
	}
	return l.lives[key]
}

// removed tells of the containers that answered to their name and do so no more.
func (l *Ledger) removed(present map[string]bool, at time.Time) {
	for key, life := range l.lives {
		if life.seen.state != StateUnknown && !life.gone && !present[key] {
			life.gone = true
			l.add(Event{At: at, Container: key, ID: life.id, Kind: EventRemoved})
		}
	}
}

// sourceLostAfter is how long a source must give nothing before its loss is
// told; a single slow answer is not a loss.
const sourceLostAfter = 3 * time.Second

// sources tells of sources that were lost and came back. One that never gave
// anything is no news: the list of sources says why.
func (l *Ledger) sources(cur Reading) {
	for _, source := range cur.Sources {
		age, ever := source.Age.Get()
		switch {
		case !source.OK && ever && !l.lost[source.Name] && age.Duration() >= sourceLostAfter:
			l.lost[source.Name] = true
			l.add(Event{At: cur.At.Add(-age.Duration()), Kind: EventSourceLost, Source: source.Name, Detail: source.Error})
		case source.OK && l.lost[source.Name]:
			delete(l.lost, source.Name)
			l.add(Event{At: cur.At, Kind: EventSourceBack, Source: source.Name})
		}
	}
}

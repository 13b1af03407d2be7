package collectors

import (
	"cmp"
	"slices"
	"time"
)

// storyLength bounds how many events the ledger keeps.
const storyLength = 500

// Ledger remembers what happened, by container name. It weighs the witnesses
// against each other, because each misses what another saw: the counters of the
// cgroup (gone with the cgroup), the events of the engine (late, and missing when
// containerd loses the race with a fast death), the engine's state (forgets an
// OOM kill at every start) and the kernel log (not readable for everyone).
//
// It is pure state: it takes readings in their order and knows no clock.
type Ledger struct {
	story []Event
	// shared says that story was handed out: it is copied before it changes.
	shared bool
	seq    uint64
	// began is the time of the first reading. What a container counted before it
	// is not news. looked is that of the first reading in which no source failed:
	// who was not there then has come since.
	began, looked time.Time
	lives         map[string]*life
	// lost are the sources that fail at the moment.
	lost map[string]silence
	// fresh are the numbers of the events that this round made or amended.
	fresh map[uint64]bool
	// recalled are the numbers of the events that a brink before this one told, and this
	// one has not met yet; accounts are this one's own accounts of those that it has met.
	recalled map[uint64]bool
	accounts map[uint64]Event
	// round numbers the readings.
	round uint64
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{lives: map[string]*life{}, lost: map[string]silence{}, fresh: map[uint64]bool{}, recalled: map[uint64]bool{}, accounts: map[uint64]Event{}}
}

// Observe takes the next reading and returns the events that are new or
// amended, oldest first. Notices are heard before the state is looked at: they
// have times and reasons, which the state can only confirm.
func (l *Ledger) Observe(cur Reading) []Event {
	clear(l.fresh)
	l.round++
	if l.began.IsZero() {
		l.began = cur.At
	}
	for _, notice := range cur.Notices {
		l.notice(notice, cur.At)
	}
	present := make(map[string]bool, len(cur.Containers))
	for _, container := range cur.Containers {
		present[container.Key] = true
		if container.State != StateUnknown {
			l.identity(container, cur.At)
			l.counters(container, cur.At)
		}
	}
	for _, notice := range cur.Notices {
		l.kernelForkRefused(notice)
	}
	l.removed(present, cur.At)
	l.forget(present)
	l.sources(cur)
	return l.news()
}

// Story returns every event the ledger holds, oldest first. The slice may be
// kept and shared, but not changed; the ledger never writes to it again.
func (l *Ledger) Story() []Event {
	l.shared = true
	return slices.Clip(l.story)
}

func (l *Ledger) news() []Event {
	var news []Event
	for _, event := range l.story {
		if l.fresh[event.Seq] {
			news = append(news, event)
		}
	}
	return news
}

// writable returns the story to be changed, and copies it first when snapshots
// share it.
func (l *Ledger) writable() []Event {
	if l.shared {
		l.story, l.shared = slices.Clone(l.story), false
	}
	return l.story
}

// add tells a new event and returns its number. The story is kept in the order
// of At, since a notice can be older than what a counter has already told.
func (l *Ledger) add(event Event) uint64 {
	if seq, told := l.retold(event); told {
		return seq
	}
	l.seq++
	event.Seq = l.seq
	story := l.writable()
	after := len(story)
	for after > 0 && story[after-1].At.After(event.At) {
		after--
	}
	story = slices.Insert(story, after, event)
	l.story = slices.Delete(story, 0, max(0, len(story)-storyLength))
	l.fresh[event.Seq] = true
	return event.Seq
}

// amend changes an event that was told. It reports false when the event has left
// the story, which is bounded.
func (l *Ledger) amend(seq uint64, change func(*Event)) bool {
	i := l.find(seq)
	if i < 0 {
		return false
	}
	if own, retold := l.accounts[seq]; retold {
		change(&own)
		l.prefer(own)
		return true
	}
	change(&l.writable()[i])
	l.fresh[seq] = true
	return true
}

// find returns where in the story an event is, or -1. What is amended is mostly
// young, and stands at the end.
func (l *Ledger) find(seq uint64) int {
	for i, event := range slices.Backward(l.story) {
		if event.Seq == seq {
			return i
		}
	}
	return -1
}

// life returns what is known of the container called key.
func (l *Ledger) life(key string) *life {
	if l.lives[key] == nil {
		l.lives[key] = &life{runs: map[EventKind]run{}}
	}
	return l.lives[key]
}

// removed tells of the containers that answered to their name and do so no more.
// One that only notices tell of was never seen to answer.
func (l *Ledger) removed(present map[string]bool, at time.Time) {
	var gone []string
	for key, life := range l.lives {
		if shown, ok := life.shown.Get(); ok && shown == life.id && !life.gone && !present[key] {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	for _, key := range gone {
		life := l.lives[key]
		life.depart(at)
		life.gone, life.running, life.paused = true, false, false
		l.infer(life, at, Event{At: at, Container: key, ID: life.id, Kind: EventRemoved}, false)
	}
}

// absentLives is how many containers that are not there are remembered, on a
// host that makes and removes thousands.
const absentLives = 256

// forget drops the lives of which nothing was heard for longest.
func (l *Ledger) forget(present map[string]bool) {
	if len(l.lives) <= len(present)+absentLives {
		return
	}
	var absent []string
	for key := range l.lives {
		if !present[key] {
			absent = append(absent, key)
		}
	}
	slices.SortFunc(absent, func(a, b string) int {
		return cmp.Or(l.lives[a].touched.Compare(l.lives[b].touched), cmp.Compare(a, b))
	})
	for _, key := range absent[:max(0, len(absent)-absentLives)] {
		delete(l.lives, key)
	}
}

const (
	// sourceLostAfter is how long a source must give nothing before its loss is
	// told; a single slow answer is not a loss.
	sourceLostAfter = 3 * time.Second
	// sourceAskedFor is how far apart the two failed readings lie, at least, that a
	// loss takes: at a long interval the first may come long after the last answer,
	// and with a wake-up a second one right after it.
	sourceAskedFor = time.Second
)

// silence is a source that gives nothing although it did before.
type silence struct {
	// since is the first reading in which it failed.
	since time.Time
	told  bool
}

// sources tells of sources that were lost and came back. One that never gave
// anything is no news: the list of sources says why.
func (l *Ledger) sources(cur Reading) {
	failed := false
	for _, source := range cur.Sources {
		failed = failed || !source.OK
		if age, ever := source.Age.Get(); !source.OK && ever {
			l.sourceFails(source, cur.At, age.Duration())
		} else if source.OK {
			l.sourceAnswers(source, cur.At)
		}
	}
	if l.looked.IsZero() && !failed {
		l.looked = cur.At
	}
}

func (l *Ledger) sourceFails(source SourceHealth, at time.Time, age time.Duration) {
	silent, known := l.lost[source.Name]
	if !known {
		silent.since = at
	}
	if !silent.told && age >= sourceLostAfter && at.Sub(silent.since) >= sourceAskedFor {
		silent.told = true
		l.add(Event{At: at.Add(-age), Kind: EventSourceLost, Source: source.Name, Detail: source.Error})
	}
	l.lost[source.Name] = silent
}

func (l *Ledger) sourceAnswers(source SourceHealth, at time.Time) {
	if l.lost[source.Name].told {
		l.add(Event{At: at, Kind: EventSourceBack, Source: source.Name})
	}
	delete(l.lost, source.Name)
}

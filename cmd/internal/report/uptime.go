package report

import (
	"cmp"
	"time"

	"brink/collectors"
)

const (
	// downtimesKept bounds how many downtimes are listed.
	downtimesKept = 100
	// sameEvent is how far an amended event may be moved, and lateEvent how far the
	// engine's word on a start may come after the state showed it. The numbers of events
	// begin anew with every ledger, so they do not tell events apart by themselves.
	sameEvent = time.Minute
	lateEvent = 30 * time.Second
)

// uptime finds out when a container ran. The events know the moment of an end and of
// a start, the state of each snapshot shows what the events missed.
type uptime struct {
	down  bool
	edges []edge
	// running, paused and stopped are recorded time by state; unknown is the rest.
	running, paused, stopped, unknown time.Duration
	restarts                          uint64
	causes                            map[collectors.Cause]uint64
	downtimes                         kept[downtime]
	seen                              bool
}

// unknownCause is the word for no cause where there must be one.
const unknownCause collectors.Cause = "unknown"

// edge is a moment at which the container ended, or began.
type edge struct {
	at   time.Time
	down bool
}

// downtime is a downtime with the events that told of it; their zero is none.
type downtime struct {
	Downtime
	ended, began collectors.Event
	open         bool
	// endLoose and beginLoose are how far apart the readings were between which it ended
	// and began, where nothing tells the moment.
	endLoose, beginLoose time.Duration
}

// starts reports whether an event of this kind says that a container began.
func starts(kind collectors.EventKind) bool {
	return kind == collectors.EventStarted || kind == collectors.EventRestarted || kind == collectors.EventRecreated
}

// ends reports whether an event of this kind says that it ended.
func ends(kind collectors.EventKind) bool {
	return kind == collectors.EventDied || kind == collectors.EventRemoved
}

// hear takes an end or a start.
func (u *uptime) hear(event collectors.Event) {
	switch {
	case ends(event.Kind):
		u.hearEnd(event)
	case starts(event.Kind):
		u.hearStart(event)
	}
}

func (u *uptime) hearEnd(event collectors.Event) {
	for i := range u.downtimes.list {
		if d := &u.downtimes.list[i]; amends(d.ended, event) {
			d.end(event)
			return
		}
	}
	if d := u.downtimes.last(); d != nil && d.open {
		// The removal of what has ended already is no second end.
		if d.ended.Seq == 0 || d.ended.Kind == collectors.EventRemoved {
			d.end(event)
		}
		return
	}
	u.edges = append(u.edges, edge{event.At, true})
	u.open(Downtime{From: event.At}).end(event)
}

func (u *uptime) hearStart(event collectors.Event) {
	for i := range u.downtimes.list {
		if d := &u.downtimes.list[i]; amends(d.began, event) {
			u.recount(d.began, event)
			d.begin(event)
			return
		}
	}
	u.recount(collectors.Event{}, event)
	d := u.downtimes.last()
	switch {
	case d != nil && d.open:
		u.edges = append(u.edges, edge{event.At, false})
		u.close(event.At).begin(event)
	case d != nil && d.began.Seq == 0 && d.To.Sub(event.At).Abs() <= lateEvent:
		d.begin(event)
	case event.Kind != collectors.EventStarted:
		u.open(Downtime{}).begin(event)
		u.close(event.At)
	}
}

// recount counts a restart by its cause, once; an amended one leaves its old cause.
func (u *uptime) recount(before, now collectors.Event) {
	if u.causes == nil {
		u.causes = map[collectors.Cause]uint64{}
	}
	if before.Kind == collectors.EventRestarted {
		u.restarts--
		if u.causes[before.Cause]--; u.causes[before.Cause] == 0 {
			delete(u.causes, before.Cause)
		}
	}
	if now.Kind == collectors.EventRestarted {
		u.restarts++
		u.causes[now.Cause]++
	}
}

// amends reports whether an event is the amended form of one that was told.
func amends(told, event collectors.Event) bool {
	alike := told.Kind == event.Kind || starts(told.Kind) && starts(event.Kind)
	return told.Seq != 0 && told.Seq == event.Seq && alike && told.At.Sub(event.At).Abs() <= sameEvent
}

func (u *uptime) open(d Downtime) *downtime {
	u.down = true
	u.downtimes.add(downtime{Downtime: d, open: true}, downtimesKept)
	return u.downtimes.last()
}

// close ends the downtime that goes on.
func (u *uptime) close(at time.Time) *downtime {
	u.down = false
	d := u.downtimes.last()
	d.open, d.To = false, at
	return d
}

// end notes how a downtime began.
func (d *downtime) end(event collectors.Event) {
	d.ended, d.From, d.endLoose = event, event.At, 0
	d.ExitCode, d.Cause, d.Why = event.ExitCode, word(event.Cause), reason(event.Summary())
}

// begin notes how a downtime ended. Where nobody saw the death, the start knows most
// of it.
func (d *downtime) begin(event collectors.Event) {
	d.began, d.To, d.EndedBy, d.beginLoose = event, event.At, event.Kind, 0
	if d.ended.Seq == 0 && event.Kind == collectors.EventRestarted {
		d.ExitCode, d.Cause, d.Why = event.ExitCode, word(event.Cause), reason(event.Summary())
	}
}

// add takes the state at the end of a slot, in which the events of the snapshot lie.
func (u *uptime) add(sample *collectors.ContainerSample, s slot) {
	down := u.walk(s)
	switch {
	case sample.State == collectors.StateUnknown:
		u.unknown += s.length
		return
	case sample.State.Alive() && u.down && !u.endedAfter(sample.StartedAt, s.to):
		up, loose := within(sample.StartedAt, s)
		down -= s.to.Sub(later(up, s.from))
		u.close(up).beginLoose = loose
	case !sample.State.Alive() && !u.down && !u.beganAfter(sample.FinishedAt, s.to):
		from, loose := u.endOf(sample, s)
		down += s.to.Sub(later(from, s.from))
		u.open(Downtime{From: from, ExitCode: sample.ExitCode}).endLoose = loose
	}
	u.seen = true
	u.spend(sample.State, min(max(down, 0), s.length), s.length)
}

// endedAfter reports whether an event has just told of an end after the start in the
// state: the state was read before it.
func (u *uptime) endedAfter(started collectors.Opt[time.Time], at time.Time) bool {
	d, start := u.downtimes.last(), started.Or(at)
	return d.ended.Seq != 0 && start.Before(d.From) && at.Sub(d.From) < lateEvent
}

// beganAfter reports whether an event has just told of a start after the end in the
// state.
func (u *uptime) beganAfter(finished collectors.Opt[time.Time], at time.Time) bool {
	d, end := u.downtimes.last(), finished.Or(at)
	return d != nil && d.began.Seq != 0 && !end.After(d.To) && at.Sub(d.To) < lateEvent
}

// endOf is when a container ended of which the state alone tells. One that was down
// when it was first seen ended before that, nobody may know when.
func (u *uptime) endOf(sample *collectors.ContainerSample, s slot) (end time.Time, loose time.Duration) {
	if u.seen {
		return within(sample.FinishedAt, s)
	}
	finished, ok := sample.FinishedAt.Get()
	if !ok || finished.After(s.to) {
		return time.Time{}, 0
	}
	return finished.In(s.to.Location()), 0
}

// within returns a moment that lies in the slot, and else the slot's end with how far
// off that may be.
func within(moment collectors.Opt[time.Time], s slot) (at time.Time, loose time.Duration) {
	at, ok := moment.Get()
	if !ok || at.Before(s.from) || at.After(s.to) {
		return s.to, max(0, s.to.Sub(s.from))
	}
	return at.In(s.to.Location()), 0
}

// wasDown reports whether the container was down before the events of this snapshot.
func (u *uptime) wasDown() bool {
	if len(u.edges) > 0 {
		return !u.edges[0].down
	}
	return u.down
}

// walk goes through the edges of a slot and returns for how long the container was
// down in it: none in one that was not recorded. An edge before the slot counts as at
// its beginning.
func (u *uptime) walk(s slot) time.Duration {
	down, state, at := time.Duration(0), u.wasDown(), s.from
	for _, e := range u.edges {
		moment := earlier(later(e.at, at), s.to)
		if state {
			down += moment.Sub(at)
		}
		at, state = moment, e.down
	}
	u.edges = u.edges[:0]
	if state {
		down += s.to.Sub(at)
	}
	if s.length == 0 {
		return 0
	}
	return down
}

func (u *uptime) spend(state collectors.State, down, length time.Duration) {
	u.stopped += down
	if state == collectors.StatePaused {
		u.paused += length - down
	} else {
		u.running += length - down
	}
}

// absent takes a slot at the end of which nothing answers to the name. What is known
// to have ended has not begun again.
func (u *uptime) absent(s slot) {
	down := u.walk(s)
	if !u.down {
		u.unknown += s.length
		return
	}
	u.spend(collectors.StateGone, min(down, s.length), s.length)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// story is the result.
func (u *uptime) story() Availability {
	known := u.running + u.paused + u.stopped
	a := Availability{
		Known: collectors.Seconds(known), Running: collectors.Seconds(u.running),
		Paused: collectors.Seconds(u.paused), Down: collectors.Seconds(u.stopped),
		Unknown: collectors.Seconds(u.unknown), Ratio: shareOf(u.running, known),
		Restarts: u.restarts, Causes: map[collectors.Cause]uint64{}, DowntimeCount: u.downtimes.count,
	}
	for cause, count := range u.causes {
		a.Causes[cmp.Or(word(cause), unknownCause)] = count
	}
	for _, d := range u.downtimes.all() {
		if length := d.To.Sub(d.From); !d.From.IsZero() && !d.To.IsZero() && length >= 0 {
			d.Length, d.Loose = collectors.Some(collectors.Seconds(length)), collectors.Seconds(d.endLoose+d.beginLoose)
		}
		a.Downtimes = append(a.Downtimes, d.Downtime)
	}
	return a
}

package collectors

import (
	"slices"
	"time"
)

// The engine tells of one thing twice: in its events (notices) and in its state
// (what inspect says). Either may come first, by milliseconds or, when the event
// stream had to be opened again, by seconds. The events know more: the order, the
// signals that were sent, each of several restarts.
//
// So the ledger goes by the notices as far as they reach (the draft), and infers
// from the state what they have not told. When more notices come soon after, what
// was inferred is taken back, the notices are heard, and the state is compared
// once more. What had been told is not told again: its mark finds the event, which
// is amended.

// mark is an event that was inferred.
type mark struct {
	seq   uint64
	event Event
	// told is the reading in which it was inferred first; known says that the state gave
	// the time of the event, which else is that of the reading.
	told  time.Time
	known bool
	// held says that the chapter has it beyond the draft; back is the round in which
	// it was taken back, until it is settled or inferred once more.
	held bool
	back uint64
}

// noticeLag is how long after an inference the notices may still tell the same.
const noticeLag = 30 * time.Second

// depart is called before anything is inferred: it keeps what the notices told.
// An inference that no notice has touched for long is as good as one.
func (life *life) depart(at time.Time) {
	life.touched = at
	if life.departed.IsZero() || at.Sub(life.departed) > noticeLag {
		life.draft, life.departed = life.chapter, time.Time{}
		for i := range life.marks {
			life.marks[i].held = false
		}
	}
	life.marks = slices.DeleteFunc(life.marks, func(m mark) bool { return at.Sub(m.told) > noticeLag })
}

// restore takes back what was inferred, to hear a notice. What the notices have
// passed by will not be told any more: it stands.
func (l *Ledger) restore(life *life, n Notice) {
	if !life.departed.IsZero() {
		life.chapter, life.departed = life.draft, time.Time{}
		for i, m := range life.marks {
			if m.held {
				life.marks[i].held, life.marks[i].back = false, l.round
			}
		}
	}
	for i, m := range life.marks {
		switch {
		case m.back != l.round:
		case m.passedBy(n):
			life.marks[i].back = 0
			l.settle(life, m)
		default:
			return
		}
	}
}

// passedBy reports whether the engine, which tells in order, has come to n without
// telling of the mark. It may date an event up to slack after its time in the
// state; but it tells of an end before the start that follows it, and of a start
// before its end, whatever the dates.
func (m mark) passedBy(n Notice) bool {
	follows := n.Kind == NoticeStart && m.event.Kind == EventDied ||
		n.Kind == NoticeDie && classOf(m.event) == EventStarted
	return m.event.At.Before(n.At.Add(-slack)) || follows && m.event.At.Before(n.At)
}

// settle makes an inference a part of what is known.
func (l *Ledger) settle(life *life, m mark) {
	e := m.event
	switch e.Kind {
	case EventStarted, EventRestarted, EventRecreated:
		if e.At.After(life.started) {
			l.begin(life, Identity{Key: e.Container, ID: e.ID}, toldEvent{seq: m.seq, at: e.At}, e.At)
			life.stated = m.dated()
		}
	case EventDied:
		if e.At.After(life.started) && !life.death.open {
			l.end(life, e, m.seq)
		}
	case EventRemoved:
		life.gone, life.running, life.paused = true, false, false
	case EventPaused, EventUnpaused:
		life.paused = e.Kind == EventPaused
	default:
		life.health = e.Health
	}
}

// toldEvent is an event in the story, with the time that the state knows it by
// when there is one.
type toldEvent struct {
	seq uint64
	at  time.Time
}

// infer tells an event that no notice has told, of a time that is known from the state
// or else is when it was seen. What was taken back in this round and is inferred again
// was told before.
func (l *Ledger) infer(life *life, at time.Time, event Event, known bool) toldEvent {
	life.departed = at
	if i := life.inferredBefore(event, at, l.round); i >= 0 {
		m := &life.marks[i]
		m.held, m.back = true, 0
		l.correct(m.seq, event)
		return toldEvent{seq: m.seq, at: m.event.At}
	}
	seq := l.add(event)
	life.marks = append(life.marks, mark{seq: seq, event: event, told: at, known: known, held: true})
	return toldEvent{seq: seq, at: event.At}
}

// inferredBefore finds the mark of an inference that was taken back in this round
// and is made again. The state dates starts and ends to the nanosecond; all else
// has the time of the reading that saw it.
func (life *life) inferredBefore(event Event, at time.Time, round uint64) int {
	return slices.IndexFunc(life.marks, func(m mark) bool {
		again := m.event.At.Equal(event.At) || (m.dated().IsZero() && event.At.Equal(at))
		return m.back == round && again && classOf(m.event) == classOf(event)
	})
}

// dated is the time by which the state knows it; zero when it was only seen.
func (m mark) dated() time.Time {
	if !m.known {
		return time.Time{}
	}
	return m.event.At
}

// hear tells an event that a notice tells of. Where the same was inferred, for a
// time after the given one, that event is amended.
func (l *Ledger) hear(life *life, after time.Time, event Event) toldEvent {
	i := life.markOf(event, after)
	if i < 0 {
		return toldEvent{seq: l.add(event), at: event.At}
	}
	m := life.marks[i]
	life.marks = slices.Delete(life.marks, i, i+1)
	l.correct(m.seq, event)
	return toldEvent{seq: m.seq, at: m.event.At}
}

// markOf finds the inference, for a time after the given one, of what the engine's
// event tells: the nearest, or -1.
func (life *life) markOf(event Event, after time.Time) int {
	best := -1
	for i, m := range life.marks {
		if !m.event.At.After(after) || !m.tells(event) {
			continue
		}
		if best < 0 || event.At.Sub(m.event.At).Abs() < event.At.Sub(life.marks[best].event.At).Abs() {
			best = i
		}
	}
	return best
}

// tells reports whether the mark can be of what the engine's event tells. The
// engine dates the event after the time in its state: the work of a start or an end
// lies between them. The exit code does not count: a label may have chosen it.
func (m mark) tells(event Event) bool {
	late, least := event.At.Sub(m.event.At), -early
	if m.dated().IsZero() {
		least = -noticeLag
	}
	return classOf(m.event) == classOf(event) && late >= least && late <= noticeLag
}

// early is how much before the time in the state its event may be dated.
const early = 100 * time.Millisecond

// correct gives an event that was told the content of another account of it.
func (l *Ledger) correct(seq uint64, event Event) {
	i := l.find(seq)
	if i < 0 {
		return
	}
	told := l.story[i]
	same := told.Kind == event.Kind && told.ID == event.ID && told.ExitCode == event.ExitCode &&
		told.Cause == event.Cause && told.Detail == event.Detail
	if same {
		return
	}
	l.amend(seq, func(e *Event) {
		e.Kind, e.ID, e.ExitCode, e.Cause, e.Detail = event.Kind, event.ID, event.ExitCode, event.Cause, event.Detail
	})
}

// classOf is what kinds of events two accounts of one thing may have in common.
func classOf(event Event) EventKind {
	switch event.Kind {
	case EventRestarted, EventRecreated:
		return EventStarted
	case EventHealth:
		return EventKind(event.Health)
	default:
		return event.Kind
	}
}

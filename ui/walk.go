package ui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"brink/collectors"
)

// walk is a moment in the past at which the screen stands. The zero walk is none:
// the screen shows what is now.
type walk struct {
	at time.Time
	// end is the right edge of the charts. It stands still, so that the moment moves
	// in a picture that does not.
	end time.Time
	// missing is set where there is no sample at the moment.
	missing gap
	// slot is the time between two samples, behind how long ago the moment was.
	slot, behind time.Duration
}

// gap is a time without samples, from the sample before it to the one after it.
type gap struct{ from, to time.Time }

func (w walk) on() bool { return !w.at.IsZero() }

// before reports whether the moment lies before a time, which has then not come
// yet. No time lies after now.
func (w walk) before(at time.Time) bool { return w.on() && at.After(w.at) }

// meets reports whether an event belongs to the moment: it began, went on or ended
// since the sample before. What went on for a while belongs to all of that time.
func (w walk) meets(event *collectors.Event) bool {
	last := event.At
	if event.Until.After(last) {
		last = event.Until
	}
	return w.on() && !event.At.After(w.at) && last.After(w.at.Add(-w.slot))
}

// minute is the long step.
const minute = time.Minute

// takeWalk handles the keys that walk in time.
func (m Model) takeWalk(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case key.Matches(msg, keys.Back):
		return m.walkBack()
	case key.Matches(msg, keys.Forward):
		return m.walkForward()
	case key.Matches(msg, keys.FarBack):
		return m.walkFar(-minute)
	case key.Matches(msg, keys.FarAhead):
		return m.walkFar(minute)
	default:
		return m.takeJump(msg, keys)
	}
}

// walkBack goes to the sample before. A gap is one step: it is entered, and left
// with the next one.
func (m Model) walkBack() Model {
	here := m.shown.Snapshot.At
	before, ok := m.past.frames.last(here.Add(-1), false)
	switch {
	case !ok:
		return m.pastEdge(here.Add(-m.options.Interval), "this is the oldest sample in memory")
	case m.walk.missing == gap{} && here.Sub(before.time()) > m.gapLeast():
		return m.land(before.time().Add(m.options.Interval))
	default:
		return m.land(before.time())
	}
}

// walkForward goes to the sample after; from the newest one, to what is now.
func (m Model) walkForward() Model {
	here := m.shown.Snapshot.At
	after, ok := m.past.frames.next(here)
	switch {
	case m.walk.on() && !ok && m.options.Replay:
		return m.seek(here.Add(m.options.Interval))
	case !m.walk.on() || !ok:
		return m.goLive()
	case m.walk.missing == gap{} && after.time().Sub(here) > m.gapLeast():
		return m.land(here.Add(m.options.Interval))
	default:
		return m.land(after.time())
	}
}

// walkFar goes a long step, to the oldest sample or to what is now at most.
func (m Model) walkFar(step time.Duration) Model {
	oldest, ok := m.past.frames.next(time.Unix(0, 0))
	there := m.shown.Snapshot.At.Add(step)
	switch {
	case m.options.Replay && (there.Before(oldest.time()) || there.After(m.newest.Snapshot.At)):
		return m.seek(there)
	case step > 0 && (!m.walk.on() || !there.Before(m.newest.Snapshot.At)):
		return m.goLive()
	case !ok:
		return m
	case there.Before(oldest.time()):
		there = oldest.time()
		m.nav.note = "this is the oldest sample in memory"
	}
	near, _ := m.past.frames.last(there.Add(m.options.Interval/2), false)
	if there.Sub(near.time()) <= m.gapLeast() {
		there = near.time()
	}
	return m.land(there)
}

// gapLeast is the time between two samples from which on one is missing.
func (m Model) gapLeast() time.Duration { return m.options.Interval * 3 / 2 }

// land shows a moment, with the events of its time in sight.
func (m Model) land(at time.Time) Model {
	if !m.walk.on() {
		m.walk.end = m.shown.Snapshot.At
	}
	if m.walk.end.Before(at) {
		m.walk.end = at
	}
	m.walk.at, m.walk.slot = at, m.options.Interval
	m.walk.missing = m.gapAt(at)
	m.walk.behind = m.newest.Snapshot.At.Sub(at)
	m.shown = m.frameAt(at)
	m.nav.firstEvent = m.sceneShown().eventToShow(at)
	return m
}

// gapAt returns the gap around a moment; none where there is a sample.
func (m Model) gapAt(at time.Time) gap {
	before, _ := m.past.frames.last(at, false)
	if before.time().Equal(at) {
		return gap{}
	}
	after, ok := m.past.frames.next(at)
	if !ok {
		return gap{from: before.time(), to: m.newest.Snapshot.At}
	}
	return gap{from: before.time(), to: after.time()}
}

func (r record) time() time.Time { return time.Unix(0, r.at) }

// goLive shows what is now, and goes on doing so; in a replay the end of the
// recording.
func (m Model) goLive() Model {
	if m.options.Replay {
		return m.seek(m.replay.to)
	}
	if m.walk.on() {
		m.nav.firstEvent = 0
		m.restPast()
	}
	m.walk, m.paused = walk{}, false
	return m.showNewest()
}

// eventToShow returns the number of the event to scroll to for a time: the one that
// came next, with the one that had happened below it.
func (s *scene) eventToShow(at time.Time) uint64 {
	numbers := s.eventNumbers()
	for line, number := range numbers {
		if !s.frame.Snapshot.Story[number].At.After(at) {
			return s.eventAt(line - 1)
		}
	}
	return s.eventAt(len(numbers) - 1)
}

// walkClock is the moment as text; empty for now.
func (s *scene) walkClock() string {
	if !s.walk.on() {
		return ""
	}
	return clock(s.now, s.now)
}

// walkBanner says how long ago the moment was, and what must be known to read it
// right: that an alert has come up since, that there is no sample, that the values
// are older; or else what leads on.
func (s *scene) walkBanner() (text string, look role) {
	text, look = "◂ "+s.walkClock()+", "+age(s.walk.behind)+" ago", roleWarning
	if s.options.Replay {
		text, look = s.now.Format("Mon 2 Jan 2006 ")+s.walkClock(), roleInfo
	}
	switch {
	case s.walk.missing != gap{}:
		from, to := s.walk.missing.from.In(s.options.Location), s.walk.missing.to.In(s.options.Location)
		text += ": no sample from " + clock(from, s.now) + " to " + clock(to, s.now)
	case s.unkept():
		text += ": nothing is kept of it at this moment"
	case !alive(s.sample):
		why, _ := s.stoppedBanner()
		text += separator + why
	case s.sample.Stale.Present():
		why, _ := s.staleBanner()
		text += separator + why
	default:
		text += ": " + s.walkHint()
	}
	if !s.options.Replay && s.meanwhile > s.frame.Board.Worst(s.subject.name) {
		return severityWords(s.meanwhile) + " has come up since" + separator + text, severityRole(s.meanwhile)
	}
	return text, look
}

// unkept reports whether nothing is known of the container at the moment: it was
// not there, or it is longer ago than its samples are kept.
func (s *scene) unkept() bool {
	return s.walk.on() && s.subject.sample != nil && len(s.sample.Sources) == 0 && s.sample.ID == "" && s.sample.State == collectors.StateUnknown
}

// walkHint names the keys that lead on.
func (s *scene) walkHint() string {
	if s.options.Replay {
		return s.keys.NextEvent.Help().Key + " next event, " + s.keys.Moment.Help().Key + " a time, " + s.keys.Pause.Help().Key + " plays"
	}
	return s.keys.Back.Help().Key + " " + s.keys.Forward.Help().Key + " walk, " + s.keys.Live.Help().Key + " shows what is now"
}

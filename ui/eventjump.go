package ui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// takeJump handles the keys that go to an event or a moment, and those of a play.
func (m Model) takeJump(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case key.Matches(msg, keys.NextEvent):
		return m.nextEvent(true)
	case key.Matches(msg, keys.PrevEvent):
		return m.nextEvent(false)
	case key.Matches(msg, keys.Moment):
		m.nav.prompt = prompt{open: true}
		return m
	case key.Matches(msg, keys.Faster):
		return m.changeSpeed(1)
	case key.Matches(msg, keys.Slower):
		return m.changeSpeed(-1)
	default:
		return m.takeMove(msg, keys)
	}
}

// nextEvent goes to the next event of the shown container that the list has, or to
// the one before; those of one second are one stop.
func (m Model) nextEvent(forward bool) Model {
	s := m.sceneShown()
	here := m.shown.Snapshot.At
	var there time.Time
	for _, number := range s.eventNumbers() {
		at := s.frame.Snapshot.Story[number].At
		switch {
		case forward && at.After(here) && (there.IsZero() || at.Before(there)):
			there = at
		case !forward && at.Add(m.options.Interval).Before(here) && at.After(there):
			there = at
		}
	}
	if there.IsZero() {
		m.nav.note = "no event before this moment"
		if forward {
			m.nav.note = "no event after this moment"
		}
		return m
	}
	return m.goTo(there)
}

// goTo shows the first sample of a moment or after it: what the event has done is in
// it.
func (m Model) goTo(at time.Time) Model {
	if m.options.Replay && (at.After(m.newest.Snapshot.At) || at.Before(m.oldest())) {
		return m.seek(at)
	}
	r, ok := m.past.frames.next(at.Add(-1))
	if !ok || at.Before(m.oldest()) {
		m.nav.note = "that is longer ago than the samples in memory"
		return m
	}
	return m.land(r.time())
}

// oldest is the time of the oldest sample in memory.
func (m Model) oldest() time.Time {
	r, ok := m.past.frames.next(time.Unix(0, 0))
	if !ok {
		return m.newest.Snapshot.At
	}
	return r.time()
}

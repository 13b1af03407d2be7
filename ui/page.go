package ui

import (
	"cmp"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Page is a piece of what was recorded before the screen began, or, in a replay, of
// the stretch around a moment. A stretch comes as several pages, oldest first, so that
// an hour is never in memory as frames.
type Page struct {
	// Frames are consecutive, oldest first. All frames of a stretch share one story.
	Frames []Frame
	// First begins a stretch and Last ends it: then it takes the place of what the
	// screen remembers of that time.
	First, Last bool
	// At is where a replay then stands; zero stays where the screen is.
	At time.Time
	// Interval is the time between two of its frames; zero is that of the screen.
	Interval time.Duration
	// From and To are the ends of all that a replay can go to.
	From, To time.Time
	// Note is what a person must know of the stretch: why there is none, or what it
	// lacks.
	Note string
}

// PageMsg brings a page.
type PageMsg Page

// PagesClosedMsg says that no more pages come.
type PagesClosedMsg struct{}

// nextPage waits for one page.
func nextPage(pages <-chan Page) tea.Cmd {
	if pages == nil {
		return nil
	}
	return func() tea.Msg {
		page, open := <-pages
		if !open {
			return PagesClosedMsg{}
		}
		return PageMsg(page)
	}
}

// stretch is a past under way: it grows page by page and is not shown before it is
// complete.
type stretch struct {
	tracks   map[string]*track
	past     *past
	newest   Frame
	interval time.Duration
}

// takePage adds a page to the stretch that is under way, and shows the stretch when
// it is complete.
func (m Model) takePage(page Page) Model {
	if page.First {
		interval := cmp.Or(page.Interval, m.options.Interval)
		m.reading = &stretch{tracks: map[string]*track{}, past: newPast(interval), interval: interval}
	}
	if page.Note != "" {
		m.nav.note = page.Note
	}
	if m.reading == nil {
		return m
	}
	within := m.inStretch()
	for _, frame := range page.Frames {
		within.keep(frame)
		m.reading.newest = frame
	}
	if !page.Last {
		return m
	}
	m.replay.from, m.replay.to, m.replay.sought = page.From, page.To, time.Time{}
	return m.showStretch(page.At)
}

// inStretch is the model whose past is the one under way.
func (m Model) inStretch() Model {
	m.tracks, m.past, m.options.Interval = m.reading.tracks, m.reading.past, m.reading.interval
	return m
}

// showStretch puts the stretch in the place of what the screen remembers. In a replay
// its newest frame is the newest there is; a living screen goes on with its own
// frames.
func (m Model) showStretch(at time.Time) Model {
	within, newest := m.inStretch(), m.reading.newest
	m.reading = nil
	if newest.Snapshot.At.IsZero() {
		return m
	}
	if !m.options.Replay {
		m.copyAfter(within, newest.Snapshot.At)
		m.tracks, m.past = within.tracks, within.past
		return m.reattend()
	}
	within.newest, within.seen, within.reading = newest, true, nil
	within = within.showNewest()
	if at.IsZero() {
		at = newest.Snapshot.At
	}
	return within.landNear(at)
}

// copyAfter adds to another past what this one keeps of the time after a moment.
func (m Model) copyAfter(other Model, after time.Time) {
	for {
		r, ok := m.past.frames.next(after)
		if !ok {
			return
		}
		after = r.time()
		other.keep(m.frameAt(after))
	}
}

// reattend keeps the shown container's past in full, now that the tracks are others.
func (m Model) reattend() Model {
	for name, t := range m.tracks {
		if sample, ok := m.shown.Snapshot.Container(name); ok && living(&sample) {
			t.last, t.lastAt = sample, m.shown.Snapshot.At
		}
	}
	m.attend(m.subjectShown(subjectsOf(m.shown.Snapshot)).name)
	return m
}

// landNear shows the sample of a moment, which was taken a little after it, else the
// newest before it, or the oldest there is.
func (m Model) landNear(at time.Time) Model {
	r, ok := m.past.frames.last(at.Add(m.options.Interval/2), false)
	if !ok {
		r, ok = m.past.frames.next(at)
	}
	if !ok {
		return m
	}
	return m.land(r.time())
}

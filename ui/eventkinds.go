package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"brink/collectors"
)

// eventKinds chooses among the events: all of them, or those of one kind of story.
type eventKinds uint8

const (
	kindsAll eventKinds = iota
	kindsLimits
	kindsLife
	kindsHealth
	kindsHardening
	kindsSources

	kindsCount
)

// String returns what stands in the title of the events; empty for all.
func (k eventKinds) String() string {
	return [kindsCount]string{"", "limits", "life", "health", "hardening", "sources"}[k]
}

// has reports whether an event is one of these. A kind that is not known here is
// among all only.
func (k eventKinds) has(kind collectors.EventKind) bool {
	switch k {
	case kindsLimits:
		return slices.Contains(limitEvents(), kind)
	case kindsLife:
		return slices.Contains(lifeEvents(), kind)
	case kindsHealth:
		return kind == collectors.EventHealth
	case kindsHardening:
		return kind == collectors.EventHardeningLost || kind == collectors.EventHardeningBack
	case kindsSources:
		return kind == collectors.EventSourceLost || kind == collectors.EventSourceBack
	default:
		return true
	}
}

// limitEvents are those of a limit that was met.
func limitEvents() []collectors.EventKind {
	return []collectors.EventKind{collectors.EventOOMKill, collectors.EventLimitHit, collectors.EventForkRefused}
}

// lifeEvents are those of a container's beginnings and ends.
func lifeEvents() []collectors.EventKind {
	return []collectors.EventKind{
		collectors.EventDied, collectors.EventStarted, collectors.EventRestarted, collectors.EventRecreated,
		collectors.EventRemoved, collectors.EventPaused, collectors.EventUnpaused,
	}
}

// takeEventsKey does what a key says about which events are shown.
func (m Model) takeEventsKey(msg tea.KeyPressMsg, keys KeyMap) Model {
	if key.Matches(msg, keys.Kinds) {
		return m.nextKinds()
	}
	m.nav.words.typing, m.nav.note = true, typingNote
	return m
}

// nextKinds chooses the next kind of events.
func (m Model) nextKinds() Model {
	m.nav.kinds = (m.nav.kinds + 1) % kindsCount
	m.nav.note = "all events"
	if m.nav.kinds != kindsAll {
		m.nav.note = "only events of " + m.nav.kinds.String()
	}
	return m.eventsAnew()
}

// eventsAnew begins the list of events at the newest of them, and in the past at
// those of the moment.
func (m Model) eventsAnew() Model {
	m.nav.firstEvent = 0
	if m.walk.on() {
		m.nav.firstEvent = m.sceneShown().eventToShow(m.walk.at)
	}
	return m
}

// typing reports whether keys go into the filter of a panel.
func (s *scene) typing(panel Panel) bool {
	return panel == PanelEvents && s.nav.focus == PanelEvents && s.nav.words.typing
}

// noEvents says why the list of events is empty.
func (s *scene) noEvents() string {
	kinds := s.nav.kinds.String()
	switch {
	case s.nav.words.on() && kinds != "":
		return "no event of " + kinds + " with " + s.nav.words.quoted()
	case s.nav.words.on():
		return "no event with " + s.nav.words.quoted()
	case kinds != "":
		return "no event of " + kinds + "; " + s.keys.Kinds.Help().Key + " shows others"
	default:
		return "nothing has happened since brink began to watch"
	}
}

// eventsFact says in the title what part of the events is shown, so that nobody
// takes a part for the whole.
func (s *scene) eventsFact(position string) string {
	kinds := s.nav.kinds.String()
	if kinds != "" {
		kinds = "only " + kinds
	}
	if !s.nav.words.on() {
		return joined(kinds, position)
	}
	lines, _, _ := strings.Cut(position, " of ")
	found := number(len(s.eventNumbers())) + " of " + number(s.eventsTold().ofKind)
	if !s.nav.words.typing {
		found += " with " + s.nav.words.quoted()
	}
	return joined(joined(kinds, lines), found)
}

// unfiltered is the scene with all events, for where no title says that it is a part,
// and from the newest on, for where no key scrolls.
func (s *scene) unfiltered() *scene {
	all := *s
	all.nav.kinds, all.nav.words, all.told = kindsAll, filter{}, nil
	if !s.walk.on() {
		all.nav.firstEvent = 0
	}
	return &all
}

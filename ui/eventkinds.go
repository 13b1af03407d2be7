package ui

import (
	"slices"

	"brink/collectors"
)

// eventKinds chooses among the events: all of them, or those of one kind of story.
type eventKinds uint8

const (
	kindsAll eventKinds = iota
	kindsLimits
	kindsLife
	kindsHealth
	kindsSources

	kindsCount
)

// String returns what stands in the title of the events; empty for all.
func (k eventKinds) String() string {
	return [kindsCount]string{"", "limits", "life", "health", "sources"}[k]
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

// nextKinds chooses the next kind of events. The list begins at the newest of them.
func (m Model) nextKinds() Model {
	m.nav.kinds = (m.nav.kinds + 1) % kindsCount
	m.nav.firstEvent = 0
	m.nav.note = "all events"
	if m.nav.kinds != kindsAll {
		m.nav.note = "only events of " + m.nav.kinds.String()
	}
	return m
}

// noEvents says why the list of events is empty.
func (s *scene) noEvents() string {
	if s.nav.kinds != kindsAll {
		return "no event of " + s.nav.kinds.String() + "; " + s.keys.Kinds.Help().Key + " shows others"
	}
	return "nothing has happened since brink began to watch"
}

// eventsFact says in the title what part of the events is shown, so that nobody
// takes a part for the whole.
func (s *scene) eventsFact(position string) string {
	switch {
	case s.nav.kinds == kindsAll:
		return position
	case position == "":
		return "only " + s.nav.kinds.String()
	default:
		return "only " + s.nav.kinds.String() + separator + position
	}
}

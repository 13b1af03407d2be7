package ui

import (
	"strings"

	"brink/collectors"
)

// eventList lists what happened to the container, newest first. In a panel that has
// the whole body, what is too long for a line goes on in others.
func (s *scene) eventList(width int) list {
	numbers := s.eventNumbers()
	story := s.frame.Snapshot.Story
	l := list{
		count: len(numbers),
		empty: s.noEvents(),
		draw:  func(p pen, y, i int) { s.drawEvent(p, y, &story[numbers[i]], cutEvent) },
	}
	if s.zoomed(PanelEvents) {
		l.draw = func(p pen, y, i int) { s.drawEvent(p, y, &story[numbers[i]], wrapEvent) }
		l.lines = func(i int) int { return max(len(wrapEvent(story[numbers[i]].Summary(), width-eventIndent)), 1) }
	}
	return l
}

const (
	// eventIndent is the time, the mark, and a blank after each.
	eventIndent = len("15:04:05 x ")
	// eventMost bounds the lines of one event.
	eventMost = 9
)

// cutEvent and wrapEvent are the two ways to put an event into a width.
func cutEvent(text string, width int) []string  { return []string{cut(text, width)} }
func wrapEvent(text string, width int) []string { return wrap(text, width, 0, eventMost) }

// toldEvents are the events of a list.
type toldEvents struct {
	// numbers are their places in the story, newest first.
	numbers []int
	// ofKind is how many there are without the filter.
	ofKind int
}

// eventsTold returns the events that concern the container, are of the chosen kind
// and pass the filter.
func (s *scene) eventsTold() *toldEvents {
	if s.told != nil {
		return s.told
	}
	story, words := s.frame.Snapshot.Story, s.nav.words.words()
	s.told = &toldEvents{numbers: make([]int, 0, len(story))}
	for i := len(story) - 1; i >= 0; i-- {
		if !s.concerns(&story[i]) || !s.nav.kinds.has(story[i].Kind) {
			continue
		}
		s.told.ofKind++
		if len(words) == 0 || hasWords(toldOf(&story[i]), words) {
			s.told.numbers = append(s.told.numbers, i)
		}
	}
	return s.told
}

// eventNumbers returns the places in the story of the events in the list.
func (s *scene) eventNumbers() []int { return s.eventsTold().numbers }

// toldOf is what an event says in words, with every victim.
func toldOf(event *collectors.Event) string {
	words := []string{event.Summary(), event.Container}
	for i := range event.Victims {
		words = append(words, event.Victims[i].Name)
	}
	return strings.Join(words, " ")
}

// eventLine returns the line of the event with the number, the first for zero,
// and for an event that the ledger has let go, the last line.
func (s *scene) eventLine(seq uint64) int {
	if seq == 0 {
		return 0
	}
	numbers := s.eventNumbers()
	for line, number := range numbers {
		if s.frame.Snapshot.Story[number].Seq <= seq {
			return line
		}
	}
	return len(numbers)
}

// eventAt returns the number of the event on a line; zero, which follows the
// newest, for the first.
func (s *scene) eventAt(line int) uint64 {
	numbers := s.eventNumbers()
	if line <= 0 || line >= len(numbers) {
		return 0
	}
	return s.frame.Snapshot.Story[numbers[line]].Seq
}

// drawEvent draws time, mark and what happened. An event that went on is shown
// with the time at which it last happened: that is what a person looks for.
func (s *scene) drawEvent(p pen, y int, event *collectors.Event, fit func(text string, width int) []string) {
	at := event.At
	if !event.Until.IsZero() {
		at = event.Until
	}
	mark, look := eventLook(*event)
	words := textOf(look)
	switch {
	case s.walk.meets(event):
		words = roleSelected
	case s.walk.before(event.At):
		look, words = roleMuted, roleMuted
	}
	x := p.text(0, y, clock(at.In(s.options.Location), s.now), roleMuted)
	p.text(x+1, y, mark, look)
	for i, line := range fit(event.Summary(), p.width()-eventIndent) {
		p.text(eventIndent, y+i, line, words)
	}
}

// textOf returns the look of the words beside a mark: only what is critical
// colours them, so that a list stays calm.
func textOf(mark role) role {
	if mark == roleCritical {
		return roleCritical
	}
	return roleText
}

// eventLook returns the mark of an event and its look. These are facts of the
// past and no alerts: the colour says how bad the kind of thing is.
func eventLook(event collectors.Event) (mark string, look role) {
	switch event.Kind {
	case collectors.EventOOMKill, collectors.EventForkRefused:
		return "✖", roleCritical
	case collectors.EventDied:
		return deathLook(event.Cause)
	case collectors.EventLimitHit, collectors.EventSourceLost, collectors.EventHardeningLost:
		return "▲", roleWarning
	case collectors.EventRestarted, collectors.EventRecreated:
		return "↻", roleWarning
	case collectors.EventHealth:
		return healthLook(event.Health)
	case collectors.EventPaused:
		return "‖", roleText
	case collectors.EventRemoved:
		return "○", roleText
	default:
		return "●", roleGood
	}
}

// deathLook tells a death that somebody asked for from one that nobody did.
func deathLook(cause collectors.Cause) (mark string, look role) {
	switch {
	case cause.Asked():
		return "○", roleText
	case cause == collectors.CauseExited, cause == collectors.CauseUnseen:
		return "○", roleWarning
	default:
		return "✖", roleCritical
	}
}

func healthLook(health collectors.Health) (mark string, look role) {
	switch health {
	case collectors.HealthUnhealthy:
		return "▲", roleWarning
	case collectors.HealthHealthy:
		return "●", roleGood
	default:
		return "●", roleText
	}
}

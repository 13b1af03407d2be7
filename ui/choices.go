package ui

import (
	"slices"
	"strconv"

	"brink/collectors"
)

// mostChoices bounds how many of the containers that could be meant are shown at
// once.
const mostChoices = 12

// addChoices lists the containers that could be meant. In a low page, which shows
// its first lines only, they stand before the reasons.
func (s *scene) addChoices(g *page) {
	choices := s.subject.waiting.Choices
	if len(choices) == 0 {
		return
	}
	if s.acts {
		g.add("Running here; "+s.pickHint(), 0, roleText)
	} else {
		g.add("Running here, each can be watched with brink NAME:", 0, roleText)
	}
	at, most := s.choiceAt(), max(min(mostChoices, g.left()-1), 1)
	first := max(min(at-most+1, len(choices)-most), 0)
	last := min(first+most, len(choices))
	for i := first; i < last; i++ {
		s.addChoice(g, i, i == at && s.acts)
	}
	if others := len(choices) - (last - first); others > 0 {
		g.add("and "+plural(others, "other", "others"), 2, roleMuted)
	}
	g.gap()
}

// pickHint says how a choice is made, by the keys that make it.
func (s *scene) pickHint() string {
	follow := s.keys.Open.Help().Key
	byKey, byNumber := len(s.keys.Open.Keys()) > 0, !s.several && len(s.keys.Jump.Keys()) > 0
	switch {
	case byKey && byNumber:
		return follow + " or number picks:"
	case byKey:
		return follow + " picks one:"
	case byNumber:
		return "number picks:"
	default:
		return "no key picks:"
	}
}

// addChoice writes one container, with its number where numbers pick.
func (s *scene) addChoice(g *page, i int, marked bool) {
	look, x := roleStrong, 2
	if marked {
		look = roleSelected
	}
	if s.acts && !s.several && i < len(s.keys.Jump.Keys()) {
		x = g.pen.text(x, g.y, strconv.Itoa(i+1)+" ", roleKey)
	}
	name := s.subject.waiting.Choices[i]
	wished := s.wish.follows(name)
	room := g.pen.width() - x
	if wished {
		room -= textWidth(following) + 1
	}
	lines := choiceLines(collectors.Clean(name, longestChoice), room, marked && !g.low())
	if s.acts {
		g.pen.rows(g.y, len(lines)).spot(spot{kind: spotChoice, at: i})
	}
	for _, line := range lines[:len(lines)-1] {
		g.pen.text(x, g.y, line, look)
		g.y++
	}
	x = g.pen.text(x, g.y, lines[len(lines)-1], look)
	if wished {
		g.pen.text(x+1, g.y, following, roleInfo)
	}
	g.y++
}

const (
	// following answers to the key that picks.
	following = "following …"
	// longestChoice bounds the path of a cgroup, longestMarked the lines of the
	// marked one.
	longestChoice = 1024
	longestMarked = 4
)

// choiceLines writes a name into the room of a line. A path that is too long loses
// its middle; the marked one is told in full.
func choiceLines(name string, room int, full bool) []string {
	if !full || textWidth(name) <= room {
		return []string{cutPath(name, room)}
	}
	if lines := wrap(name, room, 0, longestMarked+1); len(lines) <= longestMarked {
		return lines
	}
	return []string{cutPath(name, room)}
}

// choiceAt returns the place of the marked container.
func (s *scene) choiceAt() int {
	return max(slices.Index(s.subject.waiting.Choices, s.nav.choice), 0)
}

// moveChoice marks the container that is step further.
func (m Model) moveChoice(step int) Model {
	s := m.sceneShown()
	choices := s.subject.waiting.Choices
	if len(choices) > 0 && s.acts {
		m.nav.choice = choices[min(max(s.choiceAt()+step, 0), len(choices)-1)]
	}
	return m
}

// followChoice asks for the marked container.
func (m Model) followChoice() Model {
	s := m.sceneShown()
	return m.act(Action{Kind: ActFollow, Name: s.subject.waiting.Choices[s.choiceAt()]})
}

// takeNumber picks a container by the number that the screen shows beside it: a
// tab, or a choice where there are no tabs.
func (m Model) takeNumber(at int) Model {
	s := m.sceneShown()
	if s.several || s.subject.waiting == nil {
		return m.selectNumber(at)
	}
	return m.followNumber(at)
}

// followNumber asks for a container by its place among those that could be meant.
func (m Model) followNumber(at int) Model {
	if choices := m.sceneShown().subject.waiting.Choices; at >= 0 && at < len(choices) {
		m.nav.choice = choices[at]
		return m.followChoice()
	}
	return m
}

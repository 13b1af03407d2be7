package ui

import (
	"strconv"

	"brink/alerts"
	"brink/collectors"
)

// drawTabs draws one entry for each container: number, mark, name. The mark is
// the worst firing alert, or the state. The chosen one is always on the screen.
func (s *scene) drawTabs(p pen, list []subject) {
	p = p.indent(1)
	at := chosen(list, s.subject.name)
	first := firstTab(list, at, p.width())
	x := 0
	if first > 0 {
		x = p.text(x, 0, ellipsis+" ", roleMuted)
	}
	for i := first; i < len(list); i++ {
		text := s.tabText(list, i)
		if x+textWidth(text) > p.width() && i > first {
			p.text(p.width()-1, 0, ellipsis, roleMuted)
			return
		}
		from := x
		x = p.text(x, 0, cut(text, p.width()-x), s.tabRole(list[i], i == at)) + 1
		p.in(p.line(from, x-1, 0)).spot(spot{kind: spotTab, at: i})
	}
}

// longestTab bounds the name in one entry.
const longestTab = 24

func (s *scene) tabText(list []subject, i int) string {
	return " " + strconv.Itoa(i+1) + " " + s.tabMark(list[i]) + " " + cutPath(list[i].title(), longestTab) + " "
}

// firstTab returns the first entry to draw so that entry at is visible: entries
// go off at the left, as few as possible.
func firstTab(list []subject, at, width int) int {
	const around, ends = 6, 4
	first, used := at, ends
	for first >= 0 {
		used += min(textWidth(list[first].title()), longestTab) + around + len(strconv.Itoa(first+1))
		if used > width {
			break
		}
		first--
	}
	return min(first+1, at)
}

// tabMark returns what stands beside a name: how bad, or else what it does.
func (s *scene) tabMark(one subject) string {
	if worst := s.frame.Board.Worst(one.name); one.name != "" && worst > alerts.SeverityInfo {
		return severityMark(worst)
	}
	return one.stateMark()
}

// stateMark says what a container does.
func (s subject) stateMark() string {
	switch {
	case s.waiting != nil:
		return "◌"
	case s.sample.State == collectors.StatePaused:
		return "‖"
	case s.sample.State == collectors.StateRestarting:
		return "↻"
	case alive(*s.sample):
		return "●"
	default:
		return "○"
	}
}

func (s *scene) tabRole(one subject, selected bool) role {
	worst := s.frame.Board.Worst(one.name)
	switch {
	case selected:
		return roleSelected
	case one.name != "" && worst > alerts.SeverityInfo:
		return severityRole(worst)
	default:
		return roleMuted
	}
}

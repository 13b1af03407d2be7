package ui

import (
	"strings"

	"brink/alerts"
	"brink/collectors"
)

// list is the content of a panel that can be scrolled: how many lines it has and
// how each is drawn.
type list struct {
	count int
	draw  func(p pen, y, i int)
	// empty is what stands in place of no lines.
	empty string
	// alerts are the lines of the alerts panel, where entries are chosen.
	alerts []alertLine
}

// listOf returns the content of a panel for a width.
func (s *scene) listOf(panel Panel, width int) list {
	switch panel {
	case PanelEvents:
		return s.events()
	case PanelAlerts:
		return s.alerts(width)
	case PanelStorage:
		return s.storage()
	case PanelSources:
		return s.sources(width)
	default:
		return list{}
	}
}

// top returns the first line to draw of a list in height lines.
func (s *scene) top(panel Panel, l list, height int) int {
	var at int
	switch panel {
	case PanelEvents:
		at = s.eventLine(s.nav.firstEvent)
	case PanelAlerts:
		at = s.topOfAlerts(l.alerts, height)
	default:
		at = s.nav.offset[panel]
	}
	return min(max(at, 0), max(l.count-height, 0))
}

// listHeight returns how many lines of a panel scroll.
func (s *scene) listHeight(panel Panel, height int) int { return height - s.foot(panel, height) }

// drawList draws the part of a list that fits, and what stands below it.
func (s *scene) drawList(p pen, panel Panel) {
	if foot := s.foot(panel, p.height()); foot > 0 {
		s.drawSinks(p.rows(p.height()-foot, foot))
		p = p.rows(0, p.height()-foot)
	}
	l := s.listOf(panel, p.width())
	if l.count == 0 {
		for y, line := range wrap(l.empty, p.width(), 0, max(p.height(), 1)) {
			p.text(0, y, line, roleMuted)
		}
		return
	}
	first := s.top(panel, l, p.height())
	for y := 0; y < p.height() && first+y < l.count; y++ {
		l.draw(p, y, first+y)
	}
}

// endOfList is a step that passes the end of any list.
const endOfList = 1 << 30

// scroll moves in the focused list by step lines, or by step entries where entries
// can be chosen.
func (m Model) scroll(step int) Model {
	s := m.sceneShown()
	panel := m.nav.focus
	switch {
	case m.layout().Mode <= ModeStrip: // No list is on the screen.
		return m
	case s.subject.waiting != nil:
		return m.moveChoice(step)
	case s.subject.sample == nil:
		return m
	case panel == PanelAlerts:
		return m.moveEntry(step)
	}
	inside := m.layout().inside(panel)
	content := s.listOf(panel, inside.Dx())
	last := max(content.count-inside.Dy(), 0)
	at := min(max(s.top(panel, content, inside.Dy())+step, 0), last)
	if panel == PanelEvents {
		m.nav.firstEvent = s.eventAt(at)
		return m
	}
	m.nav.offset[panel] = at
	return m
}

// position says which lines of a list are on the screen, empty when all are.
func (s *scene) position(panel Panel, width, height int) string {
	l := s.listOf(panel, width)
	height = s.listHeight(panel, height)
	if height <= 0 || l.count <= height {
		return ""
	}
	first := s.top(panel, l, height)
	return span(first+1, first+height, l.count)
}

// drawListNames draws the title of the lists that share one place: the names of
// all of them, the one in front lit, and returns a pen for the lines below. Where
// the names have no room, the one in front stands alone.
func (s *scene) drawListNames(p pen, l Layout) pen {
	t := s.listTitle(l, s.nav.focus)
	_, tone := s.tally()
	if listNamesWidth(tone)+textWidth(t.fact)+5 > p.width() {
		return p.ruled(t)
	}
	inner := p.ruled(title{fact: t.fact, factRole: t.factRole, focused: true})
	x := 1
	for panel := PanelEvents; panel < panelCount; panel++ {
		look := roleMuted
		if panel == s.nav.focus {
			look = roleFocus
		}
		x = p.text(x, 0, " "+panel.short()+" ", look)
		if mark := severityMark(tone); panel == PanelAlerts && mark != "" {
			x = p.text(x, 0, mark+" ", severityRole(tone))
		}
		x++
	}
	return inner
}

// listNamesWidth returns the columns that the names of all lists take, with the
// mark of the alerts.
func listNamesWidth(tone alerts.Severity) int {
	width := 1
	for panel := PanelEvents; panel < panelCount; panel++ {
		width += textWidth(panel.short()) + 3
	}
	if mark := severityMark(tone); mark != "" {
		width += textWidth(mark) + 1
	}
	return width
}

// short returns the name of a list among the others.
func (p Panel) short() string {
	if p == PanelStorage {
		return "Storage"
	}
	return p.String()
}

// groupsText joins the names of groups.
func groupsText(groups []collectors.Group) string {
	names := make([]string, len(groups))
	for i, group := range groups {
		names[i] = string(group)
	}
	return strings.Join(names, " ")
}

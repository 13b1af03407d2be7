package ui

import (
	"strings"

	"brink/collectors"
)

// list is the content of a panel that can be scrolled: how many entries it has, most
// of one line, and how each is drawn.
type list struct {
	count int
	draw  func(p pen, y, i int)
	// lines returns how many lines an entry takes; nil is one each.
	lines func(i int) int
	// empty is what stands in place of no lines.
	empty string
	// alerts are the lines of the alerts panel, where entries are chosen.
	alerts []alertLine
}

// listOf returns the content of a panel for a width.
func (s *scene) listOf(panel Panel, width int) list {
	if groups := s.zoomedFacts(panel); groups != nil {
		return factList(groups, width)
	}
	switch panel {
	case PanelEvents:
		return s.eventList(width)
	case PanelAlerts:
		return s.alerts(width)
	case PanelStorage:
		return s.storage()
	case PanelProcesses:
		return s.processes(width)
	case PanelSources:
		return s.sources(width)
	case PanelHardening:
		return s.findingList(width)
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
	case PanelHardening:
		// The end of the list may stand above the last line: what is chosen is in sight.
		return min(max(s.topOfFindings(l, height), 0), max(l.count-1, 0))
	default:
		at = s.nav.offset[panel]
	}
	return min(max(at, 0), l.last(height))
}

// linesOf returns how many lines an entry takes.
func (l list) linesOf(i int) int {
	if l.lines == nil {
		return 1
	}
	return l.lines(i)
}

// last returns the first entry of the last height lines: with it at the top, the end
// of the list is in sight.
func (l list) last(height int) int {
	at := l.count
	for at > 0 && l.linesOf(at-1) <= height {
		at--
		height -= l.linesOf(at)
	}
	return min(at, max(l.count-1, 0))
}

// shown returns how many entries begin in height lines from entry first on.
func (l list) shown(first, height int) int {
	at := first
	for ; at < l.count && height > 0; at++ {
		height -= l.linesOf(at)
	}
	return at - first
}

// listHeight returns how many lines of a panel scroll.
func (s *scene) listHeight(panel Panel, width, height int) int {
	return height - s.head(panel, width, height) - s.foot(panel, height)
}

// drawList draws the part of a list that fits, and what stands below it.
func (s *scene) drawList(p pen, panel Panel) {
	if foot := s.foot(panel, p.height()); foot > 0 {
		s.drawSinks(p.rows(p.height()-foot, foot))
		p = p.rows(0, p.height()-foot)
	}
	if head := s.head(panel, p.width(), p.height()); head > 0 {
		s.drawHead(p.rows(0, head), panel)
		p = p.rows(head, p.height()-head)
	}
	l := s.listOf(panel, p.width())
	if l.count == 0 {
		for y, line := range wrap(l.empty, p.width(), 0, max(p.height(), 1)) {
			p.text(0, y, line, roleMuted)
		}
		return
	}
	i := s.top(panel, l, p.height())
	for y := 0; y < p.height() && i < l.count; i++ {
		l.draw(p, y, i)
		if l.alerts != nil || panel == PanelHardening {
			p.rows(y, 1).spot(spot{kind: spotEntry, panel: panel, at: i})
		}
		y += l.linesOf(i)
	}
}

// endOfList is a step that passes the end of any list.
const endOfList = 1 << 30

// scroll moves in the focused list by step entries.
func (m Model) scroll(step int) Model { return m.scrollIn(m.nav.focus, step) }

// scrollIn moves in a list by step entries, or chooses another one where entries can
// be chosen.
func (m Model) scrollIn(panel Panel, step int) Model {
	s := m.sceneShown()
	switch {
	case m.layout().Mode <= ModeStrip: // No list is on the screen.
		return m
	case s.subject.waiting != nil:
		return m.moveChoice(step)
	case s.subject.sample == nil:
		return m
	case panel == PanelAlerts:
		return m.moveEntry(step)
	case panel == PanelHardening:
		return m.moveFinding(step)
	}
	inside := m.layout().inside(panel)
	content := s.listOf(panel, inside.Dx())
	height := s.listHeight(panel, inside.Dx(), inside.Dy())
	at := min(max(s.top(panel, content, height)+step, 0), content.last(height))
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
	height = s.listHeight(panel, width, height)
	if height <= 0 {
		return ""
	}
	first := s.top(panel, l, height)
	shown := l.shown(first, height)
	if shown == l.count {
		return ""
	}
	return span(first+1, first+shown, l.count)
}

// short returns the name of a list among the others.
func (p Panel) short() string {
	switch p {
	case PanelStorage:
		return "Storage"
	case PanelProcesses:
		return "Procs"
	case PanelHardening:
		return "Audit"
	default:
		return p.String()
	}
}

// groupsText joins the names of groups.
func groupsText(groups []collectors.Group) string {
	names := make([]string, len(groups))
	for i, group := range groups {
		names[i] = string(group)
	}
	return strings.Join(names, " ")
}

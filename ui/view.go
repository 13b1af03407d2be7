package ui

import (
	"image"

	tea "charm.land/bubbletea/v2"

	"brink/collectors"
)

// View draws everything anew into the cell buffer, and shows it. What it returns is
// the terminal's state: alternate screen, and the mouse only if it was asked for. Its
// content is a blank screen, see package paint; without any, Bubble Tea would erase the
// terminal at every turn. The title stands there so that Bubble Tea takes it down at the end.
func (m Model) View() tea.View {
	view := tea.View{AltScreen: true, WindowTitle: "brink", Content: " "}
	if m.width <= 0 || m.height <= 0 {
		return view
	}
	m.picture()
	view.MouseMode = m.mouseMode()
	if m.options.Show != nil {
		m.options.Show(&m.screen.cells, m.screen.looks)
	}
	return view
}

// picture draws everything anew into the cell buffer.
func (m Model) picture() {
	list := subjectsOf(m.shown.Snapshot)
	s := m.sceneDrawn(list)
	p := m.screen.begin(m.width, m.height, m.theme)
	m.draw(p, s, list)
	title := s.windowTitle()
	if m.screen.ascii {
		title = asciiText(title)
	}
	m.screen.cells.Title = title
}

// subjectShown returns what is on the screen: the chosen container, or before the
// first frame the target.
func (m Model) subjectShown(list []subject) subject {
	if len(list) == 0 {
		return subject{name: m.options.Target}
	}
	return list[chosen(list, m.nav.selected)]
}

// sceneDrawn is the scene of the chosen container, or under the table of all of them
// that of none.
func (m Model) sceneDrawn(list []subject) *scene {
	if m.overviewShown() {
		return m.sceneOf(subject{})
	}
	return m.sceneOf(m.subjectShown(list))
}

// windowTitle is what the terminal or tmux shows as the name of the window.
func (s *scene) windowTitle() string {
	text := "brink " + collectors.Clean(s.subject.title(), longestName)
	if share := s.sample.Memory.UnreclaimableRatio; share.Present() && !s.dim() && !s.walk.on() {
		text += " " + percent(share)
	}
	return text
}

// draw draws the parts of the screen into their places.
func (m Model) draw(p pen, s *scene, list []subject) {
	l := m.layout()
	switch l.Mode {
	case ModeNotice:
		s.drawNotice(p.in(l.Body))
		return
	case ModeStrip:
		s.drawStrip(p.in(l.Body))
		return
	default:
	}
	if m.overviewShown() {
		m.drawFleet(p, s, l)
		return
	}
	s.drawHeader(p.in(l.Header))
	m.drawFooter(p.in(l.Footer), s)
	if len(s.news) > 0 {
		s.drawNews(p.in(l.news()))
	}
	if !l.Tabs.Empty() {
		s.drawTabs(p.in(l.Tabs), list)
	}
	switch {
	case m.nav.help:
		m.drawHelp(p.in(l.Body), m.options.Version)
	case !m.seen:
		s.drawReading(p.in(l.Body))
	case len(list) == 0:
		s.drawNothing(p.in(l.Body))
	case s.subject.waiting != nil:
		s.drawWaiting(p.in(l.Body))
	default:
		s.drawPanels(p, l)
	}
}

// news returns the line for news: the second one of the header, which says where
// the container runs, or else the footer. Neither holds a number.
func (l Layout) news() image.Rectangle {
	if l.Header.Dy() > 1 {
		_, second := splitTop(l.Header, 1)
		return second
	}
	return l.Footer
}

// drawPanels draws every panel that has a place.
func (s *scene) drawPanels(p pen, l Layout) {
	for panel := range panelCount {
		if area := l.Panels[panel]; !area.Empty() && s.nav.front(l, panel) {
			s.drawPanel(p.in(area), l, panel)
		}
	}
}

// drawPanel draws one panel: in a box, below a ruled title, or as a single line.
func (s *scene) drawPanel(p pen, l Layout, panel Panel) {
	p.spot(spot{kind: spotPanel, panel: panel})
	p.rows(0, 1).spot(spot{kind: spotTitle, panel: panel})
	if p.height() == 1 {
		s.drawRow(p.indent(1).dimmed(s.dim()), panel)
		return
	}
	if panels := l.sharing(panel); len(panels) > 1 {
		s.drawContent(s.drawShared(p, l, panels, panel), panel)
		return
	}
	s.drawContent(p.framed(l, s.titleOf(l, panel)), panel)
}

// inside returns where the content of a panel goes; box and ruled do the same.
func (l Layout) inside(panel Panel) image.Rectangle {
	p := pen{area: l.Panels[panel]}
	switch {
	case p.height() == 1:
		return p.indent(1).area
	case l.Stacked:
		return p.rows(1, p.height()-1).indent(boxPadding).area
	default:
		return p.rows(1, p.height()-2).indent(boxSide + boxPadding).area
	}
}

// drawRow draws a panel that has one line only.
func (s *scene) drawRow(p pen, panel Panel) {
	switch panel {
	case PanelMemory:
		s.memoryMeter().row(p, 0, s.nameRole(panel))
	case PanelCPU:
		s.cpuMeter().row(p, 0, s.nameRole(panel))
	case PanelPids:
		s.pidsMeter().row(p, 0, s.nameRole(panel))
	default:
		s.drawList(p, panel)
	}
}

// nameRole is the look of the name in a panel of one line.
func (s *scene) nameRole(panel Panel) role {
	if panel == s.nav.focus {
		return roleFocus
	}
	return roleMuted
}

// drawContent draws the inside of a panel. Events, alerts and sources are never
// dimmed: they are of now when the values are not.
func (s *scene) drawContent(p pen, panel Panel) {
	if s.drawZoomed(p, panel) {
		return
	}
	switch panel {
	case PanelMemory:
		s.memory(p.dimmed(s.dim()))
	case PanelCPU:
		s.cpu(p.dimmed(s.dim()))
	case PanelPids:
		s.pids(p.dimmed(s.dim()))
	case PanelStorage, PanelProcesses:
		s.drawList(p.dimmed(s.dim()), panel)
	default:
		s.drawList(p, panel)
	}
}

// titleOf returns the title of a panel, with the moment where that is in the past.
func (s *scene) titleOf(l Layout, panel Panel) title {
	t := s.titleNow(l, panel)
	t.when = s.walkClock()
	return t
}

func (s *scene) titleNow(l Layout, panel Panel) title {
	var t title
	switch panel {
	case PanelMemory:
		t = s.memoryMeter().title(s.dim())
	case PanelCPU:
		t = s.cpuMeter().title(s.dim())
	case PanelPids:
		t = s.pidsMeter().title(s.dim())
	default:
		t = s.listTitle(l, panel)
	}
	if panel < PanelEvents && s.zoomed(panel) {
		inside := l.inside(panel)
		t.fact = joined(t.fact, s.position(panel, inside.Dx(), inside.Dy()))
	}
	t.focused = panel == s.nav.focus
	return t
}

// joined puts two facts into one line.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + separator + b
}

// listTitle names a list, and says how bad it stands or else which part of it is
// shown.
func (s *scene) listTitle(l Layout, panel Panel) title {
	t := title{name: s.nameOf(panel), factRole: roleMuted}
	if panel == PanelAlerts {
		if text, severity := s.tally(); text != "" {
			t.tone, t.fact, t.factRole = severity, text, severityRole(severity)
			return t
		}
	}
	inside := l.inside(panel)
	t.fact = s.position(panel, inside.Dx(), inside.Dy())
	if panel == PanelEvents {
		t.fact = s.eventsFact(t.fact)
	}
	if panel == PanelHardening {
		t.fact, t.factRole = s.hardeningFact(t.fact)
	}
	if s.typing(panel) {
		t.name = s.nav.words.prompt(inside.Dx() - countsWidth)
	}
	return t
}

// nameOf returns the name of a panel by what it has.
func (s *scene) nameOf(panel Panel) string {
	if panel == PanelSources && len(s.frame.Sinks) > 0 {
		return "Sources, sinks"
	}
	return panel.String()
}

// String returns the name of a panel as its title has it.
func (p Panel) String() string {
	switch p {
	case PanelMemory:
		return "Memory"
	case PanelCPU:
		return "CPU"
	case PanelPids:
		return "Pids"
	case PanelEvents:
		return "Events"
	case PanelAlerts:
		return "Alerts"
	case PanelStorage:
		return "Tmpfs, disk, network"
	case PanelProcesses:
		return "Processes"
	case PanelSources:
		return "Sources"
	case PanelHardening:
		return "Hardening"
	default:
		return ""
	}
}

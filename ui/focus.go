package ui

import (
	"image"

	"brink/alerts"
)

// Every panel can have the focus. Where several panels share one place, the one
// that had the focus last is in front.

// nextPanel returns the panel after the focused one, in the direction of step: that of
// the hardening only where it is looked at.
func nextPanel(focus Panel, step int, audited bool) Panel {
	next := Panel((int(focus) + step + int(panelCount)) % int(panelCount))
	if next == PanelHardening && !audited {
		return nextPanel(next, step, audited)
	}
	return next
}

// visit gives a panel the focus and puts it in front of those that share its place.
func (n *navigation) visit(panel Panel) {
	n.visits++
	n.focus, n.visited[panel] = panel, n.visits
}

// front reports whether a panel is the one to see in its place.
func (n navigation) front(l Layout, panel Panel) bool {
	for other := range panelCount {
		later := n.visited[other] > n.visited[panel] || n.visited[other] == n.visited[panel] && other < panel
		if later && l.Panels[other] == l.Panels[panel] {
			return false
		}
	}
	return true
}

// sharing returns the panels that have the place of a panel, itself included.
func (l Layout) sharing(panel Panel) []Panel {
	panels := make([]Panel, 0, panelCount)
	for other := range panelCount {
		if l.Panels[other] == l.Panels[panel] {
			panels = append(panels, other)
		}
	}
	return panels
}

// drawShared draws the frame of panels that share one place: the names of all of
// them, the one in front lit, and returns a pen for its content. Where the names
// have no room, they are shortened; then the one in front stands alone.
func (s *scene) drawShared(p pen, l Layout, panels []Panel, front Panel) pen {
	t := s.titleOf(l, front)
	names := s.panelNames(panels, s.nameOf)
	if !t.fits(names, p.width()) {
		names = s.panelNames(panels, Panel.short)
	}
	if !t.fits(names, p.width()) || s.typing(front) {
		return p.framed(l, t)
	}
	inner := p.framed(l, title{fact: t.fact, factRole: t.factRole, focused: t.focused})
	x := 1
	for i, name := range names {
		from := x
		x = p.text(x, 0, " "+name.text+" ", s.tabLook(panels[i], front))
		if name.mark != "" {
			x = p.text(x, 0, name.mark+" ", name.look)
		}
		p.in(p.line(from, x, 0)).spot(spot{kind: spotTitle, panel: panels[i]})
	}
	if t.when != "" {
		p.text(x, 0, t.when+" ", roleInfo)
	}
	return inner
}

// tabLook is the look of the name of a panel among others.
func (s *scene) tabLook(panel, front Panel) role {
	if panel == front {
		return s.titleRole(panel)
	}
	return roleMuted
}

// titleRole is the look of a name that stands in a title.
func (s *scene) titleRole(panel Panel) role {
	if panel == s.nav.focus {
		return roleFocus
	}
	return roleTitle
}

// panelName is the name of a panel among others, and a mark where something is
// wrong with what it shows.
type panelName struct {
	text string
	mark string
	look role
}

// fits reports whether names have room beside the fact of a title. They leave a
// column free at both ends, and there are blanks around the fact.
func (t title) fits(names []panelName, width int) bool {
	const ends, around = 2, 4
	width -= namesWidth(names) + ends
	if t.when != "" {
		width -= textWidth(t.when) + 1
	}
	return width >= 0 && (t.fact == "" || width >= textWidth(t.fact)+around)
}

func (s *scene) panelNames(panels []Panel, nameOf func(Panel) string) []panelName {
	names := make([]panelName, len(panels))
	for i, panel := range panels {
		names[i].text = nameOf(panel)
		if tone := s.listTone(panel); tone > alerts.SeverityInfo {
			names[i].mark, names[i].look = severityMark(tone), severityRole(tone)
		}
	}
	return names
}

// listTone returns how bad it stands with what a list shows.
func (s *scene) listTone(panel Panel) alerts.Severity {
	switch panel {
	case PanelAlerts:
		_, tone := s.tally()
		return tone
	case PanelHardening:
		return s.tone(alerts.MetricDrift, "")
	case PanelSources:
		if _, lost := s.lostSource(); lost {
			return alerts.SeverityWarning
		}
	default:
	}
	return alerts.SeverityNone
}

func namesWidth(names []panelName) int {
	width := 0
	for _, name := range names {
		width += textWidth(name.text) + 2
		if name.mark != "" {
			width += textWidth(name.mark) + 1
		}
	}
	return width
}

// framed draws the frame of a panel: a box, or a ruled title where panels are
// stacked.
func (p pen) framed(l Layout, t title) pen {
	if l.Stacked {
		return p.ruled(t)
	}
	return p.box(t)
}

// panelsShown reports whether the panels of a container are on the screen.
func (m Model) panelsShown() bool {
	list := subjectsOf(m.shown.Snapshot)
	return m.layout().Mode > ModeStrip && len(list) > 0 && m.subjectShown(list).waiting == nil
}

// toggleZoom gives the focused panel the whole body, or back to the others.
func (m Model) toggleZoom() Model {
	m.nav.zoom = !m.nav.zoom
	return m.focusOn(m.nav.focus)
}

// close goes one step back: out of the news, out of the past, out of the filter of
// the events, out of a zoomed panel.
func (m Model) close() Model {
	switch {
	case len(m.news) > 0:
		m.news = nil
	case m.walk.on() && !m.options.Replay:
		return m.goLive()
	case m.nav.focus == PanelEvents && m.nav.words.text != "":
		m.nav.words = filter{}
		return m.eventsAnew()
	case m.nav.zoom:
		return m.toggleZoom()
	}
	return m
}

// zoomed returns the layout in which one panel has the whole body.
func (l Layout) zoomed(panel Panel) Layout {
	if l.Mode <= ModeStrip {
		return l
	}
	for other := range l.Panels {
		l.Panels[other] = image.Rectangle{}
	}
	l.Panels[panel] = l.Body
	return l
}

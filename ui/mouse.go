package ui

import (
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"
)

// spotKind is what a place on the screen is for a click.
type spotKind uint8

const (
	// spotPanel is a panel, spotTitle its first line, or its name among others.
	spotPanel spotKind = iota
	spotTitle
	// spotChart is a chart: a moment of the past.
	spotChart
	// spotEntry is an entry of the alerts.
	spotEntry
	// spotTab, spotRow and spotChoice are containers, by their place among all;
	// spotColumn is the head of a column of the table.
	spotTab
	spotRow
	spotChoice
	spotColumn
)

// spot is a place on the screen that means something to a click. What is drawn says
// so itself: where a thing is stands in one place only.
type spot struct {
	kind spotKind
	area image.Rectangle
	// panel is where it is, at which one of its kind.
	panel Panel
	at    int
	// window is what a chart shows.
	window window
}

// spot makes the pen's rectangle a place for clicks. What is drawn later is on top.
func (p pen) spot(s spot) {
	if s.area = p.area; !s.area.Empty() {
		p.screen.spots = append(p.screen.spots, s)
	}
}

// spotAt returns the uppermost place of some kinds at a point of the screen as it
// is.
func (m Model) spotAt(mouse tea.Mouse, kinds ...spotKind) (spot, bool) {
	m.picture()
	for _, s := range slices.Backward(m.screen.spots) {
		if slices.Contains(kinds, s.kind) && image.Pt(mouse.X, mouse.Y).In(s.area) {
			return s, true
		}
	}
	return spot{}, false
}

// mouseMode asks the terminal for clicks and the wheel if they were asked for: as
// long as it reports them, text can only be selected with shift.
func (m Model) mouseMode() tea.MouseMode {
	if m.mouse {
		return tea.MouseModeCellMotion
	}
	return tea.MouseModeNone
}

// toggleMouse takes the mouse, or gives it back to the terminal.
func (m Model) toggleMouse() Model {
	m.mouse = !m.mouse
	m.nav.note = "the mouse selects text again"
	if m.mouse {
		m.nav.note = "the mouse clicks and scrolls; with shift it selects text"
	}
	return m
}

// takeMouse takes a click or a turn of the wheel. Other events of the mouse mean
// nothing here.
func (m Model) takeMouse(msg tea.MouseMsg) Model {
	if !m.mouse {
		return m
	}
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return m.takeClick(msg.Mouse())
		}
	case tea.MouseWheelMsg:
		return m.takeWheel(msg.Mouse())
	}
	return m
}

// takeClick does what a click is meant for. On the help page it closes that.
func (m Model) takeClick(mouse tea.Mouse) Model {
	m.nav.note = ""
	if m.nav.help {
		m.nav.help = false
		return m
	}
	kinds := []spotKind{spotPanel, spotTitle, spotEntry, spotTab, spotRow, spotChoice, spotColumn}
	if m.walk.on() {
		kinds = append(kinds, spotChart)
	}
	s, ok := m.spotAt(mouse, kinds...)
	if !ok {
		return m
	}
	switch s.kind {
	case spotTab:
		return m.selectNumber(s.at)
	case spotRow:
		return m.openNumber(s.at)
	case spotColumn:
		return m.sortTable(FieldID(s.at))
	case spotChoice:
		return m.followNumber(s.at)
	case spotChart:
		return m.clickMoment(s, mouse)
	default:
		return m.clickPanel(s)
	}
}

// clickPanel gives a panel the focus, and with the second click the whole body. An
// entry is chosen by its click; a zoomed panel gives way by its title alone.
func (m Model) clickPanel(s spot) Model {
	had := m.nav.focus == s.panel
	if !had {
		m.nav.words.typing = false
		m = m.focusOn(s.panel)
	}
	switch {
	case s.kind == spotEntry && s.panel == PanelHardening:
		return m.chooseFinding(s.at)
	case s.kind == spotEntry:
		return m.chooseLine(s.at)
	case had && (s.kind == spotTitle || !m.nav.zoom):
		return m.toggleZoom()
	default:
		return m
	}
}

// chooseLine chooses the entry of a line of the alerts panel.
func (m Model) chooseLine(at int) Model {
	lines := m.sceneShown().alertLines(m.layout().inside(PanelAlerts).Dx())
	if at >= len(lines) {
		return m
	}
	if one, ok := lines[at].entry(); ok {
		m.nav.entry = one
		for i, other := range entriesOf(lines) {
			if other == one {
				m.nav.entryAt = i
			}
		}
	}
	return m
}

// clickMoment walks to the moment that stands at a column of a chart.
func (m Model) clickMoment(s spot, mouse tea.Mouse) Model {
	columns := max(m.screen.charts.Columns(1), 1)
	back := (s.area.Max.X - 1 - mouse.X) * columns
	slot := (s.window.last-int64(back)+1)*s.window.perBin - 1
	there := m.sceneShown().history.timeOf(slot)
	return m.walkFar(there.Sub(m.shown.Snapshot.At))
}

// wheelStep is how many lines one turn of the wheel scrolls.
const wheelStep = 3

// takeWheel scrolls the list under the pointer; the focus stays where it is, except
// for a list in which something is chosen.
func (m Model) takeWheel(mouse tea.Mouse) Model {
	step := wheelStep
	switch mouse.Button {
	case tea.MouseWheelUp:
		step = -wheelStep
	case tea.MouseWheelDown:
	default:
		return m
	}
	if m.nav.help {
		return m.scrollHelp(step)
	}
	if m.overviewShown() {
		return m.moveRow(step)
	}
	if _, ok := m.spotAt(mouse, spotChoice); ok {
		return m.moveChoice(step / wheelStep)
	}
	s, ok := m.spotAt(mouse, spotPanel)
	if !ok {
		return m
	}
	if s.panel == PanelAlerts || s.panel == PanelHardening {
		return m.focusOn(s.panel).scrollIn(s.panel, step/wheelStep)
	}
	return m.scrollIn(s.panel, step)
}

package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/alerts"
)

// find returns where a text stands on the screen: the column and the line of its
// first character.
func find(t *testing.T, m Model, text string) (x, y int) {
	t.Helper()
	screen := screenText(t, m)
	for y, line := range strings.Split(screen, "\n") {
		if before, _, found := strings.Cut(line, text); found {
			return textWidth(before), y
		}
	}
	t.Fatalf("no %q on the screen:\n%s", text, screen)
	return 0, 0
}

// click presses the left button on a text.
func click(t *testing.T, m Model, text string) Model {
	t.Helper()
	x, y := find(t, m, text)
	return send(m, tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}, tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// wheel turns the wheel over a text.
func wheel(t *testing.T, m Model, button tea.MouseButton, text string) Model {
	t.Helper()
	x, y := find(t, m, text)
	return send(m, tea.MouseWheelMsg{X: x, Y: y, Button: button})
}

// mousing is a screen that has the mouse.
func mousing(m Model) Model {
	m.mouse = true
	return m
}

// TestMouseIsOff until it is asked for: the terminal is asked for nothing, and what
// comes all the same does nothing.
func TestMouseIsOff(t *testing.T) {
	m := steady(newModel(120, 40))
	if mode := m.View().MouseMode; mode != tea.MouseModeNone {
		t.Errorf("the mouse mode is %v", mode)
	}
	if click(t, m, "╭ CPU").nav.focus != PanelEvents {
		t.Error("a click means something")
	}
	if mode := New(Options{Mouse: true}).mouseMode(); mode != tea.MouseModeCellMotion {
		t.Errorf("with the option the mouse mode is %v", mode)
	}
}

// TestJourneyWithTheMouse turns it on and off again with a key.
func TestJourneyWithTheMouse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 100, 28)
		j.frame(frameOf(noon, agentAt(noon)))
		press := func(x, y int) {
			j.program.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			j.settle()
		}
		press(10, 5)
		press(10, 5)
		j.shows("╭ CPU")
		j.keys("M")
		j.shows("the mouse clicks and scrolls; with shift it selects text")
		press(10, 5)
		j.hides("the mouse clicks")
		press(10, 5)
		j.shows("╭ Memory", "Against the limit", "enter back")
		j.hides("╭ CPU")
		j.keys("M")
		j.shows("the mouse selects text again")
		press(10, 2)
		j.hides("╭ CPU")
		j.end()
	})
}

// TestClicksOnPanels: the first click gives the focus, the second one the whole
// body, and one on the title takes it back.
func TestClicksOnPanels(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {100, 28}} {
		m := mousing(steady(newModel(size[0], size[1])))
		m = click(t, m, "╭ CPU")
		if m.nav.focus != PanelCPU || m.nav.zoom {
			t.Errorf("%v: the first click: %v, zoom %v", size, m.nav.focus, m.nav.zoom)
		}
		m = click(t, m, "1.13 cores")
		if !m.nav.zoom {
			t.Fatalf("%v: the second click does not zoom", size)
		}
		if m = click(t, m, "in use"); !m.nav.zoom {
			t.Errorf("%v: a click on a number closes the panel", size)
		}
		if m = click(t, m, "╭ CPU"); m.nav.zoom {
			t.Errorf("%v: a click on the title does not close it", size)
		}
		// Other buttons, and places without a meaning, do nothing.
		x, y := find(t, m, "╭ Memory")
		for _, msg := range []tea.Msg{
			tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseRight},
			tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft},
			tea.MouseClickMsg{X: 3, Y: 0, Button: tea.MouseLeft},
			tea.MouseClickMsg{X: -1, Y: 999, Button: tea.MouseLeft},
		} {
			if got := send(m, msg); got.nav.focus != PanelCPU || got.nav.zoom {
				t.Errorf("%v: %v means something", size, msg)
			}
		}
	}
}

// TestClicksOnNames: of panels that share a place, the one whose name is clicked
// comes to the front; in a low pane a panel is one line.
func TestClicksOnNames(t *testing.T) {
	m := mousing(steady(newModel(80, 24)))
	m = click(t, m, "Processes")
	if text := screenText(t, m); m.nav.focus != PanelProcesses || !strings.Contains(text, "openclaw-gatewa") {
		t.Errorf("the processes are not in front:\n%s", text)
	}
	if m = click(t, m, "Sources"); m.nav.focus != PanelSources || m.nav.zoom {
		t.Errorf("the focus is on %v", m.nav.focus)
	}
	low := mousing(steady(newModel(40, 8)))
	if low = click(t, low, "cpu "); low.nav.focus != PanelCPU {
		t.Errorf("the focus is on %v", low.nav.focus)
	}
	if low = click(t, low, "cpu "); !low.nav.zoom {
		t.Error("the second click does not zoom")
	}
}

// TestClicksOnContainers opens tabs, rows of the table and choices, and orders the
// table by its heads.
func TestClicksOnContainers(t *testing.T) {
	m := mousing(send(newModel(100, 28), FrameMsg(threeAgents(noon, 0.30, 0.80, 0.55))))
	m = click(t, m, " 3 ● c")
	if m.nav.selected != "c" {
		t.Errorf("the tab opens %q", m.nav.selected)
	}
	m = click(t, send(m, press("o")), "MEM ")
	if got := rowNames(m); got != "b [c] a" {
		t.Errorf("the head orders %s", got)
	}
	m = click(t, m, "MEM↓")
	if got := rowNames(m); got != "a [c] b" {
		t.Errorf("the same head again orders %s", got)
	}
	if m = click(t, m, "80%"); m.overviewShown() || m.nav.selected != "b" {
		t.Errorf("the row opens %q", m.nav.selected)
	}

	waiting, asked := actingModel(80, 24)
	waiting = mousing(send(waiting, FrameMsg(offering(noon, "web", "db"))))
	click(t, waiting, "2 db")
	if len(*asked) != 1 || (*asked)[0].Name != "db" {
		t.Errorf("the choice asks for %v", *asked)
	}
}

// TestClicksOnAlerts choose one, and acknowledge nothing.
func TestClicksOnAlerts(t *testing.T) {
	m, asked := actingModel(120, 40)
	frame := withAlerts(frameOf(noon, agentAt(noon)),
		firing("first-rule", alerts.MetricMemoryRatio, alerts.SeverityCritical, "one"),
		firing("other-rule", alerts.MetricZombies, alerts.SeverityWarning, "two"))
	m = mousing(send(m, FrameMsg(frame), press("esc")))
	m = click(t, m, "other-rule")
	if alert, ok := m.sceneShown().chosenAlert(); !ok || alert.Rule != "other-rule" || m.nav.zoom {
		t.Errorf("the click chooses %v", alert.Rule)
	}
	m = click(t, m, "one")
	if alert, _ := m.sceneShown().chosenAlert(); alert.Rule != "first-rule" || m.nav.zoom {
		t.Errorf("the click on a message chooses %v", alert.Rule)
	}
	if m = send(click(t, m, "other-rule"), press("k")); m.nav.entry.key.Rule != "first-rule" {
		t.Errorf("the key after it chooses %v", m.nav.entry.key.Rule)
	}
	if len(*asked) != 0 {
		t.Errorf("clicks ask for %v", *asked)
	}
}

// TestWheel scrolls the list under the pointer, and leaves the focus.
func TestWheel(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = manyEvents(60)
	m := mousing(send(newModel(120, 40), FrameMsg(frame), press("tab"), press("tab")))
	focus := m.nav.focus
	m = wheel(t, m, tea.MouseWheelDown, "╭ Events")
	if text := screenText(t, m); !strings.Contains(text, "4-11 of 60") || m.nav.focus != focus {
		t.Errorf("the events are elsewhere, or the focus on %v:\n%s", m.nav.focus, text)
	}
	m = wheel(t, m, tea.MouseWheelUp, "╭ Events")
	if text := screenText(t, m); !strings.Contains(text, "1-8 of 60") {
		t.Errorf("the events are not at their top:\n%s", text)
	}
	for _, button := range []tea.MouseButton{tea.MouseWheelLeft, tea.MouseWheelRight} {
		if got := wheel(t, m, button, "╭ Events"); got.nav.firstEvent != 0 {
			t.Errorf("%v scrolls", button)
		}
	}
	if got := wheel(t, m, tea.MouseWheelDown, "brink"); got.nav.firstEvent != 0 || got.nav.offset != m.nav.offset {
		t.Error("the wheel over the header scrolls")
	}
	m = wheel(t, m, tea.MouseWheelDown, "╭ Alerts")
	if m.nav.focus != PanelAlerts {
		t.Errorf("the wheel over the alerts leaves the focus on %v", m.nav.focus)
	}

	table := mousing(overviewOfMany(newModel(80, 24)))
	before := table.nav.overview.at
	table = wheel(t, table, tea.MouseWheelDown, "agent-")
	if table.nav.overview.at != before+wheelStep {
		t.Errorf("the wheel marks row %d, it was %d", table.nav.overview.at, before)
	}
	waiting := mousing(send(newModel(80, 24), FrameMsg(offering(noon, "web", "db"))))
	if waiting = wheel(t, waiting, tea.MouseWheelDown, "web"); waiting.nav.choice != "db" {
		t.Errorf("the wheel marks %q", waiting.nav.choice)
	}
}

// TestClickOnAChart: while one walks, the moment goes to where one clicks, with the
// cursor there; else a chart is a part of its panel.
func TestClickOnAChart(t *testing.T) {
	for _, glyphs := range AllGlyphs() {
		m := New(Options{Interval: time.Second, Location: time.UTC, Mouse: true, Glyphs: glyphs})
		m = warm(send(m, tea.WindowSizeMsg{Width: 120, Height: 40}))
		m = send(m, FrameMsg(frameOf(noon, agentAt(noon))))
		plot := chartOf(t, m)
		middle := tea.MouseClickMsg{X: plot.area.Min.X + plot.area.Dx()/2, Y: 12, Button: tea.MouseLeft}
		if live := send(m, middle); live.walk.on() || live.nav.focus != PanelCPU {
			t.Errorf("%s: a click without a walk: %v, %v", glyphs, live.walk.on(), live.nav.focus)
		}
		m = send(m, press("left"))
		for x := plot.area.Min.X; x < plot.area.Max.X-1; x++ {
			got := send(m, tea.MouseClickMsg{X: x, Y: 12, Button: tea.MouseLeft})
			plot := chartOf(t, got)
			column := got.sceneShown().cursorColumn(pen{screen: got.screen, area: plot.area}, plot.window)
			if got.nav.focus != PanelEvents || !got.walk.on() || plot.area.Min.X+column != x {
				t.Fatalf("%s: the click in column %d leads to %v in column %d", glyphs, x, got.walk.at, plot.area.Min.X+column)
			}
		}
		if edge := send(m, tea.MouseClickMsg{X: plot.area.Max.X - 1, Y: 12, Button: tea.MouseLeft}); edge.walk.on() {
			t.Errorf("%s: the right edge leads to %v, not to now", glyphs, edge.walk.at)
		}
	}
}

// chartOf is where the chart of the CPU is.
func chartOf(t *testing.T, m Model) spot {
	t.Helper()
	s, ok := m.spotAt(tea.Mouse{X: m.width - 10, Y: 12}, spotChart)
	if !ok {
		t.Fatal("there is no chart")
	}
	return s
}

// TestClicksElsewhere: a click closes the help page, ends the typing where another
// panel takes the focus, and means nothing in a strip.
func TestClicksElsewhere(t *testing.T) {
	m := mousing(steady(newModel(120, 40)))
	if help := click(t, send(m, press("?")), "scroll up"); help.nav.help || help.nav.focus != PanelEvents {
		t.Error("a click on the help page does not close that alone")
	}
	if got := send(send(m, press("?")), tea.MouseWheelMsg{X: 50, Y: 30, Button: tea.MouseWheelDown}); !got.nav.help {
		t.Error("the wheel closes the help page")
	}
	typing := click(t, typed(send(m, press("/")), "oom"), "╭ Pids")
	if typing.nav.words.typing || typing.nav.words.text != "oom" || typing.nav.focus != PanelPids {
		t.Errorf("after a click elsewhere: %+v, focus %v", typing.nav.words, typing.nav.focus)
	}
	strip := mousing(steady(newModel(80, 2)))
	if got := click(t, strip, "cpu"); got.nav.focus != PanelEvents {
		t.Error("a click in a strip means something")
	}
	if got := send(mousing(newModel(0, 0)), tea.MouseClickMsg{Button: tea.MouseLeft}); got.nav.zoom {
		t.Error("a click on nothing means something")
	}
}

package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	"brink/alerts"
	"brink/alerts/audit"
)

// TestEveryPanelTakesTheFocus goes round with tab and back, and ends where it began.
func TestEveryPanelTakesTheFocus(t *testing.T) {
	for _, key := range []string{"tab", "shift+tab"} {
		m := auditedAs(audit.Status{})(newModel(120, 40))
		seen := map[Panel]bool{}
		for range panelCount {
			m = send(m, press(key))
			seen[m.nav.focus] = true
			screenText(t, m)
		}
		if len(seen) != int(panelCount) || m.nav.focus != PanelEvents {
			t.Errorf("%s visits %v and ends on %v", key, seen, m.nav.focus)
		}
	}
}

// TestFront: of the panels that share a place, the one that had the focus last is
// seen, and the first one before any had it.
func TestFront(t *testing.T) {
	narrow, wide := layoutFor(80, 24, false), layoutFor(120, 40, false)
	visits := func(panels ...Panel) navigation {
		var n navigation
		for _, panel := range panels {
			n.visit(panel)
		}
		return n
	}
	for _, test := range []struct {
		name   string
		layout Layout
		nav    navigation
		place  Panel
		want   Panel
	}{
		{"nothing was visited", narrow, navigation{}, PanelEvents, PanelEvents},
		{"nothing was visited in the wide mode", wide, navigation{}, PanelSources, PanelProcesses},
		{"the one with the focus", narrow, visits(PanelStorage), PanelEvents, PanelStorage},
		{"the one that had it last", narrow, visits(PanelStorage, PanelAlerts, PanelMemory), PanelEvents, PanelAlerts},
		{"others share nothing with it", wide, visits(PanelSources, PanelEvents), PanelProcesses, PanelSources},
		{"a panel that is alone", wide, visits(PanelSources), PanelCPU, PanelCPU},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, panel := range test.layout.sharing(test.place) {
				if got := test.nav.front(test.layout, panel); got != (panel == test.want) {
					t.Errorf("%v is in front: %v", panel, got)
				}
			}
		})
	}
}

// TestHiddenTrouble: what is wrong with a panel behind another one is marked beside
// its name.
func TestHiddenTrouble(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Containers[0].Sources[0].OK = false
	frame.Board.Alerts = []alerts.Alert{firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, "")}
	for size, want := range map[[2]int]string{
		{120, 40}: " Processes  Sources ▲ ",
		{80, 24}:  " Events  Alerts ▲  Tmpfs, disk, network  Processes  Sources ▲ ",
	} {
		if text := screenText(t, send(newModel(size[0], size[1]), FrameMsg(frame))); !strings.Contains(text, want) {
			t.Errorf("%v: no %q:\n%s", size, want, text)
		}
	}
}

func TestJourneyZoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 100, 28)
		j.frame(frameOf(noon, agentAt(noon)))
		j.keys("enter")
		j.shows("╭ Events", "13:59:31 ▲ memory limit hit 21 times", "enter back")
		j.hides("Memory ─", "CPU ─", "Pids ─")
		j.keys("tab", "tab", "tab")
		j.shows("╭ Processes", "an OOM would kill chrome (pid 4172)", "badness")
		j.hides("╭ Events", "Sources")
		j.keys("esc")
		j.shows("Procs  Sources", "╭ Events", "enter zoom")

		// Tab goes on among all panels, and enter is there and back.
		j.keys("tab", "tab", "enter")
		j.shows("╭ Memory")
		j.hides("╭ CPU")
		j.keys("enter")
		j.shows("╭ Memory", "╭ CPU")

		// News are closed first, the panel next.
		j.keys("enter")
		alert := firing("oom-kill", alerts.MetricOOMKills, alerts.SeverityCritical, "1 process was killed")
		j.frame(withAlerts(frameOf(noon.Add(1e9), agentAt(noon)), alert))
		j.shows("esc")
		j.keys("esc")
		j.hides("╭ CPU")
		j.keys("esc")
		j.shows("╭ CPU")
		j.end()
	})
}

// TestZoomWithoutRoom: a strip has no panels, so no key is for them, and a panel that
// was zoomed is still when there is room again.
func TestZoomWithoutRoom(t *testing.T) {
	m := send(steady(newModel(80, 2)), press("enter"))
	if m.nav.zoom {
		t.Error("a strip zooms")
	}
	m.height = 24
	m = send(m, press("enter"))
	m.height = 2
	if text := screenText(t, m); !strings.Contains(text, "58%") {
		t.Errorf("the strip shows\n%s", text)
	}
	m.height = 24
	if text := screenText(t, m); strings.Contains(text, "Memory") || !strings.Contains(text, "Events") {
		t.Errorf("the zoomed panel is lost:\n%s", text)
	}
}

// TestZoomOfWhatWaits shows what is waited for, whatever is zoomed, and enter
// follows.
func TestZoomOfWhatWaits(t *testing.T) {
	m, asked := actingModel(80, 24)
	m = send(m, FrameMsg(frameOf(noon, agentAt(noon))), press("enter"), FrameMsg(offering(noon, "web")))
	if text := screenText(t, m); !strings.Contains(text, "enter follow") {
		t.Errorf("the choice is not offered:\n%s", text)
	}
	send(m, press("enter"))
	if len(*asked) != 1 || (*asked)[0].Name != "web" {
		t.Errorf("asked for %v", *asked)
	}
}

// TestZoomedScrolls: a list has its whole height when it is zoomed.
func TestZoomedScrolls(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = manyEvents(60)
	m := send(newModel(100, 28), FrameMsg(frame), press("G"), press("enter"))
	text := screenText(t, m)
	if !strings.Contains(text, "38-60 of 60") || !strings.Contains(text, "hit 1 times") {
		t.Errorf("the end of the list is not in sight:\n%s", text)
	}
	if text = screenText(t, send(m, press("k"))); !strings.Contains(text, "37-59 of 60") {
		t.Errorf("one line up is not:\n%s", text)
	}
}

// TestZoomOfEverything zooms each panel in each situation at awkward sizes: no
// panic, and no line is wider than the screen.
func TestZoomOfEverything(t *testing.T) {
	for _, name := range []string{"hostile", "near-limits", "unreadable", "first-sample", "stopped", "unlimited", "waiting", "reading", "hardening-lost", "hardening-hostile"} {
		m := stateNamed(t, name).arrive(newModel(120, 40))
		m.nav.zoom = true
		for panel := range panelCount {
			m = m.focusOn(panel)
			for _, size := range [][2]int{{160, 50}, {100, 28}, {61, 18}, {40, 8}, {43, 61}, {40, 40}} {
				m.width, m.height = size[0], size[1]
				screenText(t, send(m, press("G"), press("k"), press("s"), press("S")))
			}
		}
	}
}

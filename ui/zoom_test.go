package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brink/alerts/audit"
)

// zoomOn zooms a panel of a screen under load.
func zoomOn(panel Panel) func(Model) Model {
	arrive := nearLimits
	if panel == PanelHardening {
		arrive = auditedAs(audit.Status{Report: reportAt(noon.Add(-4 * time.Minute)), Worse: lostCapability()})
	}
	return func(m Model) Model { return send(arrive(m).focusOn(panel), press("enter")) }
}

// TestZoomPictures draws each panel with the whole body, in the sizes of each mode;
// one golden file a panel.
func TestZoomPictures(t *testing.T) {
	for panel := range panelCount {
		t.Run(panel.String(), func(t *testing.T) {
			var text strings.Builder
			for _, size := range [][2]int{{120, 40}, {80, 24}, {50, 30}, {40, 8}} {
				fmt.Fprintf(&text, "%d columns, %d lines\n", size[0], size[1])
				text.WriteString(screenText(t, zoomOn(panel)(newModel(size[0], size[1]))))
			}
			golden(t, "zoom-"+strings.ToLower(strings.ReplaceAll(panel.String(), ", ", "-"))+".txt", text.String())
		})
	}
}

// TestZoomOfLittle zooms what is not known, not limited, or from before the end.
func TestZoomOfLittle(t *testing.T) {
	for _, test := range []struct {
		state string
		panel Panel
		want  []string
		not   []string
	}{
		{"unreadable", PanelMemory, []string{"not readable: "}, []string{"Against the limit"}},
		{"unreadable", PanelProcesses, []string{"6 processes · 2 zombies"}, []string{"an OOM would kill"}},
		{"first-sample", PanelCPU, []string{"in use                    --", "quota                   1.50"}, nil},
		{"unlimited", PanelMemory, []string{"limit               no limit"}, nil},
		{"stopped", PanelMemory, []string{"Against the limit", "exit 137"}, nil},
	} {
		t.Run(test.state+" "+test.panel.String(), func(t *testing.T) {
			m := stateNamed(t, test.state).arrive(newModel(100, 40))
			text := screenText(t, send(m.focusOn(test.panel), press("enter")))
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q:\n%s", want, text)
				}
			}
			for _, not := range test.not {
				if strings.Contains(text, not) {
					t.Errorf("it says %q:\n%s", not, text)
				}
			}
		})
	}
}

// TestZoomedFactsScroll: what has no room is reached with the keys of a list.
func TestZoomedFactsScroll(t *testing.T) {
	m := send(steady(newModel(50, 12)).focusOn(PanelMemory), press("enter"))
	if text := screenText(t, m); !strings.Contains(text, "Against the limit") || strings.Contains(text, "OOM kills") {
		t.Fatalf("the beginning is not shown:\n%s", text)
	}
	m = send(m, press("G"))
	if text := screenText(t, m); strings.Contains(text, "Against the limit") || !strings.Contains(text, "in all") || !strings.Contains(text, "of 33") {
		t.Errorf("the end is not shown:\n%s", text)
	}
	// A larger screen shows what it has room for, from the top again where all fits.
	m.width, m.height = 120, 40
	if text := screenText(t, m); !strings.Contains(text, "Against the limit") || strings.Contains(text, "of 33") {
		t.Errorf("not all is shown:\n%s", text)
	}
}

// TestChartSpan grows with the history up to an hour, and only in a zoomed panel.
func TestChartSpan(t *testing.T) {
	for _, test := range []struct {
		zoom  bool
		known time.Duration
		want  time.Duration
	}{
		{false, 2 * time.Hour, chartSpan},
		{true, 0, chartSpan},
		{true, 5 * time.Minute, chartSpan},
		{true, 6 * time.Minute, 10 * time.Minute},
		{true, 39 * time.Minute, 40 * time.Minute},
		{true, 41 * time.Minute, time.Hour},
		{true, 30 * time.Hour, time.Hour},
	} {
		h := newHistory(time.Second, historyPoints)
		h.record(noon.Add(-test.known), agentAt(noon))
		s := &scene{history: h, frame: frameOf(noon, agentAt(noon)), nav: navigation{zoom: test.zoom}}
		if got := s.chartSpan(); got != test.want {
			t.Errorf("zoom %v, %v known: a chart shows %v, want %v", test.zoom, test.known, got, test.want)
		}
	}
	if got := (&scene{nav: navigation{zoom: true}}).chartSpan(); got != chartSpan {
		t.Errorf("without a history it shows %v", got)
	}
}

// TestFactGrid puts each group below the shortest column, and as many columns side by
// side as there is room for.
func TestFactGrid(t *testing.T) {
	group := func(title string, facts int) factGroup {
		return factGroup{title: title, facts: make([]fact, facts)}
	}
	groups := []factGroup{group("a", 3), group("b", 1), group("c", 1), group("d", 0)}
	for _, test := range []struct {
		width int
		want  string
	}{
		{factWidth, "a... b. c. d"},
		{2*factWidth + factGap - 1, "a... b. c. d"},
		{2*factWidth + factGap, "a... d|b. c."},
		{3*factWidth + 2*factGap, "a...|b. d|c."},
		{9 * factWidth, "a...|b.|c.|d"},
	} {
		var columns []string
		for _, column := range factGrid(groups, test.width) {
			var text strings.Builder
			for _, line := range column {
				switch {
				case line.fact != nil:
					text.WriteString(".")
				case line.heading != "":
					text.WriteString(line.heading)
				default:
					text.WriteString(" ")
				}
			}
			columns = append(columns, text.String())
		}
		if got := strings.Join(columns, "|"); got != test.want {
			t.Errorf("%d columns: %q, want %q", test.width, got, test.want)
		}
	}
	if got := factList(nil, 80).count; got != 0 {
		t.Errorf("no group has %d lines", got)
	}
}

package ui

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestMoreCharts: what a zoomed panel shows over time, by what is measured.
func TestMoreCharts(t *testing.T) {
	none := collectors.ContainerSample{Name: agentName, State: collectors.StateRunning}
	withoutNet := agentAt(noon)
	withoutNet.Network, withoutNet.Tmpfs = collectors.NetworkSample{}, nil
	for _, test := range []struct {
		name   string
		sample collectors.ContainerSample
		panel  Panel
		want   string
	}{
		{"nothing is measured", none, PanelStorage, ""},
		{"no pressure", none, PanelMemory, ""},
		{"a list has none", agentAt(noon), PanelEvents, ""},
		{"tasks have their own alone", agentAt(noon), PanelPids, ""},
		{"memory", agentAt(noon), PanelMemory, "pressure 2.9%"},
		{"CPU", agentAt(noon), PanelCPU, "pressure 2.9%"},
		{"storage", agentAt(noon), PanelStorage, "fullest tmpfs /tmp 45%|disk, read 1.14 MiB/s|network, received 33.7 KiB/s|disk pressure 2.9%|disk, written 0 B/s|network, sent 2.05 KiB/s"},
		{"no network, no tmpfs", withoutNet, PanelStorage, "disk, read 1.14 MiB/s|disk pressure 2.9%|disk, written 0 B/s"},
	} {
		m := send(newModel(120, 40), FrameMsg(frameOf(noon, test.sample)))
		var got []string
		for _, one := range m.sceneShown().moreCharts(test.panel) {
			got = append(got, one.name+" "+one.value)
		}
		if text := strings.Join(got, "|"); text != test.want {
			t.Errorf("%s: %q, want %q", test.name, text, test.want)
		}
	}
}

// TestChartOfWhatIsGone: what was measured of late keeps its chart when it is absent.
func TestChartOfWhatIsGone(t *testing.T) {
	m := warm(newModel(120, 40))
	gone := agentAt(noon)
	gone.Network = collectors.NetworkSample{}
	m = send(m.focusOn(PanelStorage), FrameMsg(frameOf(noon, gone)), press("enter"))
	if text := screenText(t, m); !strings.Contains(text, "network, received --") {
		t.Errorf("the chart is gone:\n%s", text)
	}
	later := noon.Add(2 * time.Hour)
	if text := screenText(t, send(m, FrameMsg(frameOf(later, gone)))); strings.Contains(text, "network, received") {
		t.Errorf("the chart of nothing is still there:\n%s", text)
	}
}

// TestChartGrid: charts have as many columns and lines as there is room for, and those
// that matter least have none.
func TestChartGrid(t *testing.T) {
	for _, test := range []struct {
		width, height int
		want          string
	}{
		{160, 60, "tmpfs@0,0 read@1,0 received@2,0 pressure@0,1 written@1,1 sent@2,1"},
		{100, 60, "tmpfs@0,0 read@1,0 received@0,1 pressure@1,1 written@0,2 sent@1,2"},
		{100, 20, "tmpfs@0,0 read@1,0"},
		{50, 40, "tmpfs@0,0 read@0,1 received@0,2 pressure@0,3"},
		{50, 20, "tmpfs@0,0"},
		{40, 10, ""},
	} {
		m := send(steady(newModel(test.width, test.height)).focusOn(PanelStorage), press("enter"))
		screen := strings.Split(screenText(t, m), "\n")
		columns, lines := map[int]bool{}, map[int]bool{}
		type place struct{ x, y int }
		at := map[string]place{}
		for name, text := range map[string]string{
			"tmpfs": "fullest tmpfs /tmp", "read": "disk, read", "received": "network, received", "pressure": "disk pressure 2", "written": "disk, written", "sent": "network, sent",
		} {
			for y, line := range screen {
				if before, _, found := strings.Cut(line, text); found {
					at[name] = place{textWidth(before), y}
					columns[textWidth(before)], lines[y] = true, true
				}
			}
		}
		var got []string
		for _, name := range []string{"tmpfs", "read", "received", "pressure", "written", "sent"} {
			if p, there := at[name]; there {
				got = append(got, name+"@"+number(below(columns, p.x))+","+number(below(lines, p.y)))
			}
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%dx%d: %q, want %q:\n%s", test.width, test.height, text, test.want, strings.Join(screen, "\n"))
		}
	}
}

// below counts the smaller ones.
func below(set map[int]bool, value int) int {
	count := 0
	for one := range set {
		if one < value {
			count++
		}
	}
	return count
}

// TestChartsOfLittle: next to nothing does not fill a chart, and an alert colours the
// value.
func TestChartsOfLittle(t *testing.T) {
	quiet := agentAt(noon)
	quiet.Pressure = pressureWith(0.001)
	quiet.Network, quiet.IO = quietNetwork(), quietIO()
	alert := firing("tmpfs-filling", alerts.MetricTmpfsRatio, alerts.SeverityCritical, "")
	alert.Instance = "/tmp"
	m := send(newModel(120, 40).focusOn(PanelStorage), FrameMsg(withAlerts(frameOf(noon, quiet), alert)), press("enter"))
	text := screenText(t, m)
	for _, want := range []string{"✖ fullest tmpfs /tmp 45%", "25% ", "1.00K/s", "100% "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q:\n%s", want, text)
		}
	}
}

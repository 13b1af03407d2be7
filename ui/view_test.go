package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/alerts"
	"brink/collectors"
)

// TestTerminalState checks what the view asks of the terminal.
func TestTerminalState(t *testing.T) {
	m := steady(newModel(80, 24))
	view := m.View()
	if !view.AltScreen || view.MouseMode != tea.MouseModeNone || view.Cursor != nil {
		t.Errorf("view is %+v, want the alternate screen, no mouse and no cursor", view)
	}
	if got, want := m.screen.cells.Title, "brink openclaw-agent 58%"; got != want {
		t.Errorf("title is %q, want %q", got, want)
	}
}

func TestWindowTitle(t *testing.T) {
	for _, test := range []struct{ state, want string }{
		{"reading", "brink openclaw-agent"},
		{"waiting-any", "brink any agent"},
		{"stopped", "brink openclaw-agent"},
		{"stale", "brink openclaw-agent"},
		{"unlimited", "brink openclaw-agent"},
	} {
		if got, _ := stateNamed(t, test.state).arrive(newModel(80, 24)).content(); got != test.want {
			t.Errorf("%s: title is %q, want %q", test.state, got, test.want)
		}
	}
	title, _ := hostile(newModel(80, 24)).content()
	assertVisible(t, title)
	if got := len([]rune(title)); got > longestName+20 {
		t.Errorf("a hostile name makes a title of %d runes", got)
	}
}

// TestBeforeTheFirstSize checks that nothing is drawn for a screen of no size.
func TestBeforeTheFirstSize(t *testing.T) {
	m := New(Options{})
	if view := m.View(); view.Content != " " || !view.AltScreen {
		t.Errorf("view before the first size is %+v", view)
	}
}

// TestViewOfNothing draws frames that hold as little as a frame can.
func TestViewOfNothing(t *testing.T) {
	for _, frame := range []Frame{
		{},
		{Snapshot: collectors.Snapshot{Containers: []collectors.ContainerSample{{}}}},
		{Snapshot: collectors.Snapshot{Waiting: []collectors.Waiting{{}}}},
		{Snapshot: collectors.Snapshot{At: noon, Containers: []collectors.ContainerSample{{Name: "a"}, {Name: "a"}}}},
		{Board: alerts.Board{Alerts: []alerts.Alert{{Severity: 200, State: 200}}}},
		{Transitions: []alerts.Transition{{}, {Alert: alerts.Alert{Severity: 200, State: 200}, Reason: "none"}}},
		{Sinks: []SinkHealth{{}, {LastError: "x"}}, Rules: []alerts.Rule{{}}},
	} {
		for _, size := range sizes() {
			m := send(newModel(size[0], size[1]), FrameMsg(frame))
			screenText(t, m)
			for _, name := range []string{"tab", "a", "a", "m", "enter", "1", "down", "G", "esc"} {
				m = send(m, press(name))
				screenText(t, m)
			}
			m = send(m, FrameMsg(Frame{Snapshot: collectors.Snapshot{At: noon.Add(time.Hour)}}))
			for _, name := range []string{"left", "H", "h", "tab", "a", "m", "down", "right", "H", "L", "space"} {
				m = send(m, press(name))
				screenText(t, m)
			}
		}
	}
}

// TestEachToneComesFromTheBoard fires one alert at a time and expects its mark
// on the screen, and none without it.
func TestEachToneComesFromTheBoard(t *testing.T) {
	for _, metric := range []string{
		alerts.MetricMemoryRatio, alerts.MetricMemoryFullIn, alerts.MetricMemoryPressure, alerts.MetricOOMKills,
		alerts.MetricCPURatio, alerts.MetricCPUThrottled, alerts.MetricPidsRatio, alerts.MetricPidsRefused,
		alerts.MetricPidsFullIn, alerts.MetricZombies, alerts.MetricTmpfsRatio, alerts.MetricTmpfsFullIn, alerts.MetricRestarts, alerts.MetricStopped, alerts.MetricUnhealthy,
		alerts.MetricStale,
	} {
		for severity, mark := range map[alerts.Severity]string{alerts.SeverityWarning: "▲", alerts.SeverityCritical: "✖"} {
			t.Run(fmt.Sprintf("%s/%v", metric, severity), func(t *testing.T) {
				frame := frameOf(noon, agentAt(noon))
				frame.Snapshot.Story = nil
				quiet := screenText(t, send(newModel(160, 50), FrameMsg(frame)))
				if strings.Contains(quiet, mark) {
					t.Fatalf("a quiet screen shows %s:\n%s", mark, quiet)
				}
				alert := firing("rule", metric, severity, "")
				if metric == alerts.MetricTmpfsRatio || metric == alerts.MetricTmpfsFullIn {
					alert.Instance = "/tmp"
				}
				frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{alert}}
				loud := screenText(t, send(newModel(160, 50), FrameMsg(frame)))
				if !strings.Contains(loud, mark+" 1 "+severity.String()) {
					t.Errorf("the header does not tell of it:\n%s", loud)
				}
			})
		}
	}
}

// TestPendingAlertIsQuiet checks that an alert which does not fire colours
// nothing.
func TestPendingAlertIsQuiet(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	alert := firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical, "")
	alert.State = alerts.StatePending
	frame.Snapshot.Story = nil
	frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{alert}}
	text := screenText(t, send(newModel(120, 40), FrameMsg(frame)))
	if !strings.Contains(text, "◌ pending · memory-near-limit") || strings.Contains(text, "✖") {
		t.Errorf("a pending alert is not told as one:\n%s", text)
	}
}

// TestAcknowledgedAlert is still told, as one that somebody has seen.
func TestAcknowledgedAlert(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	alert := firing("oom-kill", alerts.MetricOOMKills, alerts.SeverityCritical, "")
	alert.Acknowledged = true
	frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{alert}}
	text := screenText(t, send(newModel(160, 50), FrameMsg(frame)))
	if !strings.Contains(text, "critical · oom-kill · for 40 s · acknowledged") {
		t.Errorf("the acknowledgement is not shown:\n%s", text)
	}
}

// TestTracksAreBounded follows a host that starts ever new containers.
func TestTracksAreBounded(t *testing.T) {
	m := newModel(80, 24)
	for i := range 3 * mostTracks {
		sample := collectors.ContainerSample{Name: "job-" + number(i), State: collectors.StateRunning}
		m = send(m, FrameMsg(frameOf(noon.Add(time.Duration(i)*time.Second), sample)))
	}
	if got := len(m.tracks); got > mostTracks+1 {
		t.Errorf("%d containers are remembered, want at most %d", got, mostTracks)
	}
}

// TestInterval checks that a history goes by the interval that was asked for.
func TestInterval(t *testing.T) {
	m := New(Options{Interval: 5 * time.Second})
	m = send(m, tea.WindowSizeMsg{Width: 100, Height: 28}, FrameMsg(frameOf(noon, agentAt(noon))))
	if got := m.tracks[agentName].history.slot; got != 5*time.Second {
		t.Errorf("a slot is %v, want 5 s", got)
	}
	if text := screenText(t, m); !strings.Contains(text, "live 5s") {
		t.Errorf("the header does not tell the interval:\n%s", text)
	}
}

// TestLocation shows times in the zone of the user.
func TestLocation(t *testing.T) {
	m := New(Options{Location: time.FixedZone("", -5*3600)})
	m = send(m, tea.WindowSizeMsg{Width: 100, Height: 28}, FrameMsg(frameOf(noon, agentAt(noon))))
	text := screenText(t, m)
	for _, want := range []string{"09:02:11", "08:59:31 ▲ memory limit hit"} {
		if !strings.Contains(text, want) {
			t.Errorf("screen does not show %q:\n%s", want, text)
		}
	}
}

package ui

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

func TestStateText(t *testing.T) {
	started := some(noon.Add(-76 * time.Hour))
	for _, test := range []struct {
		sample collectors.ContainerSample
		want   string
	}{
		{collectors.ContainerSample{}, "? state unknown"},
		{collectors.ContainerSample{State: collectors.StateRunning}, "● running"},
		{collectors.ContainerSample{State: collectors.StateRunning, StartedAt: started}, "● running 3d 4h"},
		{collectors.ContainerSample{State: collectors.StateRunning, StartedAt: started, ExitCode: some(0)}, "● running 3d 4h"},
		{collectors.ContainerSample{State: collectors.StatePaused, StartedAt: started}, "‖ paused 3d 4h"},
		{collectors.ContainerSample{State: collectors.StateRestarting, ExitCode: some(1)}, "↻ restarting 1"},
		{collectors.ContainerSample{State: collectors.StateCreated}, "○ created"},
		{collectors.ContainerSample{State: collectors.StateExited, ExitCode: some(137)}, "○ exited 137"},
		{collectors.ContainerSample{State: collectors.StateExited}, "○ exited"},
		{collectors.ContainerSample{State: collectors.StateDead}, "○ dead"},
		{collectors.ContainerSample{State: collectors.StateGone}, "○ gone"},
	} {
		s := sceneWith(test.sample)
		mark, _ := s.stateLook()
		if got := mark + " " + s.stateText(); got != test.want {
			t.Errorf("state of %q is %q, want %q", test.sample.State, got, test.want)
		}
	}
}

// TestRestartsWarned has the number beside a warning be the one that it is about: a
// container that was made anew begins with none.
func TestRestartsWarned(t *testing.T) {
	sample := agentWith(noon, 0.2)
	sample.RestartCount = some(0)
	calm, warned := frameOf(noon, sample), frameOf(noon, sample)
	alert := firing("restarted", alerts.MetricRestarts, alerts.SeverityWarning, "2 restarts")
	alert.Value = 2
	warned.Board = alerts.Board{Alerts: []alerts.Alert{alert}}
	for _, test := range []struct {
		frame Frame
		want  string
	}{
		{calm, " · 0 restarts"},
		{warned, " · ▲ 2 restarts in 10 min"},
	} {
		if text := screenText(t, send(newModel(120, 40), FrameMsg(test.frame))); !strings.Contains(text, test.want) {
			t.Errorf("no %q in\n%s", test.want, text)
		}
	}
}

// sceneWith is the scene of one sample at noon.
func sceneWith(sample collectors.ContainerSample) *scene {
	sample.Name = agentName
	m := send(newModel(120, 40), FrameMsg(frameOf(noon, sample)))
	return m.sceneOf(m.subjectShown(subjectsOf(m.shown.Snapshot)))
}

// TestBanner goes through what a person must know to read the numbers right, most
// important first.
func TestBanner(t *testing.T) {
	for _, test := range []struct{ state, want string }{
		{"steady", ""},
		{"first-sample", ""},
		{"waiting", ""},
		{"ended", "○ no more samples"},
		{"paused", "‖ paused at 14:02:11: brink goes on reading"},
		{"stopped", "○ 14:02:12 exit 137: OOM kill · as of 14:02:11"},
		{"stale", "◌ stale: no new values for 7 s · cgroup: /sys/fs/cgroup"},
		{"no-engine", "▲ docker lost for 95 s, numbers go on from cgroup: unix:///var/run/docker.sock"},
		{"recreated", "↻ re-created 12 s ago · its counters began at zero"},
	} {
		t.Run(test.state, func(t *testing.T) {
			m := stateNamed(t, test.state).arrive(newModel(120, 40))
			got, _ := m.sceneOf(m.subjectShown(subjectsOf(m.shown.Snapshot))).banner()
			if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
				t.Errorf("banner is %q, want %q", got, test.want)
			}
		})
	}
}

// TestPauseDoesNotHideAnAlert freezes a calm screen while an alert comes up.
func TestPauseDoesNotHideAnAlert(t *testing.T) {
	m := send(steady(newModel(120, 40)), press("p"))
	alarmed := frameOf(noon.Add(time.Second), agentWith(noon, 0.95))
	alarmed.Board = alerts.Board{Alerts: []alerts.Alert{
		firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical, "95%"),
	}}
	m = send(m, FrameMsg(alarmed))
	if text := screenText(t, m); !strings.Contains(text, "✖ critical has come up meanwhile · ‖ paused at 14:02:11") {
		t.Errorf("the paused screen hides the alert:\n%s", text)
	}
}

// TestExitWithoutStory says what is known when nobody saw the end.
func TestExitWithoutStory(t *testing.T) {
	frame := frameOf(noon, stoppedSample())
	frame.Snapshot.Story = nil
	m := send(newModel(120, 40), FrameMsg(frame))
	text := screenText(t, m)
	for _, want := range []string{"○ exited 137", "exit code 137"} {
		if !strings.Contains(text, want) {
			t.Errorf("screen does not show %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "as of") {
		t.Errorf("screen shows values that were never seen:\n%s", text)
	}
}

// TestTabsKeepTheChosenOneInSight chooses each of forty containers in a narrow
// screen.
func TestTabsKeepTheChosenOneInSight(t *testing.T) {
	var samples []collectors.ContainerSample
	for i := range 40 {
		sample := agentAt(noon)
		sample.Name = "worker-" + number(i+1)
		samples = append(samples, sample)
	}
	m := send(newModel(60, 20), FrameMsg(frameOf(noon, samples...)), press("esc"))
	for i := range 40 {
		line := strings.Split(screenText(t, m), "\n")[2]
		if want := number(i+1) + " ● worker-" + number(i+1) + " "; !strings.Contains(line, want) {
			t.Fatalf("tabs do not show %q: %q", want, line)
		}
		m = send(m, press("]"))
	}
}

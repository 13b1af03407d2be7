package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestPanelsOfAnyHeight draws each panel into rectangles of many heights and a few
// widths, one golden file a panel: what goes first and what stays.
func TestPanelsOfAnyHeight(t *testing.T) {
	m := stateNamed(t, "near-limits").arrive(newModel(120, 40))
	s := m.sceneOf(m.subjectShown(subjectsOf(m.shown.Snapshot)))
	for panel := range panelCount {
		t.Run(panel.String(), func(t *testing.T) {
			if panel == PanelHardening {
				s = stateNamed(t, "hardening-lost").arrive(newModel(120, 40)).sceneShown()
			}
			var text strings.Builder
			for _, width := range []int{36, 46, 78, 110} {
				for _, height := range []int{1, 2, 3, 4, 5, 6, 8, 12} {
					fmt.Fprintf(&text, "%d columns, %d lines\n", width, height)
					lines := draw(width, height, func(p pen) { s.drawContent(p, panel) })
					for line := range strings.SplitSeq(lines, "\n") {
						text.WriteString("|" + right(line, width) + "|\n")
					}
				}
			}
			golden(t, "panel-"+strings.ToLower(strings.ReplaceAll(panel.String(), ", ", "-"))+".txt", text.String())
		})
	}
}

func TestEventLooks(t *testing.T) {
	for _, test := range []struct {
		event collectors.Event
		mark  string
		look  role
	}{
		{collectors.Event{Kind: collectors.EventOOMKill}, "✖", roleCritical},
		{collectors.Event{Kind: collectors.EventForkRefused}, "✖", roleCritical},
		{collectors.Event{Kind: collectors.EventLimitHit}, "▲", roleWarning},
		{collectors.Event{Kind: collectors.EventDied, Cause: collectors.CauseOOMKill}, "✖", roleCritical},
		{collectors.Event{Kind: collectors.EventDied, Cause: collectors.CauseUnknown}, "✖", roleCritical},
		{collectors.Event{Kind: collectors.EventDied, Cause: collectors.CauseExited}, "○", roleWarning},
		{collectors.Event{Kind: collectors.EventDied, Cause: collectors.CauseStopped}, "○", roleText},
		{collectors.Event{Kind: collectors.EventDied, Cause: collectors.CauseStopTimeout}, "○", roleText},
		{collectors.Event{Kind: collectors.EventStarted}, "●", roleGood},
		{collectors.Event{Kind: collectors.EventRestarted}, "↻", roleWarning},
		{collectors.Event{Kind: collectors.EventRecreated}, "↻", roleWarning},
		{collectors.Event{Kind: collectors.EventRemoved}, "○", roleText},
		{collectors.Event{Kind: collectors.EventPaused}, "‖", roleText},
		{collectors.Event{Kind: collectors.EventUnpaused}, "●", roleGood},
		{collectors.Event{Kind: collectors.EventHealth, Health: collectors.HealthUnhealthy}, "▲", roleWarning},
		{collectors.Event{Kind: collectors.EventHealth, Health: collectors.HealthHealthy}, "●", roleGood},
		{collectors.Event{Kind: collectors.EventHealth, Health: collectors.HealthStarting}, "●", roleText},
		{collectors.Event{Kind: collectors.EventSourceLost}, "▲", roleWarning},
		{collectors.Event{Kind: collectors.EventSourceBack}, "●", roleGood},
		{collectors.Event{Kind: collectors.EventHardeningLost}, "▲", roleWarning},
		{collectors.Event{Kind: collectors.EventHardeningBack}, "●", roleGood},
	} {
		if mark, look := eventLook(test.event); mark != test.mark || look != test.look {
			t.Errorf("%s %s looks %s %d, want %s %d", test.event.Kind, test.event.Cause, mark, look, test.mark, test.look)
		}
	}
}

// TestEventsOfOthers leaves out what happened to other containers, and keeps what
// concerns all.
func TestEventsOfOthers(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = []collectors.Event{
		{Seq: 1, At: noon, Container: "web", Kind: collectors.EventOOMKill, Count: 1},
		{Seq: 2, At: noon, Kind: collectors.EventSourceLost, Source: "docker", Detail: "connection refused"},
		{Seq: 3, At: noon, Container: agentName, Kind: collectors.EventUnpaused},
	}
	m := send(newModel(120, 40), FrameMsg(frame))
	text := screenText(t, m)
	for _, want := range []string{"● unpaused", "▲ docker cannot be read, connection refused"} {
		if !strings.Contains(text, want) {
			t.Errorf("screen does not show %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "OOM:") {
		t.Errorf("screen shows what happened to another container:\n%s", text)
	}
}

func TestSourceWords(t *testing.T) {
	for _, test := range []struct {
		source collectors.SourceHealth
		want   string
	}{
		{collectors.SourceHealth{OK: true}, "ok"},
		{collectors.SourceHealth{}, "never answered"},
		{collectors.SourceHealth{Age: some(seconds(0))}, "at fault"},
		{collectors.SourceHealth{Age: some(seconds(90 * time.Second))}, "lost for 90 s"},
	} {
		if got := sourceWord(test.source); got != test.want {
			t.Errorf("%+v is %q, want %q", test.source, got, test.want)
		}
	}
}

// TestMissedSamplesAreTold shows gaps for what they are.
func TestMissedSamplesAreTold(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.MissedSlots = 3
	text := screenText(t, send(newModel(80, 50), FrameMsg(frame)).focusOn(PanelSources))
	if !strings.Contains(text, "missed 3 samples: the host was busy or asleep") {
		t.Errorf("the missed samples are not told:\n%s", text)
	}
}

// TestTmpfsWithoutRights says why there is no fill, for one mount and for all.
func TestTmpfsWithoutRights(t *testing.T) {
	one := agentAt(noon)
	one.Tmpfs[0] = collectors.TmpfsSample{Mount: "/tmp", Size: some(256 * mib), Why: "needs root"}
	all := agentAt(noon)
	all.Tmpfs = nil
	all.Sources[2].Missing = []collectors.Missing{{Group: collectors.GroupTmpfs, Why: "no process to look through"}}
	for _, test := range []struct {
		sample collectors.ContainerSample
		want   string
	}{{one, "/tmp     needs root"}, {all, "tmpfs    no process to look through"}} {
		text := screenText(t, send(newModel(120, 40), FrameMsg(frameOf(noon, test.sample))))
		if !strings.Contains(text, test.want) {
			t.Errorf("screen does not show %q:\n%s", test.want, text)
		}
	}
}

// TestLimitsOfParents names the cgroup above whose limit binds.
func TestLimitsOfParents(t *testing.T) {
	sample := agentAt(noon)
	sample.Memory.LimitedBy, sample.CPU.LimitedBy, sample.Pids.LimitedBy = "/agents.slice", "/agents.slice", "/agents.slice"
	text := screenText(t, send(newModel(180, 50), FrameMsg(frameOf(noon, sample))))
	if got := strings.Count(text, "limit of /agents.slice"); got != 3 {
		t.Errorf("%d limits name their cgroup, want 3:\n%s", got, text)
	}
}

// TestSwapAndHigh shows what a container in the hardened deployment has not.
func TestSwapAndHigh(t *testing.T) {
	sample := agentAt(noon)
	sample.Memory.Swap, sample.Memory.SwapLimit = some(17*mib), collectors.LimitOf(gib)
	sample.Memory.High = collectors.LimitOf(1536 * mib)
	text := screenText(t, send(newModel(160, 50), FrameMsg(frameOf(noon, sample))))
	for _, want := range []string{"swap 17.0 MiB", "high 1.50 GiB", "with cache"} {
		if !strings.Contains(text, want) {
			t.Errorf("screen does not show %q:\n%s", want, text)
		}
	}
}

// TestNoticeKeepsTheWorst drops the numbers without an alert first.
func TestNoticeKeepsTheWorst(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Board = alerts.Board{Alerts: []alerts.Alert{
		firing("pids-near-limit", alerts.MetricPidsRatio, alerts.SeverityCritical, ""),
		firing("cpu-near-quota", alerts.MetricCPURatio, alerts.SeverityWarning, ""),
	}}
	for _, test := range []struct {
		width int
		want  string
	}{
		{39, "mem 58% ▲cpu 75% ✖pid 17%"},
		{20, "▲cpu 75% ✖pid 17%"},
		{10, "✖pid 17%"},
		{5, "✖pid…"},
		{1, "…"},
	} {
		m := send(newModel(test.width, 1), FrameMsg(frame))
		if got := strings.TrimRight(screenText(t, m), "\n"); got != test.want {
			t.Errorf("%d columns show %q, want %q", test.width, got, test.want)
		}
	}
}

// TestNoticeOfOldValues says first that the numbers are not of now.
func TestNoticeOfOldValues(t *testing.T) {
	for _, test := range []struct{ state, want string }{
		{"reading", "reading openclaw-agent …"},
		{"waiting", "waiting for openclaw-agent · no contai…"},
		{"stale", "◌ stale 7 s mem 58% cpu 75% pid 17%"},
		{"stopped", "exited 137 mem 58% cpu 75% pid 17%"},
		{"paused", "‖ paused 14:02:11 mem 58% cpu 75%"},
		{"ended", "○ ended mem 58% cpu 75% pid 17%"},
	} {
		m := stateNamed(t, test.state).arrive(newModel(39, 1))
		if got := strings.TrimRight(screenText(t, m), "\n"); got != test.want {
			t.Errorf("%s: notice is %q, want %q", test.state, got, test.want)
		}
	}
}

// TestManyChoices bounds the list of containers that could be meant.
func TestManyChoices(t *testing.T) {
	frame := frameOf(noon)
	frame.Snapshot.Waiting = []collectors.Waiting{{Why: "none of them looks like an agent", Since: noon, Choices: manyChoices(30)}}
	text := screenText(t, send(newModel(80, 40), FrameMsg(frame)))
	for _, want := range []string{"Waiting for an agent's container", "box-12", "and 18 others", "brink NAME watches"} {
		if !strings.Contains(text, want) {
			t.Errorf("screen does not show %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "box-13") {
		t.Errorf("screen shows more choices than it should:\n%s", text)
	}
}

// TestTroubleIsToldOnce leaves out the fault of a source that is why the target is
// not found, and keeps that of another.
func TestTroubleIsToldOnce(t *testing.T) {
	const why = "cannot reach an engine at unix:///var/run/docker.sock"
	frame := frameOf(noon)
	frame.Snapshot.Waiting = []collectors.Waiting{{Why: why, Since: noon}}
	frame.Snapshot.Sources = []collectors.SourceHealth{{Name: "engine", Error: why}, {Name: "proc", Error: "hidepid is set"}}
	text := screenText(t, send(newModel(100, 28), FrameMsg(frame)))
	if got := strings.Count(text, why); got != 1 {
		t.Errorf("the reason is told %d times:\n%s", got, text)
	}
	if !strings.Contains(text, "▲ proc never answered: hidepid is set") {
		t.Errorf("the other trouble is not told:\n%s", text)
	}
}

// TestNothingAtAll is a frame of a host on which nothing is followed.
func TestNothingAtAll(t *testing.T) {
	text := screenText(t, send(newModel(80, 24), FrameMsg(frameOf(noon))))
	if !strings.Contains(text, "There is no container to show.") {
		t.Errorf("screen is\n%s", text)
	}
}

package ui

import (
	"strings"
	"testing"

	"brink/collectors"
)

// told is a screen of a size with these sinks.
func told(width, height int, sinks ...SinkHealth) Model {
	frame := frameOf(noon, agentAt(noon))
	frame.Sinks = sinks
	return send(newModel(width, height), FrameMsg(frame))
}

// TestSinkFoot goes through what the foot of the alerts panel says.
func TestSinkFoot(t *testing.T) {
	for _, test := range []struct {
		name  string
		sinks []SinkHealth
		width int
		want  string
	}{
		{"none yet", []SinkHealth{{Name: "tmux"}}, 60, "told tmux 0"},
		{"all well", []SinkHealth{{Name: "webhook", Delivered: 3}, {Name: "tmux", Delivered: 12}}, 60, "told webhook 3, tmux 12"},
		{"one waits", []SinkHealth{{Name: "mail", Delivered: 3, Pending: 2}}, 60, "told mail 3 (2 waiting)"},
		{"losses of the past", []SinkHealth{{Name: "mail", Delivered: 3, Failed: 1, Dropped: 4}}, 60, "told mail 3 (failed 1, dropped 4)"},
		{"one fails", []SinkHealth{{Name: "tmux", Delivered: 3}, {Name: "mail", Failed: 2, LastError: "refused"}}, 60, "▲ mail failed 2: refused · told tmux 3"},
		{"one fails for the first time", []SinkHealth{{Name: "mail", LastError: "refused"}}, 60, "▲ mail fails: refused"},
		{"two fail", []SinkHealth{{Name: "web", Failed: 1, LastError: "500"}, {Name: "mail", Pending: 1, LastError: "refused"}}, 60, "▲ web failed 1: 500 · ▲ mail 1 waiting: refused"},
		{"little room", []SinkHealth{{Name: "web", Delivered: 9}, {Name: "mail", Failed: 2, LastError: "connection refused"}}, 30, "▲ mail failed 2: connection r…"},
		{"a long name", []SinkHealth{{Name: "a-name-without-any-end", Delivered: 9}}, 60, "told a-name-without-… 9"},
		{"hostile", []SinkHealth{{Name: "m\x1b[2J", LastError: "a\r\nb"}}, 60, "▲ m·[2J fails: a··b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := strings.Split(alertsText(told(120, 40, test.sinks...), test.width, footLeast), "\n")
			if got := lines[len(lines)-1]; len(lines) != footLeast || got != test.want {
				t.Errorf("foot is %q, want %q", got, test.want)
			}
		})
	}
}

// TestNoFoot spares the line where nobody is told, or the panel is low.
func TestNoFoot(t *testing.T) {
	sink := SinkHealth{Name: "tmux", Delivered: 3}
	for _, test := range []struct {
		name   string
		m      Model
		height int
	}{
		{"no sinks", told(120, 40), 10},
		{"a low panel", told(120, 40, sink), footLeast - 1},
	} {
		if got := alertsText(test.m, 60, test.height); strings.Contains(got, "told") {
			t.Errorf("%s: panel is\n%s", test.name, got)
		}
	}
	if got := told(120, 40, sink).sceneShown().foot(PanelEvents, 10); got != 0 {
		t.Errorf("the foot of the events is %d lines, want none", got)
	}
}

// TestFailingSinkIsSeen without searching, in every size, whatever else there is
// to be told.
func TestFailingSinkIsSeen(t *testing.T) {
	failing := SinkHealth{Name: "mail", Failed: 2, LastError: "connection refused"}
	for _, name := range []string{"steady", "stopped", "stale", "paused", "ended", "waiting", "recreated", "near-limits", "no-engine"} {
		for _, size := range [][2]int{{120, 40}, {100, 28}, {80, 24}, {40, 8}} {
			m := stateNamed(t, name).arrive(newModel(size[0], size[1]))
			m.shown.Sinks = []SinkHealth{{Name: "tmux"}, failing}
			if text := screenText(t, m); !strings.Contains(text, "▲ mail fails") && !strings.Contains(text, "▲ alerts do not reach mail") {
				t.Errorf("%s %v does not tell of the sink:\n%s", name, size, text)
			}
		}
	}
	if text := screenText(t, told(39, 3, failing)); !strings.Contains(text, "▲ alerts do not reach mail") {
		t.Errorf("a strip does not tell of the sink:\n%s", text)
	}
}

// TestFailingSinkIsToldOnceInTheHeader either in its first line or in its second.
func TestFailingSinkIsToldOnceInTheHeader(t *testing.T) {
	failing := SinkHealth{Name: "mail", LastError: "connection refused"}
	for _, test := range []struct {
		name          string
		m             Model
		first, second bool
	}{
		{"calm", told(120, 40, failing), false, true},
		{"waiting", withSinks(stateNamed(t, "waiting").arrive(newModel(120, 40)), failing), false, true},
		{"stale", withSinks(stateNamed(t, "stale").arrive(newModel(120, 40)), failing), true, false},
		{"a new life", withSinks(stateNamed(t, "recreated").arrive(newModel(120, 40)), failing), true, false},
		{"news", withSinks(stateNamed(t, "news").arrive(newModel(120, 40)), failing), true, false},
		{"well", told(120, 40, SinkHealth{Name: "mail"}), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := strings.Split(screenText(t, test.m), "\n")
			if got := strings.Contains(lines[0], "▲ mail fails"); got != test.first {
				t.Errorf("the first line tells of it: %v, want %v: %q", got, test.first, lines[0])
			}
			if got := strings.Contains(lines[1], "▲ alerts do not reach mail"); got != test.second {
				t.Errorf("the second line tells of it: %v, want %v: %q", got, test.second, lines[1])
			}
		})
	}
}

func withSinks(m Model, sinks ...SinkHealth) Model {
	m.shown.Sinks = sinks
	return m
}

func TestSinkTrouble(t *testing.T) {
	bad := SinkHealth{Name: "mail", LastError: "refused"}
	for _, test := range []struct {
		sinks []SinkHealth
		want  string
	}{
		{nil, ""},
		{[]SinkHealth{{Name: "tmux", Failed: 3}}, ""},
		{[]SinkHealth{{Name: "tmux"}, bad}, "mail fails"},
		{[]SinkHealth{bad, bad, bad}, "3 sinks fail"},
		{[]SinkHealth{{Name: "a-name-without-any-end", LastError: "x"}}, "a-name-without-… fails"},
	} {
		if got := told(120, 40, test.sinks...).sceneShown().sinkTrouble(); got != test.want {
			t.Errorf("trouble with %v is %q, want %q", test.sinks, got, test.want)
		}
	}
}

// TestSinksBesideSources lists where the alerts go below where the numbers come
// from, with the whole reason of a fault.
func TestSinksBesideSources(t *testing.T) {
	m := told(120, 40, sinksOfTheFixture()...)
	m.shown.Snapshot.Containers[0].Sources = []collectors.SourceHealth{{Name: "cgroup", OK: true}}
	s := m.sceneShown()
	want := strings.Join([]string{
		"● cgroup   0.0 ms",
		"● tmux    told 3",
		"● webhook told 2, failed 1",
		"▲ mail    told 0, failed 2, 1 waiting",
		"  smtp.example.org:587: connection",
		"    refused",
	}, "\n")
	if got := draw(38, 8, func(p pen) { s.drawContent(p, PanelSources) }); got != want {
		t.Errorf("panel is\n%s\nwant\n%s", got, want)
	}
	if text := screenText(t, m.focusOn(PanelSources)); !strings.Contains(text, " Sources, sinks ") {
		t.Errorf("the panel is not named for what it has:\n%s", text)
	}
}

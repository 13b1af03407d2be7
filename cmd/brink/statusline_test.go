package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// TestStatusLine compares the line for every state, at several widths and for tmux.
func TestStatusLine(t *testing.T) {
	t.Parallel()
	second := agentSample()
	second.Name = "db#[bold]"
	stopped := agentSample()
	stopped.State = collectors.StateExited
	unlimited := collectors.ContainerSample{Name: "web", State: collectors.StateRunning}
	known := firingFrame()
	known.Board.Alerts[0].Acknowledged = true
	waiting := hostSnapshot()
	waiting.Waiting = []collectors.Waiting{{Target: "agent", Why: "no container is called agent"}}
	frames := []struct {
		name  string
		frame ui.Frame
	}{
		{"nothing", ui.Frame{}},
		{"waiting", ui.Frame{Snapshot: waiting}},
		{"at ease", ui.Frame{Snapshot: hostSnapshot(agentSample())}},
		{"two containers", ui.Frame{Snapshot: hostSnapshot(agentSample(), second)}},
		{"stopped", ui.Frame{Snapshot: hostSnapshot(stopped)}},
		{"no limits", ui.Frame{Snapshot: hostSnapshot(unlimited)}},
		{"firing", firingFrame()},
		{"the worst is acknowledged", known},
	}
	styles := []statusStyle{{width: 200}, {width: 200, tmux: true}, {width: 60}, {width: 10}, {width: 1}, {width: 60, tmux: true}, {width: 10, tmux: true}}
	var golden strings.Builder
	for _, f := range frames {
		fmt.Fprintf(&golden, "%s\n", f.name)
		for _, style := range styles {
			line := style.line(f.frame)
			fmt.Fprintf(&golden, "  %3d %-5v %s\n", style.width, style.tmux, line)
			if width := ansi.StringWidth(line); !style.tmux && width > style.width {
				t.Errorf("%s: %d cells, want at most %d: %s", f.name, width, style.width, line)
			}
		}
	}
	compareGolden(t, "status.txt", golden.String())
}

// firingFrame has a critical alert, a warning, one that is muted and one that pends.
func firingFrame() ui.Frame {
	frame := ui.Frame{Snapshot: hostSnapshot(agentSample())}
	alert := func(rule, message string, severity alerts.Severity, state alerts.State) alerts.Alert {
		return alerts.Alert{Key: alerts.Key{Rule: rule, Container: "openclaw-agent"}, Severity: severity, State: state, Message: message}
	}
	muted := alert("zombies", "zombies 70", alerts.SeverityCritical, alerts.StateFiring)
	muted.MutedUntil = now().Add(1)
	frame.Board.Alerts = []alerts.Alert{
		alert("oom-kill", "processes #(OOM)-killed 2", alerts.SeverityCritical, alerts.StateFiring),
		muted,
		alert("cpu-throttled", "CPU periods that were throttled 30 %", alerts.SeverityWarning, alerts.StateFiring),
		alert("memory-filling", "memory is full in 2 min", alerts.SeverityWarning, alerts.StatePending),
	}
	return frame
}

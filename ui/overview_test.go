package ui

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// manyFrame is a host with n containers at a moment: each has a load of its own,
// every eighth is stopped, every eleventh is waited for, and some are in trouble.
func manyFrame(at time.Time, n int) Frame {
	frame := frameOf(at)
	var list []alerts.Alert
	for i := range n {
		name := fmt.Sprintf("agent-%02d", i+1)
		back := noon.Sub(at).Seconds()
		load := 0.1 + 0.85*math.Mod(float64(i)*0.377, 1) + 0.05*math.Sin(back/17+float64(i))
		sample := agentWith(at, load)
		switch {
		case i%11 == 10:
			frame.Snapshot.Waiting = append(frame.Snapshot.Waiting, collectors.Waiting{Target: name, Since: noon.Add(-time.Minute), Why: "no container has this name"})
			continue
		case i%8 == 7 && !at.Before(noon):
			sample = stoppedSample()
		case i%9 == 8:
			sample.Memory.Limit, sample.Memory.UnreclaimableRatio = collectors.Unlimited[collectors.Bytes](), collectors.Opt[collectors.Ratio]{}
		}
		sample.Name = name
		frame.Snapshot.Containers = append(frame.Snapshot.Containers, sample)
		if i%9 != 8 {
			list = append(list, alertsOf(name, load, i)...)
		}
	}
	frame.Board = sortedBoard(list)
	return frame
}

func alertsOf(name string, load float64, i int) []alerts.Alert {
	var list []alerts.Alert
	if load > 0.8 {
		list = append(list, alertAbout(name, "memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical))
	}
	if load > 0.6 && i%3 == 0 {
		list = append(list, alertAbout(name, "cpu-throttled", alerts.MetricCPUThrottled, alerts.SeverityWarning))
	}
	return list
}

func alertAbout(name, rule, metric string, severity alerts.Severity) alerts.Alert {
	alert := firing(rule, metric, severity, "it is near its limit")
	alert.Container = name
	return alert
}

// sortedBoard is a board as the engine makes it: worst first.
func sortedBoard(list []alerts.Alert) alerts.Board {
	var sorted []alerts.Alert
	for severity := alerts.SeverityCritical; severity > alerts.SeverityNone; severity-- {
		for _, alert := range list {
			if alert.Severity == severity {
				sorted = append(sorted, alert)
			}
		}
	}
	return alerts.Board{At: noon, Alerts: sorted}
}

// warmFleet fills the histories of n containers with six minutes.
func warmFleet(m Model, n int) Model {
	for back := 6 * time.Minute; back >= 0; back -= 10 * time.Second {
		m = send(m, FrameMsg(manyFrame(noon.Add(-back), n)))
	}
	return m
}

func overviewOfMany(m Model) Model { return warmFleet(m, 40) }

func overviewed(arrive func(Model) Model, m Model) Model {
	m = arrive(m)
	frame := m.shown
	web := agentWith(noon, 0.3)
	web.Name = "web"
	frame.Snapshot.Containers = append(frame.Snapshot.Containers, web)
	return send(m, FrameMsg(frame), press("o"))
}

func overviewOfSeveral(m Model) Model {
	m = several(m)
	frame := m.shown
	gone := stoppedSample()
	gone.Name = "batch"
	frame.Snapshot.Containers = append(frame.Snapshot.Containers, gone)
	return send(m, FrameMsg(frame), press("o"))
}

func typed(m Model, text string) Model {
	for _, r := range text {
		m = send(m, press(string(r)))
	}
	return m
}

// rowNames are the rows of the table, from the top, with the marked one in brackets.
func rowNames(m Model) string {
	rows := m.rows()
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].name
	}
	if len(rows) > 0 {
		at := m.nav.overview.place(rows)
		names[at] = "[" + names[at] + "]"
	}
	return strings.Join(names, " ")
}

// BenchmarkOverview draws a table of two hundred rows on a large screen.
func BenchmarkOverview(b *testing.B) {
	for _, size := range [][2]int{{120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			m := warmFleet(newModel(size[0], size[1]), 200)
			if !m.overviewShown() {
				b.Fatal("the table is not open")
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = m.View()
			}
		})
	}
}

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// writeCheck writes the verdict as text: the first line is the whole answer, as
// monitoring systems show only that one; the rest explains it.
func writeCheck(out io.Writer, frame ui.Frame) error {
	var text strings.Builder
	fmt.Fprintln(&text, checkHeadline(frame))
	for _, waiting := range frame.Snapshot.Waiting {
		writeWaiting(&text, waiting)
	}
	for _, container := range frame.Snapshot.Containers {
		writeContainer(&text, container, frame)
	}
	if len(frame.Snapshot.Containers) == 0 {
		writeSources(&text, frame.Snapshot.Sources)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// checkHeadline is the word of the exit code and the worst thing there is to say.
func checkHeadline(frame ui.Frame) string {
	word := [...]string{checkOK: "OK", checkWarning: "WARNING", checkCritical: "CRITICAL", checkUnknown: "UNKNOWN"}[checkCode(frame)]
	snapshot := frame.Snapshot
	switch {
	case len(frame.Board.Alerts) > 0:
		worst := frame.Board.Alerts[0]
		return word + " " + worst.Container + ": " + worst.Message + more(len(frame.Board.Alerts)-1)
	case len(snapshot.Waiting) > 0:
		return word + " " + snapshot.Waiting[0].Why
	case len(snapshot.Containers) == 0:
		return word + " nothing to watch"
	case unknown(snapshot):
		return word + " " + snapshot.Containers[0].Name + ": " + whyUnreadable(snapshot.Containers[0])
	default:
		return word + " " + names(snapshot.Containers)
	}
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return " (and " + strconv.Itoa(n) + " more)"
}

func names(containers []collectors.ContainerSample) string {
	var list []string
	for _, container := range containers {
		list = append(list, container.Name)
	}
	return strings.Join(list, ", ")
}

// whyUnreadable is the first reason that a source gave.
func whyUnreadable(c collectors.ContainerSample) string {
	for _, source := range c.Sources {
		if source.Error != "" {
			return source.Error
		}
		if len(source.Missing) > 0 {
			return source.Missing[0].Why
		}
	}
	return "nothing could be read of it"
}

func writeWaiting(out io.Writer, waiting collectors.Waiting) {
	if waiting.Target != "" {
		fmt.Fprintf(out, "\n%s\n", waiting.Target)
	}
	fmt.Fprintf(out, "  %s\n", waiting.Why)
	for _, choice := range waiting.Choices {
		fmt.Fprintf(out, "    brink check %s\n", choice)
	}
}

// checkRow is one limit: its share, and what it consists of.
type checkRow struct {
	name     string
	ratio    collectors.Opt[collectors.Ratio]
	severity alerts.Severity
	parts    []string
}

func writeContainer(out io.Writer, c collectors.ContainerSample, frame ui.Frame) {
	fmt.Fprintf(out, "\n%s  %s\n", c.Name, strings.Join(present(stateParts(c, frame.Snapshot.At)), " · "))
	rows := []checkRow{memoryRow(c), cpuRow(c), pidsRow(c)}
	for _, mount := range c.Tmpfs {
		rows = append(rows, tmpfsRow(mount))
	}
	rows = append(rows, pressureRow(c))
	for _, row := range rows {
		row.severity = rowSeverity(frame.Board, c.Name, row.name)
		row.write(out)
	}
	writeAlerts(out, frame.Board.Of(c.Name))
	writeStory(out, frame.Snapshot.Story, c.Name)
	writeSources(out, c.Sources)
}

// rowSeverity is the worst alert whose metric belongs to the row.
func rowSeverity(board alerts.Board, container, row string) alerts.Severity {
	metric, instance, _ := strings.Cut(row, " ")
	worst := alerts.SeverityNone
	for _, alert := range board.Of(container) {
		if strings.HasPrefix(alert.Metric, metric+".") && (instance == "" || alert.Instance == instance) {
			worst = max(worst, alert.Severity)
		}
	}
	return worst
}

func (r checkRow) write(out io.Writer) {
	mark := ""
	if r.severity > alerts.SeverityNone {
		mark = r.severity.String()
	}
	fmt.Fprintf(out, "  %-12s %5s  %-8s  %s\n", r.name, percent(r.ratio), mark, strings.Join(present(r.parts), " · "))
}

func stateParts(c collectors.ContainerSample, at time.Time) []string {
	state := string(c.State)
	if started, ok := c.StartedAt.Get(); ok && c.State.Alive() {
		state += " for " + at.Sub(started).Round(time.Second).String()
	}
	if code, ok := c.ExitCode.Get(); ok {
		state += ", exit code " + strconv.Itoa(code)
	}
	parts := []string{state, string(c.Health)}
	if n, ok := c.RestartCount.Get(); ok && n > 0 {
		parts = append(parts, counted(uint64(n), "restart", "restarts"))
	}
	if age, ok := c.Stale.Get(); ok {
		parts = append(parts, "stale "+age.Duration().Round(time.Second).String())
	}
	return append(parts, c.Image)
}

func memoryRow(c collectors.ContainerSample) checkRow {
	m := c.Memory
	return checkRow{name: "memory", ratio: m.UnreclaimableRatio, parts: []string{
		of(amount(m.Unreclaimable), limit(m.Limit, amount), "cannot be freed"),
		clause("kernel counts ", amount(m.Current)),
		clause("docker stats shows ", amount(m.WorkingSet)),
		clause("limit of ", m.LimitedBy),
		count(m.OOMKills, "OOM kill", "OOM kills"),
	}}
}

func cpuRow(c collectors.ContainerSample) checkRow {
	parts := []string{of(cores(c.CPU.Cores), limit(c.CPU.Limit, cores), "cores"), clause("limit of ", c.CPU.LimitedBy)}
	if throttled, ok := c.CPU.ThrottledRatio.Get(); ok {
		parts = append(parts, "throttled "+percent(collectors.Some(throttled))+" of periods")
	}
	return checkRow{name: "cpu", ratio: c.CPU.OfLimit, parts: parts}
}

func pidsRow(c collectors.ContainerSample) checkRow {
	p := c.Pids
	return checkRow{name: "pids", ratio: p.OfLimit, parts: []string{
		of(number(p.Current), limit(p.Limit, number), "tasks"),
		clause("limit of ", p.LimitedBy),
		count(p.Zombies, "zombie", "zombies"),
		count(p.Refused, "fork refused", "forks refused"),
	}}
}

func tmpfsRow(t collectors.TmpfsSample) checkRow {
	row := checkRow{name: "tmpfs " + t.Mount, ratio: t.UsedRatio}
	if t.Used.Present() {
		row.parts = []string{of(amount(t.Used), amount(t.Size), "")}
	} else {
		row.parts = []string{clause("size ", amount(t.Size)), t.Why}
	}
	return row
}

func pressureRow(c collectors.ContainerSample) checkRow {
	p := c.Pressure
	return checkRow{name: "pressure", parts: []string{
		clause("memory ", percentText(p.Memory.SomeAvg10)), clause("cpu ", percentText(p.CPU.SomeAvg10)),
		clause("io ", percentText(p.IO.SomeAvg10)),
	}}
}

func writeAlerts(out io.Writer, list []alerts.Alert) {
	for _, alert := range list {
		fmt.Fprintf(out, "  %-8s %s: %s\n", alert.Severity, alert.Rule, alert.Message)
	}
}

// storyShown is how many events check shows.
const storyShown = 5

func writeStory(out io.Writer, story []collectors.Event, name string) {
	var lines []string
	for _, event := range story {
		if event.Container == name || event.Container == "" {
			lines = append(lines, fmt.Sprintf("  %s  %s", event.At.Local().Format(time.DateTime), event.Summary()))
		}
	}
	for _, line := range lines[max(0, len(lines)-storyShown):] {
		fmt.Fprintln(out, line)
	}
}

// writeSources tells only what is wrong or missing.
func writeSources(out io.Writer, list []collectors.SourceHealth) {
	for _, source := range list {
		if source.Error != "" {
			fmt.Fprintf(out, "  source %s: %s\n", source.Name, source.Error)
		}
		for _, missing := range source.Missing {
			fmt.Fprintf(out, "  no %s from %s: %s\n", missing.Group, source.Name, missing.Why)
		}
	}
}

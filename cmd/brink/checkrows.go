package main

import (
	"strings"
	"unicode/utf8"

	"brink/alerts"
	"brink/collectors"
)

// checkRow is one limit: its share, and what it consists of.
type checkRow struct {
	// metric is what the names of the rules' metrics begin with; instance is the
	// mount of a tmpfs.
	metric, instance string
	ratio            collectors.Opt[collectors.Ratio]
	parts            []string
	// why says why there is no ratio.
	why string
}

func rowsOf(c collectors.ContainerSample) []checkRow {
	rows := []checkRow{memoryRow(c), cpuRow(c), pidsRow(c)}
	for _, mount := range c.Tmpfs {
		rows = append(rows, tmpfsRow(mount))
	}
	return append(rows, pressureRow(c))
}

func (r checkRow) name() string { return strings.TrimSpace(r.metric + " " + r.instance) }

// rows writes the table. Its first column is as wide as its longest name, within
// reason: the path of a mount may be long.
func (r *report) rows(rows []checkRow, severity func(metric, instance string) alerts.Severity) {
	const narrowest, widest = 8, 24
	width := narrowest
	for _, row := range rows {
		width = min(max(width, utf8.RuneCountInString(row.name())), widest)
	}
	for _, row := range rows {
		mark := ""
		if worst := severity(row.metric, row.instance); worst > alerts.SeverityNone {
			mark = worst.String()
		}
		parts := strings.Join(present(append(row.parts, r.once(row.why))), " · ")
		r.line("  %-*s  %5s  %-8s  %s", width, row.name(), percent(row.ratio), mark, parts)
	}
}

func memoryRow(c collectors.ContainerSample) checkRow {
	m := c.Memory
	return checkRow{metric: "memory", ratio: m.UnreclaimableRatio, parts: []string{
		of(amount(m.Unreclaimable), m.Limit, amount, "cannot be freed"),
		clause("kernel counts ", amount(m.Current)),
		clause("docker stats shows ", amount(m.WorkingSet)),
		clause("limit of ", m.LimitedBy),
		count(m.OOMKills, "OOM kill", "OOM kills"),
	}}
}

func cpuRow(c collectors.ContainerSample) checkRow {
	parts := []string{of(cores(c.CPU.Cores), c.CPU.Limit, cores, "cores"), clause("limit of ", c.CPU.LimitedBy)}
	if throttled, ok := c.CPU.ThrottledRatio.Get(); ok {
		parts = append(parts, "throttled "+percent(collectors.Some(throttled))+" of periods")
	}
	return checkRow{metric: "cpu", ratio: c.CPU.OfLimit, parts: parts}
}

func pidsRow(c collectors.ContainerSample) checkRow {
	p := c.Pids
	return checkRow{metric: "pids", ratio: p.OfLimit, parts: []string{
		of(number(p.Current), p.Limit, number, "tasks"),
		clause("limit of ", p.LimitedBy),
		count(p.Zombies, "zombie", "zombies"),
		count(p.Refused, "fork refused", "forks refused"),
	}}
}

func tmpfsRow(t collectors.TmpfsSample) checkRow {
	row := checkRow{metric: "tmpfs", instance: t.Mount, ratio: t.UsedRatio, why: t.Why}
	if t.Used.Present() {
		row.parts = []string{amount(t.Used) + clause(" of ", amount(t.Size))}
	} else {
		row.parts = []string{clause("size ", amount(t.Size))}
	}
	return row
}

// pressureRow has the share that the rule judges, and beside it the other two.
func pressureRow(c collectors.ContainerSample) checkRow {
	p := c.Pressure
	parts := []string{clause("cpu ", percentText(p.CPU.SomeAvg10)), clause("io ", percentText(p.IO.SomeAvg10))}
	if p.Memory.SomeAvg10.Present() {
		parts = append([]string{"of the last 10 s tasks waited for memory"}, parts...)
	}
	return checkRow{metric: "pressure", ratio: p.Memory.SomeAvg10, parts: parts}
}

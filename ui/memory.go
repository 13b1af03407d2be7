package ui

import (
	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// memoryMeter sums up memory: what cannot be freed, against the limit.
func (s *scene) memoryMeter() meter {
	memory := s.sample.Memory
	return meter{
		name: "Memory", short: "mem",
		ratio:   memory.UnreclaimableRatio,
		amount:  bytesText(memoryUsed(memory)),
		limit:   limitText(memory.Limit, bytesText),
		limited: memory.Limit.Value().Present(),
		tone: worst(
			s.tone(alerts.MetricMemoryRatio, ""), s.tone(alerts.MetricMemoryFullIn, ""),
			s.tone(alerts.MetricMemoryPressure, ""), s.tone(alerts.MetricOOMKills, "")),
		parts: memoryParts(memory, s.memoryWhole()),
		why:   s.why(collectors.GroupMemory),
	}
}

// memoryUsed is the big number: what cannot be freed, or all that is counted
// where the parts are not known.
func memoryUsed(memory collectors.MemorySample) collectors.Opt[collectors.Bytes] {
	if memory.Unreclaimable.Present() {
		return memory.Unreclaimable
	}
	return memory.Current
}

// memoryWhole is the length of the bar: the limit, or the host's memory where
// nothing limits.
func (s *scene) memoryWhole() collectors.Opt[collectors.Bytes] {
	if limit := s.sample.Memory.Limit; !limit.Unlimited() {
		return limit.Value()
	}
	return s.frame.Snapshot.Host.MemoryTotal
}

// memoryParts cuts memory.current into what cannot be freed (anonymous memory,
// tmpfs, the kernel's own) and what can. The kernel's part is the rest of the
// big number, and cache is the rest of what the kernel counts, so that the bar
// adds up to both although memory.stat lags behind memory.current.
func memoryParts(memory collectors.MemorySample, whole collectors.Opt[collectors.Bytes]) []chart.Part {
	anon, tmpfs, kernel, cache := split(memory)
	return []chart.Part{
		{Share: shareOf(anon, whole), Glyph: "█", Ink: inkAnon},
		{Share: shareOf(tmpfs, whole), Glyph: "▓", Ink: inkTmpfs},
		{Share: shareOf(kernel, whole), Glyph: "▒", Ink: inkKernel},
		{Share: shareOf(cache, whole), Glyph: "░", Ink: inkCache},
	}
}

// split returns the parts of the bar. Without the parts of memory.stat, all that
// is known counts as anonymous.
func split(memory collectors.MemorySample) (anon, tmpfs, kernel, cache collectors.Opt[collectors.Bytes]) {
	if !memory.Unreclaimable.Present() {
		return memory.Current, tmpfs, kernel, cache
	}
	anon, tmpfs = memory.Anon, memory.Shmem
	kernel = rest(memory.Unreclaimable, anon.Or(0)+tmpfs.Or(0))
	cache = rest(memory.Current, memory.Unreclaimable.Or(0))
	return anon, tmpfs, kernel, cache
}

// rest returns whole less part, and zero where part is larger: they are read at
// different moments.
func rest(whole collectors.Opt[collectors.Bytes], part collectors.Bytes) collectors.Opt[collectors.Bytes] {
	value, ok := whole.Get()
	if !ok {
		return whole
	}
	return collectors.Some(value - min(part, value))
}

// Lines of the memory panel without its chart: bar, legend, the big number, the
// trend, and the other two numbers.
const (
	memoryLines     = 5
	memoryLeastText = 4
)

// memory draws the panel into a pen of any height: the bar first, then words by
// their worth, then the chart.
func (s *scene) memory(p pen) {
	m := s.memoryMeter()
	if m.missing(p) {
		return
	}
	lines := textLines(p.height(), memoryLeastText, memoryLines)
	m.gauge(p, 0, p.width(), 0)
	y := 1
	if lines > 2 {
		s.memoryLegend(p, y)
		y++
	}
	s.memoryNumbers(p, y)
	y++
	if lines == memoryLines {
		s.memoryOthers(p, y)
		y++
	}
	if lines >= memoryLeastText {
		s.memoryTrend(p, p.height()-1)
		s.drawHistory(p.rows(y, p.height()-1-y), s.memoryHistory())
	}
}

// textLines returns how many lines of text a panel has beside its chart: few in a
// low panel, so that the chart gets its least height; many in a high one.
func textLines(height, least, most int) int {
	const chartLeast = 3
	switch {
	case height >= most+chartLeast, height == most:
		return most
	default:
		return min(height, least)
	}
}

// memoryLegend explains the bar.
func (s *scene) memoryLegend(p pen, y int) {
	anon, tmpfs, kernel, cache := split(s.sample.Memory)
	p.fields(0, p.width(), y,
		field{before: "█ anon ", value: bytesText(anon)},
		field{before: "▓ tmpfs ", value: bytesText(tmpfs), rank: 2},
		field{before: "▒ kernel ", value: bytesText(kernel), rank: 3},
		field{before: "░ cache ", value: bytesText(cache), rank: 1},
	)
}

// memoryNumbers draws the number that rules judge, and what is left.
func (s *scene) memoryNumbers(p pen, y int) {
	memory := s.sample.Memory
	look := severityRole(s.tone(alerts.MetricMemoryRatio, ""))
	if look == roleText {
		look = roleStrong
	}
	p.fields(0, p.width(), y,
		field{value: left(bytesText(memory.Unreclaimable), bytesWidth), after: " cannot be freed", role: look},
		field{value: left(bytesText(memory.Headroom), bytesWidth), after: " left", rank: 1},
		field{before: "swap ", value: swapText(memory), rank: 2},
	)
}

// swapText writes swap use; empty where the container may not swap at all.
func swapText(memory collectors.MemorySample) string {
	limit, ok := memory.SwapLimit.Value().Get()
	if ok && limit == 0 || !memory.Swap.Present() {
		return ""
	}
	return bytesText(memory.Swap)
}

// memoryOthers draws the two numbers that other tools show, and what they are.
func (s *scene) memoryOthers(p pen, y int) {
	memory := s.sample.Memory
	const roomy = 60
	withCache := ""
	if p.width() >= roomy {
		withCache = " with cache"
	}
	p.fields(0, p.width(), y,
		field{before: "kernel counts ", value: bytesText(memory.Current), after: withCache},
		field{before: "docker stats shows ", value: bytesText(memory.WorkingSet), rank: 1},
	)
}

// memoryTrend draws where memory is going and what it has come to before.
func (s *scene) memoryTrend(p pen, y int) {
	memory := s.sample.Memory
	filling := s.tone(alerts.MetricMemoryFullIn, "")
	fullIn := field{value: "full in " + forecast(memory.FullIn), role: severityRole(filling), rank: 1}
	if !memory.FullIn.Present() {
		fullIn.value = ""
	}
	p.fields(0, p.width(), y,
		field{before: "growth ", value: growthText(memory.Growth), rank: 4},
		fullIn,
		countField("OOM kills ", memory.OOMKills, s.tone(alerts.MetricOOMKills, ""), 2),
		field{before: "peak ", value: bytesText(memory.Peak), rank: 3},
		s.pressureField(s.sample.Pressure.Memory, s.tone(alerts.MetricMemoryPressure, ""), 5),
		field{before: "limit hits ", value: countText(memory.MaxEvents), rank: 6},
	)
}

// countField draws a count that a rule watches, with the mark of its alert.
func countField(name string, count collectors.Opt[uint64], tone alerts.Severity, rank int) field {
	return field{before: name, value: marked(countText(count), tone), role: severityRole(tone), rank: rank}
}

// marked puts the mark of a severity before a value.
func marked(text string, tone alerts.Severity) string {
	if tone <= alerts.SeverityInfo {
		return text
	}
	return severityMark(tone) + " " + text
}

// pressureField draws the share of time in which tasks waited for the resource.
func (s *scene) pressureField(lines collectors.PressureLines, tone alerts.Severity, rank int) field {
	some := marked(percentFine(lines.SomeAvg10), tone)
	return field{
		before: "pressure ", value: some, after: " full " + percentFine(lines.FullAvg10),
		role: severityRole(tone), rank: rank,
	}
}

// memoryHistory is what the chart of the panel shows.
func (s *scene) memoryHistory() historyChart {
	memory := s.sample.Memory
	return historyChart{
		area: seriesUnreclaimable, line: seriesCurrent, hasLine: true,
		limit: optFloat(memory.Limit.Value()),
		form: func(level float64) string {
			return collectors.FormatBytes(collectors.Bytes(level))
		},
		tone:  s.tone(alerts.MetricMemoryRatio, ""),
		marks: s.memoryMarks,
	}
}

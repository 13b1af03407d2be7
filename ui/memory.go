package ui

import (
	"time"

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

// Lines of the memory panel without its chart: bar, the three numbers in one line
// or in two, legend, and the trend.
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
	y := 2
	if lines < memoryLines {
		s.memoryNumbers(p, 1)
	} else {
		s.memoryUsed(p, 1)
		s.memoryOthers(p, 2)
		y++
	}
	s.memoryLegend(p, y, m)
	if lines >= memoryLeastText {
		s.memoryTrend(p, p.height()-1)
		s.drawHistory(p.rows(y+1, p.height()-y-2), s.memoryHistory())
	}
}

// chartLeast is the least height of a chart worth its place.
const chartLeast = 2

// textLines returns how many lines of text a panel has beside its chart: few in a
// low panel, so that the chart gets its least height; many in a high one.
func textLines(height, least, most int) int {
	if height >= most+chartLeast {
		return most
	}
	return min(height, least)
}

// legendEntry is one part of the bar in words.
type legendEntry struct {
	part   int
	name   string
	amount collectors.Opt[collectors.Bytes]
}

// memoryLegend explains the bar: the signs have the colours that they have there.
// A narrow line closes up, and then does without the kernel's part, which is the
// smallest.
func (s *scene) memoryLegend(p pen, y int, m meter) {
	anon, tmpfs, kernel, cache := split(s.sample.Memory)
	entries := []legendEntry{{0, "anon", anon}, {1, "tmpfs", tmpfs}, {2, "kernel", kernel}, {3, "cache", cache}}
	inner, gap := 1, 3
	for ; legendWidth(entries, inner, gap) > p.width() && gap > 1; gap-- {
	}
	if legendWidth(entries, inner, gap) > p.width() {
		inner = 0
	}
	if legendWidth(entries, inner, gap) > p.width() {
		entries = append(entries[:2], entries[3])
	}
	x := 0
	for _, entry := range entries {
		sign := m.parts[entry.part]
		x = p.text(x, y, entry.name, roleMuted) + inner
		x = p.text(x, y, sign.Glyph, m.inkRole(sign.Ink)) + inner
		x = p.text(x, y, left(bytesBrief(entry.amount), briefWidth), roleText) + gap
	}
}

// legendWidth returns the columns that entries take with the given gaps in and
// between them.
func legendWidth(entries []legendEntry, inner, gap int) int {
	width := (len(entries) - 1) * gap
	for _, entry := range entries {
		width += textWidth(entry.name) + 2*inner + 1 + briefWidth
	}
	return width
}

// memoryNumbers draws all three numbers in one line: what cannot be freed, what
// the kernel compares with the limit, and what docker stats shows.
func (s *scene) memoryNumbers(p pen, y int) {
	memory := s.sample.Memory
	p.fields(0, p.width(), y,
		s.unreclaimableField(),
		s.fact(FieldMemoryCurrent, 1),
		s.fact(FieldMemoryWorkingSet, 2).said("docker stats ", ""),
		field{value: headroomText(memory), after: " left", rank: 3},
	)
}

// memoryUsed draws the number that rules judge, and what is left.
func (s *scene) memoryUsed(p pen, y int) {
	memory := s.sample.Memory
	p.fields(0, p.width(), y,
		s.unreclaimableField(),
		field{value: headroomText(memory), after: " left", rank: 1},
		field{before: "swap ", value: swapText(memory), rank: 2},
		s.fact(FieldMemoryLimitedBy, 3),
	)
}

// unreclaimableField is the big number in words.
func (s *scene) unreclaimableField() field {
	return s.fact(FieldMemoryUsed, 0).strong()
}

// headroomText writes what is left; empty where nothing limits.
func headroomText(memory collectors.MemorySample) string {
	if memory.Limit.Unlimited() {
		return ""
	}
	return bytesText(memory.Headroom)
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
	const roomy = 66
	withCache := ""
	if p.width() >= roomy {
		withCache = " with cache"
	}
	high := ""
	if memory.High.Value().Present() {
		high = bytesText(memory.High.Value())
	}
	p.fields(0, p.width(), y,
		s.fact(FieldMemoryCurrent, 0).said("kernel counts ", withCache),
		s.fact(FieldMemoryWorkingSet, 1).said("docker stats ", ""),
		field{before: "high ", value: high, rank: 2},
	)
}

// memoryTrend draws where memory is going and what it has come to before.
func (s *scene) memoryTrend(p pen, y int) {
	memory := s.sample.Memory
	p.fields(0, p.width(), y,
		field{before: "growth ", value: growthText(memory.Growth), rank: 4},
		fullIn(memory.FullIn, 1).toned(s.tone(alerts.MetricMemoryFullIn, "")),
		s.oomKills(2),
		field{before: "peak ", value: bytesText(memory.Peak), rank: 3},
		pressureField(s.sample.Pressure.Memory, 5).toned(s.tone(alerts.MetricMemoryPressure, "")),
		field{before: "limit hits ", value: countText(memory.MaxEvents), rank: 6},
	)
}

// oomKills tells of the kills.
func (s *scene) oomKills(rank int) field {
	return s.lately(s.fact(FieldOOMKills, rank).said("OOM kills ", ""), collectors.EventOOMKill, s.sample.Memory.OOMKills)
}

// toldSpan is the time of which it is told what happened: a night and the evening before
// it.
const toldSpan = 24 * time.Hour

// lately is a field that counts what happened to the container. The counter begins anew
// with every start, which is what most kills end in; so where the events tell of more,
// they are what is told.
func (s *scene) lately(told field, kind collectors.EventKind, counted collectors.Opt[uint64]) field {
	now, happened := s.frame.Snapshot.At, uint64(0)
	for i := range s.frame.Snapshot.Story {
		event := &s.frame.Snapshot.Story[i]
		if event.Kind == kind && s.concerns(event) && !s.walk.before(event.At) && now.Sub(event.At) < toldSpan {
			happened += max(event.Count, 1)
		}
	}
	if happened > counted.Or(0) {
		told.value, told.after = countText(collectors.Some(happened)), " in 24 h"
	}
	return told
}

// fullIn draws the time until something is full, and nothing where there is none
// to be told.
func fullIn(in collectors.Opt[collectors.Seconds], rank int) field {
	if !in.Present() {
		return field{rank: rank}
	}
	return field{value: "full in " + forecast(in), rank: rank}
}

// pressureField draws the share of time in which some, and all, tasks waited for
// the resource.
func pressureField(lines collectors.PressureLines, rank int) field {
	return field{
		before: "pressure ", value: percentFine(lines.SomeAvg10), after: " full " + percentFine(lines.FullAvg10),
		rank: rank,
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
		marks: s.memoryMarks,
	}
}

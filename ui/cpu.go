package ui

import (
	"strconv"

	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// cpuMeter sums up CPU: cores used against the quota.
func (s *scene) cpuMeter() meter {
	cpu := s.sample.CPU
	limit := limitText(cpu.Limit, coresText)
	if cpu.Limit.Value().Present() {
		limit += " cores"
	}
	return meter{
		name: "CPU", short: "cpu",
		ratio:   cpu.OfLimit,
		amount:  coresUsed(cpu),
		limit:   limit,
		limited: cpu.Limit.Value().Present(),
		tone:    worst(s.tone(alerts.MetricCPURatio, ""), s.tone(alerts.MetricCPUThrottled, "")),
		parts:   []chart.Part{{Share: shareOf(cpu.Cores, s.cpuWhole()), Glyph: "█", Ink: inkUsed}},
		why:     s.why(collectors.GroupCPU),
	}
}

func coresUsed(cpu collectors.CPUSample) string {
	if !cpu.Cores.Present() {
		return absent
	}
	return coresText(cpu.Cores) + " cores"
}

// cpuWhole is the length of the bar: the quota, or the host's CPUs where nothing
// limits.
func (s *scene) cpuWhole() collectors.Opt[collectors.Cores] {
	limit := s.sample.CPU.Limit
	if !limit.Unlimited() {
		return limit.Value()
	}
	cpus, ok := s.frame.Snapshot.Host.CPUs.Get()
	if !ok {
		return collectors.Opt[collectors.Cores]{}
	}
	return collectors.Some(collectors.Cores(cpus))
}

// Lines of the CPU panel without its chart: bar, cores, throttling, pressure; or
// bar and the best of all in one line.
const (
	cpuLines     = 4
	cpuLeastText = 2
)

// cpu draws the panel into a pen of any height.
func (s *scene) cpu(p pen) {
	m := s.cpuMeter()
	if m.missing(p) {
		return
	}
	m.gauge(p, 0, p.width(), 0)
	if textLines(p.height(), cpuLeastText, cpuLines) < cpuLines {
		s.cpuBrief(p, 1)
		s.drawHistory(p.rows(cpuLeastText, p.height()-cpuLeastText), s.cpuHistory())
		return
	}
	s.cpuCores(p, 1)
	s.cpuThrottling(p, 2)
	s.cpuPressure(p, p.height()-1)
	s.drawHistory(p.rows(cpuLines-1, p.height()-cpuLines), s.cpuHistory())
}

// cpuBrief draws the facts that matter most in one line.
func (s *scene) cpuBrief(p pen, y int) {
	p.fields(0, p.width(), y,
		s.coresField(), s.throttledField(1), pressureField(s.sample.Pressure.CPU, 2), s.waitingField(3),
	)
}

func (s *scene) cpuCores(p pen, y int) {
	cpu := s.sample.CPU
	p.fields(0, p.width(), y,
		s.coresField(),
		field{before: "user ", value: left(coresText(cpu.User), coresWidth), rank: 1},
		field{before: "system ", value: left(coresText(cpu.System), coresWidth), rank: 2},
		s.fact(FieldCPULimitedBy, 3),
	)
}

func (s *scene) cpuThrottling(p pen, y int) {
	p.fields(0, p.width(), y, s.throttledField(0), s.waitingField(1))
}

func (s *scene) coresField() field {
	return s.fact(FieldCores, 0).padded(coresWidth).strong()
}

// throttledField draws the share of periods in which the quota ran out. It is
// absent while nothing ran, which is not zero, and where there is no quota.
func (s *scene) throttledField(rank int) field {
	return s.fact(FieldThrottled, rank).padded(percentWidth)
}

// waitingField draws how much work stood still for want of quota.
func (s *scene) waitingField(rank int) field {
	return field{before: "waiting ", value: left(coresText(s.sample.CPU.ThrottledCores), coresWidth), after: " cores", rank: rank}
}

func (s *scene) cpuPressure(p pen, y int) {
	p.fields(0, p.width(), y,
		pressureField(s.sample.Pressure.CPU, 0),
		field{before: "throttled ", value: ofText(s.sample.CPU.ThrottledPeriods, s.sample.CPU.Periods), after: " periods", rank: 1},
	)
}

// ofText writes two counts as "3 of 10".
func ofText(part, whole collectors.Opt[uint64]) string {
	if !part.Present() && !whole.Present() {
		return absent
	}
	return countText(part) + " of " + countText(whole)
}

// cpuHistory is what the chart of the panel shows, with the throttled share of
// the periods as a lane below it.
func (s *scene) cpuHistory() historyChart {
	return historyChart{
		area:  seriesCores,
		limit: optFloat(s.sample.CPU.Limit.Value()),
		lane:  seriesThrottled, hasLane: true, laneName: "throttled",
		form: func(level float64) string { return strconv.FormatFloat(level, 'f', 2, 64) },
	}
}

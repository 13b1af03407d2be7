package ui

import (
	"strconv"

	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// pidsMeter sums up tasks against the limit of tasks.
func (s *scene) pidsMeter() meter {
	pids := s.sample.Pids
	limit := pids.Limit.Value()
	return meter{
		name: "Pids", short: "pid",
		ratio:   pids.OfLimit,
		amount:  tasksUsed(pids),
		limit:   limitText(pids.Limit, countText),
		limited: limit.Present(),
		tone: worst(
			s.tone(alerts.MetricPidsRatio, ""), s.tone(alerts.MetricPidsFullIn, ""),
			s.tone(alerts.MetricPidsRefused, ""), s.tone(alerts.MetricZombies, "")),
		parts: []chart.Part{{Share: shareOf(pids.Current, limit), Glyph: "█", Ink: inkUsed}},
		why:   s.why(collectors.GroupPids),
	}
}

func tasksUsed(pids collectors.PidsSample) string {
	if !pids.Current.Present() {
		return absent
	}
	return countText(pids.Current) + " tasks"
}

// pidsLines is the panel without its chart: bar, tasks, refusals.
const pidsLines = 3

// pids draws the panel into a pen of any height.
func (s *scene) pids(p pen) {
	m := s.pidsMeter()
	if m.missing(p) {
		return
	}
	if !m.hasBar() {
		s.pidsTasks(p, 0)
		s.pidsRefused(p, 1)
		s.drawHistory(p.rows(pidsLines-1, p.height()-pidsLines+1), s.pidsHistory())
		return
	}
	m.gauge(p, 0, p.width(), 0)
	if p.height() < pidsLines {
		s.pidsBrief(p, 1)
		return
	}
	s.pidsTasks(p, 1)
	s.pidsRefused(p, 2)
	s.drawHistory(p.rows(pidsLines, p.height()-pidsLines), s.pidsHistory())
}

func (s *scene) pidsTasks(p pen, y int) {
	p.fields(0, p.width(), y,
		s.tasksField(), fullIn(s.sample.Pids.FullIn, 1).toned(s.tone(alerts.MetricPidsFullIn, "")), s.zombieField(2),
		field{value: countText(s.sample.Pids.Processes), after: " processes", rank: 3},
		s.fact(FieldPidsLimitedBy, 4),
	)
}

// pidsBrief draws tasks, zombies and refusals in one line.
func (s *scene) pidsBrief(p pen, y int) {
	pids := s.sample.Pids
	p.fields(0, p.width(), y,
		s.tasksField(), fullIn(pids.FullIn, 1).toned(s.tone(alerts.MetricPidsFullIn, "")), s.zombieField(2), s.refusedField(3),
		field{value: countText(pids.Processes), after: " processes", rank: 4},
		field{before: "peak ", value: countText(pids.Peak), rank: 5},
	)
}

// tasksField counts tasks, which are threads and zombies as well: that is what
// the kernel compares with the limit.
func (s *scene) tasksField() field {
	return s.fact(FieldTasks, 0).strong()
}

func (s *scene) zombieField(rank int) field {
	return s.fact(FieldZombies, rank)
}

func (s *scene) refusedField(rank int) field {
	return s.lately(s.fact(FieldRefused, rank).said("refused ", ""), collectors.EventForkRefused, s.sample.Pids.Refused)
}

func (s *scene) pidsRefused(p pen, y int) {
	pids := s.sample.Pids
	p.fields(0, p.width(), y,
		s.refusedField(0),
		field{before: "peak ", value: countText(pids.Peak), rank: 1},
		field{value: countText(pids.Threads), after: " threads", rank: 2},
	)
}

// pidsHistory is what the chart of the panel shows.
func (s *scene) pidsHistory() historyChart {
	return historyChart{
		area:  seriesPids,
		limit: optFloat(s.sample.Pids.Limit.Value()),
		form:  func(level float64) string { return strconv.FormatFloat(level, 'f', 0, 64) },
	}
}

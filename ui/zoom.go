package ui

import "time"

// This file draws a panel that has the whole body: more history, and every number.

// zoomed reports whether a panel has the whole body.
func (s *scene) zoomed(panel Panel) bool { return s.nav.zoom && s.nav.focus == panel }

// zoomSpan is how much time a zoomed chart shows, once there is as much; until then
// it grows with the history, so that it is never as good as empty.
const zoomSpan = time.Hour

// chartSpan returns how much time a chart shows at least.
func (s *scene) chartSpan() time.Duration {
	if !s.nav.zoom {
		return chartSpan
	}
	end := s.frame.Snapshot.At
	if s.walk.on() {
		end = s.walk.end
	}
	known, shown := s.history.known(end), chartSpan
	for shown < known && shown < zoomSpan {
		shown *= 2
	}
	return min(shown, zoomSpan)
}

// zoomedFacts returns every number of a panel that has the whole body; none for any
// other.
func (s *scene) zoomedFacts(panel Panel) []factGroup {
	if !s.zoomed(panel) {
		return nil
	}
	return s.facts(panel)
}

// facts returns every number of a panel; none for one that is a list itself.
func (s *scene) facts(panel Panel) []factGroup {
	switch panel {
	case PanelMemory:
		return s.memoryFacts()
	case PanelCPU:
		return s.cpuFacts()
	case PanelPids:
		return s.pidsFacts()
	case PanelStorage:
		return s.storageFacts()
	default:
		return nil
	}
}

// Lines of a zoomed panel: the bar, and for memory what it is made of; a chart that
// is worth its place; and numbers that can be read beside it.
const (
	zoomChartLeast = 6
	zoomFactsLeast = 4
)

// barLines returns how many lines of bars stand above the chart of a zoomed panel.
func (s *scene) barLines(panel Panel) int {
	switch panel {
	case PanelMemory:
		return 2
	case PanelStorage:
		return len(s.sample.Tmpfs)
	default:
		return 1
	}
}

// zoomHead returns how many lines bars and chart of a zoomed panel take. The chart
// has what the numbers leave, and half of the room at least where there is enough.
func (s *scene) zoomHead(panel Panel, width, height int) int {
	bars := min(s.barLines(panel), max(height-zoomFactsLeast, 1))
	rest := height - bars - 1
	chart := max(rest-factList(s.facts(panel), width).count, rest/2)
	switch {
	case chart < zoomChartLeast:
		return min(bars, height)
	case panel == PanelStorage && len(s.moreCharts(panel)) == 0:
		return min(bars+1, height)
	}
	return bars + chart + 1
}

// drawZoomCharts draws the charts of a zoomed panel: that of its meter, and below it
// what else there is to see over time.
func (s *scene) drawZoomCharts(p pen, panel Panel) {
	more := s.moreCharts(panel)
	if panel == PanelStorage {
		s.drawChartGrid(p, more)
		return
	}
	below := 0
	if len(more) > 0 && p.height() >= moreChartsFrom {
		below = min(max(p.height()/4, namedChartLeast+1), namedChartMost)
	}
	s.drawHistory(p.rows(0, p.height()-below), s.historyOf(panel))
	s.drawChartGrid(p.rows(p.height()-below, below), more)
}

// drawZoomHead draws bars and chart of a zoomed panel.
func (s *scene) drawZoomHead(p pen, panel Panel) {
	bars := min(s.barLines(panel), p.height())
	s.drawBars(p.rows(0, bars), panel)
	s.drawZoomCharts(p.rows(bars, p.height()-bars-1), panel)
}

// drawBars draws what stands above the charts of a zoomed panel.
func (s *scene) drawBars(p pen, panel Panel) {
	if panel == PanelStorage {
		for y := range p.height() {
			s.drawTmpfs(p, y, s.sample.Tmpfs[y])
		}
		return
	}
	m := s.meterOf(panel)
	if m.hasBar() {
		m.gauge(p, 0, p.width(), 0)
	}
	if panel == PanelMemory {
		s.memoryLegend(p, 1, m)
	}
}

// meterOf returns the meter of a panel that has one.
func (s *scene) meterOf(panel Panel) meter {
	switch panel {
	case PanelMemory:
		return s.memoryMeter()
	case PanelCPU:
		return s.cpuMeter()
	default:
		return s.pidsMeter()
	}
}

// historyOf returns what the chart of a panel with a meter shows.
func (s *scene) historyOf(panel Panel) historyChart {
	switch panel {
	case PanelMemory:
		return s.memoryHistory()
	case PanelCPU:
		return s.cpuHistory()
	default:
		return s.pidsHistory()
	}
}

// drawZoomed draws a panel that has the whole body, if it has more to show then.
func (s *scene) drawZoomed(p pen, panel Panel) bool {
	if s.zoomedFacts(panel) == nil {
		return false
	}
	if panel < PanelEvents && s.meterOf(panel).missing(p) {
		return true
	}
	s.drawList(p.dimmed(s.dim()), panel)
	return true
}

// known returns how long before a time the history begins.
func (h *history) known(at time.Time) time.Duration {
	if h == nil || h.first == 0 {
		return 0
	}
	return time.Duration(h.slotOf(at)-h.first) * h.slot
}

// withParent adds whose limit it is, where it is not the container's own.
func (g factGroup) withParent(by string) factGroup {
	if by != "" {
		g.facts = append(g.facts, fact{name: "limit is of", note: by})
	}
	return g
}

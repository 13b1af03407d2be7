package ui

import (
	"image"
	"slices"
	"strings"

	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// namedChart is a chart below its name and what is measured now.
type namedChart struct {
	historyChart
	name  string
	value string
	tone  alerts.Severity
}

// Lines and columns of named charts.
const (
	// namedChartLeast is the name and a chart worth its place, namedChartMost what
	// one takes below another chart.
	namedChartLeast = 4
	namedChartMost  = 9
	// moreChartsFrom is the height of two charts.
	moreChartsFrom = 12
	chartGap       = 2
	mostColumns    = 3
)

// The least that the upper edge of a chart stands for.
const (
	leastPressure = 0.25
	leastRate     = 1 << 10
)

// moreCharts returns what a zoomed panel has to show over time besides the chart of
// its meter, what matters most first. What is not measured has none.
func (s *scene) moreCharts(panel Panel) []namedChart {
	pressure := &s.sample.Pressure
	switch panel {
	case PanelMemory:
		return s.measured(pressureChart("pressure", seriesMemoryPressure, pressure.Memory, s.tone(alerts.MetricMemoryPressure, "")))
	case PanelCPU:
		return s.measured(pressureChart("pressure", seriesCPUPressure, pressure.CPU, alerts.SeverityNone))
	case PanelStorage:
		io, network := &s.sample.IO, &s.sample.Network
		return s.measured(
			s.tmpfsChart(), rateChart("disk, read", seriesRead, io.Read), rateChart("network, received", seriesReceived, network.Receive),
			pressureChart("disk pressure", seriesIOPressure, pressure.IO, alerts.SeverityNone),
			rateChart("disk, written", seriesWritten, io.Write), rateChart("network, sent", seriesSent, network.Transmit),
		)
	default:
		return nil
	}
}

// measured leaves of charts those that have a level, now or in the time that they
// show.
func (s *scene) measured(charts ...namedChart) []namedChart {
	if s.history == nil {
		return nil
	}
	const bins = 60
	return slices.DeleteFunc(charts, func(c namedChart) bool {
		return c.value == absent && chart.IsGap(highest(s.history.fill(s.windowOf(bins), c.area, nil)))
	})
}

func pressureChart(name string, of series, lines collectors.PressureLines, tone alerts.Severity) namedChart {
	return namedChart{
		name: name, value: percentFine(lines.SomeAvg10), tone: tone,
		historyChart: historyChart{area: of, least: leastPressure, form: shareForm},
	}
}

func shareForm(level float64) string { return percent(collectors.Some(collectors.Ratio(level))) }

func rateChart(name string, of series, rate collectors.Opt[collectors.BytesPerSec]) namedChart {
	return namedChart{
		name: name, value: rateText(rate),
		historyChart: historyChart{area: of, least: leastRate, form: func(level float64) string {
			return rateBrief(collectors.Some(collectors.BytesPerSec(level)))
		}},
	}
}

// tmpfsChart is that of the mount which is the fullest at each time.
func (s *scene) tmpfsChart() namedChart {
	mount := fullest(s.sample.Tmpfs)
	return namedChart{
		name: "fullest tmpfs", value: strings.TrimSpace(mount.Mount + " " + percent(mount.UsedRatio)),
		tone:         s.tone(alerts.MetricTmpfsRatio, mount.Mount),
		historyChart: historyChart{area: seriesTmpfs, limit: collectors.Some(1.0), form: shareForm},
	}
}

// drawChartGrid draws charts side by side and below one another, as many as have
// room; those that matter least have none.
func (s *scene) drawChartGrid(p pen, charts []namedChart) {
	columns := min(max((p.width()+chartGap)/(axisLeast+chartGap), 1), mostColumns, len(charts))
	if columns == 0 || p.height() < namedChartLeast {
		return
	}
	rows := min((len(charts)+columns-1)/columns, p.height()/namedChartLeast)
	height, step := p.height()/rows, (p.width()+chartGap)/columns
	for i := range charts[:min(len(charts), rows*columns)] {
		x, y := i%columns*step, i/columns*height
		cell := image.Rect(x, y, min(x+step-chartGap, p.width()), y+height).Add(p.area.Min)
		s.drawNamedChart(p.in(cell), &charts[i])
	}
}

// drawNamedChart draws a chart below its name. Between two of them a line stays free
// where there are enough.
func (s *scene) drawNamedChart(p pen, c *namedChart) {
	p.fields(0, p.width(), 0, field{before: c.name + " ", value: c.value}.toned(c.tone))
	rows := p.height() - 1
	if rows > timeAxisLeast {
		rows--
	}
	s.drawHistory(p.rows(1, rows), c.historyChart)
}

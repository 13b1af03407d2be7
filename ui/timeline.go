package ui

import (
	"image"
	"math"

	"brink/collectors"
	"brink/ui/chart"
)

// historyChart is what a panel wants to see of its history.
type historyChart struct {
	area series
	// line is a second level above the area, lane a share below the chart.
	line     series
	hasLine  bool
	lane     series
	hasLane  bool
	laneName string
	// limit is the level of the limit line, absent without one; least is the least
	// that the upper edge stands for without one, so that next to nothing fills no
	// chart.
	limit collectors.Opt[float64]
	least float64
	// form writes a level for the axis.
	form func(level float64) string
	// marks returns what happened in the window; nil means nothing can.
	marks func(w window, buffer []chart.Mark) []chart.Mark
}

// Sizes of a chart. Where there is room, it has labels at the left and the time
// below.
const (
	axisWidth     = len("throttled") + 1
	axisLeast     = 36
	timeAxisLeast = 5
	laneLeast     = 3
)

// drawHistory draws a chart of at least one line into the pen.
func (s *scene) drawHistory(p pen, h historyChart) {
	if s.history == nil || p.height() < 1 || p.width() < 1 {
		return
	}
	axis := 0
	if p.width() >= axisLeast {
		axis = axisWidth
	}
	plot := p.in(image.Rect(p.area.Min.X+axis, p.area.Min.Y, p.area.Max.X, p.area.Max.Y))
	w := s.windowOf(p.screen.charts.Columns(plot.width()))
	plot.spot(spot{kind: spotChart, window: w})
	rows := p.height()
	if rows >= timeAxisLeast {
		rows--
		s.drawTimeAxis(plot, rows, w)
	}
	if h.hasLane && rows >= laneLeast {
		rows--
		s.drawLane(p, plot, rows, w, h)
	}
	top := s.plot(plot.rows(0, rows), w, h)
	if axis > 0 {
		drawAxis(p, rows, top, h)
	}
	s.drawCursor(plot, w)
}

// plot draws the chart itself and returns the level of its upper edge.
func (s *scene) plot(p pen, w window, h historyChart) float64 {
	scr := p.screen
	scr.area = s.history.fill(w, h.area, scr.area)
	scr.line = scr.line[:0]
	if h.hasLine {
		scr.line = s.history.fill(w, h.line, scr.line)
	}
	scr.marks = scr.marks[:0]
	if h.marks != nil {
		scr.marks = h.marks(w, scr.marks)
	}
	limit := h.limit.Or(chart.Gap())
	if s.unkept() { // The picture of all the time around keeps its scale.
		limit = s.history.limits[h.area]
	}
	top := limit
	if chart.IsGap(limit) || limit <= 0 {
		limit, top = chart.Gap(), roundUp(higher(higher(highest(scr.area), highest(scr.line)), h.least))
	}
	scr.grid.Reset(p.width(), p.height())
	chart.History{Style: scr.charts, Area: scr.area, Line: scr.line, Top: top, Limit: limit, Marks: scr.marks}.Draw(&scr.grid)
	for y := range p.height() {
		p.cells(0, y, scr.grid.Line(y), chartRole)
	}
	return top
}

// chartRole colours a chart. The past keeps its colour when an alert fires: the
// alert is about now, and what happened then has its own marks.
func chartRole(ink chart.Ink) role {
	switch ink {
	case chart.InkArea, chart.InkLane:
		return roleLevel
	case chart.InkLine:
		return roleBehind
	case chart.InkLimit:
		return roleLimit
	case inkOOM:
		return roleCritical
	case inkLimitHit:
		return roleWarning
	default:
		return roleIdle
	}
}

func (s *scene) drawLane(p, plot pen, y int, w window, h historyChart) {
	scr := p.screen
	scr.area = s.history.fill(w, h.lane, scr.area)
	scr.grid.Reset(plot.width(), 1)
	chart.Lane(scr.charts, scr.area, scr.grid.Line(0))
	plot.cells(0, y, scr.grid.Line(0), chartRole)
	if plot.area.Min.X > p.area.Min.X {
		p.text(0, y, h.laneName, roleMuted)
	}
}

// drawAxis writes the levels of the upper and the lower edge beside a chart.
func drawAxis(p pen, rows int, top float64, h historyChart) {
	if chart.IsGap(top) {
		return
	}
	p.text(0, 0, left(h.form(top), axisWidth-1), roleMuted)
	if rows > 1 {
		p.text(0, rows-1, left("0", axisWidth-1), roleMuted)
	}
}

// drawTimeAxis writes the time of both ends below a chart.
func (s *scene) drawTimeAxis(p pen, y int, w window) {
	if s.walk.on() {
		s.drawWalkAxis(p, y, w)
		return
	}
	from, to := "-"+age(w.span(s.history.slot)), clock(s.now, s.now)
	if textWidth(from)+textWidth(to) >= p.width() {
		return
	}
	p.text(0, y, from, roleMuted)
	p.text(p.width()-textWidth(to), y, to, roleMuted)
}

// Inks of the marks.
const (
	inkOOM = inkMark + iota
	inkLimitHit
)

// memoryMarks collects the OOM kills and limit hits of the window; a kill stands
// over a hit of the same moment.
func (s *scene) memoryMarks(w window, buffer []chart.Mark) []chart.Mark {
	buffer = s.marksOf(w, buffer, collectors.EventLimitHit, chart.Mark{Glyph: "▲", Ink: inkLimitHit})
	return s.marksOf(w, buffer, collectors.EventOOMKill, chart.Mark{Glyph: "✖", Ink: inkOOM})
}

func (s *scene) marksOf(w window, buffer []chart.Mark, kind collectors.EventKind, mark chart.Mark) []chart.Mark {
	story := s.frame.Snapshot.Story
	for i := range story {
		if story[i].Kind != kind || !s.concerns(&story[i]) {
			continue
		}
		at := story[i].At
		if !story[i].Until.IsZero() {
			at = story[i].Until
		}
		if mark.Back = s.history.back(w, at); mark.Back >= 0 && mark.Back < w.bins {
			buffer = append(buffer, mark)
		}
	}
	return buffer
}

// highest returns the highest level, a gap when there is none.
func highest(values []float64) float64 {
	top := chart.Gap()
	for _, value := range values {
		if chart.IsGap(top) || value > top {
			top = value
		}
	}
	return top
}

// higher returns the higher level; a gap loses against any level.
func higher(a, b float64) float64 {
	if chart.IsGap(a) || b > a {
		return b
	}
	return a
}

// roundUp returns the edge of a chart without a limit: the next power of two, so
// that it moves rarely, and a round number in every unit of the screen.
func roundUp(level float64) float64 {
	switch {
	case chart.IsGap(level):
		return level
	case level <= 0:
		return 1
	default:
		return math.Exp2(math.Ceil(math.Log2(level)))
	}
}

// optFloat returns a value of any unit as a plain number.
func optFloat[T ~uint64 | ~float64](value collectors.Opt[T]) collectors.Opt[float64] {
	v, ok := value.Get()
	if !ok {
		return collectors.Opt[float64]{}
	}
	return collectors.Some(float64(v))
}

package ui

import (
	"time"

	"brink/ui/paint"
)

// windowOf returns the window of a chart of bins columns. While one walks, its end
// stands still until the moment is beyond its left edge; then it goes back by
// halves.
func (s *scene) windowOf(bins int) window {
	if !s.walk.on() {
		return s.history.windowAt(s.frame.Snapshot.At, bins, s.chartSpan())
	}
	w := s.history.windowAt(s.walk.end, bins, s.chartSpan())
	if back := s.history.back(w, s.walk.at); back >= w.bins {
		half := max(w.bins/2, 1)
		w.last -= int64((back-w.bins)/half+1) * int64(half)
	}
	return w
}

// cursorColumn returns the column of a chart in which the moment lies.
func (s *scene) cursorColumn(p pen, w window) int {
	return p.width() - 1 - s.history.back(w, s.walk.at)/max(p.screen.charts.Columns(1), 1)
}

// drawCursor marks the moment from the top to the bottom of a chart and its lane:
// what is drawn there is reversed, and what is empty gets a line.
func (s *scene) drawCursor(p pen, w window) {
	if !s.walk.on() || p.width() < 1 {
		return
	}
	x := s.cursorColumn(p, w)
	rows := p.height()
	if rows >= timeAxisLeast {
		rows--
	}
	for y := range rows {
		p.reverse(x, y)
	}
}

// reverse turns a cell around, or puts a line into one that is empty.
func (p pen) reverse(x, y int) {
	if x < 0 || x >= p.width() || y < 0 || y >= p.height() {
		return
	}
	cell := p.screen.cells.At(p.area.Min.X+x, p.area.Min.Y+y)
	if cell.Text == " " || cell.Text == "" {
		p.text(x, y, "│", roleInfo)
		return
	}
	cell.Look |= paint.Reversed
	p.screen.cells.Set(p.area.Min.X+x, p.area.Min.Y+y, cell)
}

// drawWalkAxis writes the times of both ends and of the moment below a chart, each
// where there is room beside what matters more.
func (s *scene) drawWalkAxis(p pen, y int, w window) {
	at := clock(s.now, s.now)
	from, to := s.edges(w)
	size := textWidth(at)
	x := min(max(s.cursorColumn(p, w)-size/2, 0), max(p.width()-size, 0))
	if x > textWidth(from) {
		p.text(0, y, from, roleMuted)
	}
	if end := p.width() - textWidth(to); x+size < end {
		p.text(end, y, to, roleMuted)
	}
	p.text(x, y, cut(at, p.width()), roleInfo)
}

// edges returns the times of both ends of a window as text. They are never so far
// apart that the day matters.
func (s *scene) edges(w window) (from, to string) {
	first := (w.last - int64(w.bins) + 1) * w.perBin
	oldest, newest := s.history.timeOf(first).In(s.options.Location), s.history.timeOf((w.last+1)*w.perBin-1).In(s.options.Location)
	if newest.After(s.walk.end) {
		newest = s.walk.end.In(s.options.Location)
	}
	return clock(oldest, oldest), clock(newest, newest)
}

// timeOf returns the time of a slot.
func (h *history) timeOf(slot int64) time.Time { return time.Unix(0, slot*int64(h.slot)) }

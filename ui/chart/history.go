package chart

import "math"

// History is a level over time, newest at the right edge, as an area. What does
// not fit is cut at the left.
type History struct {
	// Style is what it is drawn with.
	Style Style
	// Area is the level, oldest first. A gap leaves its column empty; a level of
	// zero still draws the lowest dot, so that nothing and not measured differ.
	Area []float64
	// Line is a second level of the same length, or none, drawn as single dots
	// where it stands above the area.
	Line []float64
	// Top is the level at the upper edge. What is higher is cut there.
	Top float64
	// Limit is the level of the limit line; a gap means no limit.
	Limit float64
	// Marks are drawn over the top line of the chart.
	Marks []Mark
}

// Mark is a glyph at the moment at which something happened.
type Mark struct {
	// Back is the distance from the newest value, in values: 0 is the newest.
	Back  int
	Glyph string
	Ink   Ink
}

// Draw fills the grid. A grid without size, or a Top that is no positive level,
// stays blank.
func (h History) Draw(g *Grid) {
	if g.Width == 0 || g.Height == 0 || IsGap(h.Top) || h.Top <= 0 {
		return
	}
	for x := range g.Width {
		h.drawColumn(g, x)
	}
	h.drawMarks(g)
}

// drawColumn draws the values of the cells in column x, from the top down.
func (h History) drawColumn(g *Grid, x int) {
	var area, line [dotColumns]int
	columns, rows := h.Style.columns(), h.Style.rows()
	for c := range columns {
		back := (g.Width-x)*columns - 1 - c
		area[c] = h.steps(at(h.Area, back), g.Height)
		line[c] = h.steps(at(h.Line, back), g.Height)
	}
	limit := h.steps(h.Limit, g.Height)
	for y := range g.Height {
		base := (g.Height - 1 - y) * rows
		g.Cells[y*g.Width+x] = h.Style.cellOf(area, line, limit-base, base)
	}
}

// cellOf picks what a cell shows: the area hides the line, the line hides the
// limit, because a cell has one colour only. Heights are in steps from the bottom
// of the chart, the limit's from that of the cell; base is the cell's lowest step.
func (s Style) cellOf(area, line [dotColumns]int, limit, base int) Cell {
	var ends [dotColumns]int
	filled, dotted := false, false
	for c := range ends {
		area[c], ends[c] = area[c]-base, line[c]-base-1
		if line[c]-base <= area[c] {
			ends[c] = -1
		}
		filled = filled || area[c] > 0
		dotted = dotted || s.inside(ends[c])
	}
	switch {
	case filled:
		return Cell{Glyph: s.areaGlyph(area), Ink: InkArea}
	case dotted:
		return Cell{Glyph: s.lineGlyph(ends), Ink: InkLine}
	case s.inside(limit - 1):
		return Cell{Glyph: s.limitGlyph(limit - 1), Ink: InkLimit}
	default:
		return Cell{Glyph: Blank}
	}
}

// steps returns the height of value in steps: 0 for a gap, at least 1 for a level.
func (h History) steps(value float64, height int) int {
	if IsGap(value) {
		return 0
	}
	rows := float64(height * h.Style.rows())
	return int(math.Round(min(max(value/h.Top*rows, 1), rows)))
}

func (h History) drawMarks(g *Grid) {
	for _, mark := range h.Marks {
		x := g.Width - 1 - mark.Back/h.Style.columns()
		if mark.Back < 0 || x < 0 {
			continue
		}
		g.Cells[x] = Cell{Glyph: mark.Glyph, Ink: mark.Ink}
	}
}

// at returns the value that lies back before the newest one.
func at(values []float64, back int) float64 {
	if back < 0 || back >= len(values) {
		return Gap()
	}
	return values[len(values)-1-back]
}

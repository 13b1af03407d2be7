package chart

import "math"

// History is a level over time, newest at the right edge, as an area of braille
// dots: two values and four steps a cell. What does not fit is cut at the left.
type History struct {
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

// Columns returns how many values fit into width cells.
func Columns(width int) int { return max(0, width) * dotColumns }

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

// drawColumn draws the two values of the cells in column x, from the top down.
func (h History) drawColumn(g *Grid, x int) {
	var area, line [dotColumns]int
	for c := range dotColumns {
		back := (g.Width-x)*dotColumns - 1 - c
		area[c] = h.dots(at(h.Area, back), g.Height)
		line[c] = h.dots(at(h.Line, back), g.Height)
	}
	limit := h.dots(h.Limit, g.Height)
	for y := range g.Height {
		base := (g.Height - 1 - y) * dotRows
		g.Cells[y*g.Width+x] = cellOf(area, line, limit, base)
	}
}

// cellOf picks what a cell shows: the area hides the line, the line hides the
// limit, because a cell has one colour only. Heights are in dots from the bottom
// of the chart; base is the lowest dot of the cell.
func cellOf(area, line [dotColumns]int, limit, base int) Cell {
	var filled, dotted uint8
	for c := range dotColumns {
		filled |= columnBits(c, area[c]-base)
		if top := line[c] - 1 - base; top >= 0 && top < dotRows && line[c] > area[c] {
			dotted |= dotBit(c, top)
		}
	}
	switch {
	case filled != 0:
		return Cell{Glyph: brailleGlyph(filled), Ink: InkArea}
	case dotted != 0:
		return Cell{Glyph: brailleGlyph(dotted), Ink: InkLine}
	case limit > base && limit <= base+dotRows:
		return Cell{Glyph: brailleGlyph(dotBit(0, limit-1-base)), Ink: InkLimit}
	default:
		return Cell{Glyph: Blank}
	}
}

// dots returns the height of value in dots: 0 for a gap, at least 1 for a level.
func (h History) dots(value float64, height int) int {
	if IsGap(value) {
		return 0
	}
	rows := float64(height * dotRows)
	return int(math.Round(min(max(value/h.Top*rows, 1), rows)))
}

func (h History) drawMarks(g *Grid) {
	for _, mark := range h.Marks {
		x := g.Width - 1 - mark.Back/dotColumns
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

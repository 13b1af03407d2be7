package chart

import "math"

// Ink says what a cell shows, so that the caller can colour it.
type Ink uint8

// The inks. A caller that needs more of them, as for the parts of a bar, counts
// on from InkOwn.
const (
	// InkNone is an empty cell.
	InkNone Ink = iota
	// InkArea is the measured level; InkLine is the second level above it.
	InkArea
	InkLine
	// InkLimit is the limit, and InkFree the room below it.
	InkLimit
	InkFree
	// InkLane is a value of a lane, InkIdle a value of zero in it.
	InkLane
	InkIdle
	// InkOwn is the first ink with no meaning here.
	InkOwn
)

// Cell is one column of one line: a glyph of width one, and what it stands for.
type Cell struct {
	Glyph string
	Ink   Ink
}

// Blank is the glyph of an empty cell.
const Blank = " "

// Grid is a rectangle of cells, line by line. The zero Grid is empty; Reset
// gives it a size and keeps its memory.
type Grid struct {
	Width  int
	Height int
	Cells  []Cell
}

// Reset makes the grid width by height blank cells. A negative size is none.
func (g *Grid) Reset(width, height int) {
	g.Width, g.Height = max(0, width), max(0, height)
	size := g.Width * g.Height
	if cap(g.Cells) < size {
		g.Cells = make([]Cell, size)
	}
	g.Cells = g.Cells[:size]
	for i := range g.Cells {
		g.Cells[i] = Cell{Glyph: Blank}
	}
}

// Line returns the cells of line y, counted from the top, to read or to fill.
func (g *Grid) Line(y int) []Cell {
	return g.Cells[y*g.Width : (y+1)*g.Width]
}

// Gap is the value that is none: it was not measured. It is what math.NaN
// returns, which compares with nothing and so cannot pass for a level.
func Gap() float64 { return math.NaN() }

// IsGap reports whether value is no level. The infinities are none either: they
// only come from a division that should not have been made.
func IsGap(value float64) bool { return math.IsNaN(value) || math.IsInf(value, 0) }

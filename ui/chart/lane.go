package chart

// blocks are the eighths of a cell, lowest first.
const blocks = "▁▂▃▄▅▆▇█"

const (
	blockBytes = 3
	blockSteps = 8
	idleGlyph  = "·"
)

// Lane draws shares from 0 to 1 as one line of blocks, newest at the right edge,
// on the time axis of a [History] of the same width: a cell shows the larger of
// its two values. Zero is a dot, a gap is blank.
func Lane(shares []float64, line []Cell) {
	for x := range line {
		back := (len(line) - 1 - x) * dotColumns
		line[x] = laneCell(larger(at(shares, back), at(shares, back+1)))
	}
}

func laneCell(share float64) Cell {
	switch {
	case IsGap(share):
		return Cell{Glyph: Blank}
	case share <= 0:
		return Cell{Glyph: idleGlyph, Ink: InkIdle}
	default:
		step := min(int(share*blockSteps), blockSteps-1)
		return Cell{Glyph: blocks[step*blockBytes : (step+1)*blockBytes], Ink: InkLane}
	}
}

// larger returns the larger level; a gap loses against any level.
func larger(a, b float64) float64 {
	if IsGap(a) || b > a {
		return b
	}
	return a
}

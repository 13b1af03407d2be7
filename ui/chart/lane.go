package chart

// blocks are the eighths of a cell, lowest first.
const blocks = "▁▂▃▄▅▆▇█"

// lineBlocks are a level at the bottom, in the middle and at the top of a cell.
const lineBlocks = "▁─▔"

const (
	blockBytes = 3
	blockSteps = 8
	idleGlyph  = "·"
	limitBlock = "╌"
)

// block returns one of the eighths, counted from 0.
func block(step int) string { return third(blocks, step) }

// third returns one of a row of signs that take three bytes each.
func third(signs string, at int) string { return signs[at*blockBytes : (at+1)*blockBytes] }

// asciiLane are the steps of a lane in ASCII.
const asciiLane = "_-=#"

// Lane draws shares from 0 to 1 as one line of blocks, newest at the right edge,
// on the time axis of a [History] of the same width and style: a cell shows the
// largest of its values. Zero is a dot, a gap is blank.
func Lane(style Style, shares []float64, line []Cell) {
	columns := style.columns()
	for x := range line {
		share := Gap()
		for c := range columns {
			share = larger(share, at(shares, (len(line)-1-x)*columns+c))
		}
		line[x] = style.laneCell(share)
	}
}

func (s Style) laneCell(share float64) Cell {
	switch {
	case IsGap(share):
		return Cell{Glyph: Blank}
	case share <= 0:
		return Cell{Glyph: s.choose(idleGlyph, "."), Ink: InkIdle}
	case s == ASCII:
		step := stepOf(share, len(asciiLane))
		return Cell{Glyph: asciiLane[step : step+1], Ink: InkLane}
	default:
		return Cell{Glyph: block(stepOf(share, blockSteps)), Ink: InkLane}
	}
}

// stepOf returns which of steps a share lies in.
func stepOf(share float64, steps int) int { return min(int(share*float64(steps)), steps-1) }

// choose returns the sign, or the one that stands for it in ASCII.
func (s Style) choose(sign, ascii string) string {
	if s == ASCII {
		return ascii
	}
	return sign
}

// larger returns the larger level; a gap loses against any level.
func larger(a, b float64) float64 {
	if IsGap(a) || b > a {
		return b
	}
	return a
}

package chart

// Style is the set of signs that a chart is drawn with. A terminal or a font that
// lacks one has another.
type Style uint8

// The styles, finest first.
const (
	// Braille has two values and four steps a cell.
	Braille Style = iota
	// Blocks has one value and eight steps a cell.
	Blocks
	// ASCII has one value and three steps a cell, and no sign beyond ASCII.
	ASCII
)

// Columns returns how many values fit into width cells.
func (s Style) Columns(width int) int { return max(0, width) * s.columns() }

// columns returns how many values one cell has.
func (s Style) columns() int {
	if s == Braille {
		return dotColumns
	}
	return 1
}

// rows returns how many steps one cell has.
func (s Style) rows() int {
	switch s {
	case Blocks:
		return blockSteps
	case ASCII:
		return len(asciiArea)
	default:
		return dotRows
	}
}

// The signs of a column in ASCII, by their height: of the area, and of the second
// level above it.
const (
	asciiArea  = ".:#"
	asciiLine  = "_~^"
	asciiLimit = "-"
)

// areaGlyph returns the sign of a cell that is filled from the bottom up to the
// given rows of its columns.
func (s Style) areaGlyph(rows [dotColumns]int) string {
	switch s {
	case Blocks:
		return block(min(rows[0], blockSteps) - 1)
	case ASCII:
		step := min(rows[0], len(asciiArea)) - 1
		return asciiArea[step : step+1]
	default:
		return brailleGlyph(columnBits(0, rows[0]) | columnBits(1, rows[1]))
	}
}

// lineGlyph returns the sign of a cell in which a level ends in the given rows of
// its columns; a row outside of the cell is none.
func (s Style) lineGlyph(rows [dotColumns]int) string {
	switch s {
	case Blocks:
		return third(lineBlocks, rows[0]*3/blockSteps)
	case ASCII:
		return asciiLine[rows[0] : rows[0]+1]
	default:
		var bits uint8
		for c, row := range rows {
			if s.inside(row) {
				bits |= dotBit(c, row)
			}
		}
		return brailleGlyph(bits)
	}
}

// limitGlyph returns the sign of the limit in a row of a cell.
func (s Style) limitGlyph(row int) string {
	switch s {
	case Blocks:
		return limitBlock
	case ASCII:
		return asciiLimit
	default:
		return brailleGlyph(dotBit(0, row))
	}
}

// inside reports whether a row is one of a cell's.
func (s Style) inside(row int) bool { return row >= 0 && row < s.rows() }

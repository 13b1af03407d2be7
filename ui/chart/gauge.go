package chart

import "math"

// Part is one part of a bar.
type Part struct {
	// Share is its length as a share of the whole bar, which is the limit. A gap
	// and a negative share are no length.
	Share float64
	Glyph string
	Ink   Ink
}

// Glyphs of a bar that no part covers.
const (
	freeGlyph  = "·"
	limitGlyph = "┃"
)

// Gauge draws parts one after the other into line, the rest as free room, and in
// the last cell the limit, where there is one. Part boundaries are rounded from
// the sum so far, so a bar does not shake when one part gives to another.
//
// The bar tells the two ends apart at any length: something is never drawn as
// nothing, and it is full only when the parts reach the limit. Where no part is
// known the room is blank, for an empty bar would say zero.
func Gauge(style Style, parts []Part, limited bool, line []Cell) {
	room := line
	if limited && len(line) > 0 {
		room = line[:len(line)-1]
		line[len(line)-1] = Cell{Glyph: style.choose(limitGlyph, "|"), Ink: InkLimit}
	}
	free := Cell{Glyph: style.choose(freeGlyph, "."), Ink: InkFree}
	if unknown(parts) {
		free = Cell{Glyph: Blank}
	}
	for i := range room {
		room[i] = free
	}
	sum, from := 0.0, 0
	for _, part := range parts {
		sum += length(part.Share)
		to := cellsOf(sum, len(room))
		for ; from < to; from++ {
			room[from] = Cell{Glyph: part.Glyph, Ink: part.Ink}
		}
	}
}

// unknown reports whether no part has a length, not even zero.
func unknown(parts []Part) bool {
	for _, part := range parts {
		if !IsGap(part.Share) {
			return false
		}
	}
	return true
}

func length(share float64) float64 {
	if IsGap(share) || share < 0 {
		return 0
	}
	return min(share, 1)
}

// cellsOf returns how many of width cells a share of the bar covers.
func cellsOf(share float64, width int) int {
	cells := int(math.Round(share * float64(width)))
	switch {
	case share <= 0:
		return 0
	case share >= 1:
		return width
	default:
		return min(max(cells, 1), max(width-1, 1), width)
	}
}

package main

import (
	"image"
	"image/color"
	"math"
)

// shape is a sign that is drawn by hand: how much ink is at a point of the cell, 0 to 1.
type shape func(x, y float64) float64

// The middle of a cell, and how thick lines are.
const (
	middleX, middleY = cellWidth / 2.0, cellHeight / 2.0
	thin, thick      = 1.0, 2.0 // to each side
)

// drawn draws a sign by hand: lines, blocks and dots, which have to meet those of the next cell, and marks that the font
// does not have. It reports whether there is such a drawing.
func drawn(mask *image.Alpha, r rune) bool {
	s := shapeOf(r)
	if s == nil {
		return false
	}
	const fine = 4 // points to each side of a pixel
	for y := range cellHeight {
		for x := range cellWidth {
			ink := 0.0
			for i := range fine * fine {
				ink += s(float64(x)+(float64(i%fine)+0.5)/fine, float64(y)+(float64(i/fine)+0.5)/fine)
			}
			mask.SetAlpha(x, y, color.Alpha{A: uint8(ink / (fine * fine) * 255)})
		}
	}
	return true
}

// shapeOf returns the drawing of a rune, nil if there is none.
func shapeOf(r rune) shape {
	switch {
	case r >= '\u2800' && r <= '\u28ff':
		return braille(uint8(r - '\u2800'))
	case r >= '▁' && r <= '█':
		top := cellHeight * (1 - float64(r-'▁'+1)/8)
		return when(func(_, y float64) bool { return y >= top })
	case r >= '▉' && r <= '▏':
		left := cellWidth * (1 - float64(r-'█')/8)
		return when(func(x, _ float64) bool { return x < left })
	case r >= '░' && r <= '▓':
		share := float64(r-'░'+1) / 4
		return func(_, _ float64) float64 { return share }
	}
	for _, drawing := range []func(rune) shape{lineOf, ringOf, markOf} {
		if s := drawing(r); s != nil {
			return s
		}
	}
	return nil
}

// lineOf returns the drawing of a line.
func lineOf(r rune) shape {
	switch r {
	case '─':
		return when(func(_, y float64) bool { return math.Abs(y-middleY) < thin })
	case '╌':
		return when(func(x, y float64) bool { return math.Abs(y-middleY) < thin && math.Mod(x, middleX) > 1.5 })
	case '│':
		return when(func(x, _ float64) bool { return math.Abs(x-middleX) < thin })
	case '┃':
		return when(func(x, _ float64) bool { return math.Abs(x-middleX) < thick })
	case '▔':
		return when(func(_, y float64) bool { return y < cellHeight/8.0 })
	case '╭':
		return corner(1, 1)
	case '╮':
		return corner(-1, 1)
	case '╯':
		return corner(-1, -1)
	case '╰':
		return corner(1, -1)
	default:
		return nil
	}
}

// radius is how large a mark is: as a letter without ascender.
const radius = 4.6

// ringOf returns the drawing of a round mark.
func ringOf(r rune) shape {
	const ring = 1.6
	switch r {
	case '●':
		return when(func(x, y float64) bool { return fromMark(x, y) < radius })
	case '○':
		return when(func(x, y float64) bool { d := fromMark(x, y); return d < radius && d > radius-ring })
	case '◌':
		return when(func(x, y float64) bool {
			d := fromMark(x, y)
			return d < radius && d > radius-ring && math.Mod(turn(x, y)*8, 1) < 0.5
		})
	case '↻':
		return when(func(x, y float64) bool {
			d := fromMark(x, y)
			arrow := x > middleX+1 && y < markY-0.6 && x-middleX-1 > (markY-0.6-y)-3.4 && x-middleX < 5.2 && y > markY-4.6
			return arrow || d < radius && d > radius-ring && turn(x, y) > 0.02 && turn(x, y) < 0.82
		})
	default:
		return nil
	}
}

// markOf returns the drawing of a mark with corners.
func markOf(r rune) shape {
	switch r {
	case '‖':
		return when(func(x, y float64) bool {
			return math.Abs(math.Abs(x-middleX)-2.2) < 0.9 && math.Abs(y-markY) < radius+1
		})
	case '✖':
		return when(func(x, y float64) bool {
			dx, dy := math.Abs(x-middleX), math.Abs(y-markY)
			return math.Abs(dx-dy) < 2 && dx < radius && dy < radius
		})
	case '◂':
		return when(func(x, y float64) bool {
			return x > middleX-radius && x < middleX+radius && math.Abs(y-markY) < (x-middleX+radius)*0.5
		})
	case '▸', '▶':
		return when(func(x, y float64) bool {
			return x > middleX-radius && x < middleX+radius && math.Abs(y-markY) < (middleX+radius-x)*0.5
		})
	case '▲':
		return when(func(x, y float64) bool {
			return y > markY-radius && y < markY+radius && math.Abs(x-middleX) < (y-markY+radius)*0.6
		})
	default:
		return nil
	}
}

// markY is the height of the middle of a letter.
const markY = baseline - 5.5

func fromMark(x, y float64) float64 { return math.Hypot(x-middleX, y-markY) }

// turn is the direction from the middle of a mark, clockwise from the right, 0 to 1.
func turn(x, y float64) float64 {
	return math.Mod(math.Atan2(y-markY, x-middleX)/(2*math.Pi)+1, 1)
}

func when(inside func(x, y float64) bool) shape {
	return func(x, y float64) float64 {
		if inside(x, y) {
			return 1
		}
		return 0
	}
}

// corner is a rounded corner that opens to the right or left and down or up.
func corner(right, down float64) shape {
	const bend = middleX
	return when(func(x, y float64) bool {
		dx, dy := (x-middleX)*right, (y-middleY)*down
		switch {
		case dx < bend && dy < bend && dx > -thin && dy > -thin:
			d := math.Hypot(dx-bend, dy-bend)
			return math.Abs(d-bend) < thin
		case dy >= bend:
			return math.Abs(dx) < thin
		default:
			return dx >= bend && math.Abs(dy) < thin
		}
	})
}

// braille is the pattern of dots with these bits (Unicode, block 2800).
func braille(bits uint8) shape {
	places := [8][2]float64{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}
	const dot = 2.2
	return when(func(x, y float64) bool {
		for bit, place := range places {
			at := [2]float64{cellWidth * (place[0] + 0.5) / 2, cellHeight * (place[1] + 0.5) / 4}
			if bits&(1<<bit) != 0 && math.Hypot(x-at[0], y-at[1]) < dot {
				return true
			}
		}
		return false
	})
}

package ui

import (
	"strings"
	"unicode/utf8"

	"brink/ui/chart"
)

// Glyphs names the signs that the screen is made of.
type Glyphs string

// The sets of signs, finest first.
const (
	// GlyphsBraille draws charts in braille dots.
	GlyphsBraille Glyphs = "braille"
	// GlyphsBlocks draws charts in blocks, for fonts without braille.
	GlyphsBlocks Glyphs = "blocks"
	// GlyphsASCII keeps to ASCII everywhere, for terminals without UTF-8.
	GlyphsASCII Glyphs = "ascii"
)

// AllGlyphs returns every set of signs, the built-in one first.
func AllGlyphs() []Glyphs { return []Glyphs{GlyphsBraille, GlyphsBlocks, GlyphsASCII} }

// charts returns what charts are drawn with.
func (g Glyphs) charts() chart.Style {
	switch g {
	case GlyphsBlocks:
		return chart.Blocks
	case GlyphsASCII:
		return chart.ASCII
	default:
		return chart.Braille
	}
}

// asciiGlyph returns what stands for a sign of the given width in ASCII: one of
// its own for those that the screen is made of, question marks for others. A letter
// loses its accents where they are runes of their own.
func asciiGlyph(sign string, width int) string {
	if sign[0] < utf8.RuneSelf {
		return sign[:1]
	}
	r, _ := utf8.DecodeRuneInString(sign)
	if plain := asciiSign(r); plain != "" {
		return plain
	}
	return strings.Repeat("?", width)
}

// asciiSign returns the ASCII sign for one that the screen is made of; empty for
// others.
func asciiSign(r rune) string {
	switch r {
	case '╭', '╮', '╰', '╯':
		return "+"
	case '│', '┃', '▏', '·':
		return "|"
	case '─', '░':
		return "-"
	case '█':
		return "#"
	case '▓':
		return "%"
	case '▒':
		return "+"
	case '✖':
		return "X"
	case '▲':
		return "!"
	case '●':
		return "*"
	case '○':
		return "o"
	case '◌':
		return "?"
	case '‖':
		return "="
	case '↻':
		return "@"
	case '…':
		return "~"
	case '←', '◂':
		return "<"
	case '→', '▸', '▶':
		return ">"
	case '↑':
		return "^"
	case '↓':
		return "v"
	case '“', '”':
		return `"`
	default:
		return ""
	}
}

// asciiText returns text as it is drawn in ASCII.
func asciiText(text string) string {
	var plain strings.Builder
	for text != "" {
		shown, width, rest := glyph(text)
		if width > 0 {
			plain.WriteString(asciiGlyph(shown, width))
		}
		text = rest
	}
	return plain.String()
}

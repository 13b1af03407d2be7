package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Text that a container chose is measured, cut and drawn by one function, glyph,
// so that what is measured is what is drawn. It takes no escape sequence for what
// it is: ESC is a control character like any other, and the rest of the sequence
// is plain letters.
const (
	ellipsis = "…"
	// controlGlyph stands for a control character, as in collectors.Clean.
	controlGlyph = "·"
	// unsureGlyph stands for a rune that terminals do not agree about.
	unsureGlyph = "?"
	// maxMarks is how many runes a cluster may have: a letter with accents, not a
	// tower of a hundred of them.
	maxMarks = 4
)

// glyph takes the first character a person sees off text: what to draw for it,
// its width in columns (0: draw nothing) and the rest. Text must not be empty.
func glyph(text string) (shown string, width int, rest string) {
	if printable(text[0]) && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return text[:1], 1, text[1:]
	}
	first, size := utf8.DecodeRuneInString(text)
	if drawn(first) && (len(text) == size || text[size] < utf8.RuneSelf) {
		return text[:size], 1, text[size:]
	}
	cluster, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	rest = text[len(cluster):]
	switch {
	case first == utf8.RuneError && size <= 1:
		return "\uFFFD", 1, text[1:]
	case unicode.IsControl(first), first == '\u2028', first == '\u2029':
		return controlGlyph, 1, text[size:]
	case unicode.Is(unicode.Cf, first):
		return "", 0, text[size:]
	case width <= 0:
		return "", 0, rest
	case agreed(cluster, width):
		return cluster, width, rest
	default:
		shown, width = alone(text[:size])
		return shown, width, text[size:]
	}
}

// alone returns how to draw a rune without what is joined to it: what follows of
// its cluster is drawn by itself, or not at all if it is a mark.
func alone(r string) (shown string, width int) {
	if width = ansi.GraphemeWidth.StringWidth(r); width > 0 && agreed(r, width) {
		return r, width
	}
	return unsureGlyph, 1
}

// drawn reports whether a rune is one of the signs that the screen itself is made
// of: lines, blocks, dots and braille, all of width one. It saves segmenting them.
func drawn(r rune) bool {
	return r == '·' || r == '…' || r >= '─' && r <= '◼' || r >= '⠀' && r <= '⣿'
}

func printable(b byte) bool { return b >= ' ' && b <= '~' }

// agreed reports whether a cluster is harmless: few runes, none of them a control
// or invisible format character, and as wide to a terminal that adds up runes as
// to one that knows clusters. A disagreement would shift the rest of the line.
func agreed(cluster string, width int) bool {
	if utf8.RuneCountInString(cluster) > maxMarks || !utf8.ValidString(cluster) {
		return false
	}
	for _, r := range cluster {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return len(cluster) == 1 || ansi.WcWidth.StringWidth(cluster) == width
}

// textWidth returns how many columns text takes when it is drawn.
func textWidth(text string) int {
	total := 0
	for text != "" {
		_, width, rest := glyph(text)
		total, text = total+width, rest
	}
	return total
}

// cut shortens text to width columns; the last one is an ellipsis when something
// was left out.
func cut(text string, width int) string {
	if width <= 0 {
		return ""
	}
	used, fits, rest := 0, 0, text
	for rest != "" {
		_, w, after := glyph(rest)
		if used+w > width {
			return text[:fits] + ellipsis
		}
		if used += w; used <= width-1 {
			fits = len(text) - len(after)
		}
		rest = after
	}
	return text
}

// cutPath shortens a path to width columns by what stands in its middle: its last
// part tells it from others, and the beginning of that part more than its end.
func cutPath(path string, width int) string {
	at := strings.LastIndexByte(path, '/')
	if textWidth(path) <= width || at < 0 || width < 1 {
		return cut(path, width)
	}
	const least = len("cgroup:")
	last := cut(path[at:], max(width-1-min(least, width/5), 0))
	return head(path[:at], width-1-textWidth(last)) + ellipsis + last
}

// head returns the beginning of text, as much as fits into width columns.
func head(text string, width int) string {
	used, rest := 0, text
	for rest != "" {
		_, w, after := glyph(rest)
		if used += w; used > width {
			break
		}
		rest = after
	}
	return text[:len(text)-len(rest)]
}

// wrap breaks text into lines of at most width columns, at blanks where it can.
// Continued lines are indented; there are at most limit lines, the last one cut.
func wrap(text string, width, indent, limit int) []string {
	var lines []string
	for text = strings.TrimSpace(text); text != ""; {
		prefix := ""
		if len(lines) > 0 {
			prefix = blanks(min(indent, max(width-2, 0)))
		}
		if len(lines) == limit-1 {
			return append(lines, cut(prefix+text, width))
		}
		line, rest := breakLine(text, max(width-len(prefix), 1))
		lines, text = append(lines, prefix+line), rest
	}
	return lines
}

// breakLine splits text after the last word that fits, or inside a word that is
// longer than a line.
func breakLine(text string, width int) (line, rest string) {
	used, blank, after := 0, -1, text
	for after != "" {
		_, w, next := glyph(after)
		here := len(text) - len(after)
		if used+w > width {
			if blank > 0 {
				here = blank
			}
			if here == 0 {
				here = len(after) - len(next)
			}
			return text[:here], strings.TrimLeft(text[here:], " ")
		}
		used, after = used+w, next
		if after != "" && after[0] == ' ' {
			blank = len(text) - len(after)
		}
	}
	return text, ""
}

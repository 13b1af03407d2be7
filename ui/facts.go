package ui

import (
	"image"

	"brink/alerts"
)

// fact is one number of a zoomed panel: what it is, the number, and what else there
// is to say of it. A fact without a number is words.
type fact struct {
	name  string
	value string
	note  string
	tone  alerts.Severity
}

// factGroup is what belongs together, below one heading.
type factGroup struct {
	title string
	facts []fact
}

// factLine is one line of a column: a heading, a fact, or nothing.
type factLine struct {
	heading string
	fact    *fact
}

// Columns of a fact: its name, its number, and the note after it.
const (
	factName  = len("cannot be freed ")
	factMark  = 2
	factValue = factMark + len("1023 MiB/s")
	factNote  = len(" all 100%")
	factWidth = factName + factValue + factNote
	factGap   = 2
)

// factGrid lays groups out side by side, each below the shortest column so far, in
// as many columns as a width has room for.
func factGrid(groups []factGroup, width int) [][]factLine {
	columns := min(max((width+factGap)/(factWidth+factGap), 1), max(len(groups), 1))
	grid := make([][]factLine, columns)
	for i := range groups {
		at := 0
		for column := range grid {
			if len(grid[column]) < len(grid[at]) {
				at = column
			}
		}
		grid[at] = groups[i].appendTo(grid[at])
	}
	return grid
}

// appendTo adds the lines of a group to a column, after a blank one.
func (g factGroup) appendTo(column []factLine) []factLine {
	if len(column) > 0 {
		column = append(column, factLine{})
	}
	column = append(column, factLine{heading: g.title})
	for i := range g.facts {
		column = append(column, factLine{fact: &g.facts[i]})
	}
	return column
}

// factList is a list of facts that can be scrolled.
func factList(groups []factGroup, width int) list {
	grid := factGrid(groups, width)
	count := 0
	for _, column := range grid {
		count = max(count, len(column))
	}
	return list{count: count, draw: func(p pen, y, i int) { drawFactLine(p, y, grid, i) }}
}

// drawFactLine draws one line of all columns.
func drawFactLine(p pen, y int, grid [][]factLine, i int) {
	step := (p.width() + factGap) / len(grid)
	for column := range grid {
		if i >= len(grid[column]) {
			continue
		}
		cell := image.Rect(column*step, y, min((column+1)*step-factGap, p.width()), y+1).Add(p.area.Min)
		grid[column][i].draw(p.in(cell))
	}
}

func (l factLine) draw(p pen) {
	switch {
	case l.fact != nil:
		l.fact.draw(p)
	default:
		p.text(0, 0, cut(l.heading, p.width()), roleTitle)
	}
}

// draw writes the name, and the number so that numbers end in one line, coloured and
// marked by the alert about it.
func (f *fact) draw(p pen) {
	name := min(factName, max(p.width()-factValue, 0))
	p.text(0, 0, cut(f.name, name-1), roleMuted)
	look, mark := roleText, ""
	if f.tone > alerts.SeverityNone {
		look, mark = severityRole(f.tone), severityMark(f.tone)
	}
	if f.value == "" {
		p.text(name, 0, cut(f.note, p.width()-name), roleText)
		return
	}
	p.text(name, 0, mark, look)
	x := p.text(name+factMark, 0, left(f.value, factValue-factMark), look)
	p.text(x+1, 0, cut(f.note, p.width()-x-1), roleMuted)
}

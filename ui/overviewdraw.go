package ui

import (
	"image"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// overviewArea is where the table goes: the body, and the line of the tabs, whose
// names are in the table.
func (l Layout) overviewArea() image.Rectangle { return l.Tabs.Union(l.Body) }

// overviewInside is the table without its frame.
func (m Model) overviewInside() image.Rectangle {
	l := m.layout()
	p := pen{area: l.overviewArea()}
	if l.Stacked {
		return p.rows(1, p.height()-1).indent(boxPadding).area
	}
	return p.rows(1, p.height()-2).indent(boxSide + boxPadding).area
}

// overviewHeight is how many rows are on the screen below the titles.
func (m Model) overviewHeight() int { return m.overviewInside().Dy() - 1 }

// drawFleet draws the screen that has the table on it, in place of the panels.
func (m Model) drawFleet(p pen, s *scene, l Layout) {
	rows := m.allRows()
	s.drawOverviewHeader(p.in(l.Header), rows)
	m.drawFooter(p.in(l.Footer), s)
	if len(s.news) > 0 {
		s.drawNews(p.in(l.news()))
	}
	if m.nav.help {
		m.drawHelp(p.in(l.Body), m.options.Version)
		return
	}
	m.drawOverview(p.in(l.overviewArea()), rows)
}

// drawOverview draws the table of all containers.
func (m Model) drawOverview(p pen, rows []overviewRow) {
	all, columns := len(rows), columnsFor(m.overviewInside().Dx(), m.fields, rows)
	rows = m.ordered(rows)
	view := &m.nav.overview
	at := view.place(rows)
	first := view.first(len(rows), at, m.overviewHeight())
	t := m.overviewTitle(len(rows), all, first)
	inner := p.ruledOrBox(m.layout().Stacked, t)
	if len(rows) == 0 {
		inner.text(0, 0, cut("no container has "+view.filter.quoted()+" in its name, image, state or alert", inner.width()), roleMuted)
		return
	}
	m.drawTitles(inner, columns, all)
	for y := 1; y < inner.height() && first+y-1 < len(rows); y++ {
		m.drawOverviewRow(inner.rows(y, 1), columns, &rows[first+y-1], first+y-1 == at, all)
	}
}

func (p pen) ruledOrBox(ruled bool, t title) pen {
	if ruled {
		return p.ruled(t)
	}
	return p.box(t)
}

// overviewTitle says what is filtered, and which rows are on the screen.
func (m Model) overviewTitle(count, all, first int) title {
	view := &m.nav.overview
	t := title{name: "Containers", factRole: roleMuted, focused: true}
	switch {
	case view.filter.typing:
		t.name = view.filter.prompt(m.overviewInside().Dx() - countsWidth)
	case view.filter.text != "":
		t.name = "Containers with " + view.filter.quoted()
	}
	height := m.overviewHeight()
	switch {
	case count > height:
		t.fact = span(first+1, first+height, count)
	case count < all:
		t.fact = number(count) + " of " + number(all)
	}
	return t
}

// countsWidth is what a title needs for how many of a list are shown.
const countsWidth = len("100-110 of 200") + 2

// drawTitles draws the headings; that of the order has an arrow.
func (m Model) drawTitles(p pen, columns []column, all int) {
	p.text(0, 0, left("#", numberWidth(all)-columnGap), roleMuted)
	for _, c := range columns {
		text, look, x := m.columnTitle(c), roleMuted, c.x
		if c.field == m.nav.overview.sort {
			look = roleStrong
		}
		if m.rightAligned(c.field) {
			text = left(text, c.width)
		} else if c.field == FieldState {
			x++
		}
		p.text(x, 0, cut(text, c.width), look)
		if c.field != columnHistory {
			p.in(p.line(c.x, c.x+c.width, 0)).spot(spot{kind: spotColumn, at: int(c.field)})
		}
	}
}

func (m Model) columnTitle(c column) string {
	view := &m.nav.overview
	switch {
	case c.field == columnHistory:
		return m.overviewHistory().name + " " + units(chartSpan, time.Minute) + " MIN"
	case c.field != view.sort:
		return m.fields[c.field].Title
	case view.reversed:
		return m.fields[c.field].Title + "↑"
	default:
		return m.fields[c.field].Title + "↓"
	}
}

// rightAligned reports whether a column has numbers, which end in one line.
func (m Model) rightAligned(id FieldID) bool {
	return id != columnHistory && m.fields[id].Unit != UnitWords
}

// drawOverviewRow draws one container: how it stands, its number, and its columns.
func (m Model) drawOverviewRow(p pen, columns []column, row *overviewRow, marked bool, all int) {
	p = p.dimmed(row.dim() || m.ended)
	p.spot(spot{kind: spotRow, at: row.number - 1})
	mark, look := subject{sample: row.Sample, waiting: row.Waiting}.stateMark(), roleMuted
	if len(row.Alerts) > 0 {
		mark, look = severityMark(row.Alerts[0].Severity), severityRole(row.Alerts[0].Severity)
	}
	if row.unkept() {
		mark = "?"
	}
	p.text(0, 0, mark, look)
	name := roleStrong
	if marked {
		name = roleSelected
	}
	p.text(markWidth, 0, left(number(row.number), len(number(all))), roleMuted)
	for _, c := range columns {
		switch cell := p.in(p.line(c.x, c.x+c.width, 0)); c.field {
		case FieldName:
			cell.text(0, 0, right(cutPath(row.title(), c.width), c.width), name)
		case FieldAlert:
			cell.text(0, 0, cut(m.fields[FieldAlert].Text(row.Row), c.width), look)
		case columnHistory:
			m.drawRowHistory(cell, row)
		default:
			m.drawCell(cell, &m.fields[c.field], row)
		}
	}
}

// drawCell draws one value, behind the mark of an alert about it.
func (m Model) drawCell(p pen, f *Field, row *overviewRow) {
	tone, text := f.tone(row.Row), cut(f.Cell(row.Row), p.width()-1)
	look := severityRole(tone)
	x := 1
	if f.Unit != UnitWords {
		x = max(p.width()-textWidth(text), 1)
	}
	if text == absent {
		look = roleMuted
	}
	if tone > alerts.SeverityInfo {
		p.text(x-1, 0, severityMark(tone), look)
	}
	p.text(x, 0, text, look)
}

// rowHistory is what the history in each row shows, of which whole; zero is none.
type rowHistory struct {
	name   string
	series series
	whole  func(*collectors.ContainerSample) float64
}

// overviewHistory returns the history of what the rows are ordered by, or else of
// memory, of its limit.
func (m Model) overviewHistory() rowHistory {
	switch m.nav.overview.sort {
	case FieldCPUShare, FieldCores:
		return rowHistory{"CPU", seriesCores, func(c *collectors.ContainerSample) float64 { return float64(c.CPU.Limit.Value().Or(0)) }}
	case FieldThrottled:
		return rowHistory{"THROT", seriesThrottled, func(*collectors.ContainerSample) float64 { return 1 }}
	case FieldPidsShare, FieldTasks:
		return rowHistory{"PIDS", seriesPids, func(c *collectors.ContainerSample) float64 { return float64(c.Pids.Limit.Value().Or(0)) }}
	default:
		return rowHistory{"MEM", seriesUnreclaimable, func(c *collectors.ContainerSample) float64 { return float64(c.Memory.Limit.Value().Or(0)) }}
	}
}

// drawRowHistory draws the last minutes of one container as a line of blocks, of its
// limit, or where nothing limits of its own highest level.
func (m Model) drawRowHistory(p pen, row *overviewRow) {
	t, known := m.tracks[row.name]
	if !known || row.unkept() {
		return
	}
	shown := m.overviewHistory()
	scr := p.screen
	w := t.history.windowAt(m.shown.Snapshot.At, scr.charts.Columns(p.width()), chartSpan)
	scr.area = t.history.fill(w, shown.series, scr.area)
	if m.walk.on() && t.history.slotOf(m.walk.at) < (w.last+1)*w.perBin-1 {
		scr.area[len(scr.area)-1] = chart.Gap() // Part of it has not come yet.
	}
	top := shown.whole(row.values())
	if top <= 0 {
		top = roundUp(highest(scr.area))
	}
	for i := range scr.area {
		scr.area[i] /= top
	}
	scr.grid.Reset(p.width(), 1)
	chart.Lane(scr.charts, scr.area, scr.grid.Line(0))
	p.cells(0, 0, scr.grid.Line(0), chartRole)
}

package ui

import (
	"image"
	"slices"

	"brink/alerts"
	"brink/ui/chart"
	"brink/ui/paint"
)

// screen is the one cell buffer into which everything is drawn, with the scratch
// memory of the charts. It is kept from frame to frame, and every View draws all
// of it anew, so it holds no state.
type screen struct {
	cells paint.Buffer
	// looks are the theme's styles in the order of the roles: a cell's look is a role.
	looks *paint.Looks
	theme *theme
	// charts is what charts are drawn with, ascii whether all else keeps to ASCII.
	charts chart.Style
	ascii  bool
	grid   chart.Grid
	area   []float64
	line   []float64
	marks  []chart.Mark
	// spots are the places of the last drawing that mean something to a click.
	spots []spot
}

func newScreen(glyphs Glyphs) *screen {
	return &screen{charts: glyphs.charts(), ascii: glyphs == GlyphsASCII}
}

// begin clears the buffer and returns a pen for all of it.
func (s *screen) begin(width, height int, look *theme) pen {
	s.use(look)
	s.cells.Resize(width, height)
	s.spots = s.spots[:0]
	return pen{screen: s, area: image.Rect(0, 0, width, height)}
}

// use makes a theme the screen's.
func (s *screen) use(look *theme) {
	if s.theme == look {
		return
	}
	s.theme, s.looks = look, paint.NewLooks(look[:])
}

// pen draws into one rectangle of the screen and cannot leave it. Coordinates
// count from the rectangle's upper left corner.
type pen struct {
	screen *screen
	area   image.Rectangle
	// dim draws values muted: they are not of now.
	dim bool
}

func (p pen) width() int  { return p.area.Dx() }
func (p pen) height() int { return p.area.Dy() }

// in returns a pen for a rectangle given in the screen's coordinates.
func (p pen) in(area image.Rectangle) pen {
	p.area = area.Intersect(p.area)
	return p
}

// rows returns a pen for count lines from line y on.
func (p pen) rows(y, count int) pen {
	r := p.area
	r.Min.Y += y
	r.Max.Y = r.Min.Y + count
	return p.in(r)
}

// indent returns a pen that is narrower by n columns on both sides.
func (p pen) indent(n int) pen {
	p.area.Min.X += n
	p.area.Max.X = max(p.area.Max.X-n, p.area.Min.X)
	return p
}

// dimmed returns a pen that draws values muted.
func (p pen) dimmed(dim bool) pen {
	p.dim = p.dim || dim
	return p
}

// look returns the look of a role. Severities keep their colour when dimmed, and
// so do borders and titles: they are of now even where the values are not.
func (p pen) look(r role) paint.Look {
	if p.dim {
		switch r {
		case roleText, roleStrong, roleLevel, roleAnon, roleTmpfs, roleKernel, roleCache, roleBehind:
			return paint.Look(roleMuted)
		default:
		}
	}
	return paint.Look(r)
}

// text draws text from column x of line y on, as far as the rectangle goes, and
// returns the column after it. It is the only way in which text gets onto the
// screen; glyph sees to it that only visible characters do.
func (p pen) text(x, y int, text string, r role) int {
	if y < 0 || y >= p.height() {
		return x
	}
	look := p.look(r)
	for text != "" {
		var shown string
		var width int
		shown, width, text = glyph(text)
		if width == 0 {
			continue
		}
		if x < 0 || x+width > p.width() {
			return x
		}
		p.set(x, y, shown, width, look)
		x += width
	}
	return x
}

// set puts a character into a cell of the rectangle, or a sign of ASCII for it.
func (p pen) set(x, y int, text string, width int, look paint.Look) {
	if p.screen.ascii {
		text = asciiGlyph(text, width)
	}
	p.screen.cells.Set(p.area.Min.X+x, p.area.Min.Y+y, paint.Cell{Text: text, Width: uint8(width), Look: look})
}

// clear blanks the rectangle.
func (p pen) clear() {
	for y := range p.height() {
		for x := range p.width() {
			p.screen.cells.Blank(p.area.Min.X+x, p.area.Min.Y+y)
		}
	}
}

// fill gives line y one look from end to end.
func (p pen) fill(y int, r role) {
	look := p.look(r)
	for x := range p.width() {
		p.set(x, y, " ", 1, look)
	}
}

// cells draws a line of chart cells from column x of line y on.
func (p pen) cells(x, y int, line []chart.Cell, ink func(chart.Ink) role) {
	if y < 0 || y >= p.height() {
		return
	}
	for i := range line {
		if line[i].Ink == chart.InkNone || x+i < 0 || x+i >= p.width() {
			continue
		}
		p.set(x+i, y, line[i].Glyph, 1, p.look(ink(line[i].Ink)))
	}
}

// rule fills line y from column x to the column before end with a line.
func (p pen) rule(x, end, y int, r role) {
	look := p.look(r)
	for end = min(end, p.width()); x < end; x++ {
		p.set(x, y, "─", 1, look)
	}
}

// field is one fact of a line: a value between the words that explain it, behind
// a mark where there is one. A field without a value is not drawn.
type field struct {
	mark   string
	before string
	value  string
	after  string
	// role is the look of mark and value; the words are muted.
	role role
	// rank is the order of sacrifice: where not all fit, the highest goes first.
	rank int
}

// width returns how many columns the field takes.
func (f field) width() int {
	if f.value == "" {
		return 0
	}
	return f.markWidth() + textWidth(f.before) + textWidth(f.value) + textWidth(f.after)
}

// markWidth is the mark and the blank after it.
func (f field) markWidth() int {
	if f.mark == "" {
		return 0
	}
	return textWidth(f.mark) + 1
}

// toned gives a field the mark and the colour of an alert about it.
func (f field) toned(tone alerts.Severity) field {
	if tone > alerts.SeverityNone {
		f.role = severityRole(tone)
	}
	if tone > alerts.SeverityInfo {
		f.mark = severityMark(tone)
	}
	return f
}

// flow shares fields out to lines of width columns, in their order, as many to a
// line as fit. A field without a value is left out.
func flow(list []field, width int) [][]field {
	gap := textWidth(separator)
	var lines [][]field
	start, used := 0, 0
	kept := slices.DeleteFunc(list, func(f field) bool { return f.value == "" })
	for i, f := range kept {
		next := f.width()
		if i > start && used+gap+next > width {
			lines, start, used = append(lines, kept[start:i]), i, next
			continue
		}
		if i > start {
			used += gap
		}
		used += next
	}
	return append(lines, kept[start:])
}

// separator stands between the fields of a line.
const separator = " · "

// fields draws as many fields as fit into line y from column x up to the column
// before end, in their order, dropping those that matter least; a single one that
// is too long is cut.
func (p pen) fields(x, end, y int, list ...field) {
	p.in(p.line(x, end, y)).spaced(separator, list...)
}

// line returns the rectangle of line y from column x to the column before end.
func (p pen) line(x, end, y int) image.Rectangle {
	return image.Rect(x, y, max(end, x), y+1).Add(p.area.Min)
}

// spaced draws fields into the first line with any text between them, and returns
// the column after the last.
func (p pen) spaced(between string, list ...field) int {
	gap := textWidth(between)
	dropped := dropRank(list, gap, p.width())
	x := 0
	for _, f := range list {
		if f.rank >= dropped || f.value == "" {
			continue
		}
		if x > 0 {
			x = p.text(x, 0, between, roleMuted)
		}
		x = p.field(x, f)
	}
	return x
}

// field draws one field from column x of the first line on, cut at the end of it,
// and returns the column after it.
func (p pen) field(x int, f field) int {
	if f.mark != "" {
		x = p.text(x, 0, f.mark, f.role) + 1
		f.mark = ""
	}
	if room := p.width() - x; f.width() > room {
		f.before = cut(f.before, room)
		f.value = cut(f.value, room-textWidth(f.before))
		f.after = cut(f.after, room-textWidth(f.before)-textWidth(f.value))
	}
	x = p.text(x, 0, f.before, roleMuted)
	x = p.text(x, 0, f.value, f.role)
	return p.text(x, 0, f.after, roleMuted)
}

// fieldsWidth returns the width of the fields whose rank is below dropped, with
// gap columns between them.
func fieldsWidth(list []field, gap, dropped int) int {
	total := 0
	for _, f := range list {
		width := f.width()
		if f.rank >= dropped || width == 0 {
			continue
		}
		if total > 0 {
			total += gap
		}
		total += width
	}
	return total
}

// dropRank returns the rank from which on fields must go so that the rest fits
// into width. Rank 0 always stays.
func dropRank(list []field, gap, width int) int {
	highest := 0
	for _, f := range list {
		highest = max(highest, f.rank)
	}
	for dropped := highest + 1; dropped > 1; dropped-- {
		if fieldsWidth(list, gap, dropped) <= width {
			return dropped
		}
	}
	return 1
}

package report

import (
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText writes the report for a terminal or a mail, in lines of at most width
// columns where its words allow that; zero or less never breaks a line.
func (r Report) WriteText(w io.Writer, width int) error {
	t := textPage{width: width}
	p := r.page()
	t.heading(p.title, "=")
	for _, b := range p.blocks {
		t.block(b)
	}
	_, err := io.WriteString(w, t.text.String())
	return err
}

// textPage is a page while it is written as text.
type textPage struct {
	text  strings.Builder
	width int
}

func (t *textPage) line(text string) { t.text.WriteString(strings.TrimRight(text, " ") + "\n") }

func (t *textPage) heading(title, rule string) {
	t.line(title)
	t.line(strings.Repeat(rule, utf8.RuneCountInString(title)))
}

func (t *textPage) block(b block) {
	switch {
	case b.chapter:
		t.line("")
		t.heading(b.title, "-")
	case b.title != "":
		t.line("")
		t.line(b.title)
	}
	t.items(b.items)
	t.table(b.table)
	t.items(b.notes)
}

// The columns by which text stands in from the left.
const (
	indent = 2
	deeper = 4
)

func (t *textPage) items(items []item) {
	for _, i := range items {
		t.wrapped(strings.Repeat(" ", indent), i.text)
		for _, text := range i.under {
			t.wrapped(strings.Repeat(" ", deeper), text)
		}
	}
}

// wrapped writes text behind a beginning; where it does not fit into one line, the
// others stand in under it.
func (t *textPage) wrapped(begin, text string) {
	hang := strings.Repeat(" ", utf8.RuneCountInString(begin))
	room := 0
	if t.width > 0 {
		room = max(t.width-len(hang), narrowest)
	}
	for i, line := range wrap(text, room) {
		if i > 0 {
			begin = hang
		}
		t.line(begin + line)
	}
}

// narrowest is the least width that text is broken to; below it, lines are longer
// than was asked for.
const narrowest = 20

// glued reports whether a word is a unit, which does not begin a line.
func glued(word string) bool {
	switch strings.Trim(word, ",;.:)") {
	case "B", "KiB", "MiB", "GiB", "TiB", "s", "%", "cores":
		return true
	default:
		return false
	}
}

// glue joins units to the numbers before them.
func glue(words []string) []string {
	var joined []string
	for _, word := range words {
		if n := len(joined); n > 0 && glued(word) {
			joined[n-1] += " " + word
		} else {
			joined = append(joined, word)
		}
	}
	return joined
}

// wrap breaks text at blanks, unless width is zero. A word that is too long stays whole: it may be a path
// that somebody wants to copy.
func wrap(text string, width int) []string {
	if width == 0 {
		return []string{text}
	}
	var lines []string
	line, length := "", 0
	for _, word := range glue(strings.Split(text, " ")) {
		size := utf8.RuneCountInString(word)
		if length > 0 && length+1+size > width {
			lines, line, length = append(lines, line), word, size
			continue
		}
		if length > 0 {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+size
	}
	return append(lines, line)
}

// table aligns its columns; the last one is broken where it does not fit.
func (t *textPage) table(table table) {
	if len(table.rows) == 0 {
		return
	}
	rows := append([][]string{table.head}, table.rows...)
	widths := make([]int, len(table.head))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		last := len(row) - 1
		t.wrapped(aligned(row[:last], widths), row[last])
	}
}

// aligned writes cells in columns of these widths.
func aligned(cells []string, widths []int) string {
	var line strings.Builder
	line.WriteString(strings.Repeat(" ", indent))
	for i, cell := range cells {
		line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+indent))
	}
	return line.String()
}

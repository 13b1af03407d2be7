package report

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteMarkdown writes the report for a ticket, in the Markdown of GitHub and GitLab.
// Whatever has a meaning there is escaped: a process may be called |@team`.
func (r Report) WriteMarkdown(w io.Writer) error {
	var text strings.Builder
	p := r.page()
	text.WriteString("# " + escape(p.title) + "\n")
	for _, b := range p.blocks {
		writeBlock(&text, b)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func writeBlock(text *strings.Builder, b block) {
	switch {
	case b.chapter:
		text.WriteString("\n## " + escape(b.title) + "\n")
	case b.title != "":
		text.WriteString("\n### " + escape(b.title) + "\n")
	}
	writeItems(text, b.items)
	writeTable(text, b.table)
	writeItems(text, b.notes)
}

func writeItems(text *strings.Builder, items []item) {
	if len(items) > 0 {
		text.WriteString("\n")
	}
	for _, i := range items {
		text.WriteString("- " + escape(i.text) + "\n")
		for _, under := range i.under {
			text.WriteString("  - " + escape(under) + "\n")
		}
	}
}

func writeTable(text *strings.Builder, t table) {
	if len(t.rows) == 0 {
		return
	}
	rule := make([]string, len(t.head))
	for i := range rule {
		rule[i] = "---"
	}
	text.WriteString("\n")
	writeCells(text, t.head)
	text.WriteString("| " + strings.Join(rule, " | ") + " |\n")
	for _, row := range t.rows {
		writeCells(text, row)
	}
}

func writeCells(text *strings.Builder, cells []string) {
	for _, cell := range cells {
		text.WriteString("| " + escape(cell) + " ")
	}
	text.WriteString("|\n")
}

// escape makes text mean itself. A mention is broken by a comment, since a backslash
// does not keep GitHub from telling the team; a line cannot be broken at all.
func escape(text string) string {
	var out strings.Builder
	before := ' '
	for at, r := range text {
		switch {
		case r == '\n' || r == '\r':
			r = ' '
		case r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before):
			out.WriteString("@<!-- -->")
			before = r
			continue
		case strings.ContainsRune("\\`*_{}[]<>#|~!&$", r),
			at == 0 && (r == '-' || r == '+') && marks(text[1:]):
			out.WriteByte('\\')
		case (r == '.' || r == ')') && numbered(text[:at]) && marks(text[at+1:]):
			out.WriteByte('\\')
		case r == ':' && strings.HasPrefix(text[at:], "://"):
			// An address does not become a link.
			out.WriteString(":<!-- -->")
			before = r
			continue
		}
		out.WriteRune(r)
		before = r
	}
	return out.String()
}

// marks reports whether what stands before text begins a list: a blank follows, or
// nothing.
func marks(text string) bool { return text == "" || text[0] == ' ' }

// numbered reports whether text is a number, after which a point makes a list.
func numbered(text string) bool {
	return text != "" && utf8.RuneCountInString(text) < 10 && strings.Trim(text, "0123456789") == ""
}

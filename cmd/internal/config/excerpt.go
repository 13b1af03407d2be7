package config

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"brink/collectors"
)

// excerptWidth is how many characters of a long line are shown.
const excerptWidth = 100

// excerpt is the line of the document around a span, and the mark below it.
type excerpt struct {
	// column counts from 1, in characters.
	column     int
	text, mark string
}

// excerptOf cuts the line of a span out of the document. What is secret, or may
// be, is masked before anything is cut, so that no part of it can slip through.
func excerptOf(data []byte, at span) excerpt {
	start := min(at.start, len(data))
	first := bytes.LastIndexByte(data[:start], '\n') + 1
	last := len(data)
	if i := bytes.IndexByte(data[start:], '\n'); i >= 0 {
		last = start + i
	}
	line := strings.TrimSuffix(string(data[first:last]), "\r")
	before := min(start-first, len(line))
	e := excerpt{column: utf8.RuneCountInString(line[:before]) + 1}
	if strings.TrimSpace(line) != "" {
		until := max(min(at.end-first, len(line)), before)
		e.text, e.mark = marked(line, before, until)
	}
	return e
}

// marked cleans the line and points at the bytes from start to end of it. Each of
// the three parts is masked by what is secret in the whole line.
func marked(line string, start, end int) (text, mark string) {
	if hidden := secretStart(line); hidden < len(line) {
		line = line[:hidden] + mask
		start = min(start, hidden)
		if end > hidden {
			end = len(line)
		}
	}
	from := max(0, start-excerptWidth/2)
	for from > 0 && !utf8.RuneStart(line[from]) {
		from--
	}
	head := show(line[from:start])
	if from > 0 {
		head = "…" + head
	}
	hit := show(line[start:end])
	room := max(excerptWidth-utf8.RuneCountInString(head), excerptWidth/4)
	text = collectors.Clean(head+hit+show(line[end:]), utf8.RuneCountInString(head)+room)
	width := min(max(ansi.StringWidth(hit), 1), max(ansi.StringWidth(text)-ansi.StringWidth(head), 1))
	return text, strings.Repeat(" ", ansi.StringWidth(head)) + "^" + strings.Repeat("~", width-1)
}

// show makes a part of a line printable. A tab becomes a blank, so that the mark
// stands below what it marks whatever the width of a tab is.
func show(part string) string {
	return collectors.Clean(strings.ReplaceAll(part, "\t", " "), len(part)+1)
}

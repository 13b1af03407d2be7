package config

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"brink/collectors"
)

// document is a file under the eyes of the parser: its values with their places,
// and what is wrong with it. go-toml's decoder knows the place of an unknown key
// and of the first wrong type, and forgets all others; its parser knows all.
type document struct {
	name   string
	data   []byte
	root   *table
	faults Faults
	// breaks are the offsets of the line breaks.
	breaks []int
}

// newDocument parses data. What could be parsed is in the tree even when there
// are faults, so that the faults of its meaning can be told with them.
func newDocument(name string, data []byte) *document {
	d := &document{name: name, data: data, root: newTable(span{})}
	for i, c := range data {
		if c == '\n' {
			d.breaks = append(d.breaks, i)
		}
	}
	builder := builder{document: d, current: d.root}
	for rest := data; rest != nil; {
		rest = builder.parse(rest)
	}
	if len(d.faults) == 0 {
		d.consult()
	}
	return d
}

// enough bounds the faults that are collected; see mostFaults.
const enough = 4 * mostFaults

// fault notes that something is wrong at a place.
func (d *document) fault(at span, message, hint string) {
	if len(d.faults) >= enough {
		return
	}
	e := excerptOf(d.data, at)
	d.faults = append(d.faults, Fault{
		File: d.name, Line: d.line(at.start), Column: e.column, Text: e.text, mark: e.mark,
		Message: clean(message), Hint: collectors.Clean(hint, longestText),
	})
}

// clean keeps a message to one line without secrets: it may quote a key, and a key
// can be anything.
func clean(message string) string {
	if start := secretStart(message); start < len(message) {
		message = message[:start] + mask
	}
	return collectors.Clean(message, longestText)
}

// longestText bounds a message and a hint; the longest lists every metric.
const longestText = 400

// origin is the place of a span as the origin of a setting.
func (d *document) origin(at span) Origin {
	return Origin{File: d.name, Line: d.line(at.start)}
}

// line is the number of the line that an offset is in.
func (d *document) line(offset int) int {
	before, _ := slices.BinarySearch(d.breaks, offset)
	return before + 1
}

// highlight turns a piece of the document into its place. A slice of a slice ends
// where the capacity of the whole does.
func (d *document) highlight(piece []byte) span {
	start := cap(d.data) - cap(piece)
	if start < 0 || start+len(piece) > len(d.data) {
		return span{}
	}
	return span{start, start + len(piece)}
}

func (d *document) lineOf(at span) string {
	first := bytes.LastIndexByte(d.data[:at.start], '\n') + 1
	line, _, _ := bytes.Cut(d.data[first:], []byte("\n"))
	return string(line)
}

// resume finds the line to go on with after a syntax error. It skips what looks
// like the rest of a broken value, which would only give faults that are none.
// After a broken header it skips the table: its keys belong to nothing known.
func (d *document) resume(at span) []byte {
	next := regexp.MustCompile(`(?m)^[ \t]*(?:\[\[?[^\]\n,]+\]\]?[ \t]*(?:#.*)?\r?$|[A-Za-z0-9_.-]+[ \t]*=)`)
	if strings.HasPrefix(strings.TrimSpace(d.lineOf(at)), "[") {
		next = regexp.MustCompile(`(?m)^[ \t]*\[\[?[^\]\n,]+\]\]?[ \t]*(?:#.*)?\r?$`)
	}
	rest := d.data[at.start:]
	end := bytes.IndexByte(rest, '\n')
	if end < 0 || len(d.faults) >= enough {
		return nil
	}
	rest = rest[end+1:]
	if found := next.FindIndex(rest); found != nil {
		return rest[found[0]:]
	}
	return nil
}

// syntaxHint guesses what was meant by a line that cannot be parsed.
func syntaxHint(line string) string {
	if strings.HasPrefix(line, "\ufeff") {
		return "the file begins with a byte order mark: save it as UTF-8 without one"
	}
	bare := regexp.MustCompile(`^\s*[A-Za-z0-9_.-]+\s*=\s*([^"'\s\[{#][^"'\s#]*)\s*(#.*)?$`).FindStringSubmatch(strings.TrimSuffix(line, "\r"))
	if bare == nil || secretStart(line) < len(line) || strings.Trim(bare[1], "0123456789+-_.") == "" {
		return ""
	}
	return `words, durations and percentages are written in quotes: "` + bare[1] + `"`
}

// consult asks go-toml itself whether the document is TOML. The tree is built by
// the rules that matter for a good message; this is the authority for the others
// (numbers with a leading zero, dates that do not exist, tables that are extended
// in the wrong place).
func (d *document) consult() {
	var whole map[string]any
	var err *toml.DecodeError
	if !errors.As(toml.Unmarshal(d.data, &whole), &err) {
		return
	}
	line, column := err.Position()
	start := d.offset(line, column)
	d.fault(span{start, start}, strings.TrimPrefix(err.Error(), "toml: "), "")
}

// offset finds the byte of a line and column in bytes.
func (d *document) offset(line, column int) int {
	start := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(d.data[start:], '\n')
		if next < 0 {
			break
		}
		start += next + 1
	}
	return min(start+max(column-1, 0), len(d.data))
}

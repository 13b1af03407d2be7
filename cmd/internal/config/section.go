package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// section reads a table. The keys that it was asked for are the keys that it
// knows: what else is in the table is at fault when the section is closed.
type section struct {
	*document
	table *table
	// name is the section as it stands in the file, as "[sink.phone]".
	name  string
	asked []string
}

// section opens a table below this one; nil when it is not there or not a table.
func (s *section) section(key string) *section {
	n := s.take(key)
	if n == nil {
		return nil
	}
	return s.document.section(n, "["+key+"]")
}

func (d *document) section(n *node, name string) *section {
	if n.kind != unstable.InlineTable {
		d.fault(n.at, fmt.Sprintf("%s is %s, not a table", name, n.word()), "write its header and its keys below it: "+name)
		return nil
	}
	return &section{document: d, table: n.table, name: name}
}

// named opens the tables of a table by their names, in the order of the file.
func (s *section) named(key string) []*section {
	n := s.take(key)
	if n == nil {
		return nil
	}
	if n.kind != unstable.InlineTable {
		s.fault(n.at, fmt.Sprintf("%s is %s, not tables by name", key, n.word()), fmt.Sprintf("every %s has a table of its own: [%s.NAME]", key, key))
		return nil
	}
	var list []*section
	for _, entry := range n.table.entries {
		if !goodName(entry.key) {
			s.fault(entry.value.key, "this is no name for a "+key, "names are up to 64 letters, digits, - and _")
		} else if open := s.document.section(entry.value, "["+key+"."+entry.key+"]"); open != nil {
			list = append(list, open)
		}
	}
	return list
}

// goodName reports whether a rule or a sink can be called so: names stand in
// commands, in file names and in the status line, and need no quotes in TOML.
func goodName(name string) bool {
	bad := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, bad)
}

// take returns the value of a key; nil when it is not there.
func (s *section) take(key string) *node {
	s.asked = append(s.asked, key)
	return s.table.get(key)
}

// close tells of every key that nobody asked for.
func (s *section) close() {
	for _, entry := range s.table.entries {
		if slices.Contains(s.asked, entry.key) || len(s.faults) >= enough {
			continue
		}
		place := "in " + s.name
		if s.name == "" {
			place = "at the top of the file"
		}
		s.fault(entry.value.key, fmt.Sprintf("unknown key %q %s", entry.key, place), suggestion(entry.key, "known keys", s.asked))
	}
}

// lacks tells that something is not there that has to be.
func (s *section) lacks(message, hint string) {
	if !s.table.broken {
		s.fault(s.table.at, s.name+" "+message, hint)
	}
}

// expect takes a value of one kind.
func (s *section) expect(key string, kind unstable.Kind, want string) *node {
	n := s.take(key)
	if n == nil || n.kind == kind {
		return n
	}
	s.fault(n.at, fmt.Sprintf("%s is %s", key, n.word()), "expected "+want)
	return nil
}

// bool reads true or false into value, which keeps what it holds when the key is
// not there. So do all of the following.
func (s *section) bool(key string, value *bool) *node {
	n := s.expect(key, unstable.Bool, "true or false")
	if n != nil {
		*value = n.text == "true"
	}
	return n
}

// string reads a string that is not empty and fits a line.
func (s *section) string(key, want string, value *string) *node {
	n := s.expect(key, unstable.String, want)
	if n == nil || !s.line(n, key, want) {
		return nil
	}
	*value = n.text
	return n
}

// line checks a string that has to be something, on one line.
func (s *section) line(n *node, key, want string) bool {
	switch {
	case strings.TrimSpace(n.text) == "":
		s.fault(n.at, key+" is empty", "expected "+want)
	case strings.ContainsFunc(n.text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		s.fault(n.at, key+" holds a line break or another control character", "expected "+want)
	default:
		return true
	}
	return false
}

// choice reads one of a few words and returns its index.
func (s *section) choice(key string, words []string) (int, bool) {
	want := "one of " + strings.Join(words, ", ")
	n := s.expect(key, unstable.String, want)
	if n == nil {
		return 0, false
	}
	if i := slices.Index(words, n.text); i >= 0 {
		return i, true
	}
	hint := "expected " + want
	if word, ok := nearest(n.text, words); ok {
		hint = fmt.Sprintf("did you mean %q? %s", word, hint)
	}
	s.fault(n.at, key+" is not a word that is known here", hint)
	return 0, false
}

// bounds are the shortest and the longest duration that make sense.
type bounds struct{ least, most time.Duration }

// duration reads a length of time.
func (s *section) duration(key string, within bounds, value *time.Duration) *node {
	n := s.expect(key, unstable.String, durationWant)
	if n == nil {
		return nil
	}
	d, err := time.ParseDuration(n.text)
	switch {
	case err != nil:
		s.fault(n.at, key+" is not a duration", "expected "+durationWant)
	case d < within.least || d > within.most:
		s.fault(n.at, key+" is out of range", fmt.Sprintf("expected a duration from %s to %s", shortDuration(within.least), shortDuration(within.most)))
	default:
		*value = d
		return n
	}
	return nil
}

const durationWant = `a duration in quotes such as "500ms", "20s" or "1h30m"`

// never is the word for a duration that does not end. It is the zero duration in a
// Config.
const never = "never"

// interval reads a duration or the word never.
func (s *section) interval(key string, within bounds, value *time.Duration) {
	if n := s.table.get(key); n != nil && n.kind == unstable.String && n.text == never {
		s.asked = append(s.asked, key)
		*value = 0
		return
	}
	s.duration(key, within, value)
}

// whole reads a whole number.
func (s *section) whole(key string, least, most int, value *int) {
	want := fmt.Sprintf("a whole number from %d to %d", least, most)
	n := s.expect(key, unstable.Integer, want)
	if n == nil {
		return
	}
	i, err := strconv.ParseInt(n.text, 0, 64)
	if err != nil || i < int64(least) || i > int64(most) {
		s.fault(n.at, key+" is out of range", "expected "+want)
		return
	}
	*value = int(i)
}

// shortDuration writes a duration without the zeros that Go puts behind it.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

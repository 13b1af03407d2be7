package hostfs

import (
	"bytes"
	"math"
	"strings"
)

// scanner cuts a line of a kernel file into words that are separated by exactly one space. Exactly one, because the
// kernel leaves a field empty where it has nothing to say (a mount made with an empty source reads "- tmpfs  rw").
// The first fault sticks, so that a parser can ask for all its words and look once.
type scanner struct {
	rest string
	done bool
	err  error
}

// word returns the next word, which may be empty. Past the end it sets errShort.
func (s *scanner) word() string {
	if s.done {
		s.fail(errShort)
		return ""
	}
	w, rest, more := strings.Cut(s.rest, " ")
	s.rest, s.done = rest, !more
	return w
}

// int returns the next word as a number that is not negative.
func (s *scanner) int() int {
	n, ok := parseUint(s.word())
	if !ok || n > math.MaxInt {
		s.fail(errNumber)
		return 0
	}
	return int(n)
}

// fail remembers the first fault.
func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// parseUint reads a decimal number that fills the whole text. Unlike strconv.ParseUint it takes bytes as well as a
// string, so that a line of /proc is never copied to be read, and it accepts no sign and no underscore.
func parseUint[T string | []byte](text T) (uint64, bool) {
	if len(text) == 0 {
		return 0, false
	}
	var n uint64
	for i := range len(text) {
		d := uint64(text[i] - '0')
		if d > 9 || n > (math.MaxUint64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// parseInt is parseUint with an optional minus sign.
func parseInt[T string | []byte](text T) (int64, bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	n, ok := parseUint(text)
	if !ok || n > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

// nextField cuts the next word off a line whose words are separated by any number of blanks. At the end it is empty.
func nextField(line []byte) (word, rest []byte) {
	line = bytes.TrimLeft(line, " \t\n")
	if i := bytes.IndexAny(line, " \t\n"); i >= 0 {
		return line[:i], line[i:]
	}
	return line, nil
}

// withSlot makes a list long enough to have an element n. An element that it had earlier, in the room behind its end,
// comes back with its content, which is what lets strings be kept from one reading to the next.
func withSlot[T any](list []T, n int) []T {
	if n < len(list) {
		return list
	}
	if n < cap(list) {
		return list[:n+1]
	}
	var fresh T
	return append(list[:n], fresh)
}

// keep sets *dst to the text, without a new allocation when it holds it already: the name of a process is the same as
// one second ago nearly always.
func keep(dst *string, text []byte) {
	if *dst != string(text) {
		*dst = string(text)
	}
}

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"brink/collectors"
)

// Fault is one thing that is wrong with a file.
type Fault struct {
	File string
	// Line and Column count from 1; a column is a character, not a byte.
	Line, Column int
	// Text is the line in question, clean, without secrets, and cut to the
	// neighbourhood of the fault when it is long. Empty for a line that is empty.
	Text string
	// Message says what is wrong.
	Message string
	// Hint says what was expected, or what to do; it may be empty.
	Hint string

	// mark is the line below Text that points at the offending part of it.
	mark string
}

// String is the fault as a person reads it: a line that editors can jump to, the
// text with a mark below it, and the hint.
func (f Fault) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s:%d:%d: %s", collectors.Clean(f.File, longestName), f.Line, f.Column, f.Message)
	if f.Text != "" {
		fmt.Fprintf(&text, "\n%5d | %s\n      | %s", f.Line, f.Text, f.mark)
	}
	if f.Hint != "" {
		fmt.Fprintf(&text, "\n      = %s", f.Hint)
	}
	return text.String()
}

// Faults is everything that is wrong with a file, in the order of the file. It is
// the error of [Parse]; find it with errors.As.
type Faults []Fault

// mostFaults bounds what is printed: whoever gave the wrong file needs no
// thousand faults to see it.
const mostFaults = 50

// Error prints the faults one after the other.
func (f Faults) Error() string {
	texts := make([]string, 0, min(len(f), mostFaults)+1)
	for _, fault := range f[:min(len(f), mostFaults)] {
		texts = append(texts, fault.String())
	}
	if len(f) > mostFaults {
		texts = append(texts, "and more; mend these first")
	}
	return strings.Join(texts, "\n")
}

// sorted returns the faults in the order of the file, each once.
func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(f, func(a, b Fault) bool { return a == b })
}

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"brink/collectors"
)

// The words of check. A value that is absent gives the empty text, and a clause
// around it vanishes with it.

// none stands in a column that cannot be left empty.
const none = "--"

func percent(ratio collectors.Opt[collectors.Ratio]) string {
	if text := percentText(ratio); text != "" {
		return text
	}
	return none
}

func percentText(ratio collectors.Opt[collectors.Ratio]) string {
	value, ok := ratio.Get()
	if !ok {
		return ""
	}
	return strconv.FormatFloat(float64(value)*100, 'f', 0, 64) + " %"
}

// clause puts a word before a value that is there.
func clause(before, value string) string {
	if value == "" {
		return ""
	}
	return before + value
}

func counted(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatUint(n, 10) + " " + many
}

// span writes a length of time by its two largest units, as in "3d 4h".
func span(length time.Duration) string {
	const day = 24 * time.Hour
	length = max(length, 0)
	switch {
	case length >= day:
		return fmt.Sprintf("%dd %dh", length/day, length%day/time.Hour)
	case length >= time.Hour:
		return fmt.Sprintf("%dh %dm", length/time.Hour, length%time.Hour/time.Minute)
	case length >= time.Minute:
		return fmt.Sprintf("%dm %ds", length/time.Minute, length%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%ds", length/time.Second)
	}
}

// longestLine bounds a line of text. The longest honest one quotes an error and a
// path.
const longestLine = 2000

// cleanLines makes text safe for a terminal. The names in it are clean already,
// those that a person typed are not, nor is what an error quotes; a cgroup that a
// container made for itself can be both. Tabs are those of a stack.
func cleanLines(text string) string {
	var clean strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(text, "\t", "    ")) {
		clean.WriteString(collectors.Clean(strings.TrimSuffix(line, "\n"), longestLine) + "\n")
	}
	return clean.String()
}

// present leaves out what is empty.
func present(parts []string) []string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return kept
}

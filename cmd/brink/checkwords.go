package main

import (
	"strconv"

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

func amount(value collectors.Opt[collectors.Bytes]) string {
	n, ok := value.Get()
	if !ok {
		return ""
	}
	return collectors.FormatBytes(n)
}

func cores(value collectors.Opt[collectors.Cores]) string {
	n, ok := value.Get()
	if !ok {
		return ""
	}
	return strconv.FormatFloat(float64(n), 'f', 2, 64)
}

func number(value collectors.Opt[uint64]) string {
	n, ok := value.Get()
	if !ok {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// limit writes a limit in the form of its value.
func limit[T any](limit collectors.Limit[T], form func(collectors.Opt[T]) string) string {
	if limit.Unlimited() {
		return "unlimited"
	}
	return form(limit.Value())
}

// of writes "used of limit unit", or what of it is known.
func of(used, limit, unit string) string {
	switch {
	case used == "":
		return clause("limit ", limit)
	case limit != "":
		used += " of " + limit
	}
	if unit == "" {
		return used
	}
	return used + " " + unit
}

// clause puts a word before a value that is there.
func clause(before, value string) string {
	if value == "" {
		return ""
	}
	return before + value
}

// count writes a count that is not zero.
func count(value collectors.Opt[uint64], one, many string) string {
	if n := value.Or(0); n > 0 {
		return counted(n, one, many)
	}
	return ""
}

func counted(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatUint(n, 10) + " " + many
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

package config

import (
	"strconv"

	"brink/collectors"
)

// Origin is where a setting comes from. The zero Origin is "built in".
type Origin struct {
	// File is the name that the file was parsed under; empty when it is built in.
	File string
	// Line counts from 1; 0 when it is built in.
	Line int
	// Follows is the key whose value this one was derived from, as the clear level
	// of a rule follows a threshold that was overridden. Empty when it stands for
	// itself.
	Follows string
}

// BuiltIn reports whether no file says anything about the setting.
func (o Origin) BuiltIn() bool { return o.Line == 0 }

// String is "built in", "config.toml:12" or "follows warning, config.toml:12", on
// one clean line.
func (o Origin) String() string {
	text := "built in"
	if !o.BuiltIn() {
		text = collectors.Clean(o.File, longestName) + ":" + strconv.Itoa(o.Line)
	}
	if o.Follows != "" {
		return "follows " + o.Follows + ", " + text
	}
	return text
}

// longestName bounds the name of a file where it is shown.
const longestName = 200

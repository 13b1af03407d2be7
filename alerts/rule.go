package alerts

import (
	"time"

	"brink/collectors"
)

// Rule judges one metric. It is data: everything that it does is in its fields.
type Rule struct {
	Name   string
	Metric string
	// Below turns the comparison round: a time until full is bad when it is short.
	Below bool
	// Warning and Critical are the two levels; either may be absent.
	Warning, Critical collectors.Opt[Level]
	// Latched keeps a rule firing until a person acknowledges it.
	Latched bool
}

// Level is one threshold of a rule.
type Level struct {
	// Fire is the value from which it fires (up to which, for a rule that is Below).
	Fire float64
	// Clear is the value at which it ceases: apart from Fire, so that a value that
	// trembles about the threshold does not ring all night.
	Clear float64
	// For is how long the value must stay beyond Fire.
	For time.Duration
}

// beyond reports whether the value lies beyond the level.
func (r Rule) beyond(value float64, level Level) bool {
	if r.Below {
		return value <= level.Fire
	}
	return value >= level.Fire
}

// judge returns the worst level that the value lies beyond.
func (r Rule) judge(value float64) (Severity, Level) {
	if level, ok := r.Critical.Get(); ok && r.beyond(value, level) {
		return SeverityCritical, level
	}
	if level, ok := r.Warning.Get(); ok && r.beyond(value, level) {
		return SeverityWarning, level
	}
	return SeverityNone, Level{}
}

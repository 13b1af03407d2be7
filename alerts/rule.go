package alerts

import (
	"path"
	"slices"
	"strings"
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
	// KeepFor is how long a value must be clear before the rule ceases to fire.
	KeepFor time.Duration
	// Latched keeps a rule firing until a person acknowledges it.
	Latched bool
	// Match says which containers and instances it is about.
	Match Match
	// Absent says what a missing value means.
	Absent Absence
	// Text is the message; {value}, {threshold}, {instance} and {rule} are filled in. Empty
	// means the words of the metric.
	Text string
}

// Level is one threshold of a rule.
type Level struct {
	// Fire is the value from which it fires (up to which, for a rule that is Below).
	Fire float64
	// Clear is the value at which it ceases: apart from Fire, so that a value that
	// trembles about the threshold does not ring all night.
	Clear float64
	// For is how long the value must stay beyond Fire. A rule that is Below a forecast
	// waits no longer than the value itself: that is the time which is left, and
	// whoever waits longer warns too late.
	For time.Duration
}

// Absence is what a rule makes of a value that is not measured.
type Absence uint8

// The meanings of absence. Whatever the rule says, a container that does not run
// resolves the rules about its values, unless the rule fires on absence.
const (
	// AbsentHold leaves the alert as it is: not knowing is no proof of health.
	AbsentHold Absence = iota
	// AbsentResolve takes the absence for all clear.
	AbsentResolve
	// AbsentFire takes it for the worst.
	AbsentFire
)

// Absences are the words for the meanings, in their order.
func Absences() []string { return []string{"hold", "resolve", "fire"} }

// String returns the word of the configuration.
func (a Absence) String() string { return Absences()[a] }

// Match says what a rule is about. Empty lists match everything. The patterns are
// those of path.Match: * ? and [...], and * does not cross a slash.
type Match struct {
	Containers []string
	// Instances are mounts, for the metrics of a tmpfs.
	Instances []string
}

// Covers reports whether the rule is about this instance of this container; the
// instance is empty for a metric that has none.
func (m Match) Covers(container, instance string) bool {
	return m.container(container) && m.instance(instance)
}

func (m Match) key(key Key) bool              { return m.Covers(key.Container, key.Instance) }
func (m Match) container(name string) bool    { return matches(m.Containers, name) }
func (m Match) instance(instance string) bool { return matches(m.Instances, instance) }

// matches ignores a malformed pattern: the configuration refuses it with its line.
func matches(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return len(patterns) == 0
}

// beyond reports whether the value lies beyond the level.
func (r Rule) beyond(value float64, level Level) bool {
	if r.Below {
		return value <= level.Fire
	}
	return value >= level.Fire
}

// clear reports whether the value is clear of the level.
func (r Rule) clear(value float64, level Level) bool {
	if r.Below {
		return value > level.Clear
	}
	return value < level.Clear
}

// has reports whether the rule has a level of this severity.
func (r Rule) has(severity Severity) bool {
	if severity == SeverityCritical {
		return r.Critical.Present()
	}
	return r.Warning.Present()
}

// level returns the level of a severity; that of the warning stands in where the
// severity is none.
func (r Rule) level(severity Severity) Level {
	if severity == SeverityCritical {
		return r.Critical.Or(Level{})
	}
	return r.Warning.Or(r.Critical.Or(Level{}))
}

// Hurried returns the rule as one that fires at once: for a look that is too short
// to wait for anything.
func (r Rule) Hurried() Rule {
	r.Warning, r.Critical = hurried(r.Warning), hurried(r.Critical)
	return r
}

func hurried(level collectors.Opt[Level]) collectors.Opt[Level] {
	l, ok := level.Get()
	if !ok {
		return level
	}
	l.For = 0
	return collectors.Some(l)
}

// Hold is how long the level of this severity asks for before it fires; zero for at
// once.
func (r Rule) Hold(severity Severity) time.Duration { return r.level(severity).For }

// Forecasts reports whether the rule is about the time until something runs out.
func (r Rule) Forecasts() bool {
	return slices.ContainsFunc(Metrics(), func(m Metric) bool { return m.Name == r.Metric && m.Forecast })
}

// Wait is how long a value that is beyond the level has to stay there before it
// fires: as long as the level asks for, but a time that runs out is waited for no
// longer than it lasts.
func (r Rule) Wait(level Level, value float64) time.Duration {
	if !r.Below || !r.Forecasts() {
		return level.For
	}
	return min(level.For, timeLeft(value))
}

// message is one clean line for a person. about is what the value is about this time;
// it is quoted as it is, for a container may have chosen words of it.
func (r Rule) message(metric Metric, instance, about string, value float64, level Level) string {
	text := r.Text
	switch {
	case text != "":
	case about != "":
		return collectors.Clean(about, messageLength)
	default:
		text = metric.defaultText(instance)
	}
	return collectors.Clean(strings.NewReplacer(
		"{value}", metric.Unit.Format(value),
		"{threshold}", metric.Unit.Format(level.Fire),
		"{instance}", instance,
		"{rule}", r.Name,
	).Replace(text), messageLength)
}

// messageLength bounds a message: phones and status lines are narrow.
const messageLength = 200

package report

import (
	"cmp"
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// Span is a range of time, both ends included. A zero end is open: the report then
// begins with the first snapshot, or ends with the last.
type Span struct{ From, To time.Time }

// holds reports whether a moment lies in the span.
func (s Span) holds(at time.Time) bool {
	return (s.From.IsZero() || !at.Before(s.From)) && (s.To.IsZero() || !at.After(s.To))
}

// Options say what a report is about.
type Options struct {
	Span Span
	// Names are the containers wanted; empty means all.
	Names []string
	// Rules are those in force: their thresholds say what near a limit is.
	Rules []alerts.Rule
	// Location is the zone that times are told in; nil is UTC.
	Location *time.Location
	// Gap is the longest time between two snapshots of one recording: what is longer
	// was not recorded. It must be longer than the coarsest interval that was recorded.
	// Zero means 30 s.
	Gap time.Duration
	// Version is that of brink, for the head of the page.
	Version string
}

// usualGap is three times the coarsest interval that the recorder keeps.
const usualGap = 30 * time.Second

// complete fills in what was left out.
func (o Options) complete() Options {
	o.Gap = cmp.Or(o.Gap, usualGap)
	o.Location = cmp.Or(o.Location, time.UTC)
	o.Span = Span{From: inZone(o.Span.From, o.Location), To: inZone(o.Span.To, o.Location)}
	return o
}

// inZone leaves the zero time alone, which stands for none.
func inZone(at time.Time, zone *time.Location) time.Time {
	if at.IsZero() {
		return at
	}
	return at.In(zone)
}

func (o Options) wants(name string) bool {
	return len(o.Names) == 0 || slices.Contains(o.Names, name)
}

// The lengths to which text from outside is cut.
const (
	nameLength   = 64
	imageLength  = 120
	reasonLength = 200
)

// name, image, word and reason clean what a container, an engine or a damaged file
// chose.
func name(text string) string   { return collectors.Clean(text, nameLength) }
func image(text string) string  { return collectors.Clean(text, imageLength) }
func word[T ~string](text T) T  { return T(name(string(text))) }
func reason(text string) string { return collectors.Clean(text, reasonLength) }

package config

import (
	"slices"
	"strings"
	"time"

	"brink/alerts"
)

// Sink is a way to reach somebody, and what is told to it when.
type Sink struct {
	Name   string
	Origin Origin
	// To is how it is reached.
	To Delivery
	// MinSeverity is the lowest severity that it is told of.
	MinSeverity alerts.Severity
	// Resolve says whether it is told that something is over.
	Resolve bool
	Pace
}

// Pace is when a sink is told, and how hard delivery is tried. What a sink does not
// say is that of the outbox.
type Pace struct {
	// GroupWait is how long the first news waits for others; 0 is not at all.
	GroupWait time.Duration
	// Repeat is after how long something that still fires is told again; 0 is never.
	Repeat time.Duration
	// Deadline is how long delivery is tried.
	Deadline time.Duration
	// Timeout bounds one attempt.
	Timeout time.Duration
	// Backoff is the wait after the first failed attempt, BackoffMax the longest.
	Backoff, BackoffMax time.Duration
	// Queue is how many alerts may wait.
	Queue int
}

// Outbox is what all sinks have in common.
type Outbox struct {
	Pace
	// Remember keeps what was not delivered in a file over a restart.
	Remember bool
}

// defaultOutbox are the numbers for a person at the other end: told within a
// second, again before the next shift, tried for an hour.
func defaultOutbox() Outbox {
	return Outbox{Remember: true, Pace: Pace{
		GroupWait: 200 * time.Millisecond, Repeat: 4 * time.Hour,
		Deadline: time.Hour, Timeout: 10 * time.Second,
		Backoff: time.Second, BackoffMax: 30 * time.Second, Queue: 256,
	}}
}

func (s *section) outbox(outbox *Outbox) {
	s.pace(&outbox.Pace)
	s.bool("remember", &outbox.Remember)
	s.close()
}

// pace reads the keys that the outbox and every sink have.
func (s *section) pace(pace *Pace) {
	s.duration("group_wait", bounds{0, time.Hour}, &pace.GroupWait)
	s.interval("repeat", bounds{time.Minute, 30 * 24 * time.Hour}, &pace.Repeat)
	s.duration("deadline", bounds{time.Second, 7 * 24 * time.Hour}, &pace.Deadline)
	s.duration("timeout", bounds{100 * time.Millisecond, 10 * time.Minute}, &pace.Timeout)
	s.duration("backoff", bounds{100 * time.Millisecond, time.Hour}, &pace.Backoff)
	longest := s.duration("backoff_max", bounds{100 * time.Millisecond, time.Hour}, &pace.BackoffMax)
	s.whole("queue", 1, 100_000, &pace.Queue)
	if longest != nil && pace.BackoffMax < pace.Backoff {
		s.fault(longest.at, "backoff_max is shorter than backoff", "it is what the wait grows to: at least "+shortDuration(pace.Backoff))
	}
	pace.BackoffMax = max(pace.BackoffMax, pace.Backoff)
}

// sinks reads the tables below "sink". One that is switched off is checked as well,
// and left out.
func (s *section) sinks(pace Pace) []Sink {
	var list []Sink
	for _, table := range s.named("sink") {
		sink := Sink{
			Name:   strings.TrimSuffix(strings.TrimPrefix(table.name, "[sink."), "]"),
			Origin: table.origin(table.table.at), MinSeverity: alerts.SeverityWarning, Pace: pace,
		}
		enabled := true
		table.bool("enabled", &enabled)
		if table.sink(&sink) && enabled {
			list = append(list, sink)
		}
	}
	return list
}

// sink reads one table, and reports whether it has a type: without one nothing is
// known of its keys.
func (s *section) sink(sink *Sink) bool {
	const keyType = "type"
	types := deliveryTypes()
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = t.word
	}
	if s.table.get(keyType) == nil {
		s.lacks("has no type", "add "+keyType+" = "+`"bell"`+" or another of "+strings.Join(words, ", "))
		return false
	}
	i, ok := s.choice(keyType, words)
	if !ok {
		return false
	}
	sink.To = types[i].read(s)
	s.minSeverity(&sink.MinSeverity)
	// A bell and a notification on the desktop are there to call somebody: that it
	// is over is no reason to.
	sink.Resolve = !slices.Contains([]string{Bell{}.Type(), OSC{}.Type()}, sink.To.Type())
	s.bool("resolve", &sink.Resolve)
	s.pace(&sink.Pace)
	s.close()
	return true
}

func (s *section) minSeverity(value *alerts.Severity) {
	severities := []alerts.Severity{alerts.SeverityInfo, alerts.SeverityWarning, alerts.SeverityCritical}
	words := make([]string, len(severities))
	for i, severity := range severities {
		words[i] = severity.String()
	}
	if i, ok := s.choice("min_severity", words); ok {
		*value = severities[i]
	}
}

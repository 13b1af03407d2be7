package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Event is one thing that brink says has happened.
type Event struct {
	Seq       uint64    `json:"seq"`
	At        time.Time `json:"at"`
	Until     time.Time `json:"until"`
	Container string    `json:"container"`
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Count     uint64    `json:"count"`
	Victims   []Victim  `json:"victims"`
	ExitCode  *int      `json:"exit_code"`
	Cause     string    `json:"cause"`
	Health    string    `json:"health"`
	Source    string    `json:"source"`
	Detail    string    `json:"detail"`

	// Told is the time of the snapshot in which it first stood.
	Told time.Time `json:"-"`
}

// Victim is a process that the OOM killer took.
type Victim struct {
	PID   int      `json:"pid"`
	Name  string   `json:"name"`
	RSS   *float64 `json:"rss_bytes"`
	Scope string   `json:"scope"`
}

// Story is what one run of brink has told, in the order of the events' numbers. An event that was amended later stands
// as it was amended.
type Story []Event

// add takes the events of the next snapshot.
func (s Story) add(snapshot Snapshot) Story {
	for _, event := range snapshot.Events {
		event.Told = snapshot.At
		at, known := slices.BinarySearchFunc(s, event.Seq, func(e Event, seq uint64) int { return int(e.Seq) - int(seq) })
		if known {
			event.Told = s[at].Told
			s[at] = event
			continue
		}
		s = slices.Insert(s, at, event)
	}
	return s
}

// Since is the part about what happened at or after a moment. Of a fresh brink the first events are older than itself:
// the engine and the kernel log remember.
func (s Story) Since(moment time.Time) Story {
	return s.which(func(e Event) bool { return !e.At.Before(moment) })
}

// Of is the part of some kinds.
func (s Story) Of(kinds ...string) Story {
	return s.which(func(e Event) bool { return slices.Contains(kinds, e.Kind) })
}

// apartFromWitnesses leaves out what an audit found, which has scenarios of its own, and that a source was lost and came
// back: an engine that starts a container answers no question about it meanwhile, and under emulation that takes longer
// than brink waits for an answer.
func (s Story) apartFromWitnesses() Story {
	return s.which(func(e Event) bool {
		return e.Kind != "source-lost" && e.Kind != "source-back" && e.Kind != "hardening-lost" && e.Kind != "hardening-back"
	})
}

func (s Story) which(holds func(Event) bool) Story {
	var part Story
	for _, event := range s {
		if holds(event) {
			part = append(part, event)
		}
	}
	return part
}

// InTime is the same events in the order in which they happened.
func (s Story) InTime() Story {
	story := slices.Clone(s)
	slices.SortStableFunc(story, func(a, b Event) int { return a.At.Compare(b.At) })
	return story
}

// Kinds are the kinds alone, for comparing the order of what happened.
func (s Story) Kinds() []string {
	kinds := make([]string, 0, len(s))
	for _, event := range s {
		kinds = append(kinds, event.Kind)
	}
	return kinds
}

// Count sums the counts of the events.
func (s Story) Count() uint64 {
	var sum uint64
	for _, event := range s {
		sum += event.Count
	}
	return sum
}

// String is one line an event, for error messages.
func (s Story) String() string {
	var text strings.Builder
	for _, e := range s {
		fmt.Fprintf(&text, "\n  %d %s told %s %s", e.Seq, e.At.Format(clock), e.Told.Format(clock), e.Kind)
		if e.Count > 0 {
			fmt.Fprintf(&text, " x%d", e.Count)
		}
		if e.ExitCode != nil {
			fmt.Fprintf(&text, " exit %d", *e.ExitCode)
		}
		for _, victim := range e.Victims {
			fmt.Fprintf(&text, " %q(%d)", victim.Name, victim.PID)
		}
		fmt.Fprintf(&text, " %s%s%s %s", e.Cause, e.Health, e.Source, e.Detail)
	}
	return text.String()
}

const clock = "15:04:05.000"

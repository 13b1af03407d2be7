package alerts

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Key names one alert: a rule about a subject. Subjects go by the container's
// name, so that an alert survives a re-creation.
type Key struct {
	Rule      string
	Container string
	// Instance tells apart what a container has several of, as the mount of a
	// tmpfs; empty otherwise.
	Instance string
}

// Compare orders alerts by their containers, then their rules and instances.
func (k Key) Compare(other Key) int {
	return cmp.Or(strings.Compare(k.Container, other.Container), strings.Compare(k.Rule, other.Rule), strings.Compare(k.Instance, other.Instance))
}

// Alert is a rule that has something to say about a subject.
type Alert struct {
	Key
	Metric   string
	Severity Severity
	State    State
	// Since is when it took this state; FiredAt is when it began to fire, zero
	// before that.
	Since   time.Time
	FiredAt time.Time
	// Happened is when the last of the events happened that the rule counts; zero for
	// a rule about how things stand.
	Happened time.Time
	// Value was compared with Threshold; both are in Unit.
	Value     float64
	Threshold float64
	Unit      Unit
	// Message is one clean line for a person.
	Message      string
	Acknowledged bool
	// MutedUntil is when a mute ends; zero when there is none.
	MutedUntil time.Time
}

// Muted reports whether the alert is kept from being told.
func (a Alert) Muted() bool { return !a.MutedUntil.IsZero() }

// Board is the verdict over one snapshot: every alert that is not inactive,
// worst first. It is never changed after it was made, so it may be shared.
type Board struct {
	At     time.Time
	Alerts []Alert
}

// newBoard sorts alerts worst first, then by container, rule and instance.
func newBoard(at time.Time, list []Alert) Board {
	slices.SortStableFunc(list, func(a, b Alert) int {
		if a.Severity != b.Severity {
			return int(b.Severity) - int(a.Severity)
		}
		return a.Compare(b.Key)
	})
	return Board{At: at, Alerts: list}
}

// Of returns the alerts of one container, worst first.
func (b Board) Of(container string) []Alert {
	var list []Alert
	for _, alert := range b.Alerts {
		if alert.Container == container {
			list = append(list, alert)
		}
	}
	return list
}

// Worst returns the worst firing severity of a container; the empty name asks
// for all of them.
func (b Board) Worst(container string) Severity {
	return b.worst(func(a Alert) bool { return container == "" || a.Container == container })
}

// Tone returns the severity that colours a value: the worst firing alert about
// the metric of the container. The empty instance stands for every instance.
func (b Board) Tone(container, metric, instance string) Severity {
	return b.worst(func(a Alert) bool {
		return a.Container == container && a.Metric == metric && (instance == "" || a.Instance == instance)
	})
}

// Firing returns the worst alert that fires about the metric of a container.
func (b Board) Firing(container, metric string) (Alert, bool) {
	for _, alert := range b.Alerts {
		if alert.State == StateFiring && alert.Container == container && alert.Metric == metric {
			return alert, true
		}
	}
	return Alert{}, false
}

func (b Board) worst(concerns func(Alert) bool) Severity {
	worst := SeverityNone
	for _, alert := range b.Alerts {
		if alert.State == StateFiring && concerns(alert) {
			worst = max(worst, alert.Severity)
		}
	}
	return worst
}

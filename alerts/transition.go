package alerts

import "time"

// Transition is one change of one alert, with the alert as it is after it. A
// resolved alert keeps its key, its last value and the message of that moment.
type Transition struct {
	At           time.Time
	Alert        Alert
	From         State
	FromSeverity Severity
	Reason       Reason
}

// Reason is why an alert changed.
type Reason string

// The reasons. There are no others.
const (
	// ReasonCrossed: the value went beyond a threshold and has to stay there.
	ReasonCrossed Reason = "crossed"
	// ReasonHeld: it has stayed there for as long as the rule asks.
	ReasonHeld Reason = "held"
	// ReasonReceded: it went back before that.
	ReasonReceded Reason = "receded"
	// ReasonRose and ReasonFell: the severity of what fires changed.
	ReasonRose Reason = "rose"
	ReasonFell Reason = "fell"
	// ReasonAgain: what fires happened once more (another OOM kill).
	ReasonAgain Reason = "again"
	// ReasonCleared: the value is clear of the threshold again.
	ReasonCleared Reason = "cleared"
	// ReasonAbsent: the value is not measured any more, which resolves this rule.
	ReasonAbsent Reason = "absent"
	// ReasonNotRunning: the container does not run, so it has no such value.
	ReasonNotRunning Reason = "not-running"
	// ReasonGone: nothing answers to the container's name any more.
	ReasonGone Reason = "gone"
	// ReasonRuleRemoved: the rule is not in force any more.
	ReasonRuleRemoved Reason = "rule-removed"
)

// Fired reports whether a person should hear of the change as of something bad:
// an alert began to fire, grew worse, or happened again.
func (t Transition) Fired() bool {
	if t.Alert.State != StateFiring {
		return false
	}
	return t.From != StateFiring || t.Alert.Severity > t.FromSeverity || t.Reason == ReasonAgain
}

// Resolved reports whether something that fired does so no more.
func (t Transition) Resolved() bool { return t.From == StateFiring && t.Alert.State != StateFiring }

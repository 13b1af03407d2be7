package alerts

import "encoding/json"

// Severity is how bad an alert is. The order has meaning: the worst of several
// is their maximum.
type Severity uint8

// The severities, from harmless to worst. SeverityNone is "nothing wrong".
const (
	SeverityNone Severity = iota
	SeverityInfo
	SeverityWarning
	SeverityCritical
)

// String returns the word that people see and configurations use.
func (s Severity) String() string {
	switch s {
	case SeverityInfo:
		return "info"
	case SeverityWarning:
		return "warning"
	case SeverityCritical:
		return "critical"
	default:
		return "ok"
	}
}

// MarshalJSON writes the word.
func (s Severity) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// State is where an alert stands. The order has meaning.
type State uint8

// The states of an alert.
const (
	StateInactive State = iota
	StatePending
	StateFiring
)

// String returns the word that people see.
func (s State) String() string {
	switch s {
	case StatePending:
		return "pending"
	case StateFiring:
		return "firing"
	default:
		return "inactive"
	}
}

// MarshalJSON writes the word.
func (s State) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

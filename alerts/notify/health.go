package notify

import (
	"time"

	"brink/alerts"
	"brink/collectors"
)

// SinkHealth is how a sink is doing. The counts are since the start of brink.
type SinkHealth struct {
	Name string `json:"name"`
	// Delivered counts the messages that the sink took, Failed the attempts that
	// failed.
	Delivered uint64 `json:"delivered"`
	Failed    uint64 `json:"failed"`
	// Dropped counts the alerts of which the sink should have been told something
	// and was not: each is in the log with its reason.
	Dropped uint64 `json:"dropped"`
	// Pending is how many alerts wait to be told.
	Pending int `json:"pending"`
	// LastError is the latest failure, empty when there was none; it stays after
	// the sink has recovered, LastErrorAt says when it was. No secret is in it.
	LastError   string    `json:"last_error,omitempty"`
	LastErrorAt time.Time `json:"last_error_at,omitzero"`
	// LastAt is when the sink took something last, zero when it never did.
	LastAt time.Time `json:"last_at,omitzero"`
	// Standby says that another brink tells this sink at present.
	Standby bool `json:"standby,omitempty"`
	// RetryAt is when the next attempt is due while the sink fails; zero otherwise.
	RetryAt time.Time `json:"retry_at,omitzero"`
}

// Failing reports whether the latest attempt failed.
func (h SinkHealth) Failing() bool { return h.LastErrorAt.After(h.LastAt) }

// Result is what became of a test message.
type Result struct {
	Sink string
	// Took is how long the sink needed.
	Took time.Duration
	// Detail says how it was delivered, when the sink has something to say about that.
	Detail string
	// Err is nil when the sink took the message. No secret is in it.
	Err error
}

// trial is the message of a test.
func trial(host string, now time.Time) Notification {
	key := alerts.Key{Rule: "brink-test", Container: "none"}
	return compose(host, now, []Item{{
		ID: episode(host, key, now), Reason: ReasonTest, Key: key, Severity: alerts.SeverityInfo, Unit: alerts.UnitState,
		Message: "somebody wanted to know whether this message arrives; nothing is wrong",
		At:      now, FiredAt: now, Changes: 1,
	}})
}

// errorText is an error for the screen: one clean line.
func errorText(err error) string { return collectors.Clean(err.Error(), lineLength) }

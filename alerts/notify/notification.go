package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// Notification is one message to one sink: what began to fire and what ceased
// to, together. All text in it is clean.
//
// As JSON:
//
//	{"version": 1, "id": "…", "at": RFC 3339, "host": "vps-1", "severity": "critical",
//	 "title": "…", "text": "…",
//	 "alerts": [{"id": "…", "reason": "first", "state": "firing" or "resolved",
//	   "rule", "container", "instance", "metric", "severity", "value", "threshold", "unit",
//	   "message", "at", "fired_at", "resolved_at", "changes"}]}
//
// What is absent is left out. New names may come, the version stays 1 as long as
// those above keep their meaning.
type Notification struct {
	// ID is the same whenever the same news is sent again, after a failure or a
	// restart: receivers deduplicate by it.
	ID string
	// At is when the message was put together.
	At time.Time
	// Host is the name of the machine that brink runs on.
	Host string
	// Severity is the worst of what fires; of what is over, when nothing does.
	Severity alerts.Severity
	// Title is one line, Text one line an alert. Both can stand alone.
	Title string
	Text  string
	// Items are never empty: what fires first, worst first; then what is over.
	Items []Item
}

// Item is one alert in a notification.
type Item struct {
	// ID names this firing of this alert on this host: it is the same in every
	// message about it, from the first to the resolve.
	ID     string
	Reason Reason
	// Key is cleaned, for the eye; it is not for looking anything up.
	Key      alerts.Key
	Metric   string
	Severity alerts.Severity
	// Value and Threshold are in Unit.
	Value     float64
	Threshold float64
	Unit      alerts.Unit
	Message   string
	// At is when this happened, however late it is told.
	At time.Time
	// FiredAt is when it began to fire, ResolvedAt when it ceased: zero while it
	// fires.
	FiredAt    time.Time
	ResolvedAt time.Time
	// Changes is how many changes this one message stands for: more than 1 when
	// the sink could not hear of them one by one.
	Changes int
}

// Over reports whether the alert fires no more.
func (i Item) Over() bool { return i.Reason == ReasonResolved || i.Reason == ReasonOver }

// Firing returns the items about what fires, worst first.
func (n Notification) Firing() []Item {
	return slices.DeleteFunc(slices.Clone(n.Items), Item.Over)
}

// has reports whether an item is told for this reason.
func (n Notification) has(reason Reason) bool {
	return slices.ContainsFunc(n.Items, func(i Item) bool { return i.Reason == reason })
}

// The bounds of text, in runes. A phone shows two lines of a notification.
const (
	nameLength = 128
	lineLength = 200
)

// compose puts items together into a message. It sorts them, and writes title
// and text.
func compose(host string, at time.Time, items []Item) Notification {
	slices.SortStableFunc(items, compareItems)
	n := Notification{At: at, Host: collectors.Clean(host, nameLength), Items: items}
	for _, item := range items {
		if !item.Over() || items[0].Over() {
			n.Severity = max(n.Severity, item.Severity)
		}
	}
	n.ID = identify(items)
	n.Title, n.Text = title(n), text(n)
	return n
}

func compareItems(a, b Item) int {
	switch {
	case a.Over() != b.Over():
		return truth(a.Over()) - truth(b.Over())
	case a.Severity != b.Severity:
		return int(b.Severity) - int(a.Severity)
	default:
		return a.At.Compare(b.At)
	}
}

func truth(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// identify derives the id of a message from what it says: the same news has the
// same id, without any state to keep.
func identify(items []Item) string {
	sum := sha256.New()
	for _, item := range items {
		_, _ = fmt.Fprintf(sum, "%s %s %d\n", item.ID, item.Reason, item.At.UnixNano())
	}
	return hex.EncodeToString(sum.Sum(nil)[:idBytes])
}

// idBytes makes an id of 24 hex digits: no two of a lifetime meet.
const idBytes = 12

// episode names one firing of one alert on one host.
func episode(host string, key alerts.Key, fired time.Time) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%q %q %q %q %d", host, key.Rule, key.Container, key.Instance, fired.UnixNano())
	return hex.EncodeToString(sum.Sum(nil)[:idBytes])
}

type notificationJSON struct {
	Version  int             `json:"version"`
	ID       string          `json:"id"`
	At       time.Time       `json:"at"`
	Host     string          `json:"host"`
	Severity alerts.Severity `json:"severity"`
	Title    string          `json:"title"`
	Text     string          `json:"text"`
	Alerts   []Item          `json:"alerts"`
	// SentAt is for webhooks: the time of the attempt.
	SentAt time.Time `json:"sent_at,omitzero"`
}

func (n Notification) document() notificationJSON {
	return notificationJSON{
		Version: 1, ID: n.ID, At: n.At, Host: n.Host, Severity: n.Severity, Title: n.Title, Text: n.Text, Alerts: n.Items,
	}
}

// MarshalJSON writes the form that is described at [Notification].
func (n Notification) MarshalJSON() ([]byte, error) { return json.Marshal(n.document()) }

type itemJSON struct {
	ID         string                  `json:"id"`
	Reason     Reason                  `json:"reason"`
	State      string                  `json:"state"`
	Rule       string                  `json:"rule"`
	Container  string                  `json:"container"`
	Instance   string                  `json:"instance,omitempty"`
	Metric     string                  `json:"metric,omitempty"`
	Severity   alerts.Severity         `json:"severity"`
	Value      collectors.Opt[float64] `json:"value,omitzero"`
	Threshold  collectors.Opt[float64] `json:"threshold,omitzero"`
	Unit       alerts.Unit             `json:"unit,omitempty"`
	Message    string                  `json:"message"`
	At         time.Time               `json:"at"`
	FiredAt    time.Time               `json:"fired_at,omitzero"`
	ResolvedAt time.Time               `json:"resolved_at,omitzero"`
	Changes    int                     `json:"changes"`
}

// MarshalJSON writes the form that is described at [Notification].
func (i Item) MarshalJSON() ([]byte, error) {
	state := "firing"
	if i.Over() {
		state = "resolved"
	}
	return json.Marshal(itemJSON{
		ID: i.ID, Reason: i.Reason, State: state,
		Rule: i.Key.Rule, Container: i.Key.Container, Instance: i.Key.Instance, Metric: i.Metric,
		Severity: i.Severity, Value: finite(i.Value), Threshold: finite(i.Threshold), Unit: i.Unit, Message: i.Message,
		At: i.At, FiredAt: i.FiredAt, ResolvedAt: i.ResolvedAt, Changes: i.Changes,
	})
}

// finite makes a number that JSON has no word for absent.
func finite(value float64) collectors.Opt[float64] {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return collectors.Opt[float64]{}
	}
	return collectors.Some(value)
}

// cleanKey makes a key safe to show.
func cleanKey(key alerts.Key) alerts.Key {
	return alerts.Key{
		Rule:      collectors.Clean(key.Rule, nameLength),
		Container: collectors.Clean(key.Container, nameLength),
		Instance:  collectors.Clean(key.Instance, nameLength),
	}
}

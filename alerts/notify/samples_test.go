package notify

import (
	"time"

	"brink/alerts"
)

// noon is when the samples happen.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// sample is an item about an alert that has fired for a minute.
func sample(rule string, severity alerts.Severity, reason Reason) Item {
	item := Item{
		ID: episode("vps-1", key(rule), noon.Add(-time.Minute)), Reason: reason, Key: key(rule), Metric: "memory.oom_kills",
		Severity: severity, Value: 2, Threshold: 1, Unit: alerts.UnitCount, Message: "processes OOM-killed 2",
		At: noon, FiredAt: noon.Add(-time.Minute), Changes: 1,
	}
	if item.Over() {
		item.ResolvedAt = noon
	}
	return item
}

// oomFired and oomOver are the messages that most tests send.
func oomFired() Notification {
	return compose("vps-1", noon, []Item{sample("oom-kill", alerts.SeverityCritical, ReasonFirst)})
}

func oomOver() Notification {
	return compose("vps-1", noon, []Item{sample("oom-kill", alerts.SeverityCritical, ReasonResolved)})
}

// hostile is what a container may be called, or say, when it wants to harm.
const hostile = "evil\x1b]9;4;1;50\a\x9b31m$(touch /tmp/pwned)`id`#(touch /tmp/pwned)#{pane_id}#[fg=red]%H;\u202e\n\r\"'\\"

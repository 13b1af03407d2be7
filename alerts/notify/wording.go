package notify

import (
	"strconv"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// title is the one line that stands on a locked phone.
func title(n Notification) string {
	switch {
	case n.has(ReasonTest):
		return clip("brink on " + n.Host + ": this is a test message")
	case n.has(ReasonSummary):
		return clip("brink started on " + n.Host + ": " + tally(n) + " already")
	case len(n.Items) == 1:
		item := n.Items[0]
		return clip(verdict(item) + ": " + subject(item.Key) + " " + item.Key.Rule + " on " + n.Host)
	default:
		return clip(n.Host + ": " + tally(n))
	}
}

// verdict is the first word of a line.
func verdict(item Item) string {
	if item.Over() {
		return "resolved"
	}
	return item.Severity.String()
}

// subject is the container, with the mount where there is one.
func subject(key alerts.Key) string {
	if key.Instance == "" {
		return key.Container
	}
	return key.Container + " " + key.Instance
}

// tally counts what the message holds: "2 critical, 1 warning fire, 1 resolved".
func tally(n Notification) string {
	counts := map[string]int{}
	for _, item := range n.Items {
		counts[verdict(item)]++
	}
	var fire []string
	for severity := alerts.SeverityCritical; severity > alerts.SeverityNone; severity-- {
		if count := counts[severity.String()]; count > 0 {
			fire = append(fire, strconv.Itoa(count)+" "+severity.String())
		}
	}
	line := strings.Join(fire, ", ")
	switch firing := len(n.Items) - counts["resolved"]; {
	case firing == 1:
		line += " fires"
	case firing > 1:
		line += " fire"
	}
	if over := counts["resolved"]; over > 0 {
		line = strings.TrimPrefix(line+", "+strconv.Itoa(over)+" resolved", ", ")
	}
	return line
}

// text is one line an alert.
func text(n Notification) string {
	lines := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		lines = append(lines, clip(verdict(item)+"  "+subject(item.Key)+"  "+item.Key.Rule+": "+item.Message+" "+when(item, n.At)))
	}
	return strings.Join(lines, "\n")
}

// when says since when, why it is told, and what was folded into it.
func when(item Item, now time.Time) string {
	var says []string
	switch {
	case item.Reason == ReasonTest:
		return ""
	case item.Over() && !item.FiredAt.IsZero():
		says = append(says, "fired "+clock(item.FiredAt, now), "over "+clock(item.ResolvedAt, now))
	case item.Over():
		says = append(says, "over "+clock(item.ResolvedAt, now))
	default:
		says = append(says, "since "+clock(item.FiredAt, now))
	}
	switch item.Reason {
	case ReasonRose, ReasonAgain, ReasonRepeat:
		says = append(says, string(item.Reason))
	case ReasonOver:
		says = append(says, "could not be told before")
	default:
	}
	if item.Changes > 1 {
		says = append(says, strconv.Itoa(item.Changes)+" changes")
	}
	return "(" + strings.Join(says, ", ") + ")"
}

// clock is a time for a person: with its zone, for the reader may sit elsewhere,
// and with its date when that is another day than the message's.
func clock(at, now time.Time) string {
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04:05 MST")
	}
	return at.Format("2006-01-02 15:04:05 MST")
}

func clip(line string) string { return collectors.Clean(strings.TrimSpace(line), lineLength) }

package ui

import (
	"slices"
	"time"

	"brink/alerts"
)

// appendHistory adds what has become of the alerts of the container, newest
// first.
func (s *scene) appendHistory(lines []alertLine) []alertLine {
	changes, above := s.frame.Transitions, len(lines)
	for i := len(changes) - 1; i >= 0; i-- {
		if changes[i].Alert.Container == s.subject.name && worthTelling(&changes[i]) {
			if len(lines) == above {
				lines = append(lines, alertLine{text: "history"})
			}
			lines = append(lines, alertLine{change: &changes[i], head: true})
		}
	}
	return lines
}

// worthTelling reports whether a change belongs into the history: a load that
// trembles about a threshold goes to pending and back every few seconds, and what
// never fired would push out what did.
func worthTelling(change *alerts.Transition) bool {
	return change.Alert.State == alerts.StateFiring || change.From == alerts.StateFiring
}

// drawChange draws when it was, what it was about and what became of it, with the
// message of that moment where there is room.
func (s *scene) drawChange(p pen, y int, change *alerts.Transition) {
	mark, look := changeLook(change)
	x := p.text(0, y, clock(change.At.In(s.options.Location), s.now), roleMuted)
	x = p.text(x+1, y, mark, look) + 1
	name := roleText
	if s.chosen(entryOfChange(change)) {
		name = roleSelected
	}
	x = p.text(x, y, cut(subjectOf(change.Alert.Key), p.width()-x), name) + 1
	words := s.changeWords(change)
	if change.Fired() {
		words += separator + change.Alert.Message
	}
	p.text(x, y, cut(words, p.width()-x), roleMuted)
}

// changeLook returns the mark of a change and its look. The past does not shout:
// only the mark has a colour.
func changeLook(change *alerts.Transition) (mark string, look role) {
	if change.Resolved() {
		return "●", roleGood
	}
	return severityMark(change.Alert.Severity), severityRole(change.Alert.Severity)
}

// changeWords says what became of an alert.
func (s *scene) changeWords(change *alerts.Transition) string {
	severity := change.Alert.Severity.String()
	switch {
	case change.Resolved():
		return s.endWords(change)
	case change.Reason == alerts.ReasonRose:
		return "rose to " + severity
	case change.Reason == alerts.ReasonFell:
		return "fell to " + severity
	case change.Reason == alerts.ReasonAgain:
		return severity + " again"
	default:
		return severity
	}
}

// endWords says how long an alert fired, and why it does so no more.
func (s *scene) endWords(change *alerts.Transition) string {
	words := "over"
	if fired := s.firedBefore(change); !fired.IsZero() {
		words += " after " + age(change.At.Sub(fired))
	}
	if why := whyOver(change.Reason); why != "" {
		words += ": " + why
	}
	return words
}

// whyOver says why an alert is over, where it is not because the value got better.
func whyOver(reason alerts.Reason) string {
	switch reason {
	case alerts.ReasonAbsent:
		return "the value is not measured any more"
	case alerts.ReasonNotRunning:
		return "the container does not run"
	case alerts.ReasonGone:
		return "no container has this name any more"
	case alerts.ReasonRuleRemoved:
		return "the rule is not in force any more"
	default:
		return ""
	}
}

// firedBefore returns when the alert that a change ends began to fire; zero when
// that is further back than the history goes.
func (s *scene) firedBefore(end *alerts.Transition) time.Time {
	var fired time.Time
	for i := range s.frame.Transitions {
		change := &s.frame.Transitions[i]
		if change == end {
			break
		}
		if change.Alert.Key == end.Alert.Key && change.From != alerts.StateFiring && change.Alert.State == alerts.StateFiring {
			fired = change.At
		}
	}
	return fired
}

// changesSince returns the changes of a frame that the frame before it did not
// have. They are told apart by what they are and not by the clock, which may have
// been set back.
func changesSince(before, now []alerts.Transition) []alerts.Transition {
	if len(before) == 0 {
		return now
	}
	last := &before[len(before)-1]
	for i, change := range slices.Backward(now) {
		if change.Alert.Key == last.Alert.Key && change.At.Equal(last.At) && change.Alert.State == last.Alert.State {
			return now[i+1:]
		}
	}
	return now
}

package ui

import (
	"slices"
	"strings"
	"time"

	"brink/alerts"
)

// newsItem is a critical alert that has begun to fire, grown so bad, or happened
// again while somebody watched.
type newsItem struct {
	change alerts.Transition
	// at is the time of the frame that brought it.
	at time.Time
}

// newsFor is how long news stay on the screen, in time of frames: long enough to
// be read by somebody who looks up, and then the numbers speak for themselves.
const newsFor = 10 * time.Second

// takeNews adds the critical alerts that a frame brings, and drops what is old, or
// acknowledged, or muted. What the first frame brings is no news: all of it is on
// the screen for the first time.
func (m Model) takeNews(frame Frame) Model {
	var news []newsItem
	for _, item := range m.news {
		if frame.Snapshot.At.Sub(item.at) < newsFor {
			news = append(news, item)
		}
	}
	if m.seen {
		for _, change := range changesSince(m.newest.Transitions, frame.Transitions) {
			if change.Fired() && change.Alert.Severity == alerts.SeverityCritical {
				news = append(news, newsItem{change: change, at: frame.Snapshot.At})
			}
		}
	}
	m.news = slices.DeleteFunc(news, func(item newsItem) bool {
		alert, ok := alertOf(frame.Board, item.change.Alert.Key)
		return ok && (alert.Acknowledged || alert.Muted())
	})
	return m
}

// drawNews draws the newest of the news as one bright line: which alert, of which
// container where it is not the shown one, and what it says. It stands still: a
// line that flashes cannot be read, and costs bytes.
func (s *scene) drawNews(p pen) {
	p.fill(0, roleAlarm)
	p = p.indent(1)
	text := s.newsText(p.width() >= wordLeast)
	if end := p.width() - textWidth(s.newsHint); textWidth(text)+2 <= end {
		p.text(end, 0, s.newsHint, roleAlarm)
	}
	p.text(0, 0, cut(text, p.width()), roleAlarm)
}

// newsHint says which keys are for the news, from the key table.
func (m Model) newsHint() string {
	keys := m.activeKeys()
	var hints []string
	if keys.Acknowledge.Enabled() {
		hints = append(hints, keys.Acknowledge.Help().Key+" shows it")
	}
	if keys.Close.Enabled() {
		hints = append(hints, keys.Close.Help().Key+" hides it")
	}
	return strings.Join(hints, separator)
}

// newsText puts the newest of the news into a line, and says how many others
// there are. In little room the mark does without its word.
func (s *scene) newsText(roomy bool) string {
	alert := s.news[len(s.news)-1].change.Alert
	text := severityMark(alert.Severity)
	if roomy {
		text = severityWords(alert.Severity) + " ·"
	}
	if alert.Container != s.subject.name {
		text += " " + cut(alert.Container, longestTab) + " ·"
	}
	text += " " + subjectOf(alert.Key)
	if others := len(s.news) - 1; others > 0 {
		text += " and " + number(others) + " more"
	}
	if alert.Message != "" {
		text += separator + alert.Message
	}
	return text
}

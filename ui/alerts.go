package ui

import (
	"brink/alerts"
)

// alerts lists the alerts of the container, worst first, each with its message
// below when it has one.
func (s *scene) alerts(width int) list {
	var lines []alertLine
	for _, alert := range s.frame.Board.Of(s.subject.name) {
		lines = append(lines, alertLine{alert: alert, head: true})
		for _, text := range wrap(alert.Message, width-alertIndent, 0, alertMost) {
			lines = append(lines, alertLine{text: text})
		}
	}
	return list{
		count: len(lines),
		empty: "no alert",
		draw:  func(p pen, y, i int) { s.drawAlert(p, y, lines[i]) },
	}
}

// alertLine is one line of an alert: its head, or a piece of its message.
type alertLine struct {
	alert alerts.Alert
	head  bool
	text  string
}

const (
	alertIndent = 2
	// alertMost bounds the lines of one message.
	alertMost = 3
)

func (s *scene) drawAlert(p pen, y int, line alertLine) {
	if !line.head {
		p.text(alertIndent, y, line.text, roleText)
		return
	}
	alert := line.alert
	look, mark, word := severityRole(alert.Severity), severityMark(alert.Severity), alert.Severity.String()
	if alert.State != alerts.StateFiring {
		look, mark, word = roleMuted, "◌", alert.State.String()
	}
	name := alert.Rule
	if alert.Instance != "" {
		name += " " + alert.Instance
	}
	note := ""
	if alert.Acknowledged {
		note = "acknowledged"
	}
	x := p.text(0, y, mark, look)
	p.fields(x+1, p.width(), y,
		field{value: word, role: look},
		field{value: name},
		field{before: "for ", value: age(s.since(alert.Since)), rank: 1},
		field{value: note, role: roleMuted, rank: 2},
	)
}

// tally says how many alerts of the container fire, by severity: "1 critical, 2
// warning".
func (s *scene) tally() (text string, severity alerts.Severity) {
	var count [alerts.SeverityCritical + 1]int
	for _, alert := range s.frame.Board.Of(s.subject.name) {
		if alert.State == alerts.StateFiring {
			count[min(alert.Severity, alerts.SeverityCritical)]++
		}
	}
	for at := alerts.SeverityCritical; at > alerts.SeverityNone; at-- {
		if count[at] == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += number(count[at]) + " " + at.String()
		severity = max(severity, at)
	}
	return text, severity
}

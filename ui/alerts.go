package ui

import (
	"strings"
	"time"

	"brink/alerts"
)

// alertLine is one line of the alerts panel. An alert has a few: its fields, then
// its message. A change in the past has one.
type alertLine struct {
	alert  *alerts.Alert
	change *alerts.Transition
	// fields are what a line of an alert holds; text is a line of its message, or a
	// line between the parts of the list.
	fields []field
	text   string
	// head is true on the first line of an alert or a change.
	head bool
}

// alertIndent sets off what belongs to the line above.
const (
	alertIndent = 2
	// alertMost bounds the lines of one message.
	alertMost = 3
	// wordLeast is the least width in which a severity has its word beside its mark.
	wordLeast = 46
)

// alerts lists the alerts of the container, worst first, and below them what has
// become of others, newest first.
func (s *scene) alerts(width int) list {
	lines := s.alertLines(width)
	return list{
		count:  len(lines),
		alerts: lines,
		draw:   func(p pen, y, i int) { s.drawAlertLine(p, y, &lines[i]) },
	}
}

func (s *scene) alertLines(width int) []alertLine {
	board, changes := s.frame.Board.Alerts, s.frame.Transitions
	lines := make([]alertLine, 0, 4*len(board)+len(changes)+2)
	for i := range board {
		if board[i].Container == s.subject.name {
			lines = s.appendAlert(lines, &board[i], width)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, alertLine{text: "no alert"})
	}
	return s.appendHistory(lines)
}

// appendAlert adds the lines of one alert. Its fields flow over as many lines as
// they need: none of them may be missing in a narrow panel.
func (s *scene) appendAlert(lines []alertLine, alert *alerts.Alert, width int) []alertLine {
	fields := s.alertFields(alert)
	if width < wordLeast && alert.State == alerts.StateFiring {
		fields = fields[1:]
	}
	for i, fields := range flow(fields, width-alertIndent) {
		lines = append(lines, alertLine{alert: alert, fields: fields, head: i == 0})
	}
	for _, text := range wrap(alert.Message, width-alertIndent, 0, alertMost) {
		lines = append(lines, alertLine{alert: alert, text: text})
	}
	return lines
}

// alertFields are the facts about an alert, its severity first. Value and
// threshold are among them unless the message has both: what is told need not be
// told again.
func (s *scene) alertFields(alert *alerts.Alert) []field {
	word, look := alert.Severity.String(), severityRole(alert.Severity)
	if alert.State != alerts.StateFiring {
		word, look = alert.State.String(), roleMuted
	}
	value, threshold := alertNumbers(alert)
	name := field{value: subjectOf(alert.Key)}
	if s.chosen(entryOf(alert)) {
		name.role = roleSelected
	}
	return []field{
		{value: word, role: look},
		name,
		s.alertAge(alert),
		{before: "at ", value: value},
		{before: "threshold ", value: threshold},
		{value: s.alertNote(alert), role: roleInfo},
	}
}

// subjectOf names what an alert of a container is about.
func subjectOf(key alerts.Key) string {
	if key.Instance == "" {
		return key.Rule
	}
	return key.Rule + " " + key.Instance
}

// alertNumbers writes value and threshold, unless there is nothing to compare or
// the message says both.
func alertNumbers(alert *alerts.Alert) (value, threshold string) {
	if alert.Unit.Worded() || alert.Unit == "" {
		return "", ""
	}
	value, threshold = alert.Unit.Format(alert.Value), alert.Unit.Format(alert.Threshold)
	if says(alert.Message, value) && says(alert.Message, threshold) {
		return "", ""
	}
	return value, threshold
}

// says reports whether a message has a number in it, as a whole: 13 does not say 3.
func says(message, number string) bool {
	for rest := message; ; {
		before, after, found := strings.Cut(rest, number)
		if !found {
			return false
		}
		if !endsInDigit(before) && !startsWithDigit(after) {
			return true
		}
		rest = after
	}
}

func endsInDigit(text string) bool {
	return text != "" && (isDigit(text[len(text)-1]) || text[len(text)-1] == '.')
}

func startsWithDigit(text string) bool {
	return text != "" && isDigit(text[0]) || len(text) > 1 && text[0] == '.' && isDigit(text[1])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// alertAge says for how long an alert has fired, or when one that is pending
// will.
func (s *scene) alertAge(alert *alerts.Alert) field {
	if alert.State != alerts.StatePending {
		return field{before: "for ", value: age(s.since(alert.Since))}
	}
	if left, known := s.firesIn(alert); known {
		return field{before: alert.Severity.String() + " in ", value: age(left)}
	}
	return field{before: "for ", value: age(s.since(alert.Since))}
}

// alertNote says what a person has decided about an alert, or is deciding.
func (s *scene) alertNote(alert *alerts.Alert) string {
	note := s.wish.word(alert.Key)
	add := func(text string) {
		if note != "" {
			note += ", "
		}
		note += text
	}
	if alert.Acknowledged {
		add("acknowledged")
	}
	if alert.Muted() {
		add("muted until " + clock(alert.MutedUntil.In(s.options.Location), s.now))
	}
	return note
}

// firesIn returns how long a pending alert has yet to hold, by the soonest level
// that it is beyond. It is an upper bound where the worse level was crossed later
// than the milder one.
func (s *scene) firesIn(alert *alerts.Alert) (time.Duration, bool) {
	for i := range s.frame.Rules {
		rule := &s.frame.Rules[i]
		if rule.Name != alert.Rule {
			continue
		}
		waited := s.since(alert.Since)
		warning, warns := rule.Warning.Get()
		critical, ends := rule.Critical.Get()
		switch ends = ends && alert.Severity == alerts.SeverityCritical; {
		case warns && ends:
			return max(min(rule.Wait(warning, alert.Value), rule.Wait(critical, alert.Value))-waited, 0), true
		case warns:
			return max(rule.Wait(warning, alert.Value)-waited, 0), true
		case ends:
			return max(rule.Wait(critical, alert.Value)-waited, 0), true
		}
	}
	return 0, false
}

// drawAlertLine draws one line of the panel.
func (s *scene) drawAlertLine(p pen, y int, line *alertLine) {
	switch {
	case line.change != nil:
		s.drawChange(p, y, line.change)
	case line.alert == nil:
		p.text(0, y, cut(line.text, p.width()), roleMuted)
	case line.fields == nil:
		p.text(alertIndent, y, line.text, roleText)
	default:
		if mark, look := alertLook(line.alert); line.head {
			p.text(0, y, mark, look)
		}
		p.fields(alertIndent, p.width(), y, line.fields...)
	}
}

// alertLook returns the mark of an alert and its look. One that is pending has no
// severity yet, so it must not look like one.
func alertLook(alert *alerts.Alert) (mark string, look role) {
	if alert.State != alerts.StateFiring {
		return "◌", roleMuted
	}
	return severityMark(alert.Severity), severityRole(alert.Severity)
}

// tells reports whether the scene is about a container; that of none is about all of
// them.
func (s *scene) tells(container string) bool {
	return s.subject.name == "" || s.subject.name == container
}

// tally says how many alerts of the container fire, by severity: "1 critical, 2
// warning".
func (s *scene) tally() (text string, severity alerts.Severity) {
	var count [alerts.SeverityCritical + 1]int
	for i := range s.frame.Board.Alerts {
		alert := &s.frame.Board.Alerts[i]
		if alert.State == alerts.StateFiring && s.tells(alert.Container) {
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

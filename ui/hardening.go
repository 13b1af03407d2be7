package ui

import (
	"slices"
	"strings"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/collectors"
)

// This file draws how a container is shut in: a line in the header, and a panel with
// every finding, of which one is chosen.

// audited reports whether anybody looks at how the containers are shut in.
func (m Model) audited() bool { return m.shown.Hardening != nil }

// hardening is what is known of the container. An audit is of now: in the past there is
// none.
func (s *scene) hardening() (audit.Status, bool) {
	status, known := s.frame.Hardening[s.subject.name]
	return status, known && !s.walk.on() && !s.options.Replay
}

// hardeningFields are the line: the score, and the worst of what is amiss.
func (s *scene) hardeningFields(rank int) []field {
	status, known := s.hardening()
	tone := s.tone(alerts.MetricDrift, "")
	switch {
	case !known:
		return nil
	case status.Report.At.IsZero():
		if status.Why == "" {
			return []field{field{value: "hardening was better", rank: rank}.toned(tone)}
		}
		return []field{field{value: "hardening unknown", rank: rank}.toned(tone)}
	}
	score := field{before: "hardening ", value: status.Report.Score(), rank: rank}.toned(tone)
	if status.Why != "" {
		score.after = " at " + clock(status.Report.At.In(s.options.Location), s.now)
	}
	return []field{score, {value: worstFinding(status), role: roleMuted, rank: rank + 2}}
}

// worstFinding names what matters first: what was lost, else the worst failure.
func worstFinding(status audit.Status) string {
	if len(status.Worse) > 0 {
		return status.Worse[0].Check + ": " + status.Worse[0].Is
	}
	for i := range status.Report.Findings {
		if failed := &status.Report.Findings[i]; failed.State == audit.StateFail {
			return failed.Check + ": " + failed.Found
		}
	}
	return ""
}

// hardeningFact is what stands in the title of the panel.
func (s *scene) hardeningFact(position string) (text string, look role) {
	status, known := s.hardening()
	if !known || status.Report.At.IsZero() {
		return position, roleMuted
	}
	text = status.Report.Score()
	if status.Why != "" {
		text += " at " + clock(status.Report.At.In(s.options.Location), s.now)
	}
	look = severityRole(s.tone(alerts.MetricDrift, ""))
	if look == roleText {
		look = roleMuted
	}
	return joined(text, position), look
}

// finding is an entry of the panel: a finding of the audit, or what is to be said of
// the audit itself.
type finding struct {
	*audit.Finding
	// lost is in what it was better, if it was.
	lost *collectors.Drift
	note string
}

// findings are the entries of the panel, what needs attention first.
func (s *scene) findings() []finding {
	status, known := s.hardening()
	if !known || status.Report.At.IsZero() {
		return nil
	}
	list := make([]finding, 0, len(status.Report.Findings)+1)
	if status.Why != "" {
		list = append(list, finding{note: "this is of " + clock(status.Report.At.In(s.options.Location), s.now) + "; since then: " + status.Why})
	}
	for i := range status.Report.Findings {
		one := finding{Finding: &status.Report.Findings[i]}
		if at := slices.IndexFunc(status.Worse, func(d collectors.Drift) bool { return d.Check == one.Check }); at >= 0 {
			one.lost = &status.Worse[at]
		}
		list = append(list, one)
	}
	return list
}

// noFindings is what stands in the place of findings.
func (s *scene) noFindings() string {
	status := s.frame.Hardening[s.subject.name]
	switch {
	case s.walk.on() || s.options.Replay:
		return "an audit is of now; what has got worse is among the events"
	case s.sample.ID == "":
		return "this is not audited: only of a container that an engine knows is told what it was to be"
	case status.Why != "":
		return "this could not be audited: " + status.Why
	default:
		return "this was not audited yet"
	}
}

// findingMost bounds the lines of one text of a finding.
const findingMost = 12

// findingList lists the findings. The chosen one has all that is to be said of it below
// it, and in a panel that has the whole body so has everything that is amiss.
func (s *scene) findingList(width int) list {
	entries := s.findings()
	more := func(i int) []findingLine {
		if entries[i].Finding == nil || s.chosenFinding(entries) == i || s.zoomed(PanelHardening) && amiss(entries[i].Finding) {
			return s.findingText(entries[i], width)
		}
		return nil
	}
	return list{
		count: len(entries),
		empty: s.noFindings(),
		lines: func(i int) int {
			if entries[i].Finding == nil {
				return max(len(more(i)), 1)
			}
			return 1 + len(more(i))
		},
		draw: func(p pen, y, i int) {
			if entries[i].Finding != nil {
				s.drawFinding(p, y, entries[i], s.chosenFinding(entries) == i)
				y++
			}
			for n, line := range more(i) {
				line.draw(p, y+n)
			}
		},
	}
}

func amiss(f *audit.Finding) bool {
	return f.State == audit.StateFail || f.State == audit.StateUnknown
}

// findingLine is one line below a finding, or of a note: a word that says what it is,
// and a text.
type findingLine struct {
	word, text string
	look       role
	// note says that it is of a note, which has no words.
	note bool
}

// findingIndent is where the texts begin below a finding: behind the longest word.
const findingIndent = len("  found ")

func (l findingLine) draw(p pen, y int) {
	if l.note {
		p.text(0, y, cut(l.text, p.width()), l.look)
		return
	}
	p.text(2, y, l.word, roleMuted)
	p.text(findingIndent, y, cut(l.text, p.width()-findingIndent), l.look)
}

// findingText is all that is to be said of an entry.
func (s *scene) findingText(f finding, width int) []findingLine {
	var lines []findingLine
	add := func(word, text string, look role) {
		for _, piece := range wrap(text, max(width-findingIndent, 1), 0, findingMost) {
			lines = append(lines, findingLine{word: word, text: piece, look: look})
			word = ""
		}
	}
	if f.Finding == nil {
		for _, piece := range wrap("▲ "+f.note, width, 2, findingMost) {
			lines = append(lines, findingLine{text: piece, look: roleWarning, note: true})
		}
		return lines
	}
	if head := findingHead(f, width); head+textWidth(f.Found) > width {
		add("found", f.Found, roleText)
	}
	if f.lost != nil {
		add("was", f.lost.Was+", until "+clock(f.lost.Since.In(s.options.Location), s.now), roleWarning)
	}
	add("why", f.Why, roleMuted)
	if f.Waiver != "" {
		add("leave", f.Waiver+", until "+f.WaivedUntil, roleMuted)
	}
	for i, text := range strings.Split(f.Fix, "\n") {
		if f.Fix != "" {
			lines = append(lines, findingLine{word: []string{"fix", ""}[min(i, 1)], text: text, look: roleKey})
		}
	}
	return lines
}

// drawFinding draws the line of a finding: how bad it is, what it is about, and what
// was found.
func (s *scene) drawFinding(p pen, y int, f finding, chosen bool) {
	mark, word, look := findingLook(f.Finding)
	x := p.text(0, y, mark, look) + 1
	if p.width() >= wordLeast {
		x = p.text(x, y, right(word, findingWord), look) + 1
	}
	name := roleStrong
	if chosen {
		name = roleSelected
	}
	x = p.text(x, y, cut(f.Check, p.width()-x), name)
	if f.lost != nil {
		p.text(x, y, cut(" lost", p.width()-x), roleWarning)
	}
	x = findingHead(f, p.width())
	p.text(x, y, cut(f.Found, p.width()-x), roleMuted)
}

const (
	// findingWord is the width of the words beside the marks.
	findingWord = len("critical")
	// findingName is the width of the checks, and what was lost of them, where what was
	// found stands in a column, from findingWide columns on.
	findingName = len("network-namespace lost")
	findingWide = 76
)

// findingHead is the column in which what was found begins.
func findingHead(f finding, width int) int {
	x, name := len("x "), textWidth(f.Check)
	if width >= wordLeast {
		x += findingWord + 1
	}
	if f.lost != nil {
		name += len(" lost")
	}
	if width >= findingWide {
		name = max(name, findingName)
	}
	return x + name + 2
}

// findingLook returns mark, word and look of a finding.
func findingLook(f *audit.Finding) (mark, word string, look role) {
	switch f.State {
	case audit.StateFail:
		return severityMark(f.Severity), f.Severity.String(), severityRole(f.Severity)
	case audit.StateUnknown:
		return "?", "unknown", roleInfo
	case audit.StateWaived:
		return "◌", "waived", roleMuted
	case audit.StatePass:
		return "●", "pass", roleGood
	default:
		return "○", "n/a", roleMuted
	}
}

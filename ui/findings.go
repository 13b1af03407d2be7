package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// A finding is chosen by its check and not by its place, as an alert is: what is copied
// is what was looked at.

// chosenFinding returns the place of the chosen finding among the entries: the first
// one where none was chosen, and -1 where the panel has not the focus.
func (s *scene) chosenFinding(entries []finding) int {
	if s.nav.focus != PanelHardening {
		return -1
	}
	at := slices.IndexFunc(entries, func(f finding) bool { return f.Finding != nil && f.Check == s.nav.finding })
	if at < 0 {
		at = slices.IndexFunc(entries, func(f finding) bool { return f.Finding != nil })
	}
	return at
}

// topOfFindings returns the first entry to draw so that the chosen one is in sight, with
// as much of it as there is room for.
func (s *scene) topOfFindings(l list, height int) int {
	top, at := s.nav.offset[PanelHardening], s.chosenFinding(s.findings())
	if at < 0 {
		return top
	}
	top = min(top, at)
	for used := linesFrom(l, top, at); top < at && used > height; top++ {
		used -= l.linesOf(top)
	}
	return top
}

// linesFrom returns how many lines the entries from one to another take.
func linesFrom(l list, from, to int) int {
	lines := 0
	for i := from; i <= to; i++ {
		lines += l.linesOf(i)
	}
	return lines
}

// moveFinding chooses the finding that is step further.
func (m Model) moveFinding(step int) Model {
	s := m.sceneShown()
	entries := s.findings()
	at := s.chosenFinding(entries)
	if at < 0 {
		return m
	}
	first := slices.IndexFunc(entries, func(f finding) bool { return f.Finding != nil })
	at = min(max(at+step, first), len(entries)-1)
	m.nav.finding = entries[at].Check
	s.nav = m.nav
	inside := m.layout().inside(PanelHardening)
	m.nav.offset[PanelHardening] = s.topOfFindings(s.findingList(inside.Dx()), inside.Dy())
	return m
}

// chooseFinding chooses the finding at a place among the entries.
func (m Model) chooseFinding(at int) Model {
	if entries := m.sceneShown().findings(); at < len(entries) && entries[at].Finding != nil {
		m.nav.finding = entries[at].Check
	}
	return m
}

// fixShown returns the check that is chosen and its fix; empty where nothing is to be
// mended.
func (m Model) fixShown() (check, fix string) {
	// The whole scene asks which keys do something, and the key for the fix asks here.
	s := &scene{frame: m.shown, subject: m.subjectShown(subjectsOf(m.shown.Snapshot)), walk: m.walk, options: m.options, nav: m.nav}
	entries := s.findings()
	if at := s.chosenFinding(entries); at >= 0 {
		return entries[at].Check, entries[at].Fix
	}
	return "", ""
}

// fixable reports whether there is a fix to copy.
func (m Model) fixable() bool {
	_, fix := m.fixShown()
	return fix != ""
}

// copyFix hands the fix of the chosen finding to the terminal, whose clipboard it is.
// Nobody answers whether it took it.
func (m Model) copyFix() (tea.Model, tea.Cmd) {
	check, fix := m.fixShown()
	if fix == "" {
		return m, nil
	}
	count := strings.Count(fix, "\n") + 1
	m.nav.note = fmt.Sprintf("the fix of %s, %s, went to the terminal's clipboard (OSC 52)", check, plural(count, "line", "lines"))
	return m, tea.SetClipboard(fix + "\n")
}

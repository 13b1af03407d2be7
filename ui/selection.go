package ui

import (
	"slices"

	"brink/alerts"
)

// entry is what can be chosen in the alerts panel: an alert of now, or a change in
// the past. It is chosen by what it is and not by its place, so that a new alert
// above it never becomes the chosen one: what is acknowledged is what was looked
// at.
type entry struct {
	key alerts.Key
	// at is when the change happened, in nanoseconds since the epoch; zero for an
	// alert of now.
	at int64
}

func entryOf(alert *alerts.Alert) entry { return entry{key: alert.Key} }

func entryOfChange(change *alerts.Transition) entry {
	return entry{key: change.Alert.Key, at: change.At.UnixNano()}
}

// entry returns what a line is about; false for a line between the parts.
func (l *alertLine) entry() (entry, bool) {
	switch {
	case l.change != nil:
		return entryOfChange(l.change), true
	case l.alert != nil:
		return entryOf(l.alert), true
	default:
		return entry{}, false
	}
}

// entriesOf returns what can be chosen among lines, from the top.
func entriesOf(lines []alertLine) []entry {
	var entries []entry
	for i := range lines {
		if one, ok := lines[i].entry(); ok && lines[i].head {
			entries = append(entries, one)
		}
	}
	return entries
}

// chosen reports whether an entry is the chosen one. Where the panel has not the
// focus, none is.
func (s *scene) chosen(one entry) bool {
	return s.nav.focus == PanelAlerts && s.nav.entry == one
}

// chosenAlert returns the alert of now that is chosen.
func (s *scene) chosenAlert() (alerts.Alert, bool) {
	alert, ok := alertOf(s.frame.Board, s.nav.entry.key)
	return alert, ok && s.chosen(entryOf(&alert)) && alert.Container == s.subject.name
}

// topOfAlerts returns the first line to draw so that the chosen entry is in sight,
// with as much of it as there is room for; the top without one.
func (s *scene) topOfAlerts(lines []alertLine, height int) int {
	first, last := -1, -1
	for i := range lines {
		if one, ok := lines[i].entry(); ok && s.chosen(one) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return 0
	}
	top := max(s.nav.offset[PanelAlerts], last-height+1)
	return min(top, first)
}

// moveEntry chooses the entry that is step further. When the chosen one is gone,
// what stands in its place is chosen first.
func (m Model) moveEntry(step int) Model {
	s := m.sceneShown()
	inside := m.layout().inside(PanelAlerts)
	lines := s.alertLines(inside.Dx())
	entries := entriesOf(lines)
	if len(entries) == 0 {
		return m
	}
	at := slices.Index(entries, m.nav.entry)
	switch {
	case at >= 0 || step == endOfList:
		at += step
	case step == -endOfList:
		at = 0
	default:
		at = m.nav.entryAt
	}
	at = min(max(at, 0), len(entries)-1)
	m.nav.entry, m.nav.entryAt = entries[at], at
	s.nav = m.nav
	m.nav.offset[PanelAlerts] = s.topOfAlerts(lines, s.listHeight(PanelAlerts, inside.Dx(), inside.Dy()))
	return m
}

// focusOn gives a panel the focus. In the alerts panel something is chosen from
// then on, if there is anything.
func (m Model) focusOn(panel Panel) Model {
	m.nav.visit(panel)
	if panel != PanelAlerts {
		return m
	}
	entries := entriesOf(m.sceneShown().alertLines(m.layout().inside(panel).Dx()))
	if !slices.Contains(entries, m.nav.entry) {
		m.nav.entry, m.nav.entryAt = entry{}, 0
		return m.moveEntry(-endOfList)
	}
	return m
}

// takeAlertKey acknowledges or mutes the chosen alert. Where none is chosen, it
// shows the one that matters first: the same key again then means that alert, for
// one should not acknowledge what one has not seen.
func (m Model) takeAlertKey(kind ActionKind) Model {
	alert, ok := m.sceneShown().chosenAlert()
	if !ok {
		return m.showAlert(kind)
	}
	now, still := alertOf(m.newest.Board, alert.Key)
	switch {
	case !still || now.State != alert.State || now.Severity != alert.Severity || !now.FiredAt.Equal(alert.FiredAt):
		m.nav.note = "it has changed since; " + m.keys.Pause.Help().Key + " shows what is now"
	case kind == ActMute && now.Muted():
		return m.act(Action{Kind: ActMute, Key: alert.Key})
	case kind == ActMute:
		return m.act(Action{Kind: ActMute, Key: alert.Key, For: muteFor})
	case now.State != alerts.StateFiring:
		m.nav.note = "it does not fire yet; " + m.keys.Mute.Help().Key + " mutes it"
	case now.Acknowledged:
		m.nav.note = "it is acknowledged already"
	default:
		return m.act(Action{Kind: ActAcknowledge, Key: alert.Key})
	}
	return m
}

// showAlert brings the alerts panel to the front and chooses the alert that a
// person should see next: the newest of the news, or the worst that nobody knows
// of yet. News are of now, so a screen that is paused catches up.
func (m Model) showAlert(kind ActionKind) Model {
	if len(m.news) > 0 && (m.paused || m.walk.on()) {
		m = m.goLive()
	}
	key, ok := m.alertToSee()
	m.news = nil
	if ok {
		m = m.selectNamed(key.Container)
		m.nav.entry = entry{key: key}
	}
	m = m.focusOn(PanelAlerts)
	alert, ok := m.sceneShown().chosenAlert()
	switch {
	case !ok:
		m.nav.note = "there is no alert"
	case kind == ActMute:
		m.nav.note = m.keys.Mute.Help().Key + " again mutes " + subjectOf(alert.Key)
	default:
		m.nav.note = m.keys.Acknowledge.Help().Key + " again acknowledges " + subjectOf(alert.Key)
	}
	return m
}

// alertToSee returns what showAlert chooses.
func (m Model) alertToSee() (alerts.Key, bool) {
	for _, one := range slices.Backward(m.news) {
		if _, ok := alertOf(m.shown.Board, one.change.Alert.Key); ok {
			return one.change.Alert.Key, true
		}
	}
	s := m.sceneShown()
	var best *alerts.Alert
	for i := range s.frame.Board.Alerts {
		alert := &s.frame.Board.Alerts[i]
		if alert.Container == s.subject.name && (best == nil || unknownFirst(alert, best)) {
			best = alert
		}
	}
	if best == nil {
		return alerts.Key{}, false
	}
	return best.Key, true
}

// unknownFirst reports whether an alert should be seen before another one that
// stands above it: when it fires and nobody has acknowledged it.
func unknownFirst(alert, above *alerts.Alert) bool {
	return asks(alert) && !asks(above)
}

func asks(alert *alerts.Alert) bool {
	return alert.State == alerts.StateFiring && !alert.Acknowledged && !alert.Muted()
}

package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"
)

// TestJourneyThroughTheHelp scrolls the help page of a low screen from the first key
// to the last sign.
func TestJourneyThroughTheHelp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		j.frame(frameOf(noon, agentAt(noon)))
		j.keys("?")
		j.shows("Help · brink 0.1.0", "1-19 of 25", "space      pause", "█ ▓ ▒")
		j.hides("◌ --")
		j.keys("j", "k", "j")
		j.shows("2-20 of 25")
		j.hides("space      pause")
		j.keys("G")
		j.shows("7-25 of 25", "◌ --", "which is not zero")
		j.keys("j", "g")
		j.shows("1-19 of 25")

		// It begins at its top again, and the keys below it are not theirs.
		j.keys("G", "?", "?")
		j.shows("1-19 of 25")
		j.keys("end", "esc")
		j.shows("live 1s", "enter zoom")
		j.end()
	})
}

// TestHelpWithRoom has no place to tell, whatever was scrolled before.
func TestHelpWithRoom(t *testing.T) {
	m := send(steady(newModel(40, 8)), press("?"), press("G"))
	if text := screenText(t, m); !strings.Contains(text, "which is not zero") {
		t.Errorf("the end is not in sight:\n%s", text)
	}
	m = send(m, resized(120, 40))
	text := screenText(t, m)
	if !strings.Contains(text, "space      pause") || strings.Contains(text, " of ") && strings.Contains(text, "1-") {
		t.Errorf("not all is shown:\n%s", text)
	}
	m = mousing(send(m, resized(80, 24), press("g")))
	if m = send(m, tea.MouseWheelMsg{X: 9, Y: 9, Button: tea.MouseWheelDown}); m.nav.helpTop != wheelStep {
		t.Errorf("the wheel scrolls to %d", m.nav.helpTop)
	}
}

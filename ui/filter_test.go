package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brink/collectors"
)

// TestTail keeps the end of what is too long.
func TestTail(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 0, ""},
		{"abc", -1, "…"},
		{"abc", 0, "…"},
		{"abc", 1, "…"},
		{"abc", 2, "…c"},
		{"abc", 3, "abc"},
		{"漢字かな", 8, "漢字かな"},
		{"漢字かな", 7, "…字かな"},
		{"漢字かな", 6, "…かな"},
		{"\x1b[31m", 3, "…1m"},
	} {
		if got := tail(test.text, test.width); got != test.want {
			t.Errorf("tail(%q, %d) is %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

// TestPromptFits: what is typed stays in sight in the title of a narrow list.
func TestPromptFits(t *testing.T) {
	long := strings.Repeat("x", longestFilter-1) + "y"
	for _, size := range [][2]int{{120, 40}, {60, 20}, {40, 30}, {40, 8}} {
		base := newModel(size[0], size[1])
		events := typed(send(steady(base), press("/")), long)
		table := typed(send(base, FrameMsg(threeAgents(noon, 0.3, 0.5)), press("o"), press("/")), long)
		for _, m := range []Model{events, table} {
			if text := screenText(t, m); !strings.Contains(text, "xy▏") {
				t.Errorf("%v: the end of what is typed is not in sight:\n%s", size, text)
			}
		}
	}
}

// twoKills has an OOM kill of two processes beside what the fixture tells.
func twoKills() Frame {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = append(frame.Snapshot.Story, collectors.Event{
		Seq: 6, At: noon.Add(-time.Minute), Container: agentName, Kind: collectors.EventOOMKill, Count: 2,
		Victims: []collectors.Victim{{PID: 41, Name: "Chrome"}, {PID: 42, Name: "node"}},
	})
	return frame
}

// TestEventsFilter: the words are looked for in what happened, in the name of the
// container and in those of all victims.
func TestEventsFilter(t *testing.T) {
	for _, test := range []struct {
		name, keys, text string
		want             []string
	}{
		{"nothing", "", "", []string{"OOM: node", "hit 21 times", "healthy", "restarted", "exit 137", "started"}},
		{"blanks", "", "  ", []string{"OOM: node", "hit 21 times", "healthy", "restarted", "exit 137", "started"}},
		{"no such event", "", "zzz", nil},
		{"what happened", "", "LIMIT hit", []string{"hit 21 times"}},
		{"a victim that the line does not name", "", "chrome", []string{"OOM: node"}},
		{"the container", "", "openclaw oom", []string{"OOM: node", "restarted", "exit 137"}},
		{"among one kind", "f", "o", []string{"OOM: node", "hit 21 times"}},
		{"among another kind", "ff", "137", []string{"restarted", "exit 137"}},
		{"keys are letters while one types", "", "faqs", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := typed(typed(send(newModel(120, 40), FrameMsg(twoKills())), test.keys+"/"), test.text)
			if got := eventsShown(m); len(got) != len(test.want) {
				t.Fatalf("%q leaves %q, want %q", test.text, got, test.want)
			}
			for i, line := range eventsShown(m) {
				if !strings.Contains(line, test.want[i]) {
					t.Errorf("%q leaves %q at %d, want %q", test.text, line, i, test.want[i])
				}
			}
			screenText(t, m)
		})
	}
}

// eventsShown are the summaries of the events in the list.
func eventsShown(m Model) []string {
	s := m.sceneShown()
	var lines []string
	for _, number := range s.eventNumbers() {
		lines = append(lines, s.frame.Snapshot.Story[number].Summary())
	}
	return lines
}

// TestJourneyThroughTheEventsFilter types, keeps, looks around and takes back.
func TestJourneyThroughTheEventsFilter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		j.frame(twoKills())
		j.keys("/")
		j.shows("Filter: ▏", "enter keeps the filter, esc takes it back", "hit 21 times")
		j.keys("o", "o", "m")
		j.shows("Filter: oom▏", " 3 of 6 ", "OOM: node", "restarted after exit 137: OOM kill")
		j.hides("hit 21 times", "q quit")
		j.keys("enter")
		j.shows("Events", "3 of 6 with “oom”", "q quit")
		j.hides("Filter: ", "hit 21 times")

		// The kinds choose among the same events, and say that none is left.
		j.keys("f")
		j.shows("only limits · 1 of 2 with “oom”")
		j.keys("f", "f")
		j.shows("no event of health with “oom”", "0 of 1 with “oom”")
		j.keys("f", "f", "f", "enter")
		j.shows("3 of 6 with “oom”", "enter back")

		// Elsewhere it stays; esc closes one thing at a time.
		j.keys("tab", "shift+tab", "esc")
		j.shows("hit 21 times", "enter back")
		j.hides("with “oom”")
		j.keys("esc")
		j.shows("enter zoom")
		j.keys("/", "x", "esc")
		j.shows("hit 21 times")
		j.hides("Filter: ", "with “x”", "takes it back")

		// It is for the events alone.
		j.keys("tab", "/", "q")
		j.end()
	})
}

// TestEventsFilterMoves: arrows move in the list while one types, and enter leaves
// it where it is.
func TestEventsFilterMoves(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = manyEvents(60)
	m := typed(send(newModel(120, 40), FrameMsg(frame), press("/")), "1")
	if text := screenText(t, m); !strings.Contains(text, "1-8 · 15 of 60") {
		t.Errorf("the title does not count the part:\n%s", text)
	}
	m = send(m, press("down"), press("down"), press("up"), press("enter"))
	if text := screenText(t, m); !strings.Contains(text, "2-9 · 15 of 60 with “1”") {
		t.Errorf("the list is elsewhere:\n%s", text)
	}
	m = send(m, press("/"), press("backspace"))
	if text := screenText(t, m); !strings.Contains(text, "1-8 of 60") {
		t.Errorf("the whole list does not begin at its newest:\n%s", text)
	}
	if _, cmd := m.Update(press("ctrl+c")); cmd == nil {
		t.Error("ctrl+c does not quit while one types")
	}
}

// TestEventsFilterInThePast keeps the events of the moment in sight.
func TestEventsFilterInThePast(t *testing.T) {
	m := steady(newModel(120, 40))
	m = send(m, press("H"), press("H"), press("H"))
	m = typed(send(m, press("/")), "limit")
	text := screenText(t, m)
	if !m.walk.on() || !strings.Contains(text, "hit 21 times") || strings.Contains(text, "health check") {
		t.Errorf("the filter does not work in the past:\n%s", text)
	}
	// The first esc ends the walk, the next one the filter.
	m = send(m, press("enter"), press("esc"))
	if m.walk.on() || m.nav.words.text != "limit" {
		t.Errorf("walking: %v, filter %q", m.walk.on(), m.nav.words.text)
	}
	if m = send(m, press("esc")); m.nav.words.on() {
		t.Errorf("the filter is %q", m.nav.words.text)
	}
}

// TestEventsFilterWithoutRoom: in a strip no filter takes the keys, and none leaves
// anything out, for nothing there says so.
func TestEventsFilterWithoutRoom(t *testing.T) {
	m := typed(send(steady(newModel(120, 40)), press("/")), "137")
	m = send(m, resized(80, 2))
	if _, cmd := m.Update(press("q")); cmd == nil {
		t.Error("q does not quit in a strip")
	}
	part := typed(send(m, resized(120, 40), press("enter")), "fjj")
	for _, strip := range []Model{m, send(part, resized(80, 3))} {
		strip.height = 3
		if text := screenText(t, strip); !strings.Contains(text, "hit 21 times") {
			t.Errorf("the strip has not the newest event:\n%s", text)
		}
	}
	m = typed(send(m, resized(120, 40)), "zzz")
	if text := screenText(t, m); !strings.Contains(text, "no event with “137zzz”") {
		t.Errorf("the filter is not back:\n%s", text)
	}
}

package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// stretchOf is a recorded stretch of the usual load in pages of a minute.
func stretchOf(from, to, at time.Time) []Page {
	pages := []Page{{First: true, From: noon.Add(-8 * time.Hour), To: noon, At: at}}
	for moment := from; !moment.After(to); moment = moment.Add(time.Second) {
		last := &pages[len(pages)-1]
		if len(last.Frames) == 60 {
			pages = append(pages, Page{From: last.From, To: last.To, At: at})
			last = &pages[len(pages)-1]
		}
		last.Frames = append(last.Frames, frameOf(moment, agentAt(moment)))
	}
	pages[len(pages)-1].Last = true
	return pages
}

// replayModel is a replay of a size that was sent the ten minutes before noon, and
// what it asks for.
func replayModel(width, height int) (Model, *[]Action) {
	var asked []Action
	m := New(Options{
		Target: agentName, Version: "0.1.0", Location: time.UTC, Replay: true,
		Act: func(action Action) { asked = append(asked, action) },
	})
	m = send(m, tea.WindowSizeMsg{Width: width, Height: height})
	return sendPages(m, stretchOf(noon.Add(-10*time.Minute), noon, time.Time{})), &asked
}

func sendPages(m Model, pages []Page) Model {
	for _, page := range pages {
		m = send(m, PageMsg(page))
	}
	return m
}

// TestReplaySteps presses keys in a replay and looks where it stands, and what it
// asks for.
func TestReplaySteps(t *testing.T) {
	seek := func(ago time.Duration) []Action { return []Action{{Kind: ActSeek, At: noon.Add(-ago)}} }
	for _, test := range []struct {
		name  string
		keys  string
		ago   time.Duration
		asked []Action
	}{
		{"the end at first", "", 0, nil},
		{"back", "left left", 2 * time.Second, nil},
		{"forward from the end", "right", 0, nil},
		{"a minute back", "H", time.Minute, nil},
		{"back over the edge", "H H H H H H H H H H left", 10 * time.Minute, seek(10*time.Minute + time.Second)},
		{"a minute over the edge", "H H H H H H H H H H H", 10 * time.Minute, seek(11 * time.Minute)},
		{"the same is asked for once", "H H H H H H H H H H H H", 10 * time.Minute, seek(11 * time.Minute)},
		{"a time in memory", "t -5m enter", 5 * time.Minute, nil},
		{"a time that is not", "t -2h enter", 0, seek(2 * time.Hour)},
		{"before the recording", "t -9h enter", 0, seek(8 * time.Hour)},
		{"no time", "t noon enter", 0, nil},
		{"typed and left", "t -5m esc", 0, nil},
		{"mended", "t -5mx backspace enter", 5 * time.Minute, nil},
		{"end", "H H end", 0, nil},
		{"acknowledge does nothing", "a m", 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, asked := replayModel(120, 40)
			for key := range strings.FieldsSeq(test.keys) {
				if m.nav.prompt.open && key != "enter" && key != "esc" && key != "backspace" {
					m = typed(m, key)
					continue
				}
				m = send(m, press(key))
			}
			if got := noon.Sub(m.shown.Snapshot.At); got != test.ago {
				t.Errorf("it stands %v before the end, want %v", got, test.ago)
			}
			if diff := cmp.Diff(test.asked, *asked, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what was asked for differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSeekLands shows the moment that was asked for once its stretch has come.
func TestSeekLands(t *testing.T) {
	m, _ := replayModel(120, 40)
	there := noon.Add(-3 * time.Hour)
	m = send(typed(send(m, press("t")), "-3h"), press("enter"))
	pages := stretchOf(there.Add(-5*time.Minute), there.Add(5*time.Minute), there)
	if m = sendPages(m, pages[:3]); !m.shown.Snapshot.At.Equal(noon) {
		t.Errorf("half a stretch is shown: %v", m.shown.Snapshot.At)
	}
	if m = sendPages(m, pages[3:]); !m.shown.Snapshot.At.Equal(there) {
		t.Errorf("it stands at %v, want %v", m.shown.Snapshot.At, there)
	}
	if m = send(m, press("left")); !m.shown.Snapshot.At.Equal(there.Add(-time.Second)) {
		t.Errorf("a step back leads to %v", m.shown.Snapshot.At)
	}
}

// TestEventJumps goes from event to event, in a replay and in a living screen.
func TestEventJumps(t *testing.T) {
	replay, _ := replayModel(120, 40)
	for name, m := range map[string]Model{"replay": replay, "live": warm(newModel(120, 40))} {
		t.Run(name, func(t *testing.T) {
			story := m.newest.Snapshot.Story
			last := story[len(story)-1].At
			if m = send(m, press("N")); m.shown.Snapshot.At.Sub(last).Abs() > time.Second {
				t.Errorf("the event before is of %v, shown is %v", last, m.shown.Snapshot.At)
			}
			here := m.shown.Snapshot.At
			if m = send(m, press("N"), press("n")); !m.shown.Snapshot.At.Equal(here) {
				t.Errorf("one back and one forward lead from %v to %v", here, m.shown.Snapshot.At)
			}
		})
	}
}

// TestPlay lets a recording run: at 1x a second a second, at 60x a minute, and it
// holds at the end.
func TestPlay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages := make(chan Page)
		j := startReplay(t, 120, 40, pages)
		for _, page := range stretchOf(noon.Add(-10*time.Minute), noon, noon.Add(-5*time.Minute)) {
			pages <- page
		}
		j.settle()
		j.shows("23 Nov 2026", "13:57:11", "replay")
		j.keys("space")
		time.Sleep(5 * time.Second)
		j.settle()
		j.shows("▶ 1x", "13:57:16")
		j.keys("space", "+", "+", "space")
		time.Sleep(2 * time.Second)
		j.settle()
		j.shows("▶ 60x", "13:59:")
		time.Sleep(10 * time.Second)
		j.settle()
		j.shows("14:02:11", "replay")
		j.hides("▶ 60x")
		j.keys("?")
		j.shows("play faster", "to the next event")
		close(pages)
		j.end()
	})
}

// TestPastBeforeTheFirstFrame shows a living screen what was recorded before it
// began, and keeps what it has seen since.
func TestPastBeforeTheFirstFrame(t *testing.T) {
	m := newModel(120, 40)
	for _, late := range []time.Duration{0, time.Second, 2 * time.Second} {
		m = send(m, FrameMsg(frameOf(noon.Add(late), agentAt(noon))))
	}
	m = sendPages(m, stretchOf(noon.Add(-10*time.Minute), noon.Add(-time.Second), time.Time{}))
	if m.walk.on() || !m.shown.Snapshot.At.Equal(noon.Add(2*time.Second)) {
		t.Errorf("the past moved the screen to %v", m.shown.Snapshot.At)
	}
	if got := m.oldest(); !got.Equal(noon.Add(-10 * time.Minute)) {
		t.Errorf("the oldest sample is of %v", got)
	}
	m = send(m, press("left"), press("left"), press("left"))
	if want := noon.Add(-time.Second); !m.shown.Snapshot.At.Equal(want) {
		t.Errorf("three steps back lead to %v, want %v", m.shown.Snapshot.At, want)
	}
}

// TestMoments reads times as people write them.
func TestMoments(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"noon", ""},
		{"25:00", ""},
		{"-", ""},
		{"-x", ""},
		{"--5m", ""},
		{"31 Feb", ""},
		{"\x1b[2J", ""},
		{"14:02", "2026-11-23 14:02:00"},
		{"14:02:12", "2026-11-22 14:02:12"},
		{" 3:10 ", "2026-11-23 03:10:00"},
		{"yesterday 3:10", "2026-11-22 03:10:00"},
		{"Yesterday  23:59:59", "2026-11-22 23:59:59"},
		{"-90s", "2026-11-23 14:00:41"},
		{"-2h30m", "2026-11-23 11:32:11"},
		{"-3d", "2026-11-20 14:02:11"},
		{"22 Nov 3:10", "2026-11-22 03:10:00"},
		{"24 Dec", "2025-12-24 00:00:00"},
		{"2026-11-21 3:10", "2026-11-21 03:10:00"},
		{"2026-11-21 03:10:05", "2026-11-21 03:10:05"},
		{"2026-11-21T03:10:05Z", "2026-11-21 03:10:05"},
	} {
		at, err := ParseMoment(test.text, noon)
		got := ""
		if err == nil {
			got = at.UTC().Format(time.DateTime)
		}
		if got != test.want {
			t.Errorf("%q is %q (%v), want %q", test.text, got, err, test.want)
		}
	}
}

// TestDemoOffered offers the recorded example where there is nothing to watch, and
// nowhere else.
func TestDemoOffered(t *testing.T) {
	for _, test := range []struct {
		name    string
		offer   bool
		arrive  func(Model) Model
		offered bool
	}{
		{"waiting", true, waitingFor("openclaw-agent"), true},
		{"nothing", true, func(m Model) Model { return send(m, FrameMsg(frameOf(noon))) }, true},
		{"before the first frame", true, func(m Model) Model { return m }, false},
		{"running", true, steady, false},
		{"not to be had", false, waitingFor("openclaw-agent"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, asked := actingModel(100, 28)
			m.options.Demo = test.offer
			m = test.arrive(m)
			if got := strings.Contains(screenText(t, m), "press d to see"); got != test.offered {
				t.Errorf("the screen offers it: %v", got)
			}
			_, cmd := m.Update(press("d"))
			if test.offered != (cmd != nil && len(*asked) == 1 && (*asked)[0].Kind == ActDemo) {
				t.Errorf("d asks for %v, offered %v", *asked, test.offered)
			}
		})
	}
}

// TestAutoplay plays at once where that was asked for.
func TestAutoplay(t *testing.T) {
	m := New(Options{Location: time.UTC, Replay: true, Play: 2})
	m = send(m, tea.WindowSizeMsg{Width: 120, Height: 40})
	if m = sendPages(m, stretchOf(noon.Add(-2*time.Minute), noon, noon.Add(-2*time.Minute))); !m.replay.playing || m.replay.times() != 10 {
		t.Errorf("playing %v at %d", m.replay.playing, m.replay.times())
	}
	if m = send(m, playMsg{m.replay.beat}); !m.shown.Snapshot.At.Equal(noon.Add(-2*time.Minute + time.Second)) {
		t.Errorf("a beat leads to %v", m.shown.Snapshot.At)
	}
	if m = send(m, press("space"), playMsg{m.replay.beat}); m.replay.playing || !m.shown.Snapshot.At.Equal(noon.Add(-2*time.Minute+time.Second)) {
		t.Errorf("held, it stands at %v", m.shown.Snapshot.At)
	}
}

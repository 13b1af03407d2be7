package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brink/collectors"
)

// offering is a frame that waits and offers containers.
func offering(at time.Time, choices ...string) Frame {
	frame := frameOf(at)
	frame.Snapshot.Story = nil
	frame.Snapshot.Waiting = []collectors.Waiting{{Why: "none of them looks like an agent", Since: noon, Choices: choices}}
	return frame
}

// manyChoices are the names box-1, box-2 and so on.
func manyChoices(n int) []string {
	var choices []string
	for i := range n {
		choices = append(choices, "box-"+number(i+1))
	}
	return choices
}

func TestJourneyPick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		j.frame(offering(noon, "web", "postgres", "redis"))
		j.shows("Running here; enter or number picks:", "1 web", "2 postgres", "3 redis", "enter follow")
		j.keys("down", "enter")
		j.asks(Action{Kind: ActFollow, Name: "postgres"})
		j.shows("2 postgres following …")
		j.keys("3")
		j.asks(Action{Kind: ActFollow, Name: "redis"})
		j.shows("3 redis following …")
		j.hides("postgres following")
		j.keys("4", "9")
		j.asks()

		followed := agentAt(noon)
		followed.Name = "redis"
		j.frame(frameOf(noon.Add(time.Second), followed))
		j.shows("redis", "● running 3d 4h", "58% of 2.00 GiB")
		j.keys("enter", "1")
		j.asks()
		j.end()
	})
}

// TestJourneyMarkFollowsTheName although the list changes under it.
func TestJourneyMarkFollowsTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		j.frame(offering(noon, "web", "postgres"))
		j.keys("G")
		j.frame(offering(noon.Add(time.Second), "postgres", "redis", "web"))
		j.keys("enter")
		j.asks(Action{Kind: ActFollow, Name: "postgres"})
		j.keys("k", "k", "enter")
		j.asks(Action{Kind: ActFollow, Name: "postgres"})
		j.keys("G", "j", "enter")
		j.asks(Action{Kind: ActFollow, Name: "web"})

		// The marked one is gone: the first one takes its place.
		j.frame(offering(noon.Add(2*time.Second), "postgres", "redis"))
		j.keys("enter")
		j.asks(Action{Kind: ActFollow, Name: "postgres"})
		j.keys("j", "enter", "g", "enter")
		j.asks(Action{Kind: ActFollow, Name: "redis"}, Action{Kind: ActFollow, Name: "postgres"})
		j.end()
	})
}

// TestFollowingThatComesToNothing is forgotten after a while.
func TestFollowingThatComesToNothing(t *testing.T) {
	m := send(newModel(80, 24), FrameMsg(offering(noon, "web")), press("enter"))
	for _, test := range []struct {
		after time.Duration
		want  bool
	}{{time.Second, true}, {wishPatience, true}, {wishPatience + time.Second, false}} {
		m = send(m, FrameMsg(offering(noon.Add(test.after), "web")))
		if got := strings.Contains(screenText(t, m), "following …"); got != test.want {
			t.Errorf("after %v the screen says following: %v, want %v", test.after, got, test.want)
		}
	}
}

// TestChoicesAmongTabs leaves the numbers to the tabs.
func TestChoicesAmongTabs(t *testing.T) {
	frame := offering(noon, "web", "postgres")
	frame.Snapshot.Containers = []collectors.ContainerSample{agentAt(noon)}
	m, asked := actingModel(80, 24)
	m = send(m, FrameMsg(frame), press("2"))
	text := screenText(t, m)
	if !strings.Contains(text, "Running here; enter picks one:") || strings.Contains(text, "1 web") {
		t.Errorf("the choices have numbers beside the tabs:\n%s", text)
	}
	m = send(m, press("1"))
	if len(*asked) != 0 || !strings.Contains(screenText(t, m), "58% of 2.00 GiB") {
		t.Errorf("the number asked for %v, want the first tab", *asked)
	}
	send(m, press("2"), press("down"), press("enter"))
	if len(*asked) != 1 || (*asked)[0].Name != "postgres" {
		t.Errorf("enter asked for %v, want postgres", *asked)
	}
}

// TestChoicesWithoutSomebodyToAct says how brink is started for one.
func TestChoicesWithoutSomebodyToAct(t *testing.T) {
	m := newModel(80, 24)
	m.options.Act = nil
	m = send(m, FrameMsg(offering(noon, "web")))
	text := screenText(t, m)
	for _, want := range []string{"Running here, each can be watched with brink NAME:", "    web\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("screen does not show %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "enter") {
		t.Errorf("screen offers a key that does nothing:\n%s", text)
	}
	send(m, press("enter"), press("1"), press("down")) // Nobody listens: no panic.
}

// TestChoicesScroll keeps the marked one in sight.
func TestChoicesScroll(t *testing.T) {
	const choices = 30
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 18}, {40, 8}} {
		m := send(newModel(size[0], size[1]), FrameMsg(offering(noon, manyChoices(choices)...)))
		for i := range choices {
			text := screenText(t, m)
			if want := "box-" + number(i+1); !strings.Contains(text, want+"\n") {
				t.Fatalf("%v: screen does not show %q:\n%s", size, want, text)
			}
			m = send(m, press("down"))
		}
	}
}

// TestLowPageShowsChoicesFirst because it shows its first lines only.
func TestLowPageShowsChoicesFirst(t *testing.T) {
	why := strings.Repeat("looked here and there. ", 20)
	frame := offering(noon, "web")
	frame.Snapshot.Waiting[0].Why = why
	for _, test := range []struct {
		height int
		first  bool
	}{{8, true}, {16, true}, {24, false}, {40, false}} {
		text := screenText(t, send(newModel(60, test.height), FrameMsg(frame)))
		choice, reason := strings.Index(text, "1 web"), strings.Index(text, "looked here")
		if choice < 0 || (choice < reason) != test.first {
			t.Errorf("%d lines: the choice stands first: %v, want %v:\n%s", test.height, choice < reason, test.first, text)
		}
	}
}

// TestHostileChoices are drawn as text, and asked for as they are.
func TestHostileChoices(t *testing.T) {
	m, asked := actingModel(60, 20)
	m = send(m, FrameMsg(offering(noon, poison, strings.Repeat("漢", 300))))
	screenText(t, m)
	screenText(t, send(m, press("enter")))
	if len(*asked) != 1 || (*asked)[0].Name != poison {
		t.Errorf("asked for %v, want the name as it came", *asked)
	}
}

// TestWaitingKeysAreQuiet: the keys of lists and alerts have nothing to do there.
func TestWaitingKeysAreQuiet(t *testing.T) {
	m, asked := actingModel(80, 24)
	m = send(m, FrameMsg(offering(noon)))
	before := screenText(t, m)
	for _, name := range []string{"a", "m", "enter", "1", "up", "down", "g", "G", "esc", "x"} {
		if after := screenText(t, send(m, press(name))); after != before {
			t.Errorf("%q changes the screen:\n%s", name, after)
		}
	}
	if len(*asked) != 0 {
		t.Errorf("asked for %v", *asked)
	}
}

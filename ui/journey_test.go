package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"brink/collectors"
)

func TestJourneyFromNothingToLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 100, 28)
		j.shows("reading “openclaw-agent”", "q quit")

		waiting := frameOf(noon)
		waiting.Snapshot.Waiting = []collectors.Waiting{{Target: agentName, Since: noon.Add(-time.Minute), Why: "no container has this name"}}
		j.frame(waiting)
		j.shows("Waiting for “openclaw-agent”", "no container has this name", "60 s")

		j.frame(frameOf(noon.Add(time.Second), agentAt(noon)))
		j.shows("● running 3d 4h", "58% of 2.00 GiB", "14:02:12")
		j.hides("Waiting for")
		j.end()
	})
}

func TestJourneyPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 100, 28)
		j.frame(frameOf(noon, agentWith(noon, 0.30)))
		j.keys("space")
		j.frame(frameOf(noon.Add(time.Second), agentWith(noon, 0.60)))
		j.frame(frameOf(noon.Add(2*time.Second), agentWith(noon, 0.70)))
		j.shows("‖ paused 14:02:11", "30% of 2.00 GiB")
		j.hides("70% of 2.00 GiB")

		j.keys("p")
		j.shows("70% of 2.00 GiB", "14:02:13")
		j.hides("‖ paused")
		final := j.quit()
		if got := final.tracks[agentName].history.highest(slotAt(noon.Add(time.Second)), 1, seriesUnreclaimable); got < 0.59*float64(2*gib) {
			t.Errorf("the history has %v bytes for a second of the pause, want what came then", got)
		}
	})
}

func TestJourneyFeedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 100, 28)
		j.frame(frameOf(noon, agentAt(noon)))
		close(j.frames)
		j.settle()
		j.shows("○ ended", "no more samples", "58% of 2.00 GiB")
		j.frames = make(chan Frame)
		j.end()
	})
}

func TestJourneyAmongContainers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, db := agentWith(noon, 0.30), agentWith(noon, 0.80)
		web.Name, db.Name = "web", "postgres"
		j := startJourney(t, 80, 24)
		j.frame(frameOf(noon, agentAt(noon), web, db))
		j.shows("1 ● openclaw-agent", "2 ● web", "3 ● postgres", "58% of 2.00 GiB", "o all containers")

		j.keys("2")
		j.shows("30% of 2.00 GiB")
		j.keys("]")
		j.shows("80% of 2.00 GiB")
		j.keys("]")
		j.shows("58% of 2.00 GiB")
		j.keys("[", "9")
		j.shows("80% of 2.00 GiB")

		// The selection follows the name: postgres stands first now, is gone, and
		// comes back.
		j.frame(frameOf(noon.Add(time.Second), db, agentAt(noon)))
		j.shows("80% of 2.00 GiB", "1 ● postgres")
		j.frame(frameOf(noon.Add(2*time.Second), web, agentAt(noon)))
		j.shows("30% of 2.00 GiB")
		j.frame(frameOf(noon.Add(3*time.Second), web, agentAt(noon), db))
		j.shows("80% of 2.00 GiB")
		j.end()
	})
}

func TestJourneyThroughEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frame := frameOf(noon, agentAt(noon))
		frame.Snapshot.Story = manyEvents(30)
		j := startJourney(t, 100, 28)
		j.frame(frame)
		j.shows("hit 30 times", "1-5 of 30")
		j.keys("j", "down")
		j.hides("hit 30 times")
		j.shows("hit 28 times", "3-7 of 30")

		// A new event does not move what is being read; at the top it shows at once.
		frame.Snapshot.Story = manyEvents(31)
		j.frame(frame)
		j.shows("hit 28 times", "4-8 of 31")
		j.keys("G")
		j.shows("hit 1 times", "27-31 of 31")
		j.keys("j", "k")
		j.shows("26-30 of 31")
		j.keys("g")
		j.shows("hit 31 times", "1-5 of 31")
		frame.Snapshot.Story = manyEvents(32)
		j.frame(frame)
		j.shows("hit 32 times")
		j.end()
	})
}

// manyEvents is a story in which event n says n, and the first of all once.
func manyEvents(n int) []collectors.Event {
	story := make([]collectors.Event, 0, n)
	for i := 1; i <= n; i++ {
		story = append(story, collectors.Event{
			Seq: uint64(i), At: noon.Add(time.Duration(i-100) * time.Second), Container: agentName,
			Kind: collectors.EventForkRefused, Detail: fmt.Sprintf("hit %d times", i),
		})
	}
	for i := range story {
		story[i].Kind = "limit"
	}
	return story
}

func TestJourneyThroughLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		j.frame(frameOf(noon, agentAt(noon)))
		j.shows("memory limit hit 21 times")
		j.keys("tab")
		j.shows("no alert")
		j.keys("tab")
		j.shows("/tmp", "45% of 256 MiB")
		j.keys("tab")
		j.shows("4121 openclaw-gatewa", "memory↓")
		j.keys("tab")
		j.shows("● cgroup", "memory cpu pids pressure io")
		// The list stays in front while the focus is on another panel.
		j.keys("down", "tab", "tab", "tab")
		j.shows("● cgroup")
		j.keys("tab")
		j.shows("memory limit hit 21 times")
		j.keys("shift+tab", "shift+tab", "shift+tab", "shift+tab")
		j.shows("● cgroup")
		j.end()
	})
}

func TestJourneyHelp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 30)
		j.frame(frameOf(noon, agentAt(noon)))
		j.keys("?")
		j.shows("Help · brink 0.1.0", "previous panel", "not measured")
		j.hides("container by number", "Memory")
		j.keys("space", "j")
		j.hides("‖ paused ")
		j.keys("esc")
		j.shows("Memory")
		j.keys("f1", "?")
		j.shows("Memory")
		j.end()
	})
}

func TestJourneyQuits(t *testing.T) {
	for _, name := range []string{"q", "ctrl+c"} {
		synctest.Test(t, func(t *testing.T) {
			j := startJourney(t, 80, 24)
			j.program.Send(press(name))
			<-j.done
			close(j.frames)
			j.output.close()
			time.Sleep(time.Second)
		})
	}
}

// TestBytesPerUpdate is a row of the design's table: what a steady load writes to
// a terminal of 120x40. The pty run measures the same from outside.
func TestBytesPerUpdate(t *testing.T) {
	const updates, budget = 120, 1500
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		for i := -updates; i < 0; i++ {
			j.frame(frameOf(noon.Add(time.Duration(i)*time.Second), agentAt(noon.Add(time.Duration(i)*time.Second))))
		}
		before := j.output.bytes()
		for i := range updates {
			at := noon.Add(time.Duration(i) * time.Second)
			j.frame(frameOf(at, agentAt(at)))
		}
		mean := (j.output.bytes() - before) / updates
		t.Logf("%d bytes per update", mean)
		if mean > budget {
			t.Errorf("%d bytes per update, want at most %d", mean, budget)
		}
		j.end()
	})
}

// TestBytesPerUpdateUnderAlarm is the same with all that alerts add: their ages,
// the history, the sinks, and an alert that is chosen.
func TestBytesPerUpdateUnderAlarm(t *testing.T) {
	const updates, budget = 60, 1500
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		for i := range 2 * updates {
			at := noon.Add(time.Duration(i-2*updates) * time.Second)
			frame := alarmFrame(at)
			frame.Snapshot.Containers[0] = agentAt(at)
			if i == updates {
				j.keys("tab", "down")
				j.output.reset()
			}
			j.frame(frame)
		}
		mean := j.output.bytes() / updates
		t.Logf("%d bytes per update", mean)
		if mean > budget {
			t.Errorf("%d bytes per update, want at most %d", mean, budget)
		}
		j.end()
	})
}

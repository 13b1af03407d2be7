package ui

import (
	"strings"
	"testing"

	"brink/collectors"
)

// TestStripTellsOldnessOnce: a strip with a header says there that the numbers are
// not of now, and one without says it before them.
func TestStripTellsOldnessOnce(t *testing.T) {
	for _, test := range []struct{ state, word string }{
		{"stale", "◌ stale 7 s"}, {"paused", "‖ paused 14:02:11"}, {"ended", "○ ended"}, {"stopped", "exited 137"},
	} {
		for height := 1; height <= 2; height++ {
			m := stateNamed(t, test.state).arrive(newModel(80, height))
			if text := screenText(t, m); strings.Count(text, test.word) != 1 {
				t.Errorf("%s in %d lines says %q %d times:\n%s", test.state, height, test.word, strings.Count(text, test.word), text)
			}
		}
	}
}

// TestStripAlwaysHasTheLimits, whatever else there is to say.
func TestStripAlwaysHasTheLimits(t *testing.T) {
	for _, name := range []string{"steady", "near-limits", "oom", "news", "news-elsewhere", "stale", "stopped", "no-engine", "unreadable", "hostile", "unlimited"} {
		arrived := stateNamed(t, name).arrive(newModel(80, 3))
		for _, width := range []int{60, 80, 120, 200} {
			for height := 1; height < compactHeight; height++ {
				text := screenText(t, send(arrived, resized(width, height)))
				for _, limit := range []string{"mem ", "cpu ", "pid "} {
					if !strings.Contains(text, limit) {
						t.Errorf("%s at %dx%d has no %q:\n%s", name, width, height, limit, text)
					}
				}
			}
		}
	}
}

// TestStripWithoutLimits: an unlimited resource has its amount.
func TestStripWithoutLimits(t *testing.T) {
	sample := agentWith(noon, 0.5)
	sample.Memory.Limit, sample.Memory.UnreclaimableRatio = collectors.Unlimited[collectors.Bytes](), collectors.Opt[collectors.Ratio]{}
	for _, width := range []int{40, 80} {
		m := send(newModel(width, 1), FrameMsg(frameOf(noon, sample)))
		if text := screenText(t, m); !strings.Contains(text, "1.00 GiB") {
			t.Errorf("%d columns do not tell the amount:\n%s", width, text)
		}
	}
}

// TestStripTakesNoScroll: no list is on the screen, so its keys do nothing.
func TestStripTakesNoScroll(t *testing.T) {
	m := steady(newModel(80, 3))
	before := screenText(t, m)
	for _, pressed := range []string{"down", "G", "up", "a", "m"} {
		if m = send(m, press(pressed)); screenText(t, m) != before {
			t.Errorf("%s changes the strip:\n%s", pressed, screenText(t, m))
		}
	}
}

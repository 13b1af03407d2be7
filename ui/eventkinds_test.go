package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brink/collectors"
)

// everyEvent are all kinds of events that there are.
func everyEvent() []collectors.EventKind {
	return []collectors.EventKind{
		collectors.EventOOMKill, collectors.EventLimitHit, collectors.EventForkRefused, collectors.EventDied, collectors.EventStarted,
		collectors.EventRestarted, collectors.EventRecreated, collectors.EventRemoved, collectors.EventPaused, collectors.EventUnpaused,
		collectors.EventHealth, collectors.EventSourceLost, collectors.EventSourceBack,
		collectors.EventHardeningLost, collectors.EventHardeningBack,
	}
}

// TestEventKinds: every kind of event is among all and in one part of them, and one
// that nobody knows yet is not lost.
func TestEventKinds(t *testing.T) {
	for _, kind := range everyEvent() {
		parts := 0
		for k := kindsAll + 1; k < kindsCount; k++ {
			if k.has(kind) {
				parts++
			}
		}
		if parts != 1 || !kindsAll.has(kind) {
			t.Errorf("%s is in %d parts, among all: %v", kind, parts, kindsAll.has(kind))
		}
	}
	for k := range kindsCount {
		if got, want := k.has("brand-new"), k == kindsAll; got != want {
			t.Errorf("an unknown kind is among %q: %v, want %v", k, got, want)
		}
	}
}

// TestJourneyThroughEventKinds: f goes round; the title says what is left out; a new
// event of another kind does not come into the list, and is there again with all.
func TestJourneyThroughEventKinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		frame := frameOf(noon, agentAt(noon))
		j.frame(frame)
		j.shows("memory limit hit 21 times", "health check says healthy", "● started", "f kinds of events")
		j.hides("only ")

		j.keys("f")
		j.shows("only limits", "memory limit hit 21 times", "only events of limits")
		j.hides("health check says", "● started")

		frame.Snapshot.At = noon.Add(time.Second)
		frame.Snapshot.Story = append(frame.Snapshot.Story,
			collectors.Event{Seq: 6, At: noon.Add(time.Second), Container: agentName, Kind: collectors.EventHealth, Health: collectors.HealthUnhealthy},
			collectors.Event{Seq: 7, At: noon.Add(time.Second), Container: agentName, Kind: collectors.EventForkRefused, Count: 3})
		j.frame(frame)
		j.shows("✖ fork refused")
		j.hides("unhealthy")

		j.keys("f")
		j.shows("only life", "● started", "exit 137")
		j.hides("memory limit hit", "fork refused")
		j.keys("f")
		j.shows("only health", "unhealthy")
		j.keys("f")
		j.shows("only hardening", "no event of hardening; f shows others")
		j.keys("f")
		j.shows("only sources", "no event of sources; f shows others")
		j.keys("f")
		j.shows("unhealthy", "fork refused", "● started")
		j.hides("only ")

		j.keys("tab", "f")
		j.hides("only ", "f kinds")
		j.end()
	})
}

// TestEventKindsAndPlace: with a part shown, scrolling counts that part.
func TestEventKindsAndPlace(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	for i := range 60 {
		kind := []collectors.EventKind{collectors.EventPaused, collectors.EventUnpaused, collectors.EventLimitHit}[i%3]
		frame.Snapshot.Story = append(frame.Snapshot.Story,
			collectors.Event{Seq: uint64(10 + i), At: noon, Container: agentName, Kind: kind, Count: 1})
	}
	m := send(newModel(120, 40), FrameMsg(frame), press("f"))
	if text := screenText(t, m); !strings.Contains(text, "only limits · 1-8 of 21") {
		t.Errorf("the title does not count the part:\n%s", text)
	}
	m = send(m, press("G"))
	if text := screenText(t, m); !strings.Contains(text, "14-21 of 21") {
		t.Errorf("the end is elsewhere:\n%s", text)
	}
	// The next part begins at its newest.
	if text := screenText(t, send(m, press("f"))); !strings.Contains(text, "only life · 1-8 of 43") {
		t.Errorf("the next part does not begin at its top:\n%s", text)
	}
}

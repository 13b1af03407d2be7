package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// lostSources are events with so long a reason, newest first "source-1".
func lostSources(count int) []collectors.Event {
	story := make([]collectors.Event, count)
	for i := range story {
		story[i] = collectors.Event{
			Seq: uint64(1 + i), At: noon.Add(time.Duration(i-count) * time.Minute), Container: agentName,
			Kind: collectors.EventSourceLost, Source: "source-" + number(count-i),
			Detail: "open /sys/fs/cgroup/memory.current: permission denied",
		}
	}
	return story
}

// TestLongEvents: in a zoomed panel an event goes on in further lines, below its
// words, and in any other it is cut.
func TestLongEvents(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = append(lostSources(1), collectors.Event{Seq: 2, At: noon, Container: agentName})
	m := send(newModel(60, 20), FrameMsg(frame))
	if text := screenText(t, m); !strings.Contains(text, "▲ source-1 cannot be read, open /sys/fs/cgroup/m…\n") {
		t.Errorf("it is not cut in a panel among others:\n%s", text)
	}
	m = send(m, press("enter"))
	want := strings.Join([]string{
		"─ Events ───────────────────────────────────────────────────",
		" 14:02:11 ●",
		" 14:01:11 ▲ source-1 cannot be read, open",
		"            /sys/fs/cgroup/memory.current: permission",
		"            denied",
	}, "\n")
	if text := trimLines(screenText(t, m)); !strings.Contains(text, want) {
		t.Errorf("it does not go on in further lines:\n%s", text)
	}
	m = send(m, resized(120, 40))
	if text := screenText(t, m); !strings.Contains(text, "source-1 cannot be read, open /sys/fs/cgroup/memory.current: permission denied ") {
		t.Errorf("it is broken although there is room:\n%s", text)
	}
}

// TestLongEventsScroll by events: each is whole at the top, and the last one whole at
// the end.
func TestLongEventsScroll(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = lostSources(12)
	m := send(newModel(60, 20), FrameMsg(frame), press("enter"))
	for _, step := range []struct{ keys, fact, first, last string }{
		{"", "1-6 of 12", "source-1 ", "source-6 "},
		{"j", "2-7 of 12", "source-2 ", "source-7 "},
		{"G", "8-12 of 12", "source-8 ", "source-12 "},
		{"j", "8-12 of 12", "source-8 ", "source-12 "},
		{"k", "7-12 of 12", "source-7 ", "source-12 "},
		{"g", "1-6 of 12", "source-1 ", "source-6 "},
	} {
		m = typed(m, step.keys)
		text := screenText(t, m)
		lines := strings.Split(text, "\n")
		heads := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.Contains(line, "cannot be read") })
		if !strings.Contains(text, step.fact) || len(heads) == 0 || !strings.Contains(lines[3], step.first) || !strings.Contains(heads[len(heads)-1], step.last) {
			t.Errorf("after %q it is not %s, from %s to %s:\n%s", step.keys, step.fact, step.first, step.last, text)
		}
	}
}

// TestListsOfTallEntries: what is too tall for its panel is the only one in it.
func TestListsOfTallEntries(t *testing.T) {
	tall := func(lines ...int) list {
		return list{count: len(lines), lines: func(i int) int { return lines[i] }}
	}
	for _, test := range []struct {
		list        list
		height      int
		last, shown int
	}{
		{list{}, 5, 0, 0},
		{list{count: 3}, 0, 2, 0},
		{list{count: 3}, 2, 1, 2},
		{list{count: 3}, 9, 0, 3},
		{tall(2, 2, 2), 4, 1, 2},
		{tall(2, 2, 2), 5, 1, 3},
		{tall(1, 9, 1), 4, 2, 2},
		{tall(1, 1, 9), 4, 2, 3},
	} {
		if last, shown := test.list.last(test.height), test.list.shown(0, test.height); last != test.last || shown != test.shown {
			t.Errorf("%d entries in %d lines: the last begins at %d and %d are shown, want %d and %d",
				test.list.count, test.height, last, shown, test.last, test.shown)
		}
	}
}

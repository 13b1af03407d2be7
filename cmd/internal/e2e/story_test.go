package e2e

import (
	"slices"
	"testing"
	"time"
)

// TestStory: events come in any order of their times, and again when they are amended.
func TestStory(t *testing.T) {
	second := func(n int64) time.Time { return time.Unix(n, 0) }
	var story Story
	for _, snapshot := range []Snapshot{
		{At: second(10), Events: []Event{{Seq: 2, At: second(3), Kind: "died"}, {Seq: 1, At: second(9), Kind: "oom-kill", Count: 1}}},
		{At: second(11)},
		{At: second(12), Events: []Event{{Seq: 3, At: second(4), Kind: "restarted"}, {Seq: 1, At: second(9), Kind: "oom-kill", Count: 2}}},
	} {
		story = story.add(snapshot)
	}
	if got, want := story.Kinds(), []string{"oom-kill", "died", "restarted"}; !slices.Equal(got, want) {
		t.Errorf("in the order of the numbers: %v, want %v", got, want)
	}
	if got, want := story.InTime().Kinds(), []string{"died", "restarted", "oom-kill"}; !slices.Equal(got, want) {
		t.Errorf("in time: %v, want %v", got, want)
	}
	if kill := story[0]; kill.Count != 2 || !kill.Told.Equal(second(10)) {
		t.Errorf("an amended event counts %d and was told at %v, want 2 and when it came first", kill.Count, kill.Told)
	}
	if got := story.Since(second(4)).Of("died", "restarted").Kinds(); !slices.Equal(got, []string{"restarted"}) {
		t.Errorf("since 4, of deaths and restarts: %v", got)
	}
	if story.Count() != 2 {
		t.Errorf("count = %d, want 2", story.Count())
	}
}

func TestStoryString(t *testing.T) {
	code := 137
	story := Story{{Seq: 7, At: time.Unix(0, 0).UTC(), Told: time.Unix(1, 0).UTC(), Kind: "oom-kill", Count: 2, ExitCode: &code, Victims: []Victim{{PID: 3, Name: "a\x1b"}}}}
	const want = "\n  7 00:00:00.000 told 00:00:01.000 oom-kill x2 exit 137 \"a\\x1b\"(3)  "
	if got := story.String(); got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}

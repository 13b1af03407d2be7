package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// limitsSince are the limits of the agent from a moment on.
func limitsSince(at time.Time, memory collectors.Bytes) LifeLimits {
	return LifeLimits{
		At: at, Memory: collectors.LimitOf(memory), High: collectors.Unlimited[collectors.Bytes](), Swap: collectors.LimitOf(collectors.Bytes(0)),
		CPU: collectors.LimitOf(collectors.Cores(1.5)), Pids: collectors.LimitOf(uint64(256)),
	}
}

// TestLivesGoldens tells the lives of a night: one that ended with an OOM kill, one
// whose limit was raised, and one that was re-created and goes on.
func TestLivesGoldens(t *testing.T) {
	n := newNight(Options{Span: Span{From: evening, To: evening.Add(time.Hour)}})
	n.pass(time.Hour, nil)
	n.tick()
	died, raised, created := evening.Add(10*time.Minute), evening.Add(20*time.Minute), evening.Add(40*time.Minute)
	for _, life := range []Life{
		{
			ID: n.agent.ID, Incarnation: 77, First: evening.Add(-time.Hour), Last: died.Add(-time.Second),
			Started: collectors.Some(evening.Add(-time.Hour)), Ended: collectors.Some(died),
			ExitCode: collectors.Some(137), OOMKilled: true, RestartCount: collectors.Some(0),
			Limits: []LifeLimits{limitsSince(evening.Add(-time.Hour), 2*gib)},
		},
		{
			ID: n.agent.ID, Incarnation: 78, First: died.Add(time.Second), Last: created.Add(-2 * time.Second),
			Started: collectors.Some(died.Add(time.Second)), RestartCount: collectors.Some(1),
			Limits: []LifeLimits{limitsSince(died.Add(time.Second), 2*gib), limitsSince(raised, 3*gib)},
		},
		{ID: strings.Repeat("fe", 32), First: created, Last: evening.Add(time.Hour)},
	} {
		n.collector.Live(n.agent.Name, life)
	}
	n.collector.Live("another", Life{ID: "not asked for"})
	r := n.collector.Report()
	golden(t, "lives.txt", textOf(t, r, 100))
	golden(t, "lives.md", markdownOf(t, r))
	golden(t, "lives.json", jsonOf(t, r))
}

// TestOneLife needs no table, but the JSON has it.
func TestOneLife(t *testing.T) {
	n := newNight(Options{Span: Span{From: evening, To: evening.Add(time.Minute)}})
	n.pass(time.Minute, nil)
	n.collector.Live(n.agent.Name, Life{ID: n.agent.ID, First: evening, Last: n.now})
	r := n.collector.Report()
	if text := textOf(t, r, 100); strings.Contains(text, "Lives") {
		t.Errorf("a table of one life:\n%s", text)
	}
	if c := r.Containers[0]; c.LifeCount != 1 || c.Lives[0].ID != n.agent.ID {
		t.Errorf("%d lives, %+v", c.LifeCount, c.Lives)
	}
}

// TestManyLives counts all lives of a restart loop, lists the latest, and shows nothing
// of what an id hides.
func TestManyLives(t *testing.T) {
	n := newNight(Options{Names: []string{"openclaw-agent"}})
	n.pass(time.Minute, nil)
	for i := range 3 * livesKept {
		at := evening.Add(time.Duration(i) * time.Second)
		n.collector.Live(n.agent.Name, Life{ID: fmt.Sprintf("\x1b[31m%d", i), First: at, Last: at, Ended: collectors.Some(at)})
		n.collector.Live("somebody", Life{})
	}
	r := n.collector.Report()
	c := r.Containers[0]
	if c.LifeCount != 3*livesKept || len(c.Lives) != livesKept {
		t.Fatalf("%d lives, %d listed", c.LifeCount, len(c.Lives))
	}
	text := textOf(t, r, 100)
	if strings.Contains(text, "\x1b") || !strings.Contains(text, "and 290 before") {
		t.Errorf("%q", text)
	}
}

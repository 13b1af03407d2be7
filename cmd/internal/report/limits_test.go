package report

import (
	"testing"
	"time"

	"brink/collectors"
)

// TestLimitsOfAStart: a container has no limits for a moment while it is started, which
// is nothing to tell; a limit that is taken away and given back later is.
func TestLimitsOfAStart(t *testing.T) {
	for _, test := range []struct {
		name    string
		without time.Duration
		back    collectors.Bytes
		changes uint64
		limits  int
	}{
		{"a moment without", time.Second, 2 * gib, 0, 2},
		{"a moment, and then another", time.Second, 3 * gib, 2, 2},
		{"a minute without", time.Minute, 2 * gib, 2, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNight(Options{})
			n.pass(10*time.Second, nil)
			first := n.now
			n.agent.Memory.Limit = collectors.Unlimited[collectors.Bytes]()
			n.pass(test.without, nil)
			without := n.now
			n.agent.Memory.Limit = collectors.LimitOf(test.back)
			n.pass(10*time.Second, nil)
			none := limitsSince(first, gib)
			none.Memory = collectors.Unlimited[collectors.Bytes]()
			n.collector.Live(n.agent.Name, Life{First: first.Add(-time.Minute), Limits: []LifeLimits{
				limitsSince(first.Add(-time.Minute), 2*gib), none, limitsSince(without, test.back),
			}})
			story := n.story()
			if story.LimitChangeCount != test.changes || len(story.LimitChanges) != int(test.changes) {
				t.Errorf("%d changes: %+v", story.LimitChangeCount, story.LimitChanges)
			}
			if limits := story.Lives[0].Limits; len(limits) != test.limits || limits[len(limits)-1].Memory != collectors.LimitOf(test.back) {
				t.Errorf("limits of the life: %+v", limits)
			}
		})
	}
}

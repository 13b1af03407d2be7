package notify

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"brink/alerts"
)

// TestProperties plays random stories before two sinks that come and go. Whatever
// happens:
//
//   - a sink hears of an end only after a beginning, and of no beginning twice
//     without an end between; what it hears in between is worse, again, or a repeat;
//   - nothing is told of what is below its minimum;
//   - at the end, when every sink works again, each knows just what is the case;
//   - nothing was lost, for nothing has waited for as long as the deadline.
func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		repeat := rapid.SampledFrom([]time.Duration{-1, time.Minute, time.Hour}).Draw(rt, "repeat")
		story := rapid.SliceOfN(rapid.Custom(storyLine), 1, 40).Draw(rt, "story")
		var faults complaints
		// The property is judged outside of the bubble: rapid counts on its own goroutine.
		synctest.Test(t, func(*testing.T) { faults = play(repeat, story) })
		if len(faults) > 0 {
			rt.Fatal(strings.Join(faults, "\n"))
		}
	})
}

// complaints are a tester that shrinking can begin anew after.
type complaints []string

func (c *complaints) Helper()           {}
func (c *complaints) Error(args ...any) { *c = append(*c, fmt.Sprint(args...)) }
func (c *complaints) Fatal(args ...any) { c.Error(args...) }

func (c *complaints) Fatalf(format string, args ...any) { c.Error(fmt.Sprintf(format, args...)) }

func storyLine(rt *rapid.T) string {
	rule := rapid.SampledFrom([]string{"oom", "mem", "pids"}).Draw(rt, "rule")
	switch what := rapid.SampledFrom([]string{"fire", "fire", "over", "over", "rise", "fall", "again", "ack", "mute", "unmute", "sink", "pass", "pass"}).Draw(rt, "what"); what {
	case "fire":
		return "fire " + rule + " " + rapid.SampledFrom([]string{"warning", "critical"}).Draw(rt, "severity")
	case "mute":
		return "mute " + rule + " 30m"
	case "sink":
		return "sink " + rapid.SampledFrom([]string{"phone", "pager"}).Draw(rt, "sink") + " " +
			rapid.SampledFrom([]string{"good", "down", "hangs", "late"}).Draw(rt, "how")
	case "pass":
		return "pass " + rapid.SampledFrom([]string{"100ms", "300ms", "3s", "2m", "40m"}).Draw(rt, "time")
	default:
		return what + " " + rule
	}
}

// late takes the message after a while, in which other things happen.
func late(ctx context.Context, _ Notification) error {
	select {
	case <-time.After(4 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func play(repeat time.Duration, story []string) (faults complaints) {
	sinks := map[string]*recorder{"phone": {name: "phone"}, "pager": {name: "pager"}}
	w := newWorld(&faults, Options{Routes: []Route{
		{Sink: sinks["phone"], Repeat: repeat, Deadline: 24 * time.Hour},
		{Sink: sinks["pager"], Repeat: repeat, Deadline: 24 * time.Hour, Minimum: alerts.SeverityCritical},
	}})
	w.interval = 10 * time.Second
	w.put()
	answers := map[string]func(context.Context, Notification) error{"good": nil, "down": down, "hangs": hang, "late": late}
	for _, line := range story {
		if words := strings.Fields(line); words[0] == "sink" {
			sinks[words[1]].set(answers[words[2]])
		} else {
			w.do(line)
		}
	}
	for _, sink := range sinks {
		sink.set(nil)
	}
	w.pass(45*time.Minute + 5*time.Second)
	for _, route := range w.outbox.options.Routes {
		w.check(sinks[route.Sink.Name()], route.Minimum)
	}
	for _, health := range w.outbox.Health() {
		if health.Dropped != 0 || health.Pending != 0 {
			faults.Error(health)
		}
	}
	w.close()
	return faults
}

// check reads what a sink was told from the beginning to the end.
func (w *world) check(sink *recorder, minimum alerts.Severity) {
	knows := map[alerts.Key]bool{}
	for _, item := range sink.items() {
		known := knows[item.Key]
		switch item.Reason {
		case ReasonFirst, ReasonSummary:
			knows[item.Key] = true
		case ReasonResolved:
			delete(knows, item.Key)
			known = !known
		case ReasonRose, ReasonAgain, ReasonRepeat:
			known = !known
		case ReasonOver:
		default:
			w.t.Fatalf("told for reason %q", item.Reason)
		}
		if known {
			w.t.Fatalf("%s told %s of %s: %v", sink.name, item.Reason, item.Key.Rule, sink.heard())
		}
		if item.Severity < minimum {
			w.t.Fatalf("%s of %s is below the minimum: %v", item.Severity, item.Key.Rule, sink.heard())
		}
	}
	for _, rule := range []string{"oom", "mem", "pids"} {
		alert, fires := w.firing[key(rule)]
		wanted := fires && !alert.Acknowledged && alert.Severity >= minimum
		if wanted && !knows[key(rule)] || !fires && knows[key(rule)] {
			w.t.Fatalf("%s: fires %v, but %s knows otherwise: %v", rule, fires, sink.name, sink.heard())
		}
	}
}

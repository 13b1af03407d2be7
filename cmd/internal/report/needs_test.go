package report

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestNeeds: what was held back has no number, and what was not measured has none.
func TestNeeds(t *testing.T) {
	type want struct{ memory, cpu, pids, tmpfs string }
	quiet := want{"752 MiB", "1.50 cores", "65", "50.0 MiB"}
	with := func(change func(*want)) want {
		w := quiet
		change(&w)
		return w
	}
	oom := func(scope collectors.OOMScope) collectors.Event {
		return collectors.Event{Kind: collectors.EventOOMKill, At: sec(60), Scope: scope, Count: 1}
	}
	counted := func(c *collectors.ContainerSample, i int) {
		c.CPU.Periods = collectors.Some(1000 + 10*uint64(i))
	}
	for _, test := range []struct {
		name string
		rule []alerts.Rule
		live func(n *night)
		want want
	}{
		{"nothing is measured", nil, func(n *night) {
			n.agent = collectors.ContainerSample{Name: "openclaw-agent", State: collectors.StateRunning}
		}, want{none, none, none, ""}},
		{"at ease", nil, func(*night) {}, quiet},
		{"without a rule", []alerts.Rule{}, func(*night) {}, with(func(w *want) { w.pids = "61" })},
		{"killed at its limit", nil, func(n *night) { n.tell(oom(collectors.OOMOwn)) }, with(func(w *want) { w.memory = "more than 2.00 GiB" })},
		{"killed, by whatever limit", nil, func(n *night) { n.tell(oom("")) }, with(func(w *want) { w.memory = "more than 2.00 GiB" })},
		{"killed for the host", nil, func(n *night) { n.tell(oom(collectors.OOMHost)) }, quiet},
		{"killed at a limit that is not known", nil, func(n *night) {
			n.agent.Memory.Limit = collectors.Limit[collectors.Bytes]{}
			n.tell(oom(collectors.OOMOwn))
		}, with(func(w *want) { w.memory = "more than 600 MiB" })},
		{"killed, and more since", nil, func(n *night) {
			n.agent.Memory.Limit = collectors.LimitOf(gib)
			n.pass(time.Minute, counted)
			n.tell(oom(collectors.OOMOwn))
			n.tick()
			n.agent.Memory.Limit = collectors.LimitOf(2 * gib)
			setMemory(&n.agent, 1200*mib)
		}, with(func(w *want) { w.memory = "1.47 GiB" })},
		{"throttled", nil, func(n *night) {
			n.pass(time.Minute, counted)
			n.agent.CPU.Periods, n.agent.CPU.ThrottledPeriods = collectors.Some(uint64(1700)), collectors.Some(uint64(40))
			n.tick()
			n.agent.CPU.ThrottledPeriods = n.agent.CPU.Periods
		}, with(func(w *want) { w.cpu = "more than 1.50 cores" })},
		{"forks were refused", nil, func(n *night) {
			n.tick()
			n.tell(collectors.Event{Kind: collectors.EventForkRefused, At: n.now, Count: 3})
		}, with(func(w *want) { w.pids = "more than 256" })},
		{"the kernel saw more tasks", nil, func(n *night) {
			n.agent.Pids.Peak = collectors.Some(uint64(60))
			n.tick()
			n.agent.Pids.Peak = collectors.Some(uint64(75))
		}, with(func(w *want) { w.pids = "101" })},
		{"a full mount", nil, func(n *night) { n.agent.Tmpfs[0].Used = n.agent.Tmpfs[0].Size }, with(func(w *want) { w.tmpfs = "more than 256 MiB" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNight(Options{Rules: test.rule})
			test.live(n)
			n.pass(2*time.Minute, nil)
			n.agent.CPU.Periods = collectors.Some(n.agent.CPU.Periods.Or(0) + 1)
			n.tick()
			c := n.story()
			got := want{neededText(c.Memory.Need, bytesText), neededText(c.CPU.Need, coresText), neededText(c.Pids.Need, countText), ""}
			if len(c.Tmpfs) > 0 {
				got.tmpfs = neededText(c.Tmpfs[0].Need, bytesText)
			}
			if got != test.want {
				t.Errorf("needed %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestPartlyMeasured: a number from a part of the time says so.
func TestPartlyMeasured(t *testing.T) {
	n := newNight(Options{})
	n.pass(time.Minute, nil)
	n.agent.Memory = collectors.MemorySample{}
	n.pass(time.Hour, nil)
	if why := n.story().Memory.Need.Why; !strings.Contains(why, "measured in 59 s of the 1h 0m that it ran") {
		t.Errorf("why = %q", why)
	}
}

package report

import (
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestNights draws one page for each night in which something is odd.
func TestNights(t *testing.T) {
	for _, test := range nights() {
		t.Run(test.name, func(t *testing.T) {
			n := newNight(test.options)
			test.live(n)
			golden(t, test.name+".txt", textOf(t, n.collector.Report(), 80))
			golden(t, test.name+".md", markdownOf(t, n.collector.Report()))
			golden(t, test.name+".json", jsonOf(t, n.collector.Report()))
		})
	}
}

type nightCase struct {
	name    string
	options Options
	live    func(*night)
}

func nights() []nightCase {
	eight := Options{Span: Span{From: evening, To: evening.Add(8 * time.Hour)}}
	return []nightCase{
		{"nothing-at-all", Options{}, func(*night) {}},
		{"nothing-recorded", eight, func(*night) {}},
		{"only-gaps", eight, func(n *night) {
			n.step = time.Hour
			n.pass(4*time.Hour, nil)
		}},
		{"one-sample", Options{}, func(n *night) { n.tick() }},
		{"no-such-container", Options{Names: []string{"other"}}, func(n *night) { n.pass(time.Minute, nil) }},
		{"two-containers", Options{Names: []string{"openclaw-agent", "web", "other"}}, twoContainers},
		{"clock-set-back", Options{}, clockSetBack},
		{"no-limits", Options{}, noLimits},
		{"nothing-readable", Options{}, nothingReadable},
		{"stopped-all-night", eight, stoppedAllNight},
		{"re-created", Options{}, reCreated},
		{"oom-without-victim", Options{}, oomWithoutVictim},
		{"oom-by-parent", Options{}, oomByParent},
		{"restart-loop", Options{}, restartLoop},
		{"stop-timeout", Options{}, stopTimeout},
		{"rough-week", Options{Span: Span{From: evening, To: evening.Add(7 * 24 * time.Hour)}}, roughWeek},
		{"hostile-names", Options{Version: "v1\x1b[2J|`"}, hostileNames},
		{"in-a-zone", Options{Location: time.FixedZone("CET", 3600)}, func(n *night) { n.pass(3*time.Hour, nil) }},
	}
}

// twoContainers are three, of which one is not asked about; one comes late.
func twoContainers(n *night) {
	n.pass(time.Minute, nil)
	web, third := agent(), agent()
	web.Name, web.Image, third.Name = "web", "nginx", "third"
	for range 60 {
		n.add(n.agent, web, third)
	}
}

func clockSetBack(n *night) {
	n.pass(10*time.Minute, nil)
	n.now = n.now.Add(-5 * time.Minute)
	n.pass(10*time.Minute, nil)
}

func noLimits(n *night) {
	c := &n.agent
	c.Memory.Limit, c.Memory.SwapLimit = collectors.Unlimited[collectors.Bytes](), collectors.Unlimited[collectors.Bytes]()
	c.CPU.Limit, c.Pids.Limit = collectors.Unlimited[collectors.Cores](), collectors.Unlimited[uint64]()
	c.Memory.UnreclaimableRatio, c.CPU.OfLimit, c.Pids.OfLimit = collectors.Opt[collectors.Ratio]{}, collectors.Opt[collectors.Ratio]{}, collectors.Opt[collectors.Ratio]{}
	c.CPU.Periods, c.CPU.ThrottledPeriods, c.CPU.ThrottledCores = collectors.Opt[uint64]{}, collectors.Opt[uint64]{}, collectors.Opt[collectors.Cores]{}
	c.Tmpfs = nil
	n.pass(time.Hour, nil)
}

// nothingReadable is a host on which brink may read next to nothing.
func nothingReadable(n *night) {
	n.agent = collectors.ContainerSample{Name: "openclaw-agent", State: collectors.StateRunning, Sources: []collectors.SourceHealth{{
		Name: "cgroup", Missing: []collectors.Missing{
			{Group: collectors.GroupMemory, Why: "open memory.stat: permission denied"},
			{Group: collectors.GroupPressure, Why: "the kernel has no PSI"},
			{Group: collectors.GroupTmpfs, Why: "needs CAP_SYS_PTRACE"},
			{Group: collectors.GroupKernelLog, Why: "open /dev/kmsg: permission denied"},
		},
	}}}
	n.agent.Tmpfs = []collectors.TmpfsSample{{Mount: "/tmp", Why: "needs CAP_SYS_PTRACE"}}
	n.pass(time.Hour, nil)
}

func stoppedAllNight(n *night) {
	n.agent = collectors.ContainerSample{
		ID: n.agent.ID, Name: n.agent.Name, Image: n.agent.Image, State: collectors.StateExited,
		ExitCode: collectors.Some(0), FinishedAt: collectors.Some(evening.Add(-3 * time.Hour)),
	}
	n.step = 10 * time.Second
	n.pass(8*time.Hour+time.Second, nil)
}

func reCreated(n *night) {
	n.pass(10*time.Minute, nil)
	at := n.now.Add(-500 * time.Millisecond)
	n.tell(collectors.Event{At: at, Kind: collectors.EventDied, ExitCode: collectors.Some(143), Cause: collectors.CauseStopped})
	n.tell(collectors.Event{At: at.Add(100 * time.Millisecond), Kind: collectors.EventRemoved})
	n.add()
	n.add()
	n.agent = agent()
	n.agent.ID, n.agent.StartedAt, n.agent.Recreated = "fedcba9876543210fedcba9876543210", collectors.Some(n.now.Add(-200*time.Millisecond)), true
	n.agent.Memory.Limit = collectors.LimitOf(gib)
	n.tell(collectors.Event{At: n.now.Add(-200 * time.Millisecond), Kind: collectors.EventRecreated, ID: n.agent.ID})
	n.pass(10*time.Minute, nil)
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventRecreated, ID: "0000"})
	n.pass(time.Minute, nil)
}

// oomWithoutVictim is a kill so fast that no reading saw it come.
func oomWithoutVictim(n *night) {
	n.pass(time.Minute, nil)
	n.tell(collectors.Event{At: n.now.Add(-100 * time.Millisecond), Kind: collectors.EventOOMKill, Count: 2})
	n.pass(time.Minute, nil)
	n.now = n.now.Add(time.Hour)
	n.tell(collectors.Event{At: n.now.Add(-10 * time.Minute), Kind: collectors.EventOOMKill})
	n.pass(time.Minute, nil)
}

func oomByParent(n *night) {
	n.pass(time.Minute, nil)
	n.tell(collectors.Event{At: n.now.Add(-time.Millisecond), Kind: collectors.EventOOMKill, Count: 1, Victims: []collectors.Victim{{PID: 7, Name: "chrome", Scope: collectors.OOMHost}}})
	n.pass(time.Minute, nil)
}

// restartLoop dies every ten seconds, faster than a list is long.
func restartLoop(n *night) {
	for range 120 {
		n.pass(10*time.Second, nil)
		n.tell(collectors.Event{At: n.now.Add(-300 * time.Millisecond), Kind: collectors.EventDied, ExitCode: collectors.Some(1), Cause: collectors.CauseExited})
		n.tell(collectors.Event{At: n.now.Add(-200 * time.Millisecond), Kind: collectors.EventRestarted, ExitCode: collectors.Some(1), Cause: collectors.CauseExited})
		n.agent.StartedAt = collectors.Some(n.now.Add(-200 * time.Millisecond))
	}
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventRestarted, Cause: collectors.CauseUnseen})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventRestarted, ExitCode: collectors.Some(137)})
	n.tick()
}

// stopTimeout is one that did not stop when it was asked to, and is down since.
func stopTimeout(n *night) {
	n.pass(time.Minute, nil)
	n.agent.State = collectors.StatePaused
	n.pass(time.Minute, nil)
	n.tell(collectors.Event{At: n.now.Add(-time.Second / 2), Kind: collectors.EventDied, ExitCode: collectors.Some(137), Cause: collectors.CauseStopTimeout})
	n.agent = collectors.ContainerSample{ID: n.agent.ID, Name: n.agent.Name, State: collectors.StateExited, ExitCode: collectors.Some(137)}
	n.pass(time.Minute, nil)
}

// roughWeek has more of everything than a page holds, at the coarse interval of an
// old recording.
func roughWeek(n *night) {
	n.tell(collectors.Event{At: n.now.Add(-time.Hour), Kind: collectors.EventRestarted})
	n.now = n.now.Add(-time.Minute)
	n.tick()
	n.now, n.step = evening, 10*time.Second
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventSourceBack, Source: "engine"})
	causes := []collectors.Cause{
		collectors.CauseOOMKill, collectors.CauseAborted, collectors.CauseCrashed, collectors.CauseSignal, collectors.CauseStopped,
		collectors.CauseStopTimeout, collectors.CauseKilled, collectors.CauseUnknown, collectors.CauseExited, collectors.CauseUnseen, collectors.CauseOOMKill, collectors.CauseOOMKill,
	}
	for i, cause := range causes {
		n.pass(10*time.Minute, nil)
		n.trouble(i, cause)
		n.now = n.now.Add(20 * time.Minute)
	}
	n.agent.Memory.Limit, n.agent.Pids.Limit = collectors.Unlimited[collectors.Bytes](), collectors.LimitOf(uint64(512))
	n.agent.CPU.Limit = collectors.LimitOf(collectors.Cores(2))
	n.agent.Memory.Peak, n.agent.Pids.Peak = collectors.Some(1900*mib), collectors.Some(uint64(90))
	n.agent.Pressure.CPU.SomeAvg10, n.agent.Pressure.IO.FullAvg10 = collectors.Some(collectors.Ratio(0.004)), collectors.Some(collectors.Ratio(1))
	n.pass(26*time.Hour, nil)
}

// trouble is everything that can go wrong, once.
func (n *night) trouble(i int, cause collectors.Cause) {
	for j := range 4 {
		setMemory(&n.agent, collectors.Bytes(700+300*j)*mib)
		n.agent.Processes = append(n.agent.Processes, collectors.Process{PID: 5000 + i*10 + j, Name: "chrome", RSS: collectors.Some(collectors.Bytes(300) * mib)})
		if j == 3 {
			n.agent.Processes = nil
		}
		n.tick()
	}
	at := n.now.Add(-time.Second)
	n.tell(collectors.Event{At: at, Kind: collectors.EventLimitHit, Count: 5})
	n.again(collectors.Event{Seq: n.seq, At: at, Kind: collectors.EventLimitHit, Count: 8})
	n.tell(collectors.Event{At: at, Kind: collectors.EventOOMKill, Count: 2, Scope: collectors.OOMOwn, Victims: []collectors.Victim{{PID: 5000, Name: "chrome", RSS: collectors.Some(300 * mib)}, {PID: 5001, Name: "chrome"}}})
	n.tell(collectors.Event{At: at.Add(100 * time.Millisecond), Kind: collectors.EventDied, ExitCode: collectors.Some(137), Cause: cause})
	n.tell(collectors.Event{At: at.Add(700 * time.Millisecond), Kind: collectors.EventRestarted, ExitCode: collectors.Some(137), Cause: cause})
	n.tell(collectors.Event{At: at, Kind: collectors.EventHealth, Health: collectors.HealthStarting})
	n.again(collectors.Event{Seq: n.seq, At: at, Kind: collectors.EventHealth, Health: collectors.HealthUnhealthy})
	n.tell(collectors.Event{At: at.Add(time.Duration(i) * time.Millisecond), Kind: collectors.EventSourceLost, Source: "kernel log", Detail: "too slow"})
	n.tell(collectors.Event{At: at.Add(800 * time.Millisecond), Kind: collectors.EventSourceBack, Source: "kernel log"})
	n.agent.StartedAt = collectors.Some(at.Add(700 * time.Millisecond))
	n.agent.Memory.Limit = collectors.LimitOf(collectors.Bytes(2048+i) * mib)
	setMemory(&n.agent, 600*mib)
}

func hostileNames(n *night) {
	const evil = "a|b`c\n# d @team <b> \x1b]0;x\x07 [l](http://evil) \u202egnp"
	n.host.Name = evil
	n.agent.Name, n.agent.Image, n.agent.ID = evil, evil, evil
	n.agent.Health = evil
	n.agent.Tmpfs[0].Mount = "/" + evil
	n.agent.Processes[1].Name = evil
	n.pass(30*time.Second, nil)
	n.pass(30*time.Second, func(c *collectors.ContainerSample, i int) {
		setMemory(c, 600*mib+collectors.Bytes(i)*40*mib)
		c.Processes = []collectors.Process{{PID: 4121, Name: evil, RSS: collectors.Some(collectors.Bytes(300+i) * mib)}}
	})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventOOMKill, Count: 1, Victims: []collectors.Victim{{PID: 1, Name: evil, KernelLog: []string{evil}}}, Detail: evil, Scope: evil})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventHealth, Health: evil})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventHardeningLost, Drift: collectors.Some(collectors.Drift{Check: evil, Was: evil, Is: evil})})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventDied, Cause: evil, Detail: evil})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventSourceLost, Source: evil, Detail: evil})
	n.agent.Tmpfs = append(n.agent.Tmpfs, collectors.TmpfsSample{Mount: "/x", Why: evil})
	n.agent.Tmpfs[0].Size = collectors.Some(gib)
	n.tick()
}

// TestSpan: nothing outside of the span is told, but a kill at its beginning has its
// minute.
func TestSpan(t *testing.T) {
	n := newNight(Options{Span: Span{From: evening.Add(10 * time.Minute), To: evening.Add(20 * time.Minute)}})
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventOOMKill})
	n.pass(10*time.Minute, nil)
	n.tell(collectors.Event{At: n.now.Add(-time.Second), Until: n.now.Add(time.Second), Kind: collectors.EventLimitHit, Count: 3})
	n.tell(collectors.Event{At: n.now.Add(time.Second / 2), Kind: collectors.EventOOMKill})
	n.pass(15*time.Minute, nil)
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventOOMKill})
	n.tick()
	r := n.collector.Report()
	c := r.Containers[0]
	if r.Coverage.Snapshots != 601 || r.Coverage.Ratio != collectors.Some(collectors.Ratio(1)) || c.Memory.LimitHits != 3 || c.OOM.Kills != 1 {
		t.Fatalf("coverage %+v, %d hits, %d kills; want 601 snapshots, all of it, 3 hits and the kill between", r.Coverage, c.Memory.LimitHits, c.OOM.Kills)
	}
	if before, ok := c.OOM.Events[0].Before.Get(); !ok || before.Watched.Duration() < 58*time.Second {
		t.Errorf("before the kill: %v, %v; want about a minute, most of it before the span", before.Watched.Duration(), ok)
	}
}

// TestReportsInBetween: a report does not change when more is added, and is the same
// when it is asked for twice.
func TestReportsInBetween(t *testing.T) {
	n := newNight(Options{})
	restartLoop(n)
	oomWithoutVictim(n)
	first := n.collector.Report()
	before := jsonOf(t, first)
	if again := jsonOf(t, n.collector.Report()); again != before {
		t.Error("a second report is another one")
	}
	n.now = n.now.Add(time.Hour)
	restartLoop(n)
	roughWeek(n)
	if after := jsonOf(t, first); after != before {
		t.Error("what was added later changed the report")
	}
}

// TestRulesOfOthers: a rule is measured on the containers and mounts that it is about.
func TestRulesOfOthers(t *testing.T) {
	rule := func(name string, match alerts.Match) alerts.Rule {
		return alerts.Rule{Name: name, Metric: alerts.MetricTmpfsRatio, Match: match, Warning: collectors.Some(alerts.Level{Fire: 0.1})}
	}
	n := newNight(Options{Rules: []alerts.Rule{
		rule("mine", alerts.Match{Containers: []string{"openclaw-*"}}),
		rule("other", alerts.Match{Containers: []string{"web"}}),
		rule("elsewhere", alerts.Match{Instances: []string{"/run"}}),
		{Name: "below", Metric: alerts.MetricTmpfsRatio, Below: true, Warning: collectors.Some(alerts.Level{Fire: 1})},
	}})
	n.pass(time.Minute, nil)
	near := n.story().Near
	if len(near) != 1 || near[0].Rule != "mine" || near[0].Warning.Or(Over{}).Ratio != collectors.Some(collectors.Ratio(1)) {
		t.Errorf("near = %+v, want all the time above the rule called mine", near)
	}
}

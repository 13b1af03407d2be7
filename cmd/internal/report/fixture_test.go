package report

import (
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

const (
	mib = collectors.Bytes(1 << 20)
	gib = collectors.Bytes(1 << 30)
)

// evening is when the nights of the tests begin.
var evening = time.Date(2026, 11, 25, 22, 0, 0, 0, time.UTC)

// night makes snapshots, one after the other.
type night struct {
	collector *Collector
	now       time.Time
	step      time.Duration
	agent     collectors.ContainerSample
	news      []collectors.Event
	host      collectors.HostCounters
	seq       uint64
}

// newNight begins a night in which an agent runs well.
func newNight(options Options) *night {
	if options.Rules == nil {
		options.Rules = alerts.DefaultRules()
	}
	return &night{
		collector: New(options), now: evening, step: time.Second, agent: agent(),
		host: collectors.HostCounters{
			Name: "vps-1", Kernel: "6.12.5", CPUs: collectors.Some(4), MemoryTotal: collectors.Some(8 * gib),
			Engine: "Docker 26.1.5", CgroupMode: "unified",
		},
	}
}

// agent is the container that brink is made for, at ease.
func agent() collectors.ContainerSample {
	c := collectors.ContainerSample{
		ID: "0123456789abcdef0123456789abcdef", Name: "openclaw-agent", Image: "openclaw/openclaw:latest",
		State: collectors.StateRunning, Health: collectors.HealthHealthy, StartedAt: collectors.Some(evening.Add(-time.Hour)),
	}
	c.Memory.Limit, c.CPU.Limit, c.Pids.Limit = collectors.LimitOf(2*gib), collectors.LimitOf(collectors.Cores(1.5)), collectors.LimitOf(uint64(256))
	c.Memory.Swap, c.Memory.SwapLimit = collectors.Some(collectors.Bytes(0)), collectors.LimitOf(collectors.Bytes(0))
	setMemory(&c, 600*mib)
	setCores(&c, 0.5)
	setTasks(&c, 48)
	c.CPU.Periods, c.CPU.ThrottledPeriods = collectors.Some(uint64(1000)), collectors.Some(uint64(0))
	c.CPU.ThrottledCores = collectors.Some(collectors.Cores(0))
	c.Memory.MaxEvents = collectors.Some(uint64(0))
	c.Pressure.Memory.SomeAvg10, c.Pressure.Memory.FullAvg10 = collectors.Some(collectors.Ratio(0)), collectors.Some(collectors.Ratio(0))
	c.Tmpfs = []collectors.TmpfsSample{{Mount: "/tmp", Used: collectors.Some(40 * mib), Size: collectors.Some(256 * mib), UsedRatio: collectors.Some(collectors.Ratio(40.0 / 256))}}
	c.Processes = []collectors.Process{
		{PID: 4100, Name: "openclaw", RSS: collectors.Some(200 * mib)},
		{PID: 4121, Name: "node", RSS: collectors.Some(300 * mib)},
	}
	return c
}

// setMemory sets what cannot be freed; anonymous memory is what changes.
func setMemory(c *collectors.ContainerSample, unreclaimable collectors.Bytes) {
	m := &c.Memory
	m.Unreclaimable, m.Shmem = collectors.Some(unreclaimable), collectors.Some(40*mib)
	m.Anon = collectors.Some(unreclaimable - 60*mib)
	m.Current = collectors.Some(min(unreclaimable+400*mib, 2*gib))
	m.UnreclaimableRatio = collectors.RatioOf(m.Unreclaimable, m.Limit.Value())
}

func setCores(c *collectors.ContainerSample, cores collectors.Cores) {
	c.CPU.Cores = collectors.Some(cores)
	c.CPU.OfLimit = collectors.RatioOf(c.CPU.Cores, c.CPU.Limit.Value())
}

func setTasks(c *collectors.ContainerSample, tasks uint64) {
	c.Pids.Current = collectors.Some(tasks)
	c.Pids.OfLimit = collectors.RatioOf(c.Pids.Current, c.Pids.Limit.Value())
}

// tell adds an event to the next snapshot.
func (n *night) tell(event collectors.Event) {
	n.seq++
	event.Seq = n.seq
	n.again(event)
}

// again adds an event that has its number.
func (n *night) again(event collectors.Event) {
	if event.Container == "" && event.Source == "" {
		event.Container = n.agent.Name
	}
	n.news = append(n.news, event)
}

// tick adds a snapshot of the agent and lets the time of a step pass.
func (n *night) tick() { n.add(n.agent) }

// add adds a snapshot of these containers.
func (n *night) add(containers ...collectors.ContainerSample) {
	n.collector.Add(collectors.Snapshot{At: n.now, Host: n.host, Containers: containers, News: n.news})
	n.news = nil
	n.now = n.now.Add(n.step)
}

// pass adds snapshots for as long, each changed before.
func (n *night) pass(length time.Duration, change func(c *collectors.ContainerSample, i int)) {
	for i := range int(length / n.step) {
		if change != nil {
			change(&n.agent, i)
		}
		n.tick()
	}
}

// story returns the agent's part of the report.
func (n *night) story() Container { return n.collector.Report().Containers[0] }

// oomNight is a night with everything in it: a leak that ends in an OOM kill and a
// restart, a storm of forks, a build that is throttled, a pause of the recording.
func oomNight() *night {
	n := newNight(Options{Span: Span{From: evening, To: evening.Add(8 * time.Hour)}, Version: "v1.2.3"})
	n.pass(time.Hour, nil)
	n.build()
	n.pass(10*time.Minute, nil)
	n.now = n.now.Add(15 * time.Minute)
	n.pass(time.Hour, nil)
	n.leak()
	n.death()
	n.pass(30*time.Minute, nil)
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventForkRefused, Count: 12})
	n.pass(30*time.Second, func(c *collectors.ContainerSample, i int) { setTasks(c, min(256, 48+uint64(i)*10)) })
	setTasks(&n.agent, 48)
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventHealth, Health: collectors.HealthUnhealthy})
	n.agent.Memory.Limit = collectors.LimitOf(3 * gib)
	n.tell(collectors.Event{At: n.now, Kind: collectors.EventHardeningLost, Drift: collectors.Some(collectors.Drift{
		Check: "capabilities", Was: "none is left", Is: "SYS_ADMIN can be used", Grave: true, Since: n.now,
	})})
	n.tell(collectors.Event{At: n.now.Add(time.Hour), Kind: collectors.EventHardeningBack, Drift: collectors.Some(collectors.Drift{
		Check: "capabilities", Was: "SYS_ADMIN can be used", Is: "none is left", Since: n.now,
	})})
	n.pass(evening.Add(8*time.Hour).Sub(n.now), nil)
	n.tell(collectors.Event{At: n.now.Add(-time.Minute), Kind: collectors.EventSourceLost, Source: "engine", Detail: "dial unix /var/run/docker.sock: connect: connection refused"})
	n.tell(collectors.Event{At: n.now.Add(-time.Second), Kind: collectors.EventSourceBack, Source: "engine"})
	n.tick()
	return n
}

// build is ten minutes at the quota.
func (n *night) build() {
	n.pass(10*time.Minute, func(c *collectors.ContainerSample, i int) {
		setCores(c, 1.45)
		c.CPU.Periods = collectors.Some(c.CPU.Periods.Or(0) + 10)
		c.CPU.ThrottledPeriods = collectors.Some(c.CPU.ThrottledPeriods.Or(0) + 4)
		c.CPU.ThrottledCores = collectors.Some(collectors.Cores(0.3 + float64(i/60)/100))
		c.CPU.ThrottledRatio = collectors.Some(collectors.Ratio(0.4))
	})
	setCores(&n.agent, 0.5)
	n.agent.CPU.ThrottledRatio = collectors.Opt[collectors.Ratio]{}
	n.agent.CPU.ThrottledCores = collectors.Some(collectors.Cores(0))
}

// leak is five minutes in which node grows to the limit.
func (n *night) leak() {
	n.pass(5*time.Minute, func(c *collectors.ContainerSample, i int) {
		grown := collectors.Bytes(i) * 48 * mib / 10
		setMemory(c, 600*mib+grown)
		c.Processes = []collectors.Process{
			{PID: 4100, Name: "openclaw", RSS: collectors.Some(200 * mib)},
			{PID: 4121, Name: "node", RSS: collectors.Some(300*mib + grown)},
		}
		if i > 280 {
			c.Memory.MaxEvents = collectors.Some(uint64(i - 280))
			c.Pressure.Memory.SomeAvg10, c.Pressure.Memory.FullAvg10 = collectors.Some(collectors.Ratio(0.38)), collectors.Some(collectors.Ratio(0.12))
		}
		if i > 120 {
			c.Memory.FullIn = collectors.Some(collectors.Seconds(time.Duration(302-i) * time.Second))
		}
	})
}

// death is the OOM kill and the restart after it.
func (n *night) death() {
	killed := n.now.Add(-400 * time.Millisecond)
	n.tell(collectors.Event{At: killed, Kind: collectors.EventOOMKill, Count: 1, Scope: collectors.OOMOwn})
	n.tell(collectors.Event{At: killed.Add(100 * time.Millisecond), Kind: collectors.EventDied, ExitCode: collectors.Some(137)})
	died := n.seq
	n.agent.State, n.agent.ExitCode, n.agent.FinishedAt = collectors.StateRestarting, collectors.Some(137), collectors.Some(killed.Add(100*time.Millisecond))
	n.agent.Memory, n.agent.CPU, n.agent.Pids = collectors.MemorySample{}, collectors.CPUSample{}, collectors.PidsSample{}
	n.tick()
	n.again(collectors.Event{Seq: died - 1, At: killed, Kind: collectors.EventOOMKill, Count: 1, Scope: collectors.OOMOwn, Victims: []collectors.Victim{{PID: 4121, Name: "node", RSS: collectors.Some(1700 * mib), Scope: collectors.OOMOwn, KernelLog: strings.Split(killLog, "\n")}}})
	n.again(collectors.Event{Seq: died, At: killed.Add(100 * time.Millisecond), Kind: collectors.EventDied, ExitCode: collectors.Some(137), Cause: collectors.CauseOOMKill})
	n.tick()
	back := agent()
	back.StartedAt = collectors.Some(n.now.Add(-300 * time.Millisecond))
	n.tell(collectors.Event{At: n.now.Add(-300 * time.Millisecond), Kind: collectors.EventRestarted, ExitCode: collectors.Some(137), Cause: collectors.CauseOOMKill})
	n.agent = back
	n.tick()
}

// killLog is what a kernel wrote of the kill.
const killLog = `node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
memory: usage 2097152kB, limit 2097152kB, failcnt 461
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=docker-c.scope,mems_allowed=0,oom_memcg=/system.slice/docker-c.scope,task_memcg=/system.slice/docker-c.scope,task=node,pid=4121,uid=101000
Memory cgroup out of memory: Killed process 4121 (node) total-vm:2937336kB, anon-rss:1740800kB, file-rss:0kB, shmem-rss:0kB, UID:101000 pgtables:4012kB oom_score_adj:0`

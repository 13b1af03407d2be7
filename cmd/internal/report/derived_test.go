package report

import (
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// life is a container as its files and its engine show it, for the ledger and the
// deriver to make snapshots of.
type life struct {
	t         *testing.T
	ledger    *collectors.Ledger
	deriver   *collectors.Deriver
	collector *Collector
	counters  collectors.ContainerCounters
	notices   []collectors.Notice
	now       time.Time
}

func newLife(t *testing.T) *life {
	l := &life{
		t: t, ledger: collectors.NewLedger(), deriver: collectors.NewDeriver(time.Second), now: evening,
		collector: New(Options{Rules: alerts.DefaultRules()}),
	}
	l.start(1, evening.Add(-time.Hour))
	return l
}

// start makes a new cgroup, in which everything counts from zero.
func (l *life) start(incarnation collectors.Incarnation, at time.Time) {
	none := collectors.Some(uint64(0))
	l.counters = collectors.ContainerCounters{
		Identity:    collectors.Identity{Key: "agent", ID: "0123456789ab", State: collectors.StateRunning, StartedAt: collectors.Some(at)},
		Incarnation: incarnation, Origin: map[collectors.Group]string{collectors.GroupMemory: "cgroup"},
		Pids: collectors.Some(collectors.PidsLevels{Current: collectors.Some(uint64(20)), Limit: collectors.LimitOf(uint64(256)), Refused: none}),
	}
	l.memory(500, collectors.MemoryEvents{Max: none, OOM: none, OOMKill: none, LocalOOM: none})
}

func (l *life) memory(anon collectors.Bytes, events collectors.MemoryEvents) {
	zero := collectors.Some(collectors.Bytes(0))
	l.counters.Memory = collectors.Some(collectors.MemoryLevels{
		Current: collectors.Some((anon + 20) * mib), Limit: collectors.LimitOf(2 * gib), Events: events,
		Stat: collectors.MemoryStat{Anon: collectors.Some(anon * mib), Shmem: zero, Kernel: collectors.Some(10 * mib), SlabReclaimable: zero, Sock: zero},
	})
	l.counters.Processes = collectors.Some([]collectors.Process{{PID: 77, Name: "node", RSS: collectors.Some(anon * mib)}})
}

// read takes a reading and lets a time pass.
func (l *life) read(pass time.Duration) {
	reading := collectors.Reading{At: l.now, Containers: []collectors.ContainerCounters{l.counters}, Notices: l.notices}
	reading.Containers[0].FreshAt = l.now
	news := l.ledger.Observe(reading)
	l.collector.Add(l.deriver.Next(reading, news))
	l.notices, l.now = nil, l.now.Add(pass)
}

func (l *life) notice(kind collectors.NoticeKind, ago time.Duration, change func(*collectors.Notice)) {
	n := collectors.Notice{At: l.now.Add(-ago), Kind: kind, Key: "agent", ID: "0123456789ab"}
	if change != nil {
		change(&n)
	}
	l.notices = append(l.notices, n)
}

// TestDerived: a leak, an OOM kill and a restart, by way of the ledger and the
// deriver, are told as they were.
func TestDerived(t *testing.T) {
	l := newLife(t)
	count := collectors.Some[uint64]
	for i := range collectors.Bytes(140) {
		l.memory(500+i*11, collectors.MemoryEvents{Max: count(0), OOM: count(0), OOMKill: count(0), LocalOOM: count(0)})
		l.read(time.Second)
	}
	l.now = l.now.Add(-800 * time.Millisecond)
	l.memory(300, collectors.MemoryEvents{Max: count(9), OOM: count(1), OOMKill: count(1), LocalOOM: count(1)})
	l.read(400 * time.Millisecond)
	l.notice(collectors.NoticeDie, 300*time.Millisecond, func(n *collectors.Notice) { n.ExitCode = collectors.Some(137) })
	l.notice(collectors.NoticeOOM, 250*time.Millisecond, nil)
	l.notice(collectors.NoticeStart, 100*time.Millisecond, nil)
	l.start(2, l.now.Add(-100*time.Millisecond))
	for range 60 {
		l.read(time.Second)
	}
	l.check(l.collector.Report().Containers[0])
}

func (l *life) check(c Container) {
	t := l.t
	a := c.Availability
	if a.Restarts != 1 || a.Causes[collectors.CauseOOMKill] != 1 || len(a.Downtimes) != 1 || a.Down.Duration() != 200*time.Millisecond {
		t.Errorf("availability = %+v, want one restart after an OOM kill, and 200 ms down", a)
	}
	if c.OOM.Kills != 1 || len(c.OOM.Events) != 1 {
		t.Fatalf("OOM = %+v, want one kill", c.OOM)
	}
	before, ok := c.OOM.Events[0].Before.Get()
	grown, known := before.Unreclaimable.by()
	if !ok || !known || grown != int64(59*11*mib) || len(before.Processes) != 1 || before.LastSeen.Duration() != 200*time.Millisecond {
		t.Errorf("before it: %+v, %v; want 59 times 11 MiB more until 200 ms before", before, ok)
	}
	if first, told := before.Forecast.Get(); !told || first.Last > first.First {
		t.Errorf("forecast = %+v, %v; want one that came nearer", first, told)
	}
	if c.Memory.LimitHits != 9 || !c.Memory.Need.MoreThan.Present() {
		t.Errorf("memory = %+v, want nine hits of a limit that was too low", c.Memory)
	}
}

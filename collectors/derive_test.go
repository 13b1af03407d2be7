package collectors

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const mib = Bytes(1 << 20)

// readingOf is a reading at a number of seconds with one container.
func readingOf(seconds float64, change func(*ContainerCounters)) Reading {
	c := running("web")
	c.Origin = map[Group]string{GroupCPU: "cgroup", GroupIO: "cgroup", GroupNetwork: "proc", GroupMemory: "cgroup"}
	c.FreshAt = moment(time.Duration(seconds * float64(time.Second)))
	if change != nil {
		change(&c)
	}
	return Reading{At: moment(time.Duration(seconds * float64(time.Second))), Containers: []ContainerCounters{c}}
}

// cpuAt is a reading with the CPU counters of that moment.
func cpuAt(seconds float64, cpu CPUCounters, more ...func(*ContainerCounters)) Reading {
	return readingOf(seconds, func(c *ContainerCounters) {
		if cpu.At.IsZero() {
			cpu.At = moment(time.Duration(seconds * float64(time.Second)))
		}
		c.CPU = Some(cpu)
		for _, change := range more {
			change(c)
		}
	})
}

func spent(d time.Duration) Opt[time.Duration] { return Some(d) }

func TestDeriveCPU(t *testing.T) {
	busy := func(seconds float64) Reading {
		return cpuAt(10+seconds, CPUCounters{
			Usage: spent(time.Hour + time.Duration(seconds*1.5*float64(time.Second))),
			Limit: LimitOf[Cores](2),
		})
	}
	counts := func(periods, throttled uint64, waited time.Duration) CPUCounters {
		return CPUCounters{Periods: Some(periods), ThrottledPeriods: Some(throttled), Throttled: spent(waited)}
	}
	for _, c := range []struct {
		name      string
		prev, cur Reading
		want      CPUSample
	}{
		{"the first reading has no rates", Reading{}, busy(0), CPUSample{Limit: LimitOf[Cores](2)}},
		{
			"steady", busy(0), busy(1),
			CPUSample{Cores: Some[Cores](1.5), Limit: LimitOf[Cores](2), OfLimit: Some[Ratio](0.75)},
		},
		{
			"missed slots: the rate is over the time that was measured", busy(0), busy(7.5),
			CPUSample{Cores: Some[Cores](1.5), Limit: LimitOf[Cores](2), OfLimit: Some[Ratio](0.75)},
		},
		{"no time has passed", busy(1), busy(1), CPUSample{Limit: LimitOf[Cores](2)}},
		{"the clock of the counters was set back", busy(2), busy(1), CPUSample{Limit: LimitOf[Cores](2)}},
		{
			"the counter fell",
			cpuAt(10, CPUCounters{Usage: spent(time.Hour), User: spent(time.Second)}),
			cpuAt(11, CPUCounters{Usage: spent(time.Minute), User: spent(2 * time.Second)}),
			CPUSample{User: Some[Cores](1)},
		},
		{
			"the counter appears",
			cpuAt(10, CPUCounters{}), cpuAt(11, CPUCounters{Usage: spent(time.Second)}),
			CPUSample{},
		},
		{
			"a new life that already counts more",
			cpuAt(10, CPUCounters{Usage: spent(time.Second)}),
			cpuAt(11, CPUCounters{Usage: spent(time.Hour)}, func(c *ContainerCounters) { c.Incarnation = 2 }),
			CPUSample{},
		},
		{
			"re-created, with the same incarnation by chance",
			cpuAt(10, CPUCounters{Usage: spent(time.Second)}),
			cpuAt(11, CPUCounters{Usage: spent(time.Hour)}, func(c *ContainerCounters) { c.ID = "B" }),
			CPUSample{},
		},
		{
			"another source counts from another zero",
			cpuAt(10, CPUCounters{Usage: spent(time.Second)}),
			cpuAt(11, CPUCounters{Usage: spent(time.Hour)}, func(c *ContainerCounters) {
				c.Origin = map[Group]string{GroupCPU: "docker stats"}
			}),
			CPUSample{},
		},
		{
			"the group was absent before",
			readingOf(10, nil), cpuAt(11, CPUCounters{Usage: spent(time.Second)}),
			CPUSample{},
		},
		{"the group is absent now", busy(0), readingOf(11, nil), CPUSample{}},
		{
			"a quarter of the periods throttled",
			cpuAt(10, counts(100, 10, time.Second)), cpuAt(11, counts(108, 12, 1250*time.Millisecond)),
			CPUSample{
				Periods: Some[uint64](108), ThrottledPeriods: Some[uint64](12),
				ThrottledRatio: Some[Ratio](0.25), ThrottledCores: Some[Cores](0.25),
			},
		},
		{
			"every period throttled, on three CPUs: more than a core of waiting",
			cpuAt(10, counts(0, 0, 0)), cpuAt(11, counts(10, 10, 2500*time.Millisecond)),
			CPUSample{
				Periods: Some[uint64](10), ThrottledPeriods: Some[uint64](10),
				ThrottledRatio: Some[Ratio](1), ThrottledCores: Some[Cores](2.5),
			},
		},
		{
			"idle: no period ran, so no share of them was throttled",
			cpuAt(10, counts(10, 5, time.Second)), cpuAt(11, counts(10, 5, time.Second)),
			CPUSample{Periods: Some[uint64](10), ThrottledPeriods: Some[uint64](5), ThrottledCores: Some[Cores](0)},
		},
		{
			"no quota: a rate, and no share of anything",
			cpuAt(10, CPUCounters{Usage: spent(0), Limit: Unlimited[Cores]()}),
			cpuAt(11, CPUCounters{Usage: spent(time.Second), Limit: Unlimited[Cores]()}),
			CPUSample{Cores: Some[Cores](1), Limit: Unlimited[Cores]()},
		},
		{
			"the engine stamps its own frames",
			cpuAt(10, CPUCounters{At: moment(9 * time.Second), Usage: spent(0)}),
			cpuAt(11, CPUCounters{At: moment(11 * time.Second), Usage: spent(time.Second)}),
			CPUSample{Cores: Some[Cores](0.5)},
		},
		{
			"the limit of a parent",
			Reading{},
			cpuAt(10, CPUCounters{Limit: LimitOf[Cores](1), LimitedBy: "/agents.slice"}),
			CPUSample{Limit: LimitOf[Cores](1), LimitedBy: "/agents.slice"},
		},
	} {
		got := Derive(c.prev, c.cur).Containers[0].CPU
		if diff := cmp.Diff(c.want, got, exported()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDeriveMemory(t *testing.T) {
	for _, c := range []struct {
		name   string
		levels Opt[MemoryLevels]
		want   MemorySample
	}{
		{"nothing was read", Opt[MemoryLevels]{}, MemorySample{}},
		{
			"the honest number: page cache and reclaimable slab are left out",
			Some(MemoryLevels{
				Current: Some(1600 * mib), Limit: LimitOf(2048 * mib),
				Stat: MemoryStat{
					Anon: Some(900 * mib), File: Some(500 * mib), Shmem: Some(100 * mib), Kernel: Some(60 * mib),
					SlabReclaimable: Some(40 * mib), Sock: Some(4 * mib), InactiveFile: Some(300 * mib),
				},
			}),
			MemorySample{
				Current: Some(1600 * mib), Limit: LimitOf(2048 * mib), WorkingSet: Some(1300 * mib),
				Unreclaimable: Some(1024 * mib), UnreclaimableRatio: Some[Ratio](0.5), Headroom: Some(1024 * mib),
				Anon: Some(900 * mib), File: Some(500 * mib), Shmem: Some(100 * mib), Kernel: Some(60 * mib),
				SlabReclaimable: Some(40 * mib), Sock: Some(4 * mib),
			},
		},
		{
			"before kernel 5.18 the parts that cannot be reclaimed stand in",
			Some(MemoryLevels{Stat: MemoryStat{
				Anon: Some(100 * mib), KernelStack: Some(1 * mib), PageTables: Some(2 * mib), PerCPU: Some(4 * mib),
				SlabUnreclaimable: Some(8 * mib), SlabReclaimable: Some(500 * mib),
			}}),
			MemorySample{
				Unreclaimable: Some(115 * mib), Anon: Some(100 * mib), Kernel: Some(15 * mib), SlabReclaimable: Some(500 * mib),
			},
		},
		{
			"the engine's statistics know fewer of them",
			Some(MemoryLevels{Stat: MemoryStat{Anon: Some(100 * mib), KernelStack: Some(1 * mib)}}),
			MemorySample{Unreclaimable: Some(101 * mib), Anon: Some(100 * mib), Kernel: Some(1 * mib)},
		},
		{
			"without anon nothing can be said of it",
			Some(MemoryLevels{Current: Some(100 * mib), Limit: LimitOf(200 * mib), Stat: MemoryStat{Shmem: Some(50 * mib)}}),
			MemorySample{Current: Some(100 * mib), Limit: LimitOf(200 * mib), Shmem: Some(50 * mib)},
		},
		{
			"no limit: no share and no headroom",
			Some(MemoryLevels{Limit: Unlimited[Bytes](), Stat: MemoryStat{Anon: Some(100 * mib)}}),
			MemorySample{Limit: Unlimited[Bytes](), Unreclaimable: Some(100 * mib), Anon: Some(100 * mib)},
		},
		{
			"differences stop at zero: the two sides are read at different moments",
			Some(MemoryLevels{
				Current: Some(10 * mib), Limit: LimitOf(40 * mib),
				Stat: MemoryStat{
					Anon: Some(60 * mib), InactiveFile: Some(11 * mib), Kernel: Some(5 * mib), SlabReclaimable: Some(6 * mib),
				},
			}),
			MemorySample{
				Current: Some(10 * mib), Limit: LimitOf(40 * mib), WorkingSet: Some[Bytes](0),
				Unreclaimable: Some(60 * mib), UnreclaimableRatio: Some[Ratio](1.5), Headroom: Some[Bytes](0),
				Anon: Some(60 * mib), Kernel: Some(5 * mib), SlabReclaimable: Some(6 * mib),
			},
		},
		{
			"what is shown as it is read",
			Some(MemoryLevels{
				LimitedBy: "/agents.slice", High: Unlimited[Bytes](), Peak: Some(3 * mib), Swap: Some[Bytes](0), SwapLimit: LimitOf[Bytes](0),
				Events: MemoryEvents{Max: Some[uint64](21), OOM: Some[uint64](2), OOMKill: Some[uint64](1), LocalOOM: Some[uint64](9)},
			}),
			MemorySample{
				LimitedBy: "/agents.slice", High: Unlimited[Bytes](), Peak: Some(3 * mib), Swap: Some[Bytes](0), SwapLimit: LimitOf[Bytes](0),
				MemoryEventCounts: MemoryEventCounts{MaxEvents: Some[uint64](21), OOMEvents: Some[uint64](2), OOMKills: Some[uint64](1)},
			},
		},
	} {
		cur := readingOf(10, func(counters *ContainerCounters) { counters.Memory = c.levels })
		got := Derive(Reading{}, cur).Containers[0].Memory
		if diff := cmp.Diff(c.want, got, exported()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDerivePids(t *testing.T) {
	for _, c := range []struct {
		name   string
		levels Opt[PidsLevels]
		want   PidsSample
	}{
		{"nothing was read", Opt[PidsLevels]{}, PidsSample{}},
		{
			"zombies are counted and not listed",
			Some(PidsLevels{Current: Some[uint64](64), Limit: LimitOf[uint64](256), Threads: Some[uint64](34), Processes: Some[uint64](9)}),
			PidsSample{
				Current: Some[uint64](64), Limit: LimitOf[uint64](256), OfLimit: Some[Ratio](0.25),
				Processes: Some[uint64](9), Threads: Some[uint64](34), Zombies: Some[uint64](30),
			},
		},
		{
			"a task that began between the two reads is no zombie less than none",
			Some(PidsLevels{Current: Some[uint64](5), Threads: Some[uint64](6)}),
			PidsSample{Current: Some[uint64](5), Threads: Some[uint64](6), Zombies: Some[uint64](0)},
		},
		{
			"without the list of threads nobody knows",
			Some(PidsLevels{Current: Some[uint64](5), Refused: Some[uint64](3), Peak: Some[uint64](9)}),
			PidsSample{Current: Some[uint64](5), Refused: Some[uint64](3), Peak: Some[uint64](9)},
		},
		{
			"no limit, and one of zero",
			Some(PidsLevels{Current: Some[uint64](5), Limit: LimitOf[uint64](0)}),
			PidsSample{Current: Some[uint64](5), Limit: LimitOf[uint64](0)},
		},
	} {
		cur := readingOf(10, func(counters *ContainerCounters) { counters.Pids = c.levels })
		got := Derive(Reading{}, cur).Containers[0].Pids
		if diff := cmp.Diff(c.want, got, exported()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDeriveTraffic(t *testing.T) {
	at := func(seconds int, read, received uint64, dropped Opt[uint64]) Reading {
		return readingOf(float64(seconds), func(c *ContainerCounters) {
			stamp := moment(time.Duration(seconds) * time.Second)
			c.IO = Some(IOCounters{At: stamp, ReadBytes: Some(read), ReadOps: Some(read / 4096)})
			c.Network = Some(NetworkCounters{At: stamp, ReceiveBytes: Some(received), ReceiveDropped: dropped})
		})
	}
	none := Opt[uint64]{}
	for _, c := range []struct {
		name      string
		prev, cur Reading
		disk      IOSample
		network   NetworkSample
	}{
		{"the first reading", Reading{}, at(10, 4096, 100, Some[uint64](3)), IOSample{}, NetworkSample{ReceiveDropped: Some[uint64](3)}},
		{
			"two seconds", at(10, 0, 100, none), at(12, 8192, 300, none),
			IOSample{Read: Some[BytesPerSec](4096), ReadOps: Some[PerSec](1)},
			NetworkSample{Receive: Some[BytesPerSec](100)},
		},
		{"nothing moved", at(10, 1, 1, none), at(11, 1, 1, none), IOSample{Read: Some[BytesPerSec](0), ReadOps: Some[PerSec](0)}, NetworkSample{Receive: Some[BytesPerSec](0)}},
		{"both fell", at(10, 8192, 500, none), at(11, 1, 1, none), IOSample{}, NetworkSample{}},
		{"no time has passed", at(10, 0, 0, none), at(10, 4096, 1, none), IOSample{}, NetworkSample{}},
	} {
		got := Derive(c.prev, c.cur).Containers[0]
		if diff := cmp.Diff(c.disk, got.IO, exported()); diff != "" {
			t.Errorf("%s, disk (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.network, got.Network, exported()); diff != "" {
			t.Errorf("%s, network (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDeriveTmpfs(t *testing.T) {
	cur := readingOf(10, func(c *ContainerCounters) {
		c.Tmpfs = Some([]TmpfsLevel{
			{Mount: "/tmp", Used: Some(64 * mib), Size: Some(256 * mib)},
			{Mount: "/run", Size: Some(64 * mib), Why: "needs root"},
			{Mount: "/dev/shm", Used: Some[Bytes](0), Size: Some[Bytes](0)},
		})
	})
	want := []TmpfsSample{
		{Mount: "/tmp", Used: Some(64 * mib), Size: Some(256 * mib), UsedRatio: Some[Ratio](0.25)},
		{Mount: "/run", Size: Some(64 * mib), Why: "needs root"},
		{Mount: "/dev/shm", Used: Some[Bytes](0), Size: Some[Bytes](0)},
	}
	if diff := cmp.Diff(want, Derive(Reading{}, cur).Containers[0].Tmpfs, exported()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDeriveInterval(t *testing.T) {
	for _, c := range []struct {
		name      string
		prev, cur Reading
		want      Opt[Seconds]
	}{
		{"the first reading", Reading{}, readingOf(10, nil), Opt[Seconds]{}},
		{"a second", readingOf(10, nil), readingOf(11, nil), Some(Seconds(time.Second))},
		{"the same moment", readingOf(10, nil), readingOf(10, nil), Opt[Seconds]{}},
		{"the clock was set back", readingOf(10, nil), readingOf(9, nil), Opt[Seconds]{}},
	} {
		if got := Derive(c.prev, c.cur).Interval; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDeriveStaleAndRecreated(t *testing.T) {
	state := func(s State, fresh time.Time) func(*ContainerCounters) {
		return func(c *ContainerCounters) { c.State, c.FreshAt = s, fresh }
	}
	for _, c := range []struct {
		name      string
		prev, cur Reading
		stale     Opt[Seconds]
		recreated bool
	}{
		{"fresh", Reading{}, readingOf(17, nil), Opt[Seconds]{}, false},
		{"stale", Reading{}, readingOf(17, state(StateRunning, moment(10*time.Second))), Some(Seconds(7 * time.Second)), false},
		{"stale while paused", Reading{}, readingOf(17, state(StatePaused, moment(10*time.Second))), Some(Seconds(7 * time.Second)), false},
		{"never read", Reading{}, readingOf(17, state(StateRunning, time.Time{})), Opt[Seconds]{}, false},
		{"ended: there is nothing to be fresh", Reading{}, readingOf(17, state(StateExited, moment(10*time.Second))), Opt[Seconds]{}, false},
		{"another id", readingOf(16, nil), readingOf(17, func(c *ContainerCounters) { c.ID = "B" }), Opt[Seconds]{}, true},
		{"the same id, another life", readingOf(16, nil), readingOf(17, func(c *ContainerCounters) { c.Incarnation = 2 }), Opt[Seconds]{}, false},
		{"a bare cgroup has no id", readingOf(16, func(c *ContainerCounters) { c.ID = "" }), readingOf(17, nil), Opt[Seconds]{}, false},
	} {
		got := Derive(c.prev, c.cur).Containers[0]
		if got.Stale != c.stale || got.Recreated != c.recreated {
			t.Errorf("%s: stale %v, re-created %v", c.name, got.Stale, got.Recreated)
		}
	}
}

// TestDeriveSources: each container says what came from where, and what did not.
func TestDeriveSources(t *testing.T) {
	cur := readingOf(10, func(c *ContainerCounters) {
		c.Origin[GroupState] = "engine"
		c.Missing = []Missing{{Group: GroupTmpfs, Why: "needs root", Source: "proc"}}
	})
	cur.Sources = []SourceHealth{{Name: "engine", OK: true}, {Name: "cgroup", OK: true}, {Name: "proc", OK: true}, {Name: "kernel log", Error: "not permitted"}}
	got := Derive(Reading{}, cur).Containers[0]
	want := []SourceHealth{
		{Name: "engine", OK: true, Gives: []Group{GroupState}},
		{Name: "cgroup", OK: true, Gives: []Group{GroupMemory, GroupCPU, GroupIO}},
		{Name: "proc", OK: true, Gives: []Group{GroupNetwork}, Missing: []Missing{{Group: GroupTmpfs, Why: "needs root", Source: "proc"}}},
		{Name: "kernel log", Error: "not permitted"},
	}
	if diff := cmp.Diff(want, got.Sources, exported()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if source, ok := got.Source("proc"); !ok || len(source.Missing) != 1 {
		t.Errorf("Source: %v, %v", source, ok)
	}
	if _, ok := got.Source("nobody"); ok {
		t.Error("a source that is not there was found")
	}
}

// TestDeriveKeepsApart: several containers, one of which is new and one gone.
func TestDeriveKeepsApart(t *testing.T) {
	usage := func(key string, seconds int) ContainerCounters {
		c := running(key)
		c.CPU = Some(CPUCounters{At: moment(time.Duration(seconds) * time.Second), Usage: spent(time.Duration(seconds*len(key)) * time.Second / 8)})
		return c
	}
	prev := Reading{At: moment(time.Second), Containers: []ContainerCounters{usage("a", 1), usage("gone", 1), usage("bcd", 1)}}
	cur := Reading{At: moment(2 * time.Second), Containers: []ContainerCounters{usage("bcd", 2), usage("new", 2), usage("a", 2)}}
	snapshot := Derive(prev, cur)
	for name, want := range map[string]Opt[Cores]{"a": Some[Cores](0.125), "bcd": Some[Cores](0.375), "new": {}} {
		sample, ok := snapshot.Container(name)
		if diff := cmp.Diff(want, sample.CPU.Cores, exported()); !ok || diff != "" {
			t.Errorf("%s: %v\n%s", name, ok, diff)
		}
	}
	if _, ok := snapshot.Container("gone"); ok {
		t.Error("a container that is not there was found")
	}
}

// TestDeriveNobody: a list that is empty is a list.
func TestDeriveNobody(t *testing.T) {
	data, err := json.Marshal(Derive(Reading{}, Reading{At: epoch}))
	want := `{"at":"2026-03-01T12:00:00Z","missed_slots":0,"host":{},"containers":[]}`
	if err != nil || string(data) != want {
		t.Errorf("%s, %v; want %s", data, err, want)
	}
}

// TestDeriveOnNonsense: whatever the counters say, the JSON can be written (no
// number is NaN or infinite) and nothing that is a rate or a share is negative.
func TestDeriveOnNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := Derive(nonsenseReading(t), nonsenseReading(t))
		if _, err := json.Marshal(snapshot); err != nil {
			t.Fatal(err)
		}
		c := snapshot.Containers[0]
		for _, ratio := range []Opt[Ratio]{c.Memory.UnreclaimableRatio, c.CPU.OfLimit, c.CPU.ThrottledRatio, c.Pids.OfLimit} {
			if ratio.Or(0) < 0 {
				t.Errorf("a share of %v", ratio)
			}
		}
		for _, cores := range []Opt[Cores]{c.CPU.Cores, c.CPU.User, c.CPU.System, c.CPU.ThrottledCores} {
			if cores.Or(0) < 0 {
				t.Errorf("%v cores", cores)
			}
		}
	})
}

func nonsenseReading(t *rapid.T) Reading {
	count := func() Opt[uint64] {
		if rapid.Bool().Draw(t, "absent") {
			return Opt[uint64]{}
		}
		return Some(rapid.Uint64().Draw(t, "count"))
	}
	amount := func() Opt[Bytes] {
		n, ok := count().Get()
		if !ok {
			return Opt[Bytes]{}
		}
		return Some(Bytes(n))
	}
	span := func() Opt[time.Duration] { return Some(time.Duration(rapid.Int64Min(0).Draw(t, "span"))) }
	return cpuAt(float64(rapid.IntRange(0, 3).Draw(t, "at")), CPUCounters{
		Usage: span(), User: span(), System: span(), Throttled: span(), Periods: count(), ThrottledPeriods: count(),
		Limit: LimitOf(Cores(rapid.Float64Min(0).Draw(t, "cores"))),
	}, func(c *ContainerCounters) {
		c.Memory = Some(MemoryLevels{
			Current: amount(), Limit: LimitOf(amount().Or(0)),
			Stat: MemoryStat{Anon: amount(), Kernel: amount(), SlabReclaimable: amount(), InactiveFile: amount()},
		})
		c.Pids = Some(PidsLevels{Current: count(), Threads: count(), Limit: LimitOf(count().Or(0))})
	})
}

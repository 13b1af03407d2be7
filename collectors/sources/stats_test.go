package sources

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
	"brink/collectors/dockerd"
	"brink/collectors/dockerd/dockerdtest"
)

// meter is a source of statistics beside a fake engine, on a host where the roster
// is told by hand.
type meter struct {
	*Stats
	fake   *dockerdtest.Engine
	roster *Roster
	clock  time.Time
}

// meterOf starts a source for targets on an unpacked host. It ends with the test, and
// must not have asked the engine for more than reading.
func meterOf(t testing.TB, flavor dockerdtest.Flavor, host string, always bool, texts ...string) *meter {
	t.Helper()
	fake := dockerdtest.Start(t, dockerdtest.Config{Flavor: flavor, StatsPeriod: time.Millisecond})
	roster := NewRoster(targets(t, texts...), noon)
	roster.markLooked()
	source := NewStats(clientOf(t, fake.Host()), placesIn(tree(t, "hosts/"+host), roster), always)
	source.pause = time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); source.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		if writes := dockerdtest.Writes(fake.Requests()); len(writes) > 0 {
			t.Errorf("the engine was asked for more than reading: %+v", writes)
		}
	})
	return &meter{Stats: source, fake: fake, roster: roster, clock: noon}
}

// meet tells the roster of containers by what the engine's inspect says.
func (m *meter) meet(t testing.TB, ids ...string) {
	t.Helper()
	client := clientOf(t, m.fake.Host())
	var residents []resident
	for _, id := range ids {
		details, err := client.Inspect(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		residents = append(residents, residentOf(details))
	}
	meetAll(m.roster, residents...)
}

// collect is the next reading, so much later than the one before.
func (m *meter) collect(t testing.TB, later time.Duration) (collectors.Part, error) {
	t.Helper()
	m.clock = m.clock.Add(later)
	part, err := m.Collect(t.Context(), m.clock)
	checkClean(t, part, err)
	return part, err
}

// until reads, in tenths of a second of the reading's clock, until the wanted is there.
func (m *meter) until(t testing.TB, what string, wanted func(collectors.Part, error) bool) collectors.Part {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if part, err := m.collect(t, 100*time.Millisecond); wanted(part, err) {
			return part
		}
	}
	part, err := m.collect(t, 0)
	t.Fatalf("%s: it does not come: %+v, %v", what, part, err)
	return part
}

// counted is a reading with the values of all of n containers.
func counted(n int) func(collectors.Part, error) bool {
	return func(part collectors.Part, err error) bool {
		return err == nil && len(part.Containers) == n &&
			!slices.ContainsFunc(part.Containers, func(c collectors.ContainerCounters) bool { return !c.Memory.Present() })
	}
}

// spec is a container of the fake engine with limits of all kinds.
func spec(name string) dockerdtest.Container {
	return dockerdtest.Container{Name: name, Memory: 2 << 30, MemorySwap: 3 << 30, NanoCPUs: 1_500_000_000, Pids: 256}
}

// TestStatsReading compares a whole reading, value by value: the engine's numbers with
// the limits that it was told to set, since its own would be the host's memory where
// there is none.
func TestStatsReading(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	id := m.fake.Run(spec("agent"))
	m.fake.SetStats("agent", func(s *dockerdtest.Stats) {
		s.Cores, s.CPU = 0, 8*time.Second
		s.Periods, s.ThrottledPeriods, s.ThrottledTime = 50, 20, 3*time.Second
		s.MemoryUsage, s.Anon, s.InactiveFile, s.Shmem, s.Pids = 40<<20, 12<<20, 6<<20, 2<<20, 9
		s.ReadBytes, s.WriteBytes = 4096, 8192
	})
	m.meet(t, id)
	got := m.until(t, "a frame", counted(1)).Containers[0]
	cpu, _ := got.CPU.Get()
	residents, _ := m.roster.residents()
	started, _ := residents[0].StartedAt.Get()
	count, amount := collectors.Some[uint64], collectors.Some[collectors.Bytes]
	want := collectors.ContainerCounters{
		Identity:    collectors.Identity{Key: "agent"},
		Incarnation: collectors.Incarnation(started.UnixNano()),
		Memory: collectors.Some(collectors.MemoryLevels{
			Current: amount(40 << 20), Limit: collectors.LimitOf[collectors.Bytes](2 << 30), SwapLimit: collectors.LimitOf[collectors.Bytes](1 << 30),
			Stat: collectors.MemoryStat{
				Anon: amount(12 << 20), File: amount(8 << 20), Shmem: amount(2 << 20), InactiveFile: amount(6 << 20), ActiveFile: amount(0),
				KernelStack: amount(5 << 20), SlabReclaimable: amount(5 << 20), SlabUnreclaimable: amount(5 << 20), Sock: amount(0),
			},
			Events: collectors.MemoryEvents{OOM: count(0)},
		}),
		CPU: collectors.Some(collectors.CPUCounters{
			At: cpu.At, Usage: collectors.Some(8 * time.Second), User: collectors.Some(6 * time.Second), System: collectors.Some(2 * time.Second),
			Periods: count(50), ThrottledPeriods: count(20), Throttled: collectors.Some(3 * time.Second), Limit: collectors.LimitOf[collectors.Cores](1.5),
		}),
		Pids: collectors.Some(collectors.PidsLevels{Current: count(9), Limit: collectors.LimitOf[uint64](256)}),
		Network: collectors.Some(collectors.NetworkCounters{
			At: cpu.At, ReceiveBytes: count(1000), TransmitBytes: count(500), ReceiveDropped: count(0), TransmitDropped: count(0),
		}),
		IO:      collectors.Some(collectors.IOCounters{At: cpu.At, ReadBytes: count(4096), WriteBytes: count(8192)}),
		Missing: []collectors.Missing{{Group: collectors.GroupPressure, Why: "the engine does not tell it"}},
	}
	if d := cmp.Diff(want, got, everything()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if cpu.At.IsZero() {
		t.Error("without the engine's time there is no rate")
	}
}

// TestStatsFlavors: what other engines leave out is absent, and never a zero.
func TestStatsFlavors(t *testing.T) {
	for name, tt := range map[string]struct {
		flavor dockerdtest.Flavor
		check  func(collectors.ContainerCounters) bool
	}{
		"cgroup v1": {dockerdtest.CgroupV1, func(c collectors.ContainerCounters) bool {
			m, cpu := c.Memory.Or(collectors.MemoryLevels{}), c.CPU.Or(collectors.CPUCounters{})
			return m.Peak.Present() && m.Stat.Anon.Present() && m.Events == collectors.MemoryEvents{Max: collectors.Some[uint64](0)} && cpu.Periods.Present()
		}},
		"podman": {dockerdtest.Podman, func(c collectors.ContainerCounters) bool {
			m, cpu, pids := c.Memory.Or(collectors.MemoryLevels{}), c.CPU.Or(collectors.CPUCounters{}), c.Pids.Or(collectors.PidsLevels{})
			return !m.Stat.Anon.Present() && m.Events == collectors.MemoryEvents{} && cpu.Usage.Present() && !cpu.Periods.Present() && !cpu.Throttled.Present() &&
				pids.Limit == collectors.LimitOf[uint64](256)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			m := meterOf(t, tt.flavor, "legacy", false, "agent")
			m.meet(t, m.fake.Run(spec("agent")))
			if c := m.until(t, "a frame", counted(1)).Containers[0]; !tt.check(c) {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestStatsUnlimited: a container without limits has none, though the engine's frame
// gives the host's memory.
func TestStatsUnlimited(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	m.meet(t, m.fake.Run(dockerdtest.Container{Name: "agent"}))
	c := m.until(t, "a frame", counted(1)).Containers[0]
	memory, cpu, pids := c.Memory.Or(collectors.MemoryLevels{}), c.CPU.Or(collectors.CPUCounters{}), c.Pids.Or(collectors.PidsLevels{})
	if !memory.Limit.Unlimited() || !cpu.Limit.Unlimited() || !pids.Limit.Unlimited() {
		t.Errorf("%+v %+v %+v", memory.Limit, cpu.Limit, pids.Limit)
	}
}

// TestStatsBorrowedNetwork: the frames of such a container hold another's traffic.
func TestStatsBorrowedNetwork(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	borrower := spec("agent")
	borrower.NetworkMode = "container:" + idB
	m.meet(t, m.fake.Run(borrower))
	c := m.until(t, "a frame", counted(1)).Containers[0]
	if c.Network.Present() || !strings.Contains(whys(c), "network: the container uses another container's network") {
		t.Errorf("%+v, %s", c.Network, whys(c))
	}
}

// opened counts how often the statistics of a container were asked for.
func (m *meter) opened(id string) (n int) {
	for _, request := range m.fake.Requests() {
		if request.Path == "/containers/"+id+"/stats" {
			n++
		}
	}
	return n
}

// TestStatsOnlyWhereNeeded: the streams are dear, so only those are open that nothing
// else can replace; with --source docker, those of all that run.
func TestStatsOnlyWhereNeeded(t *testing.T) {
	for _, always := range []bool{false, true} {
		t.Run(map[bool]string{true: "always", false: "auto"}[always], func(t *testing.T) {
			m := meterOf(t, dockerdtest.CgroupV2, "unified", always, "here", "far", "stopped", "cgroup:/a")
			here, far, stopped := m.fake.Run(spec("here")), m.fake.Run(spec("far")), m.fake.Add(spec("stopped"))
			m.meet(t, here, far, stopped)
			// The process of one of them is on this host.
			write(t, strings.Replace(m.places.locator.proc.Root()+"/PID/cgroup", "PID", "100", 1), "0::/docker/"+here+"\n")
			write(t, m.places.locator.root+"/docker/"+here+"/memory.current", "1\n")
			residents, _ := m.roster.residents()
			residents[0].PID = collectors.Some(100)
			meetAll(m.roster, residents[:3]...)
			n := 1
			if always {
				n = 2
			}
			m.until(t, "frames", counted(n))
			if (m.opened(here) == 1) != always || m.opened(far) != 1 || m.opened(stopped) != 0 {
				t.Errorf("opened %d, %d, %d", m.opened(here), m.opened(far), m.opened(stopped))
			}
			meetAll(m.roster)
			m.until(t, "nobody", counted(0))
			m.until(t, "closed streams", func(collectors.Part, error) bool {
				m.mu.Lock()
				defer m.mu.Unlock()
				return len(m.streams) == 0
			})
		})
	}
}

// TestStatsStopped: a container that does not run sends documents without a
// measurement. That is no zero, and no fault either.
func TestStatsStopped(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	id := m.fake.Run(spec("agent"))
	m.meet(t, id)
	m.until(t, "a frame", counted(1))
	m.fake.Die("agent", 1)
	// The roster has not heard of it yet.
	part := m.until(t, "no data", func(part collectors.Part, err error) bool {
		return err == nil && len(part.Containers) == 1 && !part.Containers[0].Memory.Present()
	})
	if c := part.Containers[0]; c.CPU.Present() || c.Pids.Present() || len(c.Missing) != 0 {
		t.Errorf("%+v", c)
	}
	m.fake.RestartByPolicy("agent")
	m.until(t, "data again", counted(1))
	if m.opened(id) != 1 {
		t.Errorf("the stream was opened %d times", m.opened(id))
	}
}

// TestStatsBreaks: a stream that breaks is opened again, and meanwhile the last frame
// serves for as long as it is true.
func TestStatsBreaks(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	id := m.fake.Run(spec("agent"))
	m.meet(t, id)
	m.until(t, "a frame", counted(1))
	for _, cut := range []dockerdtest.Fault{dockerdtest.EOF(), dockerdtest.Half(), dockerdtest.Garbage()} {
		before := m.opened(id)
		m.fake.Cut(cut)
		m.until(t, "another stream", func(part collectors.Part, err error) bool { return m.opened(id) > before && counted(1)(part, err) })
	}
	m.fake.Fail("/containers/"+id+"/stats", dockerdtest.Forbidden())
	m.fake.Cut(dockerdtest.EOF())
	part := m.until(t, "the fault", func(_ collectors.Part, err error) bool {
		return err != nil && strings.Contains(err.Error(), "CONTAINERS=1")
	})
	if !part.Containers[0].Memory.Present() {
		t.Error("the last frame is gone at once")
	}
	if part, _ = m.collect(t, frameAge+time.Second); part.Containers[0].Memory.Present() || !strings.Contains(whys(part.Containers[0]), "memory: ") {
		t.Errorf("an old frame is shown as if it were true: %s", whys(part.Containers[0]))
	}
	m.fake.Heal("/containers/" + id + "/stats")
	m.until(t, "the recovery", counted(1))
}

// TestStatsHangs: a stream that has stopped sending gives no frame for ever.
func TestStatsHangs(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	m.meet(t, m.fake.Run(spec("agent")))
	m.until(t, "a frame", counted(1))
	m.fake.Cut(dockerdtest.Hang())
	m.until(t, "an old frame", func(part collectors.Part, _ error) bool { return !part.Containers[0].Memory.Present() })
}

// TestStatsAnotherLife: another container under the name has another stream.
func TestStatsAnotherLife(t *testing.T) {
	m := meterOf(t, dockerdtest.CgroupV2, "legacy", false, "agent")
	m.meet(t, m.fake.Run(spec("agent")))
	first := m.until(t, "a frame", counted(1)).Containers[0]
	m.fake.Remove("agent")
	id := m.fake.Run(spec("agent"))
	m.fake.SetStats("agent", func(s *dockerdtest.Stats) { s.Pids = 77 })
	m.meet(t, id)
	second := m.until(t, "the other's frame", func(part collectors.Part, err error) bool {
		return counted(1)(part, err) && part.Containers[0].Pids.Or(collectors.PidsLevels{}).Current == collectors.Some[uint64](77)
	}).Containers[0]
	if first.Incarnation == second.Incarnation || m.opened(id) != 1 {
		t.Errorf("incarnations %d and %d, opened %d times", first.Incarnation, second.Incarnation, m.opened(id))
	}
}

// TestStreamAge: the engine's clock may be anywhere; a frame is as old as the reading
// that first showed it.
func TestStreamAge(t *testing.T) {
	frame := func(engine time.Duration) dockerd.Frame { return dockerd.Frame{Read: after(engine)} }
	o := &stream{}
	for _, tt := range []struct{ engine, at, age time.Duration }{
		{-time.Hour, 0, 0},
		{-time.Hour, 3 * time.Second, 3 * time.Second},
		{-time.Hour + time.Second, 4 * time.Second, 0},
		{240 * time.Hour, 5 * time.Second, 0},
		{240 * time.Hour, 13 * time.Second, 8 * time.Second},
	} {
		if got := o.age(frame(tt.engine), after(tt.at)); got != tt.age {
			t.Errorf("engine %v, at %v: %v old, want %v", tt.engine, tt.at, got, tt.age)
		}
	}
}

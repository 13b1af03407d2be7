package record

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// epoch is when every made-up night begins: on the minute, in local time as the
// readings come.
var epoch = time.Unix(1_790_000_040, 0)

func at(second float64) time.Time {
	return epoch.Add(time.Duration(second * float64(time.Second)))
}

// agent is a container that works: its numbers differ each time, and grow where the
// kernel counts.
func agent(name string, at time.Time) collectors.ContainerCounters {
	second := uint64(max(0, at.Sub(epoch)/time.Second))
	random := rand.New(rand.NewPCG(second, 1))
	some := func(n, spread uint64) collectors.Opt[collectors.Bytes] {
		return collectors.Some(collectors.Bytes((n + random.Uint64N(spread)) << 12))
	}
	count := func(perSecond uint64) collectors.Opt[uint64] { return collectors.Some(second * perSecond) }
	memory := collectors.MemoryLevels{
		Current: some(200_000, 20_000), Limit: collectors.LimitOf[collectors.Bytes](2 << 30), High: collectors.Unlimited[collectors.Bytes](), Swap: collectors.Some[collectors.Bytes](0),
		Stat:   collectors.MemoryStat{Anon: some(100_000, 20_000), File: some(50_000, 2000), Shmem: some(1000, 10), Kernel: some(3000, 300), SlabReclaimable: some(1000, 200), Sock: some(10, 10), InactiveFile: some(20_000, 1000)},
		Events: collectors.MemoryEvents{Max: count(0), OOM: count(0), OOMKill: count(0)},
	}
	cpu := collectors.CPUCounters{
		At: at.Add(time.Millisecond), Usage: collectors.Some(time.Duration(second*812_345) * time.Microsecond), User: collectors.Some(time.Duration(second*612_345) * time.Microsecond), System: collectors.Some(time.Duration(second*200_000) * time.Microsecond),
		Periods: count(10), ThrottledPeriods: count(3), Throttled: collectors.Some(time.Duration(second*41_000) * time.Microsecond), Limit: collectors.LimitOf[collectors.Cores](1.5),
	}
	return collectors.ContainerCounters{
		Identity: collectors.Identity{
			Key: name, ID: fmt.Sprintf("%064x", len(name)), Image: "openclaw/openclaw:latest", State: collectors.StateRunning, Health: collectors.HealthHealthy,
			StartedAt: collectors.Some(epoch.Add(-time.Hour)), RestartCount: collectors.Some(0), PID: collectors.Some(4711), CgroupPath: "/system.slice/docker-x.scope",
		},
		Incarnation: 77, FreshAt: at,
		Memory: collectors.Some(memory), CPU: collectors.Some(cpu),
		Pids:      collectors.Some(collectors.PidsLevels{Current: collectors.Some(40 + random.Uint64N(5)), Limit: collectors.LimitOf[uint64](256), Refused: count(0), Processes: collectors.Some[uint64](20)}),
		Network:   collectors.Some(collectors.NetworkCounters{At: at.Add(2 * time.Millisecond), ReceiveBytes: count(15_123), TransmitBytes: count(3011)}),
		IO:        collectors.Some(collectors.IOCounters{At: at.Add(time.Millisecond), ReadBytes: count(4096), WriteBytes: count(8192), ReadOps: count(1), WriteOps: count(2)}),
		Processes: collectors.Some(processes(second, random)),
		Origin:    map[collectors.Group]string{collectors.GroupMemory: "cgroup", collectors.GroupCPU: "cgroup", collectors.GroupState: "docker"},
	}
}

func processes(second uint64, random *rand.Rand) []collectors.Process {
	list := make([]collectors.Process, 20)
	for i := range list {
		list[i] = collectors.Process{
			PID: 4711 + i, PPID: 4711, Name: "node-" + string(rune('a'+i)), State: "S", Threads: collectors.Some(11),
			RSS: collectors.Some(collectors.Bytes(10_000+random.Uint64N(100)) << 12), CPU: collectors.Some(collectors.Seconds(second * uint64(i) * 1e7)),
		}
	}
	return list
}

// round is a reading of some containers.
func round(at time.Time, names ...string) collectors.Reading {
	reading := collectors.Reading{
		At: at,
		Host: collectors.HostCounters{
			Name: "vps-1", Kernel: "6.1.0", CPUs: collectors.Some(4), MemoryTotal: collectors.Some[collectors.Bytes](8 << 30),
			MemoryAvailable: collectors.Some(collectors.Bytes(1_000_000+at.Unix()%1000) << 10),
		},
		Sources: []collectors.SourceHealth{{Name: "cgroup", OK: true, Age: collectors.Some(collectors.Seconds(0))}, {Name: "docker", OK: true, Age: collectors.Some(collectors.Seconds(0))}},
	}
	for _, name := range names {
		reading.Containers = append(reading.Containers, agent(name, at))
	}
	return reading
}

// bench is a recorder without its goroutine: what it is given is written when take
// returns.
type bench struct {
	t    testing.TB
	dir  string
	desk desk
}

func newBench(t testing.TB, dir string, retention Retention) *bench {
	t.Helper()
	recorder, err := New(Options{Dir: dir, Retention: retention, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, dir: dir, desk: recorder.desk}
	t.Cleanup(func() { b.desk.end(context.Background()) })
	return b
}

// take writes a reading, which must be possible.
func (b *bench) take(reading collectors.Reading, news ...collectors.Event) {
	b.t.Helper()
	// A context that can end costs a goroutine for each statement; a recorder writes
	// with one that cannot.
	b.desk.take(context.WithoutCancel(b.t.Context()), item{reading: reading, news: news})
	if b.desk.health.State != StateRecording {
		b.t.Fatalf("%s: %s", b.desk.health.State, b.desk.health.Why)
	}
}

// run records a reading for each second of a range.
func (b *bench) run(from, to int, names ...string) {
	b.t.Helper()
	for second := from; second < to; second++ {
		b.take(round(at(float64(second)), names...))
	}
}

// settle does all chores that are due.
func (b *bench) settle() {
	b.t.Helper()
	for b.desk.store.chores.pending {
		if err := b.desk.store.tidy(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) close() { b.desk.end(context.Background()) }

func (b *bench) reader() *Reader {
	b.t.Helper()
	return openReader(b.t, b.dir)
}

func openReader(t testing.TB, dir string) *Reader {
	t.Helper()
	reader, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })
	return reader
}

// readings are those of a range of seconds, none of which may be damaged.
func readings(t testing.TB, reader *Reader, from, to float64, names ...string) []collectors.Reading {
	t.Helper()
	var list []collectors.Reading
	for reading, err := range reader.Readings(t.Context(), at(from), at(to), names...) {
		if err != nil {
			t.Fatal(err)
		}
		reading.Containers = slices.Clone(reading.Containers)
		list = append(list, reading)
	}
	return list
}

// rows counts the rows that a query finds.
func (b *bench) rows(query string) (n int) {
	b.t.Helper()
	if err := b.desk.store.conn.QueryRowContext(b.t.Context(), query).Scan(&n); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// packed is a container as a block brings it back: without monotonic times and what
// no codec carries.
func packed(t testing.TB, at time.Time, c collectors.ContainerCounters) collectors.ContainerCounters {
	t.Helper()
	entries, err := block.Decode(block.Encode(nil, []block.Entry{{At: at, Counters: c}}))
	if err != nil || len(entries) != 1 {
		t.Fatal(err)
	}
	return entries[0].Counters
}

// alone is for a test that records hours on one goroutine: the race detector finds
// nothing there, and takes ten times as long for SQLite.
func alone(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("one goroutine, and hours to record")
	}
}

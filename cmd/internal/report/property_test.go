package report

import (
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"brink/alerts"
	"brink/collectors"
)

// TestSharesAddUp: whatever is recorded, every share lies between nothing and all,
// and the times add up to what was recorded.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := New(Options{Rules: alerts.DefaultRules(), Gap: 10 * time.Second}), evening
		for seq := range uint64(rapid.IntRange(0, 60).Draw(t, "snapshots")) {
			at = at.Add(time.Duration(rapid.SampledFrom([]int{1000, 1000, 500, 0, 5000, 60000, -3000}).Draw(t, "pause")) * time.Millisecond)
			c.Add(drawSnapshot(t, at, seq))
		}
		r := c.Report()
		checkCoverage(t, r.Coverage)
		for i := range r.Containers {
			checkContainer(t, &r.Containers[i], r.Coverage.Recorded)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatalf("%v", err)
		}
	})
}

// drawSnapshot makes a snapshot of which everything can be absent.
func drawSnapshot(t *rapid.T, at time.Time, seq uint64) collectors.Snapshot {
	s := collectors.Snapshot{At: at}
	kinds := []collectors.EventKind{
		collectors.EventDied, collectors.EventRestarted, collectors.EventRemoved, collectors.EventRecreated, collectors.EventOOMKill, collectors.EventForkRefused,
		collectors.EventLimitHit,
	}
	if rapid.IntRange(0, 3).Draw(t, "event") == 0 {
		s.News = []collectors.Event{{
			Seq: max(1, seq/2), At: at.Add(-time.Duration(rapid.IntRange(0, 4000).Draw(t, "age")) * time.Millisecond),
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Container: "agent", Count: uint64(rapid.IntRange(0, 3).Draw(t, "count")),
		}}
	}
	if rapid.IntRange(0, 5).Draw(t, "there") > 0 {
		s.Containers = []collectors.ContainerSample{drawSample(t, at)}
	}
	return s
}

func drawSample(t *rapid.T, at time.Time) collectors.ContainerSample {
	c := agent()
	c.Name = "agent"
	states := []collectors.State{collectors.StateRunning, collectors.StateRunning, collectors.StateExited, collectors.StatePaused, collectors.StateUnknown, collectors.StateGone}
	c.State = rapid.SampledFrom(states).Draw(t, "state")
	c.StartedAt, c.FinishedAt = drawMoment(t, at), drawMoment(t, at)
	setMemory(&c, collectors.Bytes(rapid.IntRange(60, 3000).Draw(t, "memory"))*mib)
	setTasks(&c, uint64(rapid.IntRange(0, 300).Draw(t, "tasks")))
	if rapid.Bool().Draw(t, "blind") {
		c.Memory = collectors.MemorySample{}
	}
	periods := uint64(rapid.IntRange(0, 100).Draw(t, "periods"))
	c.CPU.Periods, c.CPU.ThrottledPeriods = collectors.Some(periods), collectors.Some(uint64(rapid.IntRange(0, 100).Draw(t, "throttled")))
	c.CPU.ThrottledRatio = collectors.Some(collectors.Ratio(rapid.Float64Range(0, 1).Draw(t, "ratio")))
	return c
}

func drawMoment(t *rapid.T, at time.Time) collectors.Opt[time.Time] {
	if rapid.Bool().Draw(t, "dated") {
		return collectors.Some(at.Add(-time.Duration(rapid.IntRange(-1000, 20000).Draw(t, "since")) * time.Millisecond))
	}
	return collectors.Opt[time.Time]{}
}

func checkShare(t *rapid.T, what string, share collectors.Opt[collectors.Ratio]) {
	if v, ok := share.Get(); ok && !(v >= 0 && v <= 1) {
		t.Fatalf("%s: a share of %v", what, v)
	}
}

func checkCoverage(t *rapid.T, c Coverage) {
	checkShare(t, "coverage", c.Ratio)
	if c.Recorded < 0 {
		t.Fatalf("%v were recorded", c.Recorded.Duration())
	}
}

func checkContainer(t *rapid.T, c *Container, recorded collectors.Seconds) {
	a := c.Availability
	checkShare(t, "running", a.Ratio)
	if a.Running < 0 || a.Paused < 0 || a.Down < 0 || a.Unknown < 0 {
		t.Fatalf("a negative time: %+v", a)
	}
	if a.Running+a.Paused+a.Down != a.Known || a.Known+a.Unknown != recorded {
		t.Fatalf("times do not add up to %v: %+v", recorded.Duration(), a)
	}
	checkShare(t, "throttled", c.CPU.Ratio)
	if worst, ok := c.CPU.Worst.Get(); ok {
		checkShare(t, "worst minute", worst.Ratio)
	}
	for _, near := range c.Near {
		warning, critical := near.Warning.Or(Over{}), near.Critical.Or(Over{})
		checkShare(t, near.Rule, warning.Ratio)
		checkShare(t, near.Rule, critical.Ratio)
		if near.Warning.Present() && critical.Seconds > warning.Seconds || max(warning.Seconds, critical.Seconds) > near.Measured || near.Measured > recorded {
			t.Fatalf("%s: %v critical, %v warning, %v measured, %v recorded", near.Rule, critical.Seconds, warning.Seconds, near.Measured, recorded)
		}
	}
	checkLevels(t, c.Memory.Unreclaimable, recorded)
	checkLevels(t, c.Pids.Tasks, recorded)
	var causes uint64
	for _, n := range a.Causes {
		causes += n
	}
	if causes != a.Restarts {
		t.Fatalf("%d restarts by %v", a.Restarts, a.Causes)
	}
}

func checkLevels[T ~uint64](t *rapid.T, l Levels[T], recorded collectors.Seconds) {
	p50, p90, p99, top := l.P50.Or(0), l.P90.Or(0), l.P99.Or(0), l.Max.Or(0)
	if p50 > p90 || p90 > p99 || p99 > top || l.Measured > recorded || l.P50.Present() != (l.Measured > 0) {
		t.Fatalf("levels %d %d %d %d, measured in %v of %v", p50, p90, p99, top, l.Measured, recorded)
	}
}

// BenchmarkAdd is what one snapshot of a container costs: a week at one a second is
// 604,800 of them.
func BenchmarkAdd(b *testing.B) {
	n := newNight(Options{})
	n.pass(10*time.Minute, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		setMemory(&n.agent, 600*mib+collectors.Bytes(i%4096)*mib/8)
		n.tick()
	}
}

// TestBounded: what is kept does not grow with the range.
func TestBounded(t *testing.T) {
	n := newNight(Options{})
	hours := func(count int) uint64 {
		for range count * 60 {
			n.tell(collectors.Event{At: n.now, Kind: collectors.EventOOMKill, Count: 1})
			n.tell(collectors.Event{At: n.now, Kind: collectors.EventDied})
			n.tell(collectors.Event{At: n.now, Kind: collectors.EventRestarted})
			n.tell(collectors.Event{At: n.now, Kind: collectors.EventHealth, Health: collectors.HealthUnhealthy})
			n.pass(time.Minute, func(c *collectors.ContainerSample, i int) {
				setMemory(c, 600*mib+collectors.Bytes(i)*mib)
				c.Processes = []collectors.Process{{PID: i, Name: "node", RSS: collectors.Some(mib)}}
			})
			n.agent.StartedAt = collectors.Some(n.now)
		}
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before, after := hours(2), hours(6)
	if grown := int64(after) - int64(before); grown > 128<<10 {
		t.Errorf("six hours more take %d bytes", grown)
	}
	if after > 16<<20 {
		t.Errorf("eight hours take %d bytes, with all of the test", after)
	}
	runtime.KeepAlive(n)
}

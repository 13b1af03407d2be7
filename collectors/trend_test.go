package collectors

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

const gib = 1024 * mib

// series is a level of memory over time, at one point a second.
type series func(second int) Opt[Bytes]

// TestTrend: a series of half a minute and more, and what must be said of it at its
// end, for a limit of 2 GiB.
func TestTrend(t *testing.T) {
	leak := func(from, perSecond Bytes) series {
		return func(s int) Opt[Bytes] { return Some(from + perSecond*Bytes(s)) }
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name    string
		seconds int
		level   series
		// growth is in MiB a second, full the time until it is full; NaN is absence.
		growth, full float64
	}{
		{"too few points", 3, leak(1500*mib, 20*mib), math.NaN(), math.NaN()},
		{"just enough points for a slope", 4, leak(1500*mib, 20*mib), 20, math.NaN()},
		{"not long enough for a forecast", 9, leak(1500*mib, 20*mib), 20, math.NaN()},
		{"just long enough for a forecast", 10, leak(1500*mib, 20*mib), 20, 17.4},
		{"flat", 60, leak(1500*mib, 0), 0, math.NaN()},
		{"leak of 1 MiB/s", 60, leak(1200*mib, 1*mib), 1, math.NaN()},
		{"leak of 1 MiB/s that has lasted", 240, leak(1200*mib, 1*mib), 1, 608},
		{"leak of 20 MiB/s", 60, leak(600*mib, 20*mib), 20, 12.4},
		{"leak of 100 MiB/s", 12, leak(600*mib, 100*mib), 100, 2.48},
		{"leak of a byte a second is no forecast of centuries", 60, leak(1200*mib, 1), 1.0 / float64(mib), math.NaN()},
		{"leak in a container that is less than half full", 30, leak(100*mib, 20*mib), 20, math.NaN()},
		{"shrinking", 60, func(s int) Opt[Bytes] { return Some(1900*mib - Bytes(s)*10*mib) }, -10, math.NaN()},
		{"full already", 30, leak(2100*mib, 10*mib), 10, 0},
		{
			"leak in the two-second steps of the kernel's flush", 60,
			func(s int) Opt[Bytes] { return Some(1200*mib + Bytes(s/2)*8*mib) }, 4, 155,
		},
		{
			"leak with garbage collection on top", 60,
			func(s int) Opt[Bytes] { return Some(600*mib + Bytes(s)*20*mib + Bytes(s%6)*8*mib) }, 20, 12.4,
		},
		{"saw-tooth", 59, func(s int) Opt[Bytes] { return Some(1200*mib + Bytes(s%12)*40*mib) }, 40, math.NaN()},
		{"saw-tooth of short teeth", 60, func(s int) Opt[Bytes] { return Some(1200*mib + Bytes(s%4)*40*mib) }, math.NaN(), math.NaN()},
		{"noise", 60, func(int) Opt[Bytes] { return Some(1200*mib + Bytes(random.IntN(64))*mib) }, math.NaN(), math.NaN()},
		{
			"one step", 60,
			func(s int) Opt[Bytes] {
				if s < 45 {
					return Some(1200 * mib)
				}
				return Some(1500 * mib)
			}, 0, math.NaN(),
		},
		{
			"one step just now", 48,
			func(s int) Opt[Bytes] {
				if s < 45 {
					return Some(1200 * mib)
				}
				return Some(1500 * mib)
			}, math.NaN(), math.NaN(),
		},
		{
			"a leak that has just begun", 40,
			func(s int) Opt[Bytes] { return Some(1200*mib + Bytes(max(0, s-33))*20*mib) }, 20, math.NaN(),
		},
		{
			"a leak that began before that", 46,
			func(s int) Opt[Bytes] { return Some(1200*mib + Bytes(max(0, s-33))*20*mib) }, 20, 29.4,
		},
		{
			"a gap in a leak", 60,
			func(s int) Opt[Bytes] {
				if s > 35 && s < 50 {
					return Opt[Bytes]{}
				}
				return Some(600*mib + Bytes(s)*20*mib)
			}, 20, 12.4,
		},
		{
			"just after a gap of more than the window", 60,
			func(s int) Opt[Bytes] {
				if s > 10 && s < 59 {
					return Opt[Bytes]{}
				}
				return Some(600*mib + Bytes(s)*20*mib)
			}, math.NaN(), math.NaN(),
		},
		{
			"the level cannot be read now", 60,
			func(s int) Opt[Bytes] {
				if s == 60 {
					return Opt[Bytes]{}
				}
				return Some(600*mib + Bytes(s)*20*mib)
			}, math.NaN(), math.NaN(),
		},
		{"the limit of what is counted", 60, leak(math.MaxUint64-60*gib, gib), 1024, 0},
	} {
		outlook, got := NewOutlook(time.Second), Trend{}
		for s := range c.seconds + 1 {
			got = trendAfter(outlook, s, 1, levelOf(c.level(s)))
		}
		checkNear(t, c.name+": growth", c.growth*float64(mib), toFloat(got.Growth))
		checkNear(t, c.name+": full in", c.full, fullSeconds(got))
	}
}

// trendAfter is what the outlook makes of one more sample.
func trendAfter(outlook *Outlook, second int, incarnation Incarnation, memory MemorySample) Trend {
	sample := ContainerSample{Memory: memory}
	outlook.Foresee(moment(time.Duration(second)*time.Second), incarnation, &sample)
	return sample.Memory.Trend
}

func levelOf(level Opt[Bytes]) MemorySample {
	limit := Some(2 * gib)
	return MemorySample{
		Unreclaimable: level, UnreclaimableRatio: RatioOf(level, limit), Headroom: minus(limit, level),
	}
}

func toFloat[T ~float64](value Opt[T]) float64 {
	if v, ok := value.Get(); ok {
		return float64(v)
	}
	return math.NaN()
}

func fullSeconds(trend Trend) float64 {
	if full, ok := trend.FullIn.Get(); ok {
		return full.Duration().Seconds()
	}
	return math.NaN()
}

// checkNear allows a tenth, which is what a line through noisy points is good for.
func checkNear(t *testing.T, what string, want, got float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(want-got) > math.Abs(want)/10+1e-6 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestTrendOfANewLife: what the life before held is no growth of this one.
func TestTrendOfANewLife(t *testing.T) {
	outlook, got := NewOutlook(time.Second), Trend{}
	for s := range 30 {
		trendAfter(outlook, s, 1, levelOf(Some(1900*mib-Bytes(s)*mib)))
	}
	for s := range 3 {
		got = trendAfter(outlook, 30+s, 2, levelOf(Some(1200*mib)))
	}
	if got != (Trend{}) {
		t.Errorf("after three seconds of a new life: %v", got)
	}
	for s := range 20 {
		got = trendAfter(outlook, 33+s, 2, levelOf(Some(1200*mib+Bytes(s)*10*mib)))
	}
	if !got.FullIn.Present() {
		t.Errorf("the summit of the life before hides the growth of this one: %v", got)
	}
}

// TestTrendOfACacheFill: page cache is not in the level that a trend is taken of.
func TestTrendOfACacheFill(t *testing.T) {
	outlook, got := NewOutlook(time.Second), Trend{}
	for s := range 60 {
		levels := MemoryLevels{
			Current: Some(1100*mib + Bytes(s)*15*mib), Limit: LimitOf(2 * gib),
			Stat: MemoryStat{Anon: Some(1050 * mib), File: Some(Bytes(s) * 15 * mib), InactiveFile: Some(Bytes(s) * 15 * mib)},
		}
		got = trendAfter(outlook, s, 1, deriveMemory(Some(levels)))
	}
	if growth, ok := got.Growth.Get(); !ok || growth != 0 || got.FullIn.Present() {
		t.Errorf("%v", got)
	}
}

// TestTrendOfAStorm: a container in need wakes the sampler twenty times a second;
// the past must not be crowded out, and its memory stays bounded.
func TestTrendOfAStorm(t *testing.T) {
	outlook, sample := NewOutlook(time.Second), ContainerSample{}
	for i := range 20 * 60 {
		at := time.Duration(i) * 50 * time.Millisecond
		sample.Memory = levelOf(Some(1000*mib + Bytes(at.Seconds()*10)*mib))
		outlook.Foresee(moment(at), 1, &sample)
	}
	if n := len(outlook.memory.points); n > linePoints {
		t.Errorf("%d points are kept", n)
	}
	checkNear(t, "growth", 10*float64(mib), toFloat(sample.Memory.Growth))
}

// TestTrendAtAnyInterval: slow samples make the window longer, not the trend
// impossible, and a steady one takes no memory.
func TestTrendAtAnyInterval(t *testing.T) {
	for _, interval := range []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second, 8 * time.Second, 30 * time.Second, time.Hour} {
		outlook, sample := NewOutlook(interval), ContainerSample{}
		at := moment(0)
		step := func() {
			at = at.Add(interval)
			sample.Memory = levelOf(Some(1200*mib + 4*mib*Bytes(at.Sub(moment(0))/interval)))
			sample.Tmpfs = append(sample.Tmpfs[:0], TmpfsSample{Mount: "/tmp", Used: Some(200 * mib), Size: Some(256 * mib), UsedRatio: Some(Ratio(0.8))})
			outlook.Foresee(at, 1, &sample)
		}
		for at.Sub(moment(0)) < max(12*time.Second, 60*interval) {
			step()
		}
		checkNear(t, interval.String()+": growth", 4*float64(mib)/interval.Seconds(), toFloat(sample.Memory.Growth))
		if !sample.Memory.FullIn.Present() {
			t.Errorf("%v: no forecast", interval)
		}
		if allocs := testing.AllocsPerRun(500, step); allocs != 0 {
			t.Errorf("%v: %v allocations a sample", interval, allocs)
		}
	}
}

// TestTrendWhenTheClockIsSetBack: points of the future are dropped.
func TestTrendWhenTheClockIsSetBack(t *testing.T) {
	outlook, got := NewOutlook(time.Second), Trend{}
	for s := range 20 {
		trendAfter(outlook, 3600+s, 1, levelOf(Some(1200*mib)))
	}
	for s := range 31 {
		got = trendAfter(outlook, s, 1, levelOf(Some(1200*mib+Bytes(s)*10*mib)))
	}
	checkNear(t, "growth", 10*float64(mib), toFloat(got.Growth))
	checkNear(t, "full in", 54.8, fullSeconds(got))
}

// TestTrendAfterAnOOMKill: what the kernel took away is no garbage collection, so
// the growth to the same height is told once more.
func TestTrendAfterAnOOMKill(t *testing.T) {
	for _, kills := range []uint64{0, 1} {
		outlook := NewOutlook(time.Second)
		for s := range 100 {
			memory := levelOf(Some(1200*mib + Bytes(s%50)*16*mib))
			memory.OOMKills = Some(uint64(s/50) * kills)
			got := trendAfter(outlook, s, 1, memory)
			if s == 98 && got.FullIn.Present() != (kills > 0) {
				t.Errorf("after %d kills: %v", kills, got)
			}
		}
	}
}

// TestOutlookOfPidsAndMounts: they are foreseen as memory is, each mount for itself.
func TestOutlookOfPidsAndMounts(t *testing.T) {
	outlook := NewOutlook(time.Second)
	mount := func(name string, used Bytes) TmpfsSample {
		return TmpfsSample{Mount: name, Used: Some(used), Size: Some(256 * mib), UsedRatio: RatioOf(Some(used), Some(256*mib))}
	}
	sample := ContainerSample{}
	for s := range 41 {
		pids := Some(uint64(150 + 2*s))
		sample = ContainerSample{
			Pids: PidsSample{Current: pids, Limit: LimitOf[uint64](256), OfLimit: RatioOf(pids, Some[uint64](256))},
			Tmpfs: []TmpfsSample{
				mount("/full", 200*mib), mount("/half", Bytes(s)*mib), mount("/tmp", 150*mib+Bytes(s)*2*mib),
				{Mount: "/unreadable", Why: "not permitted", Size: Some(256 * mib)},
			},
		}
		outlook.Foresee(moment(time.Duration(s)*time.Second), 1, &sample)
	}
	want := []float64{math.NaN(), math.NaN(), 13, math.NaN()}
	for i, mount := range sample.Tmpfs {
		checkNear(t, mount.Mount, want[i], fullSeconds(Trend{FullIn: mount.FullIn}))
	}
	checkNear(t, "pids", 13, fullSeconds(Trend{FullIn: sample.Pids.FullIn}))
	sample.Tmpfs = sample.Tmpfs[:1]
	if outlook.Foresee(moment(time.Minute), 1, &sample); len(outlook.tmpfs) != 1 {
		t.Errorf("%d mounts are remembered", len(outlook.tmpfs))
	}
}

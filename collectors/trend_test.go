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
		{"just enough points", 4, leak(1500*mib, 20*mib), 20, 23.4},
		{"flat", 60, leak(1500*mib, 0), 0, math.NaN()},
		{"leak of 1 MiB/s", 60, leak(1200*mib, 1*mib), 1, 788},
		{"leak of 20 MiB/s", 60, leak(600*mib, 20*mib), 20, 12.4},
		{"leak of 100 MiB/s", 12, leak(600*mib, 100*mib), 100, 2.48},
		{"leak of a byte a second is no forecast of centuries", 60, leak(1200*mib, 1), 1.0 / float64(mib), 365 * 86400},
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
		{"saw-tooth", 60, func(s int) Opt[Bytes] { return Some(1200*mib + Bytes(s%12)*40*mib) }, math.NaN(), math.NaN()},
		{"noise", 60, func(int) Opt[Bytes] { return Some(1200*mib + Bytes(random.IntN(64))*mib) }, math.NaN(), math.NaN()},
		{
			"one step", 60,
			func(s int) Opt[Bytes] {
				if s < 45 {
					return Some(1200 * mib)
				}
				return Some(1500 * mib)
			}, math.NaN(), math.NaN(),
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
		past, memory := &history{}, MemorySample{}
		for s := range c.seconds + 1 {
			memory = levelOf(c.level(s))
			past.add(moment(time.Duration(s)*time.Second), 1, memory.Unreclaimable)
		}
		got := past.trend(memory)
		checkNear(t, c.name+": growth", c.growth*float64(mib), toFloat(got.Growth))
		checkNear(t, c.name+": full in", c.full, fullSeconds(got))
	}
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
	past := &history{}
	for s := range 30 {
		past.add(moment(time.Duration(s)*time.Second), 1, Some(1900*mib-Bytes(s)*mib))
	}
	for s := range 3 {
		past.add(moment(time.Duration(30+s)*time.Second), 2, Some(1200*mib))
	}
	if got := past.trend(levelOf(Some(1200 * mib))); got != (Trend{}) {
		t.Errorf("after three seconds of a new life: %v", got)
	}
}

// TestTrendOfACacheFill: page cache is not in the level that a trend is taken of.
func TestTrendOfACacheFill(t *testing.T) {
	past, sample := &history{}, MemorySample{}
	for s := range 60 {
		levels := MemoryLevels{
			Current: Some(1100*mib + Bytes(s)*15*mib), Limit: LimitOf(2 * gib),
			Stat: MemoryStat{Anon: Some(1050 * mib), File: Some(Bytes(s) * 15 * mib), InactiveFile: Some(Bytes(s) * 15 * mib)},
		}
		sample = deriveMemory(Some(levels))
		past.add(moment(time.Duration(s)*time.Second), 1, sample.Unreclaimable)
	}
	got := past.trend(sample)
	if growth, ok := got.Growth.Get(); !ok || growth != 0 || got.FullIn.Present() {
		t.Errorf("%v", got)
	}
}

// TestTrendOfAStorm: a container in need wakes the sampler twenty times a second;
// the past must not be crowded out, and its memory stays bounded.
func TestTrendOfAStorm(t *testing.T) {
	past, memory := &history{}, MemorySample{}
	for i := range 20 * 60 {
		at := time.Duration(i) * 50 * time.Millisecond
		memory = levelOf(Some(1000*mib + Bytes(at.Seconds()*10)*mib))
		past.add(moment(at), 1, memory.Unreclaimable)
	}
	if n := len(past.points); n > 66 {
		t.Errorf("%d points are kept", n)
	}
	checkNear(t, "growth", 10*float64(mib), toFloat(past.trend(memory).Growth))
}

// TestTrendWhenTheClockIsSetBack: points of the future are dropped.
func TestTrendWhenTheClockIsSetBack(t *testing.T) {
	past := &history{}
	for s := range 20 {
		past.add(moment(time.Hour+time.Duration(s)*time.Second), 1, Some(1200*mib))
	}
	memory := levelOf(Some(1200 * mib))
	for s := range 10 {
		memory = levelOf(Some(1200*mib + Bytes(s)*10*mib))
		past.add(moment(time.Duration(s)*time.Second), 1, memory.Unreclaimable)
	}
	checkNear(t, "growth", 10*float64(mib), toFloat(past.trend(memory).Growth))
}

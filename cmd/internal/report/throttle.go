package report

import (
	"time"

	"brink/collectors"
)

// throttling adds up what the CPU quota held back.
type throttling struct {
	// life and the counts are those of the latest sample that had them.
	life              lifeMark
	before            collectors.Opt[periodCounts]
	sum               collectors.Opt[periodCounts]
	held              collectors.Opt[time.Duration]
	minute, worst     throttledMinute
	minutesAreStarted bool
}

// periodCounts count scheduling periods.
type periodCounts struct{ all, throttled uint64 }

// throttledMinute is one minute by the clock.
type throttledMinute struct {
	at     time.Time
	counts periodCounts
	held   time.Duration
}

// add takes the counts at the end of a slot. What was counted over a gap belongs to
// the range, but to no minute of it.
func (t *throttling) add(cpu *collectors.CPUSample, life lifeMark, s slot) {
	t.turn(s.to)
	if rate, ok := cpu.ThrottledCores.Get(); ok && rate >= 0 && rate < millionths {
		held := time.Duration(float64(rate) * float64(s.length))
		t.held = collectors.Some(t.held.Or(0) + held)
		t.minute.held += held
	}
	all, ok := cpu.Periods.Get()
	throttled, known := cpu.ThrottledPeriods.Get()
	if !ok || !known {
		return
	}
	now := periodCounts{all, throttled}
	if grown, ok := t.grown(now, life); ok {
		sum := t.sum.Or(periodCounts{})
		t.sum = collectors.Some(periodCounts{sum.all + grown.all, sum.throttled + grown.throttled})
		if s.length > 0 {
			t.minute.counts.all += grown.all
			t.minute.counts.throttled += grown.throttled
		}
	}
	t.before, t.life = collectors.Some(now), life
}

// grown is what was counted since the sample before, in the same life.
func (t *throttling) grown(now periodCounts, life lifeMark) (periodCounts, bool) {
	before, ok := t.before.Get()
	if !ok || life != t.life || now.all < before.all || now.throttled < before.throttled {
		return periodCounts{}, false
	}
	grown := periodCounts{now.all - before.all, now.throttled - before.throttled}
	return grown, grown.throttled <= grown.all
}

// turn begins another minute where the time has come to one.
func (t *throttling) turn(at time.Time) {
	at = at.Truncate(time.Minute)
	if t.minutesAreStarted && at.Equal(t.minute.at) {
		return
	}
	t.worst = t.worstMinute()
	t.minute, t.minutesAreStarted = throttledMinute{at: at}, true
}

// worstMinute is the minute that was held back longest, the present one too.
func (t *throttling) worstMinute() throttledMinute {
	if t.minute.held > t.worst.held {
		return t.minute
	}
	return t.worst
}

func (t *throttling) tell(story *CPUStory) {
	if sum, ok := t.sum.Get(); ok {
		story.Periods, story.Throttled = collectors.Some(sum.all), collectors.Some(sum.throttled)
		story.Ratio = sum.ratio()
	}
	if held, ok := t.held.Get(); ok {
		story.ThrottledFor = collectors.Some(collectors.Seconds(held))
	}
	if worst := t.worstMinute(); worst.held > 0 {
		story.Worst = collectors.Some(ThrottledMinute{
			At: worst.at, Ratio: worst.counts.ratio(), ThrottledFor: collectors.Seconds(worst.held),
		})
	}
}

func (c periodCounts) ratio() collectors.Opt[collectors.Ratio] {
	return collectors.RatioOf(collectors.Some(c.throttled), collectors.Some(c.all))
}

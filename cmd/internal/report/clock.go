package report

import (
	"time"

	"brink/collectors"
)

// clock tells what the snapshots of a recording stand for: the time since the one
// before, unless that is too long to have been recorded.
type clock struct {
	span Span
	gap  time.Duration
	// first and last are the times of the first snapshot and of the latest; mark is
	// the latest time of all, which is another one when the clock was set back.
	first, last, mark time.Time
	// recorded is the time that the snapshots stand for, covered what the wall clock
	// passed through in it: an hour that a clock goes through twice is covered once.
	recorded, covered time.Duration
	slots             uint64
	gaps              kept[Gap]
	setBack           kept[Step]
}

// slot is the time that a snapshot stands for. It has no length for the first one,
// after a gap, and after a clock was set back.
type slot struct {
	// number counts the slots from 1, since a time can come twice.
	number   uint64
	from, to time.Time
	length   time.Duration
}

// gapsKept bounds how many gaps are listed.
const gapsKept = 50

// tick takes the time of the next snapshot.
func (c *clock) tick(at time.Time) slot {
	c.slots++
	s := slot{number: c.slots, from: c.last, to: at}
	switch {
	case c.first.IsZero():
		c.first, c.mark, s.from = at, at, at
		c.pass(c.span.From, at)
	case at.Before(c.last):
		c.setBack.add(Step{At: c.last, To: at}, gapsKept)
	case at.Sub(c.last) > c.gap:
		c.pass(later(c.last, c.mark), at)
	default:
		s.length = at.Sub(c.last)
		c.recorded += s.length
		c.covered += max(0, at.Sub(later(c.last, c.mark)))
	}
	c.last, c.mark = at, later(at, c.mark)
	return s
}

// pass accounts for time in which there was no snapshot.
func (c *clock) pass(from, to time.Time) {
	if from.IsZero() {
		return
	}
	if gap, is := c.gapBetween(from, to); is {
		c.gaps.add(gap, gapsKept)
	} else {
		c.covered += max(0, to.Sub(from))
	}
}

// gapBetween returns the gap between two times. A short time is none: the recorder's
// rhythm does not begin at a full hour.
func (c *clock) gapBetween(from, to time.Time) (Gap, bool) {
	length := to.Sub(from)
	return Gap{From: from, To: to, Seconds: collectors.Seconds(length)}, length > c.gap
}

// coverage is how much of the range was recorded, up to the end of the span.
func (c *clock) coverage() Coverage {
	whole, covered, gaps, count := c.bounds(), c.covered, c.gaps.all(), c.gaps.count
	from := later(c.last, c.mark)
	if c.first.IsZero() {
		from = c.span.From
	}
	if gap, is := c.gapBetween(from, whole.To); is && !from.IsZero() {
		gaps, count = append(gaps, gap), count+1
	} else if !c.first.IsZero() {
		covered += max(0, whole.To.Sub(from))
	}
	return Coverage{
		Snapshots: c.slots, Recorded: collectors.Seconds(c.recorded), Ratio: shareOf(covered, whole.To.Sub(whole.From)),
		Gaps: gaps, GapCount: count, SetBack: c.setBack.all(),
	}
}

// bounds is the span with its open ends closed by what was recorded.
func (c *clock) bounds() Span {
	bounds := c.span
	if bounds.From.IsZero() {
		bounds.From = c.first
	}
	if bounds.To.IsZero() {
		bounds.To = c.mark
	}
	return bounds
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// shareOf returns part of whole, absent when there is no time to take a share of.
func shareOf(part, whole time.Duration) collectors.Opt[collectors.Ratio] {
	if whole <= 0 {
		return collectors.Opt[collectors.Ratio]{}
	}
	return collectors.Some(collectors.Ratio(min(1, float64(part)/float64(whole))))
}

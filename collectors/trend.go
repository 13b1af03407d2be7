package collectors

import (
	"slices"
	"time"
)

const (
	// trendWindow is how far back a trend looks: long enough to see through one
	// garbage collection, short enough to warn of a leak of 20 MiB/s in 2 GiB.
	trendWindow = 30 * time.Second
	// trendSpacing is the least time between two points. It bounds the memory of a
	// trend to 65 points, and keeps the wake-ups of a container in need (as many as
	// twenty a second) from crowding the past out of it.
	trendSpacing = trendWindow / 64
	// trendMinimum is how many points and how much time a slope needs.
	trendMinimum     = 5
	trendMinimumSpan = 4 * time.Second
	// trendFit is the least share of the variance that the line must explain. A
	// saw-tooth stays far below it, a leak well above.
	trendFit = 0.8
	// fullInAbove is the level from which the time until full is told.
	fullInAbove = Ratio(0.5)
)

// history is the recent past of one container's unreclaimable memory, in one
// life. It is what a trend is taken from.
type history struct {
	incarnation Incarnation
	points      []levelAt
}

type levelAt struct {
	at    time.Time
	level float64
}

// add takes the level at a moment and forgets what is older than the window, or
// of another life.
func (h *history) add(at time.Time, incarnation Incarnation, level Opt[Bytes]) {
	if incarnation != h.incarnation {
		h.incarnation, h.points = incarnation, h.points[:0]
	}
	h.points = slices.DeleteFunc(h.points, func(point levelAt) bool {
		age := at.Sub(point.at)
		return age > trendWindow || age < 0
	})
	value, ok := level.Get()
	if !ok || h.crowded(at) {
		return
	}
	h.points = append(h.points, levelAt{at: at, level: float64(value)})
}

// crowded reports whether the last point is too near for another one.
func (h *history) crowded(at time.Time) bool {
	n := len(h.points)
	return n > 0 && at.Sub(h.points[n-1].at) < trendSpacing
}

// trend returns the growth, when the past follows a line, and the time until
// the headroom is used up, when memory grows and is more than half full. A level
// that could not be read now has no trend either, whatever is known of before.
func (h *history) trend(memory MemorySample) Trend {
	slope, fits := h.slope()
	if !fits || !memory.Unreclaimable.Present() {
		return Trend{}
	}
	trend := Trend{Growth: Some(BytesPerSec(slope))}
	headroom, ok := memory.Headroom.Get()
	if ok && slope > 0 && memory.UnreclaimableRatio.Or(0) > fullInAbove {
		full := min(float64(headroom)/slope, farAway.Seconds())
		trend.FullIn = Some(Seconds(full * float64(time.Second)))
	}
	return trend
}

// farAway is the longest time until full that is told: a slope of a byte a
// second is no forecast, and its quotient overflows a duration.
const farAway = 365 * 24 * time.Hour

// slope fits a line by least squares. It reports false while there are too few
// points or the line explains too little of what the level did. A level that
// does not move at all fits with slope zero.
func (h *history) slope() (perSecond float64, fits bool) {
	n := len(h.points)
	if n < trendMinimum || h.points[n-1].at.Sub(h.points[0].at) < trendMinimumSpan {
		return 0, false
	}
	var sumX, sumY float64
	for _, point := range h.points {
		sumX += h.seconds(point)
		sumY += point.level
	}
	meanX, meanY := sumX/float64(n), sumY/float64(n)
	var xx, xy, yy float64
	for _, point := range h.points {
		x, y := h.seconds(point)-meanX, point.level-meanY
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
	}
	if yy == 0 {
		return 0, true
	}
	return xy / xx, xy*xy/(xx*yy) >= trendFit
}

// seconds is the time of a point counted from the first one, which keeps the
// sums small enough for the floating point to be exact.
func (h *history) seconds(point levelAt) float64 {
	return point.at.Sub(h.points[0].at).Seconds()
}

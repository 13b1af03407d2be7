package collectors

import (
	"math"
	"slices"
	"time"
)

const (
	// trendWindow is the least time that a trend looks back over: long enough to see
	// through one garbage collection, short enough to warn of a leak of 20 MiB/s in
	// 2 GiB. trendSamples is how many samples it must hold when they come slowly.
	trendWindow  = 30 * time.Second
	trendSamples = 6
	// trendMinimum is how many points and how much time a slope needs.
	trendMinimum     = 5
	trendMinimumSpan = 4 * time.Second
	// forecastMinimumSpan is how long a life must have been watched before it has
	// a forecast: a process that starts takes its memory in the first seconds.
	forecastMinimumSpan = 10 * time.Second
	// fullInAbove is the level from which the time until full is told.
	fullInAbove = Ratio(0.5)
)

// history is the recent past of one level (memory that cannot be freed, tasks, the
// fill of a tmpfs) in one life of a container.
type history struct {
	incarnation Incarnation
	// window is how far back the points go; the summits go on from there.
	window  time.Duration
	points  []levelAt
	summits summits
	// climbing is since when the level has gone where it had not been; zero while
	// it does not.
	climbing time.Time
}

// newHistory returns a past that is empty, for samples at the given interval.
func newHistory(interval time.Duration) *history {
	return &history{window: max(trendWindow, trendSamples*interval)}
}

// add takes the level at a moment and forgets what is older than the window, or
// of another life.
func (h *history) add(at time.Time, incarnation Incarnation, level Opt[float64]) {
	if n := len(h.points); incarnation != h.incarnation || n > 0 && at.Before(h.points[n-1].at) {
		h.incarnation = incarnation
		h.restart()
	}
	h.age(at)
	value, ok := level.Get()
	if !ok || h.crowded(at) {
		return
	}
	h.points = append(h.points, levelAt{at: at, level: value})
}

// restart forgets everything: another life began, the clock was set back, or the
// level fell by force.
func (h *history) restart() { h.points, h.summits, h.climbing = h.points[:0], summits{}, time.Time{} }

// age moves the points that are older than the window into the summits.
func (h *history) age(at time.Time) {
	old := 0
	for old < len(h.points) && at.Sub(h.points[old].at) > h.window {
		h.summits.add(h.points[old])
		old++
	}
	h.points = slices.Delete(h.points, 0, old)
}

// crowded reports whether the last point is too near for another one. It bounds
// the memory of a trend, and keeps the wake-ups of a container in need (as many as
// twenty a second) from crowding the past out of it.
func (h *history) crowded(at time.Time) bool {
	n := len(h.points)
	return n > 0 && at.Sub(h.points[n-1].at) < h.window/(linePoints-1)
}

// slope returns how the level moves per second: over the window when it has kept
// its course to the end of it, otherwise over the end alone. It reports false
// while there are too few points, or no line through them.
func (h *history) slope(p *pencil) (perSecond float64, fits bool) {
	if !spans(h.points, trendMinimumSpan) {
		return 0, false
	}
	recent := h.recent()
	now, straight := p.line(recent)
	whole, fits := p.line(h.points)
	if fits && math.Abs(now-whole) <= math.Abs(whole)/2 {
		return whole, true
	}
	return now, straight && spans(recent, trendMinimumSpan)
}

// recent is the last quarter of the window, and no fewer points than a line needs.
func (h *history) recent() []levelAt {
	n := len(h.points)
	from := max(0, n-trendMinimum)
	for from > 0 && h.points[n-1].at.Sub(h.points[from-1].at) <= h.window/4 {
		from--
	}
	return h.points[from:]
}

// spans reports whether there are enough points over enough time for a line.
func spans(points []levelAt, least time.Duration) bool {
	n := len(points)
	return n >= trendMinimum && points[n-1].at.Sub(points[0].at) >= least
}

// forecast is the time until the headroom is used up at this slope: absent unless
// the level grows, is more than half of what it may be, and goes where it has not
// been in the last ten minutes. A garbage collector that always stops at the same
// height has a straight slope on each of its teeth; only the first is news, and
// that mostly ends before it has lasted long enough to be foreseen from.
func (h *history) forecast(slope float64, headroom Opt[float64], ratio Opt[Ratio]) Opt[Seconds] {
	left, ok := headroom.Get()
	lasted := h.lasted(slope)
	if !ok || slope <= 0 || ratio.Or(0) <= fullInAbove || !spans(h.points, forecastMinimumSpan) {
		return Opt[Seconds]{}
	}
	full := left / slope
	if full > forecastReach*lasted.Seconds() {
		return Opt[Seconds]{}
	}
	return Some(Seconds(full * float64(time.Second)))
}

// forecastReach is how many times as far as it looks back a forecast looks ahead: who
// has seen growth for ten seconds does not know what will be in five minutes. It also
// keeps the quotient of a slope of a byte a second from overflowing a duration.
const forecastReach = 3

// lasted is how long the level has been climbing: from the first of the points that
// showed it.
func (h *history) lasted(slope float64) time.Duration {
	if len(h.points) == 0 || slope <= 0 || !h.climbs(slope) {
		h.climbing = time.Time{}
		return 0
	}
	last := h.points[len(h.points)-1].at
	if h.climbing.IsZero() {
		h.climbing = h.recent()[0].at
	}
	return last.Sub(h.climbing)
}

// climbs reports whether the second half of the window went above everything
// before it, by a third of what the slope gives in that time, and the level is up
// there still. The teeth of a garbage collector are not all of one height, and a
// line goes on for a while after the last point has left it.
func (h *history) climbs(slope float64) bool {
	last := h.points[len(h.points)-1]
	before, now := h.summits.highest(last.at), 0.0
	for _, point := range h.points {
		if last.at.Sub(point.at) > h.window/2 {
			before = max(before, point.level)
		} else {
			now = max(now, point.level)
		}
	}
	return now-before >= slope*(h.window/6).Seconds() && last.level > before
}

package collectors

import (
	"math"
	"slices"
	"time"
)

// levelAt is a level at a moment.
type levelAt struct {
	at    time.Time
	level float64
}

// pencil draws lines through points by Theil and Sen: the slope is the median of
// the slopes of all pairs, so that a quarter of the points may be far off (one
// garbage collection, one burst) and it does not budge. It is the memory that
// this takes, used again for each line; it is for one goroutine at a time.
type pencil struct{ values []float64 }

// linePoints is the most points that a line is drawn through: their pairs, some
// five hundred, are what it costs.
const linePoints = 33

// lineFit is the most that the median point may lie beside the line, as a share
// of what the line rises by. The stairs that the kernel's counters climb, once in
// two seconds, reach half of it; a saw-tooth and a single step pass it.
const lineFit = 0.15

// line returns the slope per second. It reports false when the points do not
// follow it; points that do not move at all follow a line of slope zero.
func (p *pencil) line(points []levelAt) (perSecond float64, fits bool) {
	if flat(points) {
		return 0, true
	}
	slope := p.slope(points)
	first := points[0].at
	rise := slope * points[len(points)-1].at.Sub(first).Seconds()
	p.values = p.values[:0]
	for _, point := range points {
		p.values = append(p.values, point.level-slope*point.at.Sub(first).Seconds())
	}
	start := p.median()
	for i, value := range p.values {
		p.values[i] = math.Abs(value - start)
	}
	return slope, p.median() <= lineFit*math.Abs(rise) && !leaps(points, rise)
}

// leaps reports whether more than half of the rise came between two neighbours: a
// step in the middle lies as near to a line as noise does.
func leaps(points []levelAt, rise float64) bool {
	for i, to := range points[1:] {
		if (to.level-points[i].level)/rise > 0.5 {
			return true
		}
	}
	return false
}

// slope is the median of the slopes between all pairs of points.
func (p *pencil) slope(points []levelAt) float64 {
	p.values = p.values[:0]
	for i, from := range points {
		for _, to := range points[i+1:] {
			if elapsed := to.at.Sub(from.at).Seconds(); elapsed > 0 {
				p.values = append(p.values, (to.level-from.level)/elapsed)
			}
		}
	}
	return p.median()
}

// median orders the values and returns the one in the middle, the upper one of
// two; zero when there is none.
func (p *pencil) median() float64 {
	if len(p.values) == 0 {
		return 0
	}
	slices.Sort(p.values)
	return p.values[len(p.values)/2]
}

// flat spares the pairs to what does not move, as most things most of the time.
func flat(points []levelAt) bool {
	return !slices.ContainsFunc(points, func(p levelAt) bool { return p.level != points[0].level })
}

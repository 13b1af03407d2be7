package ui

import (
	"time"

	"brink/collectors"
	"brink/ui/chart"
)

// historyPoints is how many slots a history holds: an hour at one second, in
// 72 KB that are taken once. Of a container that nobody looks at, it holds
// briefPoints.
const (
	historyPoints = 3600
	briefPoints   = 600
)

// series names one level that a history keeps.
type series uint8

const (
	seriesUnreclaimable series = iota
	seriesCurrent
	seriesCores
	seriesThrottled
	seriesPids

	seriesCount
)

// point is the levels of one slot; a gap where there was none.
type point [seriesCount]float32

// history is what the levels of one container were, slot by slot. It goes by the
// container's name, so it lives on when the container is re-created. A slot in
// which no snapshot came stays a gap.
//
// Slots are cut from the wall clock, and so are the bins of a chart: the same
// seconds always fall into the same column, and a chart moves only when a column
// is full instead of trembling with every sample.
type history struct {
	slot   time.Duration
	points []point
	// newest is the number of the newest slot, counted from the epoch; the point
	// of slot n stands at n modulo the length. Zero is none yet.
	newest int64
	// limits are the newest limits that were known, a gap where there was none.
	limits point
	// first is the number of the oldest slot that was recorded; zero is none yet.
	first int64
}

func newHistory(slot time.Duration, points int) *history {
	gap := float32(chart.Gap())
	h := &history{slot: slot, points: make([]point, points), limits: point{gap, gap, gap, gap, gap}}
	h.clear(0, int64(points))
	return h
}

// resize makes the history hold more points, or only its newest ones.
func (h *history) resize(points int) {
	if points == len(h.points) {
		return
	}
	sized := newHistory(h.slot, points)
	sized.newest = h.newest
	oldest := h.newest - int64(min(points, len(h.points))) + 1
	for slot := oldest; slot <= h.newest; slot++ {
		*sized.at(slot) = *h.at(slot)
	}
	h.points, h.first = sized.points, max(h.first, oldest)
}

// record puts a sample into the slot of its time. Two samples of one slot leave
// the higher level of each: the second one comes from a wake-up by the kernel,
// and the peak just before a kill is what one wants to see.
func (h *history) record(at time.Time, sample collectors.ContainerSample) {
	slot := h.slotOf(at)
	h.advance(slot)
	if h.first == 0 || slot < h.first {
		h.first = slot
	}
	kept := h.at(slot)
	for s, level := range levels(sample) {
		if chart.IsGap(float64(kept[s])) || level > kept[s] {
			kept[s] = level
		}
	}
	h.recordLimits(sample)
}

// recordLimits remembers what limits the series; what is not known changes nothing.
func (h *history) recordLimits(sample collectors.ContainerSample) {
	if limit := sample.Memory.Limit; limit.Present() {
		h.limits[seriesUnreclaimable] = level(limit.Value())
	}
	if limit := sample.CPU.Limit; limit.Present() {
		h.limits[seriesCores] = level(limit.Value())
	}
	if limit := sample.Pids.Limit; limit.Present() {
		h.limits[seriesPids] = level(limit.Value())
	}
}

// levels takes what a history keeps from a sample.
func levels(sample collectors.ContainerSample) point {
	return point{
		seriesUnreclaimable: level(sample.Memory.Unreclaimable),
		seriesCurrent:       level(sample.Memory.Current),
		seriesCores:         level(sample.CPU.Cores),
		seriesThrottled:     level(sample.CPU.ThrottledRatio),
		seriesPids:          level(sample.Pids.Current),
	}
}

func level[T ~uint64 | ~float64](value collectors.Opt[T]) float32 {
	v, ok := value.Get()
	if !ok {
		return float32(chart.Gap())
	}
	return float32(v)
}

// slotOf rounds to the nearest slot, because samples are taken a moment after it.
func (h *history) slotOf(at time.Time) int64 {
	return (at.UnixNano() + int64(h.slot)/2) / int64(h.slot)
}

// advance makes slot the newest. Slots that were skipped become gaps. A clock
// that was set back takes the history back with it: what lies after the new time
// has not happened yet.
func (h *history) advance(slot int64) {
	switch {
	case slot > h.newest:
		h.clear(h.newest+1, slot-h.newest)
	case slot < h.newest:
		h.clear(slot, h.newest-slot+1)
	}
	h.newest = slot
}

// clear turns count slots from slot first on into gaps.
func (h *history) clear(first, count int64) {
	if count >= int64(len(h.points)) {
		first, count = 0, int64(len(h.points))
	}
	gap := float32(chart.Gap())
	for slot := first; slot < first+count; slot++ {
		*h.at(slot) = point{gap, gap, gap, gap, gap}
	}
}

func (h *history) at(slot int64) *point {
	i := slot % int64(len(h.points))
	if i < 0 {
		i += int64(len(h.points))
	}
	return &h.points[i]
}

// window is a stretch of time, cut into bins of whole slots for a chart.
type window struct {
	// last is the number of the newest bin, perBin how many slots each has.
	last   int64
	perBin int64
	bins   int
}

// chartSpan is how much time a chart shows at least.
const chartSpan = 5 * time.Minute

// windowAt returns the window of bins columns that ends at the given time and is no
// shorter than least.
func (h *history) windowAt(end time.Time, bins int, least time.Duration) window {
	perBin := int64(1)
	if bins > 0 {
		perBin = max((int64(least)/int64(h.slot)+int64(bins)-1)/int64(bins), 1)
	}
	return window{last: floorDiv(h.slotOf(end), perBin), perBin: perBin, bins: bins}
}

// span is how much time the window shows.
func (w window) span(slot time.Duration) time.Duration {
	return time.Duration(w.perBin*int64(w.bins)) * slot
}

// back returns how many bins before the newest one a time lies.
func (h *history) back(w window, at time.Time) int {
	return int(w.last - floorDiv(h.slotOf(at), w.perBin))
}

// fill writes one series of the window into buffer, oldest bin first, and returns
// it. A bin is its highest level, and a gap only when all of it is.
func (h *history) fill(w window, s series, buffer []float64) []float64 {
	buffer = buffer[:0]
	for bin := w.last - int64(w.bins) + 1; bin <= w.last; bin++ {
		buffer = append(buffer, h.highest(bin*w.perBin, w.perBin, s))
	}
	return buffer
}

func (h *history) highest(first, count int64, s series) float64 {
	highest := chart.Gap()
	for slot := first; slot < first+count; slot++ {
		if slot > h.newest || slot <= h.newest-int64(len(h.points)) {
			continue
		}
		if value := float64(h.at(slot)[s]); chart.IsGap(highest) || value > highest {
			highest = value
		}
	}
	return highest
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

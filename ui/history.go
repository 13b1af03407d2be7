package ui

import (
	"math"
	"time"

	"brink/collectors"
	"brink/ui/chart"
)

// historyPoints is how many slots a history holds: an hour at one second, in
// 94 KB that are taken once. Of a container that nobody looks at, it holds
// briefPoints, in 16 KB.
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
	seriesTmpfs
	seriesRead
	seriesWritten
	seriesReceived
	seriesSent
	seriesMemoryPressure
	seriesCPUPressure
	seriesIOPressure

	seriesCount
)

// point is the levels of one slot; a gap where there was none.
type point [seriesCount]level

// level is a value in two bytes: an exponent of six bits and a fraction of ten. It is
// right to one part in 2048, which is less than a dot of the highest chart, from
// 2^-16, below which it is zero, to 2^48, which is more than any of these can be.
type level uint16

const (
	// gapLevel is a level that was not measured, lowestLevel what one lies above: the
	// upper 19 bits of the float32 2^-16.
	gapLevel    level = math.MaxUint16
	lowestLevel       = (127 - 16) << 10
	levelShift        = 23 - 10
)

func levelOf(value float64) level {
	if chart.IsGap(value) {
		return gapLevel
	}
	bits := math.Float32bits(float32(max(value, 0)))
	nearest := int64((bits + 1<<(levelShift-1)) >> levelShift)
	return level(min(max(nearest-lowestLevel, 0), int64(gapLevel)-1))
}

func (l level) float() float64 {
	switch l {
	case gapLevel:
		return chart.Gap()
	case 0:
		return 0
	default:
		return float64(math.Float32frombits((uint32(l) + lowestLevel) << levelShift))
	}
}

// gapPoint is a slot without a sample.
func gapPoint() point {
	var p point
	for s := range p {
		p[s] = gapLevel
	}
	return p
}

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
	limits [seriesCount]float64
	// first is the number of the oldest slot that was recorded; zero is none yet.
	first int64
}

func newHistory(slot time.Duration, points int) *history {
	h := &history{slot: slot, points: make([]point, points)}
	for s := range h.limits {
		h.limits[s] = chart.Gap()
	}
	h.limits[seriesTmpfs] = 1
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
	for s, now := range levels(sample) {
		if before := kept[s].float(); chart.IsGap(before) || now.float() > before {
			kept[s] = now
		}
	}
	h.recordLimits(sample)
}

// recordLimits remembers what limits the series; what is not known changes nothing.
func (h *history) recordLimits(sample collectors.ContainerSample) {
	if limit := sample.Memory.Limit; limit.Present() {
		h.limits[seriesUnreclaimable] = optFloat(limit.Value()).Or(chart.Gap())
	}
	if limit := sample.CPU.Limit; limit.Present() {
		h.limits[seriesCores] = optFloat(limit.Value()).Or(chart.Gap())
	}
	if limit := sample.Pids.Limit; limit.Present() {
		h.limits[seriesPids] = optFloat(limit.Value()).Or(chart.Gap())
	}
}

// levels takes what a history keeps from a sample.
func levels(sample collectors.ContainerSample) point {
	return point{
		seriesUnreclaimable:  optLevel(sample.Memory.Unreclaimable),
		seriesCurrent:        optLevel(sample.Memory.Current),
		seriesCores:          optLevel(sample.CPU.Cores),
		seriesThrottled:      optLevel(sample.CPU.ThrottledRatio),
		seriesPids:           optLevel(sample.Pids.Current),
		seriesTmpfs:          optLevel(fullest(sample.Tmpfs).UsedRatio),
		seriesRead:           optLevel(sample.IO.Read),
		seriesWritten:        optLevel(sample.IO.Write),
		seriesReceived:       optLevel(sample.Network.Receive),
		seriesSent:           optLevel(sample.Network.Transmit),
		seriesMemoryPressure: optLevel(sample.Pressure.Memory.SomeAvg10),
		seriesCPUPressure:    optLevel(sample.Pressure.CPU.SomeAvg10),
		seriesIOPressure:     optLevel(sample.Pressure.IO.SomeAvg10),
	}
}

func optLevel[T ~uint64 | ~float64](value collectors.Opt[T]) level {
	return levelOf(optFloat(value).Or(chart.Gap()))
}

// fullest returns the tmpfs that is the fullest of its size.
func fullest(mounts []collectors.TmpfsSample) collectors.TmpfsSample {
	var most collectors.TmpfsSample
	for _, mount := range mounts {
		if mount.UsedRatio.Or(-1) > most.UsedRatio.Or(-1) {
			most = mount
		}
	}
	return most
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
	gaps := gapPoint()
	for slot := first; slot < first+count; slot++ {
		*h.at(slot) = gaps
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
		if value := h.at(slot)[s].float(); chart.IsGap(highest) || value > highest {
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

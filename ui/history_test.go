package ui

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unsafe"

	"brink/collectors"
	"brink/ui/chart"
)

// withPids is a sample of which only the number of tasks matters.
func withPids(tasks uint64) collectors.ContainerSample {
	return collectors.ContainerSample{Pids: collectors.PidsSample{Current: some(tasks)}}
}

// pidsText writes the tasks of a window: "." is a gap.
func pidsText(h *history, w window) string {
	var words []string
	for _, value := range h.fill(w, seriesPids, nil) {
		if chart.IsGap(value) {
			words = append(words, ".")
			continue
		}
		words = append(words, fmt.Sprintf("%.0f", value))
	}
	return strings.Join(words, " ")
}

// oneSlot is a window of single slots that ends at a time.
func oneSlot(h *history, end time.Time, bins int) window {
	return window{last: h.slotOf(end), perBin: 1, bins: bins}
}

func TestHistory(t *testing.T) {
	at := noon.Add
	type record struct {
		at    time.Duration
		tasks uint64
	}
	for _, test := range []struct {
		name    string
		records []record
		want    string
	}{
		{"nothing", nil, ". . . . ."},
		{"one", []record{{0, 7}}, ". . . . 7"},
		{"a missed slot is a gap", []record{{-4 * time.Second, 1}, {-2 * time.Second, 3}, {0, 5}}, "1 . 3 . 5"},
		{"a moment late is still its slot", []record{{-2 * time.Second, 3}, {-999 * time.Millisecond, 4}, {2 * time.Millisecond, 5}}, ". . 3 4 5"},
		{"a moment early as well", []record{{-1001 * time.Millisecond, 4}, {-3 * time.Millisecond, 5}}, ". . . 4 5"},
		{"the peak of a slot is kept", []record{{0, 5}, {20 * time.Millisecond, 2}}, ". . . . 5"},
		{"a clock set back takes the future with it", []record{{-1 * time.Second, 1}, {2 * time.Second, 9}, {0, 2}}, ". . . 1 2"},
		{"a long sleep leaves only gaps", []record{{-3 * time.Hour, 1}, {0, 2}}, ". . . . 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHistory(time.Second, historyPoints)
			for _, r := range test.records {
				h.record(at(r.at), withPids(r.tasks))
			}
			if got := pidsText(h, oneSlot(h, noon, 5)); got != test.want {
				t.Errorf("history is %q, want %q", got, test.want)
			}
		})
	}
}

// TestLevels: what is kept in two bytes is what was measured, as far as a chart shows
// it, and gaps, zeros and limits are themselves.
func TestLevels(t *testing.T) {
	for _, test := range []struct {
		value, want, off float64
	}{
		{chart.Gap(), chart.Gap(), 0},
		{math.NaN(), chart.Gap(), 0},
		{-1, 0, 0},
		{math.Inf(-1), chart.Gap(), 0},
		{0, 0, 0},
		{1e-9, 0, 0},
		{1e300, 1 << 48, 1e12},
		{math.Inf(1), chart.Gap(), 0},
		{0.5, 0.5, 0},
		{1, 1, 0},
		{1.5, 1.5, 0},
		{256, 256, 0},
		{2 << 30, 2 << 30, 0},
		{0.00123, 0.00123, 0.00123 / 2048},
		{123456789, 123456789, 123456789.0 / 2048},
	} {
		got := levelOf(test.value).float()
		if chart.IsGap(got) != chart.IsGap(test.want) || math.Abs(got-test.want) > test.off {
			t.Errorf("%v is kept as %v, want %v", test.value, got, test.want)
		}
	}
	for value, before := 1e-5, level(0); value < 1<<47; value *= 1.0007 {
		now := levelOf(value)
		if now < before || math.Abs(now.float()/value-1) > 1.0/2048 && value > 2e-5 {
			t.Fatalf("%v is kept as %v, after %v", value, now.float(), before.float())
		}
		before = now
	}
}

// TestHistoryIsSmall: what a container takes is in the README.
func TestHistoryIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(point{}) * historyPoints; size > 94_000 {
		t.Errorf("an hour takes %d bytes", size)
	}
}

// TestHistoryKeepsAnHour fills more than an hour: the last one is there, what was
// before it is gone and does not come back as something newer.
func TestHistoryKeepsAnHour(t *testing.T) {
	h := newHistory(time.Second, historyPoints)
	for i := range 2 * historyPoints {
		h.record(noon.Add(time.Duration(i)*time.Second), withPids(uint64(i)))
	}
	end := noon.Add((2*historyPoints - 1) * time.Second)
	if got, want := h.highest(h.slotOf(end)-historyPoints+1, 1, seriesPids), float64(historyPoints); got != want {
		t.Errorf("the oldest kept level is %v, want %v", got, want)
	}
	if got := h.highest(h.slotOf(end)-historyPoints, 1, seriesPids); !chart.IsGap(got) {
		t.Errorf("the level before it is %v, want a gap", got)
	}
	if got := h.highest(h.slotOf(end)+1, 5, seriesPids); !chart.IsGap(got) {
		t.Errorf("a level to come is %v, want a gap", got)
	}
}

// TestHistoryBins checks that a bin is the highest level of its slots, that it is
// cut from the clock and not from the newest sample, and that an absent level is
// a gap among others.
func TestHistoryBins(t *testing.T) {
	h := newHistory(time.Second, historyPoints)
	start := time.Unix(1_800_000_000, 0) // A multiple of 3 and 4 s.
	for i, tasks := range []uint64{1, 5, 2, 3, 3, 9, 4} {
		sample := withPids(tasks)
		if i == 4 {
			sample = collectors.ContainerSample{}
		}
		h.record(start.Add(time.Duration(i)*time.Second), sample)
	}
	w := window{last: floorDiv(h.slotOf(start.Add(6*time.Second)), 3), perBin: 3, bins: 4}
	if got, want := pidsText(h, w), ". 5 9 4"; got != want {
		t.Errorf("bins are %q, want %q", got, want)
	}
	if got := h.back(w, start.Add(2*time.Second)); got != 2 {
		t.Errorf("the third second lies %d bins back, want 2", got)
	}
}

func TestWindow(t *testing.T) {
	for _, test := range []struct {
		slot   time.Duration
		bins   int
		perBin int64
		span   time.Duration
	}{
		{time.Second, 108, 3, 324 * time.Second},
		{time.Second, 300, 1, 300 * time.Second},
		{time.Second, 600, 1, 600 * time.Second},
		{500 * time.Millisecond, 100, 6, 300 * time.Second},
		{time.Minute, 100, 1, 100 * time.Minute},
		{time.Second, 0, 1, 0},
	} {
		h := newHistory(test.slot, historyPoints)
		w := h.windowAt(noon, test.bins, chartSpan)
		if w.perBin != test.perBin || w.span(test.slot) != test.span {
			t.Errorf("%d bins of %v: %d slots a bin, %v in all; want %d, %v",
				test.bins, test.slot, w.perBin, w.span(test.slot), test.perBin, test.span)
		}
	}
}

// TestChartStandsStill draws the same moment in two neighbouring seconds of one
// bin: what is past must not move between them.
func TestChartStandsStill(t *testing.T) {
	h := newHistory(time.Second, historyPoints)
	start := time.Unix(1_800_000_000, 0)
	for i := range 400 {
		h.record(start.Add(time.Duration(i)*time.Second), withPids(uint64(i*7%100)))
	}
	end := start.Add(399 * time.Second) // 400 s are a whole number of bins of 4 s.
	first := pidsText(h, h.windowAt(end.Add(-2*time.Second), 80, chartSpan))
	second := pidsText(h, h.windowAt(end, 80, chartSpan))
	if cutLastWord(first) != cutLastWord(second) {
		t.Errorf("the chart moved within one bin:\n%s\n%s", first, second)
	}
}

func cutLastWord(text string) string { return text[:strings.LastIndexByte(text, ' ')] }

// TestHistoryOutlivesTheContainer gives one name to two containers.
func TestHistoryOutlivesTheContainer(t *testing.T) {
	first, second := agentWith(noon, 0.5), agentWith(noon, 0.2)
	second.ID, second.Recreated = "another", true
	m := send(newModel(100, 28), FrameMsg(frameOf(noon, first)), FrameMsg(frameOf(noon.Add(time.Second), second)))
	h := m.tracks[agentName].history
	if got := h.highest(h.slotOf(noon), 1, seriesUnreclaimable); chart.IsGap(got) {
		t.Error("the history of the first container is lost")
	}
	if got := h.highest(h.slotOf(noon.Add(time.Second)), 1, seriesUnreclaimable); chart.IsGap(got) {
		t.Error("the second container has no history")
	}
}

// FuzzHistory records samples at any times: no panic, and the newest is there.
func FuzzHistory(f *testing.F) {
	f.Add(int64(0), int64(1), int64(-1))
	f.Add(int64(1)<<62, int64(-1)<<62, int64(0))
	f.Fuzz(func(t *testing.T, a, b, c int64) {
		h := newHistory(time.Second, historyPoints)
		for _, at := range []int64{a, b, c} {
			h.record(time.Unix(0, at), withPids(3))
		}
		last := time.Unix(0, c)
		if h.slotOf(last) != 0 && h.highest(h.slotOf(last), 1, seriesPids) != 3 {
			t.Fatalf("the newest sample is not in the history")
		}
		_ = h.fill(h.windowAt(last, 50, chartSpan), seriesPids, nil)
	})
}

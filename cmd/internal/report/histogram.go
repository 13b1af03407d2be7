package report

import (
	"math/bits"
	"time"
)

const (
	// octave is how many buckets lie between a power of two and the next: a value is
	// known to one part in two thousand, and one below 2048 exactly.
	octave     = 1 << octaveBits
	octaveBits = 10
	octaves    = 64 - octaveBits + 1
)

// histogram counts for how long a value was how high. Its size depends on the
// range of the values, 8 KiB for each power of two, and not on their number.
type histogram struct {
	pages [octaves]*[octave]time.Duration
	total time.Duration
}

// add notes that the value held for some time.
func (h *histogram) add(value uint64, held time.Duration) {
	if held <= 0 {
		return
	}
	page, bucket := place(value)
	if h.pages[page] == nil {
		h.pages[page] = new([octave]time.Duration)
	}
	h.pages[page][bucket] += held
	h.total += held
}

// place finds the bucket of a value. The first page holds the values below 1024; each
// of the others those between two powers of two.
func place(value uint64) (page, bucket int) {
	if value < octave {
		return 0, int(value)
	}
	shift := bits.Len64(value) - octaveBits - 1
	return shift + 1, int(value>>shift) - octave
}

// middle returns the value in the middle of a bucket.
func middle(page, bucket int) uint64 {
	if page == 0 {
		return uint64(bucket)
	}
	shift := page - 1
	return uint64(octave+bucket)<<shift + 1<<shift/2
}

// quantile returns the value that was not passed for the given share of the time. It
// reports false when no time was measured.
func (h *histogram) quantile(share float64) (uint64, bool) {
	if h.total == 0 {
		return 0, false
	}
	rank, seen := time.Duration(share*float64(h.total)), time.Duration(0)
	top := uint64(0)
	for page, buckets := range h.pages {
		if buckets == nil {
			continue
		}
		for bucket, held := range buckets {
			if held == 0 {
				continue
			}
			seen, top = seen+held, middle(page, bucket)
			if seen >= rank {
				return top, true
			}
		}
	}
	return top, true
}

package report

import (
	"time"

	"brink/collectors"
)

// level collects how high one value was. Values are whole numbers: cores are counted
// in millionths.
type level struct {
	values histogram
	max    collectors.Opt[uint64]
	maxAt  time.Time
}

const millionths = 1e6

// add takes the value at the end of a slot; it held for the length of the slot.
func (l *level) add(value collectors.Opt[uint64], s slot) {
	v, ok := value.Get()
	if !ok {
		return
	}
	l.values.add(v, s.length)
	if top, known := l.max.Get(); !known || v > top {
		l.max, l.maxAt = value, s.to
	}
}

// seen reports whether there was a value at all.
func (l *level) seen() bool { return l.max.Present() }

// levelsOf returns what was collected, in the unit that one makes of a whole number.
func levelsOf[T any](l *level, one func(uint64) T) Levels[T] {
	levels := Levels[T]{Measured: collectors.Seconds(l.values.total)}
	top, ok := l.max.Get()
	if !ok {
		return levels
	}
	levels.Max, levels.MaxAt = collectors.Some(one(top)), collectors.Some(l.maxAt)
	for share, to := range map[float64]*collectors.Opt[T]{0.50: &levels.P50, 0.90: &levels.P90, 0.99: &levels.P99} {
		if value, measured := l.values.quantile(share); measured {
			*to = collectors.Some(one(min(value, top)))
		}
	}
	return levels
}

func asBytes(n uint64) collectors.Bytes { return collectors.Bytes(n) }
func asCores(n uint64) collectors.Cores { return collectors.Cores(float64(n) / millionths) }
func asCount(n uint64) uint64           { return n }

func wholeBytes(value collectors.Opt[collectors.Bytes]) collectors.Opt[uint64] {
	v, ok := value.Get()
	if !ok {
		return collectors.Opt[uint64]{}
	}
	return collectors.Some(uint64(v))
}

// wholeCores refuses what is no amount of CPU time: a recording can be damaged.
func wholeCores(value collectors.Opt[collectors.Cores]) collectors.Opt[uint64] {
	v, ok := value.Get()
	if !ok || !(v >= 0 && v < millionths) {
		return collectors.Opt[uint64]{}
	}
	return collectors.Some(uint64(float64(v)*millionths + 0.5))
}

// watermark takes what the kernel remembers as the highest value of a life. Only what
// rises while it is watched, or belongs to a life that began in the range, was
// reached in the range.
type watermark struct {
	before, top collectors.Opt[uint64]
	began       time.Time
}

func (w *watermark) add(value collectors.Opt[uint64], began collectors.Opt[time.Time], from time.Time) {
	now, ok := value.Get()
	if !ok {
		return
	}
	before, known := w.before.Get()
	start, dated := began.Get()
	fresh := dated && !from.IsZero() && start.After(from) && !start.Equal(w.began)
	if fresh || known && start.Equal(w.began) && now > before {
		w.top = collectors.Some(max(now, w.top.Or(0)))
	}
	w.before, w.began = value, start
}

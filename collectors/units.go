package collectors

import (
	"encoding/json"
	"time"
)

// Bytes is an amount of memory or data.
type Bytes uint64

// BytesPerSec is a rate of data, or of growth when it may be negative.
type BytesPerSec float64

// PerSec is a rate of anything counted.
type PerSec float64

// Cores is CPU time per time: 1 is one CPU busy all the time.
type Cores float64

// Ratio is a share: 1 is 100 %. It may pass 1 where the two sides are read at
// different moments.
type Ratio float64

// Seconds is a length of time that is written to JSON as a number of seconds.
type Seconds time.Duration

// Duration returns s as the standard library's type.
func (s Seconds) Duration() time.Duration { return time.Duration(s) }

// MarshalJSON writes the seconds as a number.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(s).Seconds())
}

// UnmarshalJSON reads a number of seconds.
func (s *Seconds) UnmarshalJSON(data []byte) error {
	var seconds float64
	if err := json.Unmarshal(data, &seconds); err != nil {
		return err
	}
	*s = Seconds(seconds * float64(time.Second))
	return nil
}

// RatioOf returns part/whole, absent when either side is absent or the whole is
// zero: a share of nothing is not 0 %.
func RatioOf[A, B ~uint64 | ~int64 | ~int | ~float64](part Opt[A], whole Opt[B]) Opt[Ratio] {
	p, ok := part.Get()
	w, known := whole.Get()
	if !ok || !known || w == 0 {
		return Opt[Ratio]{}
	}
	return Some(Ratio(float64(p) / float64(w)))
}

package collectors

import (
	"encoding/json"
	"fmt"
	"math"
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

// UnmarshalJSON reads a number of seconds, to the nearest nanosecond: cutting off
// would turn 1.0003 into 1.000299999.
func (s *Seconds) UnmarshalJSON(data []byte) error {
	var seconds float64
	if err := json.Unmarshal(data, &seconds); err != nil {
		return err
	}
	nanoseconds := math.Round(seconds * float64(time.Second))
	if math.Abs(nanoseconds) >= math.MaxInt64 {
		return fmt.Errorf("%g seconds are more than the 292 years that a duration holds", seconds)
	}
	*s = Seconds(nanoseconds)
	return nil
}

// RatioOf returns part/whole, absent when either side is absent or the whole is
// zero: a share of nothing is not 0 %. It is never NaN or infinite, which JSON
// has no word for.
func RatioOf[A, B ~uint64 | ~int64 | ~int | ~float64](part Opt[A], whole Opt[B]) Opt[Ratio] {
	p, ok := part.Get()
	w, known := whole.Get()
	if !ok || !known || w == 0 {
		return Opt[Ratio]{}
	}
	ratio := float64(p) / float64(w)
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return Opt[Ratio]{}
	}
	return Some(Ratio(ratio))
}

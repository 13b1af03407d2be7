package block

import (
	"time"

	"brink/collectors"
)

// moment is a time as two numbers: an era of 272 years, the one from 1970 on being
// zero, and nanoseconds within it. So any time can be kept, even the zero time.
type moment struct {
	ns  collectors.Opt[uint64]
	era int64
}

const (
	eraBits    = 33
	eraSeconds = 1 << eraBits
	second     = uint64(time.Second)
)

func momentOf(at time.Time) moment {
	seconds := at.Unix()
	within := uint64(seconds & (eraSeconds - 1))
	return newMoment(seconds>>eraBits, within*second+uint64(at.Nanosecond()))
}

func newMoment(era int64, ns uint64) moment {
	return moment{ns: collectors.Some(ns), era: era}
}

// stampOf is a time whose zero says that there is none.
func stampOf(at time.Time) moment {
	if at.IsZero() {
		return moment{}
	}
	return momentOf(at)
}

func optionalMoment(at collectors.Opt[time.Time]) moment {
	if at, ok := at.Get(); ok {
		return momentOf(at)
	}
	return moment{}
}

// optional is the time, absent where there is none.
func (m moment) optional() collectors.Opt[time.Time] {
	ns, ok := m.ns.Get()
	if !ok {
		return collectors.Opt[time.Time]{}
	}
	return collectors.Some(time.Unix(m.era<<eraBits+int64(ns/second), int64(ns%second)).UTC())
}

// stamp is the time, zero where there is none.
func (m moment) stamp() time.Time { return m.optional().Or(time.Time{}) }

// after is m as the distance from another moment, and from is m again. Stamps are
// close to the time of their reading.
func (m moment) after(other moment) moment {
	if ns, ok := m.ns.Get(); ok {
		m.ns = collectors.Some(ns - other.ns.Or(0))
	}
	return m
}

func (m moment) from(other moment) moment {
	if ns, ok := m.ns.Get(); ok {
		m.ns = collectors.Some(ns + other.ns.Or(0))
	}
	return m
}

// moments is the columns of a time.
func moments[R any](t table[R], field func(*R) *moment) {
	optional(t, func(row *R) *collectors.Opt[uint64] { return &field(row).ns })
	number(t, func(row *R) *int64 { return &field(row).era })
}

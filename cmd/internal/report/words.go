package report

import (
	"math"
	"strconv"
	"strings"
	"time"

	"brink/collectors"
)

// none stands where a value is absent.
const none = "--"

// optText writes a value that may be absent.
func optText[T any](value collectors.Opt[T], text func(T) string) string {
	v, ok := value.Get()
	if !ok {
		return none
	}
	return text(v)
}

// limitText writes a limit by the form of its value.
func limitText[T any](limit collectors.Limit[T], text func(T) string) string {
	value, ok := limit.Value().Get()
	switch {
	case ok:
		return text(value)
	case limit.Unlimited():
		return "unlimited"
	default:
		return "not known"
	}
}

func bytesText(n collectors.Bytes) string { return collectors.FormatBytes(n) }
func countText(n uint64) string           { return strconv.FormatUint(n, 10) }
func coresText(n collectors.Cores) string {
	return strconv.FormatFloat(float64(n), 'f', 2, 64) + " cores"
}

// changeText writes a limit of a change in the unit that its name ends in.
func changeText(limit collectors.Limit[float64], name string) string {
	return limitText(limit, func(value float64) string {
		switch {
		case strings.HasSuffix(name, "_bytes"):
			return bytesText(collectors.Bytes(value))
		case strings.HasSuffix(name, "_cores"):
			return coresText(collectors.Cores(value))
		default:
			return countText(uint64(value))
		}
	})
}

// shareText writes a share with as many decimals as keep it from being rounded to
// nothing or to everything.
func shareText(ratio collectors.Ratio) string {
	percent := float64(ratio) * 100
	switch {
	case percent == 0 || percent == 100:
		return strconv.FormatFloat(percent, 'f', 0, 64) + " %"
	case percent < 0.01:
		return "under 0.01 %"
	case percent > 99.99 && percent < 100:
		return "over 99.99 %"
	case percent < 1 || percent > 99 && percent < 100:
		return strconv.FormatFloat(floorNear(percent), 'f', 2, 64) + " %"
	case percent < 10:
		return strconv.FormatFloat(percent, 'f', 1, 64) + " %"
	default:
		return strconv.FormatFloat(percent, 'f', 0, 64) + " %"
	}
}

// floorNear rounds down near the whole, so that 99.999 does not read as all of it.
func floorNear(percent float64) float64 {
	if percent > 99 {
		return math.Floor(percent*100) / 100
	}
	return percent
}

// lengthText writes a length of time by its two largest units.
func lengthText(length time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case length < 0:
		return none
	case length < 10*time.Second:
		return strconv.FormatFloat(length.Seconds(), 'f', 1, 64) + " s"
	case length < time.Minute:
		return units(length, time.Second) + " s"
	case length < time.Hour:
		return units(length, time.Minute) + "m " + units(length%time.Minute, time.Second) + "s"
	case length < day:
		return units(length, time.Hour) + "h " + units(length%time.Hour, time.Minute) + "m"
	default:
		return units(length, day) + "d " + units(length%day, time.Hour) + "h"
	}
}

func secondsText(length collectors.Seconds) string { return lengthText(length.Duration()) }

func units(length, unit time.Duration) string { return strconv.FormatInt(int64(length/unit), 10) }

// signedText writes an amount that may have grown or shrunk.
func signedText(by int64) string {
	if by < 0 {
		return "-" + bytesText(collectors.Bytes(-by))
	}
	return "+" + bytesText(collectors.Bytes(by))
}

func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return counted(n, "time", "times")
}

// counted writes a count with its noun.
func counted(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatUint(n, 10) + " " + many
}

// clock writes moments: with the day, when the range has more than one. The year
// stands in the head of the page.
func (r Report) clock(at time.Time) string {
	if at.IsZero() {
		return none
	}
	at = at.In(r.zone())
	if r.oneDay() && sameDay(at, r.From.In(r.zone())) {
		return at.Format(time.TimeOnly)
	}
	return at.Format("Jan _2 15:04:05")
}

// zone is the zone of a report; one that was read from JSON has none.
func (r Report) zone() *time.Location {
	if r.location == nil {
		return time.UTC
	}
	return r.location
}

func (r Report) oneDay() bool { return sameDay(r.From.In(r.zone()), r.To.In(r.zone())) }

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }

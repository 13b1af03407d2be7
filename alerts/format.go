package alerts

import (
	"strconv"
	"time"
)

// Format writes a value of the unit for a person.
func (u Unit) Format(value float64) string {
	switch u {
	case UnitRatio:
		return strconv.FormatFloat(value*100, 'f', 0, 64) + " %"
	case UnitSeconds:
		return FormatAge(time.Duration(min(value, longestWait) * float64(time.Second)).Round(time.Second))
	case UnitState:
		return yesNo(value)
	case UnitSeverity:
		return Severity(min(max(value, 0), float64(SeverityCritical))).String()
	default:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
}

// FormatAge writes how long something lasts: "7 s", "95 s", "4 min", "3h 10m",
// "3d 4h".
func FormatAge(d time.Duration) string {
	const day = 24 * time.Hour
	whole := func(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }
	d = max(d, 0)
	switch {
	case d < 2*time.Minute:
		return whole(d, time.Second) + " s"
	case d < time.Hour:
		return whole(d, time.Minute) + " min"
	case d < day:
		return whole(d, time.Hour) + "h " + whole(d%time.Hour, time.Minute) + "m"
	default:
		return whole(d, day) + "d " + whole(d%day, time.Hour) + "h"
	}
}

func yesNo(value float64) string {
	if value != 0 {
		return "yes"
	}
	return "no"
}

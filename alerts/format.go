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
		return time.Duration(value * float64(time.Second)).Round(time.Second).String()
	case UnitState:
		return yesNo(value)
	default:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
}

func yesNo(value float64) string {
	if value != 0 {
		return "yes"
	}
	return "no"
}

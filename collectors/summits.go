package collectors

import "time"

// summits are the highest levels of the last ten minutes, one a minute.
type summits [summitMinutes]levelAt

const summitMinutes = 10

// add takes a level. It is remembered for nine minutes at least, and for ten at
// most.
func (s *summits) add(point levelAt) {
	slot := &s[int(point.at.Unix()/60)%summitMinutes]
	if minute(slot.at) != minute(point.at) || slot.level < point.level {
		*slot = point
	}
}

// highest returns the highest level of the ten minutes up to now, zero for none.
func (s *summits) highest(now time.Time) float64 {
	level := 0.0
	for _, summit := range s {
		if !summit.at.IsZero() && minute(now)-minute(summit.at) < summitMinutes {
			level = max(level, summit.level)
		}
	}
	return level
}

func minute(at time.Time) int64 { return at.Unix() / 60 }

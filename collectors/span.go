package collectors

import (
	"errors"
	"strings"
	"time"
)

// longestDays keeps a span within what a duration holds, which is 292 years.
const longestDays = 100_000

// ParseSpan reads a length of time as people write one: as Go does (90s, 1h30m, 8h), or
// in days (7d). A negative one is none.
func ParseSpan(text string) (time.Duration, error) {
	if days, found := strings.CutSuffix(text, "d"); found {
		hours, err := time.ParseDuration(days + "h")
		if err == nil && hours >= 0 && hours <= longestDays*time.Hour {
			return 24 * hours, nil
		}
	}
	span, err := time.ParseDuration(text)
	if err != nil || span < 0 {
		return 0, errors.New("this is no time span; write it as in 90s, 30m, 8h or 7d")
	}
	return span, nil
}

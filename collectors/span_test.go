package collectors

import (
	"testing"
	"time"
)

func TestParseSpan(t *testing.T) {
	for _, test := range []struct {
		text string
		want time.Duration
		bad  bool
	}{
		{"", 0, true},
		{"d", 0, true},
		{"7", 0, true},
		{"-7d", 0, true},
		{"-8h", 0, true},
		{"1e9d", 0, true},
		{"100001d", 0, true},
		{"1d2h", 0, true},
		{"\x1b[2Jd", 0, true},
		{"0s", 0, false},
		{"90s", 90 * time.Second, false},
		{"1h30m", 90 * time.Minute, false},
		{"7d", 168 * time.Hour, false},
		{"1.5d", 36 * time.Hour, false},
		{"100000d", 2_400_000 * time.Hour, false},
	} {
		if got, err := ParseSpan(test.text); got != test.want || (err != nil) != test.bad {
			t.Errorf("%q is %v, %v; want %v, bad %v", test.text, got, err, test.want, test.bad)
		}
	}
}

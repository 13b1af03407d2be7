package ui

import (
	"math"
	"testing"
	"time"

	"brink/collectors"
)

// TestNarrowText shortens numbers without changing their size.
func TestNarrowText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "--": "--", "no limit": "no limit", "0B": "0B", "614M": "614M", "1.56G": "1.6G", "9.99G": "10G", "16.0E": "16E",
		"1.50": "1.50", "12.34": "12.3", "99.99": "100", "9999": "9999", "12345": "12k", "4194304": "4M",
	} {
		if got := narrowText(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	none := collectors.Opt[collectors.Ratio]{}
	for _, test := range []struct {
		ratio       collectors.Opt[collectors.Ratio]
		whole, fine string
	}{
		{none, "--", "--"},
		{some(collectors.Ratio(0)), "0%", "0.0%"},
		{some(collectors.Ratio(0.004)), "0%", "0.4%"},
		{some(collectors.Ratio(0.0994)), "10%", "9.9%"},
		{some(collectors.Ratio(0.0996)), "10%", "10%"},
		{some(collectors.Ratio(0.655)), "66%", "66%"},
		{some(collectors.Ratio(1)), "100%", "100%"},
		{some(collectors.Ratio(1.2)), "120%", "120%"},
		{some(collectors.Ratio(1e9)), "999%", "999%"},
		{some(collectors.Ratio(math.Inf(1))), "999%", "999%"},
	} {
		if got := percent(test.ratio); got != test.whole {
			t.Errorf("percent(%v) = %q, want %q", test.ratio, got, test.whole)
		}
		if got := percentFine(test.ratio); got != test.fine {
			t.Errorf("percentFine(%v) = %q, want %q", test.ratio, got, test.fine)
		}
	}
}

func TestAmounts(t *testing.T) {
	bytes := func(n uint64) collectors.Opt[collectors.Bytes] { return some(collectors.Bytes(n)) }
	rate := func(r float64) collectors.Opt[collectors.BytesPerSec] { return some(collectors.BytesPerSec(r)) }
	cores := func(c float64) collectors.Opt[collectors.Cores] { return some(collectors.Cores(c)) }
	for _, test := range []struct{ got, want string }{
		{bytesText(collectors.Opt[collectors.Bytes]{}), "--"},
		{bytesText(bytes(0)), "0 B"},
		{bytesText(bytes(1299227607)), "1.21 GiB"},
		{bytesBrief(collectors.Opt[collectors.Bytes]{}), "--"},
		{bytesBrief(bytes(512)), "512B"},
		{bytesBrief(bytes(1299227607)), "1.21G"},
		{rateBrief(collectors.Opt[collectors.BytesPerSec]{}), "--"},
		{rateBrief(rate(34.5e3)), "33.7K/s"},
		{rateText(rate(3.25e6)), "3.10 MiB/s"},
		{growthText(collectors.Opt[collectors.BytesPerSec]{}), "--"},
		{growthText(rate(3.25e6)), "+3.10 MiB/s"},
		{growthText(rate(-3.25e6)), "-3.10 MiB/s"},
		{growthText(rate(0)), "+0 B/s"},
		{coresText(collectors.Opt[collectors.Cores]{}), "--"},
		{coresText(cores(0)), "0.00"},
		{coresText(cores(1.284)), "1.28"},
		{coresText(cores(128)), "128"},
		{countText(collectors.Opt[uint64]{}), "--"},
		{countText(some(uint64(256))), "256"},
		{perSecText(collectors.Opt[collectors.PerSec]{}), "--"},
		{perSecText(some(collectors.PerSec(31.4))), "31/s"},
		{limitText(collectors.Limit[collectors.Bytes]{}, bytesText), "--"},
		{limitText(collectors.Unlimited[collectors.Bytes](), bytesText), "no limit"},
		{limitText(collectors.LimitOf(2*gib), bytesText), "2.00 GiB"},
		{ofText(collectors.Opt[uint64]{}, collectors.Opt[uint64]{}), "--"},
		{ofText(some(uint64(3)), some(uint64(10))), "3 of 10"},
		{plural(1, "restart", "restarts"), "1 restart"},
		{plural(0, "restart", "restarts"), "0 restarts"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestTimes(t *testing.T) {
	in := func(d time.Duration) collectors.Opt[collectors.Seconds] { return some(seconds(d)) }
	for _, test := range []struct{ got, want string }{
		{age(-time.Second), "0 s"},
		{age(0), "0 s"},
		{age(7900 * time.Millisecond), "7 s"},
		{age(119 * time.Second), "119 s"},
		{age(2 * time.Minute), "2 min"},
		{age(59*time.Minute + 59*time.Second), "59 min"},
		{age(3*time.Hour + 10*time.Minute), "3h 10m"},
		{age(76 * time.Hour), "3d 4h"},
		{forecast(collectors.Opt[collectors.Seconds]{}), "--"},
		{forecast(in(20 * time.Second)), "under a minute"},
		{forecast(in(235 * time.Second)), "about 4 min"},
		{forecast(in(100 * time.Minute)), "about 2 h"},
		{forecast(in(30 * time.Hour)), "over a day"},
		{forecastBrief(in(20 * time.Second)), "<1 min"},
		{forecastBrief(in(235 * time.Second)), "4 min"},
		{forecastBrief(in(30 * time.Hour)), ">1 day"},
		{took(90 * time.Microsecond), "0.1 ms"},
		{took(34 * time.Millisecond), "34 ms"},
		{took(1500 * time.Millisecond), "1.5 s"},
		{intervalText(time.Second), "1s"},
		{intervalText(500 * time.Millisecond), "500ms"},
		{intervalText(time.Minute), "1m"},
		{intervalText(90 * time.Second), "1m30s"},
		{intervalText(10 * time.Minute), "10m"},
		{clock(time.Time{}, noon), "--"},
		{clock(noon, noon), "14:02:11"},
		{clock(noon.AddDate(0, 0, -1), noon), "22 Nov  "},
		{clock(noon.AddDate(0, 0, -18), noon), " 5 Nov  "},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// TestWidestTexts checks that the widths which columns are built on hold for the
// widest text of their form.
func TestWidestTexts(t *testing.T) {
	for n := uint64(0); n < 1<<50; n = n*9/8 + 1 {
		amount := some(collectors.Bytes(n))
		for _, test := range []struct {
			text  string
			width int
		}{
			{bytesText(amount), bytesWidth},
			{bytesBrief(amount), briefWidth},
			{rateBrief(some(collectors.BytesPerSec(n))), rateWidth},
			{percent(some(collectors.Ratio(n))), percentWidth},
		} {
			if got := textWidth(test.text); got > test.width {
				t.Errorf("%q is %d wide, want at most %d", test.text, got, test.width)
			}
		}
	}
}

func TestPads(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{left("7", 3), "  7"},
		{left("1234", 3), "1234"},
		{right("漢", 4), "漢  "},
		{right("abc", 2), "abc"},
		{blanks(0), ""},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	if got := len(blanks(200)); got != 200 {
		t.Errorf("200 blanks are %d", got)
	}
}

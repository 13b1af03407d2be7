package ui

import (
	"testing"

	"brink/collectors"
	"brink/ui/chart"
)

func TestHeadline(t *testing.T) {
	ratio := some(collectors.Ratio(0.65))
	for _, test := range []struct {
		name string
		m    meter
		want string
	}{
		{"measured", meter{ratio: ratio, amount: "1.30 GiB", limit: "2.00 GiB"}, "65% of 2.00 GiB"},
		{"no limit", meter{amount: "1.30 GiB", limit: unlimited}, "1.30 GiB, no limit"},
		{"no limit and nothing measured", meter{amount: absent, limit: unlimited}, "--, no limit"},
		{"limit not known", meter{amount: "1.30 GiB", limit: absent}, "1.30 GiB"},
		{"nothing known", meter{amount: absent, limit: absent}, "--"},
		{"only the limit known", meter{amount: absent, limit: "1.50 cores"}, "-- of 1.50 cores"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.m.headline(); got != test.want {
				t.Errorf("headline is %q, want %q", got, test.want)
			}
		})
	}
}

// TestMemorySplit checks that the parts of the bar add up to the big number, and
// with the cache to what the kernel counts.
func TestMemorySplit(t *testing.T) {
	amount := func(n collectors.Bytes) collectors.Opt[collectors.Bytes] { return some(n * mib) }
	none := collectors.Opt[collectors.Bytes]{}
	for _, test := range []struct {
		name                       string
		memory                     collectors.MemorySample
		anon, tmpfs, kernel, cache collectors.Opt[collectors.Bytes]
	}{
		{"nothing known", collectors.MemorySample{}, none, none, none, none},
		{"only the total", collectors.MemorySample{Current: amount(900)}, amount(900), none, none, none},
		{
			"all parts",
			collectors.MemorySample{Current: amount(900), Unreclaimable: amount(600), Anon: amount(400), Shmem: amount(150)},
			amount(400), amount(150), amount(50), amount(300),
		},
		{
			"parts that lag behind",
			collectors.MemorySample{Current: amount(500), Unreclaimable: amount(600), Anon: amount(500), Shmem: amount(150)},
			amount(500), amount(150), amount(0), amount(0),
		},
		{
			"the total missing",
			collectors.MemorySample{Unreclaimable: amount(600), Anon: amount(400), Shmem: amount(150)},
			amount(400), amount(150), amount(50), none,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			anon, tmpfs, kernel, cache := split(test.memory)
			if anon != test.anon || tmpfs != test.tmpfs || kernel != test.kernel || cache != test.cache {
				t.Errorf("parts are %v %v %v %v, want %v %v %v %v",
					anon, tmpfs, kernel, cache, test.anon, test.tmpfs, test.kernel, test.cache)
			}
		})
	}
}

func TestRoundUp(t *testing.T) {
	for _, test := range []struct{ level, want float64 }{
		{0, 1}, {0.2, 0.25}, {1, 1}, {1.1, 2}, {63, 64}, {65, 128}, {float64(1100 * mib), float64(2 * gib)},
	} {
		if got := roundUp(test.level); got != test.want {
			t.Errorf("roundUp(%v) = %v, want %v", test.level, got, test.want)
		}
	}
	if got := roundUp(chart.Gap()); !chart.IsGap(got) {
		t.Errorf("roundUp of a gap is %v", got)
	}
}

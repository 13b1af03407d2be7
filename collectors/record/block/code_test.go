package block

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// lengths draws numbers of every length, and of none.
func lengths() *rapid.Generator[[]uint64] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) uint64 {
		length := rapid.IntRange(0, wordBits).Draw(t, "length")
		return rapid.Uint64().Draw(t, "bits") >> (wordBits - length)
	}), 1, 40)
}

// TestGolomb: numbers of any length come back in every order, and take the bits that
// are reckoned with.
func TestGolomb(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, order := lengths().Draw(t, "numbers"), rapid.IntRange(0, orderMask).Draw(t, "order")
		some := rapid.Bool().Draw(t, "sparse")
		code := code{order: order, sparse: some}
		var w bitWriter
		for _, number := range want {
			w.number(number, &code)
		}
		r := bitReader{data: w.finish()}
		got := make([]uint64, len(want))
		if r.numbers(got, order, some); !slices.Equal(got, want) || r.past() {
			t.Fatalf("%v of order %d are read as %v", want, order, got)
		}
		if left := len(r.data)*octetBits - r.next; left >= octetBits {
			t.Fatalf("%d bits are left", left)
		}
	})
}

// TestCheapest: no order takes fewer bits than the one that is chosen.
func TestCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := lengths().Draw(t, "numbers")
		var h histogram
		for _, number := range numbers {
			h.add(number)
		}
		order, cost := h.cheapest()
		for k := range wordBits {
			var w bitWriter
			for _, number := range numbers {
				w.golomb(number, k)
			}
			bits := len(w.data)*octetBits + w.held
			if k == order && bits != cost || bits < cost {
				t.Fatalf("%v take %d bits in order %d, and %d in order %d were reckoned", numbers, bits, k, cost, order)
			}
		}
	})
}

// TestBitsPast: behind the end are zeros, and that they are is known.
func TestBitsPast(t *testing.T) {
	for _, test := range []struct {
		name string
		data []byte
		list int
		past bool
	}{
		{"nothing to read", nil, 0, false},
		{"nothing there", nil, 1, true},
		{"no end of ones", slices.Repeat([]byte{0xff}, 20), 1, true},
		{"cut off", []byte{0xf8}, 1, true},
		{"all of it", []byte{0}, 8, false},
		{"one more", []byte{0}, 9, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := bitReader{data: test.data}
			if r.numbers(make([]uint64, test.list), 0, false); r.past() != test.past {
				t.Errorf("bit %d of %d bytes: past %v, want %v", r.next, len(test.data), r.past(), test.past)
			}
		})
	}
}

// pages are levels in bytes.
func pages(counts ...uint64) []uint64 {
	for i := range counts {
		counts[i] *= 4096
	}
	return counts
}

// TestPlan: each kind of series is written in the way that is made for it.
func TestPlan(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []uint64
		how    uint8
		unit   uint64
	}{
		{"none", nil, valuesNone, 0},
		{"zeros", []uint64{0, 0, 0}, valuesZero, 0},
		{"one", []uint64{7}, valuesSame, 0},
		{"the same", []uint64{7, 7}, valuesSame, 0},
		{"the whole range", []uint64{0, math.MaxInt64, 1 << 63, math.MaxUint64}, valuesSteps, 1},
		{"a level with noise", []uint64{5003, 5000, 5001, 5003, 5000, 5002, 5000, 5003}, valuesLevels, 1},
		{"a drift in pages", pages(100, 105, 108, 114, 116, 123, 127, 132, 135), valuesSteps, 4096},
		{"a clock", []uint64{1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000}, valuesTurns, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p plan
			if p.make(test.values); p.how != test.how || p.unit != test.unit {
				t.Errorf("way %d in units of %d, want %d and %d", p.how, p.unit, test.how, test.unit)
			}
		})
	}
}

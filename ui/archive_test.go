package ui

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// smallLimits pack after four records and keep about a minute.
func smallLimits() archiveLimits {
	return archiveLimits{bytes: 1 << 20, span: time.Minute, raw: 1 << 10, records: 4}
}

// putSeconds puts a record for each second, every third one with a mark.
func putSeconds(a *archive, from, to int) {
	for i := from; i <= to; i++ {
		a.put(time.Unix(int64(i), 0), fmt.Appendf(nil, "record %d", i), i%3 == 0)
	}
}

func TestArchive(t *testing.T) {
	for _, test := range []struct {
		name string
		// fill puts records, look asks for one; want is its number, 0 for none.
		fill func(*archive)
		look func(*archive) (record, bool)
		want int
	}{
		{"nothing", func(*archive) {}, lastAt(9), 0},
		{"nothing after", func(*archive) {}, nextAt(0), 0},
		{"before the first", secondsFrom(5, 9), lastAt(4), 0},
		{"the first", secondsFrom(5, 9), lastAt(5), 5},
		{"between two", secondsFrom(5, 9), lastAt(7), 7},
		{"in a packed block", secondsFrom(1, 30), lastAt(6), 6},
		{"after the newest", secondsFrom(1, 30), lastAt(99), 30},
		{"the next one", secondsFrom(1, 30), nextAt(4), 5},
		{"the next one of all", secondsFrom(1, 30), nextAt(-5), 1},
		{"none is next", secondsFrom(1, 30), nextAt(30), 0},
		{"exactly", secondsFrom(1, 30), exactlyAt(13), 13},
		{"not exactly", func(a *archive) { putSeconds(a, 1, 5); putSeconds(a, 8, 9) }, exactlyAt(7), 0},
		{"the newest marked", secondsFrom(1, 30), markedAt(29), 27},
		{"a marked one in its block", secondsFrom(1, 30), markedAt(3), 3},
		{"nothing is marked yet", secondsFrom(1, 30), markedAt(2), 0},
		{"the same time again", func(a *archive) { putSeconds(a, 1, 2); putSeconds(a, 2, 2) }, lastAt(2), 2},
		{"a clock set back a little", func(a *archive) { putSeconds(a, 1, 7); putSeconds(a, 6, 6) }, lastAt(99), 6},
		{"a clock set back into a packed block", func(a *archive) { putSeconds(a, 1, 9); putSeconds(a, 7, 7) }, lastAt(6), 4},
		{"a clock set back by an hour", func(a *archive) { putSeconds(a, 4000, 4030); putSeconds(a, 7, 7) }, lastAt(9999), 7},
		{"too long ago", secondsFrom(1, 200), lastAt(100), 0},
		{"just in time", secondsFrom(1, 200), lastAt(141), 141},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newArchive(&packer{}, smallLimits(), 0)
			test.fill(a)
			r, ok := test.look(a)
			if ok != (test.want != 0) {
				t.Fatalf("found %v: %q", ok, r.data)
			}
			if want := fmt.Sprintf("record %d", test.want); ok && string(r.data) != want {
				t.Errorf("found %q, want %q", r.data, want)
			}
		})
	}
}

func secondsFrom(from, to int) func(*archive) {
	return func(a *archive) { putSeconds(a, from, to) }
}

func lastAt(at int64) func(*archive) (record, bool) {
	return func(a *archive) (record, bool) { return a.last(time.Unix(at, 0), false) }
}

func markedAt(at int64) func(*archive) (record, bool) {
	return func(a *archive) (record, bool) { return a.last(time.Unix(at, 0), true) }
}

func nextAt(at int64) func(*archive) (record, bool) {
	return func(a *archive) (record, bool) { return a.next(time.Unix(at, 0)) }
}

func exactlyAt(at int64) func(*archive) (record, bool) {
	return func(a *archive) (record, bool) { return a.at(time.Unix(at, 0)) }
}

// TestArchiveIsBounded puts what cannot be packed: the oldest goes, the newest is
// there, and what is held is what is counted.
func TestArchiveIsBounded(t *testing.T) {
	limits := archiveLimits{bytes: 64 << 10, span: time.Hour, raw: 8 << 10, records: 64}
	a := newArchive(&packer{}, limits, 17)
	noise := bytes.NewBuffer(nil)
	for i := range 2000 {
		noise.Reset()
		for j := range 100 {
			fmt.Fprintf(noise, "%x", uint64(i*1000+j)*0x9e3779b97f4a7c15)
		}
		a.put(time.Unix(int64(i), 0), noise.Bytes(), false)
		held := 0
		for _, b := range a.blocks {
			held += len(b.data)
		}
		if held != a.held || held > limits.bytes {
			t.Fatalf("after %d records %d bytes are held, %d are counted, %d allowed", i, held, a.held, limits.bytes)
		}
	}
	if r, ok := a.last(time.Unix(5000, 0), false); !ok || r.at != 1999e9 || !bytes.Equal(r.data, noise.Bytes()) {
		t.Errorf("the newest record is of %d, found: %v", r.at, ok)
	}
	if r, _ := a.next(time.Unix(0, 0)); r.at < 1000e9 {
		t.Errorf("a record of %d s is still there", r.at/1e9)
	}
}

// TestArchivesPackInTurn: two hundred of them must not all pack in one frame.
func TestArchivesPackInTurn(t *testing.T) {
	packed := map[int]int{}
	for lead := range 64 {
		a := newArchive(&packer{}, fullLimits(time.Second), lead)
		for i := range 200 {
			before := len(a.blocks)
			a.put(time.Unix(int64(i), 0), []byte("x"), false)
			if len(a.blocks) > before && before > 0 {
				packed[i]++
			}
		}
	}
	for at, count := range packed {
		if count > 1 {
			t.Errorf("%d of 64 archives pack in second %d", count, at)
		}
	}
}

// FuzzArchive puts records at any times: the newest is there, all are in order, and
// the count of bytes holds.
func FuzzArchive(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 4, 4, 0, 9})
	f.Add(bytes.Repeat([]byte{7, 250}, 40))
	f.Fuzz(func(t *testing.T, steps []byte) {
		a, at := newArchive(&packer{}, smallLimits(), 0), time.Unix(1000, 0)
		for _, step := range steps {
			at = at.Add(time.Duration(int8(step)) * time.Second)
			a.put(at, []byte{step}, step%2 == 0)
			if r, ok := a.last(at, false); !ok || r.at != at.UnixNano() || r.data[0] != step {
				t.Fatalf("the newest record is not there")
			}
		}
		last, held := int64(0), 0
		for i := range a.blocks {
			held += len(a.blocks[i].data)
			for _, r := range a.in(i) {
				if r.at <= last {
					t.Fatalf("records are out of order")
				}
				last = r.at
			}
		}
		if held != a.held {
			t.Fatalf("%d bytes are held, %d counted", held, a.held)
		}
	})
}

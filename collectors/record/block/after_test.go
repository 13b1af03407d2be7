package block_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"brink/collectors"
	"brink/collectors/record/block"
	"brink/collectors/record/block/blocktest"
)

// sealedAfter puts behind bytes the checksum that they have after an entry.
func sealedAfter(base *block.Entry, body []byte) []byte {
	ns := uint64(base.At.UnixNano())
	return binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Update(uint32(ns^ns>>32), crc32.MakeTable(crc32.Castagnoli), body))
}

func TestDecodeAfterRefuses(t *testing.T) {
	entries := blocktest.New(3, epoch()).Entries(3)
	base := &entries[0]
	var codec block.Codec
	whole := codec.EncodeAfter(nil, block.NewBase(*base), &entries[1])
	body := whole[:len(whole)-4]
	for _, test := range []struct {
		name string
		base *block.Entry
		data []byte
		says string
	}{
		{"nothing", base, nil, "0 bytes are nothing that differs"},
		{"a version and no more", base, []byte{3}, "1 bytes are nothing"},
		{"a block", base, block.Encode(nil, entries[:1]), "nothing that differs"},
		{"after another entry", &entries[2], whole, "the checksum"},
		{"the first half", base, whole[:len(whole)/2], "the checksum"},
		{"another byte in the middle", base, changed(whole, len(whole)/2), "the checksum"},
		{"no length", base, sealedAfter(base, []byte{3}), "its head"},
		{"more strings than bytes", base, sealedAfter(base, []byte{3, 9, 0}), "its head"},
		{"no columns", base, sealedAfter(base, []byte{3, 0}), "what differs is not readable"},
		{"a state that a number cannot have", base, sealedAfter(base, append([]byte{3, 0}, bytes.Repeat([]byte{0xff}, 200)...)), "its numbers"},
		{"something behind the end", base, sealedAfter(base, append(slices.Clone(body), 0, 0)), "something follows"},
		{"the end cut off", base, sealedAfter(base, body[:len(body)-8]), "what differs is not readable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var codec block.Codec
			before := []block.Entry{{At: epoch()}}
			base := block.NewBase(*test.base)
			got, err := codec.DecodeAfter(before, base, test.data)
			if !errors.Is(err, block.ErrCorrupt) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v does not say %q", err, test.says)
			}
			if len(got) != len(before) {
				t.Errorf("%d entries of damage", len(got)-len(before))
			}
			if test.base == &entries[0] {
				checkSecond(t, base, entries, whole)
			}
		})
	}
}

// checkSecond wants the second entry after a base that has refused others.
func checkSecond(t *testing.T, base *block.Base, entries []block.Entry, data []byte) {
	t.Helper()
	var codec block.Codec
	got, err := codec.DecodeAfter(nil, base, data)
	if err != nil {
		t.Fatal(err)
	}
	want, err := block.Decode(block.Encode(nil, entries[1:2]))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, everything(), sameBits()); diff != "" {
		t.Errorf("what was refused is left in the base (-want +got):\n%s", diff)
	}
}

// failer is what tests of both kinds have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// checkAfter wants each of two entries after the other.
func checkAfter(t failer, a, b block.Entry) {
	t.Helper()
	var codec block.Codec
	for _, pair := range [][2]block.Entry{{a, b}, {b, a}, {a, a}} {
		data := codec.EncodeAfter(nil, block.NewBase(pair[0]), &pair[1])
		got, err := codec.DecodeAfter(nil, block.NewBase(pair[0]), data)
		if err != nil {
			t.Fatal(err)
		}
		want, err := block.Decode(block.Encode(nil, pair[1:]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, everything(), sameBits()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	}
}

// TestEveryFieldAfter fails when a field is added to a reading that no column holds.
func TestEveryFieldAfter(t *testing.T) {
	checkAfter(t, filled(0), filled(1000))
	checkAfter(t, filled(0), block.Entry{})
}

// TestRoundTripAfter: whatever two readings hold, the second one comes back.
func TestRoundTripAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := append(drawEntries(t), block.Entry{}, filled(3))
		checkAfter(t, entries[0], entries[1])
	})
}

// TestAfterBounds: a list that is too long is left out, as in a block.
func TestAfterBounds(t *testing.T) {
	var base, long block.Entry
	long.Counters.Processes = collectors.Some(make([]collectors.Process, 1<<16+1))
	var codec block.Codec
	got, err := codec.DecodeAfter(nil, block.NewBase(base), codec.EncodeAfter(nil, block.NewBase(base), &long))
	if err != nil || got[0].Counters.Processes.Present() {
		t.Errorf("a list of %d processes came back, or %v", 1<<16+1, err)
	}
	next := block.Entry{Counters: collectors.ContainerCounters{Processes: collectors.Some([]collectors.Process{{PID: 7, Name: "node"}})}}
	got, err = codec.DecodeAfter(nil, block.NewBase(block.Entry{}), codec.EncodeAfter(nil, block.NewBase(long), &next))
	if err != nil || !sameProcesses(got[0], next) {
		t.Errorf("after a list that is left out came %v, or %v", got, err)
	}
}

// TestLostAfter: entries that follow upon a lost one have all but a list of processes
// that differs from its.
func TestLostAfter(t *testing.T) {
	entries := blocktest.New(1, epoch()).Entries(minute)
	var codec block.Codec
	written, read := block.NewBase(entries[0]), block.NewBase(entries[0])
	lost, listed := 0, 0
	for i := range entries[1:] {
		data := codec.EncodeAfter(nil, written, &entries[1+i])
		if i > minute/2 && lost == 0 && !sameProcesses(entries[i], entries[1+i]) {
			lost = 1 + i
			continue
		}
		got, err := codec.DecodeAfter(nil, read, data)
		if err != nil {
			t.Fatal(err)
		}
		want, err := block.Decode(block.Encode(nil, entries[1+i:2+i]))
		if err != nil {
			t.Fatal(err)
		}
		if lost > 0 {
			want[0].Counters.Processes = collectors.Opt[[]collectors.Process]{}
		} else {
			listed++
		}
		if diff := cmp.Diff(want, got, everything(), sameBits()); diff != "" {
			t.Fatalf("entry %d, with %d lost: -want +got:\n%s", 1+i, lost, diff)
		}
	}
	if lost == 0 || listed == 0 {
		t.Errorf("entry %d is lost, %d before it have a list", lost, listed)
	}
}

func sameProcesses(a, b block.Entry) bool {
	return slices.Equal(a.Counters.Processes.Or(nil), b.Counters.Processes.Or(nil))
}

// TestSizeAfter: a reading that is kept at once takes a fraction of a page.
func TestSizeAfter(t *testing.T) {
	entries := blocktest.New(1, epoch()).Entries(minute)
	var codec block.Codec
	size, base := 0, block.NewBase(entries[0])
	for i := range entries[1:] {
		size += len(codec.EncodeAfter(nil, base, &entries[1+i]))
	}
	const most = 300
	if got := size / (minute - 1); got > most {
		t.Errorf("%d bytes a reading, more than %d", got, most)
	} else {
		t.Logf("%d bytes a reading", got)
	}
}

// FuzzDecodeAfter gives the decoder bytes with a right checksum, after an entry.
func FuzzDecodeAfter(f *testing.F) {
	entries := append(blocktest.New(5, epoch()).Entries(3), filled(0), block.Entry{})
	var codec block.Codec
	for i := range entries {
		data := codec.EncodeAfter(nil, block.NewBase(entries[0]), &entries[i])
		f.Add(data[:len(data)-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		base, data := block.NewBase, sealedAfter(&entries[0], body)
		var codec block.Codec
		got, err := codec.DecodeAfter(nil, base(entries[0]), data)
		if err != nil {
			return
		}
		again, err := codec.DecodeAfter(nil, base(entries[0]), codec.EncodeAfter(nil, base(entries[0]), &got[0]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, again, everything(), sameBits()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkEncodeAfter(b *testing.B) {
	entries := blocktest.New(1, epoch()).Entries(minute)
	var codec block.Codec
	var data []byte
	next, base := 0, block.NewBase(entries[0])
	b.ReportAllocs()
	for b.Loop() {
		next = next%(minute-1) + 1
		data = codec.EncodeAfter(data[:0], base, &entries[next])
	}
}

func BenchmarkDecodeAfter(b *testing.B) {
	entries := blocktest.New(1, epoch()).Entries(minute)
	var codec block.Codec
	var got []block.Entry
	var rows [][]byte
	base := block.NewBase(entries[0])
	for i := range entries[1:] {
		rows = append(rows, codec.EncodeAfter(nil, base, &entries[1+i]))
	}
	next := 0
	b.ReportAllocs()
	for b.Loop() {
		if next%len(rows) == 0 {
			next, base = 0, block.NewBase(entries[0])
		}
		var err error
		if got, err = codec.DecodeAfter(got[:0], base, rows[next]); err != nil {
			b.Fatal(err)
		}
		next++
	}
}

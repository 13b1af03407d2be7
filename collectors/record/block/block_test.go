package block_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
	"brink/collectors/record/block"
	"brink/collectors/record/block/blocktest"
)

var update = flag.Bool("update", false, "write the golden blocks anew")

// sameBits takes fractions that are no number for equal.
func sameBits() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
}

// TestVersion1: blocks that were written once are read for ever. What packs the
// strings may change with the compiler, so of a block with packed strings only the
// reading is fixed; of one without, every byte.
func TestVersion1(t *testing.T) {
	for _, test := range []struct {
		name    string
		entries []block.Entry
		exact   bool
	}{
		{"one", []block.Entry{filled(0)}, true},
		{"none", nil, true},
		{"minute", append(blocktest.New(7, epoch()).Entries(30), block.Entry{At: epoch().Add(30 * time.Second)}, filled(0)), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join("testdata", "version1", test.name+".hex")
			data := block.Encode(nil, test.entries)
			if *update {
				write(t, path, data)
			}
			golden := read(t, path)
			if test.exact && string(golden) != string(data) {
				t.Errorf("%s is written as\n%x\nand not as\n%x\nany more; a new format is a new version", test.name, data, golden)
			}
			got, err := block.Decode(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.entries, got, everything()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// write keeps a block as lines of hexadecimal digits.
func write(t *testing.T, path string, data []byte) {
	t.Helper()
	const width = 80
	var lines strings.Builder
	for digits := hex.EncodeToString(data); digits != ""; {
		line := digits[:min(width, len(digits))]
		digits = digits[len(line):]
		lines.WriteString(line + "\n")
	}
	if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./collectors/record/block -update writes it", err)
	}
	data, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestDeriveTheSame: the snapshots of what was unpacked are those of what was seen.
func TestDeriveTheSame(t *testing.T) {
	want := blocktest.New(11, epoch()).Entries(90)
	got, err := block.Decode(block.Encode(nil, want))
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(want); i++ {
		seen, told := snapshot(t, want[i-1], want[i]), snapshot(t, got[i-1], got[i])
		if seen != told {
			t.Fatalf("entry %d gives\n%s\nand not\n%s", i, told, seen)
		}
	}
}

func snapshot(t *testing.T, before, now block.Entry) string {
	t.Helper()
	reading := func(e block.Entry) collectors.Reading {
		sources := []collectors.SourceHealth{{Name: "cgroup", OK: true}, {Name: "kernel log"}}
		return collectors.Reading{At: e.At, Containers: []collectors.ContainerCounters{e.Counters}, Sources: sources}
	}
	text, err := json.Marshal(collectors.Derive(reading(before), reading(now)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDecodeShares: entries hold one list together as long as it does not change.
func TestDecodeShares(t *testing.T) {
	entries := blocktest.New(13, epoch()).Entries(3)
	for i := range entries {
		entries[i].Counters.Processes = entries[0].Counters.Processes
	}
	got, err := block.Decode(block.Encode(nil, entries))
	if err != nil {
		t.Fatal(err)
	}
	first, last := got[0].Counters.Processes.Or(nil), got[2].Counters.Processes.Or(nil)
	if len(first) != 20 || &first[0] != &last[0] {
		t.Errorf("%d processes, in a list of its own", len(first))
	}
}

// TestEncodeWallTime: the monotonic part and the place of a time are left behind.
func TestEncodeWallTime(t *testing.T) {
	now := time.Now()
	got, err := block.Decode(block.Encode(nil, []block.Entry{{At: now}}))
	if err != nil {
		t.Fatal(err)
	}
	if want := now.Round(0).UTC(); got[0].At != want {
		t.Errorf("%#v, want %#v", got[0].At, want)
	}
}

// TestEncodeBounds: a list of processes too many is left out, and the next that fits
// is not.
func TestEncodeBounds(t *testing.T) {
	list := func(pid, count int) collectors.Opt[[]collectors.Process] {
		list := make([]collectors.Process, count)
		list[0].PID = pid
		return collectors.Some(list)
	}
	const most = 1 << 16
	var entries []block.Entry
	for _, counters := range []collectors.ContainerCounters{
		{Processes: list(1, most-2)}, {Processes: list(2, 3)}, {Processes: list(3, 2)}, {Processes: list(1, most-2)},
	} {
		entries = append(entries, block.Entry{At: epoch(), Counters: counters})
	}
	got, err := block.Decode(block.Encode(nil, entries))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{most - 2, 0, 2, most - 2} {
		if list := got[i].Counters.Processes.Or(nil); len(list) != want {
			t.Errorf("entry %d has %d processes, want %d", i, len(list), want)
		}
	}
}

// TestDecodeBounded: the most that a few bytes can say takes a bounded memory.
func TestDecodeBounded(t *testing.T) {
	const each, most = 8, 128 << 20
	entries := make([]block.Entry, block.Most)
	for i := range entries {
		c := &entries[i].Counters
		c.Processes = collectors.Some(make([]collectors.Process, each))
		c.Tmpfs = collectors.Some(make([]collectors.TmpfsLevel, each))
		c.Missing = make([]collectors.Missing, each)
		// Each list is another one.
		c.Processes.Or(nil)[0].PPID, c.Missing[0].Why = i, strconv.Itoa(i)
		c.Tmpfs.Or(nil)[0].Used = collectors.Some(collectors.Bytes(i))
	}
	data := block.Encode(nil, entries)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := block.Decode(data)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; err != nil || took > most || len(got) != len(entries) {
		t.Errorf("%d entries of %d bytes take %d bytes, %v", len(got), len(data), took, err)
	} else {
		t.Logf("%d entries of %d bytes take %d bytes", len(got), len(data), took)
	}
}

func TestEncodeTooMany(t *testing.T) {
	if got, err := block.Decode(block.Encode(nil, make([]block.Entry, block.Most))); err != nil || len(got) != block.Most {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a block of more than it holds was written")
		}
	}()
	block.Encode(nil, make([]block.Entry, block.Most+1))
}

func TestThin(t *testing.T) {
	type second struct {
		at   float64
		anon int64
	}
	const none = -1
	for _, test := range []struct {
		name  string
		every time.Duration
		given []second
		want  []float64
	}{
		{"nothing", 10 * time.Second, nil, nil},
		{"no slots", 0, []second{{1, 1}, {2, 2}}, []float64{1, 2}},
		{"no memory: the last one", 10 * time.Second, []second{{0, none}, {3, none}, {9.9, none}}, []float64{9.9}},
		{"memory before none", 10 * time.Second, []second{{0, none}, {3, 0}, {9, none}}, []float64{3}},
		{"the highest", 10 * time.Second, []second{{0, 5}, {1, 9}, {2, 7}}, []float64{1}},
		{"of two as high the last", 10 * time.Second, []second{{0, 9}, {1, 9}, {2, 8}}, []float64{1}},
		{"each slot has its own", 10 * time.Second, []second{{9, 5}, {10, 4}, {19, 3}, {20, 2}, {40, 1}}, []float64{9, 10, 20, 40}},
		{"a slot is one of the clock", time.Minute, []second{{-1, 1}, {0, 2}, {59, 1}, {60, 1}}, []float64{-1, 0, 60}},
		{"the clock set back", 10 * time.Second, []second{{25, 1}, {5, 1}, {6, 2}}, []float64{25, 6}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var entries, want []block.Entry
			for _, second := range test.given {
				e := block.Entry{At: epoch().Add(time.Duration(second.at * float64(time.Second)))}
				if second.anon != none {
					e.Counters.Memory = collectors.Some(collectors.MemoryLevels{Stat: collectors.MemoryStat{Anon: collectors.Some(collectors.Bytes(second.anon))}})
				}
				entries = append(entries, e)
				for _, at := range test.want {
					if at == second.at {
						want = append(want, e)
					}
				}
			}
			if diff := cmp.Diff(want, block.Thin(entries, test.every), everything()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

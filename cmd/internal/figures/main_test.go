package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseOptions(t *testing.T) {
	bad := [][]string{
		{"-seconds", "0"},
		{"-starts", "0"},
		{"-kills", "-1"},
		{"-only", "moon"},
		{"-only", ""},
		{"-seconds", "soon"},
		{"extra"},
	}
	for _, args := range bad {
		if _, err := parseOptions(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
	o, err := parseOptions(nil)
	if err != nil || o.window() != time.Minute || !o.wants(stageBenchmarks) || !o.wants(stageMachine) {
		t.Errorf("without arguments: %+v, %v", o, err)
	}
	o, err = parseOptions([]string{"-only", "local,benchmarks", "-seconds", "5"})
	if err != nil || o.window() != 5*time.Second || !o.wants(stageLocal) || o.wants(stageMachine) {
		t.Errorf("two stages: %+v, %v", o, err)
	}
}

// TestVerbsRefuse: a verb of the machine without its options tells so.
func TestVerbsRefuse(t *testing.T) {
	for _, args := range [][]string{{"screen"}, {"screen", "{"}, {"kills", "{}", "{}"}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("figures %s ends well", strings.Join(args, " "))
		}
	}
}

// TestReport prints a table, whose cells may not break it.
func TestReport(t *testing.T) {
	var r report
	r.add("first frame", "<= 100 ms", "here", "%s", milliseconds(61*time.Millisecond))
	r.add("a|b", "", "there", "%d", 7)
	r.note("All of it is %s.", "made up")
	var text strings.Builder
	if err := r.print(&text); err != nil {
		t.Fatal(err)
	}
	const want = `| what | to reach | measured | where |
|---|---|---|---|
| first frame | <= 100 ms | 61 ms | here |
| a\|b |  | 7 | there |

All of it is made up.
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
}

func TestParseBenchmarks(t *testing.T) {
	const output = `goos: linux
goarch: amd64
BenchmarkReadContainer/watched-2         	  276194	      4321 ns/op	       0 B/op	       0 allocs/op
BenchmarkReadThousand/descriptors-256-2  	      57	  21000000 ns/op	       261 descriptors	        21.00 ms/pass	      12 B/op	       0 allocs/op
BenchmarkBroken
BenchmarkView-2   	    2096	    518000 ns/op	  141000 B/op	     912 allocs/op
PASS
ok  	brink/ui	3.1s
`
	list := parseBenchmarks(output)
	if len(list) != 3 {
		t.Fatalf("%d benchmarks: %v", len(list), list)
	}
	var r report
	for _, b := range list {
		r.benchmark(b)
	}
	want := []string{
		"4.3 µs, 0 allocations",
		"21.0 ms (2.1 % of a core), 261 descriptors, descriptors-256",
		"0.52 ms, 141 KB",
	}
	for i, row := range r.rows {
		if row.measured != want[i] {
			t.Errorf("%s: %q, want %q", row.where, row.measured, want[i])
		}
	}
	if len(r.rows) != len(want) || r.rows[0].where != "BenchmarkReadContainer/watched" {
		t.Errorf("rows: %+v", r.rows)
	}
}

func TestMedian(t *testing.T) {
	tests := []struct {
		list []time.Duration
		want time.Duration
	}{
		{nil, 0},
		{[]time.Duration{5}, 5},
		{[]time.Duration{9, 1, 5}, 5},
		{[]time.Duration{9, 1, 5, 7}, 7},
	}
	for _, test := range tests {
		if got := median(test.list); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.list, got, test.want)
		}
	}
}

func TestWords(t *testing.T) {
	tests := []struct{ got, want string }{
		{milliseconds(1500 * time.Microsecond), "1.5 ms"},
		{milliseconds(-3 * time.Millisecond), "-3.0 ms"},
		{milliseconds(61_400 * time.Microsecond), "61 ms"},
		{mebibytes(31 << 20), "31.0 MiB"},
		{percentOfCore(150*time.Millisecond, 30*time.Second), "0.50 %"},
		{times(3, 2), "1.50 ×"},
		{times(3, 0), "?"},
		{spread(nil), "none"},
		{spread([]time.Duration{30 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond}), "median 20 ms, least 10 ms, most 30 ms"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// TestComparison takes off what the engine uses for itself.
func TestComparison(t *testing.T) {
	cost := func(cpu, engine time.Duration) screenCost {
		return screenCost{Window: 10 * time.Second, CPU: cpu, EngineCPU: engine, Bytes: 5000}
	}
	var r report
	idle := cost(0, 50*time.Millisecond)
	r.comparison(idle, cost(100*time.Millisecond, 60*time.Millisecond), cost(50*time.Millisecond, 500*time.Millisecond), cost(100*time.Millisecond, 40*time.Millisecond), "there")
	want := map[string]string{
		"CPU at 1 Hz: brink":                           "1.00 % alone, 1.10 % with the engine's work for it",
		"CPU at 1 Hz: brink --source cgroup":           "1.00 % alone, 1.00 % with the engine's work for it",
		"CPU: docker stats":                            "0.50 % alone, 5.00 % with the engine's work for it (the engine with nobody watching: 0.50 %)",
		"brink : docker stats":                         "alone 2.00 ×, together 0.22 ×",
		"brink --source cgroup : docker stats":         "alone 2.00 ×, together 0.20 ×",
		"bytes to the terminal a second: docker stats": "500",
	}
	for _, row := range r.rows {
		if want[row.what] != row.measured {
			t.Errorf("%s: %q, want %q", row.what, row.measured, want[row.what])
		}
	}
	if len(r.rows) != len(want) {
		t.Errorf("%d rows, want %d", len(r.rows), len(want))
	}
}

// TestOptionsCross: what one side of the machine's wall writes, the other reads.
func TestOptionsCross(t *testing.T) {
	want := screenOptions{Argv: []string{"brink", "it's"}, Frame: []string{"a"}, Numbers: []string{"b"}, Settle: time.Second, Window: time.Minute, Patience: time.Hour}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	err = answer([]string{string(text)}, func(got screenOptions) (screenCost, error) {
		if got.Argv[1] != want.Argv[1] || got.Window != want.Window || got.Settle != want.Settle || got.Patience != want.Patience {
			t.Errorf("got %+v, want %+v", got, want)
		}
		return screenCost{}, errStop
	})
	if !errors.Is(err, errStop) {
		t.Error(err)
	}
}

package alerts

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

var update = flag.Bool("update", false, "write the table of the forecasts anew")

const mib = 1 << 20

// made is a recording that nobody recorded: a level in MiB for each second, with the
// unrest of a real one, in a container of 2 GiB.
func made(name string, seconds, interval int, level func(second int) float64) recording {
	random := rand.New(rand.NewPCG(3, 4))
	r := recording{name: name, limit: 2048 * mib}
	for second := 0; second <= seconds; second += interval {
		bytes := level(second)*mib + random.Float64()*mib
		r.points = append(r.points, recorded{time.Duration(second) * time.Second, min(r.limit, collectors.Bytes(bytes))})
	}
	return r
}

// leak rests for a minute and then rises to the limit.
func leak(interval int, from, perSecond float64) recording {
	name := fmt.Sprintf("leak of %v MiB/s", perSecond)
	if interval > 1 {
		name += fmt.Sprintf(", a sample in %d s", interval)
	}
	return made(name, 60+int((2048-from)/perSecond)+interval, interval, func(s int) float64 {
		return from + perSecond*float64(max(0, s-60))
	})
}

// tooth is a garbage collector that lets 10 MiB/s pile up and then takes them away.
func tooth(period int) recording {
	return made(fmt.Sprintf("saw-tooth of %d s", period), 900, 1, func(s int) float64 {
		return 1100 + 10*float64(s%period)
	})
}

// ramp rises for a while, from a rest of the given time, and stays up there.
func ramp(name string, rest, seconds int, from, perSecond float64) recording {
	return made(name, 600, 1, func(s int) float64 {
		return from + perSecond*float64(min(max(0, s-rest), seconds))
	})
}

func madeRecordings() []recording {
	list := []recording{
		leak(1, 600, 1), leak(1, 600, 5), leak(1, 600, 20), leak(1, 600, 100),
		leak(5, 600, 1), leak(10, 600, 1), leak(10, 600, 5),
		made("leak of 20 MiB/s, its garbage collected", 135, 1, func(s int) float64 {
			return 600 + 20*float64(max(0, s-60)) + 8*float64(s%6)
		}),
		made("leak of 20 MiB/s from the start", 100, 1, func(s int) float64 { return 20 * float64(s+1) }),
		made("leak of 100 MiB/s from the start", 20, 1, func(s int) float64 { return 100 * float64(s+1) }),
		made("stairs of the kernel's flush, 4 MiB/s", 362, 1, func(s int) float64 { return 600 + 8*float64(s/2) }),
	}
	for _, period := range []int{12, 25, 30, 45, 60} {
		list = append(list, tooth(period))
	}
	return append(
		list,
		ramp("load step of 25 s, 10 MiB/s", 120, 25, 1200, 10),
		ramp("load step of 25 s, 20 MiB/s", 120, 25, 1020, 20),
		ramp("load step at once", 120, 1, 1100, 400),
		ramp("start of 6 s", 0, 6, 10, 200),
		ramp("start of 14 s", 0, 14, 10, 90),
		ramp("at rest, nearly full", 0, 0, 1900, 0),
		ramp("shrinking", 60, 540, 1900, -1),
	)
}

// TestForecasts holds to its table how early the default rules warn of memory that
// fills up, and when they keep still: for what is made here, and for what was
// recorded in testdata/series.
func TestForecasts(t *testing.T) {
	list := madeRecordings()
	files, err := filepath.Glob(filepath.Join("testdata", "series", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		list = append(list, recordingIn(t, file))
	}
	var table strings.Builder
	for _, r := range list {
		fmt.Fprintf(&table, "%-42s %s\n", r.name, r.story())
	}
	golden := filepath.Join("testdata", "forecasts.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; go test ./alerts -update writes it", err)
	}
	if table.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", table.String(), want)
	}
}

func recordingIn(t *testing.T, path string) recording {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := readRecording(strings.TrimSuffix(filepath.Base(path), ".txt"), bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWait: a time that runs out is waited for no longer than it lasts.
func TestWait(t *testing.T) {
	for _, test := range []struct {
		name   string
		metric string
		below  bool
		value  float64
		want   time.Duration
	}{
		{"no metric", "", true, 1, time.Minute},
		{"no time that runs out", MetricStale, true, 1, time.Minute},
		{"a time that is long enough", MetricMemoryFullIn, true, 90, time.Minute},
		{"a time that runs out before", MetricMemoryFullIn, true, 8, 8 * time.Second},
		{"none is left", MetricTmpfsFullIn, true, 0, 0},
		{"more than a duration holds", MetricPidsFullIn, true, 1e300, time.Minute},
		{"a rule about too much time", MetricMemoryFullIn, false, 8, time.Minute},
	} {
		rule := Rule{Metric: test.metric, Below: test.below}
		if got := rule.Wait(Level{For: time.Minute}, test.value); got != test.want {
			t.Errorf("%s: it waits %v, want %v", test.name, got, test.want)
		}
	}
}

package record

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRecord writes a reading, with all that is done between the readings.
func BenchmarkRecord(b *testing.B) {
	desk, night := newBench(b, b.TempDir(), Retention{}), newNight(b)
	for range 3600 {
		desk.take(night.reading())
	}
	b.ReportAllocs()
	before := processTime()
	for b.Loop() {
		desk.take(night.reading())
	}
	b.ReportMetric(float64(processTime()-before)/float64(b.N), "cpu-ns/op")
}

// processTime is the CPU time of this process so far, which other work on the machine
// does not stretch as it does the time on the wall.
func processTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// recorded records so much of a busy night, and returns where and what it weighs.
func recorded(b *testing.B, length time.Duration, retention Retention) (*Reader, int64) {
	b.Helper()
	dir := b.TempDir()
	desk, night := newBench(b, dir, retention), newNight(b)
	for range int(length / time.Second) {
		desk.take(night.reading())
	}
	desk.close()
	info, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil {
		b.Fatal(err)
	}
	return openReader(b, dir), info.Size()
}

// BenchmarkOpenHour reads every reading of an hour.
func BenchmarkOpenHour(b *testing.B) { benchmarkOpen(b, time.Hour) }

// BenchmarkOpenDay reads every reading of a day.
func BenchmarkOpenDay(b *testing.B) { benchmarkOpen(b, day) }

func benchmarkOpen(b *testing.B, length time.Duration) {
	reader, size := recorded(b, length, Retention{})
	first, last, err := reader.Span(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	before := processTime()
	for b.Loop() {
		n := 0
		for _, err := range reader.Readings(b.Context(), first, last) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != int(length/time.Second)-1 {
			b.Fatalf("%d readings of %v", n, length)
		}
	}
	b.ReportMetric(float64(processTime()-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(size)/float64(length/time.Second), "B/reading")
}

// BenchmarkMonth reports what a month of one busy container weighs: a day in full and
// twenty-nine in steps of ten seconds.
func BenchmarkMonth(b *testing.B) {
	for b.Loop() {
		_, full := recorded(b, day, Retention{})
		_, coarse := recorded(b, day, Retention{Full: unsealedFor, Coarse: 2 * day, Events: 2 * day, Size: 256 << 20})
		b.ReportMetric(float64(full)/1e6, "MB/day")
		b.ReportMetric(float64(coarse)/1e6, "MB/coarse-day")
		b.ReportMetric(float64(full+29*coarse)/1e6, "MB/month")
	}
}

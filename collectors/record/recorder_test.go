package record

import (
	"context"
	"errors"
	"testing"
	"time"

	"brink/collectors"
)

// TestQueue hands over more than is written: nobody waits, what is lost is counted,
// the events are not lost.
func TestQueue(t *testing.T) {
	recorder, err := New(Options{Dir: t.TempDir()})
	must(t, err)
	for second := range queueLength + 10 {
		when := float64(10 * second)
		recorder.Record(round(at(when), "db"), []collectors.Event{died(uint64(second+1), when, "db")})
	}
	if health := recorder.Health(); health.Dropped != 10 || health.State != StateStarting {
		t.Errorf("%+v", health)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	recorder.Run(ctx)
	if health := recorder.Health(); health.Readings != queueLength || health.State != StateClosed {
		t.Errorf("%+v", health)
	}
	recorder.Record(round(at(1000), "db"), nil)
	recorder.Run(ctx)
	events, err := openReader(t, recorder.desk.options.Dir).Events(t.Context(), at(0), at(1000))
	if err != nil || len(events) != queueLength+10 {
		t.Errorf("%d events (%v)", len(events), err)
	}
}

// TestReaderWhileWriting reads all the time while a recorder writes.
func TestReaderWhileWriting(t *testing.T) {
	recorder, err := New(Options{Dir: t.TempDir()})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		recorder.Run(ctx)
	}()
	const total = 900
	go func() {
		defer cancel()
		for second := 0; second < total; {
			if recorder.Record(round(at(float64(second)), "db"), nil); recorder.Health().Dropped == 0 {
				second++
			}
			for len(recorder.queue) > queueLength/2 {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	seen := 0
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		seen = max(seen, consecutive(t, recorder.desk.options.Dir))
	}
	if seen != total {
		t.Errorf("%d readings of %d (%+v)", seen, total, recorder.Health())
	}
}

// consecutive counts the readings in a record, which must follow upon each other.
func consecutive(t *testing.T, dir string) int {
	reader, err := OpenReader(t.Context(), dir)
	if errors.Is(err, ErrNoRecording) {
		return 0
	}
	must(t, err)
	defer func() { must(t, reader.Close()) }()
	n := 0
	for reading, err := range reader.Readings(t.Context(), at(0), at(1e6)) {
		must(t, err)
		if want := at(float64(n)); !reading.At.Equal(want) || len(reading.Containers) != 1 {
			t.Fatalf("reading %d is of %v with %d containers", n, reading.At, len(reading.Containers))
		}
		n++
	}
	return n
}

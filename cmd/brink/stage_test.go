package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/collectors/sources"
	"brink/ui"
)

// steadySource always tells of one container with the given share of its memory.
type steadySource struct{ unreclaimable uint64 }

func (steadySource) Name() string { return "steady" }

func (s steadySource) Collect(_ context.Context, at time.Time) (collectors.Part, error) {
	return collectors.Part{Containers: []collectors.ContainerCounters{{
		Identity: collectors.Identity{Key: "agent", State: collectors.StateRunning},
		Memory: collectors.Some(collectors.MemoryLevels{
			Current: amountOf(s.unreclaimable), Limit: collectors.LimitOf(collectors.Bytes(1000)),
			Stat: collectors.MemoryStat{Anon: amountOf(s.unreclaimable), Kernel: amountOf(0)},
		}),
		CPU: collectors.Some(collectors.CPUCounters{At: at, Usage: some(time.Minute)}),
	}}}, nil
}

// testStage is a stage with a steady source and the given runners.
func testStage(t *testing.T, source collectors.Source, runners ...func(context.Context)) *stage {
	t.Helper()
	sampler, err := collectors.NewSampler(collectors.SamplerOptions{Interval: time.Second, Sources: []collectors.Source{source}})
	if err != nil {
		t.Fatal(err)
	}
	cgroup, err := sources.ParseTarget("cgroup:/agent")
	if err != nil {
		t.Fatal(err)
	}
	roster := sources.NewRoster([]sources.Target{cgroup}, time.Now())
	return &stage{roster: roster, sampler: sampler, rules: alerts.DefaultRules(), runners: runners, log: slog.New(slog.DiscardHandler)}
}

// TestStageDelivers: every interval a frame with its verdict, until ctx ends; then
// every part has ended. The bubble fails if a goroutine is left.
func TestStageDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var ended atomic.Int32
		runner := func(ctx context.Context) {
			<-ctx.Done()
			ended.Add(1)
		}
		var frames []ui.Frame
		stage := testStage(t, steadySource{950}, runner, runner)
		time.AfterFunc(5*time.Second+time.Millisecond, cancel)
		if err := stage.run(ctx, func(frame ui.Frame) { frames = append(frames, frame) }); err != nil {
			t.Error(err)
		}
		if got := ended.Load(); got != 2 {
			t.Errorf("%d of 2 runners ended", got)
		}
		if len(frames) != 6 {
			t.Fatalf("%d frames in 5 s, want 6", len(frames))
		}
		for _, frame := range frames {
			if frame.Board.Worst("agent") != alerts.SeverityCritical {
				t.Errorf("95 %% of the memory is %v", frame.Board.Worst("agent"))
			}
		}
	})
}

// TestStagePanics: whichever part panics, all others end, and the error has the
// stack for whoever shows it.
func TestStagePanics(t *testing.T) {
	later := func(context.Context) {
		time.Sleep(1500 * time.Millisecond)
		sourceThatBreaks(nil)
	}
	nothing := func(ui.Frame) {}
	tests := []struct {
		name    string
		runner  func(context.Context)
		deliver func(ui.Frame)
	}{
		{"a runner", later, nothing},
		{"the one who takes the frames", func(ctx context.Context) { <-ctx.Done() }, func(ui.Frame) { sourceThatBreaks(nil) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := false
				other := func(ctx context.Context) {
					<-ctx.Done()
					ended = true
				}
				err := testStage(t, steadySource{100}, test.runner, other).run(t.Context(), test.deliver)
				if !errors.Is(err, errPanic) {
					t.Fatalf("error = %v, want a panic's", err)
				}
				for _, part := range []string{"assignment to entry in nil map", "sourceThatBreaks", "main_test.go"} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("the error lacks %q:\n%v", part, err)
					}
				}
				if !ended {
					t.Error("another runner still runs")
				}
			})
		})
	}
}

// TestMailbox: the latest frame wins, the others are counted, and putting never
// waits.
func TestMailbox(t *testing.T) {
	box := newMailbox()
	for n := range 10 {
		box.put(ui.Frame{Snapshot: collectors.Snapshot{MissedSlots: uint64(n)}})
	}
	if got := (<-box.frames).Snapshot.MissedSlots; got != 9 {
		t.Errorf("the box holds frame %d, want the latest, 9", got)
	}
	if got := box.overwritten.Load(); got != 9 {
		t.Errorf("%d frames counted as overwritten, want 9", got)
	}
	box.put(ui.Frame{})
	box.close()
	if _, open := <-box.frames; !open {
		t.Error("closing threw the last frame away")
	}
	if _, open := <-box.frames; open {
		t.Error("the box is still open")
	}
}

// TestMailboxBetweenGoroutines is for the race detector: no frame is seen twice
// or out of order, and each was either seen or counted.
func TestMailboxBetweenGoroutines(t *testing.T) {
	const frames = 10_000
	box := newMailbox()
	go func() {
		for n := range frames {
			box.put(ui.Frame{Snapshot: collectors.Snapshot{MissedSlots: uint64(n + 1)}})
		}
		box.close()
	}()
	var last, seen uint64
	for frame := range box.frames {
		if frame.Snapshot.MissedSlots <= last {
			t.Fatalf("frame %d came after %d", frame.Snapshot.MissedSlots, last)
		}
		last = frame.Snapshot.MissedSlots
		seen++
	}
	if last != frames {
		t.Errorf("the last frame seen is %d, want %d", last, frames)
	}
	if got := seen + box.overwritten.Load(); got != frames {
		t.Errorf("%d frames seen or counted, want %d", got, frames)
	}
}

// TestStoppedScreenStopsNobody: while nobody takes frames, sampling goes on.
func TestStoppedScreenStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		box := newMailbox()
		time.AfterFunc(time.Minute+time.Millisecond, cancel)
		if err := testStage(t, steadySource{100}).run(ctx, box.put); err != nil {
			t.Error(err)
		}
		newest := <-box.frames
		if got := box.overwritten.Load(); got != 60 {
			t.Errorf("%d frames overwritten in a minute, want 60", got)
		}
		if missed := newest.Snapshot.MissedSlots; missed != 0 {
			t.Errorf("%d slots missed", missed)
		}
		if age := time.Since(newest.Snapshot.At); age > time.Second {
			t.Errorf("the frame in the box is %v old", age)
		}
	})
}

// TestLookIsPatient: check waits for what is on its way, and no longer than it
// may for what never comes.
func TestLookIsPatient(t *testing.T) {
	slow := func(context.Context, time.Time) (collectors.Part, error) {
		return collectors.Part{}, errors.New("no answer yet")
	}
	tests := []struct {
		name string
		// answers says after how long the source tells of a container.
		answers time.Duration
		want    int
	}{
		{"at once", 0, 1},
		{"after three intervals", 3 * time.Second, 1},
		{"never", time.Hour, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				source := lateSource{steadySource{100}, slow, began.Add(test.answers)}
				frame, err := testStage(t, source).look(t.Context(), time.Second)
				if err != nil {
					t.Fatal(err)
				}
				if got := len(frame.Snapshot.Containers); got != test.want {
					t.Errorf("%d containers, want %d", got, test.want)
				}
				if took := time.Since(began); took > 3*time.Second+lookPatience {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			if _, err := testStage(t, steadySource{100}).look(ctx, time.Second); err == nil {
				t.Error("an interrupted check gives a verdict")
			}
		})
	})
}

// lateSource answers as another one, and from a moment on as its own.
type lateSource struct {
	steadySource
	before func(context.Context, time.Time) (collectors.Part, error)
	from   time.Time
}

func (s lateSource) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	if at.Before(s.from) {
		return s.before(ctx, at)
	}
	return s.steadySource.Collect(ctx, at)
}

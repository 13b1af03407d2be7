package main

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// spool is a tape in memory.
type spool struct {
	readings []collectors.Reading
	events   []collectors.Event
	fault    error
}

func (r spool) Readings(_ context.Context, from, to time.Time, _ ...string) iter.Seq2[collectors.Reading, error] {
	return func(yield func(collectors.Reading, error) bool) {
		for _, reading := range r.readings {
			if reading.At.Before(from) || reading.At.After(to) {
				continue
			}
			if !yield(reading, nil) {
				return
			}
		}
		if r.fault != nil {
			yield(collectors.Reading{}, r.fault)
		}
	}
}

func (r spool) Events(context.Context, time.Time, time.Time, ...string) ([]collectors.Event, error) {
	return r.events, nil
}

// midnight is where the tapes of the tests begin.
var midnight = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

// recordedAt is a reading of an agent of which some MiB cannot be freed.
func recordedAt(at time.Time, mib collectors.Bytes) collectors.Reading {
	memory := collectors.MemoryLevels{
		Current: collectors.Some(mib << 20), Limit: collectors.LimitOf(collectors.Bytes(1000 << 20)),
		Stat: collectors.MemoryStat{Anon: collectors.Some(mib << 20)},
	}
	return collectors.Reading{At: at, Containers: []collectors.ContainerCounters{{
		Identity:    collectors.Identity{Key: "agent", ID: "ab", State: collectors.StateRunning},
		Incarnation: 1, FreshAt: at, Memory: collectors.Some(memory),
		CPU: collectors.Some(collectors.CPUCounters{At: at, Usage: collectors.Some(at.Sub(midnight) / 2)}),
	}}}
}

// filled is a tape with a reading every step of each range.
func filled(step time.Duration, ranges ...[2]time.Duration) spool {
	var r spool
	for _, one := range ranges {
		for at := one[0]; at <= one[1]; at += step {
			r.readings = append(r.readings, recordedAt(midnight.Add(at), 100))
		}
	}
	return r
}

// played is the stretch that a player shows for a moment.
func played(t *testing.T, p *player, at time.Duration) (frames []ui.Frame, last ui.Page) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- p.show(t.Context(), midnight.Add(at)) }()
	for {
		select {
		case page := <-p.pages:
			if page.First != (len(frames) == 0) {
				t.Errorf("page with %d frames before it says First %v", len(frames), page.First)
			}
			frames, last = append(frames, page.Frames...), page
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return frames, last
		}
	}
}

func playerOf(r spool) *player {
	p := newPlayer(r, alerts.DefaultRules(), nil)
	p.from, p.to = r.readings[0].At, r.readings[len(r.readings)-1].At
	return p
}

// TestStretches asks for moments of tapes, and looks at what comes around them.
func TestStretches(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	holed := filled(s, [2]time.Duration{0, h}, [2]time.Duration{6 * h, 7 * h})
	for _, test := range []struct {
		name     string
		tape     spool
		shown    time.Duration
		at       time.Duration
		want     time.Duration // where it stands
		from, to time.Duration
		interval time.Duration
	}{
		{"the end", filled(s, [2]time.Duration{0, 3 * h}), 0, 3 * h, 3 * h, 2 * h, 3 * h, s},
		{"the middle", filled(s, [2]time.Duration{0, 3 * h}), 0, h, h, 10 * m, h + 10*m, s},
		{"the beginning", filled(s, [2]time.Duration{0, 3 * h}), 0, 0, 0, 0, 10 * m, s},
		{"a short tape", filled(s, [2]time.Duration{0, m}), 0, 30 * s, 30 * s, 0, m, s},
		{"one reading", filled(s, [2]time.Duration{0, 0}), 0, 0, 0, 0, 0, s},
		{"steps of ten seconds", filled(10*s, [2]time.Duration{0, 30 * h}), 0, 20 * h, 20 * h, 20*h - 8*h - 20*m, 20*h + 100*m, 10 * s},
		{"forward over a gap", holed, h, 2 * h, 6 * h, 6 * h, 6*h + 10*m, s},
		{"back over a gap", holed, 6 * h, 5 * h, h, 10 * m, h, s},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := playerOf(test.tape)
			p.shown = midnight.Add(test.shown)
			frames, last := played(t, p, test.at)
			if len(frames) == 0 || !last.Last {
				t.Fatalf("%d frames, last %v", len(frames), last.Last)
			}
			first, end := frames[0].Snapshot.At.Sub(midnight), frames[len(frames)-1].Snapshot.At.Sub(midnight)
			if got := last.At.Sub(midnight); got != test.want || first != test.from || end != test.to || last.Interval != test.interval {
				t.Errorf("stands at %v, frames from %v to %v in steps of %v, want %v, %v to %v in %v",
					got, first, end, last.Interval, test.want, test.from, test.to, test.interval)
			}
		})
	}
}

// TestProjector makes the frames that were seen: rates, alerts, and the story.
func TestProjector(t *testing.T) {
	tape := filled(time.Second, [2]time.Duration{0, 2 * time.Hour})
	for i := range tape.readings[:5400] {
		if i > 5000 {
			tape.readings[i] = recordedAt(tape.readings[i].At, 950)
		}
	}
	tape.events = []collectors.Event{
		{Seq: 7, At: midnight.Add(time.Hour), Container: "agent", Kind: collectors.EventStarted},
		{Seq: 7, At: midnight.Add(100 * time.Minute), Container: "agent", Kind: collectors.EventDied},
	}
	frames, _ := played(t, playerOf(tape), 90*time.Minute)
	shown := frames[len(frames)-601].Snapshot
	if got := shown.At.Sub(midnight); got != 90*time.Minute {
		t.Fatalf("ten minutes before the end of the stretch is %v", got)
	}
	if cores := shown.Containers[0].CPU.Cores; cores.Or(0) < 0.49 || cores.Or(0) > 0.51 {
		t.Errorf("half a core is %v", cores)
	}
	for _, test := range []struct {
		at   time.Duration
		want alerts.Severity
	}{{80 * time.Minute, alerts.SeverityNone}, {89 * time.Minute, alerts.SeverityCritical}, {95 * time.Minute, alerts.SeverityNone}} {
		for _, frame := range frames {
			if got := frame.Board.Worst("agent"); frame.Snapshot.At.Equal(midnight.Add(test.at)) && got != test.want {
				t.Errorf("the worst alert at %v is %v, want %v", test.at, got, test.want)
			}
		}
	}
	if story := shown.Story; len(story) != 2 || story[0].Seq != 1 || story[1].Seq != 2 {
		t.Errorf("the story is %v", story)
	}
}

// TestPlayerSeeks shows the newest wish, and says what cannot be read.
func TestPlayerSeeks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := playerOf(filled(time.Second, [2]time.Duration{0, 20 * time.Minute}))
		p.at = p.to
		ctx, cancel := context.WithCancel(t.Context())
		go p.run(ctx)
		lastOf(p)
		p.act(ui.Action{Kind: ui.ActSeek, At: midnight.Add(time.Minute)})
		synctest.Wait() // the first wish is under way
		for _, minute := range []int{2, 3} {
			p.act(ui.Action{Kind: ui.ActSeek, At: midnight.Add(time.Duration(minute) * time.Minute)})
		}
		p.act(ui.Action{Kind: ui.ActMute})
		for _, want := range []time.Duration{time.Minute, 3 * time.Minute} {
			if at := lastOf(p).At.Sub(midnight); at != want {
				t.Errorf("%v is shown, want %v", at, want)
			}
		}
		synctest.Wait()
		p.tape = spool{fault: errors.New("disk \x1b[2Jfull")}
		p.act(ui.Action{Kind: ui.ActSeek, At: midnight})
		if page := <-p.pages; page.Note != "a piece of the recording is damaged: disk ·[2Jfull" {
			t.Errorf("the fault is told as %q", page.Note)
		}
		cancel()
		synctest.Wait()
		if _, open := <-p.pages; open {
			t.Error("the pages go on after the end")
		}
	})
}

func lastOf(p *player) ui.Page {
	for page := range p.pages {
		if page.Last {
			return page
		}
	}
	return ui.Page{}
}

// TestCarriedLists gives a reading without a list of processes the one before, of the
// same life and not of long ago.
func TestCarriedLists(t *testing.T) {
	tape := filled(time.Second, [2]time.Duration{0, 40 * time.Second})
	list := collectors.Some([]collectors.Process{{PID: 7, Name: "node"}})
	tape.readings[0].Containers[0].Processes = list
	tape.readings[10].Containers[0].Processes = list
	tape.readings[5].Containers[0].Incarnation = 2
	frames, _ := played(t, playerOf(tape), 40*time.Second)
	for second, want := range map[int]int{0: 1, 4: 1, 5: 0, 6: 1, 10: 1, 35: 1, 36: 0} {
		if got := len(frames[second].Snapshot.Containers[0].Processes); got != want {
			t.Errorf("second %d has %d processes, want %d", second, got, want)
		}
	}
}

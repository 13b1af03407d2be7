package report

import (
	"testing"
	"time"

	"brink/collectors"
)

// sec is a moment of a test, in seconds after its beginning.
func sec(s float64) time.Time { return evening.Add(time.Duration(s * float64(time.Second))) }

// step is a snapshot at a moment, with a state and the events that came with it.
type step struct {
	at       float64
	state    collectors.State
	started  float64
	finished float64
	events   []collectors.Event
}

func event(seq uint64, kind collectors.EventKind, at float64) collectors.Event {
	return collectors.Event{Seq: seq, Kind: kind, At: sec(at), Container: "agent"}
}

// TestUptime: who tells of an end and of a start, and in which order, decides nothing
// about how long the container was down.
func TestUptime(t *testing.T) {
	const (
		running = collectors.StateRunning
		exited  = collectors.StateExited
		died    = collectors.EventDied
		again   = collectors.EventRestarted
	)
	for _, test := range []struct {
		name      string
		steps     []step
		down      time.Duration
		unknown   time.Duration
		downtimes int
		endedBy   collectors.EventKind
	}{
		{"a state that is not known is neither", []step{{at: 0, state: running}, {at: 10, state: collectors.StateUnknown}, {at: 20, state: running}}, 0, 10 * time.Second, 0, ""},
		{"a single state", []step{{at: 0, state: exited}}, 0, 0, 1, ""},
		{"between two readings", []step{{at: 0, state: running}, {at: 10, state: running, started: 4.5, events: []collectors.Event{event(1, died, 4), event(2, again, 4.5)}}}, 500 * time.Millisecond, 0, 1, again},
		{"the state alone, with its times", []step{{at: 0, state: running}, {at: 10, state: exited, finished: 9}, {at: 20, state: running, started: 12}}, 3 * time.Second, 0, 1, ""},
		{"the state alone, without times", []step{{at: 0, state: running}, {at: 10, state: exited}, {at: 20, state: running}}, 10 * time.Second, 0, 1, ""},
		{"the events come after the state", []step{{at: 0, state: running}, {at: 10, state: exited, finished: 9}, {at: 20, state: running, started: 12, events: []collectors.Event{event(1, died, 9)}}, {at: 30, state: running, started: 12, events: []collectors.Event{event(2, again, 12)}}}, 3 * time.Second, 0, 1, again},
		{"the state is older than the end", []step{{at: 0, state: running, started: -60}, {at: 10, state: running, started: -60, events: []collectors.Event{event(1, died, 9)}}, {at: 20, state: exited, finished: 9}}, 11 * time.Second, 0, 1, ""},
		{"the state is older than the start", []step{{at: 0, state: running}, {at: 10, state: exited, finished: 8, events: []collectors.Event{event(1, died, 8), event(2, again, 9)}}, {at: 20, state: running, started: 9}}, time.Second, 0, 1, again},
		{"an amended end is no second one", []step{{at: 0, state: running}, {at: 10, state: exited, events: []collectors.Event{event(1, died, 9)}}, {at: 20, state: exited, events: []collectors.Event{event(1, died, 9)}}}, 11 * time.Second, 0, 1, ""},
		{"the same number in another ledger is another event", []step{{at: 0, state: running}, {at: 10, state: running, started: 9.5, events: []collectors.Event{event(1, died, 9), event(2, again, 9.5)}}, {at: 110, state: running}, {at: 120, state: running, started: 119, events: []collectors.Event{event(1, died, 118), event(2, again, 119)}}}, 1500 * time.Millisecond, 0, 2, again},
		{"a removal after the end", []step{{at: 0, state: running}, {at: 10, state: exited, events: []collectors.Event{event(1, died, 8), event(2, collectors.EventRemoved, 9)}}}, 2 * time.Second, 0, 1, ""},
		{"a first start ends nothing", []step{{at: 0, state: running}, {at: 10, state: running, events: []collectors.Event{event(1, collectors.EventStarted, 5)}}}, 0, 0, 0, ""},
		{"down over a gap", []step{{at: 0, state: running}, {at: 10, state: exited, finished: 10}, {at: 1000, state: running, started: 500}}, 0, 0, 1, ""},
		{"a clock that was set back", []step{{at: 100, state: running}, {at: 110, state: exited}, {at: 10, state: exited}, {at: 20, state: running}}, 10 * time.Second, 0, 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := reportOf(test.steps)
			a := r.Containers[0].Availability
			if a.Down.Duration() != test.down || a.Unknown.Duration() != test.unknown || len(a.Downtimes) != test.downtimes {
				t.Errorf("down %v, unknown %v, %d downtimes; want %v, %v, %d: %+v",
					a.Down.Duration(), a.Unknown.Duration(), len(a.Downtimes), test.down, test.unknown, test.downtimes, a.Downtimes)
			}
			if n := len(a.Downtimes); n > 0 && a.Downtimes[n-1].EndedBy != test.endedBy {
				t.Errorf("the last ended by %q, want %q", a.Downtimes[n-1].EndedBy, test.endedBy)
			}
			if sum := a.Known + a.Unknown; sum != r.Coverage.Recorded {
				t.Errorf("known and unknown time are %v, recorded were %v", sum.Duration(), r.Coverage.Recorded.Duration())
			}
		})
	}
}

func reportOf(steps []step) Report {
	c := New(Options{Gap: 2 * time.Minute})
	for _, s := range steps {
		sample := collectors.ContainerSample{Name: "agent", State: s.state}
		if s.started != 0 {
			sample.StartedAt = collectors.Some(sec(s.started))
		}
		if s.finished != 0 {
			sample.FinishedAt = collectors.Some(sec(s.finished))
		}
		c.Add(collectors.Snapshot{At: sec(s.at), Containers: []collectors.ContainerSample{sample}, News: s.events})
	}
	return c.Report()
}

// TestAmendedCauses: a restart is counted once, under the cause that was found last.
func TestAmendedCauses(t *testing.T) {
	first, then := event(2, collectors.EventRestarted, 9), event(2, collectors.EventRestarted, 9)
	then.Cause = collectors.CauseOOMKill
	r := reportOf([]step{
		{at: 0, state: collectors.StateRunning},
		{at: 10, state: collectors.StateRunning, events: []collectors.Event{event(1, collectors.EventDied, 8), first}},
		{at: 20, state: collectors.StateRunning, events: []collectors.Event{then}},
	})
	a := r.Containers[0].Availability
	if a.Restarts != 1 || len(a.Causes) != 1 || a.Causes[collectors.CauseOOMKill] != 1 {
		t.Errorf("%d restarts by %v, want one by an OOM kill", a.Restarts, a.Causes)
	}
}

// TestLoose: what lies between two readings, and no event and no state tells, is told
// with how far off it may be.
func TestLoose(t *testing.T) {
	for _, test := range []struct {
		name   string
		steps  []step
		length collectors.Opt[collectors.Seconds]
		loose  time.Duration
	}{
		{"down when it was first seen", []step{{at: 0, state: collectors.StateExited}, {at: 10, state: collectors.StateRunning}}, collectors.Opt[collectors.Seconds]{}, 0},
		{"since before it was first seen", []step{{at: 0, state: collectors.StateExited, finished: -50}, {at: 10, state: collectors.StateRunning, started: 6}}, length(56), 0},
		{"neither end is known", []step{{at: 0, state: collectors.StateRunning}, {at: 10, state: collectors.StateExited}, {at: 30, state: collectors.StateRunning}}, length(20), 30 * time.Second},
		{"the start lies in a gap", []step{{at: 0, state: collectors.StateRunning}, {at: 10, state: collectors.StateExited, finished: 8}, {at: 1010, state: collectors.StateRunning}}, length(1002), 1000 * time.Second},
		{"the event comes later", []step{{at: 0, state: collectors.StateRunning}, {at: 10, state: collectors.StateExited}, {at: 20, state: collectors.StateRunning, started: 15, events: []collectors.Event{event(1, collectors.EventDied, 9)}}}, length(6), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			downtimes := reportOf(test.steps).Containers[0].Availability.Downtimes
			if len(downtimes) != 1 || downtimes[0].Length != test.length || downtimes[0].Loose.Duration() != test.loose {
				t.Errorf("downtimes = %+v, want one of %v, off by %v at most", downtimes, test.length, test.loose)
			}
		})
	}
}

func length(seconds int) collectors.Opt[collectors.Seconds] {
	return collectors.Some(collectors.Seconds(time.Duration(seconds) * time.Second))
}

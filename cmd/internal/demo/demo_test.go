package demo

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
)

// TestRecording has in it what the help of brink demo promises, and is small.
func TestRecording(t *testing.T) {
	const largest = 300 << 10
	if len(recording) > largest {
		t.Errorf("the recording takes %d bytes of every brink, at most %d", len(recording), largest)
	}
	tape, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	first, last := tape.Span()
	if length := last.Sub(first); length < 5*time.Minute || length > 20*time.Minute {
		t.Errorf("it lasts %v", length)
	}
	events, err := tape.Events(t.Context(), first, last)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[collectors.EventKind]bool{}
	for _, event := range events {
		kinds[event.Kind] = true
	}
	for _, kind := range []collectors.EventKind{collectors.EventForkRefused, collectors.EventOOMKill, collectors.EventDied, collectors.EventRestarted} {
		if !kinds[kind] {
			t.Errorf("it has no %s", kind)
		}
	}
	throttled := false
	for reading, err := range tape.Readings(t.Context(), first, last) {
		if err != nil || len(reading.Containers) != 1 || reading.Host.Name == "" || len(reading.Sources) == 0 {
			t.Fatalf("the reading of %v is %+v, %v", reading.At, reading, err)
		}
		throttled = throttled || reading.Containers[0].CPU.Or(collectors.CPUCounters{}).ThrottledPeriods.Or(0) > 0
	}
	if !throttled {
		t.Error("it is never throttled")
	}
}

// TestBadRecordings are refused, and say which part is bad.
func TestBadRecordings(t *testing.T) {
	whole := written(t)
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"empty":    {nil, "zip"},
		"no zip":   {[]byte("garbage"), "zip"},
		"cut":      {whole[:len(whole)/2], "zip"},
		"no part":  {emptyZip(), "no reading"},
		"spoilt":   {bytes.Replace(whole, []byte(`block-001`), []byte(`bl0ck-001`), 2), "unknown part"},
		"bad json": {bytes.Replace(whole, []byte(`block-001`), []byte(`about.jsn`), 2), "unknown part"},
	} {
		if tape, err := parse(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v, want %q", name, tape, err, test.want)
		}
	}
}

func emptyZip() []byte { return append([]byte("PK\x05\x06"), make([]byte, 18)...) }

// film is a record in memory.
type film struct {
	count int
	fault error
}

var dawn = time.Date(2026, 11, 26, 3, 0, 58, 0, time.UTC)

func (f film) Readings(_ context.Context, from, to time.Time, names ...string) iter.Seq2[collectors.Reading, error] {
	return func(yield func(collectors.Reading, error) bool) {
		for i := range f.count {
			at := dawn.Add(time.Duration(i) * time.Second)
			reading := collectors.Reading{At: at, Host: collectors.HostCounters{Name: "vps-1"}, Containers: []collectors.ContainerCounters{{
				Identity:  collectors.Identity{Key: names[0], State: collectors.StateRunning},
				Pids:      collectors.Some(collectors.PidsLevels{Current: collectors.Some(uint64(i))}),
				Processes: collectors.Some([]collectors.Process{{PID: 100 + i, Name: "node"}}),
			}}}
			if at.Before(from) || at.After(to) {
				continue
			}
			if !yield(reading, f.fault) {
				return
			}
		}
	}
}

func (f film) Events(context.Context, time.Time, time.Time, ...string) ([]collectors.Event, error) {
	return []collectors.Event{{Seq: 1, At: dawn, Container: "agent", Kind: collectors.EventStarted}}, nil
}

func written(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(t.Context(), &out, film{count: 130}, dawn, dawn.Add(2*time.Minute), "agent"); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWrite makes a recording that reads as what it was made of, but for the lists of
// processes, of which there is one in five seconds.
func TestWrite(t *testing.T) {
	tape, err := parse(written(t))
	if err != nil {
		t.Fatal(err)
	}
	first, last := tape.Span()
	if !first.Equal(dawn) || !last.Equal(dawn.Add(2*time.Minute)) {
		t.Errorf("it reaches from %v to %v", first, last)
	}
	var tasks []uint64
	lists := map[int]int{}
	for reading, err := range tape.Readings(t.Context(), first, last) {
		if err != nil {
			t.Fatal(err)
		}
		container := reading.Containers[0]
		tasks = append(tasks, container.Pids.Or(collectors.PidsLevels{}).Current.Or(0))
		lists[container.Processes.Or(nil)[0].PID]++
	}
	if len(tasks) != 121 || tasks[0] != 0 || tasks[120] != 120 {
		t.Errorf("the readings are %v", tasks)
	}
	if len(lists) < 24 || len(lists) > 27 {
		t.Errorf("%d lists of processes in two minutes", len(lists))
	}
	events, _ := tape.Events(t.Context(), first, last)
	if diff := cmp.Diff(collectors.EventStarted, events[0].Kind); diff != "" || len(events) != 1 {
		t.Errorf("the events are %v", events)
	}
}

// TestWriteFails where there is nothing, and at damage.
func TestWriteFails(t *testing.T) {
	damage := errors.New("damaged")
	for name, source := range map[string]film{"nothing": {}, "damaged": {count: 3, fault: damage}} {
		if err := Write(t.Context(), &bytes.Buffer{}, source, dawn, dawn.Add(time.Minute), "agent"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

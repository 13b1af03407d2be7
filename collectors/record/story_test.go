package record

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
)

// events are those of a record, a line each.
func events(t *testing.T, reader *Reader, names ...string) string {
	t.Helper()
	list, err := reader.Events(t.Context(), at(-1e6), at(1e6), names...)
	must(t, err)
	var text strings.Builder
	for _, event := range list {
		fmt.Fprintf(&text, "%.1f %s %s\n", event.At.Sub(epoch).Seconds(), orElse(event.Container, event.Source), event.Summary())
	}
	return text.String()
}

// TestEvents records events that are amended, and those of several brinks.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	kill := collectors.Event{Seq: 2, At: at(10.5), Container: "openclaw-agent", ID: "abc", Kind: collectors.EventOOMKill, Count: 1}
	named := kill
	named.Count, named.Until = 3, at(11.5)
	named.Victims = []collectors.Victim{{PID: 4121, Name: "node", RSS: collectors.Some[collectors.Bytes](2 << 30), Scope: collectors.OOMOwn}}
	lost := collectors.Event{Seq: 3, At: at(12), Kind: collectors.EventSourceLost, Source: "docker", Detail: "connection refused"}
	drift := func(seq uint64, check string) collectors.Event {
		return collectors.Event{Seq: seq, At: at(50), Container: "db", Kind: collectors.EventHardeningLost, Drift: collectors.Some(collectors.Drift{Check: check, Was: "good", Is: "bad", Since: at(50)})}
	}
	hit := collectors.Event{Seq: 1, At: at(9), Container: "db", Kind: collectors.EventLimitHit, Count: 21}

	first := newBench(t, dir, Retention{})
	first.take(round(at(9)), hit)
	first.take(round(at(11)), kill)
	first.take(round(at(12)), lost, named)
	first.close()
	// The next brink saw the end of it too, and knows less; what comes long after, and
	// what happened to another one, is news.
	second := newBench(t, dir, Retention{})
	blind, again, other := kill, kill, kill
	blind.Seq, blind.At = 1, at(12)
	again.Seq, again.At = 2, at(40)
	other.Seq, other.Container = 3, "db"
	second.take(round(at(13)), blind)
	second.take(round(at(41)), again, other)
	second.take(round(at(51)), drift(4, "user"), drift(5, "seccomp"))
	second.close()
	third := newBench(t, dir, Retention{})
	third.take(round(at(52)), drift(1, "seccomp"))

	want := `9.0 db memory limit hit 21 times
10.5 openclaw-agent OOM: node (pid 4121, 2.00 GiB) killed, 3 in all
10.5 db OOM: 1 process killed
12.0 docker docker cannot be read, connection refused
40.0 openclaw-agent OOM: 1 process killed
50.0 db hardening lost, user: good -> bad
50.0 db hardening lost, seccomp: good -> bad
`
	reader := second.reader()
	if diff := cmp.Diff(want, events(t, reader)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = `9.0 db memory limit hit 21 times
10.5 db OOM: 1 process killed
12.0 docker docker cannot be read, connection refused
50.0 db hardening lost, user: good -> bad
50.0 db hardening lost, seccomp: good -> bad
`
	if diff := cmp.Diff(want, events(t, reader, "db")); diff != "" {
		t.Errorf("of one name: -want +got:\n%s", diff)
	}
	list, err := reader.Events(t.Context(), at(10.5), at(12))
	if err != nil || len(list) != 2 || !cmp.Equal(list[0].Victims, named.Victims, same()) || !list[0].Until.Equal(at(11.5)) {
		t.Errorf("from the kill on: %+v, %v", list, err)
	}
}

// TestTakenOverByOneWhoKnowsMore has the second brink know the victim: its account is
// the one that is told.
func TestTakenOverByOneWhoKnowsMore(t *testing.T) {
	dir := t.TempDir()
	kill := collectors.Event{Seq: 1, At: at(10), Container: "db", Kind: collectors.EventOOMKill, Count: 1}
	first := newBench(t, dir, Retention{})
	first.take(round(at(11)), kill)
	first.close()
	kill.Victims = []collectors.Victim{{PID: 1, Name: "postgres"}}
	second := newBench(t, dir, Retention{})
	second.take(round(at(12)), kill)
	if got := events(t, second.reader()); strings.Count(got, "\n") != 1 || !strings.Contains(got, "postgres") {
		t.Errorf("told:\n%s", got)
	}
}

// TestLives follows a container through a changed limit, a death, a restart, another
// brink, and a re-creation.
func TestLives(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir, Retention{})
	container := func(second int, change func(*collectors.ContainerCounters)) collectors.Reading {
		reading := round(at(float64(second)), "openclaw-agent")
		change(&reading.Containers[0])
		return reading
	}
	limited := func(c *collectors.ContainerCounters) {
		pids, _ := c.Pids.Get()
		pids.Limit = collectors.LimitOf[uint64](512)
		c.Pids = collectors.Some(pids)
	}
	dead := func(c *collectors.ContainerCounters) {
		limited(c)
		c.State, c.FinishedAt, c.ExitCode, c.OOMKilled = collectors.StateExited, collectors.Some(at(20.5)), collectors.Some(137), true
		c.Memory, c.CPU, c.Pids = collectors.Opt[collectors.MemoryLevels]{}, collectors.Opt[collectors.CPUCounters]{}, collectors.Opt[collectors.PidsLevels]{}
	}
	restarted := func(c *collectors.ContainerCounters) {
		limited(c)
		c.Incarnation, c.StartedAt, c.RestartCount = 78, collectors.Some(at(25)), collectors.Some(1)
	}
	recreated := func(c *collectors.ContainerCounters) {
		c.ID, c.Incarnation, c.StartedAt = strings.Repeat("f", 64), 90, collectors.Some(at(55))
	}
	for second := range 70 {
		change := recreated
		switch {
		case second < 10:
			change = func(*collectors.ContainerCounters) {}
		case second < 20:
			change = limited
		case second < 26:
			change = dead
		case second < 55:
			change = restarted
		}
		if second == 40 {
			b.close()
			b = newBench(t, dir, Retention{})
		}
		b.take(container(second, change))
	}
	b.close()
	lives, err := openReader(t, dir).Lives(t.Context(), at(0), at(100))
	must(t, err)
	if diff := cmp.Diff(`0..25 ended 20.5 exit 137 oom true restarts 0
  0: pids 256 cpu 1.5
  10: pids 512 cpu 1.5
26..54 ended no restarts 1
  26: pids 512 cpu 1.5
55..69 ended no restarts 0
  55: pids 256 cpu 1.5
`, describe(lives)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if later, err := openReader(t, dir).Lives(t.Context(), at(30), at(50), "openclaw-agent"); err != nil || len(later) != 1 {
		t.Errorf("from 30 to 50: %v, %v", describe(later), err)
	}
	if others, err := openReader(t, dir).Lives(t.Context(), at(0), at(50), "db"); err != nil || len(others) != 0 {
		t.Errorf("of another: %v, %v", describe(others), err)
	}
	containers, err := openReader(t, dir).Containers(t.Context())
	if err != nil || len(containers) != 1 || len(containers[0].IDs) != 2 || !containers[0].Last.Equal(at(69)) || !containers[0].First.Equal(at(0)) {
		t.Errorf("containers: %+v, %v", containers, err)
	}
}

func describe(lives []Life) string {
	var text strings.Builder
	seconds := func(at time.Time) float64 { return at.Sub(epoch).Seconds() }
	for _, life := range lives {
		fmt.Fprintf(&text, "%g..%g ended ", seconds(life.First), seconds(life.Last))
		if ended, ok := life.Ended.Get(); ok {
			fmt.Fprintf(&text, "%g exit %d oom %v", seconds(ended), life.ExitCode.Or(-1), life.OOMKilled)
		} else {
			text.WriteString("no")
		}
		fmt.Fprintf(&text, " restarts %d\n", life.RestartCount.Or(-1))
		for _, limits := range life.Limits {
			fmt.Fprintf(&text, "  %g: pids %d cpu %g\n", seconds(limits.At), limits.Pids.Value().Or(0), float64(limits.CPU.Value().Or(0)))
		}
	}
	return text.String()
}

// TestSpanOfNothing tells that nothing is recorded, in a record that was begun.
func TestSpanOfNothing(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	if !b.desk.ready(t.Context(), at(0)) {
		t.Fatal(b.desk.health.Why)
	}
	if _, _, err := b.reader().Span(t.Context()); !errors.Is(err, ErrNoRecording) {
		t.Error(err)
	}
}

// TestWaiting records that nothing is there, and since when.
func TestWaiting(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	reading := round(at(0))
	reading.Waiting = []collectors.Waiting{{Target: "openclaw-agent", Since: at(-3), Why: "no such container", Choices: []string{"db"}}}
	b.take(reading)
	b.run(1, 2, "openclaw-agent")
	got := readings(t, b.reader(), 0, 2, "openclaw-agent")
	if len(got) != 2 || len(got[0].Waiting) != 1 || !got[0].Waiting[0].Since.Equal(at(-3)) || got[0].Waiting[0].Choices[0] != "db" || len(got[1].Waiting) != 0 || len(got[1].Containers) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestEndOfALifeThatNobodySaw: the engine tells of the last end, which after hours may be
// that of a life in between.
func TestEndOfALifeThatNobodySaw(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 20, "openclaw-agent")
	reading := round(at(8000), "openclaw-agent")
	c := &reading.Containers[0]
	c.Incarnation, c.StartedAt, c.FinishedAt = 78, collectors.Some(at(7000)), collectors.Some(at(6999))
	b.take(reading)
	lives, err := b.reader().Lives(t.Context(), at(0), at(9000))
	must(t, err)
	if len(lives) != 2 || lives[0].Ended.Present() {
		t.Errorf("%d lives:\n%s", len(lives), describe(lives))
	}
}

// TestLivesToldInTurn has a restart of which the kernel's files and the engine tell one
// after the other, whoever is first: that is one new life, with its own start.
func TestLivesToldInTurn(t *testing.T) {
	for _, test := range []struct {
		name                  string
		incarnation, started  int
		restarted, reappeared float64
	}{
		{"the kernel first", 20, 22, 20.5, 20},
		{"the engine first", 22, 20, 19.5, 20},
		{"at once", 20, 20, 19.5, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, t.TempDir(), Retention{})
			for second := range 40 {
				reading := round(at(float64(second)), "openclaw-agent")
				c := &reading.Containers[0]
				if second >= test.incarnation {
					c.Incarnation = 78
				}
				if second >= test.started {
					c.StartedAt, c.FinishedAt = collectors.Some(at(test.restarted)), collectors.Some(at(test.restarted-0.1))
				}
				b.take(reading)
			}
			lives, err := b.reader().Lives(t.Context(), at(0), at(100))
			must(t, err)
			if len(lives) != 2 || !lives[1].First.Equal(at(test.reappeared)) {
				t.Fatalf("%d lives:\n%s", len(lives), describe(lives))
			}
			first, second := lives[0], lives[1]
			if first.Incarnation != 77 || !first.Started.Or(epoch).Equal(epoch.Add(-time.Hour)) || !first.Ended.Or(epoch).Equal(at(test.restarted-0.1)) {
				t.Errorf("the first: %+v", first)
			}
			if second.Incarnation != 78 || !second.Started.Or(epoch).Equal(at(test.restarted)) || second.Ended.Present() {
				t.Errorf("the second: %+v", second)
			}
		})
	}
}

package ui

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"brink/alerts"
	"brink/collectors"
)

// fleetFrame is a frame of many containers under load that differs a little, each
// with processes, whose list changes as often as it is read.
func fleetFrame(at time.Time, containers, processes int) Frame {
	list := make([]collectors.ContainerSample, containers)
	for i := range list {
		list[i] = agentWith(at, loadAt(at.Add(time.Duration(i)*time.Second)))
		list[i].Name = fmt.Sprintf("agent-%03d", i)
		list[i].Processes = nil
		for pid := range processes {
			list[i].Processes = append(list[i].Processes, collectors.Process{
				PID: 4000 + pid, PPID: 1, Name: "node", State: "S", Threads: some(11),
				RSS: some(collectors.Bytes(pid) * mib), CPU: some(seconds(time.Duration(at.Unix()/2%977) * time.Duration(pid))),
				Cores: some(collectors.Cores(at.Unix()/2*int64(pid)%7) / 200), Swap: some(collectors.Bytes(0)), PageTables: some(mib),
			})
		}
	}
	return frameOf(at, list...)
}

// heapAfter returns what the frames of a time of many containers leave in memory.
func heapAfter(t *testing.T, span time.Duration, containers, processes int) (Model, uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := newModel(120, 40)
	for back := span; back >= 0; back -= time.Second {
		m = send(m, FrameMsg(fleetFrame(noon.Add(-back), containers, processes)))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	return m, after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
}

// TestPastIsSmall is a part of the design's number for memory: what an hour of one
// container, and some minutes of two hundred, take.
func TestPastIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays an hour")
	}
	for _, test := range []struct {
		containers, processes int
		span                  time.Duration
		most                  uint64
		// oldest is how far back the first container can be seen at least.
		oldest time.Duration
	}{
		{1, 30, 65 * time.Minute, 4 << 20, time.Hour},
		{200, 2, 6 * time.Minute, 24 << 20, 6 * time.Minute},
	} {
		m, held := heapAfter(t, test.span, test.containers, test.processes)
		t.Logf("%d containers: %d KiB after %v; archives: %d KiB of the first, %d KiB of the last", test.containers, held>>10, test.span,
			m.tracks["agent-000"].archive.held>>10, m.tracks[fmt.Sprintf("agent-%03d", test.containers-1)].archive.held>>10)
		if held > test.most {
			t.Errorf("%d containers leave %d bytes, want at most %d", test.containers, held, test.most)
		}
		if _, ok := m.sampleAt("agent-000", noon.Add(-test.oldest)); !ok {
			t.Errorf("%d containers: nothing is kept of %v ago", test.containers, test.oldest)
		}
	}
}

// TestFrameOfThePast: each frame comes back as it was, whatever came after it.
func TestFrameOfThePast(t *testing.T) {
	frames := map[string]Frame{
		"alarmed": alarmFrame(noon), "waiting": waitingFor(agentName)(newModel(80, 24)).newest, "stale": stale(newModel(80, 24)).newest,
		"hostile": hostile(newModel(80, 24)).newest, "several": several(newModel(80, 24)).newest, "empty": {Snapshot: collectors.Snapshot{At: noon}},
	}
	for name, want := range frames {
		t.Run(name, func(t *testing.T) {
			m := send(newModel(80, 24), FrameMsg(want))
			for i := range 200 {
				later := want
				later.Snapshot.At, later.Board = noon.Add(time.Duration(i+1)*time.Second), alerts.Board{}
				m = send(m, FrameMsg(later))
			}
			got := m.frameAt(noon)
			want.Transitions = nil
			if diff := cmp.Diff(want, got, unexported(), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Frame{}, "Rules", "Transitions"), cmpopts.IgnoreFields(collectors.Snapshot{}, "News")); diff != "" {
				t.Errorf("the frame has changed (-want +got):\n%s", diff)
			}
		})
	}
}

// TestChangesOfThePast: what became of alerts later is not told yet.
func TestChangesOfThePast(t *testing.T) {
	m := send(newModel(80, 24), FrameMsg(alarmFrame(noon)))
	for _, back := range []time.Duration{0, 30 * time.Second, 10 * time.Minute, 24 * time.Hour} {
		at, want := noon.Add(-back), 0
		for _, change := range m.newest.Transitions {
			if !change.At.After(at) {
				want++
			}
		}
		if got := len(m.frameAt(at).Transitions); got != want {
			t.Errorf("%v ago %d changes had happened, want %d", back, got, want)
		}
	}
}

// TestAttention keeps the past of those that are looked at in full.
func TestAttention(t *testing.T) {
	const containers = 2 * fullTracks
	m := newModel(120, 40)
	second := 0
	next := func() {
		second++
		m = send(m, FrameMsg(fleetFrame(noon.Add(time.Duration(second)*time.Second), containers, 0)))
	}
	full := func() (names []string) {
		for i := range containers {
			if name := fmt.Sprintf("agent-%03d", i); m.tracks[name].full {
				names = append(names, name[len("agent-"):])
			}
		}
		return names
	}
	next()
	if diff := cmp.Diff([]string{"000", "001", "002", "003", "004", "005", "006", "007"}, full()); diff != "" {
		t.Errorf("before any was chosen (-want +got):\n%s", diff)
	}
	for _, at := range []int{11, 12, 0, 13} {
		m = m.selectNumber(at)
		next()
	}
	names := full()
	if len(names) != fullTracks {
		t.Errorf("%d are kept in full: %v", len(names), names)
	}
	for _, want := range []string{"000", "011", "012", "013"} {
		if !m.tracks["agent-"+want].full {
			t.Errorf("%s was looked at and is not kept in full: %v", want, names)
		}
	}
	for name, track := range m.tracks {
		if points := len(track.history.points); (points == historyPoints) != track.full {
			t.Errorf("%s has %d points, in full: %v", name, points, track.full)
		}
	}
}

// TestResize keeps the newest points, and makes gaps of what was never there.
func TestResize(t *testing.T) {
	h := newHistory(time.Second, 4)
	for i := range 7 {
		h.record(noon.Add(time.Duration(i)*time.Second), withPids(uint64(i)))
	}
	end := noon.Add(6 * time.Second)
	for _, test := range []struct {
		points int
		want   string
	}{
		{4, ". . 3 4 5 6"}, {6, ". . 3 4 5 6"}, {2, ". . . . 5 6"}, {1, ". . . . . 6"}, {9, ". . . . . 6"},
	} {
		h.resize(test.points)
		if got := pidsText(h, oneSlot(h, end, 6)); got != test.want {
			t.Errorf("%d points are %q, want %q", test.points, got, test.want)
		}
	}
}

// BenchmarkStep is a step back in time, with two hundred containers to look up.
func BenchmarkStep(b *testing.B) {
	m := newModel(120, 40)
	for back := 4 * time.Minute; back >= 0; back -= time.Second {
		m = send(m, FrameMsg(fleetFrame(noon.Add(-back), 200, 2)))
	}
	b.ReportAllocs()
	for b.Loop() {
		m = m.walkBack()
		if m.walk.behind > 3*time.Minute {
			m = m.goLive()
		}
	}
}

package hostfs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unsafe"
)

func TestProcesses(t *testing.T) {
	host := tree(t, "hardened")
	// 0 is a process that is not visible here, 5000 has gone, 4170 is a zombie and 4172 lost its files while it was read.
	got, err := host.Processes([]int{4160, 0, 5000, 4121, 4150, 4172}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Process{
		{
			PIDStat:   PIDStat{PID: 4160, Comm: "a) Z 1 (\n\\", State: 'R', ParentPID: 4150, Threads: 2, System: 10 * time.Millisecond, Started: 85000 * time.Second},
			PIDStatus: PIDStatus{NamespacePID: 33, UID: 101000, RSSBytes: 3600 << 10, PageTableBytes: 60 << 10}, OOMScoreAdj: 300,
		},
		{
			PIDStat:   PIDStat{PID: 4121, Comm: "tini", State: 'S', ParentPID: 4100, Threads: 1, User: 30 * time.Millisecond, System: 50 * time.Millisecond, Started: 84123450 * time.Millisecond},
			PIDStatus: PIDStatus{NamespacePID: 1, UID: 101000, RSSBytes: 1 << 20, PageTableBytes: 44 << 10},
		},
		{
			PIDStat:   PIDStat{PID: 4150, Comm: "openclaw-gatewa", State: 'S', ParentPID: 4121, Threads: 12, User: 1234560 * time.Millisecond, System: 78900 * time.Millisecond, Started: 84123500 * time.Millisecond},
			PIDStatus: PIDStatus{NamespacePID: 7, UID: 101000, RSSBytes: 2012084 << 10, SwapBytes: 16 << 10, PageTableBytes: 6596 << 10},
		},
	}
	if d := diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestProcessesReused: a list from the last time is filled anew, with no trace of what it held, but with its strings.
func TestProcessesReused(t *testing.T) {
	host := tree(t, "hardened")
	first, err := host.Processes([]int{4121, 4150, 4160}, nil)
	if err != nil {
		t.Fatal(err)
	}
	comm := unsafe.StringData(first[1].Comm)
	again, err := host.Processes([]int{4121, 4150}, first)
	if err != nil || len(again) != 2 || unsafe.StringData(again[1].Comm) != comm {
		t.Errorf("the name was copied: %v", err)
	}
	fresh, err := host.Processes([]int{4160, 4121, 4150}, nil)
	if err != nil {
		t.Fatal(err)
	}
	reused, err := host.Processes([]int{4160, 4121, 4150}, again)
	if d := diff(fresh, reused); d != "" || err != nil {
		t.Errorf("%v -want +got\n%s", err, d)
	}
}

// TestProcessesWithAFault: one process that cannot be understood does not hide the others, and is named.
func TestProcessesWithAFault(t *testing.T) {
	host := tree(t, "hardened")
	for file, text := range map[string]string{
		"stat": "4150 (x\x1b[2J", "status": "Name:\tx\n", "oom_score_adj": "-1001",
	} {
		path := filepath.Join(host.Root(), "4150", file)
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte(text))
		got, err := host.Processes([]int{4150, 4121}, nil)
		pe, ok := errors.AsType[*ParseError](err)
		if !ok || pe.Path != path || containsControl(err.Error()) {
			t.Errorf("%s: %v", file, err)
		}
		if len(got) != 1 || got[0].PID != 4121 {
			t.Errorf("%s: %+v", file, got)
		}
		write(t, path, old)
	}
}

// TestProcessesOfThisMachine reads real files: ours, and those of a child with a known parent.
func TestProcessesOfThisMachine(t *testing.T) {
	child := waiting(t)
	got, err := New("/proc").Processes([]int{child, os.Getpid()}, nil)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if p := got[0]; p.PID != child || p.ParentPID != os.Getpid() || p.NamespacePID <= 0 || p.RSSBytes == 0 || p.Threads < 1 {
		t.Errorf("child: %+v", p)
	}
	if p := got[1]; p.UID != uint32(os.Getuid()) || p.Started <= 0 || p.Started > got[0].Started {
		t.Errorf("own: %+v", p)
	}
}

func TestParseOOMScoreAdj(t *testing.T) {
	for text, want := range map[string]Opt[int]{
		"": {}, "x": {}, "-": {}, "--1": {}, "1.5": {}, "1001": {}, "-1001": {}, "-18446744073709551616": {}, "1 2": {},
		"0\n": Some(0), "1000\n": Some(1000), "-1000": Some(-1000),
	} {
		got, err := ParseOOMScoreAdj([]byte(text))
		checkParseError(t, err)
		n, ok := want.Get()
		if got != n || (err == nil) != ok {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

func FuzzOOMScoreAdj(f *testing.F) {
	f.Add([]byte("-1000\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ParseOOMScoreAdj(data)
		checkParseError(t, err)
		if n < -1000 || n > 1000 {
			t.Errorf("%q: %d", data, n)
		}
	})
}

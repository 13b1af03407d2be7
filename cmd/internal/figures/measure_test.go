package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var errStop = errors.New("stop here")

// TestMeasureScreen measures a program that draws a frame, then numbers, then a
// second line ten times a second.
func TestMeasureScreen(t *testing.T) {
	const program = `printf 'a frame'; sleep 0.2; printf ' and 42 numbers'; while sleep 0.1; do printf 'ten bytes\n'; done`
	o := screenOptions{
		Argv: []string{"sh", "-c", program}, Frame: []string{"frame"}, Numbers: []string{"frame", "42"},
		Patience: 20 * time.Second, Window: time.Second,
	}
	cost, err := measureScreen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if cost.FirstFrame <= 0 || cost.FirstNumbers < cost.FirstFrame+150*time.Millisecond {
		t.Errorf("first frame after %v, numbers after %v", cost.FirstFrame, cost.FirstNumbers)
	}
	if per := cost.bytesPerSecond(); per < 20 || per > 150 {
		t.Errorf("%d bytes a second, want about 100", per)
	}
	if cost.Window < time.Second || cost.ResidentBefore < 1<<18 || cost.ResidentHighest < cost.ResidentAfter {
		t.Errorf("%+v", cost)
	}
}

// TestMeasureScreenFails: a program that never shows what is waited for is told
// with its last words.
func TestMeasureScreenFails(t *testing.T) {
	o := screenOptions{Argv: []string{"sh", "-c", "echo no such container; sleep 60"}, Numbers: []string{"42"}, Patience: 300 * time.Millisecond}
	if _, err := measureScreen(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no such container") {
		t.Errorf("error = %v", err)
	}
	if _, err := measureScreen(t.Context(), screenOptions{Argv: []string{"/nowhere"}}); err == nil {
		t.Error("a program that is not there can be measured")
	}
}

func stat(name, user, system string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("7 (" + name + ") S 1 7 7 0 -1 4194560 100 0 0 0 " + user + " " + system + " 0 0 20 0 9 0 100 0 0\n")}
}

func TestProcStat(t *testing.T) {
	bad := []string{"", "7 dockerd S 1", "7 (dockerd) S 1 7", "7 (dockerd) S 1 7 7 0 -1 4194560 100 0 0 0 x 1 0 0 20", ")7 (dockerd"}
	for _, text := range bad {
		proc := procFS{fstest.MapFS{"7/stat": {Data: []byte(text)}}}
		if got, err := proc.stat(7); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
	proc := procFS{fstest.MapFS{"7/stat": stat("a) R (b", "12", "30")}}
	got, err := proc.stat(7)
	if err != nil || got.name != "a) R (b" || got.cpu != 420*time.Millisecond {
		t.Errorf("stat = %+v, %v", got, err)
	}
	if _, err := proc.stat(8); !os.IsNotExist(err) {
		t.Errorf("a process that is not there: %v", err)
	}
}

// TestEngineCPU adds up the engine's processes and no others.
func TestEngineCPU(t *testing.T) {
	proc := procFS{fstest.MapFS{
		"1/stat":    stat("systemd", "900", "900"),
		"20/stat":   stat("dockerd", "100", "50"),
		"21/stat":   stat("containerd", "10", "5"),
		"22/stat":   stat("containerd-shim", "1", "1"),
		"23/stat":   {Data: []byte("gone")},
		"self/stat": stat("dockerd", "1", "1"),
		"meminfo":   {Data: []byte("MemTotal: 1 kB\n")},
	}}
	before, err := proc.cpuByProcess(engineProcesses()...)
	if err != nil || len(before) != 3 || before[20] != 1500*time.Millisecond {
		t.Fatalf("%v, %v", before, err)
	}
	after := map[int]time.Duration{20: 1700 * time.Millisecond, 22: 30 * time.Millisecond, 30: 5 * time.Millisecond}
	if got := spent(before, after); got != 215*time.Millisecond {
		t.Errorf("spent %v, want 215ms: a new one counts whole, one that ended not at all", got)
	}
}

func TestProcMemory(t *testing.T) {
	proc := procFS{fstest.MapFS{
		"7/status": {Data: []byte("Name:\tbrink\nVmPeak:\t 999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n")},
		"8/status": {Data: []byte("Name:\tkthreadd\n")},
	}}
	resident, highest, err := proc.memory(7)
	if err != nil || resident != 10<<20 || highest != 20<<20 {
		t.Errorf("%d, %d, %v", resident, highest, err)
	}
	for _, pid := range []int{8, 9} {
		if _, _, err := proc.memory(pid); err == nil {
			t.Errorf("process %d has memory", pid)
		}
	}
}

func TestParseRecord(t *testing.T) {
	bad := []string{"", "6,1,2,-", "6,1;text", "6,1,soon,-;text"}
	for _, record := range bad {
		if _, _, ok := parseRecord(record); ok {
			t.Errorf("%q is a record", record)
		}
	}
	stamp, text, ok := parseRecord("3,1234,5678901,-,caller=T1;Memory cgroup out of memory: Killed process 42 (node)\n SUBSYSTEM=x\n")
	if !ok || stamp != 5678901*time.Microsecond || !strings.HasPrefix(text, "Memory cgroup out of memory: Killed process 42") {
		t.Errorf("%v, %q, %v", stamp, text, ok)
	}
	clock := kernelClock{at: time.Unix(100, 0), stamp: 5 * time.Second}
	if got := clock.wall(7 * time.Second); !got.Equal(time.Unix(102, 0)) {
		t.Errorf("wall = %v", got)
	}
}

// TestQuietConsole puts back what it changed.
func TestQuietConsole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "printk")
	if err := os.WriteFile(path, []byte("7\t4\t1\t7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	undo, err := quietConsole(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); string(text) != "1" {
		t.Errorf("the level is %q", text)
	}
	undo()
	if text, _ := os.ReadFile(path); string(text) != "7\t4\t1\t7\n" {
		t.Errorf("the level was put back to %q", text)
	}
}

// TestKillCounter: an event that is told again with the victim's name is no second
// kill; one whose count grew is.
func TestKillCounter(t *testing.T) {
	const at = `{"at":"2026-11-23T14:02:11.5Z","events":[`
	counter := newKillCounter()
	tests := []struct {
		line string
		want bool
	}{
		{"no document\n", false},
		{at + `]}`, false},
		{at + `{"seq":1,"kind":"started"}]}`, false},
		{at + `{"seq":2,"kind":"oom-kill","count":1}]}`, true},
		{at + `{"seq":2,"kind":"oom-kill","count":1,"victims":[{"name":"node"}]}]}`, false},
		{at + `{"seq":2,"kind":"oom-kill","count":2}]}`, true},
		{at + `{"seq":2,"kind":"oom-kill","count":2},{"seq":5,"kind":"oom-kill","count":1}]}`, true},
	}
	for _, test := range tests {
		stamp, got := counter.told([]byte(test.line))
		if got != test.want {
			t.Errorf("%s: told is %v", test.line, got)
		}
		if got && !stamp.Equal(time.Date(2026, 11, 23, 14, 2, 11, 500_000_000, time.UTC)) {
			t.Errorf("%s: at %v", test.line, stamp)
		}
	}
}

func TestEngineEventTime(t *testing.T) {
	if _, ok := engineEventTime([]byte("Error: no engine\n")); ok {
		t.Error("an error is a time")
	}
	if got, ok := engineEventTime([]byte("1795471330029215417\n")); !ok || got.UnixNano() != 1795471330029215417 {
		t.Errorf("%v, %v", got, ok)
	}
}

// TestFollow hands over the lines that tell, and ends with the program.
func TestFollow(t *testing.T) {
	sights, err := follow(t.Context(), engineEventTime, "printf", "1\\nnothing\\n2\\n")
	if err != nil {
		t.Fatal(err)
	}
	for want := int64(1); want <= 2; want++ {
		got, err := await(t.Context(), "printf", sights, 10*time.Second)
		if err != nil || got.stamp.UnixNano() != want || got.seen.IsZero() {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := await(t.Context(), "printf", sights, 10*time.Second); err == nil {
		t.Error("a program that ended still tells")
	}
	if _, err := follow(t.Context(), engineEventTime, "/nowhere"); !errors.Is(err, os.ErrNotExist) && !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// TestAwaitIsBounded: nobody waits for ever for a witness.
func TestAwaitIsBounded(t *testing.T) {
	if _, err := await(t.Context(), "nobody", make(chan sight), 10*time.Millisecond); err == nil || !strings.Contains(err.Error(), "nobody did not tell") {
		t.Errorf("error = %v", err)
	}
}

// TestWorkload: the files are those of a cgroup and change all the time, always
// readable as a whole.
func TestWorkload(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "agent")
	w, err := newWorkload(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.end()
	seen := map[string]bool{}
	for deadline := time.Now().Add(20 * time.Second); len(seen) < 3 && time.Now().Before(deadline); {
		text, err := os.ReadFile(filepath.Join(dir, "memory.current"))
		if err != nil || len(text) != len("1073741824\n") {
			t.Fatalf("%q, %v", text, err)
		}
		seen[string(text)] = true
		time.Sleep(20 * time.Millisecond)
	}
	if len(seen) < 3 {
		t.Errorf("memory.current was only %v", seen)
	}
}

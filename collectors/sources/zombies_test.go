package sources

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
)

// haunt makes a process of the given state, child of the container's first one.
func (s *stand) haunt(t testing.TB, pid int, name, letter, cgroup string) {
	t.Helper()
	dir := filepath.Join(s.root, "proc", strconv.Itoa(pid))
	write(t, filepath.Join(dir, "stat"), fmt.Sprintf("%d (%s) %s 3209 %d 3209 0 -1 4194368 4 0 0 0 100 50 0 0 20 0 1 0 46107 0 0 0", pid, name, letter, pid))
	write(t, filepath.Join(dir, "cgroup"), "0::"+cgroup+"\n")
}

// dead are the zombies of a reading, in words.
func dead(c collectors.ContainerCounters) string {
	var words []string
	for _, process := range c.Processes.Or(nil) {
		if process.State == "Z" {
			words = append(words, fmt.Sprintf("%d<%d %s %d", process.PID, process.PPID, process.Name, process.RSS.Or(1)))
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// TestProcZombies: what is counted and not listed is looked for on the whole host, now
// and then, and only while there is any.
func TestProcZombies(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	members := &memberList{pids: []int{3257}}
	p := NewProc(s.places.locator.proc, s.places, members)
	write(t, filepath.Join(s.root, "proc/3257/cgroup"), "0::"+scope+"\n")
	s.haunt(t, 4001, "chr\x1b(ome) S 1", "Z", scope)
	s.haunt(t, 4002, "git", "Z", scope+"/init.scope (deleted)")
	s.haunt(t, 4003, "stranger", "Z", "/system.slice/cron.service")
	s.haunt(t, 4004, "alive", "S", scope)
	s.haunt(t, 4005, "neighbour", "Z", scope+"x")
	at := func(d time.Duration) string { return dead(readProc(t, p, after(d))) }
	if got := at(0); got != "" {
		t.Errorf("none is counted: %s", got)
	}
	members.zombies = 2
	const both = "4001<3209 chr·(ome) S 1 0, 4002<3209 git 0"
	if got := at(2 * time.Second); got != both {
		t.Errorf("%s, want %s", got, both)
	}
	if err := os.RemoveAll(filepath.Join(s.root, "proc/4001")); err != nil {
		t.Fatal(err)
	}
	if got := at(11 * time.Second); got != both {
		t.Errorf("they were looked for again too soon: %s", got)
	}
	if got := at(14 * time.Second); got != "4002<3209 git 0" {
		t.Errorf("one was reaped: %s", got)
	}
	members.pids = append(members.pids, 3209)
	members.zombies = 0
	if got := at(17 * time.Second); got != "" {
		t.Errorf("all were reaped: %s", got)
	}
}

// TestProcZombiesNamespace: brink in a cgroup namespace of its own sees the container
// beside it under another name. And where no process lives any more that could tell,
// its place below the mount is the name.
func TestProcZombiesNamespace(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	members := &memberList{pids: []int{3257}, zombies: 1}
	p := NewProc(s.places.locator.proc, s.places, members)
	beside := "/../docker-" + idA + ".scope"
	write(t, filepath.Join(s.root, "proc/3257/cgroup"), "0::"+beside+"/sub\n")
	s.haunt(t, 4001, "git", "Z", beside)
	s.haunt(t, 4002, "other", "Z", scope)
	if got := dead(readProc(t, p, noon)); got != "4001<3209 git 0" {
		t.Errorf("beside: %s", got)
	}
	members.pids = nil
	if got := dead(readProc(t, p, after(time.Minute))); got != "4002<3209 other 0" {
		t.Errorf("nobody lives: %s", got)
	}
}

// TestProcZombiesFaults: a list that could not be made says why, and the living are
// told all the same.
func TestProcZombiesFaults(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	members := &memberList{pids: []int{3257}, zombies: 1}
	p := NewProc(s.places.locator.proc, s.places, members)
	write(t, filepath.Join(s.root, "proc/4001/stat"), "nonsense")
	c := readProc(t, p, noon)
	if len(c.Processes.Or(nil)) != 1 || !strings.Contains(whys(c), "processes: ") {
		t.Errorf("%d processes, %s", len(c.Processes.Or(nil)), whys(c))
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	err := p.zombies(late, located{}, nil, &procState{}, noon)
	if err == nil || !strings.Contains(err.Error(), "not all zombies are listed") || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("out of time: %v", err)
	}
}

// TestProcZombiesBounded: neither a heap of zombies nor one that lives still makes the
// list wrong.
func TestProcZombiesBounded(t *testing.T) {
	many := make([]collectors.Process, 3)
	for i := range many {
		many[i] = collectors.Process{PID: i + 1, State: "Z"}
	}
	living := []collectors.Process{{PID: 2, State: "R"}}
	if got := withDead(living, many); len(got) != 3 || got[0].State != "R" || got[1].PID != 1 || got[2].PID != 3 {
		t.Errorf("%+v", got)
	}
	if got := withDead(living, nil); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestCgroupTellsZombies: the count of the last reading, nothing of a stranger.
func TestCgroupTellsZombies(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	if n := s.Zombies("agent"); n != 0 {
		t.Errorf("before a reading: %d", n)
	}
	s.read(t)
	if n := s.Zombies("agent"); n != 3 {
		t.Errorf("%d zombies, want 3", n)
	}
	if n := s.Zombies("other"); n != 0 {
		t.Errorf("of a stranger: %d", n)
	}
}

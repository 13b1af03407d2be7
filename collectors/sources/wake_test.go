package sources

import (
	"context"
	"os"
	"testing"
	"time"

	"brink/collectors/cgroupfs"
)

// patience is how long these tests wait for what must come; it is never used up.
const patience = 10 * time.Second

// woken reports whether a wake-up comes in time, or for no time, whether one is due.
func woken(w *Waker, wait time.Duration) bool {
	select {
	case <-w.Due():
		return true
	default:
		if wait == 0 {
			return false
		}
	}
	select {
	case <-w.Due():
		return true
	case <-time.After(wait):
		return false
	}
}

// overwrite changes a file as the kernel does, in place: a file is one inode for
// inotify.
func overwrite(t testing.TB, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.WriteAt([]byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

// TestWake: what the kernel announces by inotify wakes the sampler when a person
// should see it at once. Limit hits alone do not: healthy work with much page cache
// makes them by the thousand.
func TestWake(t *testing.T) {
	watcher, err := cgroupfs.NewWatcher()
	if err != nil {
		t.Skipf("needs inotify: %v", err)
	}
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	s.watcher = watcher
	s.read(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	defer func() { cancel(); <-done; _ = watcher.Close() }()
	for _, step := range []struct {
		what, file, text string
		wakes            bool
	}{
		{"the limit was hit", "memory.events", "low 0\nhigh 0\nmax 99\noom 2\noom_kill 3\noom_group_kill 0\n", false},
		{"a process was killed", "memory.events", "low 0\nhigh 0\nmax 99\noom 2\noom_kill 4\noom_group_kill 0\n", true},
		{"reclaim failed", "memory.events", "low 0\nhigh 0\nmax 99\noom 3\noom_kill 4\noom_group_kill 0\n", true},
		{"nothing changed", "memory.events", "low 0\nhigh 0\nmax 99\noom 3\noom_kill 4\noom_group_kill 0\n", false},
		{"a fork was refused", "pids.events", "max 8\n", true},
		{"all processes ended", "cgroup.events", "populated 0\nfrozen 0\n", true},
		{"a file is broken, and nothing else happened", "cgroup.events", "populated x\n", true},
		{"the limit was hit, beside the broken file", "memory.events", "low 0\nhigh 0\nmax 98\noom 3\noom_kill 4\noom_group_kill 0\n", false},
		{"a fork was refused, beside the broken file", "pids.events", "max 9\n", true},
	} {
		overwrite(t, s.path(step.file), step.text)
		wait := 50 * time.Millisecond
		if step.wakes {
			wait = patience
		}
		if got := woken(s.waker, wait); got != step.wakes {
			t.Errorf("%s: woken %v", step.what, got)
		}
		s.read(t)
	}
}

// TestWakeGone: the end of the cgroup is news, too, and not lost on the way.
func TestWakeGone(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	s.read(t)
	held := s.open["agent"]
	change := []cgroupfs.Change{{Group: held.group, Files: cgroupfs.Files(cgroupfs.FileMemoryEvents)}}
	if s.tells(change) {
		t.Error("nothing happened")
	}
	if err := os.RemoveAll(s.path("")); err != nil {
		t.Fatal(err)
	}
	if !s.tells(change) || !held.lastWords {
		t.Error("the end is no news")
	}
	s.close("agent")
	if s.tells(change) {
		t.Error("a cgroup that was let go tells something")
	}
}

// TestWakeWithoutWatcher: then there is nothing to run.
func TestWakeWithoutWatcher(t *testing.T) {
	standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent").Run(t.Context())
}

// TestWaker: any number of wake-ups are one until it is taken.
func TestWaker(t *testing.T) {
	w := NewWaker()
	if woken(w, 0) {
		t.Error("a new one")
	}
	w.Wake()
	w.Wake()
	if !woken(w, 0) || woken(w, 0) {
		t.Error("two wake-ups are not one")
	}
}

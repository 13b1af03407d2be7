package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestKeyboardHeld: a reader that waits is let go of, and what is typed while the
// keyboard is held is there for whoever reads next.
func TestKeyboardHeld(t *testing.T) {
	t.Parallel()
	typed, person, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = person.Close() }()
	k := &keyboard{typed: typed}
	type reading struct {
		text string
		err  error
	}
	readings := make(chan reading)
	read := func() {
		var buf [8]byte
		n, err := k.Read(buf[:])
		readings <- reading{string(buf[:n]), err}
	}
	go read()
	time.Sleep(10 * time.Millisecond) // so that it waits; one that does not is let go of as well
	k.hold()
	for range 2 {
		if got := <-readings; got != (reading{}) {
			t.Errorf("held: read %q, %v", got.text, got.err)
		}
		if _, err := person.WriteString("x"); err != nil {
			t.Fatal(err)
		}
		go read()
	}
	if got := <-readings; got != (reading{}) {
		t.Errorf("held: read %q, %v", got.text, got.err)
	}
	k.release()
	go read()
	if got := <-readings; got != (reading{text: "xx"}) {
		t.Errorf("released: read %q, %v", got.text, got.err)
	}
	k.end()
	go read()
	if got := <-readings; got.err == nil {
		t.Error("a keyboard that has ended can be read")
	}
}

// TestNoKeyboard: what is not the terminal of the process has none, which may be held
// all the same.
func TestNoKeyboard(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "no terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	k := openKeyboard(file)
	if k != nil {
		t.Fatal("a file has a keyboard")
	}
	k.hold()
	k.release()
	k.end()
}

// TestDashboardHasItsKeyboard: the dashboard reads its keys through a descriptor of its
// own, and leaves none behind.
func TestDashboardHasItsKeyboard(t *testing.T) {
	t.Parallel()
	c := agentDashboard(t, "brink")
	if got := descriptorsOf(t, c.cmd.Process.Pid, "/dev/tty"); got != 1 {
		t.Errorf("%d descriptors of /dev/tty, want the keyboard", got)
	}
	suspendAlone(c)
	c.press("?")
	c.awaitText("zoom")
	if got := descriptorsOf(t, c.cmd.Process.Pid, "/dev/tty"); got != 1 {
		t.Errorf("%d descriptors of /dev/tty after a suspension", got)
	}
	c.press("q")
	c.press("q")
	if code, _ := c.awaitExit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	c.checkRestored()
}

// descriptorsOf counts the descriptors of a process that lead to a path.
func descriptorsOf(t *testing.T, pid int, path string) (count int) {
	t.Helper()
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == path {
			count++
		}
	}
	return count
}

package main

import (
	"path/filepath"
	"testing"
)

// replaying is a terminal in which brink was started over the demo's ten minutes.
func replaying(t *testing.T, args ...string) *console {
	t.Helper()
	c := newConsole(t, 120, 40)
	c.start([]string{"TZ=UTC"}, append([]string{"brink"}, args...))
	return c
}

// quits ends the screen by its key, and requires that the terminal is as it was.
func (c *console) quits() {
	c.t.Helper()
	c.press("q")
	if code, _ := c.awaitExit(); code != exitDone {
		c.t.Errorf("exit code %d", code)
	}
	c.checkRestored()
}

// TestReplay walks through what was recorded on a real terminal: to the kill, a step
// back, to a time, and out.
func TestReplay(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "brink")
	if err := recordDemo(dir); err != nil {
		t.Fatal(err)
	}
	c := replaying(t, "replay", "--record", dir, "--at", "2026-11-26T03:05:30Z", "openclaw-agent")
	c.awaitText("Thu 26 Nov 2026 03:05:30: n next event", "✖ memory-filling")
	c.press("n")
	c.awaitText("2026 03:06:05", "OOM: openclaw-gatewa (pid 684, 1.80 GiB) killed")
	c.press("n")
	c.awaitText("2026 03:06:08", "exit 137: OOM kill") // the first sample that has it
	c.press("t3:03\r")
	c.awaitText("2026 03:03:00", "100% of 256")
	c.press(" ")
	c.awaitText("▶ 1x")
	c.quits()
}

// TestDemo plays by itself, and holds.
func TestDemo(t *testing.T) {
	t.Parallel()
	c := replaying(t, "demo")
	c.awaitText("▶ 10x", "openclaw-agent")
	c.press(" N")
	c.awaitText("replay")
	c.quits()
}

// TestDemoOfNothing: a dashboard that has no engine and nothing to watch offers the demo.
func TestDemoOfNothing(t *testing.T) {
	t.Parallel()
	c := newConsole(t, 120, 40)
	c.start([]string{"DOCKER_HOST=unix://" + filepath.Join(t.TempDir(), "none.sock")}, []string{"brink"})
	c.awaitText("press d to see")
	c.press("d")
	c.awaitText("▶ 10x", "openclaw-agent")
	c.quits()
}

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// TestSynchronizedOutput: where the terminal has it, every update is one piece;
// where it has not, or does not answer, nobody waits for it.
func TestSynchronizedOutput(t *testing.T) {
	t.Parallel()
	ssh := "SSH_TTY=/dev/pts/7"
	tests := []struct {
		name        string
		env         []string
		has, mute   bool
		asked, used bool
	}{
		{name: "has it", has: true, asked: true, used: true},
		{name: "has it not", asked: true},
		{name: "does not answer", has: true, mute: true, asked: true},
		{name: "over ssh, unknown", env: []string{ssh}, has: true},
		{name: "over ssh, in tmux", env: []string{ssh, "TMUX=/nowhere,1,0", "TERM=tmux-256color"}, has: true, asked: true, used: true},
		{name: "over ssh, iTerm2", env: []string{ssh, "LC_TERMINAL=iTerm2"}, has: true, asked: true, used: true},
		{name: "over ssh, foot", env: []string{ssh, "TERM=foot"}, has: true, asked: true, used: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newConsole(t, 120, 40)
			if c.mute = test.mute; test.has {
				c.look(func() { _, _ = c.emulator.WriteString(ansi.ResetModeSynchronizedOutput) })
			}
			began := time.Now()
			c.start(test.env, []string{"brink", "--cgroup-root", agentTree(t), "--interval", "100ms", "cgroup:/agent"})
			c.awaitText("cgroup:/agent", "2.00 GiB")
			if took := time.Since(began); took > endTime {
				t.Errorf("the first frame took %v", took)
			}
			time.Sleep(1200 * time.Millisecond) // the clock ticks at least
			c.press("q")
			_, _ = c.awaitExit()
			c.checkRestored()
			c.checkSynchronized(test.asked, test.used)
		})
	}
}

// checkSynchronized fails unless the terminal was asked for mode 2026, and the mode
// was used, as wanted: for all but the beginning, each update whole.
func (c *console) checkSynchronized(asked, used bool) {
	c.t.Helper()
	output := c.output()
	if got := strings.Contains(output, ansi.RequestModeSynchronizedOutput); got != asked {
		c.t.Errorf("asked: %v, want %v", got, asked)
	}
	begun, ended := strings.Count(output, ansi.SetModeSynchronizedOutput), strings.Count(output, ansi.ResetModeSynchronizedOutput)
	if begun != ended {
		c.t.Errorf("%d updates begun, %d ended", begun, ended)
	}
	if got := begun > 0; got != used {
		c.t.Errorf("%d updates in one piece, want some: %v", begun, used)
	}
}

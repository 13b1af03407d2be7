package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// mouseModes are those in which a terminal reports the mouse instead of selecting
// text with it.
func mouseModes() []ansi.Mode {
	return []ansi.Mode{
		ansi.ModeMouseX10, ansi.ModeMouseNormal, ansi.ModeMouseHighlight, ansi.ModeMouseButtonEvent, ansi.ModeMouseAnyEvent,
		ansi.ModeMouseExtSgr, ansi.ModeMouseExtUtf8, ansi.ModeMouseExtUrxvt, ansi.ModeMouseExtSgrPixel,
	}
}

// TestMouseIsLeftAlone: without a word about it, no mouse mode is ever set.
func TestMouseIsLeftAlone(t *testing.T) {
	t.Parallel()
	c := agentDashboard(t, "brink")
	c.press("\t\r?")
	c.awaitText("Help")
	c.press("?q")
	if code, _ := c.awaitExit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	output := c.output()
	for _, mode := range mouseModes() {
		if strings.Contains(output, ansi.SetMode(mode)) {
			t.Errorf("mode %v is set", mode)
		}
	}
}

// TestMouse: with the setting the terminal reports clicks, a key gives the mouse back
// and takes it again, and every end gives it back, that of kill -9 too.
func TestMouse(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(config, []byte("mouse = true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ends := map[string]func(*console){
		"quit":    func(c *console) { c.press("q") },
		"kill -9": func(c *console) { c.signal(syscall.SIGKILL) },
		"terminal has stopped reading": func(c *console) {
			c.stopReading()
			time.Sleep(500 * time.Millisecond) // two frames: one of them hangs
			c.signal(syscall.SIGTERM)
		},
		"off and on again": func(c *console) {
			c.press("M")
			c.await("the mouse given back", func() bool { return !c.modes[ansi.ModeMouseButtonEvent] && !c.modes[ansi.ModeMouseExtSgr] })
			c.press("M")
			c.await("mouse modes", func() bool { return c.modes[ansi.ModeMouseButtonEvent] })
			c.press("q")
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := agentDashboard(t, "brink", "--config", config)
			c.await("mouse modes", func() bool { return c.modes[ansi.ModeMouseButtonEvent] && c.modes[ansi.ModeMouseExtSgr] })
			c.press("\x1b[<0;80;6M\x1b[<0;80;6m\x1b[<0;80;6M\x1b[<0;80;6m")
			c.awaitText("Throttling now", "enter back")
			end(c)
			c.awaitExit()
			c.readAgain()
			c.await("terminal that is put right", func() bool {
				return !c.emulator.IsAltScreen() && !c.emulator.CursorHidden() && *c.termios() == *c.before
			})
			c.checkRestored()
		})
	}
}

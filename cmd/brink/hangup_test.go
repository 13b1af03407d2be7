package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hangUp closes the terminal as a tmux pane or a lost link does: at the other end.
func (c *console) hangUp() {
	c.t.Helper()
	if err := c.ptmx.Close(); err != nil {
		c.t.Fatal(err)
	}
	// The file is open until the reader comes back from it.
	_, _ = io.WriteString(c.tty, drained)
	_ = c.tty.Close()
}

// TestHangup: what runs in a terminal that is closed ends with it.
func TestHangup(t *testing.T) {
	t.Parallel()
	root, config := agentTree(t), quickConfig(t)
	tests := []struct {
		name  string
		argv  []string
		ready string
	}{
		{"the dashboard", []string{"brink"}, "2.00 GiB"},
		{"the dashboard of a shell", []string{"sh", "-c", `brink "$@"; exit $?`, "sh"}, "2.00 GiB"},
		{"a stream", []string{"brink", "watch", "--format", "json"}, "unreclaimable"},
		{"guard", []string{"brink", "guard"}, "memory-near-limit"},
		{"a status line", []string{"brink", "status", "--follow"}, "mem"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			argv := append(slices.Clone(test.argv), "--config", config, "--cgroup-root", root, "--interval", "100ms", "cgroup:/agent")
			c := openConsole(t, 120, 40, nil, argv...)
			c.await("sign of life", func() bool { return strings.Contains(c.raw.String(), test.ready) })
			began := time.Now()
			c.hangUp()
			_, _ = c.awaitExit()
			if took := time.Since(began); took > endTime {
				t.Errorf("it took %v to end", took)
			}
		})
	}
}

func quickConfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(quickRule), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestGuardAndItsTerminal: guard ends with its terminal, though it writes nothing
// there; with nohup it lives on, and SIGHUP is a reload.
func TestGuardAndItsTerminal(t *testing.T) {
	t.Parallel()
	for _, nohup := range []bool{false, true} {
		t.Run(fmt.Sprintf("nohup=%v", nohup), func(t *testing.T) {
			t.Parallel()
			root, journal := agentTree(t), filepath.Join(t.TempDir(), "journal")
			argv := []string{
				"nohup", "sh", "-c", `exec brink "$@" >` + journal + " 2>&1", "sh",
				"guard", "--config", quickConfig(t), "--cgroup-root", root, "--interval", "100ms", "cgroup:/agent",
			}
			if !nohup {
				argv = argv[1:]
			}
			c := openConsole(t, 120, 40, nil, argv...)
			awaitFile(t, journal, "memory-near-limit")
			c.signal(syscall.SIGHUP)
			awaitFile(t, journal, `"type":"reload"`)
			c.hangUp()
			if nohup {
				overwrite(t, filepath.Join(root, "agent"), "memory.stat", "anon 000000001\n")
				awaitFile(t, journal, `"state":"inactive"`)
				c.signal(syscall.SIGTERM)
			}
			if code, took := c.awaitExit(); code != exitDone || took > guardEnd {
				t.Errorf("exit code %d after %v", code, took)
			}
		})
	}
}

// TestGuardReloadsInATerminal: as long as the terminal is there, SIGHUP is no end.
func TestGuardReloadsInATerminal(t *testing.T) {
	t.Parallel()
	c := openGuard(t, agentTree(t), quickConfig(t))
	c.await("alert", func() bool { return strings.Contains(c.raw.String(), "memory-near-limit") })
	c.signal(syscall.SIGHUP)
	c.await("reload", func() bool { return strings.Contains(c.raw.String(), `"type":"reload"`) })
	c.signal(syscall.SIGTERM)
	if code, took := c.awaitExit(); code != exitDone || took > guardEnd {
		t.Errorf("exit code %d after %v", code, took)
	}
}

// TestDashboardGoesOnUnseen: while the terminal does not read, samples are taken,
// rules are judged and sinks are told, and when it reads again it shows what is now.
func TestDashboardGoesOnUnseen(t *testing.T) {
	t.Parallel()
	root := agentTree(t)
	config, told := scripted(t, `echo "$BRINK_STATE $BRINK_RULE" >>"$1"`)
	c := openConsole(t, 120, 40, nil, "brink", "--config", config, "--cgroup-root", root, "--interval", "100ms", "cgroup:/agent")
	c.awaitText("cgroup:/agent", "34%")
	awaitFile(t, told, "firing memory-near-limit")
	c.stopReading()
	agent := filepath.Join(root, "agent")
	time.Sleep(time.Second) // a frame hangs, ten more pass by
	overwrite(t, agent, "memory.stat", "anon 000000001\n")
	awaitFile(t, told, "resolved memory-near-limit")
	time.Sleep(time.Second)
	overwrite(t, agent, "memory.stat", "anon 671088640\n")
	awaitFile(t, told, "resolved memory-near-limit\nfiring memory-near-limit")
	overwrite(t, agent, "pids.current", "250\n")
	c.readAgain()
	c.await("frame of now", func() bool { return strings.Contains(c.emulator.String(), "98%") })
	c.press("q")
	if code, took := c.awaitExit(); code != exitDone || took > endTime {
		t.Errorf("exit code %d after %v", code, took)
	}
	c.checkRestored()
}

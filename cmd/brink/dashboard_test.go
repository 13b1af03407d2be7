package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
)

// endTime is how long the program may take to end once it was told to.
const endTime = 2 * time.Second

// TestDashboard: the first frame comes, on the alternate screen and with a title;
// q leaves everything as it was.
func TestDashboard(t *testing.T) {
	t.Parallel()
	c := agentDashboard(t, "brink")
	c.await("title", func() bool { return strings.HasPrefix(c.title, "brink cgroup:/agent") })
	c.awaitText("CPU", "Pids", "Events", "Alerts", "34%")
	c.press("q")
	if code, took := c.awaitExit(); code != exitDone || took > endTime {
		t.Errorf("exit code %d after %v", code, took)
	}
	c.checkRestored()
	if leftover := afterScreen(c); leftover != "" {
		t.Errorf("words after the end: %q", leftover)
	}
}

// afterScreen is what was written for people after the alternate screen was left.
func afterScreen(c *console) string {
	output := c.output()
	end := strings.LastIndex(output, ansi.ResetModeAltScreenSaveCursor)
	return strings.TrimSpace(ansi.Strip(output[max(end, 0):]))
}

// TestDashboardEnds: each signal that asks for the end gets it, with the terminal
// put right, whether the terminal listens or not.
func TestDashboardEnds(t *testing.T) {
	t.Parallel()
	stalls := []struct {
		name        string
		stop, start func(*console)
	}{
		{"terminal reads", func(*console) {}, func(*console) {}},
		{"terminal has stopped reading", (*console).stopReading, (*console).readAgain},
		{
			"output is suspended",
			func(c *console) { c.flow(unix.TCOOFF) },
			func(c *console) { c.flow(unix.TCOON) },
		},
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		for _, stall := range stalls {
			t.Run(fmt.Sprintf("%v, %s", signal, stall.name), func(t *testing.T) {
				t.Parallel()
				c := agentDashboard(t, "brink")
				stall.stop(c)
				time.Sleep(500 * time.Millisecond) // two frames: one of them hangs
				began := time.Now()
				c.signal(signal)
				code, _ := c.awaitExit()
				if took := time.Since(began); code != exitDone || took > endTime {
					t.Errorf("exit code %d after %v, want %d within %v", code, took, exitDone, endTime)
				}
				stall.start(c)
				c.checkRestored()
			})
		}
	}
}

// flow suspends the output of the terminal, or lets it go on, as Ctrl-S and
// Ctrl-Q do.
func (c *console) flow(action int) {
	c.t.Helper()
	if err := unix.IoctlSetInt(int(c.tty.Fd()), unix.TCXONC, action); err != nil {
		c.t.Fatal(err)
	}
}

// TestDashboardResizes: a storm of sizes, some absurd, leaves a screen that fits
// the last one.
func TestDashboardResizes(t *testing.T) {
	t.Parallel()
	c := agentDashboard(t, "brink")
	for i := range 120 {
		c.resize(1+i*37%200, 1+i*23%60)
		time.Sleep(time.Millisecond)
	}
	c.resize(80, 24)
	c.await("screen of 80x24", func() bool {
		lines := strings.Split(c.emulator.String(), "\n")
		return len(lines) == 24 && strings.Contains(lines[0], "cgroup:/agent") && strings.Contains(lines[23], "quit")
	})
	c.press("q")
	if code, _ := c.awaitExit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	c.checkRestored()
}

// exitCrash is the exit code of Go's runtime at a fault that nothing can catch.
const exitCrash = 2

// TestDashboardPanics: a fault in brink, on whichever goroutine, leaves the
// terminal usable and its stack readable on it.
func TestDashboardPanics(t *testing.T) {
	t.Parallel()
	tests := []struct {
		command string
		provoke func(*console)
		code    int
		says    []string
	}{
		{"brink-broken-source", func(*console) {}, exitFault, []string{"this is a fault in brink", "assignment to entry in nil map", "sourceThatBreaks", "main_test.go:"}},
		{"brink-broken-screen", func(c *console) { c.press("x") }, exitFault, []string{"this is a fault in brink", "pressed x", "screenThatBreaks", "main_test.go:"}},
		{"brink-broken-library", func(*console) {}, exitCrash, []string{"this is a fault in brink", "panic: no container is called ·[31mred", "libraryThatBreaks", "main_test.go:"}},
		{"brink-broken-runtime", func(*console) {}, exitCrash, []string{"this is a fault in brink", "fatal error: sync: unlock of unlocked mutex", "breakRuntime", "main_test.go:"}},
	}
	for _, test := range tests {
		t.Run(test.command, func(t *testing.T) {
			t.Parallel()
			argv := []string{test.command, "--cgroup-root", agentTree(t), "--interval", "100ms", "cgroup:/agent"}
			c := openConsole(t, 120, 40, nil, argv...)
			c.await("alternate screen", c.emulator.IsAltScreen)
			test.provoke(c)
			if code, _ := c.awaitExit(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			c.checkRestored()
			words := afterScreen(c)
			for _, want := range test.says {
				if !strings.Contains(words, want) {
					t.Errorf("%q is not among the last words:\n%s", want, words)
				}
			}
			if stairs := regexp.MustCompile(`[^\r]\n`).FindString(words); stairs != "" {
				t.Errorf("the stack goes down the screen like a staircase: %q", stairs)
			}
		})
	}
}

// TestDashboardIsKilled: even after kill -9 the terminal is put right, whether it
// listens or not, and as it was before a suspension; and nobody is left behind.
func TestDashboardIsKilled(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(c *console){"at once": func(*console) {}, "after a suspension": suspendAlone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := agentDashboard(t, "brink")
			before(c)
			c.signal(syscall.SIGKILL)
			_, _ = c.awaitExit()
			c.await("terminal that is put right", func() bool {
				return !c.emulator.IsAltScreen() && !c.emulator.CursorHidden() && *c.termios() == *c.before
			})
			c.checkRestored()
			if leftover := afterScreen(c); leftover != "" {
				t.Errorf("words after the end: %q", leftover)
			}
		})
	}
}

// suspendAlone suspends a dashboard that nobody could resume: it does that itself.
func suspendAlone(c *console) {
	c.t.Helper()
	before := strings.Count(c.output(), ansi.SetModeAltScreenSaveCursor)
	c.press("\x1a")
	c.await("screen after the suspension", func() bool {
		return strings.Count(c.raw.String(), ansi.SetModeAltScreenSaveCursor) > before
	})
	c.awaitText("cgroup:/agent", "2.00 GiB")
}

// TestDashboardSuspends: Ctrl-Z gives the terminal back to the shell, fg brings
// the dashboard back.
func TestDashboardSuspends(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash, for its job control")
	}
	c := openConsole(t, 120, 40, []string{"PS1=ready> "}, shell, "--norc", "--noprofile", "-i")
	c.await("prompt", func() bool { return strings.Contains(c.emulator.String(), "ready>") })
	c.press("brink --interval 200ms --cgroup-root " + agentTree(t) + " cgroup:/agent\r")
	c.awaitText("cgroup:/agent", "2.00 GiB")
	c.press("\x1a")
	c.await("the shell's word that it stopped", func() bool {
		return !c.emulator.IsAltScreen() && strings.Contains(c.emulator.String(), "Stopped") && !c.emulator.CursorHidden()
	})
	c.press("fg\r")
	c.awaitText("cgroup:/agent", "2.00 GiB")
	c.press("q")
	c.await("prompt", func() bool { return !c.emulator.IsAltScreen() })
	c.press("exit $?\r")
	if code, _ := c.awaitExit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// TestDashboardAsksNobodyElse: who ends the dashboard at once, be it by a key or by a
// fault of brink's, finds no answers to its questions on the command line.
func TestDashboardAsksNobodyElse(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"brink", "brink-broken-screen"} {
		for _, key := range map[string][]string{"brink": {"q", "\x1a", "\x03"}, "brink-broken-screen": {"x"}}[command] {
			t.Run(fmt.Sprintf("%s, %q", command, key), func(t *testing.T) {
				t.Parallel()
				c := openConsole(t, 120, 40, nil, command, "--cgroup-root", agentTree(t), "--interval", "100ms", "cgroup:/agent")
				c.await("alternate screen", c.emulator.IsAltScreen)
				c.press(key)
				c.await("end of it", func() bool { return strings.Contains(c.raw.String(), ansi.ResetModeAltScreenSaveCursor) })
				if key == "\x1a" {
					// Nobody stops a process without a shell, so it comes back.
					c.signal(syscall.SIGTERM)
				}
				_, _ = c.awaitExit()
				c.drain()
				_, after, _ := strings.Cut(c.output(), ansi.ResetModeAltScreenSaveCursor)
				for _, question := range []string{ansi.RequestModeSynchronizedOutput, ansi.RequestKittyKeyboard, ansi.RequestBackgroundColor} {
					if strings.Contains(after, question) {
						t.Errorf("asked after the end: %q", after)
					}
				}
			})
		}
	}
}

// TestDashboardSuspendsWithoutShell: where nobody could bring it back, Ctrl-Z
// does not leave a dead screen.
func TestDashboardSuspendsWithoutShell(t *testing.T) {
	t.Parallel()
	c := agentDashboard(t, "brink")
	suspendAlone(c)
	c.press("q")
	if code, _ := c.awaitExit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	c.checkRestored()
}

// TestDashboardWithoutColour: NO_COLOR and --no-color leave no colour at all.
func TestDashboardWithoutColour(t *testing.T) {
	t.Parallel()
	colour := regexp.MustCompile(`\x1b\[[0-9;:]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;:]*m`)
	root := agentTree(t)
	tests := []struct {
		name string
		env  []string
		flag string
		want bool
	}{
		{"colours", nil, "--interval=200ms", true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, "--interval=200ms", false},
		{"--no-color", nil, "--no-color", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := openConsole(t, 100, 30, test.env, "brink", "--cgroup-root", root, test.flag, "cgroup:/agent")
			c.awaitText("cgroup:/agent", "2.00 GiB")
			if got := colour.FindString(c.output()); (got != "") != test.want {
				t.Errorf("a colour on the screen: %q", got)
			}
		})
	}
}

// TestNoDashboard: where nothing can be drawn, the message names what there is.
func TestNoDashboard(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"dumb", ""} {
		c := openConsole(t, 80, 24, []string{"TERM=" + kind}, "brink", "cgroup:/agent")
		if code, _ := c.awaitExit(); code != exitUsage {
			t.Errorf("TERM=%q: exit code %d, want %d", kind, code, exitUsage)
		}
		c.drain()
		output, _, _ := strings.Cut(c.output(), drained)
		if !strings.Contains(output, fmt.Sprintf("TERM is %q", kind)) || !strings.Contains(output, "brink check") {
			t.Errorf("TERM=%q: %s", kind, output)
		}
		if strings.Contains(output, "\x1b") {
			t.Errorf("TERM=%q gets an escape sequence: %q", kind, output)
		}
	}
	c := openConsole(t, 80, 24, nil, "sh", "-c", "brink cgroup:/agent </dev/null")
	if code, _ := c.awaitExit(); code != exitUsage {
		t.Errorf("no keyboard: exit code %d, want %d", code, exitUsage)
	}
	c.drain()
	if output := c.output(); !strings.Contains(output, "standard input is not a terminal") {
		t.Errorf("no keyboard: %s", output)
	}
}

// TestDashboardBytes counts what goes through a terminal of 120x40 once a second
// while the agent works steadily.
func TestDashboardBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: watches for eight seconds")
	}
	t.Parallel()
	const warmUp, updates, budget = 2, 6, 1500
	root := agentTree(t)
	defer workSteadily(t, filepath.Join(root, "agent"))()
	c := openConsole(t, 120, 40, nil, "brink", "--cgroup-root", root, "cgroup:/agent")
	c.awaitText("2.00 GiB", "cores")
	time.Sleep(warmUp * time.Second)
	before := len(c.output())
	time.Sleep(updates * time.Second)
	mean := (len(c.output()) - before) / updates
	t.Logf("%d bytes an update", mean)
	if mean > budget || mean == 0 {
		t.Errorf("%d bytes an update, want some and at most %d", mean, budget)
	}
}

// workSteadily lets the files tell of an agent that uses some 0.6 cores and a
// memory that breathes. It returns what ends it.
func workSteadily(t *testing.T, dir string) (end func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			overwrite(t, dir, "memory.current", fmt.Sprintf("%d\n", 1073741824+n%7*12_345_678))
			overwrite(t, dir, "memory.stat", fmt.Sprintf("anon %d\n", 671088640+n%7*12_345_678))
			overwrite(t, dir, "cpu.stat", fmt.Sprintf("usage_usec %d\nuser_usec %d\n", 8126543210+n*60_000+n%5*3000, 6120444111+n*50_000))
			overwrite(t, dir, "pids.current", fmt.Sprintf("%d\n", 7+n%3))
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// overwrite replaces the beginning of a file by as many bytes: a reader sees the
// old or the new, never an empty file.
func overwrite(t *testing.T, dir, name, text string) {
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = file.Close() }()
	if _, err := file.WriteAt([]byte(text), 0); err != nil {
		t.Error(err)
	}
}

// TestDashboardRings: the bell and the notification of the desktop arrive at the
// terminal, through the screen that is drawn on it.
func TestDashboardRings(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "config.toml")
	sinks := "[sink.bell]\ntype = \"bell\"\n[sink.desktop]\ntype = \"osc\"\nkind = \"osc9\"\n[sink.pane]\ntype = \"tmux\"\n"
	if err := os.WriteFile(config, []byte(quickRule+sinks), 0o600); err != nil {
		t.Fatal(err)
	}
	c := agentDashboard(t, "brink", "--config", config)
	c.await("bell", func() bool { return c.bells == 1 })
	c.await("notification", func() bool {
		return strings.Contains(c.raw.String(), "\x1b]9;brink: warning  cgroup:/agent  memory-near-limit: ")
	})
	c.awaitText("pane", "left out: not inside of tmux")
	c.press("q")
	if code, took := c.awaitExit(); code != exitDone || took > endTime {
		t.Errorf("exit code %d after %v", code, took)
	}
	c.checkRestored()
}

// TestDashboardTellsTheLast: what is being told when the user leaves is told, after the
// terminal is as it was.
func TestDashboardTellsTheLast(t *testing.T) {
	t.Parallel()
	config, told := scripted(t, `echo begun >>"$1"; sleep 1.5; echo ended >>"$1"`)
	c := agentDashboard(t, "brink", "--config", config)
	awaitFile(t, told, "begun")
	c.press("q")
	if code, took := c.awaitExit(); code != exitDone || took > guardEnd {
		t.Errorf("exit code %d after %v", code, took)
	}
	c.checkRestored()
	if data, err := os.ReadFile(told); err != nil || !strings.Contains(string(data), "ended") {
		t.Errorf("told %q, %v", data, err)
	}
}

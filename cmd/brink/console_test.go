package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// console is a program on a real pseudo-terminal with an emulator behind it: it
// is drawn on, resized, hung up and not read as terminals are.
type console struct {
	t         *testing.T
	cmd       *exec.Cmd
	ptmx, tty *os.File
	// before is how the terminal was set when the program began.
	before *unix.Termios
	// gate is held while nobody reads the terminal, and deaf says so.
	gate sync.Mutex
	deaf bool
	// mute leaves the program's questions without an answer.
	mute bool
	// changed has a token when the screen may have changed.
	changed chan struct{}
	exited  chan struct{}

	mu       sync.Mutex // guards the rest
	emulator *vt.Emulator
	modes    map[ansi.Mode]bool
	title    string
	bells    int
	raw      bytes.Buffer
}

// patience is how long a test waits for what should be there at once.
const patience = 20 * time.Second

// openConsole starts a program on a terminal of the given size; both end with the
// test. env are further environment variables.
func openConsole(t *testing.T, width, height int, env []string, argv ...string) *console {
	t.Helper()
	c := newConsole(t, width, height)
	c.start(env, argv)
	return c
}

// newConsole is a terminal on which nothing runs yet.
func newConsole(t *testing.T, width, height int) *console {
	t.Helper()
	ptmx, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{
		t: t, ptmx: ptmx, tty: tty, changed: make(chan struct{}, 1), exited: make(chan struct{}),
		emulator: vt.NewEmulator(width, height), modes: map[ansi.Mode]bool{},
	}
	c.emulator.SetCallbacks(vt.Callbacks{
		Title:       func(title string) { c.title = title },
		EnableMode:  func(mode ansi.Mode) { c.modes[mode] = true },
		Bell:        func() { c.bells++ },
		DisableMode: func(mode ansi.Mode) { delete(c.modes, mode) },
	})
	c.resize(width, height)
	c.before = c.termios()
	return c
}

func (c *console) start(env, argv []string) {
	c.t.Helper()
	c.cmd = exec.Command(argv[0], argv[1:]...)
	c.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "XDG_STATE_HOME=" + c.t.TempDir(), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}, env...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.tty, c.tty, c.tty
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	var readers sync.WaitGroup
	readers.Go(c.read)
	answers := io.Writer(c.ptmx)
	if c.mute {
		answers = io.Discard
	}
	readers.Go(func() { _, _ = io.Copy(answers, c.emulator) })
	go func() {
		_ = c.cmd.Wait()
		close(c.exited)
	}()
	c.t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.exited
		c.readAgain()
		_ = c.tty.Close() // the last one: reading ends with EIO
		_ = c.emulator.InputPipe().(io.Closer).Close()
		readers.Wait()
		_ = c.ptmx.Close()
	})
}

func (c *console) read() {
	chunk := make([]byte, 32<<10)
	for {
		c.gate.Lock()
		c.gate.Unlock() //nolint:staticcheck // The gate is only passed.
		n, err := c.ptmx.Read(chunk)
		if err != nil {
			return
		}
		c.mu.Lock()
		c.raw.Write(chunk[:n])
		_, _ = c.emulator.Write(chunk[:n])
		c.mu.Unlock()
		select {
		case c.changed <- struct{}{}:
		default:
		}
	}
}

// stopReading leaves what the program writes in the terminal's buffer, and fills
// that: the program's next write blocks.
func (c *console) stopReading() {
	c.t.Helper()
	c.gate.Lock()
	c.deaf = true
	fd, err := unix.Open(c.tty.Name(), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	for full := 0; full < 5; {
		if _, err := unix.Write(fd, bytes.Repeat([]byte("."), 1024)); errors.Is(err, unix.EAGAIN) {
			full++
			time.Sleep(20 * time.Millisecond) // the reader may still take a last piece
		}
	}
}

func (c *console) readAgain() {
	if c.deaf {
		c.deaf = false
		c.gate.Unlock()
	}
}

func (c *console) resize(width, height int) {
	c.mu.Lock()
	c.emulator.Resize(width, height)
	c.mu.Unlock()
	if err := pty.Setsize(c.ptmx, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *console) termios() *unix.Termios {
	c.t.Helper()
	settings, err := unix.IoctlGetTermios(int(c.tty.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	return settings
}

func (c *console) signal(signal os.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(signal); err != nil {
		c.t.Fatal(err)
	}
}

// press types on the keyboard.
func (c *console) press(keys string) {
	c.t.Helper()
	if _, err := io.WriteString(c.ptmx, keys); err != nil {
		c.t.Fatal(err)
	}
}

// look calls with the terminal held still.
func (c *console) look(at func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at()
}

// text is what stands on the screen.
func (c *console) text() (text string) {
	c.look(func() { text = c.emulator.String() })
	return text
}

// output is everything that came so far.
func (c *console) output() (output string) {
	c.look(func() { output = c.raw.String() })
	return output
}

// await waits until the screen is as wanted.
func (c *console) await(what string, holds func() bool) {
	c.t.Helper()
	late := time.After(patience)
	for {
		var done bool
		c.look(func() { done = holds() })
		if done {
			return
		}
		select {
		case <-c.changed:
		case <-late:
			c.t.Fatalf("no %s; the screen:\n%s", what, c.text())
		}
	}
}

// awaitText waits until all of these stand on the alternate screen.
func (c *console) awaitText(words ...string) {
	c.t.Helper()
	c.await("dashboard with "+strings.Join(words, ", "), func() bool {
		text := c.emulator.String()
		for _, word := range words {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return c.emulator.IsAltScreen()
	})
}

// awaitExit waits for the end of the program and returns its exit code, and how
// long it took.
func (c *console) awaitExit() (code int, took time.Duration) {
	c.t.Helper()
	began := time.Now()
	select {
	case <-c.exited:
	case <-time.After(patience):
		c.t.Fatalf("the program did not end; the screen:\n%s", c.text())
	}
	return c.cmd.ProcessState.ExitCode(), time.Since(began)
}

// drained is a sequence that no terminal knows.
const drained = "\x1b]7777;drained\x07"

// drain waits until everything is read that was written so far: until the
// sequence comes through.
func (c *console) drain() {
	c.t.Helper()
	if _, err := io.WriteString(c.tty, drained); err != nil {
		c.t.Fatal(err)
	}
	c.await("end of the output", func() bool { return strings.Contains(c.raw.String(), drained) })
}

// checkRestored fails unless the terminal is as the program found it.
func (c *console) checkRestored() {
	c.t.Helper()
	c.drain()
	if now := c.termios(); *now != *c.before {
		c.t.Errorf("the terminal's settings are %+v, they were %+v", now, c.before)
	}
	c.look(func() {
		if c.emulator.IsAltScreen() {
			c.t.Error("the alternate screen is left on")
		}
		if c.emulator.CursorHidden() {
			c.t.Error("the cursor is hidden")
		}
		for mode := range c.modes {
			if mode != ansi.ModeTextCursorEnable && mode != ansi.ModeAutoWrap {
				c.t.Errorf("mode %v is left on", mode)
			}
		}
		if c.title != "" {
			c.t.Errorf("the title is still %q", c.title)
		}
	})
	output := c.output()
	pushed, popped := strings.Count(output, ansi.PushKittyKeyboard(1)), strings.Count(output, ansi.PopKittyKeyboard(1))
	if pushed > popped {
		c.t.Errorf("the keyboard protocol was pushed %d times and popped %d times", pushed, popped)
	}
}

// agentTree is a directory with the agent's cgroup in it.
func agentTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := layOutAgent(root + "/agent"); err != nil {
		t.Fatal(err)
	}
	return root
}

// agentDashboard is the dashboard of the agent's cgroup, its first numbers on the
// screen.
func agentDashboard(t *testing.T, command string, flags ...string) *console {
	t.Helper()
	argv := append([]string{command, "--cgroup-root", agentTree(t), "--interval", "200ms"}, flags...)
	c := openConsole(t, 120, 40, nil, append(argv, "cgroup:/agent")...)
	c.awaitText("cgroup:/agent", "Memory", "2.00 GiB", "256")
	c.heard()
	return c
}

// heard waits until the dashboard has read what the terminal answered to its questions:
// keys come behind the answers. An answer that nobody has read when a dashboard is
// killed is the shell's.
func (c *console) heard() {
	c.t.Helper()
	c.press("?")
	c.awaitText("Help")
	c.press("?")
	c.await("dashboard without help", func() bool { return !strings.Contains(c.emulator.String(), "Help") })
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"brink/ui/paint"
)

// terminal is the one that the dashboard draws on.
type terminal struct {
	in, out *os.File
	// output is what the screen is painted through, and keyboard what it is typed at
	// while there is one; nil where Bubble Tea reads in.
	output   *paint.Output
	keyboard *keyboard
	// before is how the terminal was found. It is not asked for again: after a suspension
	// the terminal is raw before a keeper begins.
	before *unix.Termios
	// writer reaches the terminal through the screen that runs on it.
	writer screenWriter
}

// openTerminal refuses what is no terminal, or none that can be drawn on, and
// names what works there.
func (p *program) openTerminal() (*terminal, error) {
	out, isFile := p.out.(*os.File)
	if !isFile || !term.IsTerminal(int(out.Fd())) {
		return nil, noTerminal("standard output is not a terminal")
	}
	if kind := p.env("TERM"); kind == "" || kind == "dumb" {
		return nil, noTerminal(fmt.Sprintf("TERM is %q, a terminal without cursor movement", kind))
	}
	in, isFile := p.in.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) {
		return nil, noTerminal("standard input is not a terminal")
	}
	before, err := unix.IoctlGetTermios(int(in.Fd()), unix.TCGETS)
	if err != nil {
		return nil, noTerminal(err.Error())
	}
	return &terminal{in: in, out: out, output: paint.NewOutput(out), before: before}, nil
}

func noTerminal(why string) error {
	return usageError(fmt.Errorf("%s, so there is no dashboard; brink check gives a verdict, brink watch --format json a document per interval", why))
}

// show runs the screen until the user or ctx ends it.
//
// A terminal that has stopped reading (a dead link, a stopped tmux client, Ctrl-S)
// makes the screen hang in a write, and with it everything that the screen could
// be told. Then the write is set free, which lets the screen end in order; if even
// that does not help, the terminal is put right without the screen.
func (t *terminal) show(ctx context.Context, model tea.Model, options ...tea.ProgramOption) error {
	vigil := t.vigil()
	defer vigil.end()
	t.keyboard = openKeyboard(t.in)
	defer t.keyboard.end()
	painting, stopPainting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopPainting()
	options = append(options, tea.WithInput(t.input()), tea.WithOutput(paintedFile{t.out, t.output}), tea.WithoutCatchPanics(), tea.WithFilter(vigil.filter))
	screen := tea.NewProgram(model, options...)
	t.writer.program.Store(screen)
	defer t.writer.program.Store(nil)
	ended := make(chan error, 1)
	go func() { ended <- t.run(screen) }()
	go t.output.Run(painting, paintInterval)
	// Quit waits until the screen listens, which it may never do again.
	defer context.AfterFunc(ctx, screen.Quit)()
	over, err := settled(ctx, ended, screenPatience)
	if !over {
		t.unblock()
		over, err = settled(ctx, ended, drainPatience)
	}
	if over {
		t.output.End()
	} else {
		t.restore()
	}
	return sane(err)
}

// input is what Bubble Tea reads.
func (t *terminal) input() io.Reader {
	if t.keyboard == nil {
		return t.in
	}
	return t.keyboard
}

// leave gives the terminal to somebody else: what is typed, and answers to questions.
func (t *terminal) leave() {
	t.keyboard.hold()
	t.output.Leave()
}

// paintInterval bounds how often the screen is written to.
const paintInterval = 50 * time.Millisecond

// paintedFile is the terminal as Bubble Tea sees it: a file for all but what is
// written, which goes by way of the paint.
type paintedFile struct {
	file   *os.File
	output *paint.Output
}

func (f paintedFile) Read(p []byte) (int, error)  { return f.file.Read(p) }
func (f paintedFile) Write(p []byte) (int, error) { return f.output.Write(p) }
func (f paintedFile) Close() error                { return f.file.Close() }
func (f paintedFile) Fd() uintptr                 { return f.file.Fd() }

// unblock throws away what the terminal has not taken, and starts its output
// (tcflush(3), tcflow(3)). The stop before it is for Linux, which wakes a writer
// at a start that follows a stop, and not when a pseudo-terminal is flushed
// (drivers/tty/pty.c, pty_flush_buffer).
func (t *terminal) unblock() {
	_ = unix.IoctlSetInt(int(t.out.Fd()), unix.TCFLSH, unix.TCOFLUSH)
	_ = unix.IoctlSetInt(int(t.out.Fd()), unix.TCXONC, unix.TCOOFF)
	_ = unix.IoctlSetInt(int(t.out.Fd()), unix.TCXONC, unix.TCOON)
}

// A terminal may hold up the end of the program by these two together, and a
// source that hangs by stagePatience. Two seconds in all, on a busy host, are what
// people wait before they reach for kill -9, which leaves the terminal as it is.
const (
	screenPatience = 600 * time.Millisecond
	drainPatience  = 300 * time.Millisecond
	stagePatience  = 300 * time.Millisecond
)

// settled waits until a part has ended: without bound while ctx lasts, and then
// no longer than patience. over is false for a part that still runs.
func settled(ctx context.Context, ended <-chan error, patience time.Duration) (over bool, err error) {
	select {
	case err := <-ended:
		return true, err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return true, err
	case <-time.After(patience):
		return false, nil
	}
}

// sane drops the errors that are only the way in which the program was ended.
func sane(err error) error {
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// run runs the screen. After a panic the terminal is put right, and whoever
// gets the error shows the stack when nothing is drawn any more.
func (t *terminal) run(screen *tea.Program) (err error) {
	fault := guard(func() { _, err = screen.Run() })
	if fault != nil {
		t.leave()
		screen.Kill()
		return fault
	}
	return err
}

// vigil is what goes with the screen from its beginning to its end: a keeper while
// the terminal is the screen's, and somebody who ends a suspension that nobody
// else can end.
type vigil struct {
	terminal *terminal
	resumed  chan struct{}

	mu     sync.Mutex // guards the keeper: a screen that hangs may come back late
	keeper *keeper
	over   bool
}

func (t *terminal) vigil() *vigil {
	v := &vigil{terminal: t}
	v.restart()
	return v
}

func (v *vigil) end() {
	v.dismiss()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.over = true
}

func (v *vigil) dismiss() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keeper.dismiss()
	v.keeper = nil
}

func (v *vigil) restart() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.over && v.keeper == nil {
		v.keeper = startKeeper(v.terminal.before, v.terminal.out)
	}
}

// filter sees every message before the screen does: whether the terminal knows
// synchronized output, a suspension, and the end.
//
// It keeps Ctrl-Z from ending in a dead screen. The kernel ignores the stop when
// nobody could continue the process (an orphaned process group, setpgid(2): brink
// as a tmux pane's own command, or the command of ssh -t), and the screen would
// wait for SIGCONT for ever. So brink sends it to itself: a process that was
// stopped in earnest does so only after somebody else has.
func (v *vigil) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeSynchronizedOutput && msg.Value == ansi.ModeReset {
			v.terminal.output.Synchronized()
		}
	case tea.QuitMsg, tea.InterruptMsg:
		v.terminal.leave()
	case tea.SuspendMsg:
		v.terminal.leave()
		v.dismiss()
		v.resumed = make(chan struct{})
		go resume(v.resumed)
	case tea.ResumeMsg:
		close(v.resumed)
		v.restart()
		v.terminal.keyboard.release()
		v.terminal.output.Return()
	}
	return msg
}

// resumeEvery is longer than the screen takes to let go of the terminal and to
// begin to wait for the signal; one that comes too early is not missed either.
const resumeEvery = 700 * time.Millisecond

func resume(resumed <-chan struct{}) {
	for {
		select {
		case <-resumed:
			return
		case <-time.After(resumeEvery):
			_ = unix.Kill(unix.Getpid(), unix.SIGCONT)
		}
	}
}

// undo takes back everything that the screen sets: the mouse, keyboard protocols,
// alternate screen, cursor, bracketed paste, the title, and synchronized output. It
// begins with the end of a string, in case the terminal stopped in the middle of one.
const undo = "\x1b\\" + ansi.ResetModeSynchronizedOutput +
	ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
	ansi.ResetModifyOtherKeys + "\x1b[<1u" +
	ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable +
	ansi.ResetModeBracketedPaste + ansi.ResetModeUnicodeCore + "\x1b]2;\x07" + ansi.ResetStyle

// restore puts the terminal right without the screen, and without waiting for the
// terminal longer than it takes the screen's write to come to its end.
func (t *terminal) restore() {
	_ = unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETS, t.before)
	fd, err := unix.Open("/dev/tty", unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer func() { _ = unix.Close(fd) }()
	for range 10 {
		if _, err = unix.Write(fd, []byte(undo)); !errors.Is(err, unix.EAGAIN) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

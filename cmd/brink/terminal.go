package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal is the one that the dashboard draws on.
type terminal struct {
	in, out *os.File
	// before is how the terminal was found.
	before *term.State
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
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, noTerminal(err.Error())
	}
	return &terminal{in: in, out: out, before: before}, nil
}

func noTerminal(why string) error {
	return usageError{fmt.Errorf("%s, so there is no dashboard; brink check gives a verdict, brink watch --format json a document per interval", why)}
}

// show runs the screen until the user or ctx ends it. A terminal that has stopped
// reading (Ctrl-S, a dead link) makes the screen hang in a write: then it is put
// right as far as it goes, and left behind.
func (t *terminal) show(ctx context.Context, model tea.Model, options ...tea.ProgramOption) error {
	options = append(options, tea.WithInput(t.in), tea.WithOutput(t.out))
	screen := tea.NewProgram(model, options...)
	ended := make(chan error, 1)
	go func() {
		_, err := screen.Run()
		ended <- err
	}()
	select {
	case err := <-ended:
		return sane(err)
	case <-ctx.Done():
		screen.Quit()
	}
	select {
	case err := <-ended:
		return sane(err)
	case <-time.After(endingPatience):
		t.restore()
		return nil
	}
}

// sane drops the errors that are only the way in which the program was ended.
func sane(err error) error {
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// undo leaves the alternate screen, shows the cursor, ends bracketed paste, mouse
// and focus reports and synchronized output, and resets the colours.
const undo = "\x1b[?2026l\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[0m"

// restore puts the terminal right without waiting for it.
func (t *terminal) restore() {
	_ = term.Restore(int(t.in.Fd()), t.before)
	fd, err := unix.Open("/dev/tty", unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	_, _ = unix.Write(fd, []byte(undo))
	_ = unix.Close(fd)
}

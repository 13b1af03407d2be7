package main

import (
	"errors"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// keyboard is a terminal as Bubble Tea reads it: through a descriptor of its own, for
// which the Go runtime waits.
//
// Bubble Tea waits for a key in a system call (package cancelreader), and goes back into
// the next one with the only processor that brink has. The key is looked at when the
// runtime's monitor has taken that away from it, which with [timerSlack] takes two dozen
// milliseconds. It does so for what has a descriptor and a name; this one has no name.
// Such a reading cannot be called off by Bubble Tea, so it is held by whoever knows that
// the terminal goes to somebody else.
type keyboard struct {
	// tty is what its modes are set on, and typed the same terminal, never blocking.
	tty, typed *os.File
	held       atomic.Bool
}

// openKeyboard opens a terminal once more; nil where that cannot be had: it is not the
// one that controls brink, or there is no /dev. Bubble Tea reads the file itself then.
func openKeyboard(tty *os.File) *keyboard {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	same := sameTerminal(int(tty.Fd()), fd)
	k := &keyboard{tty: tty, typed: os.NewFile(uintptr(fd), "/dev/tty")}
	// Only a file that the runtime waits for takes a deadline.
	if !same || k.typed.SetReadDeadline(time.Time{}) != nil {
		k.end()
		return nil
	}
	return k
}

// sameTerminal compares the devices behind two descriptors, of which /dev/tty is
// another name (TIOCGDEV in ioctl_tty(2), since Linux 2.6.39).
func sameTerminal(a, b int) bool {
	one, err := unix.IoctlGetUint32(a, unix.TIOCGDEV)
	if err != nil {
		return false
	}
	other, err := unix.IoctlGetUint32(b, unix.TIOCGDEV)
	return err == nil && one == other
}

// heldPause is how often a reader that is held may look whether it is called off.
const heldPause = 10 * time.Millisecond

// Read implements [io.Reader]. It reads nothing, and says so, while the keyboard is held.
func (k *keyboard) Read(p []byte) (int, error) {
	if k.held.Load() {
		time.Sleep(heldPause)
		return 0, nil
	}
	n, err := k.typed.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return n, err
}

// hold leaves what is typed from here on to somebody else.
func (k *keyboard) hold() {
	if k == nil {
		return
	}
	k.held.Store(true)
	_ = k.typed.SetReadDeadline(time.Unix(1, 0))
}

// release takes the keyboard back.
func (k *keyboard) release() {
	if k == nil {
		return
	}
	_ = k.typed.SetReadDeadline(time.Time{})
	k.held.Store(false)
}

// end gives the descriptor back; a reader that is left ends.
func (k *keyboard) end() {
	if k != nil {
		_ = k.typed.Close()
	}
}

// Write, Close and Fd make a terminal of it for Bubble Tea, which sets its modes.
func (k *keyboard) Write(p []byte) (int, error) { return k.tty.Write(p) }

// Close implements [io.Closer]; the terminal stays open.
func (k *keyboard) Close() error { return nil }

// Fd returns the descriptor of the terminal itself.
func (k *keyboard) Fd() uintptr { return k.tty.Fd() }

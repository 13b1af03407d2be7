package main

import (
	"errors"
	"io"
	"os"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// openTTY opens the terminal that this process belongs to, for the sinks that
// ring its bell; nil where there is none, as under systemd.
func openTTY() (tty io.Writer, closeTTY func()) {
	file, err := os.OpenFile("/dev/tty", os.O_WRONLY|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, func() {}
	}
	return file, func() { _ = file.Close() }
}

// terminalGone reports whether the terminal that this process belonged to was hung
// up: the kernel takes it from every process of the session before it sends SIGHUP
// (drivers/tty/tty_jobctrl.c, tty_signal_session_leader).
func terminalGone() bool {
	fd, err := unix.Open("/dev/tty", unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err == nil {
		_ = unix.Close(fd)
	}
	return errors.Is(err, unix.ENXIO)
}

// screenWriter lets sinks write to the terminal that the dashboard draws on,
// through its renderer: bytes written beside it could fall into the middle of a
// sequence. Before the screen runs there is nothing to write to, and what is
// written is dropped: the first frame shows it anyway.
type screenWriter struct {
	program atomic.Pointer[tea.Program]
}

// Write hands the bytes to the screen.
func (w *screenWriter) Write(data []byte) (int, error) {
	if screen := w.program.Load(); screen != nil {
		screen.Send(tea.RawMsg{Msg: string(data)})
	}
	return len(data), nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// terminal is a kind of terminal that brink is painted on.
type terminal struct {
	name          string
	width, height int
	scheme        scheme
	// keys are pressed when the first screen is there.
	keys string
}

// terminals are those that each moment is painted on.
func terminals() []terminal {
	return []terminal{
		{name: "wide-dark", width: 120, height: 40, scheme: darkScheme()},
		{name: "wide-light", width: 120, height: 40, scheme: lightScheme()},
		{name: "pane-dark", width: 50, height: 30, scheme: darkScheme(), keys: "\t"},
		{name: "strip-dark", width: 100, height: 3, scheme: darkScheme()},
	}
}

// session is brink on a terminal.
type session struct {
	terminal
	cmd     *exec.Cmd
	ptmx    *os.File
	readers sync.WaitGroup
	// patience is how long a moment may take to be seen.
	patience time.Duration

	mu       sync.Mutex // guards the emulator
	emulator *vt.Emulator
}

// startSession starts a command on a terminal. The emulator answers what a terminal is asked, also for the colour of
// its background: that is how brink comes to its theme.
func startSession(t terminal, cmd *exec.Cmd, patience time.Duration) (*session, error) {
	s := &session{terminal: t, cmd: cmd, patience: patience, emulator: vt.NewEmulator(t.width, t.height)}
	s.emulator.SetDefaultBackgroundColor(t.scheme.back)
	s.emulator.SetDefaultForegroundColor(t.scheme.fore)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8")
	ptmx, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(t.width), Rows: uint16(t.height)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.Path, err)
	}
	s.ptmx = ptmx
	s.readers.Go(func() { _, _ = io.Copy(s, ptmx) })
	s.readers.Go(func() { _, _ = io.Copy(ptmx, s.emulator) })
	return s, nil
}

// Write takes what the program writes.
func (s *session) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emulator.Write(data)
}

// await waits until all words are on the screen.
func (s *session) await(ctx context.Context, words []string) error {
	for deadline := time.Now().Add(s.patience); ; {
		s.mu.Lock()
		text := s.emulator.String()
		s.mu.Unlock()
		if containsAll(text, words) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no %q on the screen within %v:\n%s", words, s.patience, text)
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// paint waits for a moment to be seen, and paints it. A terminal of a few lines has not all words, only the numbers.
func (s *session) paint(ctx context.Context, now moment, out string) error {
	words := now.words
	if s.height < 8 {
		words = nil
	}
	if err := s.await(ctx, words); err != nil {
		return err
	}
	if s.keys != "" {
		_, _ = io.WriteString(s.ptmx, s.keys)
		s.keys = ""
	}
	if err := sleep(ctx, settle); err != nil {
		return err
	}
	s.mu.Lock()
	picture, err := paint(s.emulator, s.scheme)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return writePNG(filepath.Join(out, now.name+"-"+s.name+".png"), picture)
}

// settle is longer than the time between two drawings of brink.
const settle = 200 * time.Millisecond

// close ends the program, the hard way if it does not obey.
func (s *session) close() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait() // ssh ends with the signal's code
	kill.Stop()
	if pipe, ok := s.emulator.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
	err := s.ptmx.Close()
	s.readers.Wait()
	return err
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return errors.Join(errors.New("interrupted"), ctx.Err())
	case <-time.After(d):
		return nil
	}
}

// scheme are the colours of a terminal for text that has none.
type scheme struct{ fore, back color.RGBA }

func darkScheme() scheme {
	return scheme{fore: color.RGBA{0xd4, 0xd4, 0xd4, 0xff}, back: color.RGBA{0x16, 0x18, 0x1c, 0xff}}
}

func lightScheme() scheme {
	return scheme{fore: color.RGBA{0x24, 0x26, 0x2a, 0xff}, back: color.RGBA{0xfb, 0xfb, 0xf9, 0xff}}
}

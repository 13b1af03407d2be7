package paint

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Output stands between Bubble Tea and its terminal. What Bubble Tea writes goes
// through; what is shown is painted beside it while the alternate screen is up.
type Output struct {
	// write guards the terminal: what is written stays in one piece. It is held as long
	// as the terminal does not take it.
	write    sync.Mutex
	terminal io.Writer
	painter  Painter
	up       bool

	// mu guards what is to be shown next, and is never held while something is written.
	mu     sync.Mutex
	next   Buffer
	looks  *Looks
	synced bool

	wake chan struct{}
}

// NewOutput makes the output of a terminal. Nothing is written yet.
func NewOutput(terminal io.Writer) *Output {
	return &Output{terminal: terminal, wake: make(chan struct{}, 1)}
}

// Show makes a screen the one to be shown. It is copied, and painted by [Output.Run];
// one that comes before the last was painted takes its place.
func (o *Output) Show(screen *Buffer, looks *Looks) {
	o.mu.Lock()
	o.next.CopyFrom(screen)
	o.looks = looks
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Synchronized tells that the terminal knows synchronized output (mode 2026), so that
// it never shows half a screen.
func (o *Output) Synchronized() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.synced = true
}

// Run paints until ctx ends, at most once in an interval.
func (o *Output) Run(ctx context.Context, interval time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		}
		// A terminal that takes no more says so to Bubble Tea, which ends by it.
		_ = o.paint()
		select {
		case <-ctx.Done():
			return
		case <-time.After(interval):
		}
	}
}

// paint brings the terminal up to date.
func (o *Output) paint() error {
	o.write.Lock()
	defer o.write.Unlock()
	data := o.painted(nil)
	if len(data) == 0 {
		return nil
	}
	if _, err := o.terminal.Write(data); err != nil {
		o.painter.Forget()
		return err
	}
	return nil
}

// painted appends what brings the terminal up to date, in one piece for a terminal
// that knows how.
func (o *Output) painted(data []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.up || o.looks == nil {
		return data
	}
	change := o.painter.Paint(&o.next, o.looks)
	if len(change) == 0 || !o.synced {
		return append(data, change...)
	}
	data = append(data, ansi.SetModeSynchronizedOutput...)
	data = append(data, change...)
	return append(data, ansi.ResetModeSynchronizedOutput...)
}

// eraseScreen is ED: in the order that Bubble Tea writes it, from the corner.
const eraseScreen = "\x1b[2J"

// Write lets through what Bubble Tea writes. Where that erases the screen, all of it
// is painted again in the same piece.
func (o *Output) Write(data []byte) (int, error) {
	o.write.Lock()
	defer o.write.Unlock()
	enters := bytes.LastIndex(data, []byte(ansi.SetModeAltScreenSaveCursor))
	leaves := bytes.LastIndex(data, []byte(ansi.ResetModeAltScreenSaveCursor))
	if enters != leaves {
		o.up = enters > leaves
	}
	if enters < 0 && !bytes.Contains(data, []byte(eraseScreen)) && !bytes.Contains(data, []byte("\x1b[J")) {
		return o.terminal.Write(data)
	}
	o.painter.Forget()
	n, err := o.terminal.Write(o.painted(bytes.Clone(data)))
	return min(n, len(data)), err
}

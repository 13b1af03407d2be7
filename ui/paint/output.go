package paint

import (
	"bytes"
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Output stands between Bubble Tea and its terminal. What Bubble Tea writes goes
// through; what is shown is painted beside it while the alternate screen is up.
//
// Bubble Tea writes when its clock ticks. The first screen does not wait for that, nor
// the first one after a suspension: the output brings up the alternate screen itself.
type Output struct {
	// write guards the terminal: what is written stays in one piece. It is held as long
	// as the terminal does not take it.
	write    sync.Mutex
	terminal io.Writer
	painter  Painter
	// up is whether the alternate screen is.
	up bool

	// mu guards what is to be shown next, and is never held while something is written.
	mu     sync.Mutex
	next   Buffer
	looks  *Looks
	synced bool

	// begun is whether the alternate screen has been up since the terminal is ours.
	begun atomic.Bool

	// leaving is set while the answer to a question would be read by somebody else.
	leaving atomic.Bool

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
	rest := time.After(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		}
		// Only a screen that comes so soon waits: a timer that nobody waits for wakes nobody
		// (since Go 1.23, time.NewTimer), and each waking of the process costs.
		select {
		case <-ctx.Done():
			return
		case <-rest:
		}
		// A terminal that takes no more says so to Bubble Tea, which ends by it.
		_ = o.paint()
		rest = time.After(interval)
	}
}

// paint brings the terminal up to date.
func (o *Output) paint() error {
	o.write.Lock()
	defer o.write.Unlock()
	data := o.painted(o.begin())
	if len(data) == 0 {
		return nil
	}
	if _, err := o.terminal.Write(data); err != nil {
		o.painter.Forget()
		return err
	}
	return nil
}

// begin brings up the alternate screen for the first screen that is shown.
func (o *Output) begin() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.up || o.looks == nil || o.leaving.Load() || o.begun.Swap(true) {
		return nil
	}
	o.up = true
	o.painter.Forget()
	return []byte(ansi.SetModeAltScreenSaveCursor + ansi.ResetModeTextCursorEnable)
}

// Leave tells that the terminal is about to be somebody else's, who would read the
// answers to questions that are still on their way: Bubble Tea's are left out from here on.
func (o *Output) Leave() { o.leaving.Store(true) }

// Return tells that the terminal is ours again after [Output.Leave].
func (o *Output) Return() {
	o.begun.Store(false)
	o.leaving.Store(false)
}

// End takes the alternate screen and the title down if they are up still: Bubble Tea
// does not where it ends before its first tick.
func (o *Output) End() {
	o.Leave()
	o.write.Lock()
	defer o.write.Unlock()
	if !o.up {
		return
	}
	o.up = false
	// A terminal that takes no more has nothing that could be put right.
	_, _ = io.WriteString(o.terminal, ansi.ResetModeAltScreenSaveCursor+ansi.SetModeTextCursorEnable+ansi.SetWindowTitle(""))
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

// Both are ED (ECMA-48): of all of the screen, and from the cursor, which Bubble Tea
// writes with the cursor in the corner.
const (
	eraseScreen = "\x1b[2J"
	eraseBelow  = "\x1b[J"
)

// nameWindow begins a title (xterm's ctlseqs, OSC 2), which ours has to follow.
const nameWindow = "\x1b]2;"

// Write lets through what Bubble Tea writes, but for what is done already. Where it
// erases the screen or names the window, all of it is painted again in the same piece.
func (o *Output) Write(data []byte) (int, error) {
	o.write.Lock()
	defer o.write.Unlock()
	passed := o.passed(data)
	if o.turn(passed) {
		o.painter.Forget()
		passed = o.painted(passed)
	}
	if _, err := o.terminal.Write(passed); err != nil {
		return 0, err
	}
	return len(data), nil
}

// passed is a copy of what goes to the terminal of what Bubble Tea writes. A second
// entry into the alternate screen would make some terminals forget where the cursor was
// before the first (xterm's ctlseqs, mode 1049).
func (o *Output) passed(data []byte) []byte {
	passed := bytes.Clone(data)
	if o.up {
		passed = bytes.ReplaceAll(passed, []byte(ansi.SetModeAltScreenSaveCursor), nil)
	}
	if o.leaving.Load() {
		for _, question := range questions() {
			passed = bytes.ReplaceAll(passed, []byte(question), nil)
		}
	}
	return passed
}

// questions are what Bubble Tea asks a terminal on brink's behalf.
func questions() []string {
	return []string{
		ansi.RequestModeSynchronizedOutput, ansi.RequestModeUnicodeCore,
		ansi.RequestKittyKeyboard, ansi.RequestBackgroundColor,
	}
}

// turn follows Bubble Tea into the alternate screen and out of it, and tells whether
// all that was painted is lost.
func (o *Output) turn(data []byte) (lost bool) {
	enters := bytes.LastIndex(data, []byte(ansi.SetModeAltScreenSaveCursor))
	leaves := bytes.LastIndex(data, []byte(ansi.ResetModeAltScreenSaveCursor))
	if enters != leaves {
		o.up = enters > leaves
		o.begun.Store(true)
	}
	return enters >= 0 || bytes.Contains(data, []byte(eraseScreen)) || bytes.Contains(data, []byte(eraseBelow)) ||
		bytes.Contains(data, []byte(nameWindow))
}

package ui

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"brink/ui/paint"
)

// journey is a real tea.Program on an emulated terminal inside a synctest bubble:
// keys go in, the screen comes out, and time passes only when the test says so.
type journey struct {
	t       *testing.T
	program *tea.Program
	frames  chan Frame
	output  *terminal
	done    chan tea.Model
	// asked is what the screen has asked for since the test last looked.
	asked []Action
}

// frameRate is how often the program under test draws.
const frameRate = 20

// startJourney starts a program of a size; it ends with the test.
func startJourney(t *testing.T, width, height int) *journey {
	t.Helper()
	return startOptions(t, width, height, Options{Interval: time.Second})
}

// startReplay starts the program over a recording that comes in pages.
func startReplay(t *testing.T, width, height int, pages <-chan Page) *journey {
	t.Helper()
	return startOptions(t, width, height, Options{Pages: pages, Replay: true})
}

func startOptions(t *testing.T, width, height int, options Options) *journey {
	t.Helper()
	j := &journey{t: t, frames: make(chan Frame, 1), output: newTerminal(width, height), done: make(chan tea.Model, 1)}
	options.Frames, options.Target, options.Version, options.Location = j.frames, agentName, "0.1.0", time.UTC
	options.Act = func(action Action) { j.asked = append(j.asked, action) }
	screen := paint.NewOutput(j.output)
	options.Show = screen.Show
	m := New(options)
	ctx, cancel := context.WithCancel(t.Context())
	go screen.Run(ctx, time.Second/frameRate)
	j.program = tea.NewProgram(m,
		tea.WithInput(nil), tea.WithOutput(screen), tea.WithoutSignals(), tea.WithoutSignalHandler(),
		tea.WithWindowSize(width, height), tea.WithFPS(frameRate),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	go func() {
		final, err := j.program.Run()
		cancel()
		if err != nil {
			t.Errorf("the program ended with %v", err)
		}
		j.done <- final
	}()
	j.settle()
	return j
}

// settle lets everything happen that is under way, and one drawing after it.
func (j *journey) settle() {
	time.Sleep(2 * time.Second / frameRate)
	synctest.Wait()
}

// frame delivers a frame as the pipeline does.
func (j *journey) frame(frame Frame) {
	j.frames <- frame
	j.settle()
}

// keys presses keys by their names.
func (j *journey) keys(names ...string) {
	for _, name := range names {
		j.program.Send(press(name))
	}
	j.settle()
}

// shows fails unless every text is on the screen.
func (j *journey) shows(texts ...string) {
	j.t.Helper()
	screen := j.output.String()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			j.t.Errorf("screen does not show %q:\n%s", text, screen)
		}
	}
}

// asks fails unless exactly these actions were asked for since the last time.
func (j *journey) asks(want ...Action) {
	j.t.Helper()
	if diff := cmp.Diff(want, j.asked, cmpopts.EquateEmpty()); diff != "" {
		j.t.Errorf("what was asked for differs (-want +got):\n%s", diff)
	}
	j.asked = nil
}

// hides fails when a text is on the screen.
func (j *journey) hides(texts ...string) {
	j.t.Helper()
	screen := j.output.String()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			j.t.Errorf("screen shows %q:\n%s", text, screen)
		}
	}
}

// end quits and waits for all that the program has started.
func (j *journey) end() {
	j.program.Quit()
	<-j.done
	close(j.frames)
	j.output.close()
	time.Sleep(time.Second)
	synctest.Wait()
}

// terminal is an emulated terminal that counts what is written to it.
type terminal struct {
	mu      sync.Mutex
	screen  *vt.Emulator
	written int
	// clipboard is what it was last asked to copy, as OSC 52 has it.
	clipboard string
}

func newTerminal(width, height int) *terminal {
	term := &terminal{screen: vt.NewEmulator(width, height)}
	// Without a tty as its input, Bubble Tea expects the line discipline of a cooked
	// terminal, in which a line feed returns the carriage as well.
	_, _ = term.screen.WriteString(ansi.SetModeLineFeedNewLine)
	// The emulator answers questions into a pipe that somebody has to read.
	go func() {
		buffer := make([]byte, 256)
		for {
			if _, err := term.screen.Read(buffer); err != nil {
				return
			}
		}
	}()
	return term
}

func (t *terminal) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written += len(data)
	if _, after, asked := bytes.Cut(data, []byte("\x1b]52;c;")); asked {
		text, _, _ := bytes.Cut(after, []byte("\a"))
		t.clipboard = string(text)
	}
	return t.screen.Write(data)
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.String()
}

func (t *terminal) bytes() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.written
}

// copied is the text that it was last asked to copy.
func (t *terminal) copied() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text, err := base64.StdEncoding.DecodeString(t.clipboard)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// reset begins to count anew.
func (t *terminal) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written = 0
}

func (t *terminal) close() { _ = t.screen.Close() }

func (t *terminal) resize(width, height int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.screen.Resize(width, height)
}

// quit ends the program and returns its last model.
func (j *journey) quit() Model {
	j.program.Quit()
	final := (<-j.done).(Model)
	close(j.frames)
	j.output.close()
	time.Sleep(time.Second)
	synctest.Wait()
	return final
}

// slotAt is the number of the slot of a time, at one second a slot.
func slotAt(at time.Time) int64 { return at.Unix() }

// trimLines drops the blanks at the end of lines, and empty lines at the end.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

package main

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"brink/alerts/notify"
	"brink/collectors"
	"brink/ui"
	"brink/ui/paint"
)

// wholeBrink is brink from the source to the terminal, with its sampler, rules,
// outbox and screen, inside a bubble: minutes pass in seconds, and when it ends
// no goroutine may be left.
type wholeBrink struct {
	t        *testing.T
	screen   *tea.Program
	ended    chan error
	finished sync.WaitGroup
	phone    *takingSink

	mu       sync.Mutex
	emulator *vt.Emulator
}

// startWhole starts it on a terminal of 120x40.
func startWhole(ctx context.Context, t *testing.T, source collectors.Source) *wholeBrink {
	t.Helper()
	w := &wholeBrink{t: t, ended: make(chan error, 1), phone: &takingSink{name: "phone"}, emulator: vt.NewEmulator(120, 40)}
	_, _ = w.emulator.WriteString(ansi.SetModeLineFeedNewLine)
	w.finished.Go(func() { _, _ = io.Copy(io.Discard, w.emulator) })
	outbox, err := notify.New(notify.Options{Now: time.Now, Routes: []notify.Route{{Sink: w.phone}}})
	if err != nil {
		t.Fatal(err)
	}
	stage, box := testStage(t, source), newMailbox()
	stage.desk, stage.wake = newDesk(duties{rules: stage.rules, outbox: outbox}), func() {}
	w.finished.Go(func() { tell(ctx, outbox, stage.log) })
	w.finished.Go(func() {
		err := stage.run(ctx, box.put)
		box.close()
		w.ended <- err
	})
	output := paint.NewOutput(w)
	painting, stopPainting := context.WithCancel(context.WithoutCancel(ctx))
	w.finished.Go(func() { output.Run(painting, paintInterval) })
	w.screen = tea.NewProgram(ui.New(ui.Options{Frames: box.frames, Interval: time.Second, Act: stage.act, Show: output.Show}),
		tea.WithInput(nil), tea.WithOutput(output), tea.WithoutSignals(), tea.WithoutSignalHandler(), tea.WithFPS(ticksPerSecond),
		tea.WithWindowSize(120, 40), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	w.finished.Go(func() {
		defer stopPainting()
		if _, err := w.screen.Run(); err != nil {
			t.Errorf("the screen ended with %v", err)
		}
	})
	return w
}

// Write is the terminal's side.
func (w *wholeBrink) Write(data []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.emulator.Write(data)
}

// shows fails unless all of these stand on the screen.
func (w *wholeBrink) shows(words ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.emulator.String()
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.t.Errorf("%q is not on the screen:\n%s", word, text)
		}
	}
}

// TestWholeProgram: four minutes of an agent that fills its memory after half of them. The
// screen follows, the phone rings once, an acknowledgement reaches the rules and
// comes back, and all ends.
func TestWholeProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		late := time.Now().Add(2 * time.Minute)
		calm := func(ctx context.Context, at time.Time) (collectors.Part, error) {
			return steadySource{300}.Collect(ctx, at)
		}
		w := startWhole(ctx, t, lateSource{steadySource{950}, calm, late})
		time.Sleep(time.Minute)
		w.shows("● running", "30% of 1000 B", "no alert")
		time.Sleep(2 * time.Minute)
		w.shows("95% of 1000 B", "✖ critical", "memory-near-limit")
		w.screen.Send(tea.KeyPressMsg(tea.Key{Code: tea.KeyTab}))
		w.screen.Send(tea.KeyPressMsg(tea.Key{Code: 'a', Text: "a"}))
		time.Sleep(time.Minute)
		w.shows("acknowledged", "Alerts")
		cancel()
		if err := <-w.ended; err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		w.shows("○ ended")
		w.screen.Quit()
		_ = w.emulator.InputPipe().(io.Closer).Close()
		w.finished.Wait()
		if told := w.phone.told; len(told) != 1 {
			t.Errorf("the phone was told %d times: %v", len(told), told)
		}
	})
}

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// Watch is a running `brink watch --format json`. It keeps every snapshot until Await has looked at it, so that a state
// that lasted one interval is not missed.
type Watch struct {
	host   *Host
	cmd    *exec.Cmd
	cancel context.CancelFunc
	stderr bytes.Buffer
	came   chan struct{} // has a token when there may be something new

	mu    sync.Mutex // guards the rest
	queue []Snapshot
	story Story
	wrong []string // what no snapshot may say
	last  Snapshot
	ended error // why no more will come; nil while it runs
}

// Watch starts `brink watch --format json` with more arguments.
func (b Brink) Watch(ctx context.Context, arguments string) (*Watch, error) {
	ctx, cancel := context.WithCancel(ctx)
	w := &Watch{host: b.host, cancel: cancel, came: make(chan struct{}, 1)}
	w.cmd = b.host.Command(ctx, b.command("watch --format json "+arguments))
	w.cmd.Stderr = &w.stderr
	stdout, err := w.cmd.StdoutPipe()
	if err == nil {
		err = w.cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("brink watch: %w", err)
	}
	go w.read(stdout)
	return w, nil
}

// errEnded says that brink watch ended by itself, which it never should.
var errEnded = errors.New("brink watch ended")

func (w *Watch) read(stdout io.Reader) {
	reader := bufio.NewReader(stdout)
	for {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			w.end(errors.Join(errEnded, err, w.cmd.Wait()))
			return
		}
		snapshot, err := ParseSnapshot(line)
		if err != nil {
			w.end(err)
			return
		}
		w.mu.Lock()
		w.queue, w.story, w.last = append(w.queue, snapshot), w.story.add(snapshot), snapshot
		w.wrong = append(w.wrong, snapshot.Faults()...)
		w.mu.Unlock()
		w.wake()
	}
}

func (w *Watch) end(err error) {
	w.mu.Lock()
	w.ended = err
	w.mu.Unlock()
	w.wake()
}

func (w *Watch) wake() {
	select {
	case w.came <- struct{}{}:
	default:
	}
}

// next takes the oldest snapshot from the queue. The error tells why there will never be one.
func (w *Watch) next() (Snapshot, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return Snapshot{}, false, w.ended
	}
	snapshot := w.queue[0]
	w.queue = w.queue[1:]
	return snapshot, true, nil
}

// awaitTime is how long a state may take on a machine with KVM.
const awaitTime = 10 * time.Second

// Await returns the first snapshot, of those not looked at before, for which the condition holds. What names it in the
// error, which shows the last snapshot.
func (w *Watch) Await(ctx context.Context, what string, holds func(Snapshot) bool) (Snapshot, error) {
	var found Snapshot
	err := w.await(ctx, what, func() (bool, error) {
		for {
			snapshot, ok, err := w.next()
			if err != nil || !ok {
				return false, err
			}
			if holds(snapshot) {
				found = snapshot
				return true, nil
			}
		}
	})
	return found, err
}

// AwaitStory returns the story as soon as the condition holds for it.
func (w *Watch) AwaitStory(ctx context.Context, what string, holds func(Story) bool) (Story, error) {
	var story Story
	err := w.await(ctx, what, func() (bool, error) {
		story = w.Story()
		return holds(story), w.fault()
	})
	return story, err
}

// await asks again whenever a snapshot came.
func (w *Watch) await(ctx context.Context, what string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, w.host.Patience(awaitTime))
	defer cancel()
	for {
		if done, err := holds(); done {
			return nil
		} else if err != nil {
			return fmt.Errorf("waiting until %s: %w: %s", what, err, w.stderr.String())
		}
		select {
		case <-w.came:
		case <-ctx.Done():
			w.mu.Lock()
			defer w.mu.Unlock()
			return fmt.Errorf("waiting until %s: %w; the story: %v\nthe last snapshot: %s", what, ctx.Err(), w.story, w.last.Raw)
		}
	}
}

// Story is what was told so far.
func (w *Watch) Story() Story {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.story)
}

// Wrong lists what stood in any snapshot so far and never may.
func (w *Watch) Wrong() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.wrong)
}

// firing is the value of each rule that fires for the agent in the last snapshot.
func (w *Watch) firing() map[string]float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	values := map[string]float64{}
	agent, _ := w.last.Agent()
	for _, alert := range agent.Alerts {
		if alert.State == "firing" {
			values[alert.Rule] = alert.Value
		}
	}
	return values
}

func (w *Watch) fault() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// AwaitAgent is Await on the agent's container alone.
func (w *Watch) AwaitAgent(ctx context.Context, what string, holds func(Container) bool) (Container, error) {
	snapshot, err := w.Await(ctx, what, func(s Snapshot) bool {
		container, ok := s.Agent()
		return ok && holds(container)
	})
	container, _ := snapshot.Agent()
	return container, err
}

// Forget drops the snapshots that came so far: the next Await looks at later ones only.
func (w *Watch) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = nil
}

// Close ends the watch. The remote process ends at its next line: its output leads nowhere.
func (w *Watch) Close() { w.cancel() }

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Brink runs the installed brink on the host, as root unless User says otherwise.
type Brink struct {
	host *Host
	// User runs it: visitor may not use the engine's socket, keeper may. Empty is root.
	User string
}

// Brink is the installed program, run by root.
func (h *Host) Brink() Brink { return Brink{host: h} }

// As is the program run by another user of the host.
func (b Brink) As(user string) Brink { b.User = user; return b }

func (b Brink) command(arguments string) string {
	command := brinkBinary + " " + arguments
	if b.User != "" {
		command = "runuser -u " + b.User + " -- " + command
	}
	return command
}

// The exit codes of `brink check`, the convention of monitoring plugins.
const (
	ExitOK       = 0
	ExitWarning  = 1
	ExitCritical = 2
	ExitUnknown  = 3
)

// Check is the outcome of `brink check --format json`.
type Check struct {
	Snapshot
	Exit   int
	Stderr string
}

// Check runs `brink check --format json` with more arguments. A check that ends without a document has an empty
// Snapshot; its words are then in Stderr.
func (b Brink) Check(ctx context.Context, arguments string) (Check, error) {
	result, err := b.host.Run(ctx, b.command("check --format json "+arguments))
	if err != nil {
		return Check{}, err
	}
	check := Check{Exit: result.Exit, Stderr: result.Stderr}
	if strings.TrimSpace(result.Stdout) == "" {
		return check, nil
	}
	check.Snapshot, err = ParseSnapshot([]byte(result.Stdout))
	return check, err
}

// Text runs brink with any arguments and returns what it said on both streams and its exit code.
func (b Brink) Text(ctx context.Context, arguments string) (string, int, error) {
	result, err := b.host.Run(ctx, b.command(arguments))
	return result.Stdout + result.Stderr, result.Exit, err
}

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
	last  string
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
		w.queue, w.last = append(w.queue, snapshot), snapshot.Raw
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
const awaitTime = 30 * time.Second

// Await returns the first snapshot, of those not looked at before, for which the condition holds. What names it in the
// error, which shows the last snapshot.
func (w *Watch) Await(ctx context.Context, what string, holds func(Snapshot) bool) (Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, w.host.Patience(awaitTime))
	defer cancel()
	for {
		snapshot, ok, err := w.next()
		switch {
		case err != nil:
			return Snapshot{}, fmt.Errorf("waiting until %s: %w: %s", what, err, w.stderr.String())
		case ok && holds(snapshot):
			return snapshot, nil
		case ok:
			continue
		}
		select {
		case <-w.came:
		case <-ctx.Done():
			w.mu.Lock()
			defer w.mu.Unlock()
			return Snapshot{}, fmt.Errorf("waiting until %s: %w; the last snapshot: %s", what, ctx.Err(), w.last)
		}
	}
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

package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// lines writes whole lines on a goroutine of its own, so that whoever has
// something to say waits for nobody: not for a pane that was stopped with Ctrl-S,
// not for a pipe that nobody reads. While the other side does not take them a bounded
// number waits; what is beyond that is lost and counted, and the count is written in
// the place of what was lost.
type lines struct {
	to io.Writer
	// apology is the line that stands for lost ones.
	apology func(lost uint64) []byte
	// failed is told of the first write that fails, after which none is tried.
	failed func(error)

	mu      sync.Mutex
	waiting [][]byte
	lost    uint64
	// taken is how many lines are being written.
	taken  int
	closed bool
	err    error
	// wake has a token when there is something to do.
	wake chan struct{}
	done chan struct{}
}

// linesWaiting is how many lines may wait, beside as many that are being written:
// more than guard says in a bad hour, and less than a few MiB.
const linesWaiting = 1000

func newLines(to io.Writer, apology func(lost uint64) []byte, failed func(error)) *lines {
	l := &lines{to: to, apology: apology, failed: failed, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go l.work()
	return l
}

// Write takes one line or several. It neither waits nor fails.
func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed || l.err != nil:
	case len(l.waiting) >= linesWaiting:
		l.lost++
	default:
		l.waiting = append(l.waiting, append([]byte(nil), text...))
		l.nudge()
	}
	return len(text), nil
}

func (l *lines) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lines) work() {
	defer close(l.done)
	for range l.wake {
		for batch := l.take(); len(batch) > 0; batch = l.take() {
			for _, line := range batch {
				if _, err := l.to.Write(line); err != nil {
					l.fail(err)
					return
				}
				l.wrote()
			}
		}
		if l.over() {
			return
		}
	}
}

// take returns all that waits. Once lines are lost none is queued before the next
// call, so their place is after those that wait.
func (l *lines) take() [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch := l.waiting
	if l.lost > 0 {
		batch = append(batch, l.apology(l.lost))
	}
	l.waiting, l.lost, l.taken = nil, 0, len(batch)
	return batch
}

func (l *lines) wrote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken--
}

func (l *lines) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed && len(l.waiting) == 0
}

func (l *lines) fail(err error) {
	l.mu.Lock()
	l.err = err
	l.mu.Unlock()
	if l.failed != nil {
		l.failed(err)
	}
}

// errUnwritten says that the other side did not take the last lines.
var errUnwritten = errors.New("nobody takes them")

// linesPatience is how long the last lines may take: a side that reads takes them
// at once.
const linesPatience = 200 * time.Millisecond

// Close writes what waits, as far as the other side takes it soon. The error is
// that of the first write that failed, or says how many lines were not taken.
func (l *lines) Close() error {
	l.mu.Lock()
	l.closed = true
	l.nudge()
	l.mu.Unlock()
	select {
	case <-l.done:
	case <-time.After(linesPatience):
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if left := uint64(len(l.waiting)+l.taken) + l.lost; left > 0 && l.err == nil {
		return fmt.Errorf("the last %s could not be written: %w", counted(left, "line", "lines"), errUnwritten)
	}
	return l.err
}

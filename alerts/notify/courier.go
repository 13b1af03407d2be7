package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"brink/alerts"
)

// courier serves one sink: it owns the sink's book and the goroutine that
// delivers. Nothing that the sink does holds the lock.
type courier struct {
	route Route
	host  string
	now   func() time.Time
	log   *slog.Logger
	// drainTime is how long run goes on after its context has ended.
	drainTime time.Duration
	// changed is called after each change that the state file should know of.
	changed func()
	// wake holds one token while something may be due.
	wake chan struct{}
	// retired is closed when another courier is to go on, or none. next is the one
	// that does, under the lock of the outbox.
	retired chan struct{}
	next    *courier

	mu      sync.Mutex
	book    *book
	health  SinkHealth
	version uint64

	// Below is the goroutine's own.
	wait    time.Duration
	retryAt time.Time
	// asked says that the other side named the time of the next attempt.
	asked bool
	held  standingMark
}

func newCourier(route Route, o Options, changed func()) *courier {
	name := route.Sink.Name()
	return &courier{
		route: route, host: o.Host, now: o.Now, log: o.Log.With("sink", name), drainTime: o.Drain, changed: changed,
		wake: make(chan struct{}, 1), retired: make(chan struct{}), book: newBook(route, o.Settle), health: SinkHealth{Name: name},
	}
}

// put hands over a verdict. It takes the lock for a moment of arithmetic.
func (c *courier) put(transitions []alerts.Transition, board alerts.Board, now time.Time) {
	if !c.update(func(b *book) { b.put(transitions, board, now) }) {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// update changes the book, logs its decisions and counts its losses. It reports
// whether anything changed but values.
func (c *courier) update(change func(*book)) (moved bool) {
	c.mu.Lock()
	change(c.book)
	notes := c.book.heard()
	for _, note := range notes {
		if note.lost {
			c.health.Dropped++
		}
	}
	moved = c.book.version != c.version
	c.version = c.book.version
	c.mu.Unlock()
	if moved {
		c.changed()
	}
	c.tell(notes)
	return moved
}

// tell logs decisions: losses loudly.
func (c *courier) tell(notes []note) {
	for _, note := range notes {
		key := cleanKey(note.key)
		log := c.log.With("reason", note.reason, "rule", key.Rule, "container", key.Container, "instance", key.Instance)
		if note.lost {
			log.Error("alert was not delivered")
		} else {
			log.Debug("not told")
		}
	}
}

// run delivers until ctx ends, and then what is left until work ends. One that is
// retired leaves it to its successor.
func (c *courier) run(ctx, work context.Context) {
	for ctx.Err() == nil && !c.retiring() {
		c.pause(ctx)
		if ctx.Err() == nil && !c.retiring() {
			c.step(work, false)
		}
	}
	if !c.retiring() {
		c.drain(work)
	}
}

// pause waits until something is due, or may be.
func (c *courier) pause(ctx context.Context) {
	due, ok := c.due()
	if !ok {
		select {
		case <-ctx.Done():
		case <-c.retired:
		case <-c.wake:
		}
		return
	}
	timer := time.NewTimer(due.Sub(c.now()))
	defer timer.Stop()
	// A wake-up may bring something that is due earlier: the next round finds out.
	select {
	case <-ctx.Done():
	case <-c.retired:
	case <-c.wake:
	case <-timer.C:
	}
}

// due returns when there is something to do next: news, a retry, or a standing
// that has to be held up anew.
func (c *courier) due() (time.Time, bool) {
	c.mu.Lock()
	due, ok := c.book.due()
	c.mu.Unlock()
	if refresh, needed := c.refreshAt(c.now()); needed && (!ok || refresh.Before(due)) {
		due, ok = refresh, true
	}
	return later(due, c.retryAt), ok
}

// step makes one attempt at whatever is due, and reports whether it made one
// that succeeded.
func (c *courier) step(work context.Context, force bool) bool {
	now := c.now()
	if now.Before(c.retryAt) {
		c.update(func(b *book) { b.expire(now) })
		return false
	}
	var items []Item
	c.update(func(b *book) { items = b.take(c.host, now, force) })
	if len(items) == 0 {
		return c.hold(work, now)
	}
	if c.route.SkipResolved {
		items = slices.DeleteFunc(items, func(i Item) bool { return i.Reason == ReasonResolved })
		if len(items) == 0 {
			c.update(func(b *book) { b.landed(now) })
			return true
		}
	}
	n := compose(c.host, now, items)
	err := c.attempt(work, func(ctx context.Context) error { return c.route.Sink.Send(ctx, n) })
	c.land(n, err)
	return err == nil
}

// attempt calls the sink with a bound in time.
func (c *courier) attempt(work context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(work, c.route.Timeout)
	defer cancel()
	return guarded(func() error { return call(ctx) })
}

// land takes down what became of an attempt to send.
func (c *courier) land(n Notification, err error) {
	now := c.now()
	if err == nil {
		c.update(func(b *book) { b.landed(now) })
		c.succeeded(now, true)
		c.log.Debug("delivered", "id", n.ID, "alerts", len(n.Items), "severity", n.Severity)
		return
	}
	c.failed(err, now)
	c.log.Warn("not delivered", "id", n.ID, "alerts", len(n.Items), "error", errorText(err), "retry_in", c.retryAt.Sub(now))
	c.update(func(b *book) {
		if permanent(err) {
			b.refused(ReasonRefused, now)
		} else {
			b.bounced()
			b.expire(now)
		}
	})
}

func (c *courier) succeeded(now time.Time, message bool) {
	c.wait, c.retryAt, c.asked = 0, time.Time{}, false
	c.mu.Lock()
	defer c.mu.Unlock()
	if message {
		c.health.Delivered++
	}
	c.health.LastAt, c.health.RetryAt = now, time.Time{}
}

// failed sets the time of the next attempt. A refusal is final for this message
// and says nothing about the next one.
func (c *courier) failed(err error, now time.Time) {
	c.wait = min(max(2*c.wait, c.route.Backoff), c.route.BackoffMax)
	c.asked = false
	wait := c.wait
	var asked *RetryAfterError
	switch {
	case permanent(err):
		c.wait, wait = 0, 0
	case errors.As(err, &asked):
		wait, c.asked = max(wait, asked.After), true
	}
	c.retryAt = now.Add(wait)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.health.Failed++
	c.health.LastError, c.health.LastErrorAt, c.health.RetryAt = errorText(err), now, c.retryAt
}

// drain tells what is left, without waiting for company. A sink that failed is
// tried once more at once, unless it said when it wants to be asked, and then as
// often as there is time for.
func (c *courier) drain(work context.Context) {
	until := c.now().Add(c.drainTime)
	if !c.asked {
		c.retryAt = time.Time{}
	}
	for c.waiting() && work.Err() == nil && !c.retiring() {
		if c.step(work, true) {
			continue
		}
		if c.retryAt.After(until) || !sleep(work, c.retryAt.Sub(c.now())) {
			return
		}
	}
}

// sleep waits; it returns false as soon as work ends.
func sleep(work context.Context, wait time.Duration) bool {
	timer := time.NewTimer(max(wait, time.Millisecond))
	defer timer.Stop()
	select {
	case <-work.Done():
		return false
	case <-timer.C:
		return true
	}
}

// waiting reports whether news waits that may be told now: the end of an alert
// that is muted may not.
func (c *courier) waiting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book.urgent(c.now())
}

// close lets the sink put right what it has to.
func (c *courier) close(work context.Context) {
	closer, ok := c.route.Sink.(Closer)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), closeTime)
	defer cancel()
	if err := guarded(func() error { return closer.Close(ctx) }); err != nil {
		c.log.Warn("sink did not close cleanly", "error", errorText(err))
	}
}

// snapshot returns the health.
func (c *courier) snapshot() SinkHealth {
	c.mu.Lock()
	defer c.mu.Unlock()
	health := c.health
	health.Pending = c.book.waitingCount()
	return health
}

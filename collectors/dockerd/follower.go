package dockerd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
)

// Update is one thing that the follower of events has to tell.
type Update struct {
	Kind UpdateKind
	// Event belongs to UpdateEvent.
	Event Event
	// Err belongs to UpdateLost; it is an *Error.
	Err error
	// Missed belongs to UpdateMissed: how many events at least, 0 when nobody knows.
	Missed uint64
}

// UpdateKind is what an update tells.
type UpdateKind uint8

// The kinds.
const (
	// UpdateConnected: the engine listens to us from here on. Whoever keeps a list
	// of containers has to ask for it now, not before: what happens between comes
	// as an event. It comes again after every UpdateLost.
	UpdateConnected UpdateKind = iota + 1
	// UpdateEvent: something happened to a container.
	UpdateEvent
	// UpdateLost: the engine is gone, or was never there. It is told once, and
	// again only when the reason changes. The follower goes on trying.
	UpdateLost
	// UpdateMissed: events are missing at this point: the reader of the channel
	// was too slow, or the engine did not have the events of the outage any more.
	// Ask for the list again.
	UpdateMissed
)

const (
	// eventBuffer is how many updates wait for a slow reader: twice what an engine
	// replays at once. The follower never makes the engine wait: the engine drops
	// events for a listener that is slow, and tells nobody.
	eventBuffer = 512
	// resumeOverlap is how far before the last event a subscription starts again.
	// The engine takes the time of an event before it puts it in order, so two may
	// stand the wrong way round, and it looks no further back than the first event
	// that is too old (moby daemon/events, loadBufferedEvents).
	resumeOverlap = time.Second
)

// Events follows what happens to all containers until ctx ends, which closes the
// channel. With a since the engine first replays what it still has from then on.
//
// An outage is told as it happens. After it the follower asks for the events
// since the last one, and leaves out those it told already. That brings back all
// that happened in an outage of the connection, up to the last 256 events of all
// kinds that the engine keeps in memory; an engine that restarted has none. What
// can be seen to be missing is told as UpdateMissed; after UpdateConnected the
// list of containers has to be asked for in any case.
func (c *Client) Events(ctx context.Context, since time.Time) <-chan Update {
	f := &follower{client: c, out: make(chan Update, eventBuffer), since: since, floor: since}
	go func() {
		defer close(f.out)
		f.run(ctx)
	}()
	return f.out
}

// follower is the state of one Events call. All of it belongs to one goroutine.
type follower struct {
	client *Client
	out    chan Update
	// since is where the next subscription starts; zero is "now". It never goes
	// before floor: that would bring events that nobody asked for.
	since, floor time.Time
	// last is the newest event told; seen are the newest ones.
	last time.Time
	seen eventRing
	// replaying is true from a new subscription to the first event after last, and
	// bridged once the replay has shown an event that was told before: then it has
	// no hole.
	replaying, bridged bool
	// missed and gap are losses that are still to be told.
	missed uint64
	gap    bool
	// reported is the reason of the outage as it was told last.
	reported string
}

// run subscribes again and again, with a pause that doubles until a subscription
// has lasted.
func (f *follower) run(ctx context.Context) {
	options := f.client.options
	pause := options.BackoffMin
	for {
		lasted, err := f.subscribe(ctx)
		if ctx.Err() != nil {
			return
		}
		f.lost(ctx, err)
		if lasted {
			pause = options.BackoffMin
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return
		}
		pause = min(2*pause, options.BackoffMax)
	}
}

// subscribe holds one subscription until it ends. It has lasted when it was
// longer than the longest pause: an engine that accepts and hangs up at once
// must not be asked at full speed.
func (f *follower) subscribe(ctx context.Context) (lasted bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(context.Canceled)
	opening := time.AfterFunc(f.client.options.CallTimeout, func() { cancel(errSilent) })
	defer opening.Stop()
	api, err := f.client.engine(ctx)
	if err != nil {
		return false, err
	}
	// The next engine that answers may speak another version.
	defer f.client.forget(api)
	x := newExchange(maxEventBytes)
	stream := api.Events(x.attach(ctx), f.request())
	// The moby client's goroutine ends after it has closed this channel.
	defer func() {
		cancel(context.Canceled)
		for range stream.Err {
		}
	}()
	opening.Stop()
	if !x.opened.Load() {
		return false, f.client.explain(ctx, opEvents, x, <-stream.Err)
	}
	f.connected(ctx, x.clock())
	stable := time.NewTimer(f.client.options.BackoffMax)
	defer stable.Stop()
	err = f.pump(ctx, x, stream)
	select {
	case <-stable.C:
		return true, err
	default:
		return false, err
	}
}

// pump passes messages on until the stream ends.
func (f *follower) pump(ctx context.Context, x *exchange, stream client.EventsResult) error {
	for {
		select {
		case message := <-stream.Messages:
			x.refill()
			f.take(message)
		case f.pending() <- Update{Kind: UpdateMissed, Missed: f.missed}:
			f.missed, f.gap = 0, false
		case err := <-stream.Err:
			return f.ended(ctx, x, err)
		}
	}
}

// ended explains the end of a subscription. One that broke on a document it
// could not read would break on it again: the next one starts from now.
func (f *follower) ended(ctx context.Context, x *exchange, err error) error {
	if errors.Is(err, io.EOF) && ctx.Err() == nil {
		return &Error{Kind: ErrBroken, Endpoint: f.client.target.Endpoint, Op: opEvents, cause: err}
	}
	err = f.client.explain(ctx, opEvents, x, err)
	if errors.Is(err, ErrMalformed) {
		f.since, f.floor, f.last, f.gap = time.Time{}, time.Time{}, time.Time{}, true
	}
	return err
}

// request asks for the events of containers from since on.
func (f *follower) request() client.EventsListOptions {
	options := client.EventsListOptions{
		Filters: make(client.Filters).
			Add("type", string(events.ContainerEventType)).
			Add("event", wantedActions()...),
	}
	if !f.last.IsZero() {
		f.since = f.last.Add(-resumeOverlap)
		if f.since.Before(f.floor) {
			f.since = f.floor
		}
	}
	if !f.since.IsZero() {
		options.Since = fmt.Sprintf("%d.%09d", f.since.Unix(), f.since.Nanosecond())
	}
	return options
}

// connected tells that events come from here on. If nothing happens before the
// next outage, the engine's time of this answer is where to go on from; it is
// exact to the second, so up to a second of older events may come then.
func (f *follower) connected(ctx context.Context, now time.Time) {
	f.replaying, f.bridged = !f.last.IsZero(), false
	f.reported = ""
	if f.since.IsZero() {
		f.since = now
	}
	// While this has to wait for the reader, the engine may drop events.
	f.gap = f.tell(ctx, Update{Kind: UpdateConnected}) || f.gap
}

// lost tells of the outage, once for each reason.
func (f *follower) lost(ctx context.Context, err error) {
	if err.Error() == f.reported {
		return
	}
	f.reported = err.Error()
	f.tell(ctx, Update{Kind: UpdateLost, Err: err})
}

// tell delivers what must not be dropped, and reports whether it had to wait.
func (f *follower) tell(ctx context.Context, update Update) (waited bool) {
	if f.offer(update) {
		return false
	}
	select {
	case f.out <- update:
	case <-ctx.Done():
	}
	return true
}

// take passes an event on, but for one that was told before the outage.
func (f *follower) take(message events.Message) {
	event, ok := newEvent(message)
	if !ok || f.told(event) {
		return
	}
	if f.floor.IsZero() {
		f.floor = event.At
	}
	if event.At.After(f.last) {
		f.last, f.replaying = event.At, false
	}
	f.seen.add(event)
	if !f.confess() || !f.offer(Update{Kind: UpdateEvent, Event: event}) {
		f.missed++
	}
}

// confess tells the losses so far, and reports whether there are none to tell any
// more: nothing may overtake them.
func (f *follower) confess() bool {
	if f.losses() && f.offer(Update{Kind: UpdateMissed, Missed: f.missed}) {
		f.missed, f.gap = 0, false
	}
	return !f.losses()
}

// offer delivers without waiting.
func (f *follower) offer(update Update) bool {
	select {
	case f.out <- update:
		return true
	default:
		return false
	}
}

// told reports whether the replay after an outage brings something old. When its
// first event is not an old one, the engine has lost some.
func (f *follower) told(event Event) bool {
	if !f.replaying {
		return false
	}
	old := f.seen.has(event)
	if !old && !f.bridged {
		f.gap = true
	}
	f.bridged = true
	return old
}

func (f *follower) losses() bool { return f.missed > 0 || f.gap }

// pending is the channel while there is a loss to tell, and nil, which no select
// takes, while there is none.
func (f *follower) pending() chan<- Update {
	if f.losses() {
		return f.out
	}
	return nil
}

package notify

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"brink/alerts"
)

// Options are what an outbox is made of.
type Options struct {
	// Host names this machine in every message.
	Host string
	// Routes are the sinks, each with what it wants to hear. Names are unique.
	Routes []Route
	// Now is the clock.
	Now func() time.Time
	// Log is told of every failure and every loss; nil discards.
	Log *slog.Logger
	// StatePath is the file in which critical messages and what the sinks know
	// survive a restart. Its directory is made with mode 0700 if it is missing.
	// Empty means that nothing survives. Only one process at a time can have it:
	// one that finds it taken tells the routes that are Local alone, and takes the
	// others over when the file is free; see [Outbox.StateTaken].
	StatePath string
	// Forget says that nothing is to survive: of the state file only the lock is
	// taken, so that two brinks do not tell everything twice.
	Forget bool
	// Drain is how long Run goes on after its context has ended; 0 means 2.5 s. With
	// the ends of the sinks it makes less than 4.5 s.
	Drain time.Duration
	// Settle is how long after the start an alert that was told before a restart
	// may be missing from the board before it counts as over: the rules need their
	// for-durations again. 0 means 10 min, twice the longest of the default rules.
	Settle time.Duration
}

// Route is a sink with what it wants to hear and when. Zero durations mean the
// defaults that stand beside them; negative ones mean "none", where that makes
// sense.
type Route struct {
	Sink Sink
	// Local says that the sink belongs to this process alone, as its terminal does:
	// it is told even while another brink has the state file.
	Local bool
	// Minimum is the lowest severity that the sink is told of. An alert that
	// falls below it is still resolved if it was told.
	Minimum alerts.Severity
	// SkipResolved keeps the sink from hearing that what it was told of is over. What
	// was over before it could be told it hears all the same: nobody told it at all.
	SkipResolved bool
	// GroupWait is how long the first news waits for others to come along: 200 ms,
	// so that a kill is told within a second of it.
	GroupWait time.Duration
	// Repeat is after how long an alert is told again that still fires and that
	// nobody acknowledged or muted: 4 h; negative means never.
	Repeat time.Duration
	// Deadline is how long delivery is tried: 1 h. What still fires then is tried
	// anew after Repeat.
	Deadline time.Duration
	// Timeout bounds one attempt: 10 s.
	Timeout time.Duration
	// Backoff is the wait after the first failed attempt: 1 s. It doubles with
	// each further one up to BackoffMax: 30 s. There is no jitter: a host sends a
	// handful of messages, and no herd forms.
	Backoff    time.Duration
	BackoffMax time.Duration
	// Queue is how many alerts may wait that the sink does not know of yet: 256.
	// When it is full the worse ones stay.
	Queue int
}

// The defaults, see [Options] and [Route].
const (
	defaultDrain      = 2500 * time.Millisecond
	defaultSettle     = 10 * time.Minute
	defaultGroupWait  = 200 * time.Millisecond
	defaultRepeat     = 4 * time.Hour
	defaultDeadline   = time.Hour
	defaultTimeout    = 10 * time.Second
	defaultBackoff    = time.Second
	defaultBackoffMax = 30 * time.Second
	defaultQueue      = 256
	// maxItems bounds one message. More go into the next one, at once.
	maxItems = 100
	// closeTime bounds the Close of a sink, after the drain.
	closeTime = 750 * time.Millisecond
	// lostAfter is how long a sink may ignore the end of its context: longer than a
	// program that ignores SIGTERM needs to be killed.
	lostAfter = killGrace + 250*time.Millisecond
)

func (o Options) withDefaults() (Options, error) {
	if o.Now == nil {
		return o, errors.New("an outbox needs a clock: set Options.Now")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Drain, o.Settle = or(o.Drain, defaultDrain), or(o.Settle, defaultSettle)
	names := map[string]bool{}
	routes := make([]Route, 0, len(o.Routes))
	for i, route := range o.Routes {
		if route.Sink == nil {
			return o, fmt.Errorf("route %d has no sink", i)
		}
		name := route.Sink.Name()
		if names[name] {
			return o, fmt.Errorf("two sinks are called %q: give each a name of its own", name)
		}
		names[name] = true
		routes = append(routes, route.withDefaults())
	}
	o.Routes = routes
	return o, nil
}

func (r Route) withDefaults() Route {
	r.GroupWait = max(or(r.GroupWait, defaultGroupWait), 0)
	r.Repeat = max(or(r.Repeat, defaultRepeat), 0)
	r.Deadline = or(r.Deadline, defaultDeadline)
	r.Timeout = or(r.Timeout, defaultTimeout)
	r.Backoff = or(r.Backoff, defaultBackoff)
	r.BackoffMax = max(or(r.BackoffMax, defaultBackoffMax), r.Backoff)
	if r.Queue <= 0 {
		r.Queue = defaultQueue
	}
	return r
}

func or(value, fallback time.Duration) time.Duration {
	if value == 0 {
		return fallback
	}
	return value
}

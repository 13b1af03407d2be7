package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"brink/alerts"
)

// Outbox takes the verdicts of the rules and tells the sinks. Make one with
// [New], let [Outbox.Run] work in a goroutine, and hand every verdict to
// [Outbox.Put].
type Outbox struct {
	options Options
	spool   *spool

	mu sync.Mutex
	// couriers serve the sinks, in the order of the routes.
	couriers []*courier
	// standby are the routes that are left to another brink at present.
	standby []Route
	// launch lets a courier work; nil while Run does not.
	launch func(*courier)
	// serving are the couriers that work; ended has a token when one ceased to.
	serving map[*courier]bool
	ended   chan struct{}
}

// New makes an outbox, and takes over what an earlier one left in the state file.
// An error is one of the options. A state file that cannot be used is not an
// error: delivery goes on without it, see [Outbox.StateFault]. The file is held
// until Run has ended.
func New(options Options) (*Outbox, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	o := &Outbox{
		options: options, spool: openSpool(options.StatePath, options.Log),
		serving: map[*courier]bool{}, ended: make(chan struct{}, 1),
	}
	o.spool.forget = options.Forget
	saved := o.spool.load()
	here, elsewhere := o.divide(options.Routes)
	o.standby = elsewhere
	o.restore(here, saved)
	saved.logOrphans(options.Log)
	return o, nil
}

// restore adds couriers that know what the state file has of their sinks.
func (o *Outbox) restore(routes []Route, saved *savedPages) {
	for _, route := range routes {
		c := newCourier(route, o.options, o.spool.touch)
		c.restore(saved.take(route.Sink.Name()))
		o.couriers = append(o.couriers, c)
		o.start(c)
	}
}

// divide tells the routes that are served here from those that the other brink
// serves that has the state file.
func (o *Outbox) divide(routes []Route) (here, elsewhere []Route) {
	if !o.spool.taken() {
		return routes, nil
	}
	for _, route := range routes {
		if route.Local {
			here = append(here, route)
		} else {
			elsewhere = append(elsewhere, route)
		}
	}
	return here, elsewhere
}

// Put takes one verdict: the board, and the changes that led to it. It never
// blocks and never waits for anybody; what it costs is arithmetic on the alerts
// of the board. The board must be whole: what is not on it does not fire.
func (o *Outbox) Put(transitions []alerts.Transition, board alerts.Board) {
	now := o.options.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.couriers {
		c.put(transitions, board, now)
	}
}

// Run delivers until ctx ends, and then for at most [Options.Drain] what is left;
// what is left after that, and is not in the state file, is counted and logged.
// It returns an error only when a sink does not come back: its goroutine is lost.
// It may be called once.
func (o *Outbox) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	o.begin(ctx, work)
	keeper := o.keep(work)
	<-ctx.Done()
	halt := time.AfterFunc(o.options.Drain, stop)
	defer halt.Stop()
	err := o.await()
	stop()
	keeper.Wait()
	o.finish()
	return err
}

// begin lets the couriers work.
func (o *Outbox) begin(ctx, work context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.launch = func(c *courier) {
		o.serving[c] = true
		go o.serve(ctx, work, c)
	}
	for _, c := range o.couriers {
		o.start(c)
	}
}

// start lets a courier work, if Run does. The caller has the lock, or the outbox
// for itself.
func (o *Outbox) start(c *courier) {
	if o.launch != nil {
		o.launch(c)
	}
}

// serve lets a courier work, and then those that succeed it.
func (o *Outbox) serve(ctx, work context.Context, c *courier) {
	for c != nil {
		if err := guarded(func() error { c.run(ctx, work); return nil }); err != nil {
			c.log.Error("delivery to this sink has ended", "error", errorText(err))
		}
		c.close(work)
		c = o.succeed(c)
	}
}

// await waits for the couriers, and gives up on those that hang. Nobody can start
// another one after it.
func (o *Outbox) await() error {
	patience := time.NewTimer(o.options.Drain + closeTime + lostAfter)
	defer patience.Stop()
	for {
		o.mu.Lock()
		missing := names(o.serving)
		if missing == "" {
			o.launch = nil
		}
		o.mu.Unlock()
		if missing == "" {
			return nil
		}
		select {
		case <-o.ended:
		case <-patience.C:
			return fmt.Errorf("sinks that do not come back: %s", missing)
		}
	}
}

// keep writes the state file whenever something changed, beside the couriers:
// neither they nor Put wait for a disk. While another brink has the file it tries
// to get it.
func (o *Outbox) keep(work context.Context) *sync.WaitGroup {
	var keeper sync.WaitGroup
	keeper.Go(func() {
		retry := time.NewTicker(lockRetry)
		defer retry.Stop()
		for {
			if !o.spool.taken() {
				retry.Stop()
			}
			select {
			case <-work.Done():
				return
			case <-o.spool.dirty:
				o.spool.save(o.record())
			case <-retry.C:
				o.takeOver()
			}
		}
	})
	return &keeper
}

// lockRetry is how often a brink that stands by looks whether the other has ended.
const lockRetry = 5 * time.Second

// takeOver serves the sinks that another brink has served, once it has let go of
// the state file, from what it left there.
func (o *Outbox) takeOver() {
	if !o.spool.retry() {
		return
	}
	saved := o.spool.load()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.couriers {
		// What the other's terminal knows is nothing to ours.
		saved.take(c.route.Sink.Name())
	}
	o.options.Log.Info("the other brink has ended: this one tells all sinks from now on", "sinks", len(o.standby))
	o.restore(o.standby, saved)
	o.standby = nil
	saved.logOrphans(o.options.Log)
}

// finish writes the state file for the last time and counts what is lost.
func (o *Outbox) finish() {
	o.spool.save(o.record())
	kept := o.spool.close()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.couriers {
		c.update(func(b *book) { b.abandon(kept) })
	}
}

// record is what the state file should hold.
func (o *Outbox) record() spoolRecord {
	record := spoolRecord{Host: o.options.Host, At: o.options.Now(), Sinks: map[string][]pageRecord{}}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.couriers {
		if pages := c.record(); len(pages) > 0 {
			record.Sinks[c.route.Sink.Name()] = pages
		}
	}
	return record
}

// Health returns how each sink is doing, in the order of the routes; those that
// are left to another brink come last.
func (o *Outbox) Health() []SinkHealth {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]SinkHealth, 0, len(o.couriers)+len(o.standby))
	for _, c := range o.couriers {
		list = append(list, c.snapshot())
	}
	for _, route := range o.standby {
		list = append(list, SinkHealth{Name: route.Sink.Name(), Standby: true})
	}
	return list
}

// StateFault returns why nothing would survive a restart at present, in one line
// that says what to do; empty when all is well, or no state file was asked for.
func (o *Outbox) StateFault() string { return o.spool.fault() }

// StateTaken reports whether another brink has the state file: it tells the sinks
// that are not [Route.Local], and this one stands by.
func (o *Outbox) StateTaken() bool { return o.spool.taken() }

// Test sends a message that says that it is a test through every sink, all at
// once, and returns when each has answered or its time is over. It does not need
// Run, and changes nothing that the sinks know.
func (o *Outbox) Test(ctx context.Context) []Result {
	results := make([]Result, len(o.couriers))
	var sinks sync.WaitGroup
	for i, c := range o.couriers {
		sinks.Go(func() { results[i] = c.try(ctx) })
	}
	sinks.Wait()
	return results
}

// try sends a test message.
func (c *courier) try(ctx context.Context) Result {
	start := c.now()
	message := trial(c.host, start)
	result := Result{Sink: c.route.Sink.Name()}
	result.Err = c.attempt(ctx, func(ctx context.Context) error { return c.route.Sink.Send(ctx, message) })
	result.Took = c.now().Sub(start)
	if explainer, ok := c.route.Sink.(Explainer); ok {
		_ = c.attempt(ctx, func(ctx context.Context) error { result.Detail = explainer.Explain(ctx); return nil })
	}
	return result
}

func names(set map[*courier]bool) string {
	list := make([]string, 0, len(set))
	for c := range set {
		list = append(list, c.health.Name)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

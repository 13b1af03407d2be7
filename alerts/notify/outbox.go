package notify

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"brink/alerts"
)

// Outbox takes the verdicts of the rules and tells the sinks. Make one with
// [New], let [Outbox.Run] work in a goroutine, and hand every verdict to
// [Outbox.Put].
type Outbox struct {
	options  Options
	couriers []*courier
	spool    *spool
}

// New makes an outbox, and takes over what an earlier one left in the state file.
// An error is one of the options. A state file that cannot be used is not an
// error: delivery goes on without it, see [Outbox.StateFault]. The file is held
// until Run has ended: who makes another outbox, as after a reload of the
// configuration, waits for that first.
func New(options Options) (*Outbox, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	o := &Outbox{options: options, spool: openSpool(options.StatePath, options.Log)}
	saved := o.spool.load()
	for _, route := range options.Routes {
		c := newCourier(route, options, o.spool.touch)
		c.restore(saved.take(route.Sink.Name()))
		o.couriers = append(o.couriers, c)
	}
	saved.logOrphans(options.Log)
	return o, nil
}

// Put takes one verdict: the board, and the changes that led to it. It never
// blocks and never waits for anybody; what it costs is arithmetic on the alerts
// of the board. The board must be whole: what is not on it does not fire.
func (o *Outbox) Put(transitions []alerts.Transition, board alerts.Board) {
	now := o.options.Now()
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
	ended := make(chan string, len(o.couriers))
	for _, c := range o.couriers {
		go func() {
			defer func() { ended <- c.health.Name }()
			if err := guarded(func() error { c.run(ctx, work); return nil }); err != nil {
				c.log.Error("delivery to this sink has ended", "error", errorText(err))
			}
			c.close(work)
		}()
	}
	keeper := o.keep(work)
	<-ctx.Done()
	halt := time.AfterFunc(o.options.Drain, stop)
	defer halt.Stop()
	err := o.await(ended)
	stop()
	keeper.Wait()
	o.finish()
	return err
}

// await waits for the couriers, and gives up on those that hang.
func (o *Outbox) await(ended <-chan string) error {
	missing := map[string]bool{}
	for _, c := range o.couriers {
		missing[c.health.Name] = true
	}
	patience := time.NewTimer(o.options.Drain + closeTime + lostAfter)
	defer patience.Stop()
	for len(missing) > 0 {
		select {
		case name := <-ended:
			delete(missing, name)
		case <-patience.C:
			return fmt.Errorf("sinks that do not come back: %s", names(missing))
		}
	}
	return nil
}

// lostAfter is how long a sink may ignore the end of its context.
const lostAfter = time.Second

// keep writes the state file whenever something changed, beside the couriers:
// neither they nor Put wait for a disk.
func (o *Outbox) keep(work context.Context) *sync.WaitGroup {
	var keeper sync.WaitGroup
	keeper.Go(func() {
		for {
			select {
			case <-work.Done():
				return
			case <-o.spool.dirty:
				o.spool.save(o.record())
			}
		}
	})
	return &keeper
}

// finish writes the state file for the last time and counts what is lost.
func (o *Outbox) finish() {
	o.spool.save(o.record())
	kept := o.spool.close()
	for _, c := range o.couriers {
		c.update(func(b *book) { b.abandon(kept) })
	}
}

// record is what the state file should hold.
func (o *Outbox) record() spoolRecord {
	record := spoolRecord{Host: o.options.Host, At: o.options.Now(), Sinks: map[string][]pageRecord{}}
	for _, c := range o.couriers {
		if pages := c.record(); len(pages) > 0 {
			record.Sinks[c.route.Sink.Name()] = pages
		}
	}
	return record
}

// Health returns how each sink is doing, in the order of the routes.
func (o *Outbox) Health() []SinkHealth {
	list := make([]SinkHealth, 0, len(o.couriers))
	for _, c := range o.couriers {
		list = append(list, c.snapshot())
	}
	return list
}

// StateFault returns why nothing would survive a restart at present, in one line
// that says what to do; empty when all is well, or no state file was asked for.
func (o *Outbox) StateFault() string { return o.spool.fault() }

// StateTaken reports whether another brink has the state file: it tells the same
// sinks, and this one would tell everybody twice.
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

func names(set map[string]bool) string {
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

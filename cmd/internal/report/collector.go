package report

import (
	"time"

	"brink/collectors"
)

// Collector takes the snapshots of a range and keeps what its report tells of. What
// it takes is bounded, except that each container has an account of its own.
type Collector struct {
	options  Options
	groups   []nearGroup
	clock    clock
	host     collectors.HostCounters
	accounts map[string]*account
	// order holds the accounts in the order in which they were first heard of.
	order []*account
	// early are the minutes before the span, which a kill at its beginning asks for.
	early  map[string]*minute
	losses losses
	// lives are those of the containers, by their names.
	lives map[string]*kept[Life]
}

// New returns a collector that has seen nothing.
func New(options Options) *Collector {
	options = options.complete()
	return &Collector{
		options: options, groups: nearGroups(options.Rules), accounts: map[string]*account{}, early: map[string]*minute{},
		clock: clock{span: options.Span, gap: options.Gap},
	}
}

// Add takes the next snapshot, in the order of the recording. Of those outside of the
// span, the minute before it alone is looked at, for what led to a kill. It keeps the lists of processes of the last minute, and changes
// nothing in them.
func (c *Collector) Add(snapshot collectors.Snapshot) {
	if !c.options.Span.holds(snapshot.At) {
		c.approach(snapshot)
		return
	}
	before := c.clock.recorded
	s := c.clock.tick(snapshot.At.In(c.options.Location))
	c.meet(snapshot.Host)
	for _, event := range snapshot.News {
		c.hear(event, before)
	}
	for i := range snapshot.Containers {
		if sample := &snapshot.Containers[i]; c.options.wants(sample.Name) {
			c.account(sample.Name, before).add(sample, s)
		}
	}
	for _, a := range c.order {
		if a.last != s.number {
			a.uptime.absent(s)
		}
	}
}

// approach takes a snapshot of the minute before the span.
func (c *Collector) approach(snapshot collectors.Snapshot) {
	if ahead := c.options.Span.From.Sub(snapshot.At); ahead <= 0 || ahead > runup {
		return
	}
	for i := range snapshot.Containers {
		sample := &snapshot.Containers[i]
		if !c.options.wants(sample.Name) {
			continue
		}
		if c.early[sample.Name] == nil {
			c.early[sample.Name] = &minute{}
		}
		c.early[sample.Name].add(sample, snapshot.At.In(c.options.Location))
	}
}

// meet takes what is known of the host; a reading may know nothing of it.
func (c *Collector) meet(host collectors.HostCounters) {
	if host != (collectors.HostCounters{}) {
		c.host = host
	}
}

// hear takes an event of the range. What happened before it can be news, when a
// recorder has only begun.
func (c *Collector) hear(event collectors.Event, before time.Duration) {
	event.At = inZone(event.At, c.options.Location)
	event.Until = inZone(event.Until, c.options.Location)
	span := Span{From: c.clock.bounds().From, To: c.options.Span.To}
	if !span.holds(event.At) && !span.holds(event.Until) {
		return
	}
	switch {
	case event.Kind == collectors.EventSourceLost || event.Kind == collectors.EventSourceBack:
		c.losses.hear(event)
	case event.Container != "" && c.options.wants(event.Container):
		c.account(event.Container, before).hear(event)
	}
}

// account finds the account of a container, or opens one. Of the time that was
// recorded before, nothing is known of it.
func (c *Collector) account(name string, before time.Duration) *account {
	a := c.accounts[name]
	if a == nil {
		a = &account{name: name, near: nearness{name: name, groups: c.groups}}
		a.uptime.unknown = before
		if early := c.early[name]; early != nil {
			a.minute = *early
			delete(c.early, name)
		}
		c.accounts[name] = a
		c.order = append(c.order, a)
	}
	return a
}

// Report returns the story of what was added so far. More can be added after it.
func (c *Collector) Report() Report {
	bounds := c.clock.bounds()
	r := Report{
		Version: name(c.options.Version), From: bounds.From, To: bounds.To, Coverage: c.clock.coverage(),
		Host: cleanHost(c.host), Containers: []Container{},
		SourceLosses: c.losses.list.all(), SourceLossCount: c.losses.list.count, location: c.options.Location,
	}
	for _, a := range c.order {
		story := a.story()
		if lives := c.lives[a.name]; lives != nil {
			story.Lives, story.LifeCount = lives.all(), lives.count
		}
		r.Containers = append(r.Containers, story)
	}
	for _, wanted := range c.options.Names {
		if c.accounts[wanted] == nil {
			r.NotSeen = append(r.NotSeen, name(wanted))
		}
	}
	return r
}

func cleanHost(host collectors.HostCounters) collectors.HostCounters {
	host.Name, host.Kernel, host.Engine = name(host.Name), name(host.Kernel), name(host.Engine)
	host.CgroupMode = name(host.CgroupMode)
	return host
}

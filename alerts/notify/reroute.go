package notify

import (
	"slices"
	"time"

	"brink/alerts"
)

// Reroute puts other routes in the place of those that the outbox has, as after a
// reload of the configuration. A sink with the name of an earlier one takes over
// what that knows and has still to be told, when an attempt that is under way has
// come to its end; so nothing is lost, and nothing told twice. What waits for a
// sink that is no more is given up, counted and logged. It does not wait. An error
// is one of the routes, and leaves all as it was.
func (o *Outbox) Reroute(routes []Route) error {
	options := o.options
	options.Routes = routes
	options, err := options.withDefaults()
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	earlier := o.couriers
	o.couriers = nil
	here, elsewhere := o.divide(options.Routes)
	o.standby = elsewhere
	for _, route := range here {
		next := newCourier(route, o.options, o.spool.touch)
		i := slices.IndexFunc(earlier, func(c *courier) bool { return c.health.Name == next.health.Name })
		if i < 0 {
			o.couriers = append(o.couriers, next)
			o.start(next)
			continue
		}
		o.couriers = append(o.couriers, o.replace(earlier[i], next))
		earlier = slices.Delete(earlier, i, i+1)
	}
	for _, c := range earlier {
		o.remove(c)
	}
	o.spool.touch()
	return nil
}

// replace lets next succeed a courier, at once if that does not work, and returns
// the one of the two that has the book.
func (o *Outbox) replace(c, next *courier) *courier {
	if o.serving[c] {
		c.next = next
		c.retire()
		return c
	}
	next.adopt(c)
	o.start(next)
	return next
}

// remove ends a courier whose sink is not configured any more.
func (o *Outbox) remove(c *courier) {
	if !o.serving[c] {
		c.update((*book).forsake)
		return
	}
	c.next = nil
	c.retire()
	o.couriers = append(o.couriers, c)
}

// succeed takes down that a courier has ceased to work, and returns the one that
// goes on in its place, if any.
func (o *Outbox) succeed(c *courier) *courier {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.serving, c)
	next, i := c.next, slices.Index(o.couriers, c)
	switch {
	case next != nil:
		next.adopt(c)
		o.couriers[i] = next
		o.serving[next] = true
	case c.retiring():
		c.update((*book).forsake)
		o.couriers = slices.Delete(o.couriers, i, i+1)
	}
	select {
	case o.ended <- struct{}{}:
	default:
	}
	return next
}

// retire asks the courier to leave what waits to its successor.
func (c *courier) retire() {
	if !c.retiring() {
		close(c.retired)
	}
}

// retiring reports whether the courier was asked to leave.
func (c *courier) retiring() bool {
	select {
	case <-c.retired:
		return true
	default:
		return false
	}
}

// heir is a sink that has to know what an earlier one of its name has done.
type heir interface {
	// inherit is called before any other method.
	inherit(from Sink)
}

// adopt takes over the book of a courier that does not work any more, and how its
// sink has fared.
func (c *courier) adopt(from *courier) {
	from.mu.Lock()
	defer from.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	from.book.bounced()
	c.book.pages, c.book.began = from.book.pages, from.book.began
	c.book.version = from.book.version + 1
	from.book.pages = map[alerts.Key]*page{}
	c.health = from.health
	c.health.RetryAt = time.Time{}
	if sink, ok := c.route.Sink.(heir); ok {
		sink.inherit(from.route.Sink)
	}
}

// forsake gives up all that waits, because the sink is not configured any more.
func (b *book) forsake() {
	b.bounced()
	for _, page := range b.ordered() {
		if page.news != nil {
			b.note(page.key, ReasonRemoved, true)
		}
	}
	b.pages = map[alerts.Key]*page{}
	b.version++
}

package collectors

import (
	"maps"
	"slices"
	"time"
)

// past is what the deriver keeps of one container beside the last readings.
type past struct {
	outlook *Outlook
	cpu     frames[CPUCounters]
	io      frames[IOCounters]
	network frames[NetworkCounters]
}

// stamped are counters that carry the time at which they were read.
type stamped interface{ stamp() time.Time }

func (c CPUCounters) stamp() time.Time     { return c.At }
func (c IOCounters) stamp() time.Time      { return c.At }
func (c NetworkCounters) stamp() time.Time { return c.At }

// frames are the last two readings of a group that differ in their time. The
// engine sends its statistics once in somewhat more than a second, so that now
// and then two slots see the same frame: a rate between the two would be absent,
// and the number on the screen would blink.
type frames[T stamped] struct {
	incarnation  Incarnation
	origin       string
	last, before Opt[T]
}

// see takes the counters of the next reading.
func (f *frames[T]) see(group Group, container ContainerCounters, counters Opt[T]) {
	cur, ok := counters.Get()
	if !ok {
		return
	}
	if container.Incarnation != f.incarnation || container.Origin[group] != f.origin {
		*f = frames[T]{incarnation: container.Incarnation, origin: container.Origin[group]}
	}
	if last, ok := f.last.Get(); ok && last.stamp().Equal(cur.stamp()) {
		return
	}
	f.before, f.last = f.last, Some(cur)
}

// rateWindow is how old counters may be to be the baseline of a rate that is
// shown as the present one.
const rateWindow = 10 * time.Second

// baseline returns base, unless it is of the same time as cur; then the frame
// before it.
func (f *frames[T]) baseline(base, cur Opt[T]) Opt[T] {
	if !sameTime(base, cur) {
		return base
	}
	before, ok := f.before.Get()
	if now, _ := cur.Get(); !ok || now.stamp().Sub(before.stamp()) > rateWindow {
		return Opt[T]{}
	}
	return f.before
}

// see takes the counters of the next reading.
func (p *past) see(c ContainerCounters) {
	p.cpu.see(GroupCPU, c, c.CPU)
	p.io.see(GroupIO, c, c.IO)
	p.network.see(GroupNetwork, c, c.Network)
}

// remember takes a reading in, and forgets the containers that are not in it.
func (d *Deriver) remember(reading Reading) {
	present := byKey(reading.Containers)
	maps.DeleteFunc(d.past, func(key string, _ *past) bool {
		_, ok := present[key]
		return !ok
	})
	for _, container := range reading.Containers {
		if d.past[container.Key] == nil {
			d.past[container.Key] = &past{outlook: NewOutlook(d.interval)}
			// One line is drawn at a time.
			d.past[container.Key].outlook.pencil = &d.pencil
		}
		d.past[container.Key].see(container)
	}
}

// unfrozen returns the baseline with each group that is of the same time in the
// new reading replaced by its frame before. The reading must be remembered.
func (d *Deriver) unfrozen(base, cur Reading) Reading {
	known := byKey(base.Containers)
	shared := true
	for _, to := range cur.Containers {
		i, ok := known[to.Key]
		if !ok || !frozen(base.Containers[i], to) {
			continue
		}
		if shared {
			// The baseline is a reading that others hold.
			base.Containers, shared = slices.Clone(base.Containers), false
		}
		from, past := &base.Containers[i], d.past[to.Key]
		from.CPU = past.cpu.baseline(from.CPU, to.CPU)
		from.IO = past.io.baseline(from.IO, to.IO)
		from.Network = past.network.baseline(from.Network, to.Network)
	}
	return base
}

// frozen reports whether any group of a container is of the same time as before.
func frozen(from, to ContainerCounters) bool {
	return sameTime(from.CPU, to.CPU) || sameTime(from.IO, to.IO) || sameTime(from.Network, to.Network)
}

func sameTime[T stamped](a, b Opt[T]) bool {
	before, ok := a.Get()
	now, known := b.Get()
	return ok && known && before.stamp().Equal(now.stamp())
}

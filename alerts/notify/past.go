package notify

import (
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// The kernel log and the history of the engine are read anew when brink starts,
// and the rules count the events of the last ten minutes. So after a restart they
// find what was told, acknowledged and over before it; this file tells the two
// apart.

// past are events that a sink was told of. The zero value is "none".
type past struct {
	// value is how many there were, fired when the first was seen, happened when the
	// last was.
	value    float64
	fired    time.Time
	happened time.Time
	// ended is when the sink heard that they are over; of those that are not, when it
	// heard of the last.
	ended time.Time
}

// eventMemory is how far back the rules that count events look.
const eventMemory = 10 * time.Minute

// ended adds what the sink hears the end of to what it has heard before.
func (p *page) ended(n *news, now time.Time) past {
	if !isEvent(n.alert.Metric) {
		return past{}
	}
	sum := past{value: n.alert.Value, fired: p.began(n), happened: p.told.happened, ended: now}
	if !p.told.firing {
		// The end was told with the beginning. When the last of it happened is not
		// known any more: not before the first.
		sum.happened = p.began(n)
	}
	return p.past.and(sum, now)
}

// and adds later events. What no restart can find any more is left out.
func (e past) and(later past, now time.Time) past {
	if e.value == 0 || e.stale(now) {
		return later
	}
	later.value += e.value
	later.fired = e.fired
	return later
}

// stale reports whether the rules cannot find the events any more.
func (e past) stale(now time.Time) bool { return now.Sub(e.happened) > eventMemory }

// heard are all the events that the sink was told of, over or not.
func (p *page) heard(now time.Time) past {
	if !p.told.firing {
		return p.past
	}
	return p.past.and(past{
		value: p.told.value, fired: p.told.fired, happened: later(p.told.happened, p.told.fired), ended: p.told.at,
	}, now)
}

// lateWitness is how much later than the kernel the engine may date an event, and so
// later than the sink had heard of it: seconds, on a host in need.
const lateWitness = 5 * time.Second

// covers reports whether the events that an alert counts are those that were told.
// Where it cannot be told apart it says no: to tell something twice is the smaller
// evil.
func (e past) covers(alert alerts.Alert, now time.Time) bool {
	switch {
	case e.value == 0, alert.Value > e.value, e.stale(now), alert.Happened.After(e.ended.Add(lateWitness)):
		return false
	case alert.Value > 1:
		// Some of those that were told may have left the memory, and as many be new.
		return now.Sub(e.fired) <= eventMemory
	default:
		return true
	}
}

// isEvent reports whether a metric counts events, and not how things stand.
func isEvent(metric string) bool {
	return slices.ContainsFunc(alerts.Metrics(), func(m alerts.Metric) bool {
		return m.Name == metric && m.Event != collectors.EventKind("")
	})
}

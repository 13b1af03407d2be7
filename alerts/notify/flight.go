package notify

import (
	"cmp"
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// take returns what should be told now, and marks it as in flight until landed
// or bounced says what became of it. Nothing else is taken before that. With
// force it does not wait for company.
func (b *book) take(host string, now time.Time, force bool) []Item {
	b.expire(now)
	if due, ok := b.due(); !force && (!ok || now.Before(due)) {
		return nil
	}
	var items []Item
	for _, page := range b.queue() {
		if len(items) == maxItems || page.news.hold.After(now) {
			continue
		}
		n := page.news
		page.news = nil
		reason, tell := page.reason(n)
		if !tell {
			b.note(page.key, reason, false)
			continue
		}
		n.as, page.flight = reason, n
		items = append(items, page.item(host, n, reason))
	}
	return items
}

// queue returns the pages with news, worst first, so that what matters most is in
// the first message when one cannot hold all.
func (b *book) queue() []*page {
	list := slices.DeleteFunc(b.ordered(), func(p *page) bool { return p.news == nil })
	slices.SortStableFunc(list, func(a, b *page) int {
		return cmp.Or(cmp.Compare(b.news.severity, a.news.severity), a.news.since.Compare(b.news.since))
	})
	return list
}

// due returns when there will be something to take.
func (b *book) due() (due time.Time, ok bool) {
	for _, page := range b.pages {
		if page.news == nil {
			continue
		}
		at := later(page.news.since.Add(b.route.GroupWait), page.news.hold)
		if !ok || at.Before(due) {
			due, ok = at, true
		}
	}
	return due, ok
}

// landed takes down that the sink has what was in flight.
func (b *book) landed(now time.Time) {
	b.settleFlight(func(page *page, n *news) { page.confirm(n, n.as, now) })
}

// bounced puts what was in flight back: what happened meanwhile is added to it,
// and both go out as one.
func (b *book) bounced() {
	for _, page := range b.pages {
		page.news, page.flight = merge(page.flight, page.news), nil
	}
}

// refused gives up what was in flight.
func (b *book) refused(reason Reason, now time.Time) {
	b.settleFlight(func(page *page, n *news) { b.giveUp(page, n, reason, now) })
}

// settleFlight ends the flight, and drops what is left of the news when it has
// nothing new to say any more.
func (b *book) settleFlight(outcome func(*page, *news)) {
	for _, page := range b.ordered() {
		n := page.flight
		if n == nil {
			continue
		}
		page.flight = nil
		outcome(page, n)
		b.version++
		if page.news != nil {
			if reason, tell := page.reason(page.news); !tell {
				page.news = nil
				b.note(page.key, reason, false)
			}
		}
		if page.idle() {
			delete(b.pages, page.key)
		}
	}
}

// expire gives up what has waited for longer than the deadline.
func (b *book) expire(now time.Time) {
	for _, page := range b.ordered() {
		n := page.news
		if n == nil || page.flight != nil || now.Sub(later(n.since, n.hold)) < b.route.Deadline {
			continue
		}
		page.news = nil
		b.giveUp(page, n, ReasonDeadline, now)
		if page.idle() {
			delete(b.pages, page.key)
		}
	}
}

// giveUp drops news. If the alert still fires it is tried anew after a while; if
// it is over there is nothing left to try.
func (b *book) giveUp(page *page, n *news, reason Reason, now time.Time) {
	if n.over {
		page.told = told{}
	}
	wait := b.route.Repeat
	if wait == 0 {
		wait = b.route.Deadline
	}
	page.retell = now.Add(wait)
	b.lose(page, reason)
}

// abandon gives up all that waits, because brink ends, save what the state file
// keeps when there is one.
func (b *book) abandon(kept bool) {
	b.bounced()
	for _, page := range b.ordered() {
		if page.news != nil && (!kept || !page.survives()) {
			b.note(page.key, ReasonShutdown, true)
		}
	}
}

// survives reports whether the state file is enough for the news not to be lost:
// it holds what is critical, and all that a sink was told, from which the end of
// it follows.
func (p *page) survives() bool {
	return p.news.critical() || p.told.firing && p.news.over
}

// critical reports whether the news is of the kind that must not be lost.
func (n *news) critical() bool { return n.severity >= alerts.SeverityCritical }

// waitingCount is how many alerts the sink has not been told of, or not all.
func (b *book) waitingCount() int {
	count := 0
	for _, page := range b.pages {
		if page.pending() != nil {
			count++
		}
	}
	return count
}

// urgent reports whether news waits that may be told now.
func (b *book) urgent(now time.Time) bool {
	for _, page := range b.pages {
		if page.news != nil && !page.news.hold.After(now) {
			return true
		}
	}
	return false
}

// standing is what fires and the sink knows of, worst first.
func (b *book) standing(host string, now time.Time) Standing {
	standing := Standing{At: now, Host: collectors.Clean(host, nameLength)}
	for _, page := range b.ordered() {
		if !page.told.firing || !page.firing && !page.restored {
			continue
		}
		alert := page.alert
		alert.Key, alert.Message = cleanKey(alert.Key), collectors.Clean(alert.Message, lineLength)
		alert.FiredAt = page.told.fired
		// Below its minimum the sink does not hear that something became less bad.
		alert.Severity = max(alert.Severity, b.route.Minimum)
		standing.Alerts = append(standing.Alerts, alert)
	}
	slices.SortStableFunc(standing.Alerts, func(a, b alerts.Alert) int { return int(b.Severity) - int(a.Severity) })
	return standing
}

package notify

import (
	"slices"
	"time"

	"brink/alerts"
)

// book is what one sink knows and what it has still to be told: the decisions of
// the outbox. It is pure: the time is an argument, nothing runs beside it, and
// the same calls give the same messages. Its owner keeps it under a lock.
type book struct {
	route  Route
	settle time.Duration
	pages  map[alerts.Key]*page
	// began is when the first board came.
	began time.Time
	// version counts the changes that the state file should know of.
	version uint64
	// notes are the decisions since they were last asked for, for the log.
	notes []note
}

// note is a decision that the log should hold.
type note struct {
	key    alerts.Key
	reason Reason
	// lost says that something was given up that should have been told.
	lost bool
}

func newBook(route Route, settle time.Duration) *book {
	return &book{route: route, settle: settle, pages: map[alerts.Key]*page{}}
}

// put takes one verdict of the rules: the changes first, then how things stand,
// which makes up for whatever the changes alone do not tell (the end of a mute,
// room in the queue, a repetition that is due, an end that nobody saw).
func (b *book) put(transitions []alerts.Transition, board alerts.Board, now time.Time) {
	first := b.began.IsZero()
	if first {
		b.began = now
	}
	firing := map[alerts.Key]alerts.Alert{}
	for _, alert := range board.Alerts {
		if alert.State == alerts.StateFiring {
			firing[alert.Key] = alert
		}
	}
	for _, transition := range transitions {
		b.change(transition, firing, first, now)
	}
	b.reconcile(board, firing, first, now)
}

// change takes one transition.
func (b *book) change(t alerts.Transition, firing map[alerts.Key]alerts.Alert, first bool, now time.Time) {
	switch {
	case t.Fired():
		alert, ok := firing[t.Alert.Key]
		if !ok {
			alert = t.Alert
		}
		b.fire(t, alert, first, now)
	case t.Resolved():
		b.over(t, now)
	}
}

// quiet returns why the sink is not told that an alert fires; empty when it is.
func (b *book) quiet(alert alerts.Alert) Reason {
	switch {
	case alert.Severity < b.route.Minimum:
		return ReasonBelowMinimum
	case alert.Muted():
		return ReasonMuted
	case alert.Acknowledged:
		return ReasonAcknowledged
	default:
		return ""
	}
}

func (b *book) fire(t alerts.Transition, alert alerts.Alert, first bool, now time.Time) {
	if reason := b.quiet(alert); reason != "" {
		b.note(alert.Key, reason, false)
		return
	}
	page := b.page(alert.Key)
	page.replayed = page.isReplay(alert, now)
	if page.replayed {
		b.note(alert.Key, ReasonKnown, false)
		page.alert, page.restored = alert, false
		return
	}
	again := t.Reason == alerts.ReasonAgain || page.happenedAgain(alert, now)
	page.alert, page.restored = alert, false
	b.add(page, &news{
		alert: alert, severity: alert.Severity, at: t.At, since: now,
		fires: true, again: again, summary: first, changes: 1,
	})
}

// happenedAgain tells, of an alert that begins to fire though the sink was told
// that it fires, which happens after a restart of brink only, whether this is
// something new: events are, save those that the sink was told of. A level is the
// same one.
func (p *page) happenedAgain(alert alerts.Alert, now time.Time) bool {
	return p.told.firing && p.restored && isEvent(alert.Metric) && !p.heard(now).covers(alert, now)
}

// isReplay tells, of an alert that begins to fire, whether the sink was told of it
// before a restart of brink, and that it is over.
func (p *page) isReplay(alert alerts.Alert, now time.Time) bool {
	return !p.told.firing && p.news == nil && p.restored && isEvent(alert.Metric) && p.past.covers(alert, now)
}

// over takes the end of a firing. While a mute lasts it is kept back, and not
// forgotten: whoever was told of the beginning hears of the end.
func (b *book) over(t alerts.Transition, now time.Time) {
	page := b.pages[t.Alert.Key]
	if page == nil {
		return
	}
	pending := page.pending()
	if pending == nil && !page.told.firing || pending != nil && pending.over {
		// Of this beginning the sink was not going to hear.
		b.note(page.key, ReasonNeverTold, false)
		return
	}
	b.add(page, &news{
		alert: t.Alert, severity: t.FromSeverity, at: t.At, since: now, over: true,
		resolved: t.At, hold: page.alert.MutedUntil, changes: 1,
	})
}

// reconcile compares what the sink knows with what is the case.
func (b *book) reconcile(board alerts.Board, firing map[alerts.Key]alerts.Alert, first bool, now time.Time) {
	for _, alert := range board.Alerts {
		if alert.State == alerts.StateFiring {
			b.stands(alert, first, now)
		}
	}
	for _, page := range b.ordered() {
		if _, ok := firing[page.key]; !ok {
			b.missing(page, board.At, now)
		}
	}
}

// stands looks at an alert that fires.
func (b *book) stands(alert alerts.Alert, first bool, now time.Time) {
	page := b.page(alert.Key)
	page.alert, page.firing, page.restored = alert, true, false
	b.fell(page, alert.Severity)
	switch reason := b.quiet(alert); reason {
	case "":
	case ReasonMuted, ReasonAcknowledged:
		b.withdraw(page, reason)
		return
	default:
		// What fell below the minimum before it was told was bad enough to be told.
		return
	}
	if page.news != nil || page.flight != nil {
		page.refresh(alert)
		return
	}
	if page.replayed || now.Before(page.retell) {
		return
	}
	fresh := &news{alert: alert, severity: alert.Severity, at: alert.Since, since: now, fires: true, summary: first, changes: 1}
	switch {
	case !page.told.firing, alert.Severity > page.told.severity:
		b.add(page, fresh)
	case b.route.Repeat > 0 && now.Sub(page.told.at) >= b.route.Repeat:
		fresh.fires, fresh.repeat, fresh.at, fresh.changes = false, true, now, 0
		b.add(page, fresh)
	}
}

// fell lowers what the sink is taken to know: it is not told that an alert became
// less bad, but when that becomes worse again it should hear of it.
func (b *book) fell(page *page, severity alerts.Severity) {
	if page.told.firing && severity < page.told.severity {
		page.told.severity = severity
		b.version++
	}
}

// refresh keeps the value of news that waits up to date: who hears of it late
// should hear how it is.
func (p *page) refresh(alert alerts.Alert) {
	if p.news != nil && !p.news.over && p.news.severity == alert.Severity {
		p.news.alert = begun(alert, p.news)
	}
}

// withdraw takes back news that nobody wants any more: a person has acknowledged
// or muted the alert before the sink was told. An end that is kept back for a mute
// is taken back as well, for it fires anew.
func (b *book) withdraw(page *page, why Reason) {
	if page.news == nil || page.news.over && !page.told.firing {
		return
	}
	page.news = nil
	b.version++
	b.note(page.key, why, false)
}

// missing looks at a page whose alert does not fire.
func (b *book) missing(page *page, at, now time.Time) {
	page.firing = false
	known := page.pending()
	switch {
	case page.restored && now.Sub(b.began) < b.settle && (known != nil || page.told.firing):
		return
	case known != nil && known.over, known == nil && !page.told.firing:
	default:
		b.add(page, &news{
			alert: page.alert, severity: page.alert.Severity, at: at, since: now, over: true,
			resolved: at, hold: page.alert.MutedUntil, changes: 1,
		})
	}
	page.lost, page.retell, page.replayed = false, time.Time{}, false
	b.forget(page, now)
}

// forget drops a page that has nothing to remember.
func (b *book) forget(page *page, now time.Time) {
	if page.past.stale(now) {
		page.past = past{}
	}
	if page.idle() {
		delete(b.pages, page.key)
	}
}

// page returns the page of an alert, a new one if there is none.
func (b *book) page(key alerts.Key) *page {
	if b.pages[key] == nil {
		b.pages[key] = &page{key: key}
	}
	return b.pages[key]
}

// ordered returns the pages in an order that does not change from call to call.
func (b *book) ordered() []*page {
	list := make([]*page, 0, len(b.pages))
	for _, page := range b.pages {
		list = append(list, page)
	}
	slices.SortFunc(list, func(a, b *page) int { return a.key.Compare(b.key) })
	return list
}

// add puts news into the queue, if there is room, and something to tell.
func (b *book) add(page *page, fresh *news) {
	if !page.waiting() && !page.told.firing && !b.room(page, fresh) {
		return
	}
	merged := merge(page.news, fresh)
	if page.flight == nil {
		if reason, tell := page.reason(merged); !tell {
			page.news = nil
			b.note(page.key, reason, false)
			return
		}
	}
	page.news = merged
	b.version++
}

// room makes sure that one more alert can wait. When the queue is full, the
// least severe of those that wait, the latest of several, gives way to a worse
// one. What still fires when there is room again is told then.
func (b *book) room(newcomer *page, fresh *news) bool {
	var victim *page
	count := 0
	for _, other := range b.ordered() {
		if !other.waiting() {
			continue
		}
		count++
		if other.flight == nil && (victim == nil || other.news.severity <= victim.news.severity) {
			victim = other
		}
	}
	switch {
	case count < b.route.Queue:
		return true
	case victim != nil && victim.news.severity < fresh.severity:
		victim.news = nil
		b.lose(victim, ReasonQueueFull)
		return true
	default:
		b.lose(newcomer, ReasonQueueFull)
		return false
	}
}

// lose takes down that news of an alert was given up: once for each time, not
// for each board that still has it.
func (b *book) lose(page *page, reason Reason) {
	if page.lost && reason == ReasonQueueFull {
		return
	}
	page.lost = true
	b.version++
	b.note(page.key, reason, true)
}

func (b *book) note(key alerts.Key, reason Reason, lost bool) {
	b.notes = append(b.notes, note{key: key, reason: reason, lost: lost})
}

// heard returns the decisions since the last call.
func (b *book) heard() []note {
	notes := b.notes
	b.notes = nil
	return notes
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

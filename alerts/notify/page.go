package notify

import (
	"time"

	"brink/alerts"
	"brink/collectors"
)

// page is what one sink knows about one alert, and what it has still to be told.
type page struct {
	key  alerts.Key
	told told
	// news waits to be told; flight is being told at this moment. Either is nil
	// when there is none.
	news   *news
	flight *news
	// alert is the latest that was seen of it while it fired.
	alert  alerts.Alert
	firing bool
	// restored says that the page comes from before a restart of brink, and that
	// the board has not spoken of the alert since.
	restored bool
	// lost says that news of this alert was given up. retell is when it may be
	// tried again, if it still fires then.
	lost   bool
	retell time.Time
	// past are the events that the sink has heard the end of lately; replayed says
	// that the rules find just these once more, after a restart of brink.
	past     past
	replayed bool
}

// told is what a sink was told last. The zero value is "nothing".
type told struct {
	firing bool
	// severity is what it is taken to know, worst the worst that it heard of this
	// firing.
	severity alerts.Severity
	worst    alerts.Severity
	value    float64
	fired    time.Time
	// happened is when the last of it happened, at when the sink heard of it.
	happened time.Time
	at       time.Time
}

// news are the facts that a sink does not know yet. The reason to tell them is
// decided when they are taken, from the facts and from what was told by then.
type news struct {
	// alert is how it was when it was at its worst, or at its end.
	alert    alerts.Alert
	severity alerts.Severity
	// at is when the last of it happened, since when the first was put in.
	at    time.Time
	since time.Time
	// fires, again, over and repeat are what happened; over is the last word.
	fires, again, over, repeat bool
	summary                    bool
	resolved                   time.Time
	// as is the reason for which it is in flight.
	as Reason
	// hold keeps it back until then.
	hold    time.Time
	changes int
}

// reason is why the sink should be told the news, or why there is nothing to
// tell; tell says which.
func (p *page) reason(n *news) (reason Reason, tell bool) {
	switch {
	case p.told.firing && n.over:
		return ReasonResolved, true
	case n.over && n.fires:
		return ReasonOver, true
	case n.over:
		return ReasonNeverTold, false
	case !p.told.firing && n.summary:
		return ReasonSummary, true
	case !p.told.firing:
		return ReasonFirst, true
	case n.severity > p.told.severity:
		return ReasonRose, true
	case n.again:
		return ReasonAgain, true
	case n.repeat:
		return ReasonRepeat, true
	default:
		return ReasonKnown, false
	}
}

// merge adds what happened later to what is not told yet.
func merge(earlier, later *news) *news {
	if earlier == nil || later == nil {
		return either(earlier, later)
	}
	sum := *later
	sum.since = earlier.since
	sum.changes += earlier.changes
	sum.fires = earlier.fires || later.fires
	// What ceased and fires anew has happened again, to those who know of it.
	sum.again = earlier.again || later.again || earlier.over && later.fires
	sum.summary = earlier.summary && !earlier.over
	sum.repeat = earlier.repeat || later.repeat
	if earlier.over {
		return &sum
	}
	sum.severity = max(earlier.severity, later.severity)
	if !later.over && later.severity < earlier.severity {
		sum.alert = earlier.alert
	}
	sum.alert = begun(sum.alert, earlier)
	return &sum
}

// begun is an alert with the beginning of what is not told yet and goes on: the rules
// find it anew after a restart of brink, but it is the same one, and so is its number.
func begun(alert alerts.Alert, earlier *news) alerts.Alert {
	if !earlier.alert.FiredAt.IsZero() {
		alert.FiredAt = earlier.alert.FiredAt
	}
	return alert
}

func either(a, b *news) *news {
	if a != nil {
		return a
	}
	return b
}

// waiting reports whether the page stands in the queue: it has news about
// something that the sink does not know of.
func (p *page) waiting() bool { return !p.told.firing && (p.news != nil || p.flight != nil) }

// idle reports whether there is nothing to remember.
func (p *page) idle() bool {
	return !p.told.firing && p.news == nil && p.flight == nil && !p.firing && p.past.value == 0
}

// pending is all that the sink has not confirmed.
func (p *page) pending() *news { return merge(p.flight, p.news) }

// item writes the news down for the sink. All text is cleaned here, once.
func (p *page) item(host string, n *news, reason Reason) Item {
	item := Item{
		ID: episode(host, p.key, p.began(n)), Reason: reason, Key: cleanKey(p.key), Metric: n.alert.Metric,
		Severity: n.severity, Value: n.alert.Value, Threshold: n.alert.Threshold, Unit: n.alert.Unit,
		Message: collectors.Clean(n.alert.Message, lineLength), At: n.at, FiredAt: p.began(n), Changes: n.changes,
	}
	if n.over {
		item.ResolvedAt = n.resolved
		item.Severity = max(n.severity, p.told.worst)
	}
	return item
}

// began is when this firing began, as the sink was told it if it was.
func (p *page) began(n *news) time.Time {
	switch {
	case p.told.firing:
		return p.told.fired
	case !n.alert.FiredAt.IsZero():
		return n.alert.FiredAt
	default:
		return p.alert.FiredAt
	}
}

// confirm takes down that the sink has heard the news.
func (p *page) confirm(n *news, reason Reason, now time.Time) {
	p.lost, p.retell = false, time.Time{}
	if reason == ReasonResolved || reason == ReasonOver {
		p.past = p.ended(n, now)
		p.told = told{}
		return
	}
	p.told = told{
		firing: true, severity: n.severity, worst: max(n.severity, p.told.worst),
		value: n.alert.Value, fired: p.began(n), happened: p.happened(n), at: now,
	}
}

// happened is when the last of it happened: a repetition is nothing that does.
func (p *page) happened(n *news) time.Time {
	if p.told.firing && !n.fires && !n.again {
		return p.told.happened
	}
	return n.at
}

package notify

import (
	"context"
	"strings"
	"time"
)

// standingMark remembers what a [Holder] holds up.
type standingMark struct {
	// text is what was held up last, told says that anything was.
	text string
	told bool
	at   time.Time
	// dirty says that the last attempt failed.
	dirty bool
}

// mark writes down what a change of which is worth holding up anew: the alerts
// and their severities, not their values.
func (s Standing) mark() string {
	var text strings.Builder
	for _, alert := range s.Alerts {
		text.WriteString(alert.Severity.String() + "\x00" + alert.Container + "\x00" + alert.Rule + "\x00" + alert.Instance + "\n")
	}
	return text.String()
}

// refreshAt returns when the standing has to be held up next, if ever: now if it
// has changed.
func (c *courier) refreshAt(now time.Time) (time.Time, bool) {
	holder, ok := c.route.Sink.(Holder)
	if !ok {
		return time.Time{}, false
	}
	c.mu.Lock()
	standing := c.book.standing(c.host, now)
	c.mu.Unlock()
	switch refresh := holder.Refresh(); {
	case c.held.dirty, !c.held.told && len(standing.Alerts) > 0, c.held.told && standing.mark() != c.held.text:
		return now, true
	case refresh > 0 && len(standing.Alerts) > 0:
		return c.held.at.Add(refresh), true
	default:
		return time.Time{}, false
	}
}

// hold shows the sink what stands, if it wants that and it is due. It reports
// whether it was, and succeeded.
func (c *courier) hold(work context.Context, now time.Time) bool {
	at, needed := c.refreshAt(now)
	if !needed || now.Before(at) {
		return false
	}
	holder, _ := c.route.Sink.(Holder)
	c.mu.Lock()
	standing := c.book.standing(c.host, now)
	c.mu.Unlock()
	err := c.attempt(work, func(ctx context.Context) error { return holder.Hold(ctx, standing) })
	c.held = standingMark{text: standing.mark(), told: true, at: now, dirty: err != nil}
	if err == nil {
		c.succeeded(c.now(), false)
		return true
	}
	c.failed(err, c.now())
	if permanent(err) {
		// There is always something to hold up: asking at once would never end.
		c.retryAt = now.Add(c.route.BackoffMax)
	}
	c.log.Warn("what fires could not be held up", "error", errorText(err))
	return false
}

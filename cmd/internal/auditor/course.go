package auditor

import (
	"time"

	"brink/alerts/audit"
	"brink/collectors"
)

// life is one run of a container: a restart begins another one.
type life struct {
	id      string
	started time.Time
}

// livesOf returns the lives that can be audited: those of containers that an engine
// knows, and that run.
func livesOf(containers []collectors.ContainerSample) map[string]life {
	lives := make(map[string]life, len(containers))
	for i := range containers {
		if c := &containers[i]; c.ID != "" && c.State.Alive() {
			lives[c.Name] = life{id: c.ID, started: c.StartedAt.Or(time.Time{}).UTC().Round(0)}
		}
	}
	return lives
}

// course is how the audits of one name go.
type course struct {
	life life
	// due is when it is to be looked at next; zero is not in this life.
	due time.Time
	// suspects are the checks that were worse for the first time, also in the life
	// before: one that never lives for long is looked at once in each.
	suspects []string
	standing audit.Standing
	status   audit.Status
	// looked is when it was looked at last.
	looked time.Time
}

const (
	// settling is how long a container is left alone after its start: what the main
	// process has not yet given up is not what it keeps.
	settling = 2 * time.Second
	// confirmAfter is when what is worse is looked at again before it is told.
	confirmAfter = 3 * time.Second
	// retryAfter is when a container is tried again that could not be looked at.
	retryAfter = 30 * time.Second
)

// await returns how long it is until the next look at a life, if there is to be one.
func (c *course) await(now life, at time.Time) (left time.Duration, ever bool) {
	if c.life != now {
		c.life = now
		c.due = at.Add(settling)
		if settled := now.started.Add(settling); !now.started.IsZero() && settled.Before(c.due) {
			c.due = settled
		}
	}
	return c.due.Sub(at), !c.due.IsZero()
}

// hasten brings the next look at a life forward that is not to come soon anyway.
func (c *course) hasten(at time.Time) {
	if c.due.IsZero() || c.due.Sub(at) > confirmAfter {
		c.due = at
	}
}

// miss notes that it could not be looked at. What was known before stays, and says
// when it was found.
func (c *course) miss(at time.Time, interval time.Duration, err error) {
	c.status.Why = collectors.Clean(err.Error(), longestWhy)
	c.status.Worse = c.standing.Worse
	c.due = at.Add(retryAfter)
	if interval > 0 && interval < retryAfter {
		c.due = at.Add(interval)
	}
}

// longestWhy bounds an error, which may quote what a container wrote.
const longestWhy = 300

// take takes the next audit.
func (c *course) take(report audit.Report, profile audit.Profile, interval time.Duration) audit.Change {
	standing, change := c.standing.After(report, profile, c.suspects)
	c.standing, c.suspects, c.looked = standing, change.Suspects, report.At
	c.status = audit.Status{Report: report, Worse: standing.Worse}
	switch {
	case len(change.Suspects) > 0:
		c.due = report.At.Add(confirmAfter)
	case interval > 0:
		c.due = report.At.Add(interval)
	default:
		c.due = time.Time{}
	}
	return change
}

package auditor

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"brink/alerts/audit"
	"brink/collectors"
)

// Options are what an [Auditor] is made of.
type Options struct {
	// Read looks at the container with an id. It is called by one goroutine, and ends
	// when ctx does.
	Read func(ctx context.Context, id string) (collectors.Isolation, error)
	// Terms are what it begins with, see [Auditor.Renew].
	Terms Terms
	// Wake asks for a reading at once; may be nil.
	Wake func()
	// Path is the state file; empty remembers nothing.
	Path string
	Now  func() time.Time
	Log  *slog.Logger
}

// Terms are what containers are held to, and how often.
type Terms struct {
	// Profile says what is expected of a container, of which audits before went by the
	// named profile; empty for one that was never seen.
	Profile func(facts collectors.Isolation, before string) audit.Profile
	// Interval is the time between two audits of one life; zero is never.
	Interval time.Duration
}

// Auditor audits on a goroutine of its own, see [Auditor.Run]. Its other methods wait
// for nobody.
type Auditor struct {
	options Options
	// changed holds a token while there is something new in present, or there are new terms.
	changed chan struct{}
	// courses are those of every name that was ever looked at. They belong to Run.
	courses map[string]*course

	mu sync.Mutex
	// present are the lives to look at, by the name of the container.
	present map[string]life
	// terms are those in force, and renewed that nobody was held to them yet.
	terms   Terms
	renewed bool
	// known is never written to once it is here: it is handed out.
	known   map[string]audit.Status
	notices []collectors.Notice
}

// New returns an auditor that has looked at nothing yet, and remembers what the state
// file holds.
func New(options Options) *Auditor {
	a := &Auditor{options: options, changed: make(chan struct{}, 1), courses: map[string]*course{}, known: map[string]audit.Status{}, terms: options.Terms}
	for name, kept := range a.recall() {
		a.courses[name] = &course{standing: kept.Standing, looked: kept.Looked}
		if len(kept.Standing.Worse) > 0 {
			a.known[name] = audit.Status{Worse: kept.Standing.Worse}
		}
	}
	return a
}

// Attend notes which containers a snapshot has, adds to each in what it is worse than
// it was, and returns what is known of all.
func (a *Auditor) Attend(snapshot *collectors.Snapshot) map[string]audit.Status {
	a.mu.Lock()
	known := a.known
	if present := livesOf(snapshot.Containers); !maps.Equal(present, a.present) {
		a.present = present
		a.wakeUp()
	}
	a.mu.Unlock()
	snapshot.Containers = slices.Clone(snapshot.Containers)
	for i := range snapshot.Containers {
		container := &snapshot.Containers[i]
		if status := known[container.Name]; len(status.Worse) > 0 || !status.Report.At.IsZero() {
			container.Drift = collectors.Some(status.Worse)
		}
	}
	return known
}

// Renew puts other terms in force: everything that runs is audited anew.
func (a *Auditor) Renew(terms Terms) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.terms, a.renewed = terms, true
	a.wakeUp()
}

// wakeUp has [Auditor.Run] look again whose turn it is.
func (a *Auditor) wakeUp() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// Notices returns what is to be told since it was called last.
func (a *Auditor) Notices() []collectors.Notice {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.notices
	a.notices = nil
	return list
}

// Run audits until ctx ends.
func (a *Auditor) Run(ctx context.Context) {
	for ctx.Err() == nil {
		name, wait, due := a.next(a.options.Now())
		if due {
			a.look(ctx, name)
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-a.changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next returns whose turn it is, or how long nobody has one.
func (a *Auditor) next(now time.Time) (name string, wait time.Duration, due bool) {
	a.mu.Lock()
	present, renewed := a.present, a.renewed
	a.renewed = false
	a.mu.Unlock()
	wait = idle
	for _, candidate := range slices.Sorted(maps.Keys(present)) {
		course := a.course(candidate)
		if renewed {
			course.hasten(now)
		}
		left, ever := course.await(present[candidate], now)
		if ever && left < wait {
			name, wait = candidate, left
		}
	}
	return name, wait, name != "" && wait <= 0
}

// idle is how long the auditor sleeps when nothing is due: a change wakes it.
const idle = time.Hour

func (a *Auditor) course(name string) *course {
	if a.courses[name] == nil {
		a.courses[name] = &course{}
	}
	return a.courses[name]
}

// patience bounds one look.
const patience = 30 * time.Second

// look audits one container.
func (a *Auditor) look(ctx context.Context, name string) {
	c := a.courses[name]
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	facts, err := a.options.Read(asked, c.life.id)
	if ctx.Err() != nil {
		return
	}
	a.mu.Lock()
	now, terms := a.options.Now(), a.terms
	a.mu.Unlock()
	if err != nil {
		c.miss(now, terms.Interval, err)
		a.options.Log.Info("a container could not be audited", "container", name, "error", err)
		a.publish(name, c.status, nil)
		return
	}
	profile := terms.Profile(facts, c.standing.Profile)
	change := c.take(audit.Judge(facts, profile, now), profile, terms.Interval)
	a.publish(name, c.status, noticesOf(name, c.life.id, change))
	a.remember()
	if len(change.Lost)+len(change.Back) > 0 && a.options.Wake != nil {
		a.options.Wake()
	}
}

// publish shows what is known of a container by now.
func (a *Auditor) publish(name string, status audit.Status, notices []collectors.Notice) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known := maps.Clone(a.known)
	known[name] = status
	maps.DeleteFunc(known, func(other string, _ audit.Status) bool { return a.courses[other] == nil })
	a.known, a.notices = known, append(a.notices, notices...)
}

func noticesOf(name, id string, change audit.Change) []collectors.Notice {
	var list []collectors.Notice
	add := func(kind collectors.NoticeKind, drifts []collectors.Drift) {
		for _, drift := range drifts {
			list = append(list, collectors.Notice{At: drift.Since, Kind: kind, Key: name, ID: id, Drift: collectors.Some(drift)})
		}
	}
	add(collectors.NoticeHardeningLost, change.Lost)
	add(collectors.NoticeHardeningBack, change.Back)
	return list
}

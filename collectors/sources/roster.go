package sources

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"brink/collectors"
)

// Roster knows who answers to each target. It is shared by the sources and safe
// for use by all of them at once.
type Roster struct {
	mu      sync.Mutex
	entries []*entry
	// ids maps the id of every container that was seen under a followed name to
	// that name: the kernel log knows containers, dead ones too, by id alone.
	ids idMemory
	// version counts the changes, so that what was derived from the residents can
	// be kept until the next.
	version uint64
	// nearby lists the cgroups of containers on this host as targets; nil where
	// there are none to be read.
	nearby func() []string
	// asked receives when a person has chosen: the engine source then looks again.
	asked chan struct{}
	// looked is closed when the targets were looked for once, in vain or not.
	looked chan struct{}
	once   sync.Once
}

// NewRoster returns a roster of targets; none stands for [AgentTarget]. A cgroup
// target needs nobody to resolve it: its key is the target itself.
func NewRoster(targets []Target, at time.Time) *Roster {
	if len(targets) == 0 {
		targets = []Target{AgentTarget()}
	}
	roster := &Roster{ids: newIDMemory(), asked: make(chan struct{}, 1), looked: make(chan struct{})}
	for _, target := range targets {
		roster.entries = append(roster.entries, newEntry(target, at))
	}
	if !roster.NeedsEngine() {
		roster.markLooked()
	}
	return roster
}

// NeedsEngine reports whether any target can only be resolved by an engine.
func (r *Roster) NeedsEngine() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.entries, func(e *entry) bool { return e.target.NeedsEngine() })
}

// Looked is closed once the targets were looked for.
func (r *Roster) Looked() <-chan struct{} { return r.looked }

func (r *Roster) markLooked() { r.once.Do(func() { close(r.looked) }) }

// await waits until the targets were looked for once, so that a first reading is
// not an empty one, and reports whether they were. It leaves a quarter of the time
// until the deadline of ctx, counted from at, for the reading itself.
func (r *Roster) await(ctx context.Context, at time.Time) bool {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, at.Add(deadline.Sub(at)*3/4))
		defer cancel()
	}
	select {
	case <-r.looked:
		return true
	case <-ctx.Done():
		return false
	}
}

// Choose makes a target that several containers fit mean the named one. One of the
// cgroups that were offered in the place of an engine turns the target into that
// cgroup.
func (r *Roster) Choose(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range r.entries {
		if e.key != "" || !slices.Contains(e.choices, name) {
			continue
		}
		if target, err := ParseTarget(name); err == nil && !target.NeedsEngine() {
			r.entries[i] = newEntry(target, e.since)
		} else {
			e.key = name
		}
		r.version++
	}
	select {
	case r.asked <- struct{}{}:
	default:
	}
}

// isVersion reports whether nothing has changed since the given version.
func (r *Roster) isVersion(version uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.version == version
}

// residents returns who answers now, in the order of the targets, each name once,
// and the version of the roster that this holds for.
func (r *Roster) residents() ([]resident, uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]resident, 0, len(r.entries))
	known := make(map[string]bool, len(r.entries))
	for _, e := range r.entries {
		if e.present && !known[e.resident.Key] {
			list = append(list, e.resident)
			known[e.resident.Key] = true
		}
	}
	return list, r.version
}

// anybody reports whether there is somebody to be read now.
func (r *Roster) anybody() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.entries, func(e *entry) bool { return e.present })
}

// Waiting returns the targets that nobody answers to, each once.
func (r *Roster) Waiting() []collectors.Waiting {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []collectors.Waiting
	for _, e := range r.entries {
		name := e.name()
		known := slices.ContainsFunc(list, func(w collectors.Waiting) bool { return w.Target == name })
		if !e.present && !known {
			list = append(list, collectors.Waiting{Target: name, Since: e.since, Why: e.why, Choices: slices.Clone(e.choices)})
		}
	}
	return list
}

// looksFor reports whether an engine's container might be the answer to a target that
// has none.
func (r *Roster) looksFor(who Candidate) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.entries, func(e *entry) bool { return !e.present && e.mayMean(who) })
}

// look compares every target with the containers of the engine. It changes
// nothing: settle does, once the containers have been inspected.
func (r *Roster) look(all []Candidate) []finding {
	r.mu.Lock()
	defer r.mu.Unlock()
	findings := make([]finding, len(r.entries))
	for i, e := range r.entries {
		if e.target.NeedsEngine() {
			findings[i] = e.find(all)
		}
	}
	return findings
}

// settle takes what a look found, with what inspect said of the containers by id and
// why it said nothing of some, and reports whether that changed anything.
func (r *Roster) settle(findings []finding, met map[string]resident, fault error, at time.Time) (changed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, found := range findings {
		e := r.entries[i]
		if !e.target.NeedsEngine() {
			continue
		}
		if !found.ok {
			changed = e.lose(found, at) || changed
			continue
		}
		r.ids.remember(found.ID, found.Name)
		if who, inspected := met[found.ID]; inspected {
			changed = e.meet(found.Candidate, who) || changed
		} else {
			e.miss(fault)
		}
	}
	if changed {
		r.version++
	}
	return changed
}

// lost notes that nothing can be resolved now, and why. Who answered last stays:
// its files may be readable without the engine. offer adds the cgroups of the
// containers on this host to what a person can choose from.
func (r *Roster) lost(why string, offer bool) {
	r.mu.Lock()
	nearby := r.nearby
	r.mu.Unlock()
	var choices []string
	if offer && nearby != nil {
		choices = nearby()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if e.present || !e.target.NeedsEngine() {
			continue
		}
		e.why = why
		if len(choices) > 0 {
			e.choices = choices
		}
	}
}

// offerNearby sets how the cgroups of containers on this host are listed.
func (r *Roster) offerNearby(list func() []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.nearby = list
}

// keyOf returns the followed name of a container of which an event tells. A
// container that has been renamed since answers to its name no more.
func (r *Roster) keyOf(id, name string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.entries, func(e *entry) bool { return e.follows(name) }) {
		r.ids.remember(id, name)
		return name, true
	}
	key, known := r.ids.nameOf(id)
	if known && name != "" && name != key {
		r.ids.forget(id)
		return "", false
	}
	return key, known
}

// keyOfCgroup returns the followed name and the id of the container whose cgroup
// the kernel names. The path of a container's cgroup holds its id; a cgroup without
// an engine is known by its place, the innermost one first.
func (r *Roster) keyOfCgroup(path string) (key, id string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id, key, ok = r.ids.inPath(path); ok {
		return key, id, true
	}
	var innermost *entry
	for _, e := range r.entries {
		if e.holds(path) && (innermost == nil || len(e.target.text) > len(innermost.target.text)) {
			innermost = e
		}
	}
	if innermost == nil {
		return "", "", false
	}
	return innermost.key, "", true
}

// holds reports whether e is a cgroup without an engine that is path, or above it.
func (e *entry) holds(path string) bool {
	if e.target.NeedsEngine() || path == "" {
		return false
	}
	return path == e.target.text || strings.HasPrefix(path, strings.TrimSuffix(e.target.text, "/")+"/")
}

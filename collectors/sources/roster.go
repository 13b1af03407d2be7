package sources

import (
	"maps"
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
	ids map[string]string
	// looked is closed when the targets were looked for once, in vain or not.
	looked chan struct{}
	once   sync.Once
}

// entry is one target and who answers to it.
type entry struct {
	target Target
	// key is the name that is followed since the target was first resolved.
	key string
	// present says that a container answers now; resident is what is known of it.
	present  bool
	resident resident
	since    time.Time
	why      string
	choices  []string
}

// resident is a container that answers to a target, with what the engine set up
// for it.
type resident struct {
	collectors.Identity
	// bare says that it is a cgroup without an engine.
	bare   bool
	limits limits
	// borrowedNetwork says whose network it uses, when it is not its own.
	borrowedNetwork string
}

// limits are those that the engine was told to set.
type limits struct {
	memory collectors.Limit[collectors.Bytes]
	swap   collectors.Limit[collectors.Bytes]
	cores  collectors.Limit[collectors.Cores]
	pids   collectors.Limit[uint64]
}

// NewRoster returns a roster of targets; none stands for [AgentTarget]. A cgroup
// target needs nobody to resolve it: its key is the target itself.
func NewRoster(targets []Target, at time.Time) *Roster {
	if len(targets) == 0 {
		targets = []Target{AgentTarget()}
	}
	roster := &Roster{ids: map[string]string{}, looked: make(chan struct{})}
	for _, target := range targets {
		e := &entry{target: target, since: at}
		if !target.NeedsEngine() {
			e.key = target.String()
			e.present, e.resident.bare = true, true
			e.resident.Identity = collectors.Identity{Key: e.key, CgroupPath: target.text}
		}
		roster.entries = append(roster.entries, e)
	}
	if !roster.NeedsEngine() {
		roster.markLooked()
	}
	return roster
}

// NeedsEngine reports whether any target can only be resolved by an engine.
func (r *Roster) NeedsEngine() bool {
	return slices.ContainsFunc(r.entries, func(e *entry) bool { return e.target.NeedsEngine() })
}

// Looked is closed once the targets were looked for. A first reading waits for
// it, so that it is not an empty one.
func (r *Roster) Looked() <-chan struct{} { return r.looked }

func (r *Roster) markLooked() { r.once.Do(func() { close(r.looked) }) }

// Choose makes a target that several containers fit mean the named one.
func (r *Roster) Choose(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if e.key == "" && slices.Contains(e.choices, name) {
			e.key = name
		}
	}
}

// residents returns who answers now, in the order of the targets, each name once.
func (r *Roster) residents() []resident {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []resident
	for _, e := range r.entries {
		known := slices.ContainsFunc(list, func(other resident) bool { return other.Key == e.key })
		if e.present && !known {
			list = append(list, e.resident)
		}
	}
	return list
}

// Waiting returns the targets that nobody answers to.
func (r *Roster) Waiting() []collectors.Waiting {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []collectors.Waiting
	for _, e := range r.entries {
		if !e.present {
			list = append(list, collectors.Waiting{Target: e.name(), Since: e.since, Why: e.why, Choices: e.choices})
		}
	}
	return list
}

// name is what the target is called: as it is followed, or as it was typed.
func (e *entry) name() string {
	if e.key != "" {
		return e.key
	}
	return e.target.String()
}

// resolve looks for every target among the containers of the engine. It returns
// the ids that answer now, to be inspected.
func (r *Roster) resolve(all []Candidate, at time.Time) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for _, e := range r.entries {
		if !e.target.NeedsEngine() {
			continue
		}
		found, ok, choices := e.find(all)
		if !ok {
			e.lose(at, whyNot(e, choices), choices)
			continue
		}
		e.key, e.choices = found.Name, nil
		r.remember(found.ID, e.key)
		ids = append(ids, found.ID)
	}
	return ids
}

// find looks for the name that is followed, and only where there is none yet (or
// the name belongs to a compose service, which may come back under another) for
// the target.
func (e *entry) find(all []Candidate) (Candidate, bool, []Candidate) {
	if e.key != "" {
		if i := slices.IndexFunc(all, func(c Candidate) bool { return c.Name == e.key }); i >= 0 {
			return all[i], true, nil
		}
		if e.target.kind != targetService {
			return Candidate{}, false, nil
		}
	}
	return e.target.resolve(all)
}

func (e *entry) lose(at time.Time, why string, choices []Candidate) {
	if e.present {
		e.since = at
	}
	e.present, e.why, e.choices = false, why, nil
	for _, choice := range choices {
		e.choices = append(e.choices, collectors.Clean(choice.Name, nameLength))
	}
}

// whyNot says what was looked for.
func whyNot(e *entry, choices []Candidate) string {
	switch {
	case e.key != "":
		return "no container is called " + e.key + " at the moment"
	case len(choices) > 1 && e.target.kind == targetAgent:
		return "several containers could be the agent; name the one to watch"
	case len(choices) > 1:
		return "several containers fit " + e.target.String() + "; name the one to watch"
	case e.target.kind == targetService:
		return "no container belongs to the compose service " + e.target.text
	case e.target.kind == targetAgent:
		return "no container is called " + agentName + ", belongs to a compose service " +
			strings.Join(agentServices(), " or ") + ", has an image with " + agentWord + " in its name, or is the only one running"
	default:
		return "no container has the name or id " + e.target.text
	}
}

// lost notes that nothing can be resolved now, and why. Who answered last stays:
// its files may be readable without the engine.
func (r *Roster) lost(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if !e.present {
			e.why = why
		}
	}
}

// idLimit bounds the ids that are remembered, on a host that makes thousands.
const idLimit = 4096

func (r *Roster) remember(id, key string) {
	if len(r.ids) >= idLimit {
		for _, old := range slices.Collect(maps.Keys(r.ids))[:idLimit/2] {
			delete(r.ids, old)
		}
	}
	r.ids[id] = key
}

// meet stores what the engine says of the container that answers to a name.
func (r *Roster) meet(who resident) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if e.key == who.Key {
			e.present, e.resident, e.why = true, who, ""
		}
	}
}

// keyOf returns the followed name of a container of which an event tells.
func (r *Roster) keyOf(id, name string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if e.key != "" && e.key == name && e.target.NeedsEngine() {
			r.remember(id, name)
			return name, true
		}
	}
	key, ok := r.ids[id]
	return key, ok
}

// keyOfCgroup returns the followed name and the id of the container whose cgroup
// the kernel names. The path of a container's cgroup holds its id.
func (r *Roster) keyOfCgroup(path string) (key, id string, ok bool) {
	if path == "" {
		return "", "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if !e.target.NeedsEngine() && (path == e.target.text || strings.HasPrefix(path, strings.TrimSuffix(e.target.text, "/")+"/")) {
			return e.key, "", true
		}
	}
	for id, key := range r.ids {
		if strings.Contains(path, id) {
			return key, id, true
		}
	}
	return "", "", false
}

// nameLength bounds names that are shown. Docker's own limit is about 255.
const nameLength = 128

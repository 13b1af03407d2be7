package sources

import (
	"slices"
	"strings"
	"time"

	"brink/collectors"
	"brink/collectors/dockerd"
)

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
	// bare says that it is a cgroup without an engine, and dir is its path.
	bare   bool
	dir    string
	limits limits
	// borrowedNetwork says whose network it uses, when it is not its own.
	borrowedNetwork string
	// masked are the details of its events that its labels chose.
	masked dockerd.Masked
}

// limits are those that the engine was told to set.
type limits struct {
	memory collectors.Limit[collectors.Bytes]
	swap   collectors.Limit[collectors.Bytes]
	cores  collectors.Limit[collectors.Cores]
	pids   collectors.Limit[uint64]
}

// finding is what a look at the engine's list says of one entry: the container, or
// why there is none, with those that could be meant.
type finding struct {
	Candidate
	ok      bool
	why     string
	choices []string
}

// newEntry makes the entry of a target at the moment at which it was asked for.
func newEntry(target Target, at time.Time) *entry {
	if target.NeedsEngine() {
		return &entry{target: target, since: at, why: "the engine has not answered yet"}
	}
	e := &entry{target: target, key: target.String(), since: at, present: true}
	e.resident = resident{bare: true, dir: target.text}
	e.resident.Identity = collectors.Identity{Key: e.key, CgroupPath: collectors.Clean(target.text, pathLength)}
	return e
}

// name is what the target is called: as it is followed, or as it was typed.
func (e *entry) name() string {
	if e.key != "" {
		return e.key
	}
	return e.target.String()
}

// follows reports whether events of a container of this name are about the entry.
// A name that was asked for is known before the container is: the engine's history
// tells of one that has been removed.
func (e *entry) follows(name string) bool {
	switch {
	case name == "" || !e.target.NeedsEngine():
		return false
	case e.key != "":
		return name == e.key
	case e.target.kind == targetName:
		return name == e.target.text
	case e.target.kind == targetAgent:
		return name == agentName
	default:
		return false
	}
}

// find looks for the name that is followed, and only where there is none yet for
// the target; a service and the agent may come back under another name.
func (e *entry) find(all []Candidate) finding {
	if e.key == "" {
		found, ok, choices := e.target.resolve(all)
		return finding{Candidate: found, ok: ok, why: e.whyNot(choices), choices: cleanNames(choices)}
	}
	if i := slices.IndexFunc(all, func(c Candidate) bool { return c.Name == e.key }); i >= 0 {
		return finding{Candidate: all[i], ok: true}
	}
	found, ok := e.target.successor(all)
	return finding{Candidate: found, ok: ok, why: e.whyNot(nil)}
}

func cleanNames(list []Candidate) []string {
	var names []string
	for _, candidate := range list {
		names = append(names, collectors.Clean(candidate.Name, nameLength))
	}
	return names
}

// lose notes that nobody answers any more, and reports whether that is news.
func (e *entry) lose(found finding, at time.Time) (news bool) {
	news = e.present || e.why != found.why || !slices.Equal(e.choices, found.choices)
	if e.present {
		e.since = at
	}
	e.present, e.resident = false, resident{}
	e.why, e.choices = found.why, found.choices
	return news
}

// meet takes the container that was found and what inspect said of it, and reports
// whether anything about it is news. Renamed between the two, it is not the one.
func (e *entry) meet(found Candidate, who resident) (news bool) {
	e.key, e.choices = found.Name, nil
	if who.Key != e.key {
		return false
	}
	news = !e.present || e.resident != who
	e.present, e.resident, e.why = true, who, ""
	return news
}

// miss notes why the container that was found could not be inspected, where nothing
// was known of it before.
func (e *entry) miss(fault error) {
	if fault != nil && !e.present {
		e.why = collectors.Clean(fault.Error(), errorLength)
	}
}

// mayMean reports whether a container might be an answer to the target.
func (e *entry) mayMean(who Candidate) bool {
	switch e.target.kind {
	case targetName:
		return who.Name == e.name() || e.key == "" && strings.HasPrefix(who.ID, strings.ToLower(e.target.text))
	case targetService:
		return who.Name == e.key || e.target.isService(who)
	case targetAgent:
		return true
	default:
		return false
	}
}

// whyNot says what was looked for.
func (e *entry) whyNot(choices []Candidate) string {
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

// nameLength bounds names that are shown. Docker's own limit is about 255.
const nameLength = 128

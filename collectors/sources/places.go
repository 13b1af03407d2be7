package sources

import (
	"context"
	"sync"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/hostfs"
)

// Places knows where each resident of the roster is on this host. It is shared
// by the sources and safe for use by all of them at once.
type Places struct {
	roster  *Roster
	locator locator
	mu      sync.Mutex
	found   map[string]located
}

// located is a resident with its place.
type located struct {
	resident
	place
}

// PlaceOptions are what places are looked for in.
type PlaceOptions struct {
	Proc    hostfs.FS
	Cgroups cgroupfs.FS
	// Unified says that the controllers are on cgroup v2; Mode is the word for what
	// the host has.
	Unified bool
	Mode    string
}

// NewPlaces returns the places of a roster's residents.
func NewPlaces(roster *Roster, options PlaceOptions) *Places {
	exists := func(path string) bool {
		group, err := options.Cgroups.Open(path)
		if err != nil {
			return false
		}
		group.Close()
		return true
	}
	return &Places{
		roster:  roster,
		locator: locator{proc: options.Proc, unified: options.Unified, mode: options.Mode, exists: exists},
		found:   map[string]located{},
	}
}

// now returns where every resident is. A place that was found is kept for as
// long as the container's process is the same; one that was not is looked for
// again each time, which costs one read.
func (p *Places) now() []located {
	residents := p.roster.residents()
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]located, 0, len(residents))
	for _, who := range residents {
		list = append(list, p.locate(who))
	}
	p.keep(list)
	return list
}

func (p *Places) locate(who resident) located {
	if who.bare {
		return located{resident: who, place: place{local: true, path: who.CgroupPath}}
	}
	if known, ok := p.found[who.Key]; ok && known.local && sameProcess(known.Identity, who.Identity) {
		return located{resident: who, place: known.place}
	}
	return located{resident: who, place: p.locator.locate(who.Identity)}
}

func sameProcess(a, b collectors.Identity) bool {
	return a.ID == b.ID && a.PID == b.PID && a.PID.Present()
}

func (p *Places) keep(list []located) {
	clear(p.found)
	for _, place := range list {
		p.found[place.Key] = place
	}
}

// await waits until the targets were looked for once, so that a first reading is
// not an empty one.
func (p *Places) await(ctx context.Context) {
	select {
	case <-p.roster.Looked():
	case <-ctx.Done():
	}
}

package sources

import (
	"context"
	"errors"
	"sync"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/hostfs"
)

// Places knows where each resident of the roster is on this host. It is shared
// by the sources and safe for use by all of them at once.
type Places struct {
	roster  *Roster
	locator locator

	// mu is taken before the roster's lock.
	mu    sync.Mutex
	found map[string]sighting
	// list is what was handed out last: in the round at, for a version of the roster.
	// It holds until again.
	list      []located
	at, again time.Time
	version   uint64
}

// located is a resident with its place.
type located struct {
	resident
	place
}

// sighting is where a container was, and when that was looked for.
type sighting struct {
	located
	at time.Time
}

// placeAge is how long a place, or that there is none, is believed of the same
// process. Looking again finds out that the number belongs to another process by
// now, as it may when the engine is away and cannot tell of the end.
const placeAge = 5 * time.Second

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
	root := options.Cgroups.Root()
	if options.Unified {
		roster.offerNearby(func() []string { return nearbyContainers(root) })
	}
	return &Places{
		roster:  roster,
		locator: newLocator(options),
		found:   map[string]sighting{},
	}
}

func newLocator(options PlaceOptions) locator {
	return locator{
		proc: options.Proc, unified: options.Unified, mode: options.Mode, root: options.Cgroups.Root(),
		exists: func(path string) bool { return exists(options.Cgroups, path) },
	}
}

// exists reports whether there is a cgroup at path, be it one that may not be
// opened: then the reading of it tells why.
func exists(cgroups cgroupfs.FS, path string) bool {
	group, err := cgroups.Open(path)
	if err == nil {
		group.Close()
	}
	return err == nil || errors.Is(err, cgroupfs.ErrNotPermitted)
}

// now returns where every resident is in the round that began at the given time.
// The sources ask one after the other: the first of a round does the work if there is
// any, and all get the same list, which they must not change.
func (p *Places) now(at time.Time) []located {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.list != nil && p.holds(at) && p.roster.isVersion(p.version) {
		return p.list
	}
	residents, version := p.roster.residents()
	list := make([]located, 0, len(residents))
	found := make(map[string]sighting, len(residents))
	again := at.Add(placeAge)
	for _, who := range residents {
		seen := p.locate(who, at)
		found[who.Key] = seen
		if until := seen.at.Add(placeAge); until.Before(again) {
			again = until
		}
		list = append(list, seen.located)
	}
	p.list, p.found, p.version, p.at, p.again = list, found, version, at, again
	return list
}

// holds reports whether the list is still believed. A clock that was set back ends that.
func (p *Places) holds(at time.Time) bool {
	return at.Equal(p.at) || at.After(p.at) && at.Before(p.again)
}

// of returns where the resident called key is, as it was found last.
func (p *Places) of(key string) (located, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen, ok := p.found[key]
	return seen.located, ok
}

func (p *Places) locate(who resident, at time.Time) sighting {
	if who.bare {
		return sighting{located{who, p.locator.bare(who.dir)}, at}
	}
	known, ok := p.found[who.Key]
	if ok && sameProcess(known.Identity, who.Identity) && at.Sub(known.at) < placeAge {
		return sighting{located{who, known.place}, known.at}
	}
	return sighting{located{who, p.locator.locate(who.Identity)}, at}
}

func sameProcess(a, b collectors.Identity) bool {
	return a.ID == b.ID && a.PID == b.PID && a.PID.Present()
}

// await waits until the targets were looked for once. Where there is somebody to be
// read already (a cgroup without an engine), nobody waits for an engine that may
// hang.
func (p *Places) await(ctx context.Context, at time.Time) {
	if !p.roster.anybody() {
		p.roster.await(ctx, at)
	}
}

package collectors

import (
	"context"
	"time"
)

// Source reads one part of the world: the cgroup files, /proc, the engine.
type Source interface {
	// Name is the short name that people see, as in "cgroup".
	Name() string
	// Collect fills what this source knows. It returns what it could read even
	// when it returns an error; it ends when ctx does. The sampler never calls it
	// again before it has returned.
	Collect(ctx context.Context, at time.Time) (Part, error)
}

// Part is what one source adds to a reading. Containers are matched by Key; a
// group that an earlier source gave is kept. Only sources that know who the
// containers are (Identity.State is set) decide which exist.
type Part struct {
	Host       HostCounters
	Containers []ContainerCounters
	Waiting    []Waiting
	Notices    []Notice
}

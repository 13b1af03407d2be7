package report

import (
	"slices"
	"time"

	"brink/collectors"
)

// limits follows the limits in force.
type limits struct {
	now     Limits
	changes kept[LimitChange]
}

const (
	changesKept = 50
	// mountsKept bounds how many mounts are followed.
	mountsKept = 32
)

// The names of the limits, as in the JSON of [Limits].
const (
	limitMemory = "memory_bytes"
	limitSwap   = "swap_bytes"
	limitCPU    = "cpu_cores"
	limitPids   = "pids"
	limitTmpfs  = "tmpfs_bytes"
)

// add takes the limits of a sample. One that is absent was not read, and is no change.
func (l *limits) add(sample *collectors.ContainerSample, at time.Time) {
	follow(l, limitMemory, &l.now.Memory, sample.Memory.Limit, at)
	follow(l, limitSwap, &l.now.Swap, sample.Memory.SwapLimit, at)
	follow(l, limitCPU, &l.now.CPU, sample.CPU.Limit, at)
	follow(l, limitPids, &l.now.Pids, sample.Pids.Limit, at)
	for i := range sample.Tmpfs {
		l.mount(&sample.Tmpfs[i], at)
	}
}

// follow takes one limit.
func follow[T ~uint64 | ~float64](l *limits, what string, known *collectors.Limit[T], now collectors.Limit[T], at time.Time) {
	if !now.Present() || now == *known {
		return
	}
	if known.Present() {
		l.change(LimitChange{At: at, Limit: what, From: number(*known), To: number(now)})
	}
	*known = now
}

// startingFor is how long a container may be without its limits: its cgroup is made
// first and gets them then, which takes an engine on a slow host a second.
const startingFor = 5 * time.Second

// change keeps a change of a limit. One that takes back another, made while the container
// started, leaves nothing to tell.
func (l *limits) change(c LimitChange) {
	for i, before := range slices.Backward(l.changes.list) {
		if before.Limit != c.Limit || before.Instance != c.Instance {
			continue
		}
		if before.From == c.To && c.At.Sub(before.At) <= startingFor {
			l.changes.list = slices.Delete(l.changes.list, i, i+1)
			l.changes.count--
			return
		}
		break
	}
	l.changes.add(c, changesKept)
}

// number returns a limit of any unit as a number.
func number[T ~uint64 | ~float64](limit collectors.Limit[T]) collectors.Limit[float64] {
	if limit.Unlimited() {
		return collectors.Unlimited[float64]()
	}
	return collectors.LimitOf(float64(limit.Value().Or(0)))
}

// mount takes the size of one tmpfs.
func (l *limits) mount(mount *collectors.TmpfsSample, at time.Time) {
	size, ok := mount.Size.Get()
	before, known := l.now.Tmpfs[mount.Mount]
	switch {
	case !ok || known && before == size || !known && len(l.now.Tmpfs) >= mountsKept:
		return
	case known:
		l.change(LimitChange{
			At: at, Limit: limitTmpfs, Instance: name(mount.Mount),
			From: collectors.LimitOf(float64(before)), To: collectors.LimitOf(float64(size)),
		})
	case l.now.Tmpfs == nil:
		l.now.Tmpfs = map[string]collectors.Bytes{}
	}
	l.now.Tmpfs[mount.Mount] = size
}

// inForce returns the latest limits, with clean names of the mounts.
func (l *limits) inForce() Limits {
	now := l.now
	now.Tmpfs = map[string]collectors.Bytes{}
	for mount, size := range l.now.Tmpfs {
		now.Tmpfs[name(mount)] = size
	}
	return now
}

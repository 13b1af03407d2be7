package cgroupfs

import "path"

// Ceiling is what one cgroup of a hierarchy sets as limits.
type Ceiling struct {
	Path       string // below the root
	Memory     Value[Bytes]
	MemoryHigh Value[Bytes]
	Swap       Value[Bytes]
	CPU        CPUMax
	Pids       Value[Count]
}

// Ceiling returns the limits that a reading of the cgroup at path shows.
func (st *Stat) Ceiling(path string) Ceiling {
	return Ceiling{
		Path:       path,
		Memory:     st.Memory.Max,
		MemoryHigh: st.Memory.High,
		Swap:       st.Swap.Max,
		CPU:        st.CPU.Max,
		Pids:       st.Pids.Max,
	}
}

// Ancestors reads the limits of every ancestor, the parent first and the root of
// the hierarchy last. The root has none on the host; it has some where the mount
// shows a part of a larger hierarchy (a cgroup namespace, an LXC container).
//
// It opens and closes six files in each ancestor, and is apart from Read because
// slices are changed by hand and seldom: call it now and then, and pass the
// result with each reading to [Effective], so that a `docker update` is seen at
// once. Errors are those of [FS.Open] and Read; the result holds what was read.
func (g *Group) Ancestors() ([]Ceiling, error) {
	var (
		ceilings []Ceiling
		faults   Faults
	)
	for name := g.path; name != "/"; {
		name = path.Dir(name)
		c, err := g.fs.ceiling(name)
		if err != nil {
			faults = append(faults, err)
		}
		ceilings = append(ceilings, c)
	}
	if faults == nil {
		return ceilings, nil
	}
	return ceilings, faults
}

// ceiling reads the limits of one cgroup.
func (fs FS) ceiling(name string) (Ceiling, error) {
	g, err := fs.Open(name)
	if err != nil {
		return Ceiling{Path: name}, err
	}
	defer g.Close()
	g.borrow()
	defer g.giveBack()
	for _, f := range []File{FileMemoryMax, FileMemoryHigh, FileSwapMax, FileCPUMax, FilePidsMax} {
		g.refreshFile(f)
	}
	ceiling := g.stat.Ceiling(name)
	if g.lost && !g.alive() {
		return ceiling, goneError(name)
	}
	if g.faulty != 0 {
		return ceiling, g.report()
	}
	return ceiling, nil
}

// Bound is a limit and the cgroup that sets it. The limit of an ancestor is shared
// with its other descendants: what this cgroup leaves free of it, a sibling may
// have taken.
type Bound[T any] struct {
	Limit Value[T] // Max: nobody sets one. Absent: nothing is known.
	Path  string   // the cgroup that sets it; empty unless Limit is Present
}

// Limits are the limits that bind.
type Limits struct {
	Memory     Bound[Bytes]
	MemoryHigh Bound[Bytes]
	Swap       Bound[Bytes]
	CPU        Bound[CPUMax] // Limit.N.Cores() is the number
	Pids       Bound[Count]
}

// Effective returns the smallest of each limit among a cgroup and its ancestors:
// the kernel charges every level and stops at the first that is full. Among equals
// the innermost is named.
func Effective(own Ceiling, ancestors []Ceiling) Limits {
	var l Limits
	l.lower(own)
	for _, c := range ancestors {
		l.lower(c)
	}
	return l
}

func (l *Limits) lower(c Ceiling) {
	lower(&l.Memory, c.Memory, c.Path)
	lower(&l.MemoryHigh, c.MemoryHigh, c.Path)
	lower(&l.Swap, c.Swap, c.Path)
	lower(&l.Pids, c.Pids, c.Path)
	l.lowerCPU(c)
}

func lower[T ~uint64](b *Bound[T], v Value[T], path string) {
	n, limited := v.Get()
	known, bound := b.Limit.Get()
	switch {
	case limited && (!bound || n < known):
		*b = Bound[T]{Limit: v, Path: path}
	case v.IsMax() && b.Limit.IsAbsent():
		b.Limit = v
	}
}

// lowerCPU compares cores, for quotas of different periods cannot be compared.
func (l *Limits) lowerCPU(c Ceiling) {
	cores, limited := c.CPU.Cores()
	known, bound := l.CPU.Limit.N.Cores()
	switch {
	case limited && (!bound || cores < known):
		l.CPU = Bound[CPUMax]{Limit: present(c.CPU), Path: c.Path}
	case c.CPU.Quota.IsMax() && l.CPU.Limit.IsAbsent():
		l.CPU.Limit = unlimited[CPUMax]()
	}
}

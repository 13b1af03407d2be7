package collectors

import (
	"slices"
	"time"
)

// groupOrder lists the groups in the order in which they are shown.
func groupOrder() []Group {
	return []Group{
		GroupState, GroupMemory, GroupCPU, GroupPids, GroupPressure,
		GroupIO, GroupNetwork, GroupTmpfs, GroupProcesses, GroupKernelLog,
	}
}

// missingFrom returns what the named source could not give.
func (c ContainerCounters) missingFrom(source string) []Missing {
	var list []Missing
	for _, missing := range c.Missing {
		if missing.Source == source {
			list = append(list, missing)
		}
	}
	return list
}

// round is a reading in the making: the parts of the sources, merged.
type round struct {
	Reading
	// index finds a container by its key.
	index map[string]int
}

func newRound(at time.Time) *round {
	return &round{Reading: Reading{At: at}, index: map[string]int{}}
}

// add merges the part of a source. Sources are added in the order of trust: what
// is already there stays.
func (r *round) add(health SourceHealth, part Part) {
	r.Sources = append(r.Sources, health)
	r.Host.fill(part.Host)
	for _, waiting := range part.Waiting {
		waiting.source = health.Name
		r.Waiting = append(r.Waiting, waiting)
	}
	r.Notices = append(r.Notices, part.Notices...)
	for _, container := range part.Containers {
		r.container(container.Key).fill(health.Name, container)
	}
}

// container returns the entry for key and makes it where there is none.
func (r *round) container(key string) *ContainerCounters {
	i, ok := r.index[key]
	if !ok {
		i = len(r.Containers)
		r.index[key] = i
		r.Containers = append(r.Containers, ContainerCounters{Identity: Identity{Key: key}, Origin: map[Group]string{}})
	}
	return &r.Containers[i]
}

// inherit keeps the containers and the targets that a source knew of in the
// reading before and, because it failed, did not tell of in this one. That a
// source does not answer is no reason to say that a container is gone; how old
// its counters are is said apart.
func (r *round) inherit(before Reading) {
	silent := map[string]bool{}
	for _, source := range r.Sources {
		silent[source.Name] = !source.OK
	}
	for _, known := range before.Containers {
		source := known.Origin[GroupState]
		if !silent[source] {
			continue
		}
		if c := r.container(known.Key); c.State == StateUnknown {
			c.fill(source, ContainerCounters{Identity: known.Identity})
		}
	}
	for _, waiting := range before.Waiting {
		if silent[waiting.source] && !r.tellsOf(waiting.Target) {
			r.Waiting = append(r.Waiting, waiting)
		}
	}
}

// tellsOf reports whether a target is accounted for.
func (r *round) tellsOf(target string) bool {
	_, found := r.index[target]
	return found || slices.ContainsFunc(r.Waiting, func(w Waiting) bool { return w.Target == target })
}

// finish leaves out the containers that no source knows to exist, and puts the
// notices of several sources in the order of their times.
func (r *round) finish() Reading {
	r.Containers = slices.DeleteFunc(r.Containers, func(c ContainerCounters) bool { return c.State == StateUnknown })
	slices.SortStableFunc(r.Notices, func(a, b Notice) int { return a.At.Compare(b.At) })
	return r.Reading
}

// fill takes what is still unknown of the host.
func (h *HostCounters) fill(from HostCounters) {
	fillText(&h.Name, from.Name)
	fillText(&h.Kernel, from.Kernel)
	fillText(&h.CgroupMode, from.CgroupMode)
	fillText(&h.Engine, from.Engine)
	fillOpt(&h.CPUs, from.CPUs)
	fillOpt(&h.MemoryTotal, from.MemoryTotal)
	fillOpt(&h.MemoryAvailable, from.MemoryAvailable)
}

// fill takes the groups that are still absent, and remembers whose they are.
func (c *ContainerCounters) fill(source string, from ContainerCounters) {
	if c.State == StateUnknown && from.State != StateUnknown {
		path := c.CgroupPath
		c.Identity = from.Identity
		if path != "" {
			c.CgroupPath = path
		}
		c.Origin[GroupState] = source
	}
	fillText(&c.CgroupPath, from.CgroupPath)
	if c.Incarnation == 0 {
		c.Incarnation = from.Incarnation
	}
	fillGroup(c.Origin, GroupMemory, source, &c.Memory, from.Memory)
	fillGroup(c.Origin, GroupCPU, source, &c.CPU, from.CPU)
	fillGroup(c.Origin, GroupPids, source, &c.Pids, from.Pids)
	fillGroup(c.Origin, GroupPressure, source, &c.Pressure, from.Pressure)
	fillGroup(c.Origin, GroupIO, source, &c.IO, from.IO)
	fillGroup(c.Origin, GroupNetwork, source, &c.Network, from.Network)
	fillGroup(c.Origin, GroupTmpfs, source, &c.Tmpfs, from.Tmpfs)
	fillGroup(c.Origin, GroupProcesses, source, &c.Processes, from.Processes)
	for _, missing := range from.Missing {
		missing.Source = source
		c.Missing = append(c.Missing, missing)
	}
}

// counted reports whether a source gave any of the kernel's counters.
func (c ContainerCounters) counted() bool {
	return c.Memory.Present() || c.CPU.Present() || c.Pids.Present()
}

func fillGroup[T any](origin map[Group]string, group Group, source string, into *Opt[T], from Opt[T]) {
	if !into.Present() && from.Present() {
		*into, origin[group] = from, source
	}
}

func fillOpt[T any](into *Opt[T], from Opt[T]) {
	if !into.Present() {
		*into = from
	}
}

func fillText(into *string, from string) {
	if *into == "" {
		*into = from
	}
}

package collectors

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
		if missing.source == source {
			list = append(list, missing)
		}
	}
	return list
}

// add merges the part of a source into the reading. Sources are added in the
// order of trust: what is already there stays.
func (r *Reading) add(source string, part Part) {
	r.Host.fill(part.Host)
	r.Waiting = append(r.Waiting, part.Waiting...)
	r.Notices = append(r.Notices, part.Notices...)
	for _, container := range part.Containers {
		r.container(container.Key).fill(source, container)
	}
}

// container returns the entry for key and makes it where there is none.
func (r *Reading) container(key string) *ContainerCounters {
	for i := range r.Containers {
		if r.Containers[i].Key == key {
			return &r.Containers[i]
		}
	}
	r.Containers = append(r.Containers, ContainerCounters{Identity: Identity{Key: key}, Origin: map[Group]string{}})
	return &r.Containers[len(r.Containers)-1]
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
		fillText(&c.CgroupPath, path)
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
		missing.source = source
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

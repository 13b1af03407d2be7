package block

import (
	"time"

	"brink/collectors"
)

// row is an entry with every field in reach, in the form in which it is short.
type row struct {
	// era, second and nano are the time of the entry. Readings begin soon after a full
	// second.
	era                 int64
	second, nano        uint64
	fresh               moment
	startedAt, finished moment
	incarnation         uint64
	identity            collectors.Identity
	groups              groups

	memory   collectors.MemoryLevels
	cpu      collectors.CPUCounters
	pids     collectors.PidsLevels
	pressure collectors.Pressure
	io       collectors.IOCounters
	network  collectors.NetworkCounters
	// cpuAt, ioAt and networkAt are when these were read.
	cpuAt, ioAt, networkAt moment

	// These number the lists of an entry among the lists of the block.
	tmpfs, processes, origin, missing uint64
}

// groups are flags: which groups are present, and what else is yes or no.
type groups uint64

const (
	hasMemory groups = 1 << iota
	hasCPU
	hasPids
	hasPressure
	hasIO
	hasNetwork
	wasOOMKilled
)

func (g *groups) set(flag groups, yes bool) {
	if yes {
		*g |= flag
	}
}

// rowOf takes an entry apart, but for its lists. Its stamps are distances from its
// time.
func rowOf(e *Entry) row {
	c := &e.Counters
	at := momentOf(e.At)
	ns := at.ns.Or(0)
	r := row{
		era: at.era, second: ns / second, nano: ns % second, fresh: stampOf(c.FreshAt).after(at),
		startedAt: optionalMoment(c.StartedAt), finished: optionalMoment(c.FinishedAt),
		incarnation: uint64(c.Incarnation), identity: c.Identity,
	}
	r.memory, r.groups = part(c.Memory, hasMemory, r.groups)
	r.cpu, r.groups = part(c.CPU, hasCPU, r.groups)
	r.pids, r.groups = part(c.Pids, hasPids, r.groups)
	r.pressure, r.groups = part(c.Pressure, hasPressure, r.groups)
	r.io, r.groups = part(c.IO, hasIO, r.groups)
	r.network, r.groups = part(c.Network, hasNetwork, r.groups)
	r.groups.set(wasOOMKilled, c.OOMKilled)
	r.cpuAt, r.ioAt, r.networkAt = stampOf(r.cpu.At).after(at), stampOf(r.io.At).after(at), stampOf(r.network.At).after(at)
	r.cpu.Usage = rest(r.cpu.Usage, inUsage(&r.cpu)...)
	r.memory.Stat.File = rest(r.memory.Stat.File, inMemory(&r.memory.Stat)...)
	return r
}

// part is a group, and the flags with its own when it is present.
func part[T any](group collectors.Opt[T], flag, flags groups) (T, groups) {
	value, present := group.Get()
	flags.set(flag, present)
	return value, flags
}

// entry puts an entry together again, but for its lists.
func (r *row) entry(began *time.Time, c *collectors.ContainerCounters) {
	at := r.at()
	r.restore()
	*began, c.FreshAt = at.stamp(), r.fresh.from(at).stamp()
	r.cpu.At, r.io.At, r.network.At = r.cpuAt.from(at).stamp(), r.ioAt.from(at).stamp(), r.networkAt.from(at).stamp()
	c.Identity, c.Incarnation = r.identity, collectors.Incarnation(r.incarnation)
	c.StartedAt, c.FinishedAt = r.startedAt.optional(), r.finished.optional()
	c.OOMKilled = r.groups&wasOOMKilled != 0
	c.Memory = present(&r.memory, r.groups&hasMemory)
	c.CPU = present(&r.cpu, r.groups&hasCPU)
	c.Pids = present(&r.pids, r.groups&hasPids)
	c.Pressure = present(&r.pressure, r.groups&hasPressure)
	c.IO = present(&r.io, r.groups&hasIO)
	c.Network = present(&r.network, r.groups&hasNetwork)
}

// at is the time of the entry.
func (r *row) at() moment { return newMoment(r.era, r.second*second+r.nano) }

// restore adds the parts to what is written without them.
func (r *row) restore() {
	r.memory.Stat.File = whole(r.memory.Stat.File, inMemory(&r.memory.Stat)...)
	r.cpu.Usage = whole(r.cpu.Usage, inUsage(&r.cpu)...)
}

func present[T any](group *T, flag groups) collectors.Opt[T] {
	if flag == 0 {
		return collectors.Opt[T]{}
	}
	return collectors.Some(*group)
}

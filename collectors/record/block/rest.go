package block

import "brink/collectors"

// The kernel tells some values beside their parts. A whole that is hardly more than
// its parts is written as what it is more; where the whole or a part is absent, it
// is written as it is.

// inMemory are the parts of memory.stat's file: what lies on the lists, and shmem,
// which lies on others. The rest is pages that are on their way to a list.
func inMemory(stat *collectors.MemoryStat) []collectors.Opt[collectors.Bytes] {
	return []collectors.Opt[collectors.Bytes]{stat.InactiveFile, stat.ActiveFile, stat.Shmem}
}

// inUsage are the parts of the CPU time. A microsecond may be lost to rounding.
func inUsage(cpu *collectors.CPUCounters) []duration { return []duration{cpu.User, cpu.System} }

// rest takes the parts off a whole. It may go below zero, and comes back from there.
func rest[T integer](whole collectors.Opt[T], parts ...collectors.Opt[T]) collectors.Opt[T] {
	value, known := whole.Get()
	sum, all := total(parts)
	if !known || !all {
		return whole
	}
	return collectors.Some(value - sum)
}

// whole adds the parts to a rest again.
func whole[T integer](rest collectors.Opt[T], parts ...collectors.Opt[T]) collectors.Opt[T] {
	value, known := rest.Get()
	sum, all := total(parts)
	if !known || !all {
		return rest
	}
	return collectors.Some(value + sum)
}

// total sums the parts, and reports whether all are there.
func total[T integer](parts []collectors.Opt[T]) (T, bool) {
	sum, all := T(0), true
	for _, part := range parts {
		value, known := part.Get()
		sum += value
		all = all && known
	}
	return sum, all
}

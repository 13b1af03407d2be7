package cgroupfs

// MemoryStat is memory.stat: what the memory of the cgroup and its descendants
// consists of. The kernel gathers it from per-CPU parts every 2 s and on reading
// only when enough has changed, so that the parts never add up exactly to
// memory.current: a difference of two can come out negative.
//
// Every key can be missing: kernels differ.
type MemoryStat struct {
	// Anon is memory that belongs to no file; huge pages are included.
	Anon Value[Bytes]
	// File is the page cache, tmpfs (Shmem) included.
	File Value[Bytes]
	// Shmem is memory that only swap could take: tmpfs, shared anonymous maps.
	Shmem Value[Bytes]
	// Sock is what network buffers hold.
	Sock Value[Bytes]
	// Unevictable is what is locked.
	Unevictable Value[Bytes]
	// SwapCached is in swap and in memory at once.
	SwapCached Value[Bytes]
	// Zswap is the compressed form of what was swapped out to memory (5.19).
	Zswap Value[Bytes]

	Kernel  KernelMemory
	Cache   CacheState
	Lists   PageLists
	Faults  PageFaults
	Reclaim Reclaim
}

// KernelMemory is memory that the kernel itself uses on behalf of the cgroup.
type KernelMemory struct {
	// Total is the key `kernel` (5.18): everything below and more.
	Total             Value[Bytes]
	Stack             Value[Bytes] // kernel_stack
	PageTables        Value[Bytes] // pagetables
	SecPageTables     Value[Bytes] // sec_pagetables: of virtual machines
	PerCPU            Value[Bytes] // percpu
	Vmalloc           Value[Bytes] // vmalloc
	Slab              Value[Bytes] // slab: the two below
	SlabReclaimable   Value[Bytes] // slab_reclaimable: inode and dentry caches
	SlabUnreclaimable Value[Bytes] // slab_unreclaimable
}

// CacheState is what the pages of files are doing.
type CacheState struct {
	Mapped    Value[Bytes] // file_mapped
	Dirty     Value[Bytes] // file_dirty: has to be written before it can be freed
	Writeback Value[Bytes] // file_writeback: is being written
	AnonHuge  Value[Bytes] // anon_thp: part of Anon
	ShmemHuge Value[Bytes] // shmem_thp: part of Shmem
}

// PageLists are the lists that reclaim works through. Shmem pages sit on the
// anonymous lists, so that InactiveAnon + ActiveAnon is not Anon.
type PageLists struct {
	InactiveAnon Value[Bytes]
	ActiveAnon   Value[Bytes]
	InactiveFile Value[Bytes] // what `docker stats` takes off memory.current
	ActiveFile   Value[Bytes]
}

// PageFaults are counters since the cgroup was made.
type PageFaults struct {
	All   Value[Count] // pgfault
	Major Value[Count] // pgmajfault: had to read from disk
}

// Reclaim are counters of pages since the cgroup was made. Refaults that climb
// while the cgroup is at its limit mean that the working set does not fit.
type Reclaim struct {
	Scanned       Value[Count] // pgscan
	Stolen        Value[Count] // pgsteal
	ScannedDirect Value[Count] // pgscan_direct: by the allocating task itself (6.0)
	StolenDirect  Value[Count] // pgsteal_direct (6.0)
	SwappedIn     Value[Count] // pswpin (6.12)
	SwappedOut    Value[Count] // pswpout (6.12)
	RefaultAnon   Value[Count] // workingset_refault_anon (5.9)
	RefaultFile   Value[Count] // workingset_refault_file; workingset_refault before 5.9
}

func (m *MemoryStat) reset() { *m = MemoryStat{} }

func (m *MemoryStat) decode(text []byte) *ParseError {
	m.reset()
	return eachPair(text, m.set)
}

func (m *MemoryStat) set(key, value []byte) (known bool, err error) {
	if dst := m.size(key); dst != nil {
		return setUint(dst, value)
	}
	return setUint(m.counter(key), value)
}

// size finds the place of a key that is measured in bytes. The search is split by
// type, because the compiler makes a binary search of a switch over strings, and
// because one switch over all keys would be a page long.
func (m *MemoryStat) size(key []byte) *Value[Bytes] {
	switch string(key) {
	case "anon":
		return &m.Anon
	case "file":
		return &m.File
	case "shmem":
		return &m.Shmem
	case "sock":
		return &m.Sock
	case "unevictable":
		return &m.Unevictable
	case "swapcached":
		return &m.SwapCached
	case "zswap":
		return &m.Zswap
	case "inactive_anon":
		return &m.Lists.InactiveAnon
	case "active_anon":
		return &m.Lists.ActiveAnon
	case "inactive_file":
		return &m.Lists.InactiveFile
	case "active_file":
		return &m.Lists.ActiveFile
	default:
		return m.detail(key)
	}
}

// detail finds the place of a key that says what a part of the memory is.
func (m *MemoryStat) detail(key []byte) *Value[Bytes] {
	switch string(key) {
	case "kernel":
		return &m.Kernel.Total
	case "kernel_stack":
		return &m.Kernel.Stack
	case "pagetables":
		return &m.Kernel.PageTables
	case "sec_pagetables":
		return &m.Kernel.SecPageTables
	case "percpu":
		return &m.Kernel.PerCPU
	case "vmalloc":
		return &m.Kernel.Vmalloc
	case "slab":
		return &m.Kernel.Slab
	case "slab_reclaimable":
		return &m.Kernel.SlabReclaimable
	case "slab_unreclaimable":
		return &m.Kernel.SlabUnreclaimable
	case "file_mapped":
		return &m.Cache.Mapped
	case "file_dirty":
		return &m.Cache.Dirty
	case "file_writeback":
		return &m.Cache.Writeback
	case "anon_thp":
		return &m.Cache.AnonHuge
	case "shmem_thp":
		return &m.Cache.ShmemHuge
	default:
		return nil
	}
}

// counter finds the place of a key that counts events or pages.
func (m *MemoryStat) counter(key []byte) *Value[Count] {
	switch string(key) {
	case "pgfault":
		return &m.Faults.All
	case "pgmajfault":
		return &m.Faults.Major
	case "pgscan":
		return &m.Reclaim.Scanned
	case "pgsteal":
		return &m.Reclaim.Stolen
	case "pgscan_direct":
		return &m.Reclaim.ScannedDirect
	case "pgsteal_direct":
		return &m.Reclaim.StolenDirect
	case "pswpin":
		return &m.Reclaim.SwappedIn
	case "pswpout":
		return &m.Reclaim.SwappedOut
	case "workingset_refault_anon":
		return &m.Reclaim.RefaultAnon
	case "workingset_refault_file", "workingset_refault":
		return &m.Reclaim.RefaultFile
	default:
		return nil
	}
}

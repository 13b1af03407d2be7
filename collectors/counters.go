package collectors

import "time"

// MemoryLevels is the memory controller of one cgroup. Where a parent cgroup
// has the smaller limit, Limit is that one and LimitedBy names it.
type MemoryLevels struct {
	// Current is memory.current: what the kernel compares with the limit, page
	// cache included. It may overstate by 256 KiB a CPU, the size of the per-CPU
	// stock of charges.
	Current Opt[Bytes]
	Limit   Limit[Bytes]
	// LimitedBy is the path of the ancestor whose limit binds; empty for its own.
	LimitedBy string
	// High is memory.high. Docker never sets it.
	High Limit[Bytes]
	// Peak is memory.peak, the highest Current of this life (kernel 5.19).
	Peak      Opt[Bytes]
	Swap      Opt[Bytes]
	SwapLimit Limit[Bytes]
	Stat      MemoryStat
	Events    MemoryEvents
}

// MemoryStat is what brink reads of memory.stat. The kernel flushes it at least
// every two seconds, so its parts lag Current and never add up to it exactly.
type MemoryStat struct {
	Anon Opt[Bytes]
	// File is page cache including Shmem.
	File Opt[Bytes]
	// Shmem is tmpfs, shared memory and shared anonymous mappings: part of File,
	// and without swap not reclaimable.
	Shmem Opt[Bytes]
	// Kernel is all kernel memory (kernel 5.18); on older kernels the parts below
	// stand in.
	Kernel            Opt[Bytes]
	KernelStack       Opt[Bytes]
	PageTables        Opt[Bytes]
	PerCPU            Opt[Bytes]
	SlabReclaimable   Opt[Bytes]
	SlabUnreclaimable Opt[Bytes]
	Sock              Opt[Bytes]
	InactiveFile      Opt[Bytes]
	ActiveFile        Opt[Bytes]
}

// MemoryEvents is memory.events: counts since the cgroup was made, descendants
// included.
type MemoryEvents struct {
	// Max counts how often usage was about to go over the limit. It climbs by the
	// thousand on healthy work with much page cache.
	Max Opt[uint64]
	// OOM counts how often reclaim failed at the limit.
	OOM Opt[uint64]
	// OOMKill counts processes killed by any OOM killer: this cgroup's, a
	// parent's or the host's.
	OOMKill Opt[uint64]
	// LocalOOM is OOM of memory.events.local: only this cgroup's own limit
	// (kernel 5.2). A kill without it came from a limit above.
	LocalOOM Opt[uint64]
}

// CPUCounters is the CPU controller of one cgroup, with the time at which it was
// read: the engine stamps its own frames.
type CPUCounters struct {
	At     time.Time
	Usage  Opt[time.Duration]
	User   Opt[time.Duration]
	System Opt[time.Duration]
	// Periods counts the enforcement periods in which the group ran.
	Periods          Opt[uint64]
	ThrottledPeriods Opt[uint64]
	// Throttled sums the waiting time of each CPU's run queue, so it can grow
	// faster than the clock.
	Throttled Opt[time.Duration]
	// Limit is quota divided by period, the smallest up to the root.
	Limit     Limit[Cores]
	LimitedBy string
}

// PidsLevels is the pids controller of one cgroup. It counts tasks: threads, and
// zombies until they are reaped.
type PidsLevels struct {
	Current   Opt[uint64]
	Limit     Limit[uint64]
	LimitedBy string
	// Peak is pids.peak (kernel 6.6).
	Peak Opt[uint64]
	// Refused is max of pids.events: forks refused since the cgroup was made.
	Refused Opt[uint64]
	// Processes and Threads are the lines of cgroup.procs and cgroup.threads,
	// which do not list zombies.
	Processes Opt[uint64]
	Threads   Opt[uint64]
}

// Pressure is pressure stall information. A kernel without it (CONFIG_PSI=n, or
// psi=0 as RHEL starts) has none: every line is absent.
type Pressure struct {
	Memory PressureLines `json:"memory,omitzero"`
	CPU    PressureLines `json:"cpu,omitzero"`
	IO     PressureLines `json:"io,omitzero"`
}

// PressureLines is one pressure file: the share of time in which some, or all,
// tasks waited for the resource, averaged by the kernel over 10, 60 and 300 s.
type PressureLines struct {
	SomeAvg10  Opt[Ratio]   `json:"some_avg10_ratio,omitzero"`
	SomeAvg60  Opt[Ratio]   `json:"some_avg60_ratio,omitzero"`
	SomeAvg300 Opt[Ratio]   `json:"some_avg300_ratio,omitzero"`
	SomeTotal  Opt[Seconds] `json:"some_total_seconds,omitzero"`
	FullAvg10  Opt[Ratio]   `json:"full_avg10_ratio,omitzero"`
	FullAvg60  Opt[Ratio]   `json:"full_avg60_ratio,omitzero"`
	FullAvg300 Opt[Ratio]   `json:"full_avg300_ratio,omitzero"`
	FullTotal  Opt[Seconds] `json:"full_total_seconds,omitzero"`
}

// IOCounters sums io.stat over all devices, as `docker stats` does. A buffered
// write counts when it is written back; tmpfs never shows.
type IOCounters struct {
	At         time.Time
	ReadBytes  Opt[uint64]
	WriteBytes Opt[uint64]
	ReadOps    Opt[uint64]
	WriteOps   Opt[uint64]
}

// NetworkCounters sums the container's interfaces, the loopback left out.
type NetworkCounters struct {
	At              time.Time
	ReceiveBytes    Opt[uint64]
	TransmitBytes   Opt[uint64]
	ReceiveDropped  Opt[uint64]
	TransmitDropped Opt[uint64]
}

// TmpfsLevel is the fill of one tmpfs that the container can write to. What it
// holds is charged to the container as shmem. Used is absent when it may not be
// read (that needs root or CAP_SYS_PTRACE); Why says so.
type TmpfsLevel struct {
	Mount string
	Used  Opt[Bytes]
	Size  Opt[Bytes]
	Why   string
}

// Process is one process of the container, named and numbered as the host sees
// it.
type Process struct {
	PID  int    `json:"pid"`
	PPID int    `json:"ppid"`
	Name string `json:"name"`
	// State is the kernel's letter: R, S, D, T, Z, ...
	State   string     `json:"state"`
	Threads Opt[int]   `json:"threads,omitzero"`
	RSS     Opt[Bytes] `json:"rss_bytes,omitzero"`
	// Swap is anonymous memory that is swapped out, PageTables what it costs to map
	// the memory: with RSS, what the OOM killer compares.
	Swap       Opt[Bytes] `json:"swap_bytes,omitzero"`
	PageTables Opt[Bytes] `json:"page_table_bytes,omitzero"`
	// CPU is the time used since the process began, Cores the use of late: between
	// the two newest readings of the list. It is absent when a process is first seen.
	CPU         Opt[Seconds] `json:"cpu_seconds,omitzero"`
	Cores       Opt[Cores]   `json:"cores,omitzero"`
	OOMScoreAdj Opt[int]     `json:"oom_score_adj,omitzero"`
}

// Zombie reports whether the process has ended and waits for its parent to ask how.
func (p Process) Zombie() bool { return p.State == "Z" }

package dockerd

import "time"

// CgroupVersion is the kernel interface that a frame was read from.
type CgroupVersion uint8

// The versions. CgroupUnknown is an engine that does not give enough away, as
// Podman, which sends no memory statistics.
const (
	CgroupUnknown CgroupVersion = iota
	CgroupV1
	CgroupV2
)

// Frame is one reading of a container by the engine. Counters are cumulative
// since the container started and fall back to zero when it starts again; rates
// are the caller's matter, from two frames and the difference of their Read
// times. The engine's own previous reading (precpu_stats) is not used: it is
// empty in the first frame of a stream.
type Frame struct {
	ID   string
	Name string
	// Read is when the engine read it, by the engine's clock.
	Read   time.Time
	Cgroup CgroupVersion
	CPU    CPU
	Memory Memory
	Pids   Pids
	// Network is absent for a container without a network of its own.
	Network Opt[Network]
	// BlockIO is absent when the engine lists no device: no controller, or nothing
	// read and written yet; the engine does not tell these apart.
	BlockIO Opt[BlockIO]
}

// CPU is the time the container's tasks have run.
type CPU struct {
	Usage  Opt[time.Duration]
	User   Opt[time.Duration]
	System Opt[time.Duration]
	// Periods are those in which something ran under a quota; ThrottledPeriods
	// those in which it had to wait for the next. Podman sends 0 for all three.
	Periods          Opt[uint64]
	ThrottledPeriods Opt[uint64]
	// Throttled sums the waiting of all CPUs, so it can pass the time that went by.
	Throttled Opt[time.Duration]
	// Online is how many CPUs the host has, not how many the quota allows.
	Online Opt[int]
}

// Memory is in bytes, but for the two counters at its end. Swap, PSI and the
// events of cgroup v2 are not in the engine's statistics at all.
type Memory struct {
	// Usage is memory.current on cgroup v2, memory.usage_in_bytes on v1: page cache
	// included.
	Usage Opt[uint64]
	// Limit is the host's memory when nothing limits the container; only inspect
	// tells the two apart.
	Limit Opt[uint64]
	// Peak comes from v1 alone (max_usage_in_bytes).
	Peak Opt[uint64]
	// Anon and File are on v1 total_rss and total_cache. Shmem, which is part of
	// File, comes from v2 alone.
	Anon  Opt[uint64]
	File  Opt[uint64]
	Shmem Opt[uint64]
	// InactiveFile is what docker stats subtracts from Usage.
	InactiveFile Opt[uint64]
	ActiveFile   Opt[uint64]
	// The kernel's share; v1 does not itemise it. The engine never sends the sum
	// (the key kernel of memory.stat).
	KernelStack       Opt[uint64]
	Slab              Opt[uint64]
	SlabReclaimable   Opt[uint64]
	SlabUnreclaimable Opt[uint64]
	Sock              Opt[uint64]
	// MajorFaults counts page faults that had to read from a disk.
	MajorFaults Opt[uint64]
	// FailCount is, on v1, how often the limit was hit; on v2 it is the counter oom
	// of memory.events (moby daemon/stats_unix.go), which is neither that nor the
	// number of kills. The engine leaves it out while it is 0.
	FailCount Opt[uint64]
}

// Pids counts tasks: processes and threads.
type Pids struct {
	Current Opt[uint64]
	Limit   Limit
}

// Network is the traffic as the container sees it: received is what came in.
type Network struct {
	Total Traffic
	// Interfaces are sorted by name; Total covers those beyond the bound too.
	Interfaces []Interface
}

// Interface is the traffic of one interface. The container may choose its name.
type Interface struct {
	Name string
	Traffic
}

// Traffic are counters since the interface was made.
type Traffic struct {
	ReceiveBytes    uint64 `json:"rx_bytes"`
	ReceivePackets  uint64 `json:"rx_packets"`
	ReceiveErrors   uint64 `json:"rx_errors"`
	ReceiveDropped  uint64 `json:"rx_dropped"`
	TransmitBytes   uint64 `json:"tx_bytes"`
	TransmitPackets uint64 `json:"tx_packets"`
	TransmitErrors  uint64 `json:"tx_errors"`
	TransmitDropped uint64 `json:"tx_dropped"`
}

// BlockIO sums over all devices.
type BlockIO struct {
	ReadBytes  uint64
	WriteBytes uint64
}

package sources

import (
	"brink/collectors"
	"brink/collectors/dockerd"
)

// The frames of the engine have no limits of their own that could be trusted: an
// unlimited container shows the host's memory. The configured limits stand in.

func frameMemory(frame dockerd.Frame, set limits) collectors.MemoryLevels {
	m := frame.Memory
	return collectors.MemoryLevels{
		Current:   bytesOf(m.Usage),
		Limit:     set.memory,
		SwapLimit: set.swap,
		Peak:      bytesOf(m.Peak),
		Stat: collectors.MemoryStat{
			Anon: bytesOf(m.Anon), File: bytesOf(m.File), Shmem: bytesOf(m.Shmem),
			KernelStack:       bytesOf(m.KernelStack),
			SlabReclaimable:   bytesOf(m.SlabReclaimable),
			SlabUnreclaimable: bytesOf(m.SlabUnreclaimable),
			Sock:              bytesOf(m.Sock),
			InactiveFile:      bytesOf(m.InactiveFile), ActiveFile: bytesOf(m.ActiveFile),
		},
		Events: frameEvents(frame),
	}
}

// frameEvents reads the one count that the engine passes on: on cgroup v2 failcnt
// is the key oom of memory.events, on v1 how often the limit was hit. Docker leaves
// it out while it is 0, and an engine of unknown version does not tell it at all.
func frameEvents(frame dockerd.Frame) collectors.MemoryEvents {
	failed := collectors.Some(optional(frame.Memory.FailCount).Or(0))
	switch frame.Cgroup {
	case dockerd.CgroupV1:
		return collectors.MemoryEvents{Max: failed}
	case dockerd.CgroupV2:
		return collectors.MemoryEvents{OOM: failed}
	default:
		return collectors.MemoryEvents{}
	}
}

func frameCPU(frame dockerd.Frame, set limits) collectors.CPUCounters {
	counters := collectors.CPUCounters{
		At:     frame.Read,
		Usage:  optional(frame.CPU.Usage),
		User:   optional(frame.CPU.User),
		System: optional(frame.CPU.System),
		Limit:  set.cores,
	}
	if frame.Cgroup != dockerd.CgroupUnknown {
		// Podman sends zeros for these, whatever the kernel counts.
		counters.Periods = optional(frame.CPU.Periods)
		counters.ThrottledPeriods = optional(frame.CPU.ThrottledPeriods)
		counters.Throttled = optional(frame.CPU.Throttled)
	}
	return counters
}

func framePids(frame dockerd.Frame, set limits) collectors.PidsLevels {
	limit := engineLimit[uint64](frame.Pids.Limit)
	if !limit.Present() {
		limit = set.pids
	}
	return collectors.PidsLevels{Current: optional(frame.Pids.Current), Limit: limit}
}

func frameNetwork(frame dockerd.Frame) collectors.Opt[collectors.NetworkCounters] {
	network, ok := frame.Network.Get()
	if !ok {
		return collectors.Opt[collectors.NetworkCounters]{}
	}
	total := network.Total
	return collectors.Some(collectors.NetworkCounters{
		At:              frame.Read,
		ReceiveBytes:    collectors.Some(total.ReceiveBytes),
		TransmitBytes:   collectors.Some(total.TransmitBytes),
		ReceiveDropped:  collectors.Some(total.ReceiveDropped),
		TransmitDropped: collectors.Some(total.TransmitDropped),
	})
}

func frameIO(frame dockerd.Frame) collectors.Opt[collectors.IOCounters] {
	disk, ok := frame.BlockIO.Get()
	if !ok {
		return collectors.Opt[collectors.IOCounters]{}
	}
	return collectors.Some(collectors.IOCounters{
		At:         frame.Read,
		ReadBytes:  collectors.Some(disk.ReadBytes),
		WriteBytes: collectors.Some(disk.WriteBytes),
	})
}

func bytesOf(value dockerd.Opt[uint64]) collectors.Opt[collectors.Bytes] {
	if n, ok := value.Get(); ok {
		return collectors.Some(collectors.Bytes(n))
	}
	return collectors.Opt[collectors.Bytes]{}
}

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
		Swap:      bytesOf(m.Swap),
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
// is the key oom of memory.events, on v1 how often the limit was hit.
func frameEvents(frame dockerd.Frame) collectors.MemoryEvents {
	failed := optional(frame.Memory.FailCount)
	if frame.Cgroup == dockerd.CgroupV1 {
		return collectors.MemoryEvents{Max: failed}
	}
	return collectors.MemoryEvents{OOM: failed}
}

func frameCPU(frame dockerd.Frame, set limits) collectors.CPUCounters {
	return collectors.CPUCounters{
		At:               frame.Read,
		Usage:            optional(frame.CPU.Usage),
		User:             optional(frame.CPU.User),
		System:           optional(frame.CPU.System),
		Periods:          optional(frame.CPU.Periods),
		ThrottledPeriods: optional(frame.CPU.ThrottledPeriods),
		Throttled:        optional(frame.CPU.Throttled),
		Limit:            set.cores,
	}
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

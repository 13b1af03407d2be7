package ui

import (
	"brink/alerts"
	"brink/collectors"
)

// memoryFacts is every number of memory.
func (s *scene) memoryFacts() []factGroup {
	memory := s.sample.Memory
	return []factGroup{
		s.memoryLimitFacts(),
		{title: "What it is made of", facts: []fact{
			{name: "anonymous", value: bytesText(memory.Anon)},
			{name: "tmpfs, shared", value: bytesText(memory.Shmem)},
			{name: "files, with it", value: bytesText(memory.File)},
			{name: "kernel", value: bytesText(memory.Kernel)},
			{name: "of it freeable", value: bytesText(memory.SlabReclaimable)},
			{name: "sockets", value: bytesText(memory.Sock)},
			{name: "swap", value: bytesText(memory.Swap)},
			{name: "swap limit", value: limitText(memory.SwapLimit, bytesText)},
		}},
		{title: "Where it is going", facts: []fact{
			{name: "growth", value: growthText(memory.Growth)},
			{name: "full in", value: forecastBrief(memory.FullIn), tone: s.tone(alerts.MetricMemoryFullIn, "")},
		}},
		{title: "Since the start", facts: []fact{
			{name: "limit hits", value: countText(memory.MaxEvents)},
			{name: "out of memory", value: countText(memory.OOMEvents)},
			{name: "OOM kills", value: countText(memory.OOMKills), tone: s.tone(alerts.MetricOOMKills, "")},
		}},
		s.tonedPressure("Pressure", s.sample.Pressure.Memory, alerts.MetricMemoryPressure),
	}
}

// memoryLimitFacts are the three numbers that compete, and the limits.
func (s *scene) memoryLimitFacts() factGroup {
	memory := s.sample.Memory
	return factGroup{title: "Against the limit", facts: []fact{
		{
			name: "cannot be freed", value: bytesText(memory.Unreclaimable), note: percent(memory.UnreclaimableRatio),
			tone: s.tone(alerts.MetricMemoryRatio, ""),
		},
		{name: "kernel counts", value: bytesText(memory.Current), note: percent(ratio(memory.Current, memory.Limit.Value()))},
		{name: "docker stats", value: bytesText(memory.WorkingSet), note: percent(ratio(memory.WorkingSet, memory.Limit.Value()))},
		{name: "limit", value: limitText(memory.Limit, bytesText)},
		{name: "left", value: bytesText(memory.Headroom)},
		{name: "slows down at", value: limitText(memory.High, bytesText)},
		{name: "highest", value: bytesText(memory.Peak), note: percent(ratio(memory.Peak, memory.Limit.Value()))},
	}}.withParent(memory.LimitedBy)
}

// ratio returns a share of a limit; absent without one.
func ratio[T ~uint64 | ~float64](part, whole collectors.Opt[T]) collectors.Opt[collectors.Ratio] {
	return collectors.RatioOf(part, whole)
}

// tonedPressure are the lines of a pressure file, the newest average coloured by the
// alert about it.
func (s *scene) tonedPressure(name string, lines collectors.PressureLines, metric string) factGroup {
	group := pressureFacts(name, lines)
	group.facts[0].tone = s.tone(metric, "")
	return group
}

// cpuFacts is every number of CPU.
func (s *scene) cpuFacts() []factGroup {
	cpu := s.sample.CPU
	return []factGroup{
		factGroup{title: "Cores, against the quota", facts: []fact{
			{name: "in use", value: coresText(cpu.Cores), note: percent(cpu.OfLimit), tone: s.tone(alerts.MetricCPURatio, "")},
			{name: "quota", value: limitText(cpu.Limit, coresText)},
			{name: "in user space", value: coresText(cpu.User)},
			{name: "in the kernel", value: coresText(cpu.System)},
			{name: "of the host", value: smallCount(s.frame.Snapshot.Host.CPUs)},
		}}.withParent(cpu.LimitedBy),
		{title: "Throttling now", facts: []fact{
			{
				name: "of the periods", value: percent(cpu.ThrottledRatio),
				tone: s.tone(alerts.MetricCPUThrottled, ""),
			},
			{name: "cores waiting", value: coresText(cpu.ThrottledCores)},
		}},
		{title: "Throttling since the start", facts: []fact{
			{name: "of the periods", value: percent(ratio(cpu.ThrottledPeriods, cpu.Periods))},
			{name: "throttled", value: countText(cpu.ThrottledPeriods)},
			{name: "periods", value: countText(cpu.Periods)},
		}},
		pressureFacts("Pressure", s.sample.Pressure.CPU),
	}
}

// pidsFacts is every number of tasks.
func (s *scene) pidsFacts() []factGroup {
	pids := s.sample.Pids
	return []factGroup{
		factGroup{title: "Tasks, against the limit", facts: []fact{
			{name: "tasks", value: countText(pids.Current), note: percent(pids.OfLimit), tone: s.tone(alerts.MetricPidsRatio, "")},
			{name: "limit", value: limitText(pids.Limit, countText)},
			{name: "highest", value: countText(pids.Peak), note: percent(ratio(pids.Peak, pids.Limit.Value()))},
			{name: "full in", value: forecastBrief(pids.FullIn), tone: s.tone(alerts.MetricPidsFullIn, "")},
			{name: "forks refused", value: countText(pids.Refused), tone: s.tone(alerts.MetricPidsRefused, "")},
		}}.withParent(pids.LimitedBy),
		{title: "What they are", facts: []fact{
			{name: "processes", value: countText(pids.Processes)},
			{name: "threads", value: countText(pids.Threads)},
			{name: "zombies", value: countText(pids.Zombies), tone: s.tone(alerts.MetricZombies, "")},
		}},
	}
}

// storageFacts is every number of mounts, disk and network.
func (s *scene) storageFacts() []factGroup {
	io, network := s.sample.IO, s.sample.Network
	return []factGroup{
		s.mountFacts(),
		{title: "Disk", facts: s.whyFirst(collectors.GroupIO, []fact{
			{name: "read", value: rateText(io.Read)},
			{name: "written", value: rateText(io.Write)},
			{name: "reads", value: perSecText(io.ReadOps)},
			{name: "writes", value: perSecText(io.WriteOps)},
		})},
		{title: "Network", facts: s.whyFirst(collectors.GroupNetwork, []fact{
			{name: "received", value: rateText(network.Receive)},
			{name: "sent", value: rateText(network.Transmit)},
			{name: "dropped coming", value: countText(network.ReceiveDropped)},
			{name: "dropped going", value: countText(network.TransmitDropped)},
		})},
		pressureFacts("Disk pressure", s.sample.Pressure.IO),
	}
}

// mountFacts are the mounts in bytes.
func (s *scene) mountFacts() factGroup {
	group := factGroup{title: "Tmpfs, in memory"}
	for i := range s.sample.Tmpfs {
		mount := &s.sample.Tmpfs[i]
		group.facts = append(group.facts, fact{
			name: mount.Mount, value: bytesText(mount.Used), note: percent(mount.UsedRatio),
			tone: s.tone(alerts.MetricTmpfsRatio, mount.Mount),
		})
		if mount.FullIn.Present() {
			group.facts = append(group.facts, fact{
				name: "  full in", value: forecastBrief(mount.FullIn), tone: s.tone(alerts.MetricTmpfsFullIn, mount.Mount),
			})
		}
	}
	if len(group.facts) == 0 {
		group.facts = s.whyFirst(collectors.GroupTmpfs, []fact{{name: "no mount"}})
	}
	return group
}

// whyFirst puts the reason why a group of values is absent in the place of them.
func (s *scene) whyFirst(group collectors.Group, facts []fact) []fact {
	why := s.why(group)
	if why == "" {
		return facts
	}
	return []fact{{name: "not known", note: why}}
}

package ui

import (
	"cmp"

	"brink/collectors"
)

// figure is a row of the table of fields as a zoomed panel has it, under a name of
// the panel's.
func (s *scene) figure(name string, id FieldID) fact {
	return s.figureOf(name, id, Row{Sample: &s.sample, At: s.frame.Snapshot.At})
}

// figureOf is the same of a mount.
func (s *scene) figureOf(name string, id FieldID, row Row) fact {
	f, instance := &s.fields[id], ""
	if row.Mount != nil {
		instance = row.Mount.Mount
	}
	one := fact{name: name, value: cmp.Or(f.Text(row), absent)}
	for _, metric := range f.metrics {
		one.tone = worst(one.tone, s.tone(metric, instance))
	}
	return one
}

// noted says something behind the number.
func (f fact) noted(note string) fact {
	f.note = note
	return f
}

// share is the note behind a number: what it is of a limit.
func share[T ~uint64 | ~float64](part, whole collectors.Opt[T]) string {
	return percent(collectors.RatioOf(part, whole))
}

// memoryFacts is every number of memory.
func (s *scene) memoryFacts() []factGroup {
	return []factGroup{
		s.memoryLimitFacts(),
		{title: "What it is made of", facts: []fact{
			s.figure("anonymous", FieldAnon),
			s.figure("tmpfs, shared", FieldShmem),
			s.figure("files, with it", FieldFile),
			s.figure("kernel", FieldKernel),
			s.figure("of it freeable", FieldSlabReclaimable),
			s.figure("sockets", FieldSock),
			s.figure("swap", FieldSwap),
			s.figure("swap limit", FieldSwapLimit),
		}},
		{title: "Where it is going", facts: []fact{
			s.figure("growth", FieldGrowth),
			s.figure("full in", FieldMemoryFullIn),
		}},
		{title: "Since the start", facts: []fact{
			s.figure("limit hits", FieldLimitHits),
			s.figure("out of memory", FieldOOMEvents),
			s.figure("OOM kills", FieldOOMKills),
		}},
		s.pressureFacts("Pressure", FieldMemoryPressure),
	}
}

// memoryLimitFacts are the three numbers that compete, and the limits.
func (s *scene) memoryLimitFacts() factGroup {
	memory := s.sample.Memory
	limit := memory.Limit.Value()
	return factGroup{title: "Against the limit", facts: []fact{
		s.figure("cannot be freed", FieldMemoryUsed).noted(percent(memory.UnreclaimableRatio)),
		s.figure("kernel counts", FieldMemoryCurrent).noted(share(memory.Current, limit)),
		s.figure("docker stats", FieldMemoryWorkingSet).noted(share(memory.WorkingSet, limit)),
		s.figure("limit", FieldMemoryLimit),
		s.figure("left", FieldHeadroom),
		s.figure("slows down at", FieldMemoryHigh),
		s.figure("highest", FieldMemoryPeak).noted(share(memory.Peak, limit)),
	}}.withParent(memory.LimitedBy)
}

// cpuFacts is every number of CPU.
func (s *scene) cpuFacts() []factGroup {
	cpu := s.sample.CPU
	return []factGroup{
		factGroup{title: "Cores, against the quota", facts: []fact{
			s.figure("in use", FieldCores).noted(percent(cpu.OfLimit)),
			s.figure("quota", FieldCPULimit),
			s.figure("in user space", FieldUserCores),
			s.figure("in the kernel", FieldSystemCores),
			{name: "of the host", value: smallCount(s.frame.Snapshot.Host.CPUs)},
		}}.withParent(cpu.LimitedBy),
		{title: "Throttling now", facts: []fact{
			s.figure("of the periods", FieldThrottled),
			s.figure("cores waiting", FieldThrottledCores),
		}},
		{title: "Throttling since the start", facts: []fact{
			{name: "of the periods", value: share(cpu.ThrottledPeriods, cpu.Periods)},
			s.figure("throttled", FieldThrottledPeriods),
			s.figure("periods", FieldPeriods),
		}},
		s.pressureFacts("Pressure", FieldCPUPressure),
	}
}

// pidsFacts is every number of tasks.
func (s *scene) pidsFacts() []factGroup {
	pids := s.sample.Pids
	return []factGroup{
		factGroup{title: "Tasks, against the limit", facts: []fact{
			s.figure("tasks", FieldTasks).noted(percent(pids.OfLimit)),
			s.figure("limit", FieldPidsLimit),
			s.figure("highest", FieldPidsPeak).noted(share(pids.Peak, pids.Limit.Value())),
			s.figure("full in", FieldPidsFullIn),
			s.figure("forks refused", FieldRefused),
		}}.withParent(pids.LimitedBy),
		{title: "What they are", facts: []fact{
			s.figure("processes", FieldProcesses),
			s.figure("threads", FieldThreads),
			s.figure("zombies", FieldZombies),
		}},
	}
}

// storageFacts is every number of mounts, disk and network.
func (s *scene) storageFacts() []factGroup {
	return []factGroup{
		s.mountFacts(),
		{title: "Disk", facts: s.whyFirst(collectors.GroupIO, []fact{
			s.figure("read", FieldRead),
			s.figure("written", FieldWritten),
			s.figure("reads", FieldReadOps),
			s.figure("writes", FieldWriteOps),
		})},
		{title: "Network", facts: s.whyFirst(collectors.GroupNetwork, []fact{
			s.figure("received", FieldReceived),
			s.figure("sent", FieldSent),
			s.figure("dropped coming", FieldReceiveDropped),
			s.figure("dropped going", FieldSendDropped),
		})},
		s.pressureFacts("Disk pressure", FieldIOPressure),
	}
}

// mountFacts are the mounts in bytes.
func (s *scene) mountFacts() factGroup {
	group := factGroup{title: "Tmpfs, in memory"}
	for i := range s.sample.Tmpfs {
		mount := &s.sample.Tmpfs[i]
		row := Row{Sample: &s.sample, At: s.frame.Snapshot.At, Mount: mount}
		group.facts = append(group.facts, s.figureOf(mount.Mount, FieldTmpfsUsed, row).noted(percent(mount.UsedRatio)))
		if mount.FullIn.Present() {
			group.facts = append(group.facts, s.figureOf("  full in", FieldTmpfsFullIn, row))
		}
	}
	if len(group.facts) == 0 {
		group.facts = s.whyFirst(collectors.GroupTmpfs, []fact{{name: "no mount"}})
	}
	return group
}

// pressureFacts are the lines of one pressure file, whose first is in the table at
// first.
func (s *scene) pressureFacts(name string, first FieldID) factGroup {
	line := func(over string, some, full FieldID) fact {
		return s.figure(over, first+some).noted("all " + s.figure("", first+full).value)
	}
	return factGroup{title: name + ", some and all tasks", facts: []fact{
		line("over 10 s", lineSome10, lineFull10),
		line("over a minute", lineSome60, lineFull60),
		line("over 5 minutes", lineSome300, lineFull300),
		line("in all", lineSomeTotal, lineFullTotal),
	}}
}

// whyFirst puts the reason why a group of values is absent in the place of them.
func (s *scene) whyFirst(group collectors.Group, facts []fact) []fact {
	why := s.why(group)
	if why == "" {
		return facts
	}
	return []fact{{name: "not known", note: why}}
}

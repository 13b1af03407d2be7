package collectors

import "time"

// Derive turns two readings into a snapshot. It is pure. prev is the baseline of
// the rates; the zero Reading stands for "none yet", and then every rate is
// absent. A container that is new, re-created or restarted since prev has no
// rates, and neither has a counter that fell.
func Derive(prev, cur Reading) Snapshot {
	snapshot := Snapshot{
		At:      cur.At,
		Host:    cur.Host,
		Waiting: cur.Waiting,
		Sources: cur.Sources,
		// Never nil: a program that reads the JSON wants a list, not null.
		Containers: make([]ContainerSample, 0, len(cur.Containers)),
	}
	if !prev.At.IsZero() && cur.At.After(prev.At) {
		snapshot.Interval = Some(Seconds(cur.At.Sub(prev.At)))
	}
	before := byKey(prev.Containers)
	for _, container := range cur.Containers {
		known := ContainerCounters{}
		if i, ok := before[container.Key]; ok {
			known = prev.Containers[i]
		}
		snapshot.Containers = append(snapshot.Containers, deriveContainer(known, container, cur))
	}
	return snapshot
}

// byKey finds the containers of a reading by their keys.
func byKey(containers []ContainerCounters) map[string]int {
	index := make(map[string]int, len(containers))
	for i := range containers {
		index[containers[i].Key] = i
	}
	return index
}

func deriveContainer(prev, cur ContainerCounters, round Reading) ContainerSample {
	sample := identitySample(cur)
	sample.Recreated = recreated(prev.Identity, cur.Identity)
	sample.Stale = staleness(cur, round.At)
	sample.Sources = containerSources(cur, round.Sources)
	sample.Pressure = cur.Pressure.Or(Pressure{})
	sample.Processes = cur.Processes.Or(nil)

	if prev.Incarnation != cur.Incarnation || sample.Recreated {
		prev = ContainerCounters{}
	}
	sample.Memory = deriveMemory(cur.Memory)
	sample.CPU = deriveCPU(baseline(prev, cur, GroupCPU, prev.CPU), cur.CPU)
	sample.Pids = derivePids(cur.Pids)
	sample.IO = deriveIO(baseline(prev, cur, GroupIO, prev.IO), cur.IO)
	sample.Network = deriveNetwork(baseline(prev, cur, GroupNetwork, prev.Network), cur.Network)
	sample.Tmpfs = deriveTmpfs(cur.Tmpfs.Or(nil))
	return sample
}

// baseline is the earlier counters of a group, absent when another source gave
// them: two sources need not count from the same zero.
func baseline[T any](prev, cur ContainerCounters, group Group, counters Opt[T]) Opt[T] {
	if prev.Origin[group] != cur.Origin[group] {
		return Opt[T]{}
	}
	return counters
}

func identitySample(c ContainerCounters) ContainerSample {
	return ContainerSample{
		ID:           c.ID,
		Name:         c.Key,
		Image:        c.Image,
		State:        c.State,
		Health:       c.Health,
		StartedAt:    c.StartedAt,
		FinishedAt:   c.FinishedAt,
		ExitCode:     c.ExitCode,
		RestartCount: c.RestartCount,
		CgroupPath:   c.CgroupPath,
	}
}

// recreated reports whether another container answers to the same name. A bare
// cgroup has no id; there a new directory is only a new life.
func recreated(prev, cur Identity) bool {
	return prev.ID != "" && cur.ID != "" && prev.ID != cur.ID
}

// staleness is the age of counters that could not be read this time, for a
// container that lives.
func staleness(c ContainerCounters, at time.Time) Opt[Seconds] {
	if !c.State.Alive() || c.FreshAt.IsZero() || !at.After(c.FreshAt) {
		return Opt[Seconds]{}
	}
	return Some(Seconds(at.Sub(c.FreshAt)))
}

// containerSources is the health of every source as far as it concerns c.
func containerSources(c ContainerCounters, sources []SourceHealth) []SourceHealth {
	list := make([]SourceHealth, 0, len(sources))
	for _, source := range sources {
		source.Gives = nil
		for _, group := range groupOrder() {
			if c.Origin[group] == source.Name {
				source.Gives = append(source.Gives, group)
			}
		}
		source.Missing = c.missingFrom(source.Name)
		list = append(list, source)
	}
	return list
}

func deriveMemory(levels Opt[MemoryLevels]) MemorySample {
	m, ok := levels.Get()
	if !ok {
		return MemorySample{}
	}
	sample := MemorySample{
		Current:         m.Current,
		Limit:           m.Limit,
		LimitedBy:       m.LimitedBy,
		WorkingSet:      minus(m.Current, m.Stat.InactiveFile),
		Unreclaimable:   m.Unreclaimable(),
		Anon:            m.Stat.Anon,
		File:            m.Stat.File,
		Shmem:           m.Stat.Shmem,
		Kernel:          m.Stat.kernel(),
		SlabReclaimable: m.Stat.SlabReclaimable,
		Sock:            m.Stat.Sock,
		High:            m.High,
		Peak:            m.Peak,
		Swap:            m.Swap,
		SwapLimit:       m.SwapLimit,
	}
	sample.MaxEvents, sample.OOMEvents, sample.OOMKills = m.Events.Max, m.Events.OOM, m.Events.OOMKill
	sample.UnreclaimableRatio = RatioOf(sample.Unreclaimable, m.Limit.Value())
	sample.Headroom = minus(m.Limit.Value(), sample.Unreclaimable)
	return sample
}

// Unreclaimable is what cannot be freed without killing when there is no swap.
// It needs at least anon; what the kernel does not tell counts as nothing.
func (m MemoryLevels) Unreclaimable() Opt[Bytes] {
	anon, ok := m.Stat.Anon.Get()
	if !ok {
		return Opt[Bytes]{}
	}
	kernel := m.Stat.kernel().Or(0)
	if whole, ok := m.Stat.Kernel.Get(); ok {
		// memory.stat is flushed in parts, so a part can pass the whole for a moment.
		kernel = whole - min(whole, m.Stat.SlabReclaimable.Or(0))
	}
	return Some(anon + m.Stat.Shmem.Or(0) + m.Stat.Sock.Or(0) + kernel)
}

// kernel is all kernel memory, or on kernels before 5.18 (and in the engine's
// statistics) the sum of the parts that cannot be reclaimed.
func (s MemoryStat) kernel() Opt[Bytes] {
	if s.Kernel.Present() {
		return s.Kernel
	}
	parts := []Opt[Bytes]{s.KernelStack, s.PageTables, s.PerCPU, s.SlabUnreclaimable}
	sum, known := Bytes(0), false
	for _, part := range parts {
		sum += part.Or(0)
		known = known || part.Present()
	}
	if !known {
		return Opt[Bytes]{}
	}
	return Some(sum)
}

// minus subtracts and stops at zero: the two sides are read at different
// moments. It is absent when either side is.
func minus[T ~uint64](a, b Opt[T]) Opt[T] {
	x, ok := a.Get()
	y, known := b.Get()
	if !ok || !known {
		return Opt[T]{}
	}
	return Some(x - min(x, y))
}

func deriveCPU(before, now Opt[CPUCounters]) CPUSample {
	cur, ok := now.Get()
	if !ok {
		return CPUSample{}
	}
	sample := CPUSample{
		Limit:            cur.Limit,
		LimitedBy:        cur.LimitedBy,
		Periods:          cur.Periods,
		ThrottledPeriods: cur.ThrottledPeriods,
	}
	prev, ok := before.Get()
	elapsed := cur.At.Sub(prev.At)
	if !ok || elapsed <= 0 {
		return sample
	}
	sample.Cores = coresOver(prev.Usage, cur.Usage, elapsed)
	sample.User = coresOver(prev.User, cur.User, elapsed)
	sample.System = coresOver(prev.System, cur.System, elapsed)
	sample.ThrottledCores = coresOver(prev.Throttled, cur.Throttled, elapsed)
	sample.OfLimit = RatioOf(sample.Cores, cur.Limit.Value())
	sample.ThrottledRatio = RatioOf(rise(prev.ThrottledPeriods, cur.ThrottledPeriods), rise(prev.Periods, cur.Periods))
	return sample
}

func coresOver(before, now Opt[time.Duration], elapsed time.Duration) Opt[Cores] {
	spent, ok := rise(before, now).Get()
	if !ok {
		return Opt[Cores]{}
	}
	return Some(Cores(spent.Seconds() / elapsed.Seconds()))
}

// rise is how much a counter grew: absent when either side is, or when it fell,
// which a counter does only when it began anew.
func rise[T ~uint64 | ~int64](before, now Opt[T]) Opt[T] {
	from, ok := before.Get()
	to, known := now.Get()
	if !ok || !known || to < from {
		return Opt[T]{}
	}
	return Some(to - from)
}

// rate is a counter's rise over time.
func rate[R ~float64](before, now Opt[uint64], elapsed time.Duration) Opt[R] {
	grown, ok := rise(before, now).Get()
	if !ok || elapsed <= 0 {
		return Opt[R]{}
	}
	return Some(R(float64(grown) / elapsed.Seconds()))
}

func derivePids(levels Opt[PidsLevels]) PidsSample {
	p, ok := levels.Get()
	if !ok {
		return PidsSample{}
	}
	sample := PidsSample{
		Current:   p.Current,
		Limit:     p.Limit,
		LimitedBy: p.LimitedBy,
		OfLimit:   RatioOf(p.Current, p.Limit.Value()),
		Peak:      p.Peak,
		Refused:   p.Refused,
		Processes: p.Processes,
		Threads:   p.Threads,
	}
	current, ok := p.Current.Get()
	threads, known := p.Threads.Get()
	if ok && known {
		// A task may end between the two reads: never below zero.
		sample.Zombies = Some(current - min(current, threads))
	}
	return sample
}

func deriveIO(before, now Opt[IOCounters]) IOSample {
	prev, ok := before.Get()
	cur, known := now.Get()
	if !ok || !known {
		return IOSample{}
	}
	elapsed := cur.At.Sub(prev.At)
	return IOSample{
		Read:     rate[BytesPerSec](prev.ReadBytes, cur.ReadBytes, elapsed),
		Write:    rate[BytesPerSec](prev.WriteBytes, cur.WriteBytes, elapsed),
		ReadOps:  rate[PerSec](prev.ReadOps, cur.ReadOps, elapsed),
		WriteOps: rate[PerSec](prev.WriteOps, cur.WriteOps, elapsed),
	}
}

func deriveNetwork(before, now Opt[NetworkCounters]) NetworkSample {
	cur, ok := now.Get()
	if !ok {
		return NetworkSample{}
	}
	sample := NetworkSample{ReceiveDropped: cur.ReceiveDropped, TransmitDropped: cur.TransmitDropped}
	if prev, ok := before.Get(); ok {
		elapsed := cur.At.Sub(prev.At)
		sample.Receive = rate[BytesPerSec](prev.ReceiveBytes, cur.ReceiveBytes, elapsed)
		sample.Transmit = rate[BytesPerSec](prev.TransmitBytes, cur.TransmitBytes, elapsed)
	}
	return sample
}

func deriveTmpfs(levels []TmpfsLevel) []TmpfsSample {
	samples := make([]TmpfsSample, 0, len(levels))
	for _, level := range levels {
		samples = append(samples, TmpfsSample{
			Mount:     level.Mount,
			Used:      level.Used,
			Size:      level.Size,
			UsedRatio: RatioOf(level.Used, level.Size),
			Why:       level.Why,
		})
	}
	return samples
}

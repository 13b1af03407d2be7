package sources

import (
	"errors"
	"slices"
	"strings"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
)

// fill turns the raw values into counters; faults are those of the reading. The
// limits are the smallest up to the root; where the container's own binds, no
// cgroup is named.
func (g *openGroup) fill(into *collectors.ContainerCounters, at time.Time, faults error) {
	stat := &g.stat
	limits := cgroupfs.Effective(stat.Ceiling(g.group.Path()), g.ancestors)
	into.Incarnation = collectors.Incarnation(g.group.Incarnation())
	if !stat.Memory.Current.IsAbsent() || !stat.MemoryStat.Anon.IsAbsent() {
		into.Memory = collectors.Some(g.memory(limits))
	}
	if !stat.CPU.Stat.Usage.IsAbsent() {
		into.CPU = collectors.Some(g.cpu(limits, at))
	}
	if !stat.Pids.Current.IsAbsent() {
		into.Pids = collectors.Some(g.pids(limits))
	}
	if pressure := pressures(stat.Pressure); pressure != (collectors.Pressure{}) {
		into.Pressure = collectors.Some(pressure)
	}
	if stat.IO.State == cgroupfs.Present {
		into.IO = collectors.Some(sumIO(stat.IO.Devices, at))
	}
	into.Missing = append(faultsMissing(faults), g.lacking...)
	into.Missing = append(into.Missing, unexplained(into)...)
}

func (g *openGroup) memory(limits cgroupfs.Limits) collectors.MemoryLevels {
	stat := &g.stat
	return collectors.MemoryLevels{
		Current:   amount(stat.Memory.Current),
		Limit:     amountLimit(limits.Memory.Limit),
		LimitedBy: g.ancestor(limits.Memory.Path),
		High:      amountLimit(stat.Memory.High),
		Peak:      amount(stat.Memory.Peak),
		Swap:      amount(stat.Swap.Current),
		SwapLimit: amountLimit(limits.Swap.Limit),
		Stat:      memoryStat(&stat.MemoryStat),
		Events:    memoryEvents(stat),
	}
}

func memoryStat(stat *cgroupfs.MemoryStat) collectors.MemoryStat {
	return collectors.MemoryStat{
		Anon:              amount(stat.Anon),
		File:              amount(stat.File),
		Shmem:             amount(stat.Shmem),
		Kernel:            amount(stat.Kernel.Total),
		KernelStack:       amount(stat.Kernel.Stack),
		PageTables:        amount(stat.Kernel.PageTables),
		PerCPU:            amount(stat.Kernel.PerCPU),
		SlabReclaimable:   amount(stat.Kernel.SlabReclaimable),
		SlabUnreclaimable: amount(stat.Kernel.SlabUnreclaimable),
		Sock:              amount(stat.Sock),
		InactiveFile:      amount(stat.Lists.InactiveFile),
		ActiveFile:        amount(stat.Lists.ActiveFile),
	}
}

func memoryEvents(stat *cgroupfs.Stat) collectors.MemoryEvents {
	return collectors.MemoryEvents{
		Max:      count(stat.MemoryEvents.Max),
		OOM:      count(stat.MemoryEvents.OOM),
		OOMKill:  count(stat.MemoryEvents.OOMKill),
		LocalOOM: count(stat.MemoryEventsLocal.OOM),
	}
}

func (g *openGroup) cpu(limits cgroupfs.Limits, at time.Time) collectors.CPUCounters {
	stat := &g.stat.CPU.Stat
	return collectors.CPUCounters{
		At:               at,
		Usage:            opt(stat.Usage),
		User:             opt(stat.User),
		System:           opt(stat.System),
		Periods:          count(stat.Periods),
		ThrottledPeriods: count(stat.ThrottledPeriods),
		Throttled:        opt(stat.Throttled),
		Limit:            coresLimit(limits.CPU.Limit),
		LimitedBy:        g.ancestor(limits.CPU.Path),
	}
}

func (g *openGroup) pids(limits cgroupfs.Limits) collectors.PidsLevels {
	return collectors.PidsLevels{
		Current:   count(g.stat.Pids.Current),
		Limit:     countLimit(limits.Pids.Limit),
		LimitedBy: g.ancestor(limits.Pids.Path),
		Peak:      count(g.stat.Pids.Peak),
		Refused:   count(g.stat.Pids.Events.Max),
		Processes: g.processes(),
		Threads:   g.threads(),
	}
}

// ancestor names the cgroup whose limit binds, unless it is the container's own.
func (g *openGroup) ancestor(path string) string {
	if path == g.group.Path() {
		return ""
	}
	return collectors.Clean(path, pathLength)
}

func pressures(p cgroupfs.Pressures) collectors.Pressure {
	return collectors.Pressure{Memory: pressure(p.Memory), CPU: pressure(p.CPU), IO: pressure(p.IO)}
}

func pressure(p cgroupfs.Pressure) collectors.PressureLines {
	return collectors.PressureLines{
		SomeAvg10: average(p.Some.Avg10), SomeAvg60: average(p.Some.Avg60), SomeAvg300: average(p.Some.Avg300),
		SomeTotal: total(p.Some.Total),
		FullAvg10: average(p.Full.Avg10), FullAvg60: average(p.Full.Avg60), FullAvg300: average(p.Full.Avg300),
		FullTotal: total(p.Full.Total),
	}
}

// sumIO adds up the devices. A file without lines is no traffic yet, not an
// absent value.
func sumIO(devices []cgroupfs.DeviceIO, at time.Time) collectors.IOCounters {
	var read, written, reads, writes uint64
	for _, device := range devices {
		read += uint64(device.ReadBytes.N)
		written += uint64(device.WriteBytes.N)
		reads += uint64(device.Reads.N)
		writes += uint64(device.Writes.N)
	}
	return collectors.IOCounters{
		At:        at,
		ReadBytes: collectors.Some(read), WriteBytes: collectors.Some(written),
		ReadOps: collectors.Some(reads), WriteOps: collectors.Some(writes),
	}
}

// verify looks at which controllers manage the cgroup.
func verify(group *cgroupfs.Group) []collectors.Missing {
	err := group.Verify()
	lacking, ok := errors.AsType[*cgroupfs.MissingControllersError](err)
	if !ok {
		return nil
	}
	var list []collectors.Missing
	for _, controller := range lacking.Missing {
		list = append(list, missing(collectors.Group(controller), err.Error()))
	}
	return list
}

const (
	noPressure = "this kernel gives no pressure information: CONFIG_PSI is off, or psi=1 is not on its command line, or cgroup.pressure holds 0"
	noFiles    = "the files are not there: the root of the hierarchy has none, and no cgroup on a kernel that is too old"
)

// unexplained gives a reason for each group that is absent without one so far.
func unexplained(c *collectors.ContainerCounters) []collectors.Missing {
	var list []collectors.Missing
	for _, group := range fileGroups() {
		why := noFiles
		if group == collectors.GroupPressure {
			why = noPressure
		}
		explained := slices.ContainsFunc(c.Missing, func(m collectors.Missing) bool { return m.Group == group })
		if !given(c, group) && !explained {
			list = append(list, missing(group, why))
		}
	}
	return list
}

// given reports whether a group of the cgroup's files is there.
func given(c *collectors.ContainerCounters, group collectors.Group) bool {
	switch group {
	case collectors.GroupMemory:
		return c.Memory.Present()
	case collectors.GroupCPU:
		return c.CPU.Present()
	case collectors.GroupPids:
		return c.Pids.Present()
	case collectors.GroupPressure:
		return c.Pressure.Present()
	default:
		return c.IO.Present()
	}
}

// faultsMissing turns the faults of single files into reasons.
func faultsMissing(err error) []collectors.Missing {
	var faults cgroupfs.Faults
	if !errors.As(err, &faults) {
		return nil
	}
	var list []collectors.Missing
	for _, fault := range faults {
		list = append(list, missing(faultGroup(fault), fault.Error()))
	}
	return list
}

// faultGroup is the group of the file in which a fault lies: the word before the
// dot in its name, but for pressure. What the cgroup as a whole says of itself
// (cgroup.events) belongs to its state.
func faultGroup(fault error) collectors.Group {
	name := faultFile(fault).String()
	controller, _, _ := strings.Cut(name, ".")
	switch group := collectors.Group(controller); {
	case strings.HasSuffix(name, ".pressure"):
		return collectors.GroupPressure
	case slices.Contains(fileGroups(), group):
		return group
	default:
		return collectors.GroupState
	}
}

func faultFile(fault error) cgroupfs.File {
	if parse, ok := errors.AsType[*cgroupfs.ParseError](fault); ok {
		return parse.File
	}
	if read, ok := errors.AsType[*cgroupfs.ReadError](fault); ok {
		return read.File
	}
	return cgroupfs.FileNone
}

// The conversions keep the three states apart: absent, unlimited, a number.

func opt[T any](value cgroupfs.Value[T]) collectors.Opt[T] {
	if n, ok := value.Get(); ok {
		return collectors.Some(n)
	}
	return collectors.Opt[T]{}
}

func amount(value cgroupfs.Value[cgroupfs.Bytes]) collectors.Opt[collectors.Bytes] {
	if n, ok := value.Get(); ok {
		return collectors.Some(collectors.Bytes(n))
	}
	return collectors.Opt[collectors.Bytes]{}
}

func count(value cgroupfs.Value[cgroupfs.Count]) collectors.Opt[uint64] {
	if n, ok := value.Get(); ok {
		return collectors.Some(uint64(n))
	}
	return collectors.Opt[uint64]{}
}

func average(value cgroupfs.Value[cgroupfs.BasisPoints]) collectors.Opt[collectors.Ratio] {
	if n, ok := value.Get(); ok {
		return collectors.Some(collectors.Ratio(n.Ratio()))
	}
	return collectors.Opt[collectors.Ratio]{}
}

func total(value cgroupfs.Value[time.Duration]) collectors.Opt[collectors.Seconds] {
	if n, ok := value.Get(); ok {
		return collectors.Some(collectors.Seconds(n))
	}
	return collectors.Opt[collectors.Seconds]{}
}

func amountLimit(value cgroupfs.Value[cgroupfs.Bytes]) collectors.Limit[collectors.Bytes] {
	n, ok := value.Get()
	return limitOf(collectors.Bytes(n), ok, value.IsMax())
}

func countLimit(value cgroupfs.Value[cgroupfs.Count]) collectors.Limit[uint64] {
	n, ok := value.Get()
	return limitOf(uint64(n), ok, value.IsMax())
}

func coresLimit(value cgroupfs.Value[cgroupfs.CPUMax]) collectors.Limit[collectors.Cores] {
	bandwidth, ok := value.Get()
	cores, set := bandwidth.Cores()
	return limitOf(collectors.Cores(cores), ok && set, value.IsMax())
}

func limitOf[T any](value T, known, unlimited bool) collectors.Limit[T] {
	switch {
	case known:
		return collectors.LimitOf(value)
	case unlimited:
		return collectors.Unlimited[T]()
	default:
		return collectors.Limit[T]{}
	}
}

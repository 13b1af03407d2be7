package sources

import (
	"errors"
	"strings"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
)

// fill turns the raw values into counters. The limits are the smallest up to the
// root; where the container's own binds, no cgroup is named.
func (g *openGroup) fill(into *collectors.ContainerCounters, at time.Time) {
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
	into.Missing = append(into.Missing, g.missing(into)...)
}

// salvage takes the counts of events that a cgroup still gave while it vanished:
// nobody can read them afterwards.
func salvage(last cgroupfs.Stat, into *collectors.ContainerCounters) {
	events := memoryEvents(&last)
	if events.OOMKill.Present() {
		into.Memory = collectors.Some(collectors.MemoryLevels{Events: events})
	}
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
		Processes: count(g.tasks.Processes),
		Threads:   count(g.tasks.Threads),
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

// verify looks once at which controllers manage the cgroup.
func verify(group *cgroupfs.Group) []collectors.Missing {
	err := group.Verify()
	var missing *cgroupfs.MissingControllersError
	if !errors.As(err, &missing) {
		return nil
	}
	var list []collectors.Missing
	for _, controller := range missing.Missing {
		list = append(list, collectors.Missing{Group: collectors.Group(controller), Why: collectors.Clean(err.Error(), whyLength)})
	}
	return list
}

const noPressure = "this kernel gives no pressure information (CONFIG_PSI, or psi=1 on its command line, is off)"

// missing says why groups are absent that the cgroup should have.
func (g *openGroup) missing(c *collectors.ContainerCounters) []collectors.Missing {
	list := g.verified
	if !c.Pressure.Present() {
		list = append(list[:len(list):len(list)], collectors.Missing{Group: collectors.GroupPressure, Why: noPressure})
	}
	return list
}

// faultsMissing turns the faults of single files into reasons.
func faultsMissing(err error) []collectors.Missing {
	var faults cgroupfs.Faults
	if !errors.As(err, &faults) {
		return nil
	}
	var list []collectors.Missing
	for _, fault := range faults {
		list = append(list, collectors.Missing{Group: faultGroup(fault), Why: collectors.Clean(fault.Error(), whyLength)})
	}
	return list
}

// faultGroup is the group of the file in which a fault lies: the word before the
// dot in its name.
func faultGroup(fault error) collectors.Group {
	var parse *cgroupfs.ParseError
	var read *cgroupfs.ReadError
	file := cgroupfs.FileNone
	switch {
	case errors.As(fault, &parse):
		file = parse.File
	case errors.As(fault, &read):
		file = read.File
	}
	name := file.String()
	if strings.HasSuffix(name, ".pressure") {
		return collectors.GroupPressure
	}
	controller, _, _ := strings.Cut(name, ".")
	return collectors.Group(controller)
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
	max, ok := value.Get()
	cores, set := max.Cores()
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

package block

import (
	"time"

	"brink/collectors"
)

// Names that keep the lists of columns short.
type (
	size     = collectors.Opt[collectors.Bytes]
	count    = collectors.Opt[uint64]
	duration = collectors.Opt[time.Duration]
	ratio    = collectors.Opt[collectors.Ratio]
	seconds  = collectors.Opt[collectors.Seconds]
)

// The order of the columns is that of the format.

// charted are the columns of entries that charts show.
func charted(t table[row]) {
	number(t, func(r *row) *int64 { return &r.era })
	number(t, func(r *row) *uint64 { return &r.second })
	number(t, func(r *row) *uint64 { return &r.nano })
	number(t, func(r *row) *groups { return &r.groups })
	memory(t)
	cpu(t)
	pids(t)
}

// numbers are the other columns of entries that hold no strings.
func numbers(t table[row]) {
	pressure(t, func(r *row) *collectors.PressureLines { return &r.pressure.Memory })
	pressure(t, func(r *row) *collectors.PressureLines { return &r.pressure.CPU })
	pressure(t, func(r *row) *collectors.PressureLines { return &r.pressure.IO })
	traffic(t)
}

func memory(t table[row]) {
	optional(t, func(r *row) *size { return &r.memory.Current })
	limit(t, func(r *row) *collectors.Limit[collectors.Bytes] { return &r.memory.Limit })
	limit(t, func(r *row) *collectors.Limit[collectors.Bytes] { return &r.memory.High })
	limit(t, func(r *row) *collectors.Limit[collectors.Bytes] { return &r.memory.SwapLimit })
	optional(t, func(r *row) *size { return &r.memory.Peak })
	optional(t, func(r *row) *size { return &r.memory.Swap })
	optional(t, func(r *row) *size { return &r.memory.Stat.Anon })
	optional(t, func(r *row) *size { return &r.memory.Stat.File })
	optional(t, func(r *row) *size { return &r.memory.Stat.Shmem })
	optional(t, func(r *row) *size { return &r.memory.Stat.Kernel })
	optional(t, func(r *row) *size { return &r.memory.Stat.KernelStack })
	optional(t, func(r *row) *size { return &r.memory.Stat.PageTables })
	optional(t, func(r *row) *size { return &r.memory.Stat.PerCPU })
	optional(t, func(r *row) *size { return &r.memory.Stat.SlabReclaimable })
	optional(t, func(r *row) *size { return &r.memory.Stat.SlabUnreclaimable })
	optional(t, func(r *row) *size { return &r.memory.Stat.Sock })
	optional(t, func(r *row) *size { return &r.memory.Stat.InactiveFile })
	optional(t, func(r *row) *size { return &r.memory.Stat.ActiveFile })
	optional(t, func(r *row) *count { return &r.memory.Events.Max })
	optional(t, func(r *row) *count { return &r.memory.Events.OOM })
	optional(t, func(r *row) *count { return &r.memory.Events.OOMKill })
	optional(t, func(r *row) *count { return &r.memory.Events.LocalOOM })
}

func cpu(t table[row]) {
	moments(t, func(r *row) *moment { return &r.cpuAt })
	optional(t, func(r *row) *duration { return &r.cpu.Usage })
	optional(t, func(r *row) *duration { return &r.cpu.User })
	optional(t, func(r *row) *duration { return &r.cpu.System })
	optional(t, func(r *row) *count { return &r.cpu.Periods })
	optional(t, func(r *row) *count { return &r.cpu.ThrottledPeriods })
	optional(t, func(r *row) *duration { return &r.cpu.Throttled })
	shareLimit(t, func(r *row) *collectors.Limit[collectors.Cores] { return &r.cpu.Limit })
}

func pids(t table[row]) {
	optional(t, func(r *row) *count { return &r.pids.Current })
	limit(t, func(r *row) *collectors.Limit[uint64] { return &r.pids.Limit })
	optional(t, func(r *row) *count { return &r.pids.Peak })
	optional(t, func(r *row) *count { return &r.pids.Refused })
	optional(t, func(r *row) *count { return &r.pids.Processes })
	optional(t, func(r *row) *count { return &r.pids.Threads })
}

func pressure(t table[row], of func(*row) *collectors.PressureLines) {
	share(t, func(r *row) *ratio { return &of(r).SomeAvg10 })
	share(t, func(r *row) *ratio { return &of(r).SomeAvg60 })
	share(t, func(r *row) *ratio { return &of(r).SomeAvg300 })
	optional(t, func(r *row) *seconds { return &of(r).SomeTotal })
	share(t, func(r *row) *ratio { return &of(r).FullAvg10 })
	share(t, func(r *row) *ratio { return &of(r).FullAvg60 })
	share(t, func(r *row) *ratio { return &of(r).FullAvg300 })
	optional(t, func(r *row) *seconds { return &of(r).FullTotal })
}

func traffic(t table[row]) {
	moments(t, func(r *row) *moment { return &r.ioAt })
	optional(t, func(r *row) *count { return &r.io.ReadBytes })
	optional(t, func(r *row) *count { return &r.io.WriteBytes })
	optional(t, func(r *row) *count { return &r.io.ReadOps })
	optional(t, func(r *row) *count { return &r.io.WriteOps })
	moments(t, func(r *row) *moment { return &r.networkAt })
	optional(t, func(r *row) *count { return &r.network.ReceiveBytes })
	optional(t, func(r *row) *count { return &r.network.TransmitBytes })
	optional(t, func(r *row) *count { return &r.network.ReceiveDropped })
	optional(t, func(r *row) *count { return &r.network.TransmitDropped })
}

// identity are the columns of entries that say who the container is, and which
// lists are its own.
func identity(t table[row]) {
	moments(t, func(r *row) *moment { return &r.fresh })
	moments(t, func(r *row) *moment { return &r.startedAt })
	moments(t, func(r *row) *moment { return &r.finished })
	number(t, func(r *row) *uint64 { return &r.incarnation })
	optional(t, func(r *row) *collectors.Opt[int] { return &r.identity.ExitCode })
	optional(t, func(r *row) *collectors.Opt[int] { return &r.identity.RestartCount })
	optional(t, func(r *row) *collectors.Opt[int] { return &r.identity.PID })
	number(t, func(r *row) *uint64 { return &r.tmpfs })
	number(t, func(r *row) *uint64 { return &r.processes })
	number(t, func(r *row) *uint64 { return &r.origin })
	number(t, func(r *row) *uint64 { return &r.missing })
	text(t, func(r *row) *string { return &r.identity.Key })
	text(t, func(r *row) *string { return &r.identity.ID })
	text(t, func(r *row) *string { return &r.identity.Image })
	text(t, func(r *row) *collectors.State { return &r.identity.State })
	text(t, func(r *row) *collectors.Health { return &r.identity.Health })
	text(t, func(r *row) *string { return &r.identity.CgroupPath })
	text(t, func(r *row) *string { return &r.memory.LimitedBy })
	text(t, func(r *row) *string { return &r.cpu.LimitedBy })
	text(t, func(r *row) *string { return &r.pids.LimitedBy })
}

func tmpfsColumns(t table[collectors.TmpfsLevel]) {
	text(t, func(l *collectors.TmpfsLevel) *string { return &l.Mount })
	optional(t, func(l *collectors.TmpfsLevel) *size { return &l.Used })
	optional(t, func(l *collectors.TmpfsLevel) *size { return &l.Size })
	text(t, func(l *collectors.TmpfsLevel) *string { return &l.Why })
}

func processColumns(t table[collectors.Process]) {
	number(t, func(p *collectors.Process) *int { return &p.PID })
	number(t, func(p *collectors.Process) *int { return &p.PPID })
	text(t, func(p *collectors.Process) *string { return &p.Name })
	text(t, func(p *collectors.Process) *string { return &p.State })
	optional(t, func(p *collectors.Process) *collectors.Opt[int] { return &p.Threads })
	optional(t, func(p *collectors.Process) *size { return &p.RSS })
	optional(t, func(p *collectors.Process) *size { return &p.Swap })
	optional(t, func(p *collectors.Process) *size { return &p.PageTables })
	optional(t, func(p *collectors.Process) *seconds { return &p.CPU })
	share(t, func(p *collectors.Process) *collectors.Opt[collectors.Cores] { return &p.Cores })
	optional(t, func(p *collectors.Process) *collectors.Opt[int] { return &p.OOMScoreAdj })
}

func originColumns(t table[origin]) {
	text(t, func(o *origin) *collectors.Group { return &o.group })
	text(t, func(o *origin) *string { return &o.source })
}

func missingColumns(t table[collectors.Missing]) {
	text(t, func(m *collectors.Missing) *collectors.Group { return &m.Group })
	text(t, func(m *collectors.Missing) *string { return &m.Why })
	text(t, func(m *collectors.Missing) *string { return &m.Source })
}

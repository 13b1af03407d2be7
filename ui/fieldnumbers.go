package ui

import (
	"brink/alerts"
	"brink/collectors"
)

// This file has the numbers of a container that only zoomed panels and recordings
// show. With them the table has every number of the JSON of a container.

// sample is what a number is taken from.
type sample = collectors.ContainerSample

// valued is a field of a plain number.
func valued[T ~uint64 | ~float64](name, title string, unit Unit, take func(*sample) collectors.Opt[T]) Field {
	return Field{
		Name: name, Title: title, Unit: unit, Width: unit.width(),
		take: func(r Row) reading { return level64(take(r.values())) },
	}
}

// lasting is a field of a length of time.
func lasting(name, title string, unit Unit, take func(*sample) collectors.Opt[collectors.Seconds]) Field {
	return Field{
		Name: name, Title: title, Unit: unit, Width: unit.width(),
		take: func(r Row) reading { return secondsReading(take(r.values())) },
	}
}

// bounding is a field of a limit.
func bounding[T ~uint64 | ~float64](name, title string, unit Unit, take func(*sample) collectors.Limit[T]) Field {
	return Field{
		Name: name, Title: title, Unit: unit, Width: len(unlimited),
		take: func(r Row) reading { return limitOf(take(r.values())) },
	}
}

// colouredBy makes the alerts about metrics colour a field.
func (f Field) colouredBy(metrics ...string) Field {
	f.metrics = metrics
	return f
}

// secondsReading is a time in seconds, as JSON has it.
func secondsReading(value collectors.Opt[collectors.Seconds]) reading {
	v, ok := value.Get()
	if !ok {
		return reading{}
	}
	return reading{number: collectors.Some(v.Duration().Seconds())}
}

// wholeReading is a count that may be small.
func wholeReading(value collectors.Opt[int]) reading {
	v, ok := value.Get()
	if !ok {
		return reading{}
	}
	return reading{number: collectors.Some(float64(v))}
}

type (
	bytesOpt = collectors.Opt[collectors.Bytes]
	countOpt = collectors.Opt[uint64]
	coresOpt = collectors.Opt[collectors.Cores]
	rateOpt  = collectors.Opt[collectors.BytesPerSec]
	opsOpt   = collectors.Opt[collectors.PerSec]
	timeOpt  = collectors.Opt[collectors.Seconds]
	ratioOpt = collectors.Opt[collectors.Ratio]
)

func (t *Fields) addMemoryNumbers() {
	amount := func(name, title string, take func(*sample) bytesOpt) Field {
		return valued("memory."+name+"_bytes", title, UnitBytes, take)
	}
	t[FieldHeadroom] = amount("headroom", "LEFT", func(s *sample) bytesOpt { return s.Memory.Headroom })
	t[FieldAnon] = amount("anon", "ANON", func(s *sample) bytesOpt { return s.Memory.Anon })
	t[FieldFile] = amount("file", "FILE", func(s *sample) bytesOpt { return s.Memory.File })
	t[FieldShmem] = amount("shmem", "SHMEM", func(s *sample) bytesOpt { return s.Memory.Shmem })
	t[FieldKernel] = amount("kernel", "KERN", func(s *sample) bytesOpt { return s.Memory.Kernel })
	t[FieldSlabReclaimable] = amount("slab_reclaimable", "SLAB", func(s *sample) bytesOpt { return s.Memory.SlabReclaimable })
	t[FieldSock] = amount("sock", "SOCK", func(s *sample) bytesOpt { return s.Memory.Sock })
	t[FieldMemoryPeak] = amount("peak", "PEAK", func(s *sample) bytesOpt { return s.Memory.Peak })
	t[FieldSwap] = amount("swap", "SWAP", func(s *sample) bytesOpt { return s.Memory.Swap })
	t[FieldMemoryHigh] = bounding("memory.high_bytes", "HIGH", UnitBytes, func(s *sample) collectors.Limit[collectors.Bytes] { return s.Memory.High })
	t[FieldSwapLimit] = bounding("memory.swap_limit_bytes", "SWAPMAX", UnitBytes, func(s *sample) collectors.Limit[collectors.Bytes] { return s.Memory.SwapLimit })
	t[FieldGrowth] = valued("memory.growth_bytes_per_second", "GROWTH", UnitGrowth, func(s *sample) rateOpt { return s.Memory.Growth })
	t[FieldMemoryFullIn] = lasting("memory.full_in_seconds", "FULL IN", UnitForecast, func(s *sample) timeOpt { return s.Memory.FullIn }).
		colouredBy(alerts.MetricMemoryFullIn)
	t[FieldLimitHits] = valued("memory.max_events", "HITS", UnitCount, func(s *sample) countOpt { return s.Memory.MaxEvents })
	t[FieldOOMEvents] = valued("memory.oom_events", "NOMEM", UnitCount, func(s *sample) countOpt { return s.Memory.OOMEvents })
}

func (t *Fields) addCPUNumbers() {
	t[FieldUserCores] = valued("cpu.user_cores", "USER", UnitCores, func(s *sample) coresOpt { return s.CPU.User })
	t[FieldSystemCores] = valued("cpu.system_cores", "SYS", UnitCores, func(s *sample) coresOpt { return s.CPU.System })
	t[FieldPeriods] = valued("cpu.periods", "PERIODS", UnitCount, func(s *sample) countOpt { return s.CPU.Periods })
	t[FieldThrottledPeriods] = valued("cpu.throttled_periods", "THROT", UnitCount, func(s *sample) countOpt { return s.CPU.ThrottledPeriods })
	t[FieldPeriods].Width, t[FieldThrottledPeriods].Width = periodsWidth, periodsWidth
	t[FieldThrottledCores] = valued("cpu.throttled_cores", "WAITS", UnitCores, func(s *sample) coresOpt { return s.CPU.ThrottledCores })
}

// periodsWidth is the column of the periods of three years.
const periodsWidth = len("999999999")

func (t *Fields) addPidsNumbers() {
	t[FieldPidsPeak] = valued("pids.peak", "PEAK", UnitCount, func(s *sample) countOpt { return s.Pids.Peak })
	t[FieldProcesses] = valued("pids.processes", "PROCS", UnitCount, func(s *sample) countOpt { return s.Pids.Processes })
	t[FieldThreads] = valued("pids.threads", "THREAD", UnitCount, func(s *sample) countOpt { return s.Pids.Threads })
	t[FieldPidsFullIn] = lasting("pids.full_in_seconds", "FULL IN", UnitForecast, func(s *sample) timeOpt { return s.Pids.FullIn }).
		colouredBy(alerts.MetricPidsFullIn)
	t[FieldTmpfsFullIn] = Field{
		Name: "tmpfs.full_in_seconds", Title: "FULL IN", Unit: UnitForecast, Width: UnitForecast.width(),
		metrics: []string{alerts.MetricTmpfsFullIn}, take: func(r Row) reading { return secondsReading(r.mount().FullIn) },
	}
}

// addTraffic adds what goes to and comes from disks and networks.
func (t *Fields) addTraffic() {
	t[FieldRead] = valued("io.read_bytes_per_second", "READ", UnitRate, func(s *sample) rateOpt { return s.IO.Read })
	t[FieldWritten] = valued("io.write_bytes_per_second", "WRITE", UnitRate, func(s *sample) rateOpt { return s.IO.Write })
	t[FieldReadOps] = valued("io.read_ops_per_second", "READS", UnitPerSec, func(s *sample) opsOpt { return s.IO.ReadOps })
	t[FieldWriteOps] = valued("io.write_ops_per_second", "WRITES", UnitPerSec, func(s *sample) opsOpt { return s.IO.WriteOps })
	t[FieldReceived] = valued("network.receive_bytes_per_second", "IN", UnitRate, func(s *sample) rateOpt { return s.Network.Receive })
	t[FieldSent] = valued("network.transmit_bytes_per_second", "OUT", UnitRate, func(s *sample) rateOpt { return s.Network.Transmit })
	t[FieldReceiveDropped] = valued("network.receive_dropped", "DRIN", UnitCount, func(s *sample) countOpt { return s.Network.ReceiveDropped })
	t[FieldSendDropped] = valued("network.transmit_dropped", "DROUT", UnitCount, func(s *sample) countOpt { return s.Network.TransmitDropped })
}

// addState adds the numbers of a container's life. They are of now, also where the
// other values are its last ones.
func (t *Fields) addState() {
	t[FieldRestarts] = Field{
		Name: "restart_count", Title: "RESTART", Unit: UnitCount, Width: UnitCount.width() + 1,
		metrics: []string{alerts.MetricRestarts}, take: func(r Row) reading { return wholeReading(r.Sample.RestartCount) },
	}
	t[FieldExitCode] = Field{
		Name: "exit_code", Title: "EXIT", Unit: UnitCount, Width: UnitCount.width(),
		take: func(r Row) reading { return wholeReading(r.Sample.ExitCode) },
	}
	t[FieldStale] = Field{
		Name: "stale_seconds", Title: "STALE", Unit: UnitSeconds, Width: UnitSeconds.width(),
		metrics: []string{alerts.MetricStale}, take: func(r Row) reading { return secondsReading(r.Sample.Stale) },
	}
}

// pressureLine is a line of a pressure file: a share of some time, or a time.
type pressureLine struct {
	name, title string
	share       func(*collectors.PressureLines) ratioOpt
	time        func(*collectors.PressureLines) timeOpt
}

const (
	lineSome10 FieldID = iota
	lineSome60
	lineSome300
	lineSomeTotal
	lineFull10
	lineFull60
	lineFull300
	lineFullTotal

	pressureCount
)

// pressureLines are the lines of each pressure file.
func pressureLines() [pressureCount]pressureLine {
	type lines = collectors.PressureLines
	return [pressureCount]pressureLine{
		lineSome10:    {name: "some_avg10_ratio", title: "SOME10", share: func(l *lines) ratioOpt { return l.SomeAvg10 }},
		lineSome60:    {name: "some_avg60_ratio", title: "SOME60", share: func(l *lines) ratioOpt { return l.SomeAvg60 }},
		lineSome300:   {name: "some_avg300_ratio", title: "SOME300", share: func(l *lines) ratioOpt { return l.SomeAvg300 }},
		lineSomeTotal: {name: "some_total_seconds", title: "SOME", time: func(l *lines) timeOpt { return l.SomeTotal }},
		lineFull10:    {name: "full_avg10_ratio", title: "FULL10", share: func(l *lines) ratioOpt { return l.FullAvg10 }},
		lineFull60:    {name: "full_avg60_ratio", title: "FULL60", share: func(l *lines) ratioOpt { return l.FullAvg60 }},
		lineFull300:   {name: "full_avg300_ratio", title: "FULL300", share: func(l *lines) ratioOpt { return l.FullAvg300 }},
		lineFullTotal: {name: "full_total_seconds", title: "FULL", time: func(l *lines) timeOpt { return l.FullTotal }},
	}
}

// field is a line as a row of the table, of one resource.
func (l pressureLine) field(resource string, of func(*sample) *collectors.PressureLines) Field {
	name := "pressure." + resource + "." + l.name
	if l.time != nil {
		return lasting(name, l.title, UnitSeconds, func(s *sample) timeOpt { return l.time(of(s)) })
	}
	f := valued(name, l.title, UnitRatio, func(s *sample) ratioOpt { return l.share(of(s)) })
	f.Width, f.fine = max(f.Width, len(l.title)), true
	return f
}

func (t *Fields) addPressure() {
	for i, line := range pressureLines() {
		at := FieldID(i)
		t[FieldMemoryPressure+at] = line.field("memory", func(s *sample) *collectors.PressureLines { return &s.Pressure.Memory })
		t[FieldCPUPressure+at] = line.field("cpu", func(s *sample) *collectors.PressureLines { return &s.Pressure.CPU })
		t[FieldIOPressure+at] = line.field("io", func(s *sample) *collectors.PressureLines { return &s.Pressure.IO })
	}
	t[FieldMemoryPressure].metrics = []string{alerts.MetricMemoryPressure}
	t[FieldCPUPressure].Before, t[FieldIOPressure].Before = "cpu ", "io "
}

package ui

import (
	"cmp"

	"brink/alerts"
	"brink/collectors"
)

// FieldID names a row of the table of fields.
type FieldID uint8

// The fields, in the order of the columns of the overview.
const (
	FieldName FieldID = iota
	FieldState
	FieldMemoryShare
	FieldMemoryUsed
	FieldCPUShare
	FieldCores
	FieldThrottled
	FieldPidsShare
	FieldTasks
	FieldTmpfsShare
	FieldAlert

	// What only sentences have.
	FieldMemoryLimit
	FieldMemoryCurrent
	FieldMemoryWorkingSet
	FieldMemoryLimitedBy
	FieldOOMKills
	FieldCPULimit
	FieldCPULimitedBy
	FieldPidsLimit
	FieldPidsLimitedBy
	FieldZombies
	FieldRefused
	FieldTmpfsUsed
	FieldTmpfsSize

	// What only zoomed panels and recordings have.
	FieldHeadroom
	FieldAnon
	FieldFile
	FieldShmem
	FieldKernel
	FieldSlabReclaimable
	FieldSock
	FieldMemoryHigh
	FieldMemoryPeak
	FieldSwap
	FieldSwapLimit
	FieldGrowth
	FieldMemoryFullIn
	FieldLimitHits
	FieldOOMEvents
	FieldUserCores
	FieldSystemCores
	FieldPeriods
	FieldThrottledPeriods
	FieldThrottledCores
	FieldPidsPeak
	FieldProcesses
	FieldThreads
	FieldPidsFullIn
	FieldTmpfsFullIn
	FieldRead
	FieldWritten
	FieldReadOps
	FieldWriteOps
	FieldReceived
	FieldSent
	FieldReceiveDropped
	FieldSendDropped
	FieldRestarts
	FieldExitCode
	FieldStale

	// FieldMemoryPressure is the first line of the pressure of memory; the others
	// follow it, and then those of the other resources.
	FieldMemoryPressure
)

// The pressure of the other resources, line by line as [pressureLines] has them.
const (
	FieldCPUPressure = FieldMemoryPressure + pressureCount
	FieldIOPressure  = FieldCPUPressure + pressureCount

	fieldCount = FieldIOPressure + pressureCount
)

// Fields is the table of fields by their names.
type Fields [fieldCount]Field

// shareWidth is a share, or where nothing limits what is used.
const shareWidth = percentWidth

// alertWidth is a short alert in words.
const alertWidth = 17

// stateWidth is the usual length of a state: a longer one is cut.
const stateWidth = len("running 3d 4h")

// FieldTable returns the one table of what is told of a container. The overview
// has its columns from it, the panels and `brink check` their words, and all of
// them their numbers.
func FieldTable() *Fields {
	t := &Fields{
		FieldName: {
			Name: "name", Title: "NAME", Width: longestTab, take: func(r Row) reading { return words(r.title()) },
		},
		FieldState: {
			Name: "state", Title: "STATE", Width: stateWidth, Priority: 5,
			metrics: []string{alerts.MetricStopped, alerts.MetricUnhealthy, alerts.MetricRestarts, alerts.MetricStale, alerts.MetricDrift},
			take:    func(r Row) reading { return words(r.state()) },
		},
		FieldTmpfsShare: {
			Name: "tmpfs.used_ratio", Title: "TMPFS", Unit: UnitRatio, Width: len("TMPFS"), Priority: 8,
			metrics: []string{alerts.MetricTmpfsRatio, alerts.MetricTmpfsFullIn}, take: func(r Row) reading { return level64(r.mount().UsedRatio) },
		},
		FieldAlert: {
			Name: "alerts", Title: "ALERT", Width: alertWidth, Priority: 3, take: Row.worst,
		},
		FieldTmpfsUsed: {
			Name: "tmpfs.used_bytes", Title: "TMPFS", Unit: UnitBytes, Width: briefWidth,
			metrics: []string{alerts.MetricTmpfsRatio, alerts.MetricTmpfsFullIn}, take: func(r Row) reading { return level64(r.mount().Used) },
		},
		FieldTmpfsSize: {
			Name: "tmpfs.size_bytes", Title: "SIZE", Unit: UnitBytes, Width: briefWidth, Before: "size ",
			take: func(r Row) reading { return level64(r.mount().Size) },
		},
	}
	t.addMemory()
	t.addCPU()
	t.addPids()
	t.addTraffic()
	t.addState()
	t.addPressure()
	return t
}

func (t *Fields) addMemory() {
	t.addMemoryNumbers()
	t[FieldMemoryShare] = Field{
		Name: "memory.unreclaimable_ratio", Title: "MEM", Unit: UnitRatio, Width: shareWidth,
		metrics: memoryMetrics(), take: Row.memoryShare,
	}
	t[FieldMemoryUsed] = Field{
		Name: "memory.unreclaimable_bytes", Title: "USED", Unit: UnitBytes, Width: briefWidth, Priority: 7, After: " cannot be freed",
		metrics: []string{alerts.MetricMemoryRatio}, take: func(r Row) reading { return level64(r.values().Memory.Unreclaimable) },
	}
	t[FieldMemoryLimit] = Field{
		Name: "memory.limit_bytes", Title: "LIMIT", Unit: UnitBytes, Width: len(unlimited),
		take: func(r Row) reading { return limitOf(r.values().Memory.Limit) },
	}
	t[FieldMemoryCurrent] = Field{
		Name: "memory.current_bytes", Title: "KERNEL", Unit: UnitBytes, Width: briefWidth, Before: "kernel counts ",
		take: func(r Row) reading { return level64(r.values().Memory.Current) },
	}
	t[FieldMemoryWorkingSet] = Field{
		Name: "memory.working_set_bytes", Title: "DOCKER", Unit: UnitBytes, Width: briefWidth, Before: "docker stats shows ",
		take: func(r Row) reading { return level64(r.values().Memory.WorkingSet) },
	}
	t[FieldMemoryLimitedBy] = limitedBy("memory.limited_by", func(r Row) string { return r.values().Memory.LimitedBy })
	t[FieldOOMKills] = Field{
		Name: "memory.oom_kills", Title: "OOM", Unit: UnitCount, Width: countWidth, After: " OOM kills", One: " OOM kill",
		metrics: []string{alerts.MetricOOMKills}, take: func(r Row) reading { return level64(r.values().Memory.OOMKills) },
	}
}

func (t *Fields) addCPU() {
	t.addCPUNumbers()
	t[FieldCPUShare] = Field{
		Name: "cpu.of_limit_ratio", Title: "CPU", Unit: UnitRatio, Width: shareWidth, Priority: 1,
		metrics: []string{alerts.MetricCPURatio, alerts.MetricCPUThrottled}, take: Row.cpuShare,
	}
	t[FieldCores] = Field{
		Name: "cpu.cores", Title: "CORES", Unit: UnitCores, Width: len("CORES"), Priority: 9, After: " cores",
		metrics: []string{alerts.MetricCPURatio}, take: func(r Row) reading { return level64(r.values().CPU.Cores) },
	}
	t[FieldThrottled] = Field{
		Name: "cpu.throttled_ratio", Title: "THROT", Unit: UnitRatio, Width: len("THROT"), Priority: 4, Before: "throttled ", After: " of periods",
		metrics: []string{alerts.MetricCPUThrottled}, take: func(r Row) reading { return level64(r.values().CPU.ThrottledRatio) },
	}
	t[FieldCPULimit] = Field{
		Name: "cpu.limit_cores", Title: "LIMIT", Unit: UnitCores, Width: len(unlimited),
		take: func(r Row) reading { return limitOf(r.values().CPU.Limit) },
	}
	t[FieldCPULimitedBy] = limitedBy("cpu.limited_by", func(r Row) string { return r.values().CPU.LimitedBy })
}

func (t *Fields) addPids() {
	t.addPidsNumbers()
	t[FieldPidsShare] = Field{
		Name: "pids.of_limit_ratio", Title: "PIDS", Unit: UnitRatio, Width: shareWidth, Priority: 2,
		metrics: []string{alerts.MetricPidsRatio, alerts.MetricPidsFullIn, alerts.MetricPidsRefused, alerts.MetricZombies},
		take:    Row.pidsShare,
	}
	t[FieldTasks] = Field{
		Name: "pids.current", Title: "TASKS", Unit: UnitCount, Width: countWidth, Priority: 10, After: " tasks", One: " task",
		metrics: []string{alerts.MetricPidsRatio}, take: func(r Row) reading { return level64(r.values().Pids.Current) },
	}
	t[FieldPidsLimit] = Field{
		Name: "pids.limit", Title: "LIMIT", Unit: UnitCount, Width: len(unlimited),
		take: func(r Row) reading { return limitOf(r.values().Pids.Limit) },
	}
	t[FieldPidsLimitedBy] = limitedBy("pids.limited_by", func(r Row) string { return r.values().Pids.LimitedBy })
	t[FieldZombies] = Field{
		Name: "pids.zombies", Title: "ZOMB", Unit: UnitCount, Width: countWidth, After: " zombies", One: " zombie",
		metrics: []string{alerts.MetricZombies}, take: func(r Row) reading { return level64(r.values().Pids.Zombies) },
	}
	t[FieldRefused] = Field{
		Name: "pids.refused", Title: "REFUS", Unit: UnitCount, Width: countWidth, After: " forks refused", One: " fork refused",
		metrics: []string{alerts.MetricPidsRefused}, take: func(r Row) reading { return level64(r.values().Pids.Refused) },
	}
}

// memoryMetrics are those that colour the share of memory: whatever is wrong with
// memory shows at its most important number.
func memoryMetrics() []string {
	return []string{alerts.MetricMemoryRatio, alerts.MetricMemoryFullIn, alerts.MetricMemoryPressure, alerts.MetricOOMKills}
}

// countWidth is the column of a count; the kernel's largest pid is 4194304.
const countWidth = len("99999")

// limitedBy is the field of whose limit binds, where it is not the container's own.
func limitedBy(name string, take func(Row) string) Field {
	return Field{
		Name: name, Title: "LIMITED BY", Width: longestTab, Before: "limit of ",
		take: func(r Row) reading { return words(take(r)) },
	}
}

// title is the name to show.
func (r Row) title() string {
	name := r.Sample.Name
	if r.Waiting != nil {
		name = r.Waiting.Target
	}
	return cmp.Or(name, anyAgent)
}

func (r Row) state() string {
	switch {
	case r.Waiting != nil:
		return "waiting"
	case r.Sample.Stale.Present():
		stale, _ := r.Sample.Stale.Get()
		return "stale " + age(stale.Duration())
	default:
		return stateText(r.Sample, r.At)
	}
}

func (r Row) memoryShare() reading {
	memory := &r.values().Memory
	return shareOr(memory.UnreclaimableRatio, memory.Limit, narrowText(bytesBrief(memory.Unreclaimable)))
}

func (r Row) cpuShare() reading {
	cpu := &r.values().CPU
	return shareOr(cpu.OfLimit, cpu.Limit, narrowText(coresText(cpu.Cores)))
}

func (r Row) pidsShare() reading {
	pids := &r.values().Pids
	return shareOr(pids.OfLimit, pids.Limit, narrowText(countText(pids.Current)))
}

// mount is the tmpfs that the row is about, or the fullest one.
func (r Row) mount() collectors.TmpfsSample {
	if r.Mount != nil {
		return *r.Mount
	}
	return fullest(r.values().Tmpfs)
}

// worst is the worst alert, with its severity as the number to compare and in
// words, and how many others there are.
func (r Row) worst() reading {
	if len(r.Alerts) == 0 {
		return reading{}
	}
	return reading{number: collectors.Some(float64(r.Alerts[0].Severity)), words: alertWords(r.Alerts)}
}

func alertWords(list []*alerts.Alert) string {
	text := list[0].Severity.String() + " " + subjectOf(list[0].Key)
	if mark := severityMark(list[0].Severity); mark != "" {
		text = mark + " " + text
	}
	if others := len(list) - 1; others > 0 {
		text += " +" + number(others)
	}
	return text
}

package audit

import (
	"fmt"
	"math"

	"brink/alerts"
	"brink/collectors"
)

func limitChecks() []Check {
	return []Check{
		{
			ID: "memory-limit", Title: "Memory is limited", Area: AreaLimits, Severity: alerts.SeverityCritical, Benchmark: []string{"5.11"},
			Why:   "Without a limit one agent can take the memory of the whole host, and the kernel then kills whom it finds.",
			judge: judgeMemory,
		},
		{
			ID: "no-swap", Title: "There is no swap beside the memory", Area: AreaLimits, Severity: alerts.SeverityWarning, Benchmark: []string{"5.11"},
			Why:   "Swap lets a container that is over its limit slow down the disk for everybody instead of ending.",
			judge: judgeSwap,
		},
		{
			ID: "cpu-quota", Title: "CPU time is limited", Area: AreaLimits, Severity: alerts.SeverityWarning, Benchmark: []string{"5.12"},
			Why:   "Shares alone are no limit: a loop in the agent takes every core that the host has.",
			judge: judgeCores,
		},
		{
			ID: "pids-limit", Title: "The number of tasks is limited", Area: AreaLimits, Severity: alerts.SeverityCritical, Benchmark: []string{"5.29"},
			Why:   "A fork bomb without a limit takes the process table of the host.",
			judge: judgePids,
		},
		{
			ID: "oom-killer", Title: "The OOM killer may do its work", Area: AreaLimits, Severity: alerts.SeverityWarning,
			Why:   "A container that the kernel may not kill, or kills last, makes the host pay for its memory.",
			judge: judgeOOM,
		},
		{
			ID: "open-files", Title: "The number of open files is limited", Area: AreaLimits, Severity: alerts.SeverityWarning, Benchmark: []string{"5.19"},
			Why:   "Open files are memory of the kernel, which a leak in the agent fills.",
			judge: judgeOpenFiles,
		},
		{
			ID: "processes", Title: "The processes of its user are limited", Area: AreaLimits, Severity: alerts.SeverityWarning, Benchmark: []string{"5.19"},
			Why:   "Where several containers run as one user, this limit holds for all of them together, the limit on tasks for each.",
			judge: judgeProcesses,
		},
		{
			ID: "core-dumps", Title: "Nothing writes a core dump", Area: AreaLimits, Severity: alerts.SeverityWarning, Benchmark: []string{"5.19"},
			Why:   "A core dump holds every key and conversation that was in memory, and lies where nobody thinks of it.",
			judge: judgeCore,
		},
		{
			ID: "log-size", Title: "The log cannot fill the disk", Area: AreaLimits, Severity: alerts.SeverityWarning,
			Why:   "The json-file driver keeps every line for ever unless it is told a size, and the disk that it fills is the host's.",
			judge: judgeLog,
		},
	}
}

func judgeMemory(f Facts, p Profile) outcome {
	fact := truth(f.Kernel.Memory, configuredLimit(f, "the memory limit", func(c collectors.Configuration) collectors.Limit[collectors.Bytes] { return c.Limits.Memory }))
	return judgeLimit(fact, p.Memory, expectation[collectors.Bytes]{
		what: "memory", fix: p.memoryLines(), text: collectors.FormatBytes,
		same: func(a, b collectors.Bytes) bool { return a == b },
	})
}

func judgeCores(f Facts, p Profile) outcome {
	fact := truth(f.Kernel.Cores, configuredLimit(f, "the CPU quota", func(c collectors.Configuration) collectors.Limit[collectors.Cores] { return c.Limits.Cores }))
	return judgeLimit(fact, p.Cores, expectation[collectors.Cores]{what: "CPU time", fix: p.cpuLine(), text: coresText, same: sameCores})
}

func judgePids(f Facts, p Profile) outcome {
	fact := truth(f.Kernel.Pids, configuredLimit(f, "the pids limit", func(c collectors.Configuration) collectors.Limit[uint64] { return c.Limits.Pids }))
	return judgeLimit(fact, p.Pids, expectation[uint64]{
		what: "the number of tasks", fix: p.pidsLine(), text: func(n uint64) string { return fmt.Sprintf("%d tasks", n) },
		same: func(a, b uint64) bool { return a == b },
	})
}

func coresText(n collectors.Cores) string { return fmt.Sprintf("%g cores", float64(n)) }

// sameCores allows for the kernel's microseconds: a quota of 1.333 cores is 133300
// of 100000.
func sameCores(a, b collectors.Cores) bool { return math.Abs(float64(a-b)) < 0.005 }

// expectation is how a limit is spoken of and compared.
type expectation[T any] struct {
	what, fix string
	text      func(T) string
	same      func(T, T) bool
}

// judgeLimit asks for a limit, and for the one that is expected. Another than that
// limits all the same, and so is only worth a warning.
func judgeLimit[T any](fact collectors.Fact[collectors.Limit[T]], want collectors.Opt[T], e expectation[T]) outcome {
	limit, known := fact.Get()
	if fact.Absent() {
		return fail(fact.Witness(), e.fix, "nothing limits %s: %s", e.what, fact.Why()).without()
	} else if !known {
		return unknown(fact.Why())
	}
	value, limited := limit.Value().Get()
	if !limited {
		return fail(fact.Witness(), e.fix, "nothing limits %s", e.what).without()
	}
	if expected, asked := want.Get(); asked && !e.same(value, expected) {
		return fail(fact.Witness(), e.fix, "the limit is %s, where the profile expects %s", e.text(value), e.text(expected)).as(alerts.SeverityWarning)
	}
	return pass(fact.Witness(), "%s", e.text(value))
}

// judgeSwap goes by memory.swap.max, or by the sum that the engine was given. A
// container without a memory limit has another finding.
func judgeSwap(f Facts, p Profile) outcome {
	if p.Swap {
		return moot("the profile allows swap")
	}
	memory := truth(f.Kernel.Memory, configuredLimit(f, "the memory limit", func(c collectors.Configuration) collectors.Limit[collectors.Bytes] { return c.Limits.Memory }))
	if limit, known := memory.Get(); memory.Absent() || known && limit.Unlimited() {
		return moot("there is no memory limit beside which swap could be limited")
	}
	if limit, known := f.Kernel.Swap.Get(); known {
		value, limited := limit.Value().Get()
		switch {
		case !limited:
			return fail(collectors.WitnessKernel, p.memoryLines(), "nothing limits swap").without()
		case value > 0:
			return fail(collectors.WitnessKernel, p.memoryLines(), "%s of swap stand beside the memory", collectors.FormatBytes(value))
		default:
			return pass(collectors.WitnessKernel, "no swap")
		}
	}
	return judgeConfiguredSwap(f, p)
}

func judgeConfiguredSwap(f Facts, p Profile) outcome {
	configuration, known := f.Engine.Configuration.Get()
	if !known {
		return unknown(bothWhy(f.Kernel.Swap.Why(), f.Engine.Configuration.Why()))
	}
	limits := configuration.Limits
	memory, limited := limits.Memory.Value().Get()
	sum, bounded := limits.MemoryAndSwap.Value().Get()
	switch {
	case limits.MemoryAndSwap.Unlimited():
		return fail(collectors.WitnessEngine, p.memoryLines(), "nothing limits swap").without()
	case !limited || !bounded:
		return unknown(bothWhy(f.Kernel.Swap.Why(), "the engine does not tell how much swap there is"))
	case sum != memory:
		return fail(collectors.WitnessEngine, p.memoryLines(), "memory and swap together may be %s", collectors.FormatBytes(sum))
	default:
		return pass(collectors.WitnessEngine, "no swap")
	}
}

func judgeOOM(f Facts, _ Profile) outcome {
	configuration, known := f.Engine.Configuration.Get()
	switch {
	case !known:
		return unknown(f.Engine.Configuration.Why())
	case configuration.Limits.OOMKillDisabled:
		return fail(collectors.WitnessEngine, "oom_kill_disable: false", "the OOM killer is switched off for it")
	case configuration.Limits.OOMScoreAdj < 0:
		return fail(collectors.WitnessEngine, "oom_score_adj: 0", "it is spared by an oom_score_adj of %d", configuration.Limits.OOMScoreAdj)
	default:
		return pass(collectors.WitnessEngine, "it may kill, with oom_score_adj %d", configuration.Limits.OOMScoreAdj)
	}
}

func judgeOpenFiles(f Facts, p Profile) outcome {
	most := p.OpenFiles.Or(0)
	fix := fmt.Sprintf("ulimits:\n  nofile: {soft: %d, hard: %d}", min(most, 1024), most)
	return judgeUlimit(f.Kernel.OpenFiles, p.OpenFiles, "a process may open", "files", fix)
}

func judgeProcesses(f Facts, p Profile) outcome {
	return judgeUlimit(f.Kernel.Processes, p.Processes, "its user may have", "processes", fmt.Sprintf("ulimits:\n  nproc: %d", p.Processes.Or(0)))
}

// judgeUlimit asks for no more than what a profile expects, if it expects anything.
func judgeUlimit(fact collectors.Fact[collectors.Limit[uint64]], want collectors.Opt[uint64], may, what, fix string) outcome {
	most, asked := want.Get()
	if !asked {
		return moot("the profile sets no limit")
	}
	limit, known := fact.Get()
	if !known {
		return unknown(fact.Why())
	}
	value, limited := limit.Value().Get()
	switch {
	case !limited:
		return fail(fact.Witness(), fix, "%s any number of %s", may, what).without()
	case value > most:
		return fail(fact.Witness(), fix, "%s %d %s, where the profile expects at most %d", may, value, what, most)
	default:
		return pass(fact.Witness(), "%d %s", value, what)
	}
}

func judgeCore(f Facts, p Profile) outcome {
	if !p.NoCoreDumps {
		return moot("the profile allows them")
	}
	limit, known := f.Kernel.CoreSize.Get()
	if !known {
		return unknown(f.Kernel.CoreSize.Why())
	}
	const fix = "ulimits:\n  core: 0"
	value, limited := limit.Value().Get()
	switch {
	case !limited:
		return fail(f.Kernel.CoreSize.Witness(), fix, "one of any size may be written")
	case value > 0:
		return fail(f.Kernel.CoreSize.Witness(), fix, "one of %s may be written", collectors.FormatBytes(value))
	default:
		return pass(f.Kernel.CoreSize.Witness(), "none may be written")
	}
}

// judgeLog knows the drivers that write files and keep them. The others write
// elsewhere, or have a bound of their own.
func judgeLog(f Facts, _ Profile) outcome {
	configuration, known := f.Engine.Configuration.Get()
	if !known {
		return unknown(f.Engine.Configuration.Why())
	}
	driver, size := configuration.Operations.LogDriver, configuration.Operations.LogMaxSize
	switch {
	case driver == "":
		return unknown("the engine does not tell the log driver")
	case (driver == "json-file" || driver == "k8s-file") && size == "":
		return fail(collectors.WitnessEngine, "logging:\n  driver: local\n  options: {max-size: 10m, max-file: \"3\"}", "the driver %s has no max-size", driver).without()
	case size != "":
		return pass(collectors.WitnessEngine, "driver %s, max-size %s", driver, size)
	default:
		return pass(collectors.WitnessEngine, "driver %s", driver)
	}
}

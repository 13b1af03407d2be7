package audit

import (
	"fmt"
	"slices"

	"brink/collectors"
)

// judgeDifferences compares the kernel's word with the engine's, as far as both are
// known. A limit may differ in either direction; a privilege is only of interest
// where the kernel leaves more than was asked for: a process can take away from
// itself.
func judgeDifferences(f Facts, _ Profile) outcome {
	configuration, told := f.Engine.Configuration.Get()
	if !told {
		return unknown(f.Engine.Configuration.Why())
	}
	differences, compared := limitDifferences(f.Kernel, configuration.Limits)
	more, others := privilegeDifferences(f, configuration)
	if differences = append(differences, more...); len(differences) > 0 {
		return fail(collectors.WitnessKernel, "docker compose up -d --force-recreate   # sets up again what was asked for", "%s", enumerate(differences))
	}
	if compared+others == 0 {
		return unknown(f.Kernel.Privileges.Why())
	}
	return pass(collectors.WitnessKernel, "the kernel and the engine agree")
}

// limitDifferences compares the limits, and also counts what could be compared.
func limitDifferences(kernel collectors.KernelIsolation, asked collectors.ConfiguredLimits) (found []string, compared int) {
	note := func(what string, same, known bool, is, wanted string) {
		if !known {
			return
		}
		compared++
		if !same {
			found = append(found, fmt.Sprintf("%s is %s, and %s was asked for", what, is, wanted))
		}
	}
	memory, known := kernel.Memory.Get()
	note("memory.max", sameLimit(memory, asked.Memory, samePages), known && asked.Memory.Present(), limitText(memory, collectors.FormatBytes), limitText(asked.Memory, collectors.FormatBytes))
	cores, known := kernel.Cores.Get()
	note("cpu.max", sameLimit(cores, asked.Cores, sameCores), known && asked.Cores.Present(), limitText(cores, coresText), limitText(asked.Cores, coresText))
	pids, known := kernel.Pids.Get()
	tasks := func(n uint64) string { return fmt.Sprintf("%d tasks", n) }
	// Who is asked for none is given the default of systemd, which is its TasksMax.
	byDefault := asked.Pids.Unlimited() && !pids.Unlimited()
	note("pids.max", byDefault || sameLimit(pids, asked.Pids, func(a, b uint64) bool { return a == b }), known && asked.Pids.Present(), limitText(pids, tasks), limitText(asked.Pids, tasks))
	swap, known := kernel.Swap.Get()
	wanted := swapOf(asked)
	note("memory.swap.max", sameLimit(swap, wanted, samePages), known && wanted.Present(), limitText(swap, collectors.FormatBytes), limitText(wanted, collectors.FormatBytes))
	return found, compared
}

// samePages allows for the kernel's rounding down to a page.
func samePages(a, b collectors.Bytes) bool { return max(a, b)-min(a, b) < 64<<10 }

// swapOf is the swap that is left beside the memory; absent where the engine did not
// tell, or left it to itself.
func swapOf(asked collectors.ConfiguredLimits) collectors.Limit[collectors.Bytes] {
	memory, limited := asked.Memory.Value().Get()
	sum, bounded := asked.MemoryAndSwap.Value().Get()
	switch {
	case limited && bounded && sum >= memory:
		return collectors.LimitOf(sum - memory)
	case limited && asked.MemoryAndSwap.Unlimited():
		return collectors.Unlimited[collectors.Bytes]()
	default:
		return collectors.Limit[collectors.Bytes]{}
	}
}

func sameLimit[T any](a, b collectors.Limit[T], same func(T, T) bool) bool {
	first, limited := a.Value().Get()
	second, bounded := b.Value().Get()
	return limited == bounded && (!limited || same(first, second))
}

func limitText[T any](limit collectors.Limit[T], text func(T) string) string {
	if value, limited := limit.Value().Get(); limited {
		return text(value)
	}
	return "unlimited"
}

func privilegeDifferences(f Facts, asked collectors.Configuration) (found []string, compared int) {
	if held, known := f.Kernel.Privileges.Get(); known {
		compared++
		found = append(found, heldDifferences(f, held, asked)...)
		found = append(found, labelDifference(f, asked.Privileges)...)
	}
	mounts, known := f.Kernel.Mounts.Get()
	readOnly, told := asked.Files.ReadOnlyRoot.Get()
	if root, ok := mountAt(mounts, "/"); known && told && ok {
		compared++
		if readOnly && !root.ReadOnly {
			found = append(found, "the root file system can be written to, and read-only was asked for")
		}
	}
	if shared, known := f.Kernel.Shared.Get(); known {
		compared++
		for _, kind := range shared {
			if mode, told := asked.Namespaces[kind]; told && kind != "user" && (kind != "cgroup" || mode != "") && mode != hostMode {
				found = append(found, "the "+kind+" namespace is the host's, which was not asked for")
			}
		}
	}
	return found, compared
}

func heldDifferences(f Facts, held collectors.Privileges, asked collectors.Configuration) []string {
	var found []string
	options, told := asked.Privileges.SecurityOptions.Get()
	if set, known := held.NoNewPrivileges.Get(); known && told && !set && asksNoNewPrivileges(options) {
		found = append(found, "no-new-privileges is not set, and was asked for")
	}
	profile, named := lastOption(options, "seccomp")
	privileged := asked.Privileges.Privileged.Or(true)
	if filtered, known := held.Filtered.Get(); known && told && !filtered && !privileged && named && profile != unconfined {
		found = append(found, "no seccomp filter is in force, and one was asked for")
	}
	granted, why := configuredCapabilities(f)
	if extra := maskNames(held.Reachable & allCapabilities() &^ granted); why == "" && len(extra) > 0 {
		found = append(found, "the capabilities "+enumerate(extra)+" can be used, which were not asked for")
	}
	if mode, told := asked.Namespaces["user"]; told && held.UID == 0 && mode != hostMode {
		if mapped, known := remappedByEngine(f).Get(); known && mapped {
			found = append(found, "the main process is user 0 on the host, and its users were to be mapped")
		}
	}
	return slices.Clip(found)
}

// labelDifference is that the engine names a profile which does not hold the process.
func labelDifference(f Facts, asked collectors.ConfiguredPrivileges) []string {
	label, known := f.Kernel.Label.Get()
	if given := givenLabel(asked); known && !confines(label) && confines(given) {
		return []string{"its label is " + label + ", and " + given + " was given"}
	}
	return nil
}

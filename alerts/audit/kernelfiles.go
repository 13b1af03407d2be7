package audit

import (
	"slices"
	"strings"

	"brink/collectors"
)

// judgeKernelFiles looks for the mounts by which engines hide the kernel's files;
// without them, at what the engine was told.
func judgeKernelFiles(f Facts, _ Profile) outcome {
	const fix = "# take systempaths=unconfined and writable-cgroups=true out of security_opt, and privileged: true"
	if mounts, known := f.Kernel.Mounts.Get(); known {
		mapped, _ := remappedByKernel(f).Get()
		if open := openedByMounts(mounts, mapped); len(open) > 0 {
			return fail(collectors.WitnessKernel, fix, "%s", enumerate(open))
		}
		return pass(collectors.WitnessKernel, "masked")
	}
	masked := configured(f, "the masked paths", func(c collectors.Configuration) collectors.Opt[[]string] { return c.Privileges.Masked })
	readOnly := configured(f, "the read-only paths", func(c collectors.Configuration) collectors.Opt[[]string] { return c.Privileges.ReadOnly })
	hidden, told := masked.Get()
	fixed, toldFixed := readOnly.Get()
	options, _ := securityOptions(f).Get()
	writable, _ := lastOption(options, "writable-cgroups")
	switch {
	case !told || !toldFixed:
		return unknown(bothWhy(f.Kernel.Mounts.Why(), bothWhy(masked.Why(), readOnly.Why())))
	case len(hidden) == 0:
		return fail(collectors.WitnessEngine, fix, "no path of /proc and /sys is masked")
	case !slices.Contains(fixed, "/proc/sys"):
		return fail(collectors.WitnessEngine, fix, "/proc/sys can be written to")
	case writable == "true":
		return fail(collectors.WitnessEngine, fix, "its cgroups can be written to")
	default:
		return pass(collectors.WitnessEngine, "masked")
	}
}

// openedByMounts are the kernel's files that the mounts leave open. Of the paths
// that engines mask, which differ, those that every kernel has stand for all. With its
// users mapped the engine mounts the cgroups to write (moby daemon/oci_linux.go,
// withMounts): what limits the container belongs to root of the host there, who is
// nobody to it.
func openedByMounts(mounts []collectors.Mount, mapped bool) []string {
	var open []string
	at := func(point string) (collectors.Mount, bool) { return mountAt(mounts, point) }
	if m, ok := at("/proc/sys"); !ok || !m.ReadOnly {
		open = append(open, "/proc/sys can be written to")
	}
	if _, ok := at("/proc/keys"); !ok {
		if _, ok := at("/proc/kcore"); !ok {
			open = append(open, "/proc/kcore and /proc/keys are not masked")
		}
	}
	for _, m := range mounts {
		cgroups := m.Point == "/sys/fs/cgroup" || strings.HasPrefix(m.Point, "/sys/fs/cgroup/")
		if !m.ReadOnly && (m.Point == "/sys" || cgroups && !mapped) {
			open = append(open, m.Point+" can be written to")
		}
	}
	return open
}

// mountAt finds the mount that a path leads to at its own mount point.
func mountAt(mounts []collectors.Mount, point string) (collectors.Mount, bool) {
	i := slices.IndexFunc(mounts, func(m collectors.Mount) bool { return m.Point == point })
	if i < 0 {
		return collectors.Mount{}, false
	}
	return mounts[i], true
}

package sources

import (
	"errors"
	"path"
	"slices"
	"strings"

	"brink/collectors"
	"brink/collectors/dockerd"
	"brink/collectors/hostfs"
)

// process reads what /proc tells of the main process.
func (r *Isolations) process(pid int, setup dockerd.Setup) collectors.KernelIsolation {
	held, err := r.proc.Privileges(pid)
	known := collectors.KernelIsolation{Privileges: fact(privilegesOf(held), err)}
	ranges, err := r.proc.UserMap(pid)
	known.UserMap = fact(rangesOf(ranges), err)
	known.Label = r.label(pid)
	known.Shared = r.shared(pid)
	known.Mounts = r.mounts(pid)
	known.Directories = r.directories(pid, setup)
	known.OpenFiles = resourceFact[uint64](r.proc.ResourceLimit(pid, hostfs.OpenFiles))
	known.Processes = resourceFact[uint64](r.proc.ResourceLimit(pid, hostfs.Processes))
	known.CoreSize = resourceFact[collectors.Bytes](r.proc.ResourceLimit(pid, hostfs.CoreSize))
	const elsewhere = "the limits of its cgroup were not read"
	known.Memory = collectors.UnknownFact[collectors.Limit[collectors.Bytes]](elsewhere)
	known.Swap, known.Cores, known.Pids = known.Memory, collectors.UnknownFact[collectors.Limit[collectors.Cores]](elsewhere), collectors.UnknownFact[collectors.Limit[uint64]](elsewhere)
	return known
}

// fact is what the kernel told, or why it did not.
func fact[T any](value T, err error) collectors.Fact[T] {
	if err != nil {
		return collectors.UnknownFact[T](safeWhy(err))
	}
	return collectors.KnownFact(collectors.WitnessKernel, value)
}

func resourceFact[T ~uint64](limit hostfs.ResourceLimit, err error) collectors.Fact[collectors.Limit[T]] {
	return fact(limitOf(T(limit.Hard), !limit.Unlimited, limit.Unlimited), err)
}

func privilegesOf(p hostfs.Privileges) collectors.Privileges {
	held := collectors.Privileges{
		Program: collectors.Clean(p.Name, nameLength), UID: p.UID, Effective: p.Effective, Reachable: p.Reachable(),
	}
	if set, told := p.NoNewPrivileges.Get(); told {
		held.NoNewPrivileges = collectors.Some(set)
	}
	if mode, told := p.Seccomp.Get(); told {
		held.Filtered = collectors.Some(mode != hostfs.SeccompOff)
	}
	return held
}

func rangesOf(ranges []hostfs.IDRange) []collectors.IDRange {
	list := make([]collectors.IDRange, 0, len(ranges))
	for _, r := range ranges {
		list = append(list, collectors.IDRange(r))
	}
	return list
}

func (r *Isolations) label(pid int) collectors.Fact[string] {
	label, err := r.proc.Label(pid)
	if errors.Is(err, hostfs.ErrNoLabel) {
		return collectors.AbsentFact[string](collectors.WitnessKernel, err.Error())
	}
	return fact(collectors.Clean(label, nameLength), err)
}

// hostInit is the process that is sure to be in the host's namespaces.
const hostInit = 1

// shared compares namespaces with those of the host's first process.
func (r *Isolations) shared(pid int) collectors.Fact[[]string] {
	var kinds []string
	for _, kind := range collectors.NamespaceKinds() {
		own, err := r.proc.Namespace(pid, kind)
		if err != nil {
			return collectors.UnknownFact[[]string](safeWhy(err))
		}
		host, err := r.proc.Namespace(hostInit, kind)
		if err != nil {
			return collectors.UnknownFact[[]string](safeWhy(err))
		}
		if own == host {
			kinds = append(kinds, kind)
		}
	}
	return collectors.KnownFact(collectors.WitnessKernel, kinds)
}

// mountsMost bounds the mounts that are looked at: a container that may mount can
// make a hundred thousand.
const mountsMost = 4096

// mounts lists the mounts that a path leads to, each with its place on the host.
func (r *Isolations) mounts(pid int) collectors.Fact[[]collectors.Mount] {
	mounts, err := r.proc.Mounts(pid)
	if err != nil {
		return collectors.UnknownFact[[]collectors.Mount](safeWhy(err))
	}
	visible := hostfs.Visible(mounts)
	if len(visible) > mountsMost {
		return collectors.UnknownFact[[]collectors.Mount]("it has made too many mounts to look at")
	}
	host, err := r.proc.Mounts(hostInit)
	if err != nil {
		return collectors.UnknownFact[[]collectors.Mount]("the mounts of the host: " + safeWhy(err))
	}
	list := make([]collectors.Mount, 0, len(visible))
	for _, m := range visible {
		list = append(list, mountOf(m, host))
	}
	return collectors.KnownFact(collectors.WitnessKernel, list)
}

func mountOf(m hostfs.Mount, host []hostfs.Mount) collectors.Mount {
	mount := collectors.Mount{
		Point: collectors.Clean(m.MountPoint, pathLength), Root: collectors.Clean(m.Root, pathLength), FSType: collectors.Clean(m.FSType, nameLength),
		ReadOnly: m.ReadOnly(), NoExec: m.Has("noexec"), NoSUID: m.Has("nosuid"), Shared: m.Shared,
		HostPath: collectors.Clean(hostPath(m, host), pathLength),
	}
	for _, t := range hostfs.TmpfsMounts([]hostfs.Mount{m}) {
		mount.Unlimited = t.Unlimited
		if size, ok := t.Size.Get(); ok {
			mount.Size = collectors.Some(collectors.Bytes(size))
		}
	}
	return mount
}

// hostPath finds where a directory that is mounted in the container is on the host:
// the same file system is mounted there as well, at or above that directory. The
// mount that shows the smallest part of it is the nearest.
func hostPath(m hostfs.Mount, host []hostfs.Mount) string {
	var best hostfs.Mount
	for _, h := range host {
		if h.Device == m.Device && within(m.Root, h.Root) && (best.MountPoint == "" || len(h.Root) > len(best.Root)) {
			best = h
		}
	}
	if best.MountPoint == "" {
		return ""
	}
	return path.Join(best.MountPoint, strings.TrimPrefix(m.Root, best.Root))
}

// within reports whether a directory is another or below it.
func within(dir, above string) bool {
	rest, ok := strings.CutPrefix(dir, strings.TrimSuffix(above, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

// directories looks at the bind mounts as the container finds them.
func (r *Isolations) directories(pid int, setup dockerd.Setup) collectors.Fact[[]collectors.Directory] {
	mounts, _ := setup.Files.Mounts.Get()
	var points []string
	for _, m := range mounts {
		if m.Type == "bind" && strings.HasPrefix(m.Destination, "/") {
			points = append(points, path.Clean(m.Destination))
		}
	}
	points = slices.Compact(slices.Sorted(slices.Values(points)))
	owners, faults, err := r.proc.Ownerships(pid, points)
	if err != nil {
		return collectors.UnknownFact[[]collectors.Directory](safeWhy(err))
	}
	list := make([]collectors.Directory, 0, len(points))
	for i, point := range points {
		switch {
		case faults[i] != nil:
			list = append(list, collectors.Directory{Point: collectors.Clean(point, pathLength), Why: safeWhy(faults[i])})
		case owners[i].Directory:
			list = append(list, collectors.Directory{Point: collectors.Clean(point, pathLength), UID: owners[i].UID, Mode: owners[i].Mode})
		}
	}
	return collectors.KnownFact(collectors.WitnessKernel, list)
}

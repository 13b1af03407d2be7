package hostfs

import (
	"slices"
	"strings"
)

// CgroupMode says which cgroup hierarchies a host has mounted. The zero value is CgroupNone.
type CgroupMode int

// The modes, by what brink can read: only in CgroupUnified do the files of cgroup v2 carry memory, cpu and pids.
const (
	// CgroupNone: no cgroup file system is visible from this mount namespace.
	CgroupNone CgroupMode = iota
	// CgroupLegacy: cgroup v1 only.
	CgroupLegacy
	// CgroupHybrid: cgroup v2 is mounted, usually at /sys/fs/cgroup/unified, but the controllers are on v1. Every
	// process then has a "0::" line in /proc/PID/cgroup although no number can be read there.
	CgroupHybrid
	// CgroupUnified: cgroup v2, with the controllers.
	CgroupUnified
)

// String returns the mode in lower case.
func (m CgroupMode) String() string {
	return [...]string{"none", "legacy", "hybrid", "unified"}[m]
}

// CgroupHierarchy says where the cgroup file systems are.
type CgroupHierarchy struct {
	Mode          CgroupMode
	MountPoint    string   // of cgroup v2; empty when it is not mounted
	Root          string   // the cgroup shown there: "/", or "/../.." for the host's in a cgroup namespace below it
	V1Controllers []string // what is mounted as cgroup v1, in mount order, without named hierarchies
}

// CgroupHierarchy finds the cgroup v2 mount that this process can open, and the mode of the host.
func (fs FS) CgroupHierarchy() (CgroupHierarchy, error) {
	mounts, err := fs.Mounts(Self)
	if err != nil {
		return CgroupHierarchy{}, err
	}
	return HierarchyOf(mounts), nil
}

// HierarchyOf is CgroupHierarchy on a list of mounts. Of several cgroup v2 mounts the one that shows most of the
// hierarchy wins, of equals the first: others may be one container's part, or our own beside the host's whole.
//
// A host counts as hybrid only when v1 holds a controller that brink reads. A unified host may well have a v1 mount
// without any (name=systemd, kept for old containers) or with one that v2 never had (net_cls, used by VPN clients).
func HierarchyOf(mounts []Mount) CgroupHierarchy {
	var h CgroupHierarchy
	v1 := false
	for _, m := range Visible(mounts) {
		switch m.FSType {
		case "cgroup":
			v1 = true
			h.V1Controllers = appendControllers(h.V1Controllers, m.SuperOptions)
		case "cgroup2":
			if h.MountPoint == "" || shownAbove(m.Root) > shownAbove(h.Root) {
				h.MountPoint, h.Root = m.MountPoint, m.Root
			}
		}
	}
	h.Mode = modeOf(h.MountPoint != "", v1, h.V1Controllers)
	return h
}

// shownAbove ranks a mounted cgroup by how much it shows: the levels above the root of our cgroup namespace, 0 for that
// root itself, -1 for any part that does not contain it.
func shownAbove(root string) int {
	p := parseCgroupPath(root)
	if p.Path != "/" {
		return -1
	}
	return p.Above
}

// modeOf decides from what is mounted.
func modeOf(v2, v1 bool, controllers []string) CgroupMode {
	held := slices.ContainsFunc(controllers, func(c string) bool {
		return c == "memory" || c == "cpu" || c == "pids"
	})
	switch {
	case v2 && held:
		return CgroupHybrid
	case v2:
		return CgroupUnified
	case v1:
		return CgroupLegacy
	default:
		return CgroupNone
	}
}

// appendControllers picks the controllers out of the super options of a v1 mount, as in "rw,seclabel,cpu,cpuacct".
// The list of those that ever existed is short and closed (v1 gets no new ones); anything else there is an option.
func appendControllers(list []string, superOptions string) []string {
	for o := range strings.SplitSeq(superOptions, ",") {
		switch o {
		case "cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "net_cls", "perf_event",
			"net_prio", "hugetlb", "pids", "rdma", "misc":
			list = append(list, o)
		}
	}
	return list
}

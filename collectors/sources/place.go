package sources

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// place is where a container is on this host.
type place struct {
	// local says that the engine's process numbers mean this host's processes,
	// so that /proc may be read for them.
	local bool
	// path is the container's cgroup below the cgroup2 mount; empty when there is
	// none to be read.
	path string
	// why says what is not local, or what cannot be read.
	why string
}

// locator finds the places of containers.
type locator struct {
	proc hostfs.FS
	// unified says that the controllers are on cgroup v2; mode names what is there
	// instead. A "0::" line in /proc/PID/cgroup alone proves nothing: a hybrid host
	// has it, too.
	unified bool
	mode    string
	// root is where cgroup v2 is mounted; empty where it is not.
	root string
	// exists reports whether a cgroup directory exists.
	exists func(path string) bool
}

// bare is the place of a cgroup that was asked for by its path.
func (l locator) bare(dir string) place {
	if l.root == "" {
		return place{why: "this host has no cgroup v2 mounted (" + l.mode + "), and brink reads no other"}
	}
	return place{local: true, path: dir}
}

// locate finds the place of a running container. The process number comes from
// the engine, whose host need not be this one, and it may have been reused: it is
// believed only if the process's cgroup is named after the container.
func (l locator) locate(identity collectors.Identity) place {
	pid, running := identity.PID.Get()
	if !running {
		return place{why: "the container does not run"}
	}
	found := l.byProcess(identity.ID, pid)
	if found.path != "" {
		return found
	}
	dir, ok := l.byPattern(identity.ID)
	switch {
	case ok && found.local:
		return place{local: true, path: dir}
	case ok:
		// What /proc would tell is missing all the same, and found says why.
		found.path = dir
	case found.local && !l.unified:
		found.why = "the host has cgroup v1 (" + l.mode + "): its files are not read, the engine's statistics are"
	}
	return found
}

// byProcess goes by /proc/PID/cgroup, which every user may read.
func (l locator) byProcess(id string, pid int) place {
	membership, err := l.proc.Cgroup(pid)
	if errors.Is(err, hostfs.ErrNoProcess) {
		return place{why: fmt.Sprintf("process %d is not to be seen on this host: the engine is remote or in a virtual machine, "+
			"/proc is mounted with hidepid, or the process just ended", pid)}
	}
	if err != nil {
		return place{why: err.Error()}
	}
	v2, _ := membership.V2.Get()
	if dir, ok := cutAtID(v2.Path, id); ok {
		return l.usable(dir, v2)
	}
	for _, v1 := range membership.V1Paths {
		if _, ok := cutAtID(v1, id); ok {
			return place{local: true}
		}
	}
	return place{why: fmt.Sprintf("process %d here is in cgroup %s, which is not the container's: the engine is on another host, "+
		"or gives its containers no cgroups", pid, collectors.Clean(v2.Path, pathLength))}
}

// usable is the place at a path that the kernel told, if it can be opened below the
// mount that brink sees. A path that climbs out of brink's own cgroup namespace
// cannot, unless the rest of it happens to lead there.
func (l locator) usable(dir string, told hostfs.CgroupPath) place {
	switch {
	case !l.unified:
		return place{local: true}
	case told.Deleted:
		return place{local: true, why: "its cgroup has been removed: the container just ended"}
	case l.exists(dir):
		return place{local: true, path: dir}
	case told.Above > 0:
		return place{local: true, why: "its cgroup is outside of brink's own cgroup namespace: give brink the host's (--cgroupns=host) and its /sys/fs/cgroup"}
	default:
		return place{local: true, why: "its cgroup " + collectors.Clean(dir, pathLength) + " is not below " + l.root}
	}
}

// byPattern tries the places where engines put a container, for a monitor that
// may not see the process (hidepid, a private cgroup or pid namespace). The 64
// digits in the name are proof enough.
func (l locator) byPattern(id string) (string, bool) {
	if !l.unified || len(id) != idDigits {
		return "", false
	}
	for _, pattern := range patterns() {
		if dir := "/" + strings.Replace(pattern, "*", id, 1); l.exists(dir) {
			return dir, true
		}
	}
	return "", false
}

// patterns are the places below the cgroup2 mount where engines put containers
// unless they are told otherwise, with a star for the id: Docker with the systemd
// and the cgroupfs driver, Podman as root with either (moby daemon/oci_linux.go,
// podman libpod/container_internal_linux.go).
func patterns() []string {
	return []string{
		"system.slice/docker-*.scope",
		"docker/*",
		"machine.slice/libpod-*.scope",
		"libpod_parent/libpod-*",
	}
}

// cutAtID cuts the path after the component that holds the container's id: a
// systemd inside the container, docker in docker and podman's /container make
// cgroups below it, but the limits sit on the container's own.
func cutAtID(dir, id string) (string, bool) {
	if len(id) != idDigits {
		return "", false
	}
	components := strings.Split(dir, "/")
	for i, component := range components {
		if strings.Contains(component, id) {
			return path.Join("/", path.Join(components[:i+1]...)), true
		}
	}
	return "", false
}

// pathLength bounds cgroup paths that are shown.
const pathLength = 400

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
	// none to be read, and then why says why.
	path string
	why  string
}

// locator finds the places of containers.
type locator struct {
	proc hostfs.FS
	// unified says that the controllers are on cgroup v2; mode names what is there
	// instead. A "0::" line in /proc/PID/cgroup alone proves nothing: a hybrid host
	// has it, too.
	unified bool
	mode    string
	// exists reports whether a cgroup directory exists.
	exists func(path string) bool
}

// locate finds the place of a running container. The process number comes from
// the engine, whose host need not be this one, and it may have been reused: it is
// believed only if the process's cgroup is named after the container.
func (l locator) locate(identity collectors.Identity) place {
	pid, running := identity.PID.Get()
	if !running {
		return place{why: "the container does not run"}
	}
	found, err := l.byProcess(identity.ID, pid)
	if found.path == "" && l.unified {
		if dir, ok := l.byPattern(identity.ID); ok {
			return place{local: found.local || err == nil, path: dir}
		}
	}
	if !l.unified && found.local {
		return place{local: true, why: "the host has cgroup v1 (" + l.mode + "): its files are not read, the engine's statistics are"}
	}
	return found
}

// byProcess goes by /proc/PID/cgroup, which every user may read.
func (l locator) byProcess(id string, pid int) (place, error) {
	membership, err := l.proc.Cgroup(pid)
	if errors.Is(err, hostfs.ErrNoProcess) {
		return place{why: fmt.Sprintf("process %d is not on this host: the engine is remote or in a virtual machine, or the process just ended", pid)}, err
	}
	if err != nil {
		return place{why: err.Error()}, err
	}
	v2, unifiedLine := membership.V2.Get()
	if dir, ok := cutAtID(v2.Path, id); ok && unifiedLine && !v2.Deleted {
		return place{local: true, path: l.usable(dir, v2.Above)}, nil
	}
	for _, v1 := range membership.V1Paths {
		if _, ok := cutAtID(v1, id); ok {
			return place{local: true}, nil
		}
	}
	return place{why: fmt.Sprintf("process %d here belongs to %s, not to the container: the engine's processes are not this host's", pid, collectors.Clean(v2.Path, pathLength))}, nil
}

// usable returns the path if it can be opened below the mount that brink sees. A
// path that climbs out of brink's own cgroup namespace cannot.
func (l locator) usable(dir string, above int) string {
	if !l.unified || (above > 0 && !l.exists(dir)) {
		return ""
	}
	return dir
}

// byPattern tries the places where engines put a container, for a monitor that
// may not see the process (hidepid, a private cgroup or pid namespace). The 64
// digits in the name are proof enough.
func (l locator) byPattern(id string) (string, bool) {
	for _, dir := range patterns(id) {
		if l.exists(dir) {
			return dir, true
		}
	}
	return "", false
}

// patterns are the default places: Docker with the systemd and the cgroupfs
// driver, Podman as root (moby daemon/oci_linux.go, podman libpod).
func patterns(id string) []string {
	if len(id) != idDigits {
		return nil
	}
	return []string{
		"/system.slice/docker-" + id + ".scope",
		"/docker/" + id,
		"/machine.slice/libpod-" + id + ".scope",
		"/libpod_parent/libpod-" + id,
	}
}

// idDigits is the length of a full container id.
const idDigits = 64

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
const pathLength = 200

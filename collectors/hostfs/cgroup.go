package hostfs

import (
	"bytes"
	"strings"
)

// deletedSuffix is what the kernel appends to the path of a cgroup that was removed while a zombie still names it. A
// cgroup may really be named so, by somebody who wants to look gone; only a look at the directory can tell.
const deletedSuffix = " (deleted)"

// CgroupPath is the place of a process in the cgroup v2 hierarchy.
type CgroupPath struct {
	// Path begins with a slash and is relative to the reader's cgroup namespace: to its root, or, when Above is not 0,
	// to an ancestor of its root.
	Path string
	// Above counts the leading "/.." components, which were cut off Path. A monitor in a container with a private
	// cgroup namespace sees the siblings of its own cgroup as "/../docker-ID.scope" (cgroup_namespaces(7)).
	Above int
	// Deleted says that the cgroup has been removed.
	Deleted bool
}

// ProcessCgroup is /proc/PID/cgroup.
type ProcessCgroup struct {
	// V2 is the "0::" line. It is absent on a host without any cgroup v2 hierarchy. Its presence proves nothing on a
	// hybrid host, see CgroupHybrid.
	V2 Opt[CgroupPath]
	// V1Controllers are the controllers that the process has on cgroup v1, as the kernel lists them.
	V1Controllers []string
	// V1Paths are the places on cgroup v1, one a hierarchy, named ones included. They hold the container's id as the v2
	// path does, and so tell on a v1 or hybrid host whose process it is. Hostile as V2.
	V1Paths []string
}

// Cgroup reads /proc/PID/cgroup of a process (or Self). Any user may read it. The error is ErrNoProcess for a process
// that has gone; a zombie still answers, with the path it had (on v2; on v1 it shows as "/").
func (fs FS) Cgroup(pid int) (ProcessCgroup, error) {
	var cg ProcessCgroup
	err := fs.readPid(pid, "cgroup", func(data []byte) (err error) {
		cg, err = ParseProcessCgroup(data)
		return err
	})
	return cg, err
}

// ParseProcessCgroup reads lines of the form "4:memory:/docker/ID", "1:name=systemd:/", "0::/system.slice/x.scope"
// (cgroups(7)). The path is the rest of the line: a cgroup may have colons in its name, but never a newline.
func ParseProcessCgroup(data []byte) (ProcessCgroup, error) {
	var cg ProcessCgroup
	for line := range bytes.Lines(data) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		hierarchy, rest, _ := bytes.Cut(line, []byte{':'})
		controllers, path, ok := bytes.Cut(rest, []byte{':'})
		_, number := parseUint(hierarchy)
		if !ok || !number || !bytes.HasPrefix(path, []byte{'/'}) {
			return ProcessCgroup{}, parseError(line, errForm)
		}
		if len(controllers) == 0 {
			cg.V2 = Some(parseCgroupPath(string(path)))
			continue
		}
		cg.V1Controllers = appendControllers(cg.V1Controllers, string(controllers))
		cg.V1Paths = append(cg.V1Paths, string(path))
	}
	return cg, nil
}

// parseCgroupPath takes the marks off a path of the kernel.
func parseCgroupPath(path string) CgroupPath {
	var p CgroupPath
	path, p.Deleted = strings.CutSuffix(path, deletedSuffix)
	for path == "/.." || strings.HasPrefix(path, "/../") {
		path = path[len("/.."):]
		p.Above++
	}
	p.Path = path
	if path == "" {
		p.Path = "/"
	}
	return p
}

// Contains reports whether a process at the given place is in this cgroup or in one below it.
func (p CgroupPath) Contains(other CgroupPath) bool {
	if p.Above != other.Above {
		return false
	}
	rest, below := strings.CutPrefix(other.Path, strings.TrimSuffix(p.Path, "/"))
	return below && (rest == "" || rest[0] == '/')
}

package hostfs

import (
	"bytes"
	"errors"
	"math"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// ErrNoLabel says that no security module gives processes a label on this host.
var ErrNoLabel = errors.New("no security module labels processes here")

// Label reads what AppArmor or SELinux holds a process to: "docker-default (enforce)", "unconfined", or
// "system_u:system_r:container_t:s0:c1,c2". It needs ptrace access to the process. AppArmor has a file of its own
// since Linux 5.8, for a host where it is not the only module.
func (fs FS) Label(pid int) (string, error) {
	for _, name := range []string{"attr/apparmor/current", "attr/current"} {
		label, err := fs.label(pid, name)
		if !errors.Is(err, ErrNoLabel) {
			return label, err
		}
	}
	if _, err := fs.Privileges(pid); err != nil {
		return "", err
	}
	return "", ErrNoLabel
}

// label reads one of the files. Of a module that is not there the kernel answers EINVAL, and ENOENT where it was
// built without it.
func (fs FS) label(pid int, name string) (string, error) {
	buf := fs.borrow()
	defer fs.giveBack(buf)
	path := fs.pidPath(pid, name)
	err := readFile(unix.AT_FDCWD, path, buf)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOENT):
		return "", ErrNoLabel
	case err != nil && !isGone(err):
		return "", pathError(path, err, needsRoot)
	case err != nil:
		return "", pidError(pid, path, err)
	}
	label := string(bytes.TrimRight(*buf, "\x00\n"))
	if label == "" {
		return "", ErrNoLabel
	}
	return label, nil
}

// Namespace tells which namespace of a kind (pid, net, ipc, uts, cgroup, user, mnt) a process is in: two processes
// share it when the text is the same. It needs ptrace access to the process.
func (fs FS) Namespace(pid int, kind string) (string, error) {
	path := fs.pidPath(pid, "ns/"+kind)
	target := make([]byte, 128)
	var n int
	err := ignoringEINTR(func() (err error) {
		n, err = unix.Readlink(path, target)
		return err
	})
	switch {
	case err != nil && isGone(err):
		return "", pidError(pid, path, err)
	case err != nil:
		return "", pathError(path, err, needsRoot)
	}
	return string(target[:n]), nil
}

// Resource is what setrlimit(2) limits, by its name in /proc/PID/limits.
type Resource string

// The resources. Processes counts those of the user everywhere, CoreSize is in bytes.
const (
	OpenFiles Resource = "Max open files"
	Processes Resource = "Max processes"
	CoreSize  Resource = "Max core file size"
)

// ResourceLimit reads the hard limit of a process from /proc/PID/limits; Unlimited is told apart. Any user may read it.
func (fs FS) ResourceLimit(pid int, r Resource) (ResourceLimit, error) {
	var limit ResourceLimit
	err := fs.readPid(pid, "limits", func(data []byte) (err error) {
		limit, err = ParseResourceLimit(data, r)
		return err
	})
	return limit, err
}

// ResourceLimit is a limit of setrlimit(2) that a process cannot raise.
type ResourceLimit struct {
	Hard      uint64
	Unlimited bool
}

// ParseResourceLimit finds a line such as "Max open files  1024  524288  files" and takes the second number, the hard
// limit.
func ParseResourceLimit(data []byte, r Resource) (ResourceLimit, error) {
	for line := range bytes.Lines(data) {
		rest, ok := bytes.CutPrefix(line, []byte(r+" "))
		if !ok {
			continue
		}
		fields := bytes.Fields(rest)
		if len(fields) < 2 {
			return ResourceLimit{}, parseError(line, errShort)
		}
		if string(fields[1]) == "unlimited" {
			return ResourceLimit{Unlimited: true}, nil
		}
		n, ok := parseUint(fields[1])
		if !ok {
			return ResourceLimit{}, parseError(line, errNumber)
		}
		return ResourceLimit{Hard: n, Unlimited: n == math.MaxUint64}, nil
	}
	return ResourceLimit{}, parseError(data, errMissing)
}

// Ownership is whose a directory is, and who else may do what in it.
type Ownership struct {
	UID uint32
	// Mode holds the permission bits, and those for set-user-id, set-group-id and sticky.
	Mode uint32
	// Directory tells it from a file.
	Directory bool
}

// Ownerships looks at directories in the mounts of a process, as that process would find them, each with its own
// fault. The whole fails as TmpfsFill does, for a user without ptrace access to the process.
func (fs FS) Ownerships(pid int, paths []string) (owners []Ownership, faults []error, err error) {
	path := fs.pidPath(pid, "root")
	root, err := openat(unix.AT_FDCWD, path, unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return nil, nil, rootError(pid, path, err)
	}
	defer closeFD(root)
	for _, path := range paths {
		owner, fault := ownership(root, path)
		owners, faults = append(owners, owner), append(faults, fault)
	}
	return owners, faults, nil
}

func ownership(root int, path string) (Ownership, error) {
	fd, err := openBelow(root, path)
	if errors.Is(err, unix.ENOTDIR) {
		return fileOwnership(root, path)
	}
	if err != nil {
		return Ownership{}, lookupError("directory", path, err)
	}
	defer closeFD(fd)
	var node unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstat(fd, &node) }); err != nil {
		return Ownership{}, lookupError("directory", path, err)
	}
	return Ownership{UID: node.Uid, Mode: node.Mode & 0o7777, Directory: node.Mode&unix.S_IFMT == unix.S_IFDIR}, nil
}

// fileOwnership is ownership for what is no directory, such as a file or a socket that is mounted by itself. It is
// looked at from the directory that it is in, and not opened.
func fileOwnership(root int, path string) (Ownership, error) {
	dir, name := filepath.Split(filepath.Clean(path))
	fd, err := openBelow(root, dir)
	if err != nil {
		return Ownership{}, lookupError("file", path, err)
	}
	defer closeFD(fd)
	var node unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstatat(fd, name, &node, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return Ownership{}, lookupError("file", path, err)
	}
	if node.Mode&unix.S_IFMT == unix.S_IFLNK {
		return Ownership{}, lookupError("file", path, unix.ELOOP)
	}
	return Ownership{UID: node.Uid, Mode: node.Mode & 0o7777}, nil
}

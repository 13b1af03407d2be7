package hostfs

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// needsRoot is the remedy for what the kernel guards by ptrace access to the process (proc_pid_root(5)).
const needsRoot = "root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"

// Causes why the fill of a tmpfs was not taken although the process is there.
var (
	// ErrMountMoved says that the path now leads elsewhere than mountinfo said: the mount was covered, moved or
	// unmounted since, or a symbolic link stands in its way. The next reading of mountinfo tells.
	ErrMountMoved = errors.New("the path leads to another mount than mountinfo names")
	// ErrWouldBlock says that the path could not be looked up at once: it leads over a file system that must ask a
	// server, or there is nothing at its end any more. The lookup is not allowed to wait, because a FUSE file system
	// on the way, which the container may control, could make it wait for ever.
	ErrWouldBlock = errors.New("the path cannot be looked up without waiting")
)

// Usage is a quantity beside its limit, in bytes or inodes.
type Usage struct{ Used, Limit uint64 }

// TmpfsFill is what one tmpfs holds.
type TmpfsFill struct {
	Mount TmpfsMount
	// Bytes and Inodes are absent where the mount has no limit (size=0, nr_inodes=0): the kernel counts nothing then.
	// Both are absent when Err is set.
	Bytes, Inodes Opt[Usage]
	// Err says why this one mount could not be looked at: ErrMountMoved, ErrWouldBlock, *NotPermittedError, or an
	// errno. The other mounts are not affected.
	Err error
}

// TmpfsFill measures the mounts of a process, in the order given, into a list that may be reused from the last time.
//
// Nothing that the container does can make it look elsewhere: the path is resolved below /proc/PID/root as that
// process's root, with no symbolic link allowed in it (mountinfo paths have none, so one has been put there since), and
// the number counts only if the file system reached is a tmpfs and has the device number that mountinfo gave.
// Everything is opened with O_PATH, so that no device, FIFO or automount is touched. The root is opened anew each time
// and closed: held open, it would keep the mounts of a dead container busy, and "docker rm" would fail.
//
// The error is ErrNoProcess, or *NotPermittedError for a user without ptrace access to the process.
func (fs FS) TmpfsFill(pid int, mounts []TmpfsMount, into []TmpfsFill) ([]TmpfsFill, error) {
	into = into[:0]
	path := fs.pidPath(pid, "root")
	root, err := openat(unix.AT_FDCWD, path, unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return into, rootError(pid, path, err)
	}
	defer closeFD(root)
	for _, m := range mounts {
		into = append(into, fillOf(root, m))
	}
	return into, nil
}

// rootError is pidError with the remedy for /proc/PID/root.
func rootError(pid int, path string, err error) error {
	if isGone(err) {
		return pidError(pid, path, err)
	}
	return pathError(path, err, needsRoot)
}

// fillOf measures one mount below an open root directory.
func fillOf(root int, m TmpfsMount) TmpfsFill {
	fill := TmpfsFill{Mount: m}
	fd, err := openBelow(root, m.MountPoint)
	if err != nil {
		fill.Err = fillError(m.MountPoint, err)
		return fill
	}
	defer closeFD(fd)
	st, err := statTmpfs(fd, m.Device)
	if err != nil {
		fill.Err = fillError(m.MountPoint, err)
		return fill
	}
	if st.Blocks > 0 {
		size := uint64(st.Bsize)
		fill.Bytes = Some(Usage{Used: (st.Blocks - min(st.Bfree, st.Blocks)) * size, Limit: st.Blocks * size})
	}
	if st.Files > 0 {
		fill.Inodes = Some(Usage{Used: st.Files - min(st.Ffree, st.Files), Limit: st.Files})
	}
	return fill
}

// statTmpfs asks for the fill through a descriptor (fstatfs on an O_PATH descriptor: since Linux 3.12), after making
// sure that it is what we look for.
func statTmpfs(fd int, want Device) (unix.Statfs_t, error) {
	var (
		node unix.Stat_t
		st   unix.Statfs_t
	)
	if err := ignoringEINTR(func() error { return unix.Fstat(fd, &node) }); err != nil {
		return st, err
	}
	dev := uint64(node.Dev) //nolint:unconvert // 32 bits wide on mips
	if (Device{unix.Major(dev), unix.Minor(dev)}) != want {
		return st, ErrMountMoved
	}
	if err := ignoringEINTR(func() error { return unix.Fstatfs(fd, &st) }); err != nil {
		return st, err
	}
	if uint32(st.Type) != unix.TMPFS_MAGIC { // 32 bits in a signed word of varying width
		return st, ErrMountMoved
	}
	return st, nil
}

// fillError sorts the errnos of a lookup of a tmpfs.
func fillError(mountPoint string, err error) error { return lookupError("tmpfs", mountPoint, err) }

// lookupError sorts the errnos of a lookup below the root of a process.
func lookupError(what, mountPoint string, err error) error {
	switch {
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ENOENT), errors.Is(err, unix.EXDEV):
		err = ErrMountMoved
	case errors.Is(err, unix.EAGAIN):
		err = ErrWouldBlock
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return &NotPermittedError{Path: mountPoint, Needs: needsRoot, Err: err}
	}
	return fmt.Errorf("%s %q: %w", what, mountPoint, err)
}

// openBelow opens a path with O_PATH as a process with that root directory would see it, following no symbolic link.
// Only on kernels before 5.12 may the lookup wait for a file system's server; nothing there can forbid it.
func openBelow(root int, path string) (int, error) {
	fd, err := openat2(root, path, resolveCached)
	if errors.Is(err, unix.EINVAL) {
		fd, err = openat2(root, path, 0)
	}
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
		return walkBelow(root, path)
	}
	return fd, err
}

// resolveCached lets a lookup succeed only from the kernel's cache, else EAGAIN. The directories above a mount point
// are always there, because the mount pins them, so this refuses only what would have to ask a file system's server.
// Since Linux 5.12; 5.6 to 5.11 answer EINVAL. The number is from linux/openat2.h; x/sys/unix does not name it.
const resolveCached = 0x20 // RESOLVE_CACHED

// openat2 exists since Linux 5.6 (ENOSYS before; EPERM from a seccomp filter of an older container engine around us).
func openat2(root int, path string, more uint64) (int, error) {
	how := unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_CLOEXEC | unix.O_DIRECTORY,
		Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | more,
	}
	for {
		fd, err := unix.Openat2(root, path, &how)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// walkBelow is openBelow for a kernel without openat2: one component after the other, each opened with O_NOFOLLOW
// relative to the one before, so that the way never leads up or through a link. A mount point along the way is crossed,
// as it should be.
func walkBelow(root int, path string) (int, error) {
	fd, err := unix.FcntlInt(uintptr(root), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" {
			continue
		}
		next, err := step(fd, name)
		closeFD(fd)
		if err != nil {
			return -1, err
		}
		fd = next
	}
	return fd, nil
}

// step opens one name in a directory. O_PATH with O_NOFOLLOW opens a symbolic link itself, so O_DIRECTORY is what
// refuses it (ENOTDIR); every component of a tmpfs mount point is a directory.
func step(dir int, name string) (int, error) {
	if name == "." || name == ".." {
		return -1, unix.ELOOP
	}
	return openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_DIRECTORY)
}

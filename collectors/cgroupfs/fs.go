package cgroupfs

import (
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// FS is a cgroup v2 hierarchy, named by the directory that it is mounted at. A
// directory of ordinary files in the same layout serves as well: a fixture, or a
// copy. Values of FS can be copied; they share the descriptor budget.
type FS struct {
	root   string
	shared *shared
}

// shared is what the copies of an FS have in common.
type shared struct {
	kernel      kernel
	decoders    *[statFiles]func(*Stat) decoder
	descriptors descriptors
	buffers     sync.Pool // of *[]byte
}

// Options set up an FS. The zero value is good.
type Options struct {
	// Descriptors bounds how many file descriptors all groups keep open beside
	// one for each directory. Zero means [DefaultDescriptors], a negative number
	// none. A file without a kept descriptor is opened for each read.
	Descriptors int
}

// NewFS makes the FS of the hierarchy mounted at root. It opens nothing; see
// [FS.IsCgroup2].
func NewFS(root string, o Options) FS {
	limit := max(o.Descriptors, 0)
	if o.Descriptors == 0 {
		limit = DefaultDescriptors
	}
	return FS{root: root, shared: &shared{
		kernel:      linux{},
		decoders:    decoders(),
		descriptors: descriptors{limit: int64(limit)},
		buffers:     sync.Pool{New: newBuffer},
	}}
}

// newBuffer makes room for the largest text of an ordinary cgroup, memory.stat
// with some 2 to 3 KiB. io.stat and cgroup.threads can need more and make it grow.
func newBuffer() any {
	buf := make([]byte, 8<<10)
	return &buf
}

// Root returns the directory that the hierarchy is mounted at.
func (fs FS) Root() string { return fs.root }

// IsCgroup2 tells whether root is a mounted cgroup v2 file system, and not a
// cgroup v1 mount or an ordinary directory. The error is that of statfs(2).
func (fs FS) IsCgroup2() (bool, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(fs.root, &st); err != nil {
		return false, &os.PathError{Op: "statfs", Path: fs.root, Err: err}
	}
	return isCgroup2(&st), nil
}

// isCgroup2 compares in 64 bits: the field's type differs between architectures.
func isCgroup2(st *unix.Statfs_t) bool {
	return uint64(st.Type) == unix.CGROUP2_SUPER_MAGIC
}

// Open opens the cgroup at name, a path below the root as in /proc/PID/cgroup:
// "/system.slice/docker-1a2b.scope". The root itself is "/".
//
// Errors: [ErrBadPath] for a path that leads out, [ErrGone] for one that does not
// exist, [ErrNotPermitted], [ErrNotCgroup2] for something that is no directory,
// and the error of opening the root when that is what fails.
func (fs FS) Open(name string) (*Group, error) {
	name, err := cleanPath(name)
	if err != nil {
		return nil, err
	}
	dir, err := fs.openDirectory(name)
	if err != nil {
		return nil, err
	}
	g := &Group{fs: fs, path: name, dir: dir}
	for f := range g.fds {
		g.fds[f] = closed
	}
	if err := g.identify(); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

// cleanPath refuses what could leave the root, instead of cutting it to size: such
// a path is a mistake ("/.." in /proc/PID/cgroup means a cgroup outside of the
// reader's cgroup namespace), and another cgroup's numbers would be the result.
func cleanPath(name string) (string, error) {
	if name == "" || strings.ContainsRune(name, 0) || slices.Contains(strings.Split(name, "/"), "..") {
		return "", fmt.Errorf("cgroup %q: %w", name, ErrBadPath)
	}
	return path.Clean("/" + name), nil
}

// openDirectory opens below the root without a way out of it: os.Root walks the
// path component by component and follows no link that leads outside.
func (fs FS) openDirectory(name string) (int, error) {
	root, err := os.OpenRoot(fs.root)
	if err != nil {
		return closed, fmt.Errorf("cgroup root: %w", err)
	}
	defer closeFile(root)
	dir, err := root.OpenFile("."+name, os.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return closed, openError(name, err)
	}
	defer closeFile(dir)
	fd, err := unix.FcntlInt(dir.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return closed, &ReadError{Path: name, File: FileNone, Err: err}
	}
	return fd, nil
}

func openError(name string, err error) error {
	if cause, ok := errors.AsType[*iofs.PathError](err); ok {
		err = cause.Err
	}
	switch {
	case errors.Is(err, iofs.ErrNotExist), errors.Is(err, unix.ENODEV):
		return goneError(name)
	case errors.Is(err, unix.ENOTDIR):
		return fmt.Errorf("cgroup %q: %w", name, ErrNotCgroup2)
	default:
		return &ReadError{Path: name, File: FileNone, Err: err}
	}
}

// closeFile closes what was only read: there is nothing that could be lost.
func closeFile(f io.Closer) { _ = f.Close() }

// full is the absolute path of a cgroup.
func (fs FS) full(name string) string { return filepath.Join(fs.root, name) }

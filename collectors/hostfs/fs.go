package hostfs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	// ordinaryFile is the first size of a buffer: no file of /proc/PID in everyday use needs a second one.
	ordinaryFile = 16 << 10
	// largestFile bounds what a hostile container can make us hold: with mounts of its own in a user namespace it may
	// reach fs.mount-max (100,000) lines of 4 KiB. A node with a thousand pods stays below 1 MiB.
	largestFile = 8 << 20
)

// needsVisible is the remedy for files that every user may read unless /proc is mounted with hidepid.
const needsVisible = "root, or /proc without hidepid (or the group of its gid= option)"

// Self is the pid that stands for the calling process. It is not 0, because the engine reports pid 0 for a container
// that does not run, and that must not read as brink's own values.
const Self = -1

// FS is a proc file system at a place of the caller's choice. It is safe for concurrent use and holds no descriptor.
// The zero value is not usable; call New.
type FS struct {
	root    string
	buffers *sync.Pool // of *[]byte
}

// New returns the proc file system mounted at procRoot: "/proc" on the host, "/host/proc" or the like for a monitor
// in a container of its own (pid numbers are then the host's). It touches nothing; Check does.
func New(procRoot string) FS {
	return FS{
		root: strings.TrimRight(procRoot, "/"),
		buffers: &sync.Pool{New: func() any {
			b := make([]byte, 0, ordinaryFile)
			return &b
		}},
	}
}

// Root returns the directory given to New, without trailing slashes.
func (fs FS) Root() string { return fs.root }

// Check returns nil when the root holds a proc file system that shows processes. It is meant for the start of the
// program: later a wrong root would look like a host on which every process has just died.
func (fs FS) Check() error {
	var st unix.Stat_t
	path := fs.root + "/self/mountinfo"
	err := ignoringEINTR(func() error { return unix.Stat(path, &st) })
	if err == nil {
		return nil
	}
	return fmt.Errorf("%q is not a proc file system that shows this process (give the right --proc-root): %w", fs.root, err)
}

// pidPath returns the path of a file of a process, or of its directory when name is empty.
func (fs FS) pidPath(pid int, name string) string {
	dir := "self"
	if pid != Self {
		dir = strconv.Itoa(pid)
	}
	if name == "" {
		return fs.root + "/" + dir
	}
	return fs.root + "/" + dir + "/" + name
}

// borrow lends a buffer; give it back with fs.giveBack.
func (fs FS) borrow() *[]byte { return fs.buffers.Get().(*[]byte) }

// giveBack returns a buffer to the pool, except one that a single huge file made grow.
func (fs FS) giveBack(b *[]byte) {
	if cap(*b) <= 4*ordinaryFile {
		fs.buffers.Put(b)
	}
}

// readHost parses one file that belongs to no process, given relative to the root. All that are read are of one piece.
func (fs FS) readHost(name string, parse func([]byte) error) error {
	path := fs.root + "/" + name
	buf := fs.borrow()
	defer fs.giveBack(buf)
	if err := readRecord(unix.AT_FDCWD, path, buf); err != nil {
		return pathError(path, err, needsVisible)
	}
	return atPath(path, parse(*buf))
}

// readPid parses one file of a process. A process that has gone is ErrNoProcess.
func (fs FS) readPid(pid int, name string, parse func([]byte) error) error {
	buf := fs.borrow()
	defer fs.giveBack(buf)
	path := fs.pidPath(pid, name)
	if err := readFile(unix.AT_FDCWD, path, buf); err != nil {
		return pidError(pid, path, err)
	}
	return atPath(path, parse(*buf))
}

// pidError is pathError for a file of a process, where "not there" means that the process is not there.
func pidError(pid int, path string, err error) error {
	if isGone(err) {
		return fmt.Errorf("process %d: %w", pid, ErrNoProcess)
	}
	return pathError(path, err, needsVisible)
}

// readFile replaces *buf by the whole content of a file, growing it as needed. The file is read until the kernel says
// that it has ended: a short read of a seq_file (mountinfo, net/dev) does not mean its end, a page is all it gives.
func readFile(dir int, name string, buf *[]byte) error {
	fd, err := openat(dir, name, unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer closeFD(fd)
	*buf = (*buf)[:0]
	for {
		n, err := readMore(fd, buf)
		if n == 0 || err != nil {
			return err
		}
	}
}

// readRecord is readFile for a file that the kernel renders in one piece (stat, status, meminfo, ...: those
// opened by single_open or proc_single). One read that leaves room in the buffer is the whole file, which saves the
// second read of each; for three files of fifty processes that is a third of all system calls.
func readRecord(dir int, name string, buf *[]byte) error {
	fd, err := openat(dir, name, unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer closeFD(fd)
	*buf = (*buf)[:0]
	for {
		n, err := readMore(fd, buf)
		if err != nil || n == 0 || len(*buf) < cap(*buf) {
			return err
		}
	}
}

// readMore appends what one read gives, into the free room of the buffer, after making some if there is none.
func readMore(fd int, buf *[]byte) (int, error) {
	b := *buf
	if len(b) == cap(b) {
		if len(b) >= largestFile {
			return 0, errTooLarge
		}
		grown := make([]byte, len(b), 2*cap(b)+ordinaryFile)
		copy(grown, b)
		b = grown
	}
	for {
		n, err := unix.Read(fd, b[len(b):cap(b)])
		if err == unix.EINTR {
			continue
		}
		*buf = b[:len(b)+max(n, 0)]
		return max(n, 0), err
	}
}

// openat opens without following a chance to become a controlling terminal, and retries when a signal came between.
func openat(dir int, name string, flags int) (fd int, err error) {
	for {
		fd, err = unix.Openat(dir, name, flags|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// closeFD closes a descriptor that was only read: its error says nothing about what was read.
func closeFD(fd int) { _ = unix.Close(fd) }

// ignoringEINTR repeats a system call that a signal interrupted.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

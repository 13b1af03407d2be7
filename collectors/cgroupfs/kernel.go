package cgroupfs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// kernel is the seam through which files are opened and read. It exists for the
// answers that no file of a test can give: EOPNOTSUPP, ENODEV, EACCES for root.
type kernel interface {
	openat(dir int, name string) (int, error)
	pread(fd int, p []byte, offset int64) (int, error)
}

// linux asks the real one.
type linux struct{}

// openat opens a file for reading. O_NOFOLLOW is for fixtures: cgroup v2 knows no
// symbolic links.
func (linux) openat(dir int, name string) (int, error) {
	for {
		fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

func (linux) pread(fd int, p []byte, offset int64) (int, error) {
	for {
		n, err := unix.Pread(fd, p, offset)
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}

// closeDescriptor closes what was only read: there is nothing that could be lost.
func closeDescriptor(fd int) { _ = unix.Close(fd) }

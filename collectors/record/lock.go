package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// errTaken says that another brink records.
var errTaken = errors.New("another brink records: this one takes over when it ends")

// lockFile is beside the database, since the database may be moved aside.
const lockFile = "record.lock"

// lock keeps a second writer away. The kernel lets go of it however the process ends.
type lock struct{ file *os.File }

// takeLock makes the directory if need be and locks it for this recorder. It gives
// errTaken while another one has it, also one of this process.
func takeLock(dir string) (*lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, lockFile)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errTaken
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &lock{file: file}, nil
}

// release lets go of the lock. Closing alone would not while a child that was just
// forked has yet to close its copy.
func (l *lock) release() {
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	_ = l.file.Close()
}

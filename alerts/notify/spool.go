package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// spool is the state file: what is critical and not yet delivered, and what each
// sink was told. It is written after the fact and beside the delivery: a message
// may go out before the file knows of it, and is marked as delivered after the
// sink took it. So a crash can repeat a message, and cannot lose one that has
// been in the file.
type spool struct {
	path string
	log  *slog.Logger
	// dirty holds one token while the file is behind.
	dirty chan struct{}

	// forget says that the file itself is neither read nor written.
	forget bool

	mu sync.Mutex
	// lock keeps another brink from the same file; nil when the file is not used.
	lock *os.File
	// last is what the file holds.
	last []byte
	why  error
}

// spoolMagic begins every state file of ours. A file that begins otherwise is
// somebody else's, and is left alone.
const spoolMagic = `{"brink_outbox":`

// spoolVersion is the version of the format. A file of another one is left alone:
// it may be that of a newer brink, to which the user wants to go back.
const spoolVersion = 1

// spoolLimit bounds what is read: thousands of alerts.
const spoolLimit = 4 << 20

// errForeign says that the file is not a state file of brink.
var errForeign = errors.New("it is not a state file of brink")

// errTaken says that another process has the file.
var errTaken = errors.New("another brink uses it: give this one a state file of its own, or leave the notifications to the other")

// openSpool takes the state file for this process. It never fails: what is wrong
// is kept for fault, and the spool does nothing then.
func openSpool(path string, log *slog.Logger) *spool {
	s := &spool{path: path, log: log, dirty: make(chan struct{}, 1)}
	if path == "" {
		return s
	}
	if err := s.acquire(); err != nil {
		s.fail(err)
	}
	return s
}

// acquire makes the directory and locks the file. The lock is on a file beside
// it, for the file itself is replaced with each write; the kernel lets go of it
// however the process ends.
func (s *spool) acquire() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	lock, err := os.OpenFile(s.path+".lock", os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return errTaken
		}
		return fmt.Errorf("lock: %w", err)
	}
	s.lock = lock
	return nil
}

// load reads what an earlier brink left.
func (s *spool) load() *savedPages {
	if s.lock == nil || s.forget {
		return &savedPages{}
	}
	record, err := s.read()
	switch {
	case err == nil, errors.Is(err, os.ErrNotExist):
	case errors.Is(err, errCorrupt):
		s.setAside(err)
	default:
		s.release()
		s.fail(err)
	}
	return &savedPages{sinks: record.Sinks}
}

// errCorrupt says that the file is ours and cannot be read.
var errCorrupt = errors.New("it is damaged")

func (s *spool) read() (spoolRecord, error) {
	// O_NONBLOCK: a fifo in its place must not hang the start.
	file, err := os.OpenFile(s.path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return spoolRecord{}, err
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return spoolRecord{}, fmt.Errorf("%w: not a regular file", errForeign)
	}
	data, err := io.ReadAll(io.LimitReader(file, spoolLimit+1))
	if err != nil {
		return spoolRecord{}, err
	}
	return parseSpool(data)
}

// parseSpool reads the text of a state file.
func parseSpool(data []byte) (spoolRecord, error) {
	switch {
	case len(data) == 0:
		return spoolRecord{}, nil
	case !bytes.HasPrefix(data, []byte(spoolMagic)):
		return spoolRecord{}, errForeign
	case len(data) > spoolLimit:
		return spoolRecord{}, fmt.Errorf("%w: more than %d bytes", errCorrupt, spoolLimit)
	}
	var record spoolRecord
	if err := json.Unmarshal(data, &record); err != nil {
		return spoolRecord{}, fmt.Errorf("%w: %w", errCorrupt, err)
	}
	if record.Version != spoolVersion {
		return spoolRecord{}, fmt.Errorf("it has version %d, this brink writes %d", record.Version, spoolVersion)
	}
	return record, nil
}

// setAside keeps a damaged file for who wants to look, and begins a new one.
func (s *spool) setAside(why error) {
	aside := s.path + ".damaged"
	if err := os.Rename(s.path, aside); err != nil {
		s.release()
		s.fail(err)
		return
	}
	s.log.Error("state file of the notifications could not be read: what was not delivered before the restart is lost",
		"path", s.path, "error", why.Error(), "kept_as", aside)
}

// touch says that the file is behind.
func (s *spool) touch() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// save writes the record, unless the file holds just that.
func (s *spool) save(record spoolRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil || s.forget {
		return
	}
	record.Version = spoolVersion
	body, err := json.Marshal(record.Sinks)
	if err != nil || bytes.Equal(body, s.last) && s.why == nil {
		return
	}
	data, err := json.Marshal(record)
	if err == nil {
		err = replaceFile(s.path, data)
	}
	if err == nil {
		s.last = body
	}
	s.report(err)
}

// report logs a fault when it begins, and its end, not each attempt.
func (s *spool) report(err error) {
	switch {
	case err != nil && s.why == nil:
		s.log.Error("state file of the notifications cannot be written: they are delivered, but would not survive a restart",
			"path", s.path, "error", err.Error())
	case err == nil && s.why != nil:
		s.log.Info("state file of the notifications can be written again", "path", s.path)
	}
	s.why = err
}

// fail takes down why the spool is not used.
func (s *spool) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report(err)
}

// fault returns why nothing would survive, empty when it would.
func (s *spool) fault() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == nil {
		return ""
	}
	return fmt.Sprintf("notifications would not survive a restart: %s: %v", s.path, s.why)
}

// taken reports whether another process has the file.
func (s *spool) taken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Is(s.why, errTaken)
}

// retry takes the file if the other process has let go of it. It reports whether
// that has: the file is ours then, or of no use.
func (s *spool) retry() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !errors.Is(s.why, errTaken) {
		return false
	}
	err := s.acquire()
	if !errors.Is(err, errTaken) {
		s.report(err)
	}
	return !errors.Is(err, errTaken)
}

// release lets go of the lock. Closing alone would not while a child that was just
// forked has yet to close its copy.
func (s *spool) release() {
	_ = syscall.Flock(int(s.lock.Fd()), syscall.LOCK_UN)
	_ = s.lock.Close()
	s.lock = nil
}

// close lets go of the file. It reports whether the file holds what it should.
func (s *spool) close() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return false
	}
	s.release()
	return s.why == nil && !s.forget
}

// replaceFile writes a file in one step: whoever reads it finds the old text or the
// new one, whatever happens in between. The name of the temporary file is always
// the same, for the lock makes us its only writer, so that a crash leaves one at most.
func replaceFile(path string, data []byte) (err error) {
	temporary := path + ".tmp"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary)
		}
	}()
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// syncDirectory makes the rename survive a loss of power as well.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

package cgroupfs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Watcher tells when files of groups change, through one inotify instance for all
// groups: a user has 128 of them by default (fs.inotify.max_user_instances).
//
// It serves two. The sampler waits on [Watcher.Wake] and asks [Watcher.Take] what
// happened. Each watched [Group] spares the files that did not change.
//
// What it tells is never lost and never waited for: changes are gathered in a set
// per group and file, so that a thousand changes of one file are one, and a slow
// taker holds nobody up. A change that is told can be none (the kernel announces
// writes, not differences): read and compare.
type Watcher struct {
	file *os.File // the inotify descriptor, in the runtime's poller
	conn syscall.RawConn
	poll func() // drain without waiting
	wake chan struct{}
	done chan struct{} // closed when the goroutine has ended

	mu      sync.Mutex
	closed  bool
	buf     []byte
	watches map[int32]*watch
	added   map[*Group][]int32
	pending map[*Group]FileSet
}

// watch is one watched inode. Two groups opened at one path share it, because the
// kernel does.
type watch struct {
	file   File
	groups []*Group
}

// Change names the files of a group that may have changed since the last Take.
type Change struct {
	Group *Group
	Files FileSet
}

// NewWatcher makes an inotify instance and starts the goroutine that waits on it.
// Without one (the user's instances are used up, /proc is not mounted) everything
// works by reading in turn.
func NewWatcher() (*Watcher, error) {
	if _, err := os.Stat(descriptorPath); err != nil {
		return nil, fmt.Errorf("watch cgroups: %w", err)
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, watchError("watch cgroups", err)
	}
	file := os.NewFile(uintptr(fd), "inotify")
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("watch cgroups: %w", err), file.Close())
	}
	w := &Watcher{
		file: file, conn: conn,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		buf:     make([]byte, 4096),
		watches: map[int32]*watch{}, added: map[*Group][]int32{}, pending: map[*Group]FileSet{},
	}
	drain := func(fd uintptr) { w.drain(int(fd)) } // made once: a Read must not allocate
	w.poll = func() { _ = conn.Control(drain) }    // fails once closed, when no group asks any more
	go w.run()
	return w, nil
}

// descriptorPath leads to the files of a directory that is held open. The path
// from the root could lead to the cgroup that came after the one held.
const descriptorPath = "/proc/self/fd"

// watchError says which knob the kernel's answer is about.
func watchError(deed string, err error) error {
	switch {
	case errors.Is(err, unix.EMFILE):
		return fmt.Errorf("%s: no inotify instance left, raise fs.inotify.max_user_instances: %w", deed, err)
	case errors.Is(err, unix.ENOSPC):
		return fmt.Errorf("%s: no inotify watch left, raise fs.inotify.max_user_watches: %w", deed, err)
	default:
		return fmt.Errorf("%s: %w", deed, err)
	}
}

// run drains whenever the poller says that there is something, until Close.
func (w *Watcher) run() {
	defer close(w.done)
	_ = w.conn.Read(func(fd uintptr) (done bool) {
		w.drain(int(fd))
		return false
	})
}

// Wake receives when Take has something to tell. One receive may stand for many
// changes.
func (w *Watcher) Wake() <-chan struct{} { return w.wake }

// Take appends what changed since the last Take to changes, one entry a group.
func (w *Watcher) Take(changes []Change) []Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	for g, files := range w.pending {
		changes = append(changes, Change{Group: g, Files: files})
	}
	clear(w.pending)
	return changes
}

// Add watches the files of g that announce their changes. Files that do not exist
// are left out, and read by turns as before. After an error, too, the group is as
// good as one that is not watched: what could not be watched is read each time.
func (w *Watcher) Add(g *Group) error {
	if g.gone {
		return goneError(g.path)
	}
	var err error
	if closed := w.conn.Control(func(fd uintptr) { err = w.add(int(fd), g) }); closed != nil {
		return fmt.Errorf("watch cgroup %q: %w", g.path, os.ErrClosed)
	}
	return err
}

func (w *Watcher) add(fd int, g *Group) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return fmt.Errorf("watch cgroup %q: %w", g.path, os.ErrClosed)
	}
	if _, again := w.added[g]; again {
		return nil
	}
	announced, err := w.addFiles(fd, g)
	// First what is to be read anew, then that it is announced from now on: in the
	// other order, a change from before the watch could be missed.
	g.watch.changed.Or(uint32(announced))
	g.watch.announced.Store(uint32(announced))
	g.watch.watcher.Store(w)
	return err
}

func (w *Watcher) addFiles(fd int, g *Group) (FileSet, error) {
	var done FileSet
	w.added[g] = nil
	for f := range fileCount {
		if !announcedFiles().Has(f) {
			continue
		}
		wd, err := unix.InotifyAddWatch(fd, fmt.Sprintf("%s/%d/%s", descriptorPath, g.dir, f), unix.IN_MODIFY)
		switch {
		case err == nil:
			w.register(int32(wd), f, g)
			done = done.with(f)
		case errors.Is(err, unix.ENOENT), errors.Is(err, unix.EACCES):
			// Absent, or a fault that Read will tell of.
		default:
			return done, watchError(fmt.Sprintf("watch cgroup %q", g.path), err)
		}
	}
	return done, nil
}

func (w *Watcher) register(wd int32, f File, g *Group) {
	w.added[g] = append(w.added[g], wd)
	if known, ok := w.watches[wd]; ok {
		known.groups = append(known.groups, g)
		return
	}
	w.watches[wd] = &watch{file: f, groups: []*Group{g}}
}

// Remove ends the watches of g. It has to be called for removed cgroups, too (and
// Close of the group does): kernels up to 7.0 at least neither tell of the removal
// nor give the watch back.
func (w *Watcher) Remove(g *Group) {
	_ = w.conn.Control(func(fd uintptr) { w.remove(int(fd), g) }) // closed: nothing is watched
}

func (w *Watcher) remove(fd int, g *Group) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, wd := range w.added[g] {
		known, ok := w.watches[wd]
		if !ok {
			continue
		}
		known.groups = slices.DeleteFunc(known.groups, func(other *Group) bool { return other == g })
		if len(known.groups) > 0 {
			continue
		}
		delete(w.watches, wd)
		// EINVAL says that the kernel was faster. The number is safe either way:
		// they are given out in a circle of 2^31.
		_, _ = unix.InotifyRmWatch(fd, uint32(wd))
	}
	w.forget(g)
}

// forget makes g read everything by itself again.
func (w *Watcher) forget(g *Group) {
	delete(w.added, g)
	delete(w.pending, g)
	g.watch.announced.Store(0)
	g.watch.watcher.Store(nil)
}

// Close ends the goroutine and every watch; groups go on without. It can be called
// twice.
func (w *Watcher) Close() error {
	w.mu.Lock()
	again := w.closed
	w.closed = true
	for g := range w.added {
		w.forget(g)
	}
	clear(w.watches)
	w.mu.Unlock()
	if again {
		return nil
	}
	err := w.file.Close()
	<-w.done
	return err
}

// drain takes everything that inotify has, without waiting. It runs in the
// goroutine when something arrives, and in every Read of a watched group: an event
// of a write(2) is in the queue when the write returns, so that a Read that begins
// after a `docker update` sees it whether the goroutine has run or not.
func (w *Watcher) drain(fd int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		n, err := unix.Read(fd, w.buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return
		}
		w.dispatch(w.buf[:n])
	}
}

// dispatch reads inotify(7)'s struct inotify_event { int wd; uint32_t mask,
// cookie, len; char name[len]; }, of which the kernel never splits one.
func (w *Watcher) dispatch(events []byte) {
	for len(events) >= unix.SizeofInotifyEvent {
		wd := int32(binary.NativeEndian.Uint32(events))
		mask := binary.NativeEndian.Uint32(events[4:])
		size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		w.handle(wd, mask)
		events = events[min(size, len(events)):]
	}
}

func (w *Watcher) handle(wd int32, mask uint32) {
	if mask&unix.IN_Q_OVERFLOW != 0 {
		w.overflow()
		return
	}
	known, ok := w.watches[wd]
	if !ok {
		return
	}
	for _, g := range known.groups {
		if mask&unix.IN_IGNORED != 0 {
			g.watch.announced.And(^uint32(Files(known.file)))
		}
		w.mark(g, Files(known.file))
	}
	if mask&unix.IN_IGNORED != 0 {
		// The file is no more: an ordinary one was deleted, or the kernel is one
		// that tells of removed cgroups (posted to the lists in February 2026).
		delete(w.watches, wd)
	}
}

// overflow takes every file for changed: the queue was full (16,384 events by
// default), and what it lost is not known.
func (w *Watcher) overflow() {
	for g := range w.added {
		w.mark(g, FileSet(g.watch.announced.Load()))
	}
}

func (w *Watcher) mark(g *Group, files FileSet) {
	g.watch.changed.Or(uint32(files))
	w.pending[g] |= files
	select {
	case w.wake <- struct{}{}:
	default: // somebody is awake already, or about to be
	}
}

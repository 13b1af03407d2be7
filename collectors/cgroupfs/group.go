package cgroupfs

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// closed stands for "no descriptor".
const closed = -1

// Group is one cgroup directory, held open: one incarnation of a path. When the
// cgroup is removed, the Group is of no use any more, whatever happens at the path
// later. A Group is for one goroutine at a time.
type Group struct {
	fs          FS
	path        string
	dir         int // descriptor of the directory
	incarnation uint64
	kernfs      bool // a real cgroup v2 directory, not a fixture
	gone        bool // said ErrGone once

	fds    [fileCount]int
	stat   Stat             // what is known; a read refreshes parts of it
	faults [statFiles]error // of the last time that each file was read
	faulty FileSet          // where faults has something
	absent FileSet          // files that do not exist
	next   File             // where the recheck of seldom read files stands
	lost   bool             // a file vanished in this pass
	watch  announcements    // what a Watcher says
	buffer *[]byte          // borrowed from the FS while reading
}

// announcements is the side of a Group that a [Watcher] writes to from its goroutine.
type announcements struct {
	watcher   atomic.Pointer[Watcher]
	announced atomic.Uint32 // FileSet of files whose changes will be announced
	changed   atomic.Uint32 // FileSet of those that changed since the last read
}

// identify learns which directory it is that was opened.
func (g *Group) identify() error {
	var st unix.Stat_t
	if err := unix.Fstat(g.dir, &st); err != nil {
		return &ReadError{Path: g.path, File: FileNone, Err: err}
	}
	var mount unix.Statfs_t
	if err := unix.Fstatfs(g.dir, &mount); err != nil {
		return &ReadError{Path: g.path, File: FileNone, Err: err}
	}
	g.incarnation, g.kernfs = st.Ino, isCgroup2(&mount)
	return nil
}

// Path returns the path below the root, cleaned: "/system.slice/docker-1a2b.scope".
func (g *Group) Path() string { return g.path }

// Incarnation returns the inode of the directory. A cgroup that was removed and
// made again at the same path has another one: kernfs gives a number out only
// once (64 bits, a generation in the upper half).
func (g *Group) Incarnation() uint64 { return g.incarnation }

// Close gives back every descriptor and ends the watches. It can be called twice.
func (g *Group) Close() {
	if w := g.watch.watcher.Load(); w != nil {
		w.Remove(g)
	}
	for f := range fileCount {
		g.release(f)
	}
	if g.dir != closed {
		closeDescriptor(g.dir)
		g.dir = closed
	}
	g.gone = true
}

// release closes the kept descriptor of f, if there is one.
func (g *Group) release(f File) {
	if g.fds[f] == closed {
		return
	}
	closeDescriptor(g.fds[f])
	g.fds[f] = closed
	g.fs.shared.descriptors.give()
}

// alive tells whether the path still leads to this directory. A file that is
// missing is no proof of the contrary: switching a controller off, or writing 0 to
// cgroup.pressure, takes files away from a living cgroup, and descriptors held on
// them answer ENODEV from then on (seen on 6.18, even after they were switched on
// again). Nor is the directory's link count, which kernfs leaves as it was.
//
// The number of a held inode is not given out again, so that path and number
// agreeing is proof. Where the question itself fails (the way to the path may have
// become unreadable), the cgroup is not declared dead.
func (g *Group) alive() bool {
	var st unix.Stat_t
	err := unix.Stat(g.fs.full(g.path), &st)
	switch err {
	case nil:
		return st.Ino == g.incarnation
	case unix.ENOENT, unix.ENOTDIR, unix.ENODEV:
		return false
	default:
		return true
	}
}

// unlinked tells whether an ordinary directory was removed. Descriptors held on
// ordinary files go on giving the last text for ever, so that a fixture has to be
// asked; kernfs answers ENODEV by itself.
func (g *Group) unlinked() bool {
	var st unix.Stat_t
	return !g.kernfs && unix.Fstat(g.dir, &st) == nil && st.Nlink == 0
}

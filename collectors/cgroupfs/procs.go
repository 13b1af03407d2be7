package cgroupfs

import (
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// maxDescendants bounds the walk through sub-cgroups. A container that was given
// its own cgroups (systemd or an engine inside) has some dozens; one that makes
// thousands must not make its observer work.
const maxDescendants = 256

// Tasks are the living tasks of a cgroup and its descendants. Zombies are not
// listed, so that pids.current less Threads is their number.
type Tasks struct {
	Processes Value[Count]
	Threads   Value[Count]
}

// Tasks counts the lines of cgroup.procs and cgroup.threads. It is apart from Read
// because it is dear for the kernel: the lists are made under a lock of the whole
// host (css_set_lock), task by task.
//
// Both values are absent, with [ErrTooMany], when there are too many descendants
// to look at: a part of the count would make zombies of all the rest. Other errors
// are [ErrGone], [ReadError] and [ParseError].
func (g *Group) Tasks() (Tasks, error) {
	var t Tasks
	err := g.eachList(func(f File, list []byte) *ParseError {
		into := &t.Processes
		if f == FileThreads {
			into = &t.Threads
		}
		n, bad := countTasks(list)
		*into = present(into.N + n)
		return bad
	}, FileProcs, FileThreads)
	if err != nil {
		return Tasks{}, err
	}
	return t, nil
}

// Procs appends the process ids of the cgroup and its descendants to pids. They
// are unordered, numbers of the reader's pid namespace (a process that is not
// visible there is 0), and one may be listed twice when it moves meanwhile. Errors
// are those of Tasks; what was found before stays in the result.
func (g *Group) Procs(pids []int) ([]int, error) {
	err := g.eachList(func(_ File, list []byte) (bad *ParseError) {
		pids, bad = appendPids(pids, list)
		return bad
	}, FileProcs)
	return pids, err
}

// eachList gives visit the named lists of the cgroup and of all its descendants.
func (g *Group) eachList(visit func(File, []byte) *ParseError, files ...File) error {
	if g.gone || g.unlinked() {
		g.gone = true
		return goneError(g.path)
	}
	g.borrow()
	defer g.giveBack()
	w := walk{group: g, visit: visit, files: files}
	err := w.own()
	if err == nil {
		err = w.below(g.dir)
	}
	if w.lost && !g.alive() {
		g.gone = true
		return goneError(g.path)
	}
	return err
}

// walk is one way through a cgroup and its descendants.
type walk struct {
	group *Group
	visit func(File, []byte) *ParseError
	files []File
	seen  int  // descendants so far
	lost  bool // a file or directory was not there
}

// own visits the lists of the cgroup itself, through its kept descriptors.
func (w *walk) own() error {
	for _, f := range w.files {
		list, err := w.group.text(f)
		if err := w.take(f, list, err); err != nil {
			return err
		}
	}
	return nil
}

// take hands a list on. A list that is missing counts nothing: a sub-cgroup was
// removed meanwhile, and has no tasks any more. EOPNOTSUPP is the answer of
// cgroup.procs in a threaded cgroup, whose processes are listed by its first
// ancestor that is not threaded.
func (w *walk) take(f File, list []byte, err error) error {
	switch {
	case err == nil:
		if bad := w.visit(f, list); bad != nil {
			bad.Path, bad.File = w.group.path, f
			return bad
		}
		return nil
	case isMissing(err):
		w.lost = true
		return nil
	case errors.Is(err, unix.EOPNOTSUPP):
		return nil
	default:
		return &ReadError{Path: w.group.path, File: f, Err: err}
	}
}

// below visits the descendants of the directory dir. The link count of a directory
// is two more than it has sub-directories, so that the usual container, which has
// none, costs one fstat. A file system that does not count (btrfs says 1) is
// listed.
func (w *walk) below(dir int) error {
	var st unix.Stat_t
	if err := unix.Fstat(dir, &st); err == nil && st.Nlink == 2 {
		return nil
	}
	names, err := directories(dir)
	if isMissing(err) {
		w.lost = true
		return nil
	}
	if err != nil {
		return &ReadError{Path: w.group.path, File: FileNone, Err: err}
	}
	for _, name := range names {
		if err := w.child(dir, name); err != nil {
			return err
		}
	}
	return nil
}

// child visits one sub-cgroup and all below it.
func (w *walk) child(dir int, name string) error {
	if w.seen++; w.seen > maxDescendants {
		return fmt.Errorf("cgroup %q: %w (more than %d)", w.group.path, ErrTooMany, maxDescendants)
	}
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if isMissing(err) {
		w.lost = true
		return nil
	}
	if err != nil {
		return &ReadError{Path: w.group.path, File: FileNone, Err: err}
	}
	defer closeDescriptor(fd)
	for _, f := range w.files {
		list, err := w.list(fd, f)
		if err := w.take(f, list, err); err != nil {
			return err
		}
	}
	return w.below(fd)
}

func (w *walk) list(dir int, f File) ([]byte, error) {
	fd, err := w.group.fs.shared.kernel.openat(dir, f.String())
	if err != nil {
		return nil, err
	}
	defer closeDescriptor(fd)
	return w.group.slurpList(fd)
}

// directories lists the sub-directories of dir through a descriptor of its own:
// reading moves the position.
func directories(dir int) ([]string, error) {
	fd, err := unix.Openat(dir, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), ".")
	defer closeFile(f)
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// countTasks counts the ids without keeping them.
func countTasks(text []byte) (Count, *ParseError) {
	var n Count
	for len(text) > 0 {
		var line []byte
		if line, text = cutLine(text); len(line) == 0 {
			continue
		}
		if _, err := parsePid(line); err != nil {
			return n, fault(line, err)
		}
		n++
	}
	return n, nil
}

// appendPids parses one process id a line.
func appendPids(pids []int, text []byte) ([]int, *ParseError) {
	for len(text) > 0 {
		var line []byte
		if line, text = cutLine(text); len(line) == 0 {
			continue
		}
		pid, err := parsePid(line)
		if err != nil {
			return pids, fault(line, err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}

// parsePid parses a number that a pid_t can hold.
func parsePid(text []byte) (int, error) {
	n, err := parseUint(text)
	if err == nil && n > math.MaxInt32 {
		err = ErrRange
	}
	return int(n), err
}

package cgroupfs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// maxText bounds the buffer. The largest file that the kernel can produce is
// cgroup.threads with one line for each of 4,194,304 tasks of at most 8 bytes.
const maxText = 64 << 20

// Read fills st with what the files say now. Values of an earlier Read in st are
// overwritten; its memory is used again. A hot Read allocates nothing.
//
// The error is nil; or [Faults] of single files, whose values are absent while all
// others are good; or [ErrGone], when st holds what was read before the end: the
// last counts of events above all.
//
// With a [Watcher], the files that announce their changes are not read but when
// they changed. One of them is read all the same in each Read, in turn, and so is
// one of the absent files: what no notification told is found after as many Reads
// as there are such files, some twenty at most.
func (g *Group) Read(st *Stat) error {
	if g.gone || g.unlinked() {
		g.gone = true
		st.set(&Stat{})
		return goneError(g.path)
	}
	g.borrow()
	defer g.giveBack()
	g.refresh()
	st.set(&g.stat)
	if g.lost && !g.alive() {
		g.gone = true
		return goneError(g.path)
	}
	if g.faulty == 0 {
		return nil
	}
	return g.report()
}

// refresh reads every file that is due.
func (g *Group) refresh() {
	g.lost = false
	due := g.due()
	for f := range statFiles {
		if due.Has(f) {
			g.refreshFile(f)
		}
	}
}

// due tells which files to read in this pass: all that are not spared, those that
// changed, and one of the spared in turn.
func (g *Group) due() FileSet {
	if w := g.watch.watcher.Load(); w != nil {
		w.poll()
	}
	spared := FileSet(g.watch.announced.Load()) | g.absent
	if g.swapless() {
		spared = spared.with(FileSwapCurrent)
	}
	due := everyStatFile&^spared | FileSet(g.watch.changed.Swap(0))
	if f, ok := spared.after(g.next); ok {
		due, g.next = due.with(f), f
	}
	return due
}

// swapless tells whether the cgroup holds no swap and may have none: it cannot come
// to have any, and memory.swap.current can be spared. That is the usual container,
// with a memory limit equal to its memory-swap limit.
func (g *Group) swapless() bool {
	zero := present(Bytes(0))
	return g.stat.Swap.Max == zero && g.stat.Swap.Current == zero
}

// refreshFile reads one file into g.stat. What goes wrong is kept in g.faults.
func (g *Group) refreshFile(f File) {
	g.setFault(f, nil)
	g.absent = g.absent.without(f)
	into := g.fs.shared.decoders[f](&g.stat)
	text, err := g.text(f)
	if err != nil {
		into.reset()
		g.miss(f, err)
		return
	}
	if bad := into.decode(text); bad != nil {
		bad.Path, bad.File = g.path, f
		g.setFault(f, bad)
	}
}

// miss sorts out why a file gave no text.
func (g *Group) miss(f File, err error) {
	switch {
	case isMissing(err):
		// The file is not there, or the cgroup is not: asked once, at the end of
		// the pass, when a "yes, it lives" holds for every file of the pass.
		g.lost = true
		g.absent = g.absent.with(f)
	case errors.Is(err, unix.EOPNOTSUPP):
		// Pressure stall information is compiled in and switched off.
		g.absent = g.absent.with(f)
	default:
		g.setFault(f, &ReadError{Path: g.path, File: f, Err: err})
	}
}

// isMissing tells whether a file is not there: ENOENT when it is opened, ENODEV
// when it is read through a descriptor from before.
func isMissing(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENODEV)
}

func (g *Group) setFault(f File, err error) {
	if err == nil && !g.faulty.Has(f) {
		return
	}
	g.faults[f] = err
	if err == nil {
		g.faulty = g.faulty.without(f)
	} else {
		g.faulty = g.faulty.with(f)
	}
}

func (g *Group) report() Faults {
	var all Faults
	for f := range statFiles {
		if g.faulty.Has(f) {
			all = append(all, g.faults[f])
		}
	}
	return all
}

// text returns what is in a file, whole. The bytes are good until the next call.
// A kept descriptor that answers ENODEV is dropped and the name tried again: the
// file may have been taken away and put back (see alive).
func (g *Group) text(f File) ([]byte, error) {
	if g.fds[f] != closed {
		text, err := g.slurp(g.fds[f], f)
		if !errors.Is(err, unix.ENODEV) {
			return text, err
		}
		g.release(f)
	}
	fd, err := g.fs.shared.kernel.openat(g.dir, f.String())
	if err != nil {
		return nil, err
	}
	text, err := g.slurp(fd, f)
	if !g.keep(f, fd) {
		closeDescriptor(fd)
	}
	return text, err
}

// keep keeps a descriptor if the budget has room.
func (g *Group) keep(f File, fd int) bool {
	seldom := FileSet(g.watch.announced.Load()).Has(f)
	if !g.fs.shared.descriptors.take(seldom) {
		return false
	}
	g.fds[f] = fd
	return true
}

// slurp reads a file from its start.
func (g *Group) slurp(fd int, f File) ([]byte, error) {
	if f == FileProcs || f == FileThreads {
		return g.slurpList(fd)
	}
	return g.slurpRecord(fd)
}

// slurpRecord reads a file that the kernel makes in one go (seq_file with a single
// record): whatever fits comes with one read, so that fewer bytes than there is
// room for are all of them. A full buffer may have cut the text, and the read is
// repeated with a larger one: nothing is lost silently, and the text stays of one
// moment.
func (g *Group) slurpRecord(fd int) ([]byte, error) {
	for {
		buf := *g.buffer
		n, err := g.fs.shared.kernel.pread(fd, buf, 0)
		if err != nil {
			return nil, err
		}
		if n < len(buf) {
			return buf[:n], nil
		}
		if err := g.grow(0); err != nil {
			return nil, err
		}
	}
}

// leastPage is what a read of a file of many records gives at least, if there is more
// than that: the kernel fills a page until the next record finds no room, and a line
// with a number has at most eleven bytes (seq_read_iter in fs/seq_file.c).
const leastPage = 4096 - 16

// slurpList reads a file of many records (cgroup.procs, cgroup.threads), which the
// kernel hands out a page at a time: what is less than one is the end.
func (g *Group) slurpList(fd int) ([]byte, error) {
	for n := 0; ; {
		m, err := g.fs.shared.kernel.pread(fd, (*g.buffer)[n:], int64(n))
		if err != nil {
			return nil, err
		}
		if n += m; m < leastPage && n < len(*g.buffer) {
			return (*g.buffer)[:n], nil
		}
		if n < len(*g.buffer) {
			continue
		}
		if err := g.grow(n); err != nil {
			return nil, err
		}
	}
}

// grow doubles the buffer and keeps its first n bytes.
func (g *Group) grow(n int) error {
	if len(*g.buffer) >= maxText {
		return ErrTooLarge
	}
	larger := make([]byte, 2*len(*g.buffer))
	copy(larger, (*g.buffer)[:n])
	*g.buffer = larger
	return nil
}

// borrow takes a buffer for one pass: a thousand groups share the few that are in
// use at once.
func (g *Group) borrow() { g.buffer = g.fs.shared.buffers.Get().(*[]byte) }

func (g *Group) giveBack() {
	g.fs.shared.buffers.Put(g.buffer)
	g.buffer = nil
}

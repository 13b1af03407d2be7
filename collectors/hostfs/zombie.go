package hostfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Zombies finds the zombies of a cgroup and of those below it, in no promised order.
//
// Cgroup.procs leaves zombies out, and only the difference of pids.current and the lines of cgroup.threads tells how
// many there are. To name them and the parent that does not reap them, every process of the host is looked at: one
// read of its stat file, and only for a zombie one more, of its cgroup file, which on cgroup v2 names the cgroup until
// the zombie is reaped, even after the cgroup's removal. Measured at 9 us a process, so 3 ms on a host with 300
// processes: to be asked for when that difference is not zero, and not at each interval. (Following the parents'
// /proc/PID/task/TID/children instead costs as much, since it is one file per thread, needs CONFIG_PROC_CHILDREN, and
// misses children of a "docker exec", whose parent is outside.)
//
// A dead main thread whose process lives on in other threads shows the same letter, but nothing waits to be reaped: it
// is left out. On a host with cgroup v1 the kernel shows every zombie in "/", so that none is found. The strings of
// into are reused. The context ends a long scan; what was found until then is returned beside its error.
func (fs FS) Zombies(ctx context.Context, of CgroupPath, into []PIDStat) ([]PIDStat, error) {
	buf := fs.borrow()
	defer fs.giveBack(buf)
	n := 0
	err := fs.eachPID(ctx, func(pid int) error {
		into = withSlot(into, n)
		found, err := fs.isZombieOf(pid, of, buf, &into[n])
		if found {
			n++
		}
		return err
	})
	return into[:n], err
}

// isZombieOf looks at one process.
func (fs FS) isZombieOf(pid int, of CgroupPath, buf *[]byte, st *PIDStat) (bool, error) {
	path := fs.pidPath(pid, "stat")
	if err := readRecord(unix.AT_FDCWD, path, buf); err != nil {
		return false, unlessHidden(pidError(pid, path, err))
	}
	if err := parsePIDStat(*buf, st); err != nil {
		return false, atPath(path, err)
	}
	if st.State != Zombie || st.Threads > 1 {
		return false, nil
	}
	cg, err := fs.Cgroup(pid)
	at, ok := cg.V2.Get()
	return err == nil && ok && of.Contains(at), unlessHidden(err)
}

// unlessHidden passes on the errors that are faults of the reading. A process that has gone, or that hidepid keeps
// from us, is not one.
func unlessHidden(err error) error {
	_, hidden := errors.AsType[*NotPermittedError](err)
	if hidden || errors.Is(err, ErrNoProcess) {
		return nil
	}
	return err
}

// eachPID calls for every process that the proc file system lists, until the context ends or a call fails.
func (fs FS) eachPID(ctx context.Context, call func(pid int) error) error {
	dir, err := os.Open(fs.root + "/")
	if err != nil {
		return fmt.Errorf("list of processes: %w", err)
	}
	defer func() { _ = dir.Close() }()
	for {
		names, err := dir.Readdirnames(256)
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("list of processes: %w", err)
			}
			if pid, err := strconv.Atoi(name); err == nil {
				if err := call(pid); err != nil {
					return err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list of processes: %w", err)
		}
	}
}

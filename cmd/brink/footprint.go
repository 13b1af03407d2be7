package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// garbageShare is how much garbage may lie beside what lives before it is collected, in
// percent. Go's own is 100; a monitor makes little, and runs where memory is short. With
// 30 the dashboard held 0.7 MB less, and took a tenth more of the processor.
const garbageShare = 50

// stayLight keeps brink small on a host that is short of everything.
//
// One processor is enough for some milliseconds of work in a second, and a second one
// costs more than it gives: whenever a goroutine becomes ready, the scheduler wakes
// another thread to look for work that is not there. With one, the dashboard took
// three quarters of the processor time in the virtual machine (5.7 s instead of 7.7 s
// a minute), and guard less as well. Who sets GOMAXPROCS knows better.
//
// Resident memory stays near what is in use. Where transparent huge pages
// are always on, as Debian has them, the kernel backs the Go heap with pages of 2 MiB:
// of the 20 MiB that a dashboard with a heap of 5 MiB then held, 16 MiB were such pages,
// mostly empty (AnonHugePages in /proc/PID/smaps_rollup). A kernel that does not know
// the call (before 3.15) refuses it, which harms nobody. Programs that an exec sink
// starts inherit it (prctl(2), PR_SET_THP_DISABLE). heavy says that it was not asked for
// before, so that the memory of the start may be of such pages already.
func stayLight(env func(string) string) (heavy bool) {
	if env("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	debug.SetGCPercent(garbageShare)
	return wish(unix.PR_GET_THP_DISABLE, unix.PR_SET_THP_DISABLE, 1)
}

// hugePagesSetting says whether the kernel backs memory with pages of 2 MiB unasked
// (admin-guide/mm/transhuge.rst).
const hugePagesSetting = "/sys/kernel/mm/transparent_hugepage/enabled"

// timerSlack is how late the kernel may wake brink; 50 us unless it is asked (prctl(2),
// PR_SET_TIMERSLACK). As long as there is work, the monitor of the Go runtime sleeps
// 20 us at a time (sysmon in runtime/proc.go): fifty wakings a second in the virtual
// machine, more than all the rest. With this a quarter of the dashboard's processor time
// was saved.
//
// Nothing that brink waits for by the clock is finer. A kill and a key are told by
// descriptors that the runtime waits for (see keyboard); what is late by this much is
// that a system call which takes long gives the only processor to others. What brink
// starts has this slack as well.
const timerSlack = 20 * time.Millisecond

// startLight starts brink over for what stayLight comes too late for, in the commands
// that stay. The wishes outlive an exec(2), so the second start is the last one. It
// costs some ten milliseconds. Where it fails brink goes on as it is.
//
// The kernel may have backed the first memory with huge pages: 6 MiB of 33 in the
// virtual machine. And a thread has the slack of the one that began it, so that the
// monitor, which the runtime begins first, has it only from the start.
//
// A signal that came meanwhile has ended ctx, and would be lost.
func (p *program) startLight(ctx context.Context) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	hurried := wish(unix.PR_GET_TIMERSLACK, unix.PR_SET_TIMERSLACK, int(timerSlack))
	if !hurried && (!p.heavy || !alwaysHuge(hugePagesSetting)) {
		return
	}
	if program, err := os.Executable(); err == nil && ctx.Err() == nil {
		_ = unix.Exec(program, os.Args, os.Environ())
	}
}

// wish asks the kernel for a setting of this thread, and tells whether it is a new one.
func wish(get, set, value int) (isNew bool) {
	before, err := unix.PrctlRetInt(get, 0, 0, 0, 0)
	if err != nil || before == value || unix.Prctl(set, uintptr(value), 0, 0, 0) != nil {
		return false
	}
	after, err := unix.PrctlRetInt(get, 0, 0, 0, 0)
	return err == nil && after == value
}

// alwaysHuge reads the setting: the word in force stands in brackets.
func alwaysHuge(path string) bool {
	setting, err := os.ReadFile(path)
	return err == nil && strings.Contains(string(setting), "[always]")
}

// The pages of the program file are let go of when the start is over, and then now
// and again.
const (
	letGoFirst = 20 * time.Second
	letGoEvery = 30 * time.Second
)

// letGo keeps the program file from staying resident. Most of it was needed for the
// start only (commands, configuration, the schema of the record): of 19 MiB that were
// mapped in the virtual machine 15 came back in half a minute, since the kernel maps
// sixteen pages around each one that is touched, and 17 in five. What is needed again is mapped
// again, at the cost of some hundred soft faults; the rest is left to the kernel as page cache,
// which is the first to go where memory is short.
func letGo(ctx context.Context) {
	for wait := letGoFirst; ; wait = letGoEvery {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			letGoOfProgram()
		}
	}
}

func letGoOfProgram() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer func() { _ = maps.Close() }()
	for _, r := range constantRanges(maps, program) {
		// An error means that the pages stay, which harms nobody.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, r.start, r.end-r.start, unix.MADV_DONTNEED)
	}
}

// addresses is a range of memory.
type addresses struct{ start, end uintptr }

// constantRanges are the mappings of a program file that nobody can write to: those
// that can be had again from the file at any time (proc_pid_maps(5)).
func constantRanges(maps io.Reader, program string) []addresses {
	var list []addresses
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) != 6 || fields[5] != program || strings.Contains(fields[1], "w") {
			continue
		}
		var r addresses
		if _, err := fmt.Sscanf(fields[0], "%x-%x", &r.start, &r.end); err == nil && r.start < r.end {
			list = append(list, r)
		}
	}
	return list
}

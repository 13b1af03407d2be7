package main

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"
)

// children are single-threaded processes forked from the agent, one task each. (A Go program started anew would be five
// tasks, and a limit of 256 would hold some fifty of them.)
type children struct {
	mu   sync.Mutex // guards pids
	pids []int
}

// errRefused is the kernel's answer at the limit of tasks: fork fails with EAGAIN.
var errRefused = errors.New("fork refused")

// add forks n children and returns how many there could be.
func (c *children) add(n int, name string, fork func(string) (int, error)) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for made := range n {
		pid, err := fork(name)
		if err != nil {
			return made, err
		}
		c.pids = append(c.pids, pid)
	}
	return n, nil
}

// reap kills the children and waits for them, zombies included.
func (c *children) reap() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, pid := range c.pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	for _, pid := range c.pids {
		_, _ = syscall.Wait4(pid, nil, 0, nil) // Ours and not yet waited for: it returns at once or soon.
	}
	c.pids = nil
}

func (c *children) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pids)
}

// forkSleeper makes a child that waits until it is killed.
func forkSleeper(name string) (int, error) { return forkNamed(name, false) }

// forkZombie makes a child that ends at once.
func forkZombie(name string) (int, error) { return forkNamed(name, true) }

func forkNamed(name string, end bool) (int, error) {
	var comm [16]byte // TASK_COMM_LEN; the last byte stays NUL.
	copy(comm[:15], name)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, errno := rawFork(&comm, end)
	switch {
	case errno == syscall.EAGAIN:
		return 0, errRefused
	case errno != 0:
		return 0, fmt.Errorf("fork: %w", errno)
	}
	return pid, nil
}

const (
	prSetName       = 15 // PR_SET_NAME, prctl(2)
	sigSetMask      = 2  // SIG_SETMASK, rt_sigprocmask(2)
	signalSetLength = 8
)

// rawFork forks without exec, which Go does not offer: in the child only the calling thread exists, so nothing of the
// Go runtime may run there. The child therefore does system calls and no more, and has every signal blocked, or a
// handler of the runtime would run. The same technique is in the standard library (syscall/exec_linux.go, forkAndExecInChild).
//
//go:nosplit
//go:norace
//nolint:errcheck // The child has nobody to tell, and blocking signals does not fail.
func rawFork(comm *[16]byte, end bool) (int, syscall.Errno) {
	all, old := ^uint64(0), uint64(0)
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigSetMask,
		uintptr(unsafe.Pointer(&all)), uintptr(unsafe.Pointer(&old)), signalSetLength, 0, 0)
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno == 0 && pid == 0 {
		syscall.RawSyscall(syscall.SYS_PRCTL, prSetName, uintptr(unsafe.Pointer(comm)), 0)
		for {
			if end {
				syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
			}
			syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0) // Without descriptors and timeout: for ever.
		}
	}
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigSetMask, uintptr(unsafe.Pointer(&old)), 0, signalSetLength, 0, 0)
	return int(pid), errno
}

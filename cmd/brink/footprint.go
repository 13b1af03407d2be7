package main

import (
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// garbageShare is how much garbage may lie beside what lives before it is collected, in
// percent. Go's own is 100; a monitor makes little, and runs where memory is short.
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
// starts inherit it (prctl(2), PR_SET_THP_DISABLE).
func stayLight(env func(string) string) {
	if env("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	debug.SetGCPercent(garbageShare)
	_ = unix.Prctl(unix.PR_SET_THP_DISABLE, 1, 0, 0, 0)
}

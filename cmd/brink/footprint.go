package main

import (
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// garbageShare is how much garbage may lie beside what lives before it is collected, in
// percent. Go's own is 100; a monitor makes little, and runs where memory is short.
const garbageShare = 50

// stayLight keeps the resident memory near what is in use. Where transparent huge pages
// are always on, as Debian has them, the kernel backs the Go heap with pages of 2 MiB:
// of the 20 MiB that a dashboard with a heap of 5 MiB then held, 16 MiB were such pages,
// mostly empty (AnonHugePages in /proc/PID/smaps_rollup). A kernel that does not know
// the call (before 3.15) refuses it, which harms nobody. Programs that an exec sink
// starts inherit it (prctl(2), PR_SET_THP_DISABLE).
func stayLight() {
	debug.SetGCPercent(garbageShare)
	_ = unix.Prctl(unix.PR_SET_THP_DISABLE, 1, 0, 0, 0)
}

package main

import (
	"log/slog"

	"golang.org/x/sys/unix"

	"brink/collectors"
)

// Shares of the descriptors that the process may have. The rest is for one
// directory a container, the engine, sinks, the log and the terminal.
const (
	// mostKept is enough for a thousand containers with every file open; what is
	// kept costs the kernel a page each, and so has an end where the limit has none.
	mostKept = 16384
	// leastSpare is what has to be left when somebody asks for more.
	leastSpare = 64
)

// descriptorLimit is how many descriptors the process may have. Go has raised the
// soft limit to the hard one by now (package os does, since 1.19).
func descriptorLimit() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return limit.Cur
}

// keptDescriptors returns how many cgroup files are kept open under a limit, for
// cgroupfs.Options: what the configuration says, as far as the limit goes, or else
// half of the limit.
func keptDescriptors(configured collectors.Opt[int], limit uint64, log *slog.Logger) int {
	asked, given := configured.Get()
	if !given {
		return orNone(int(min(limit/2, mostKept)))
	}
	spare := max(limit/8, leastSpare)
	if most := limit - min(spare, limit); uint64(asked) > most {
		log.Warn("fewer cgroup files are kept open than the configuration says", "descriptors", most, "limit", limit)
		asked = int(most)
	}
	return orNone(asked)
}

// orNone writes no descriptors as cgroupfs.Options has it.
func orNone(descriptors int) int {
	if descriptors == 0 {
		return -1
	}
	return descriptors
}

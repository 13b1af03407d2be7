package sources

import (
	"math"
	"time"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// processUsage remembers how much CPU time each process of a container had used at
// the last reading of the list, so that the next one can tell the use between them.
type processUsage struct {
	at   time.Time
	used map[int]cpuUsed
}

// cpuUsed is the CPU time of one process. When it began tells it from another one
// that has got the same number since.
type cpuUsed struct {
	started, total time.Duration
}

// take fills in the use of CPU since the last reading, and remembers this one. The
// list is of the processes, in their order.
func (u *processUsage) take(list []collectors.Process, processes []hostfs.Process, at time.Time) {
	elapsed := at.Sub(u.at)
	now := make(map[int]cpuUsed, len(processes))
	for i := range processes {
		used := cpuUsed{started: processes[i].Started, total: processes[i].User + processes[i].System}
		before, known := u.used[processes[i].PID]
		if known && elapsed > 0 && before.started == used.started && used.total >= before.total {
			list[i].Cores = collectors.Some(coresOver(used.total-before.total, elapsed))
		}
		now[processes[i].PID] = used
	}
	u.at, u.used = at, now
}

// coresOver returns the use of CPU in steps of a hundredth: the kernel tells the time
// used in steps of 10 ms, so that more digits would be noise.
func coresOver(used, elapsed time.Duration) collectors.Cores {
	const steps = 100
	return collectors.Cores(math.Round(used.Seconds()/elapsed.Seconds()*steps) / steps)
}

package blocktest

import (
	"time"

	"brink/collectors"
)

const (
	page         = 4096
	scaledOne    = 10000
	tick         = 10 * time.Millisecond
	processCount = 20
	firstPID     = 4100
	id           = "3f1c5d2a9b8e47606d1f0c2b4a69788796a5b4c3d2e1f00f1e2d3c4b5a697887"
)

func pages(count uint64) collectors.Opt[collectors.Bytes] {
	return collectors.Some(collectors.Bytes(count * page))
}

func micro(count uint64) collectors.Opt[time.Duration] {
	return collectors.Some(time.Duration(count) * time.Microsecond)
}

// container is the reading of now.
func (a *Agent) container(at time.Time) collectors.ContainerCounters {
	l := &a.load
	return collectors.ContainerCounters{
		Identity: collectors.Identity{
			Key: "openclaw-agent", ID: id, Image: "openclaw/openclaw:latest",
			State: collectors.StateRunning, Health: collectors.HealthHealthy,
			StartedAt:    collectors.Some(time.Date(2026, 3, 1, 8, 0, 0, 123456789, time.UTC)),
			RestartCount: collectors.Some(2), PID: collectors.Some(firstPID),
			CgroupPath: "/system.slice/docker-" + id + ".scope",
		},
		Incarnation: 8421, FreshAt: at,
		Memory: collectors.Some(a.memoryLevels(l)),
		CPU: collectors.Some(collectors.CPUCounters{
			At: at, Usage: micro(l.user + l.system + a.random.Uint64N(2)), User: micro(l.user), System: micro(l.system),
			Periods: collectors.Some(l.periods), ThrottledPeriods: collectors.Some(l.throttled), Throttled: micro(l.waited),
			Limit: collectors.LimitOf[collectors.Cores](1.5),
		}),
		Pids:     collectors.Some(a.pids()),
		Pressure: collectors.Some(l.pressure()),
		IO: collectors.Some(collectors.IOCounters{
			At: at, ReadBytes: collectors.Some(l.read), WriteBytes: collectors.Some(l.written),
			ReadOps: collectors.Some(l.reads), WriteOps: collectors.Some(l.writes),
		}),
		Network: collectors.Some(collectors.NetworkCounters{
			At: at, ReceiveBytes: collectors.Some(l.received), TransmitBytes: collectors.Some(l.sent),
			ReceiveDropped: collectors.Some[uint64](0), TransmitDropped: collectors.Some[uint64](0),
		}),
		Tmpfs: collectors.Some(a.mounts(l)),
		Origin: map[collectors.Group]string{
			collectors.GroupState: "docker", collectors.GroupMemory: "cgroup", collectors.GroupCPU: "cgroup",
			collectors.GroupPids: "cgroup", collectors.GroupPressure: "cgroup", collectors.GroupIO: "cgroup",
			collectors.GroupNetwork: "proc", collectors.GroupTmpfs: "proc",
		},
		Missing: []collectors.Missing{{
			Group: collectors.GroupKernelLog, Source: "kernel log",
			Why: "/dev/kmsg: permission denied; root, or the group adm, may read it",
		}},
	}
}

// memoryLevels adds the parts up as the kernel does: the pages on the lists lack a
// few that are on their way, and the whole holds what each CPU has in stock.
func (a *Agent) memoryLevels(l *load) collectors.MemoryLevels {
	file := l.inactive + l.active + l.shmem + a.random.Uint64N(16)
	kernel := l.stack + l.tables + (l.slab+l.unslab)/page + 300 + a.random.Uint64N(20)
	current := l.anon + file + kernel + l.sock + a.random.Uint64N(128)
	l.peak = max(l.peak, current)
	return collectors.MemoryLevels{
		Current: pages(current), Limit: collectors.LimitOf[collectors.Bytes](2 << 30),
		High: collectors.Unlimited[collectors.Bytes](), Peak: pages(l.peak),
		Swap: pages(0), SwapLimit: collectors.LimitOf[collectors.Bytes](0),
		Stat: collectors.MemoryStat{
			Anon: pages(l.anon), File: pages(file), Shmem: pages(l.shmem), Kernel: pages(kernel),
			KernelStack: pages(l.stack), PageTables: pages(l.tables), PerCPU: collectors.Some[collectors.Bytes](41_216),
			SlabReclaimable:   collectors.Some(collectors.Bytes(l.slab &^ 7)),
			SlabUnreclaimable: collectors.Some(collectors.Bytes(l.unslab &^ 7)),
			Sock:              pages(l.sock), InactiveFile: pages(l.inactive), ActiveFile: pages(l.active),
		},
		Events: collectors.MemoryEvents{
			Max: collectors.Some(l.max), OOM: collectors.Some[uint64](1),
			OOMKill: collectors.Some[uint64](1), LocalOOM: collectors.Some[uint64](1),
		},
	}
}

func (a *Agent) pids() collectors.PidsLevels {
	threads := uint64(0)
	for _, process := range a.processes {
		threads += uint64(process.threads)
	}
	threads += a.random.Uint64N(3)
	return collectors.PidsLevels{
		Current: collectors.Some(threads + 1), Limit: collectors.LimitOf[uint64](256), Peak: collectors.Some[uint64](190),
		Refused: collectors.Some[uint64](0), Processes: collectors.Some[uint64](processCount), Threads: collectors.Some(threads),
	}
}

func (l *load) pressure() collectors.Pressure {
	var lines [3]collectors.PressureLines
	for i := range lines {
		average := func(which int) collectors.Opt[collectors.Ratio] {
			return collectors.Some(collectors.Ratio(float64(l.average[i*6+which]) / scaledOne))
		}
		lines[i] = collectors.PressureLines{
			SomeAvg10: average(0), SomeAvg60: average(1), SomeAvg300: average(2),
			SomeTotal: collectors.Some(collectors.Seconds(l.stall[i*2]) * collectors.Seconds(time.Microsecond)),
			FullAvg10: average(3), FullAvg60: average(4), FullAvg300: average(5),
			FullTotal: collectors.Some(collectors.Seconds(l.stall[i*2+1]) * collectors.Seconds(time.Microsecond)),
		}
	}
	return collectors.Pressure{Memory: lines[0], CPU: lines[1], IO: lines[2]}
}

// mounts are those of the hardened deployment.
func (a *Agent) mounts(l *load) []collectors.TmpfsLevel {
	return []collectors.TmpfsLevel{
		{Mount: "/tmp", Used: pages(l.shmem), Size: collectors.Some[collectors.Bytes](256 << 20)},
		{Mount: "/run", Used: pages(6), Size: collectors.Some[collectors.Bytes](64 << 20)},
		{Mount: "/dev/shm", Used: pages(0), Size: collectors.Some[collectors.Bytes](64 << 20)},
	}
}

// worker is one process.
type worker struct {
	pid, threads int
	name         string
	rss, tables  uint64
	used         time.Duration
	busy         bool
}

func (a *Agent) worker(number int) worker {
	names := []string{"node", "node", "chrome", "chrome", "python3", "bash", "git", "rg"}
	return worker{
		pid: firstPID + number*7, threads: 1 + a.random.IntN(12), name: names[number%len(names)],
		rss: 2_000 + a.random.Uint64N(40_000), tables: 30 + a.random.Uint64N(200),
		used: tick * time.Duration(a.random.IntN(100_000)), busy: number%3 == 0,
	}
}

// look reads the list of processes; now and then one of them is a new one.
func (a *Agent) look() []collectors.Process {
	if a.chance(3) {
		replaced := 1 + a.random.IntN(processCount-1)
		last := a.processes[len(a.processes)-1].pid
		a.processes = append(a.processes[:replaced], a.processes[replaced+1:]...)
		a.processes = append(a.processes, a.worker((last-firstPID)/7+1+a.random.IntN(9)))
	}
	list := make([]collectors.Process, 0, len(a.processes))
	for i := range a.processes {
		list = append(list, a.process(&a.processes[i]))
	}
	return list
}

func (a *Agent) process(w *worker) collectors.Process {
	cores := collectors.Cores(0)
	if w.busy {
		ticks := a.random.IntN(200)
		w.used += tick * time.Duration(ticks)
		cores = collectors.Cores(float64(ticks/2) / 100)
		a.drift(&w.rss, 400)
		a.drift(&w.tables, 3)
	}
	return collectors.Process{
		PID: w.pid, PPID: firstPID, Name: w.name, State: "S", Threads: collectors.Some(w.threads),
		RSS: pages(w.rss), Swap: pages(0), PageTables: pages(w.tables),
		CPU: collectors.Some(collectors.Seconds(w.used)), Cores: collectors.Some(cores), OOMScoreAdj: collectors.Some(0),
	}
}

package dockerdtest

import (
	"net/http"
	"time"

	"github.com/moby/moby/api/types/container"
)

// Stats is what the engine measures of a running container.
type Stats struct {
	// Cores is how fast CPU time grows: CPUs in use.
	Cores float64
	// CPU is the CPU time so far.
	CPU time.Duration
	// Periods, Throttled and ThrottledTime are about the quota.
	Periods, ThrottledPeriods uint64
	ThrottledTime             time.Duration
	// Memory in bytes.
	MemoryUsage, Anon, InactiveFile, Shmem uint64
	Pids                                   uint64
	// Networks by interface name; nil for none.
	Networks map[string]container.NetworkStats
	// ReadBytes and WriteBytes are block I/O; both 0 list no device.
	ReadBytes, WriteBytes uint64
}

// idleStats are those of a container that has just started.
func idleStats() Stats {
	return Stats{
		CPU: 40 * time.Millisecond, Cores: 0.02,
		MemoryUsage: 24 << 20, Anon: 12 << 20, InactiveFile: 6 << 20, Pids: 3,
		Networks: map[string]container.NetworkStats{"eth0": {RxBytes: 1000, TxBytes: 500}},
	}
}

// hostMemory is what the engine reports as the limit where there is none.
const hostMemory = 16 << 30

func (e *Engine) serveStats(w http.ResponseWriter, r *http.Request, name string) {
	query := r.URL.Query()
	if query.Get("stream") != "true" {
		document, _ := e.frame(name)
		reply(w, document)
		return
	}
	if e.config.Flavor == Podman && query.Get("one-shot") == "true" {
		refuse(w, http.StatusBadRequest, "invalid combination of stream and one-shot")
		return
	}
	stream := e.stream(w)
	pause := time.NewTicker(e.config.StatsPeriod)
	defer pause.Stop()
	for {
		document, ok := e.frame(name)
		if !ok {
			return
		}
		stream.document(document)
		stream.flush()
		select {
		case <-pause.C:
		case <-stream.cut:
			e.cutOff(w, r)
			return
		case <-r.Context().Done():
			return
		}
	}
}

// frame is the next stats document; ok is false when the container is gone.
func (e *Engine) frame(name string) (document container.StatsResponse, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.find(name)
	if s == nil {
		return container.StatsResponse{}, false
	}
	document = container.StatsResponse{ID: s.id, Name: "/" + s.Name, OSType: "linux"}
	if s.status != "running" && s.status != "paused" {
		return document, true
	}
	document.Read = e.tick(time.Second)
	if !s.lastRead.IsZero() && s.status == "running" {
		s.stats.CPU += time.Duration(s.stats.Cores * float64(document.Read.Sub(s.lastRead)))
	}
	s.lastRead = document.Read
	s.fill(&document, e.config.Flavor)
	return document, true
}

func (s *state) fill(document *container.StatsResponse, flavor Flavor) {
	document.CPUStats = s.cpuStats(flavor)
	document.MemoryStats = s.memoryStats(flavor)
	document.PidsStats = container.PidsStats{Current: s.stats.Pids, Limit: s.pidsLimit(flavor)}
	document.Networks = s.stats.Networks
	if s.stats.ReadBytes+s.stats.WriteBytes > 0 {
		read, write := "read", "write"
		if flavor == CgroupV1 {
			read, write = "Read", "Write"
		}
		document.BlkioStats.IoServiceBytesRecursive = []container.BlkioStatEntry{
			{Major: 254, Op: read, Value: s.stats.ReadBytes},
			{Major: 254, Op: write, Value: s.stats.WriteBytes},
		}
	}
}

func (s *state) cpuStats(flavor Flavor) container.CPUStats {
	stats := container.CPUStats{
		CPUUsage: container.CPUUsage{
			TotalUsage: uint64(s.stats.CPU), UsageInUsermode: uint64(s.stats.CPU / 4 * 3), UsageInKernelmode: uint64(s.stats.CPU / 4),
		},
		OnlineCPUs: 2,
	}
	if flavor == CgroupV1 {
		stats.CPUUsage.PercpuUsage = []uint64{uint64(s.stats.CPU / 2), uint64(s.stats.CPU - s.stats.CPU/2)}
	}
	if flavor != Podman {
		stats.ThrottlingData = container.ThrottlingData{
			Periods: s.stats.Periods, ThrottledPeriods: s.stats.ThrottledPeriods, ThrottledTime: uint64(s.stats.ThrottledTime),
		}
	}
	return stats
}

func (s *state) memoryStats(flavor Flavor) container.MemoryStats {
	stats := container.MemoryStats{Usage: s.stats.MemoryUsage, Limit: hostMemory}
	if s.Memory > 0 {
		stats.Limit = uint64(s.Memory)
	}
	file := s.stats.InactiveFile + s.stats.Shmem
	switch flavor {
	case CgroupV1:
		stats.MaxUsage = s.stats.MemoryUsage
		stats.Stats = map[string]uint64{
			"cache": file, "total_cache": file, "rss": s.stats.Anon, "total_rss": s.stats.Anon,
			"inactive_file": s.stats.InactiveFile, "total_inactive_file": s.stats.InactiveFile, "total_active_file": 0, "total_pgmajfault": 0,
			"hierarchical_memory_limit": stats.Limit,
		}
	case CgroupV2:
		kernel := s.stats.MemoryUsage - min(s.stats.MemoryUsage, s.stats.Anon+file)
		stats.Stats = map[string]uint64{
			"anon": s.stats.Anon, "file": file, "shmem": s.stats.Shmem, "inactive_file": s.stats.InactiveFile, "active_file": 0,
			"kernel_stack": kernel / 4, "slab": kernel / 2, "slab_reclaimable": kernel / 4, "slab_unreclaimable": kernel / 4,
			"sock": 0, "pgmajfault": 0,
		}
	case Podman:
	}
	return stats
}

// pidsLimit is the largest integer for no limit, and on Podman always 0.
func (s *state) pidsLimit(flavor Flavor) uint64 {
	switch {
	case flavor == Podman:
		return 0
	case s.Pids > 0:
		return uint64(s.Pids)
	default:
		return ^uint64(0)
	}
}

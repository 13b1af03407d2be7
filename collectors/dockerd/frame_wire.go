package dockerd

import (
	"encoding/json"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// statsWire is the part of a stats document that brink uses. Decoding it costs
// half of what the engine's full type costs.
type statsWire struct {
	ID       string             `json:"id"`
	Name     string             `json:"name"`
	Read     time.Time          `json:"read"`
	CPU      cpuWire            `json:"cpu_stats"`
	Memory   memoryWire         `json:"memory_stats"`
	Pids     pidsWire           `json:"pids_stats"`
	Networks map[string]Traffic `json:"networks"`
	BlockIO  struct {
		ServiceBytes []struct {
			Op    string `json:"op"`
			Value uint64 `json:"value"`
		} `json:"io_service_bytes_recursive"`
	} `json:"blkio_stats"`
}

type cpuWire struct {
	Usage struct {
		Total  *uint64 `json:"total_usage"`
		User   *uint64 `json:"usage_in_usermode"`
		System *uint64 `json:"usage_in_kernelmode"`
		// PerCPU is sent on cgroup v1 only.
		PerCPU []uint64 `json:"percpu_usage"`
	} `json:"cpu_usage"`
	Online     *int `json:"online_cpus"`
	Throttling struct {
		Periods          *uint64 `json:"periods"`
		ThrottledPeriods *uint64 `json:"throttled_periods"`
		ThrottledTime    *uint64 `json:"throttled_time"`
	} `json:"throttling_data"`
}

type memoryWire struct {
	Usage     *uint64  `json:"usage"`
	Limit     *uint64  `json:"limit"`
	MaxUsage  *uint64  `json:"max_usage"`
	FailCount *uint64  `json:"failcnt"`
	Stats     statWire `json:"stats"`
}

// statWire is memory.stat. Only the keys in use are named: a map of all forty
// would cost more than the rest of the document.
type statWire struct {
	// cgroup v2.
	Anon              *uint64 `json:"anon"`
	File              *uint64 `json:"file"`
	Shmem             *uint64 `json:"shmem"`
	InactiveFile      *uint64 `json:"inactive_file"`
	ActiveFile        *uint64 `json:"active_file"`
	KernelStack       *uint64 `json:"kernel_stack"`
	Slab              *uint64 `json:"slab"`
	SlabReclaimable   *uint64 `json:"slab_reclaimable"`
	SlabUnreclaimable *uint64 `json:"slab_unreclaimable"`
	Sock              *uint64 `json:"sock"`
	MajorFaults       *uint64 `json:"pgmajfault"`
	// cgroup v1. Those with total_ include the sub-cgroups, as all do on v2.
	Cache             *uint64 `json:"cache"`
	TotalRSS          *uint64 `json:"total_rss"`
	TotalCache        *uint64 `json:"total_cache"`
	TotalInactiveFile *uint64 `json:"total_inactive_file"`
	TotalActiveFile   *uint64 `json:"total_active_file"`
	TotalMajorFaults  *uint64 `json:"total_pgmajfault"`
}

type pidsWire struct {
	Current *uint64 `json:"current"`
	Limit   *uint64 `json:"limit"`
}

// decodeFrame reads one stats document; without a measurement in it the error is
// ErrNoData.
func decodeFrame(data []byte) (Frame, error) {
	var w statsWire
	if err := json.Unmarshal(data, &w); err != nil {
		return Frame{}, err
	}
	return w.frame()
}

// frame is ErrNoData for a container that does not run: the engine goes on
// sending documents with a read time in the year 1 and nothing but the name, or,
// as other engines do, zeros.
func (w *statsWire) frame() (Frame, error) {
	if w.Read.IsZero() || w.nothingRuns() {
		return Frame{ID: clip(w.ID, maxName), Name: engineName(w.Name)}, ErrNoData
	}
	f := Frame{
		ID:      clip(w.ID, maxName),
		Name:    engineName(w.Name),
		Read:    w.Read,
		Cgroup:  w.cgroup(),
		CPU:     w.CPU.cpu(),
		Pids:    Pids{Current: notZero(w.Pids.Current), Limit: pidsLimit(w.Pids.Limit)},
		Network: w.network(),
		BlockIO: w.blockIO(),
	}
	f.Memory = w.Memory.memory(f.Cgroup)
	return f, nil
}

// nothingRuns is true when neither CPU time, nor memory, nor a task was counted:
// no running container is like that.
func (w *statsWire) nothingRuns() bool {
	for _, value := range []*uint64{w.CPU.Usage.Total, w.Memory.Usage, w.Pids.Current} {
		if value != nil && *value > 0 {
			return false
		}
	}
	return true
}

// cgroup tells the version by what only one of them has.
func (w *statsWire) cgroup() CgroupVersion {
	switch {
	case w.Memory.Stats.Anon != nil:
		return CgroupV2
	case w.Memory.Stats.Cache != nil, len(w.CPU.Usage.PerCPU) > 0:
		return CgroupV1
	default:
		return CgroupUnknown
	}
}

func (w *cpuWire) cpu() CPU {
	return CPU{
		Usage:            nanos(w.Usage.Total),
		User:             nanos(w.Usage.User),
		System:           nanos(w.Usage.System),
		Periods:          optional(w.Throttling.Periods),
		ThrottledPeriods: optional(w.Throttling.ThrottledPeriods),
		Throttled:        nanos(w.Throttling.ThrottledTime),
		Online:           optional(w.Online),
	}
}

// memory reads the keys of the version.
func (w *memoryWire) memory(version CgroupVersion) Memory {
	m := Memory{Usage: notZero(w.Usage), Limit: notZero(w.Limit), FailCount: optional(w.FailCount)}
	if version == CgroupV1 {
		m.Peak = notZero(w.MaxUsage)
		w.Stats.fillV1(&m)
		return m
	}
	w.Stats.fillV2(&m)
	return m
}

func (w *statWire) fillV1(m *Memory) {
	m.Anon, m.File = optional(w.TotalRSS), optional(w.TotalCache)
	m.InactiveFile, m.ActiveFile = optional(w.TotalInactiveFile), optional(w.TotalActiveFile)
	m.MajorFaults = optional(w.TotalMajorFaults)
}

func (w *statWire) fillV2(m *Memory) {
	m.Anon, m.File, m.Shmem = optional(w.Anon), optional(w.File), optional(w.Shmem)
	m.InactiveFile, m.ActiveFile = optional(w.InactiveFile), optional(w.ActiveFile)
	m.KernelStack, m.Slab, m.Sock = optional(w.KernelStack), optional(w.Slab), optional(w.Sock)
	m.SlabReclaimable, m.SlabUnreclaimable = optional(w.SlabReclaimable), optional(w.SlabUnreclaimable)
	m.MajorFaults = optional(w.MajorFaults)
}

func (w *statsWire) network() Opt[Network] {
	if len(w.Networks) == 0 {
		return Opt[Network]{}
	}
	var n Network
	for _, name := range slices.Sorted(maps.Keys(w.Networks)) {
		traffic := w.Networks[name]
		n.Total.add(traffic)
		if len(n.Interfaces) < maxInterfaces {
			n.Interfaces = append(n.Interfaces, Interface{Name: clip(name, maxName), Traffic: traffic})
		}
	}
	return Some(n)
}

func (t *Traffic) add(other Traffic) {
	t.ReceiveBytes = sum(t.ReceiveBytes, other.ReceiveBytes)
	t.ReceivePackets = sum(t.ReceivePackets, other.ReceivePackets)
	t.ReceiveErrors = sum(t.ReceiveErrors, other.ReceiveErrors)
	t.ReceiveDropped = sum(t.ReceiveDropped, other.ReceiveDropped)
	t.TransmitBytes = sum(t.TransmitBytes, other.TransmitBytes)
	t.TransmitPackets = sum(t.TransmitPackets, other.TransmitPackets)
	t.TransmitErrors = sum(t.TransmitErrors, other.TransmitErrors)
	t.TransmitDropped = sum(t.TransmitDropped, other.TransmitDropped)
}

// blockIO sums reads and writes. cgroup v1 writes the operations with a capital
// letter and adds Sync, Async, Discard and Total, which overlap.
func (w *statsWire) blockIO() Opt[BlockIO] {
	if len(w.BlockIO.ServiceBytes) == 0 {
		return Opt[BlockIO]{}
	}
	var b BlockIO
	for _, entry := range w.BlockIO.ServiceBytes {
		switch {
		case strings.EqualFold(entry.Op, "read"):
			b.ReadBytes = sum(b.ReadBytes, entry.Value)
		case strings.EqualFold(entry.Op, "write"):
			b.WriteBytes = sum(b.WriteBytes, entry.Value)
		}
	}
	return Some(b)
}

// sum stays at the largest integer instead of starting over.
func sum(a, b uint64) uint64 {
	total, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return total
}

// nanos reads a time in nanoseconds. One that is too long for a Duration (292
// years of CPU time) is absent.
func nanos(n *uint64) Opt[time.Duration] {
	if n == nil || *n > math.MaxInt64 {
		return Opt[time.Duration]{}
	}
	return Some(time.Duration(*n))
}

// notZero is for levels that cannot be 0 while a container runs: the engine
// writes 0 where a controller is missing.
func notZero(n *uint64) Opt[uint64] {
	if n == nil || *n == 0 {
		return Opt[uint64]{}
	}
	return Some(*n)
}

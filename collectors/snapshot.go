package collectors

import "time"

// Snapshot is one moment of everything brink follows, derived and ready to be
// judged, drawn and written: the field tags are the JSON that the commands print.
// A value that is absent is left out; an unlimited limit is "unlimited". A
// snapshot is never changed after it was made, so it may be shared.
type Snapshot struct {
	At time.Time `json:"at"`
	// Interval is the measured time over which rates were taken; absent in the
	// first snapshot, which has no rates.
	Interval Opt[Seconds] `json:"interval_seconds,omitzero"`
	// MissedSlots counts the slots that passed without a reading since the
	// sampler began, because the host was too busy or asleep.
	MissedSlots uint64            `json:"missed_slots"`
	Host        HostCounters      `json:"host"`
	Containers  []ContainerSample `json:"containers"`
	Waiting     []Waiting         `json:"waiting,omitempty"`
	// Sources tells how the sources fare as a whole; each container has its own
	// list as well.
	Sources []SourceHealth `json:"sources,omitempty"`
	// News are the events that are new, or were amended, since the snapshot
	// before.
	News []Event `json:"events,omitempty"`
	// Story is every event the ledger still holds, oldest first. A screen may miss
	// snapshots; it never misses an event.
	Story []Event `json:"-"`
}

// ContainerSample is one container at one moment.
type ContainerSample struct {
	ID           string         `json:"id,omitempty"`
	Name         string         `json:"name"`
	Image        string         `json:"image,omitempty"`
	State        State          `json:"state,omitempty"`
	Health       Health         `json:"health,omitempty"`
	StartedAt    Opt[time.Time] `json:"started_at,omitzero"`
	FinishedAt   Opt[time.Time] `json:"finished_at,omitzero"`
	ExitCode     Opt[int]       `json:"exit_code,omitzero"`
	RestartCount Opt[int]       `json:"restart_count,omitzero"`
	// Recreated is true in the first snapshot in which another container answers
	// to the same name.
	Recreated  bool   `json:"recreated"`
	CgroupPath string `json:"cgroup_path,omitempty"`
	// Stale is the age of the counters when the sources gave none this time;
	// absent while they are fresh, and for a container that is not running.
	Stale Opt[Seconds] `json:"stale_seconds,omitzero"`

	Memory    MemorySample   `json:"memory"`
	CPU       CPUSample      `json:"cpu"`
	Pids      PidsSample     `json:"pids"`
	Pressure  Pressure       `json:"pressure,omitzero"`
	IO        IOSample       `json:"io"`
	Network   NetworkSample  `json:"network"`
	Tmpfs     []TmpfsSample  `json:"tmpfs,omitempty"`
	Processes []Process      `json:"processes,omitempty"`
	Sources   []SourceHealth `json:"sources,omitempty"`
	// Drift is in what it is shut in worse than it was, the gravest first; absent where
	// no audit has looked. It is not read but judged, see the package alerts/audit.
	Drift Opt[[]Drift] `json:"-"`
}

// MemorySample is memory against its limit. Three numbers compete for the name
// "used"; all three are here.
type MemorySample struct {
	// Current is what the kernel compares with the limit, page cache included.
	Current Opt[Bytes]   `json:"current_bytes,omitzero"`
	Limit   Limit[Bytes] `json:"limit_bytes,omitzero"`
	// LimitedBy names the parent cgroup whose limit binds; empty for its own.
	LimitedBy string `json:"limited_by,omitempty"`
	// WorkingSet is Current less the inactive page cache: what `docker stats` shows.
	WorkingSet Opt[Bytes] `json:"working_set_bytes,omitzero"`
	// Unreclaimable is what the kernel cannot free without killing, when there is
	// no swap: anon + shmem + sock + unreclaimable kernel memory. Rules judge this.
	Unreclaimable      Opt[Bytes] `json:"unreclaimable_bytes,omitzero"`
	UnreclaimableRatio Opt[Ratio] `json:"unreclaimable_ratio,omitzero"`
	// Headroom is Limit less Unreclaimable.
	Headroom        Opt[Bytes]   `json:"headroom_bytes,omitzero"`
	Anon            Opt[Bytes]   `json:"anon_bytes,omitzero"`
	File            Opt[Bytes]   `json:"file_bytes,omitzero"`
	Shmem           Opt[Bytes]   `json:"shmem_bytes,omitzero"`
	Kernel          Opt[Bytes]   `json:"kernel_bytes,omitzero"`
	SlabReclaimable Opt[Bytes]   `json:"slab_reclaimable_bytes,omitzero"`
	Sock            Opt[Bytes]   `json:"sock_bytes,omitzero"`
	High            Limit[Bytes] `json:"high_bytes,omitzero"`
	Peak            Opt[Bytes]   `json:"peak_bytes,omitzero"`
	Swap            Opt[Bytes]   `json:"swap_bytes,omitzero"`
	SwapLimit       Limit[Bytes] `json:"swap_limit_bytes,omitzero"`
	// Trend is present only while unreclaimable memory follows a line.
	Trend
	// Events are counts since the container started.
	MemoryEventCounts
}

// Trend is how unreclaimable memory moves.
type Trend struct {
	// Growth is the slope over the last half minute, or over its last quarter when
	// memory has taken another course since; absent while neither is a line.
	// Negative is shrinking.
	Growth Opt[BytesPerSec] `json:"growth_bytes_per_second,omitzero"`
	// FullIn is Headroom divided by Growth; absent unless memory grows, is more than
	// half full, has been watched for ten seconds and is higher than ever in the last
	// ten minutes, so that a start, a cache fill and a garbage collector do not cry
	// wolf.
	FullIn Opt[Seconds] `json:"full_in_seconds,omitzero"`
}

// MemoryEventCounts are the counts of memory.events since the container started.
type MemoryEventCounts struct {
	MaxEvents Opt[uint64] `json:"max_events,omitzero"`
	OOMEvents Opt[uint64] `json:"oom_events,omitzero"`
	OOMKills  Opt[uint64] `json:"oom_kills,omitzero"`
}

// CPUSample is CPU use against the quota.
type CPUSample struct {
	Cores     Opt[Cores]   `json:"cores,omitzero"`
	Limit     Limit[Cores] `json:"limit_cores,omitzero"`
	LimitedBy string       `json:"limited_by,omitempty"`
	OfLimit   Opt[Ratio]   `json:"of_limit_ratio,omitzero"`
	User      Opt[Cores]   `json:"user_cores,omitzero"`
	System    Opt[Cores]   `json:"system_cores,omitzero"`
	// Periods and ThrottledPeriods are counts since the container started.
	Periods          Opt[uint64] `json:"periods,omitzero"`
	ThrottledPeriods Opt[uint64] `json:"throttled_periods,omitzero"`
	// ThrottledRatio is the share of the interval's periods that were throttled;
	// absent when no period ran, because idle is not 0 %.
	ThrottledRatio Opt[Ratio] `json:"throttled_ratio,omitzero"`
	// ThrottledCores is throttled time per second, summed over CPUs: it can pass 1.
	ThrottledCores Opt[Cores] `json:"throttled_cores,omitzero"`
}

// PidsSample is tasks against the limit of tasks.
type PidsSample struct {
	Current   Opt[uint64]   `json:"current,omitzero"`
	Limit     Limit[uint64] `json:"limit,omitzero"`
	LimitedBy string        `json:"limited_by,omitempty"`
	OfLimit   Opt[Ratio]    `json:"of_limit_ratio,omitzero"`
	Peak      Opt[uint64]   `json:"peak,omitzero"`
	// Refused counts the forks that the limit refused since the container started.
	Refused   Opt[uint64] `json:"refused,omitzero"`
	Processes Opt[uint64] `json:"processes,omitzero"`
	Threads   Opt[uint64] `json:"threads,omitzero"`
	// Zombies are tasks that ended and that nobody has reaped: Current less
	// Threads, since cgroup.threads does not list them and pids.current does.
	Zombies Opt[uint64] `json:"zombies,omitzero"`
	// FullIn is when the limit will be reached if the tasks go on growing; absent
	// under the conditions of [Trend].
	FullIn Opt[Seconds] `json:"full_in_seconds,omitzero"`
}

// IOSample is disk traffic.
type IOSample struct {
	Read     Opt[BytesPerSec] `json:"read_bytes_per_second,omitzero"`
	Write    Opt[BytesPerSec] `json:"write_bytes_per_second,omitzero"`
	ReadOps  Opt[PerSec]      `json:"read_ops_per_second,omitzero"`
	WriteOps Opt[PerSec]      `json:"write_ops_per_second,omitzero"`
}

// NetworkSample is network traffic; the drops are counts since the start.
type NetworkSample struct {
	Receive         Opt[BytesPerSec] `json:"receive_bytes_per_second,omitzero"`
	Transmit        Opt[BytesPerSec] `json:"transmit_bytes_per_second,omitzero"`
	ReceiveDropped  Opt[uint64]      `json:"receive_dropped,omitzero"`
	TransmitDropped Opt[uint64]      `json:"transmit_dropped,omitzero"`
}

// TmpfsSample is one tmpfs against its size.
type TmpfsSample struct {
	Mount     string     `json:"mount"`
	Used      Opt[Bytes] `json:"used_bytes,omitzero"`
	Size      Opt[Bytes] `json:"size_bytes,omitzero"`
	UsedRatio Opt[Ratio] `json:"used_ratio,omitzero"`
	// FullIn is when the mount will be full if it goes on growing; absent under the
	// conditions of [Trend].
	FullIn Opt[Seconds] `json:"full_in_seconds,omitzero"`
	// Why says why Used is absent.
	Why string `json:"why,omitempty"`
}

// Source returns the health of the named source, and whether it is known.
func (c ContainerSample) Source(name string) (SourceHealth, bool) {
	for _, source := range c.Sources {
		if source.Name == name {
			return source, true
		}
	}
	return SourceHealth{}, false
}

// Container returns the sample of the named container, and whether there is one.
func (s Snapshot) Container(name string) (ContainerSample, bool) {
	for _, container := range s.Containers {
		if container.Name == name {
			return container, true
		}
	}
	return ContainerSample{}, false
}

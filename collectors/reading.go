package collectors

import "time"

// Reading is everything that one round of all sources gave: raw, cumulative
// where the kernel counts, and not yet compared with anything.
type Reading struct {
	// At is the moment at which the round began. It keeps the monotonic part, so
	// that differences are right when the wall clock is set.
	At time.Time
	// Host is the machine below the containers.
	Host HostCounters
	// Containers holds one entry for each followed container that exists, in the
	// order of the targets.
	Containers []ContainerCounters
	// Waiting holds the targets that no container answers to.
	Waiting []Waiting
	// Notices are what the engine and the kernel log reported since the round
	// before, oldest first.
	Notices []Notice
	// Sources tells how each source fared, in the order in which they are asked.
	Sources []SourceHealth
}

// HostCounters describes the machine. A remote engine's machine is not this
// one: then only what the engine tells is present.
type HostCounters struct {
	Name            string     `json:"name,omitempty"`
	Kernel          string     `json:"kernel,omitempty"`
	CPUs            Opt[int]   `json:"cpus,omitzero"`
	MemoryTotal     Opt[Bytes] `json:"memory_total_bytes,omitzero"`
	MemoryAvailable Opt[Bytes] `json:"memory_available_bytes,omitzero"`
	// CgroupMode is unified, hybrid or legacy; empty where it is not known.
	CgroupMode string `json:"cgroup_mode,omitempty"`
	// Engine is the container engine's name and version, as in "Docker 26.1.5".
	Engine string `json:"engine,omitempty"`
}

// ContainerCounters is one container in one reading. Each group is absent when
// no source could read it; Missing then says why.
type ContainerCounters struct {
	Identity
	// Incarnation tells one life of the container from the next.
	Incarnation Incarnation
	// FreshAt is when the kernel's counters were last read: At of this reading,
	// or of an earlier one when the sources gave none this time. Zero is never.
	FreshAt time.Time

	Memory    Opt[MemoryLevels]
	CPU       Opt[CPUCounters]
	Pids      Opt[PidsLevels]
	Pressure  Opt[Pressure]
	IO        Opt[IOCounters]
	Network   Opt[NetworkCounters]
	Tmpfs     Opt[[]TmpfsLevel]
	Processes Opt[[]Process]

	// Origin names the source of each group that is present.
	Origin map[Group]string
	// Missing says, for each group that a source tried in vain, why.
	Missing []Missing
}

// Incarnation identifies one life of a container's cgroup: the inode of its
// directory, or, where that cannot be seen, the start time in nanoseconds. Every
// (re)start makes a new cgroup directory and starts every counter at zero. Zero
// is unknown.
type Incarnation uint64

// Identity is who a container is and what the engine says of it.
type Identity struct {
	// Key is the name that brink follows: the container's name, or the target as
	// it was given for a cgroup without an engine. Rules, mutes and the ledger go
	// by it, so they survive a re-creation.
	Key string
	// ID is the engine's 64 hexadecimal digits; empty for a bare cgroup.
	ID         string
	Image      string
	State      State
	Health     Health
	StartedAt  Opt[time.Time]
	FinishedAt Opt[time.Time]
	// ExitCode is that of the last end; absent while running, and where the
	// engine has not told it.
	ExitCode Opt[int]
	// OOMKilled is the engine's flag. It tells only of the current life: the engine
	// forgets it at every start.
	OOMKilled bool
	// RestartCount is how often the restart policy started it again. The engine
	// sets it back to zero at a start by hand.
	RestartCount Opt[int]
	// PID is the container's first process in the host's numbering.
	PID Opt[int]
	// CgroupPath is relative to the cgroup2 mount, as in
	// "/system.slice/docker-….scope"; empty where no cgroup v2 can be read.
	CgroupPath string
}

// State is the engine's word for what a container does.
type State string

// The states of the Docker engine (and of Podman's API). StateGone is ours, for
// a bare cgroup whose directory is not there, or in which no process lives.
const (
	StateUnknown    State = ""
	StateCreated    State = "created"
	StateRunning    State = "running"
	StatePaused     State = "paused"
	StateRestarting State = "restarting"
	StateRemoving   State = "removing"
	StateExited     State = "exited"
	StateDead       State = "dead"
	StateGone       State = "gone"
)

// Alive reports whether processes of the container exist.
func (s State) Alive() bool { return s == StateRunning || s == StatePaused }

// Health is the verdict of the container's health check.
type Health string

// The engine's health words. HealthNone is a container without a check.
const (
	HealthNone      Health = ""
	HealthStarting  Health = "starting"
	HealthHealthy   Health = "healthy"
	HealthUnhealthy Health = "unhealthy"
)

// Group names a group of values of [ContainerCounters].
type Group string

// The groups, in the order in which they are shown.
const (
	GroupState     Group = "state"
	GroupMemory    Group = "memory"
	GroupCPU       Group = "cpu"
	GroupPids      Group = "pids"
	GroupPressure  Group = "pressure"
	GroupIO        Group = "io"
	GroupNetwork   Group = "network"
	GroupTmpfs     Group = "tmpfs"
	GroupProcesses Group = "processes"
	GroupKernelLog Group = "kernel log"
)

// Missing says why a group, or one value of it, is absent.
type Missing struct {
	Group Group  `json:"group"`
	Why   string `json:"why"`
	// Source is the name of the source that missed it, set when parts are merged.
	Source string `json:"-"`
}

// Waiting is a target that no container answers to yet.
type Waiting struct {
	// Target is what was asked for, as it was typed; empty for "any agent".
	Target string `json:"target"`
	// Since is when brink began to wait for it.
	Since time.Time `json:"since"`
	// Why says what was looked for and where, in one sentence.
	Why string `json:"why"`
	// Choices are the containers that could be meant.
	Choices []string `json:"choices,omitempty"`
	// source is the name of the source that waits, set when parts are merged.
	source string
}

// SourceHealth tells how one source fared in one round.
type SourceHealth struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Error is one line: what was wrong, where, and what helps.
	Error string `json:"error,omitempty"`
	// Took is how long the source worked.
	Took Seconds `json:"took_seconds"`
	// Age is how long ago the source last answered without an error; absent when it
	// never did.
	Age Opt[Seconds] `json:"age_seconds,omitzero"`
	// Gives are the groups that came from this source for the container.
	Gives []Group `json:"gives,omitempty"`
	// Missing is what this source could not give, and why.
	Missing []Missing `json:"missing,omitempty"`
}

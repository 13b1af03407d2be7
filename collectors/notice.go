package collectors

import "time"

// Notice is something that a source was told, as opposed to what it measured:
// an event of the engine, a line of the kernel log, or what an audit found. The ledger weighs notices
// together with the counters, because either can miss what the other saw.
type Notice struct {
	At   time.Time
	Kind NoticeKind
	// Key and ID name the container. A kernel notice knows only the cgroup, from
	// which its source finds the key.
	Key string
	ID  string
	// ExitCode belongs to NoticeDie, and is absent where a label of the container is
	// known to have chosen it.
	ExitCode Opt[int]
	// Signal belongs to NoticeKill: the number that was sent; absent like ExitCode.
	Signal Opt[int]
	// Health belongs to NoticeHealth.
	Health Health
	// Victim belongs to NoticeKernelOOM.
	Victim Opt[Victim]
	// Drift belongs to NoticeHardeningLost and NoticeHardeningBack.
	Drift Opt[Drift]
}

// NoticeKind is what a notice tells.
type NoticeKind uint8

// The notices. Those of the kernel are lines of its log, those of the hardening are
// what an audit found; all others are events of the engine.
const (
	NoticeCreate NoticeKind = iota + 1
	NoticeStart
	NoticeDie
	NoticeOOM
	NoticeKill
	NoticeStop
	NoticeRestart
	NoticePause
	NoticeUnpause
	NoticeHealth
	NoticeDestroy
	NoticeKernelOOM
	NoticeKernelForkRefused
	NoticeHardeningLost
	NoticeHardeningBack
)

// Victim is the process that the kernel killed for want of memory, in the
// words of the kernel log. PID and UID are the host's.
type Victim struct {
	PID  int    `json:"pid"`
	Name string `json:"name"`
	// RSS is what it held: anonymous, file and shared memory together.
	RSS Opt[Bytes] `json:"rss_bytes,omitzero"`
	// Scope is whose limit was hit.
	Scope OOMScope `json:"scope,omitempty"`
	// KernelLog are the lines that the kernel wrote of the kill, already clean: who
	// wanted memory, what the limit was, who was chosen and why. Nothing where nobody
	// read it.
	KernelLog []string `json:"kernel_log,omitempty"`
}

// OOMScope tells whose limit an OOM kill was for.
type OOMScope string

// The scopes: the container's own limit, that of a cgroup above it, or the
// whole host out of memory. OOMOutside is one of the last two, where the kernel log
// cannot be read: the counters of the container only show that it was not its own.
const (
	OOMOwn      OOMScope = "container"
	OOMAncestor OOMScope = "ancestor"
	OOMHost     OOMScope = "host"
	OOMOutside  OOMScope = "outside"
)

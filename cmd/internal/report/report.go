package report

import (
	"time"

	"brink/alerts"
	"brink/collectors"
)

// Report is the story of a range as data. Its JSON follows the rules of a snapshot's:
// names end in their unit (that of an object is the unit of the amounts in it), what is
// absent is left out, a limit that is none is the string "unlimited". All text in it is
// clean.
type Report struct {
	// Version is that of the brink that made it.
	Version string `json:"brink_version,omitempty"`
	// From and To are the range that was asked for; zero where it was open and nothing
	// was recorded.
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Coverage Coverage  `json:"coverage"`
	// Host is the machine as it was seen last.
	Host       collectors.HostCounters `json:"host"`
	Containers []Container             `json:"containers"`
	// NotSeen are the names that were asked for and that nothing in the range had.
	NotSeen []string `json:"not_seen,omitempty"`
	// SourceLosses are the times in which brink could not read: what happened then is
	// known in part, or not at all.
	SourceLosses []SourceLoss `json:"source_losses,omitempty"`
	// SourceLossCount counts them all; the list holds the latest.
	SourceLossCount uint64 `json:"source_loss_count"`

	location *time.Location
}

// Coverage is how much of a range was recorded.
type Coverage struct {
	// Snapshots counts what was recorded in the range.
	Snapshots uint64 `json:"snapshots"`
	// Recorded is the time that the snapshots stand for, as it passed: when a clock
	// was set back, more than the range may have.
	Recorded collectors.Seconds `json:"recorded_seconds"`
	// Ratio is the part of the range that was recorded; absent where the range has no
	// length.
	Ratio collectors.Opt[collectors.Ratio] `json:"recorded_ratio,omitzero"`
	// Gaps are the latest times in which nothing was recorded, oldest first.
	Gaps     []Gap  `json:"gaps,omitempty"`
	GapCount uint64 `json:"gap_count"`
	// SetBack are the moments at which the clock was set back.
	SetBack []Step `json:"clock_set_back,omitempty"`
}

// Gap is a time in which nothing was recorded.
type Gap struct {
	From    time.Time          `json:"from"`
	To      time.Time          `json:"to"`
	Seconds collectors.Seconds `json:"seconds"`
}

// Step is a clock that was set back, from one time to another.
type Step struct {
	At time.Time `json:"at"`
	To time.Time `json:"to"`
}

// Container is the story of one container, by its name.
type Container struct {
	Name string `json:"name"`
	// ID, Image, State and Health are as they were seen last.
	ID     string            `json:"id,omitempty"`
	Image  string            `json:"image,omitempty"`
	State  collectors.State  `json:"state,omitempty"`
	Health collectors.Health `json:"health,omitempty"`
	// Limits are those that were in force last.
	Limits       Limits        `json:"limits"`
	LimitChanges []LimitChange `json:"limit_changes,omitempty"`
	// LimitChangeCount counts them all; the list holds the latest, oldest first.
	LimitChangeCount uint64 `json:"limit_change_count"`
	// Lives are the latest lives of the container, oldest first; none in a recording
	// that does not tell them apart.
	Lives []Life `json:"lives,omitempty"`
	// LifeCount counts them all.
	LifeCount    uint64       `json:"life_count,omitempty"`
	Availability Availability `json:"availability"`
	OOM          OOMStory     `json:"oom"`
	// Near is the time beyond the thresholds of the rules.
	Near     []Near         `json:"near_limits,omitempty"`
	Memory   MemoryStory    `json:"memory"`
	CPU      CPUStory       `json:"cpu"`
	Pids     PidsStory      `json:"pids"`
	Tmpfs    []TmpfsStory   `json:"tmpfs,omitempty"`
	Pressure []PressurePeak `json:"pressure,omitempty"`
	// HealthChanges are the latest verdicts of the health check, oldest first.
	HealthChanges     []HealthChange `json:"health_changes,omitempty"`
	HealthChangeCount uint64         `json:"health_change_count"`
	// HardeningChanges are the latest ways in which it was shut in worse, or as before
	// again, oldest first.
	HardeningChanges     []HardeningChange `json:"hardening_changes,omitempty"`
	HardeningChangeCount uint64            `json:"hardening_change_count,omitempty"`
	// NotMeasured are the groups of values that no snapshot of the range has.
	NotMeasured []NotMeasured `json:"not_measured,omitempty"`
}

// Availability is for how long the container ran.
type Availability struct {
	// Known is the recorded time in which the container's state was known; the times
	// below add up to it.
	Known   collectors.Seconds `json:"known_seconds"`
	Running collectors.Seconds `json:"running_seconds"`
	Paused  collectors.Seconds `json:"paused_seconds"`
	Down    collectors.Seconds `json:"down_seconds"`
	// Unknown is the recorded time in which the state was not known, or no container
	// answered to the name.
	Unknown collectors.Seconds `json:"unknown_seconds"`
	// Ratio is Running of Known; absent when nothing is known.
	Ratio collectors.Opt[collectors.Ratio] `json:"running_ratio,omitzero"`
	// Restarts counts the starts after a death that nobody asked for, Causes by what
	// that was.
	Restarts uint64                      `json:"restarts"`
	Causes   map[collectors.Cause]uint64 `json:"restart_causes,omitempty"`
	// Downtimes are the latest times in which it did not run, oldest first; a death of
	// which only the restart was seen is among them.
	Downtimes     []Downtime `json:"downtimes,omitempty"`
	DowntimeCount uint64     `json:"downtime_count"`
}

// Downtime is a time in which the container did not run.
type Downtime struct {
	// From is zero where nobody saw it end, To while it goes on.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Length is absent where one of the two is, and where the clock was set back
	// between them.
	Length collectors.Opt[collectors.Seconds] `json:"seconds,omitzero"`
	// Loose is how far off Length may be, where no event and no state tells a moment
	// that lies between two readings; zero where both are known.
	Loose    collectors.Seconds  `json:"seconds_off_by,omitzero"`
	ExitCode collectors.Opt[int] `json:"exit_code,omitzero"`
	Cause    collectors.Cause    `json:"cause,omitempty"`
	// Why is what led to it, EndedBy how it ended (restarted, started, re-created);
	// empty where only the state showed it.
	Why     string               `json:"why,omitempty"`
	EndedBy collectors.EventKind `json:"ended_by,omitempty"`
}

// Limits are what the kernel compares with.
type Limits struct {
	Memory collectors.Limit[collectors.Bytes] `json:"memory_bytes,omitzero"`
	Swap   collectors.Limit[collectors.Bytes] `json:"swap_bytes,omitzero"`
	CPU    collectors.Limit[collectors.Cores] `json:"cpu_cores,omitzero"`
	Pids   collectors.Limit[uint64]           `json:"pids,omitzero"`
	// Tmpfs are the sizes of the mounts, by their paths.
	Tmpfs map[string]collectors.Bytes `json:"tmpfs_bytes,omitempty"`
}

// LimitChange is a limit that became another one.
type LimitChange struct {
	At time.Time `json:"at"`
	// Limit is the name of the limit in [Limits], which ends in its unit; Instance is
	// the mount of a tmpfs.
	Limit    string                    `json:"limit"`
	Instance string                    `json:"instance,omitempty"`
	From     collectors.Limit[float64] `json:"from"`
	To       collectors.Limit[float64] `json:"to"`
}

// Near is for how long a value was beyond the thresholds of a rule.
type Near struct {
	Rule     string `json:"rule"`
	Metric   string `json:"metric"`
	Instance string `json:"instance,omitempty"`
	// Measured is the time in which there was a value; the ratios are of it.
	Measured collectors.Seconds   `json:"measured_seconds"`
	Warning  collectors.Opt[Over] `json:"warning,omitzero"`
	Critical collectors.Opt[Over] `json:"critical,omitzero"`
	unit     alerts.Unit
}

// Over is the time at or above one threshold.
type Over struct {
	Threshold float64                          `json:"threshold"`
	Seconds   collectors.Seconds               `json:"seconds"`
	Ratio     collectors.Opt[collectors.Ratio] `json:"ratio,omitzero"`
}

// Levels say how high a value was. The quantiles are by time, known to one part
// in two thousand, and absent where no time was measured; the highest value is exact.
type Levels[T any] struct {
	P50      collectors.Opt[T]         `json:"p50,omitzero"`
	P90      collectors.Opt[T]         `json:"p90,omitzero"`
	P99      collectors.Opt[T]         `json:"p99,omitzero"`
	Max      collectors.Opt[T]         `json:"max,omitzero"`
	MaxAt    collectors.Opt[time.Time] `json:"max_at,omitzero"`
	Measured collectors.Seconds        `json:"measured_seconds"`
}

// MemoryStory is memory over the range.
type MemoryStory struct {
	Unreclaimable Levels[collectors.Bytes] `json:"unreclaimable_bytes"`
	// Current counts page cache as well.
	Current Levels[collectors.Bytes] `json:"current_bytes"`
	// Peak is the highest Current that the kernel saw, between two readings too;
	// absent where it was reached before the range or the kernel does not tell.
	Peak collectors.Opt[collectors.Bytes] `json:"peak_bytes,omitzero"`
	// LimitHits is how often memory came up to the limit.
	LimitHits uint64                 `json:"limit_hits"`
	Need      Need[collectors.Bytes] `json:"needed_bytes"`
}

// CPUStory is CPU use over the range.
type CPUStory struct {
	Cores Levels[collectors.Cores] `json:"cores"`
	// Periods and Throttled count scheduling periods; absent where they were not
	// counted.
	Periods   collectors.Opt[uint64]           `json:"periods,omitzero"`
	Throttled collectors.Opt[uint64]           `json:"throttled_periods,omitzero"`
	Ratio     collectors.Opt[collectors.Ratio] `json:"throttled_ratio,omitzero"`
	// ThrottledFor sums over CPUs, so that it can pass the time of the range; absent
	// where it was not measured.
	ThrottledFor collectors.Opt[collectors.Seconds] `json:"throttled_seconds,omitzero"`
	// Worst is the minute with the most throttled time; absent when there was none.
	Worst collectors.Opt[ThrottledMinute] `json:"worst_minute,omitzero"`
	Need  Need[collectors.Cores]          `json:"needed_cores"`
}

// ThrottledMinute is how much was throttled in one minute by the clock.
type ThrottledMinute struct {
	At           time.Time                        `json:"at"`
	Ratio        collectors.Opt[collectors.Ratio] `json:"throttled_ratio,omitzero"`
	ThrottledFor collectors.Seconds               `json:"throttled_seconds"`
}

// PidsStory is tasks over the range.
type PidsStory struct {
	Tasks Levels[uint64] `json:"tasks"`
	// Peak is the most that the kernel saw, as in [MemoryStory].
	Peak collectors.Opt[uint64] `json:"peak,omitzero"`
	// Refused counts the forks that the limit refused.
	Refused uint64       `json:"refused"`
	Need    Need[uint64] `json:"needed"`
}

// TmpfsStory is one mount over the range.
type TmpfsStory struct {
	Mount string                   `json:"mount"`
	Used  Levels[collectors.Bytes] `json:"used_bytes"`
	Need  Need[collectors.Bytes]   `json:"needed_bytes"`
	// Why says why nothing was measured.
	Why string `json:"why,omitempty"`
}

// PressurePeak is the highest ten-second average of the time in which some, or all,
// tasks waited for a resource.
type PressurePeak struct {
	// Resource is memory, cpu or io; Who is some or full.
	Resource string           `json:"resource"`
	Who      string           `json:"who"`
	Avg10    collectors.Ratio `json:"avg10_ratio"`
	At       time.Time        `json:"at"`
}

// Need is the limit that the range would have needed: Enough with a margin, or only
// that it is more than what held it back; both are absent where nothing is known.
type Need[T any] struct {
	Enough   collectors.Opt[T] `json:"enough,omitzero"`
	MoreThan collectors.Opt[T] `json:"more_than,omitzero"`
	// Why says how far that can be trusted.
	Why string `json:"why"`
}

// HealthChange is a new verdict of the health check.
type HealthChange struct {
	At     time.Time         `json:"at"`
	Health collectors.Health `json:"health"`
}

// HardeningChange is a check of the audit whose verdict changed.
type HardeningChange struct {
	At time.Time `json:"at"`
	// Lost says that it was for the worse, Grave that what was lost keeps an agent from
	// the host.
	Lost  bool   `json:"lost"`
	Grave bool   `json:"grave,omitempty"`
	Check string `json:"check"`
	// Was and Is are what was found before, and then.
	Was string `json:"was,omitempty"`
	Is  string `json:"is,omitempty"`
}

// SourceLoss is a time in which a source gave nothing.
type SourceLoss struct {
	Source string `json:"source"`
	// From is zero where only its return was recorded, To where that was not.
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
	Error string    `json:"error,omitempty"`
}

// NotMeasured is a group of values that the range does not have.
type NotMeasured struct {
	Group collectors.Group `json:"group"`
	Why   string           `json:"why,omitempty"`
}

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Snapshot is what brink promises to print with --format json. It is written down here once more, and not imported: a
// name or a unit that changes in brink must fail this suite. A pointer is nil for a value that brink left out.
type Snapshot struct {
	At              time.Time   `json:"at"`
	IntervalSeconds *float64    `json:"interval_seconds"`
	MissedSlots     uint64      `json:"missed_slots"`
	Host            Machine     `json:"host"`
	Containers      []Container `json:"containers"`
	Waiting         []Waiting   `json:"waiting"`
	Sources         []Source    `json:"sources"`
	Events          []Event     `json:"events"`

	// Raw is the document itself, for error messages.
	Raw string `json:"-"`
}

// Machine is the host that brink runs on.
type Machine struct {
	Name             string   `json:"name"`
	CPUs             *int     `json:"cpus"`
	MemoryTotalBytes *float64 `json:"memory_total_bytes"`
	CgroupMode       string   `json:"cgroup_mode"`
}

// Waiting is a target that no container answers to.
type Waiting struct {
	Target  string   `json:"target"`
	Why     string   `json:"why"`
	Choices []string `json:"choices"`
}

// Container is one watched container.
type Container struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Image        string     `json:"image"`
	State        string     `json:"state"`
	Health       string     `json:"health"`
	StartedAt    *time.Time `json:"started_at"`
	ExitCode     *int       `json:"exit_code"`
	RestartCount *int       `json:"restart_count"`
	Recreated    bool       `json:"recreated"`
	CgroupPath   string     `json:"cgroup_path"`
	StaleSeconds *float64   `json:"stale_seconds"`

	Memory    Memory              `json:"memory"`
	CPU       CPU                 `json:"cpu"`
	Pids      Pids                `json:"pids"`
	Pressure  map[string]Pressure `json:"pressure"` // by memory, cpu, io
	IO        map[string]*float64 `json:"io"`
	Network   map[string]*float64 `json:"network"`
	Tmpfs     []Tmpfs             `json:"tmpfs"`
	Processes []Process           `json:"processes"`
	Sources   []Source            `json:"sources"`
	Alerts    []Alert             `json:"alerts"`
}

// Limit is a number or the word "unlimited".
type Limit struct {
	Value     float64
	Unlimited bool
}

// UnmarshalJSON takes a number or the word, and nothing else.
func (l *Limit) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte(`"unlimited"`)) {
		*l = Limit{Unlimited: true}
		return nil
	}
	*l = Limit{}
	if err := json.Unmarshal(text, &l.Value); err != nil {
		return fmt.Errorf("limit %s: want a number or \"unlimited\"", text)
	}
	return nil
}

// number is the limit if it is one; nil when it is absent or unlimited.
func (l *Limit) number() *float64 {
	if l == nil || l.Unlimited {
		return nil
	}
	return &l.Value
}

// Memory is in bytes, but for the ratio, the time and the counts.
type Memory struct {
	Current         *float64 `json:"current_bytes"`
	Limit           *Limit   `json:"limit_bytes"`
	WorkingSet      *float64 `json:"working_set_bytes"`
	Unreclaimable   *float64 `json:"unreclaimable_bytes"`
	UnreclaimRatio  *float64 `json:"unreclaimable_ratio"`
	Headroom        *float64 `json:"headroom_bytes"`
	Anon            *float64 `json:"anon_bytes"`
	File            *float64 `json:"file_bytes"`
	Shmem           *float64 `json:"shmem_bytes"`
	Kernel          *float64 `json:"kernel_bytes"`
	SlabReclaimable *float64 `json:"slab_reclaimable_bytes"`
	Sock            *float64 `json:"sock_bytes"`
	High            *Limit   `json:"high_bytes"`
	Peak            *float64 `json:"peak_bytes"`
	Swap            *float64 `json:"swap_bytes"`
	SwapLimit       *Limit   `json:"swap_limit_bytes"`
	Growth          *float64 `json:"growth_bytes_per_second"`
	FullInSeconds   *float64 `json:"full_in_seconds"`
	MaxEvents       *uint64  `json:"max_events"`
	OOMEvents       *uint64  `json:"oom_events"`
	OOMKills        *uint64  `json:"oom_kills"`
}

// CPU is in cores, but for the ratios and the counts of periods.
type CPU struct {
	Cores            *float64 `json:"cores"`
	Limit            *Limit   `json:"limit_cores"`
	OfLimit          *float64 `json:"of_limit_ratio"`
	User             *float64 `json:"user_cores"`
	System           *float64 `json:"system_cores"`
	Periods          *uint64  `json:"periods"`
	ThrottledPeriods *uint64  `json:"throttled_periods"`
	ThrottledRatio   *float64 `json:"throttled_ratio"`
	ThrottledCores   *float64 `json:"throttled_cores"`
}

// Pids are counts, but for the ratio.
type Pids struct {
	Current   *float64 `json:"current"`
	Limit     *Limit   `json:"limit"`
	OfLimit   *float64 `json:"of_limit_ratio"`
	Peak      *float64 `json:"peak"`
	Refused   *uint64  `json:"refused"`
	Processes *float64 `json:"processes"`
	Threads   *float64 `json:"threads"`
	Zombies   *float64 `json:"zombies"`
}

// Pressure is the share of time in which some or all tasks waited for a resource.
type Pressure struct {
	SomeAvg10 *float64 `json:"some_avg10_ratio"`
	FullAvg10 *float64 `json:"full_avg10_ratio"`
	SomeTotal *float64 `json:"some_total_seconds"`
	FullTotal *float64 `json:"full_total_seconds"`
}

// Tmpfs is one memory file system of the container.
type Tmpfs struct {
	Mount string   `json:"mount"`
	Used  *float64 `json:"used_bytes"`
	Size  *float64 `json:"size_bytes"`
	Ratio *float64 `json:"used_ratio"`
	Why   string   `json:"why"`
}

// Process is one process of the container, by its number on the host.
type Process struct {
	PID     int    `json:"pid"`
	Name    string `json:"name"`
	Threads int    `json:"threads"`
}

// Source is where some of the numbers came from.
type Source struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	// Gives are the groups of values that came from it, Missing those that did not, each with the reason.
	Gives   []string  `json:"gives"`
	Missing []Missing `json:"missing"`
}

// Missing is a group of values that a source tried in vain.
type Missing struct {
	Group string `json:"group"`
	Why   string `json:"why"`
}

// Alert is the state of one rule.
type Alert struct {
	Rule      string  `json:"rule"`
	Severity  string  `json:"severity"`
	State     string  `json:"state"`
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold"`
	Message   string  `json:"message"`
}

// ParseSnapshot reads one document.
func ParseSnapshot(text []byte) (Snapshot, error) {
	snapshot := Snapshot{Raw: string(text)}
	if err := json.Unmarshal(text, &snapshot); err != nil {
		return snapshot, fmt.Errorf("brink's JSON: %w in %s", err, text)
	}
	return snapshot, nil
}

// Agent is the agent's container, if brink shows it.
func (s Snapshot) Agent() (Container, bool) {
	for _, container := range s.Containers {
		if container.Name == ContainerName {
			return container, true
		}
	}
	return Container{}, false
}

// Firing tells whether an alert of the rule fires for the container, and how severely.
func (c Container) Firing(rule string) (severity string, firing bool) {
	for _, alert := range c.Alerts {
		if alert.Rule == rule && alert.State == "firing" {
			return alert.Severity, true
		}
	}
	return "", false
}

// Alarmed tells whether the rule's threshold is passed, be it that the alert fires, or that it is still pending because
// the rule wants that to last.
func (c Container) Alarmed(rule string) (severity string, alarmed bool) {
	for _, alert := range c.Alerts {
		if alert.Rule == rule && (alert.State == "pending" || alert.State == "firing") {
			return alert.Severity, true
		}
	}
	return "", false
}

// Source returns the source with that name.
func (c Container) Source(name string) (Source, bool) {
	for _, source := range c.Sources {
		if source.Name == name {
			return source, true
		}
	}
	return Source{}, false
}

// TmpfsAt returns the memory file system mounted there.
func (c Container) TmpfsAt(mount string) (Tmpfs, bool) {
	for _, tmpfs := range c.Tmpfs {
		if tmpfs.Mount == mount {
			return tmpfs, true
		}
	}
	return Tmpfs{}, false
}

// within tells whether a value is there and between two bounds.
func within(value *float64, low, high float64) bool {
	return value != nil && low <= *value && *value <= high
}

// orAbsent is for error messages.
func orAbsent[T any](value *T) any {
	if value == nil {
		return "absent"
	}
	return *value
}

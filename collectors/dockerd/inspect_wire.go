package dockerd

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"time"
)

// inspectWire is the part of the engine's answer that is decoded at all.
// Config.Env is left out on purpose.
type inspectWire struct {
	ID           string `json:"Id"`
	Name         string
	Created      string
	Image        string
	RestartCount int
	State        stateWire
	HostConfig   *hostConfigWire
	Config       struct {
		Image  string
		Labels map[string]string
	}
}

type stateWire struct {
	Status     string
	Pid        int
	ExitCode   int
	OOMKilled  bool
	Error      string
	StartedAt  string
	FinishedAt string
	Health     *healthWire
}

type healthWire struct {
	Status        string
	FailingStreak int
	Log           []struct {
		End      string
		ExitCode int
		Output   string
	}
}

type hostConfigWire struct {
	Memory        int64
	MemorySwap    int64
	NanoCPUs      int64 `json:"NanoCpus"`
	CPUQuota      int64 `json:"CpuQuota"`
	CPUPeriod     int64 `json:"CpuPeriod"`
	PidsLimit     *int64
	Tmpfs         map[string]string
	ShmSize       *uint64
	CgroupParent  string
	NetworkMode   string
	RestartPolicy struct {
		Name              string
		MaximumRetryCount int
	}
	Mounts []struct {
		Type         string
		Target       string
		TmpfsOptions struct {
			SizeBytes int64
			Mode      int64
		}
	}
}

func (w *inspectWire) details() Details {
	d := Details{
		ID:           clip(w.ID, maxName),
		Name:         engineName(w.Name),
		Image:        clip(w.Config.Image, maxImage),
		ImageID:      clip(w.Image, maxName),
		Created:      instant(w.Created),
		State:        w.State.state(),
		Health:       w.State.health(),
		RestartCount: w.RestartCount,
		Labels:       clipMap(w.Config.Labels, maxLabels),
		Masked:       maskedBy(w.Config.Labels),
	}
	d.Service, d.Project = d.Labels[labelService], d.Labels[labelProject]
	if w.HostConfig != nil {
		w.HostConfig.fill(&d)
	}
	return d
}

func (h *hostConfigWire) fill(d *Details) {
	d.Limits = h.limits()
	d.Tmpfs = h.tmpfs()
	d.ShmSize = optional(h.ShmSize)
	d.CgroupParent = clip(h.CgroupParent, maxText)
	d.NetworkMode = clip(h.NetworkMode, maxName)
	d.RestartPolicy = RestartPolicy{
		Name:       clip(h.RestartPolicy.Name, maxName),
		MaxRetries: h.RestartPolicy.MaximumRetryCount,
	}
}

func (h *hostConfigWire) limits() Limits {
	limits := Limits{
		Memory:     positiveOrNone(h.Memory),
		MemorySwap: h.memorySwap(),
		Pids:       NoLimit(),
		CPU: CPULimit{
			NanoCPUs: h.NanoCPUs,
			Quota:    micros(h.CPUQuota),
			Period:   micros(h.CPUPeriod),
		},
	}
	if h.PidsLimit != nil {
		limits.Pids = positiveOrNone(*h.PidsLimit)
	}
	return limits
}

// micros reads a number of microseconds; a nonsensical one stays the longest
// duration there is.
func micros(n int64) time.Duration {
	return time.Duration(min(n, math.MaxInt64/int64(time.Microsecond))) * time.Microsecond
}

// memorySwap tells 0 from -1: -1 is unlimited swap, and 0 beside a memory limit
// leaves the amount to the engine, which usually writes down what it chose.
func (h *hostConfigWire) memorySwap() Limit {
	if h.MemorySwap == 0 && h.Memory > 0 {
		return Limit{}
	}
	return positiveOrNone(h.MemorySwap)
}

// tmpfs joins the two ways to ask for a tmpfs: --tmpfs (tmpfs: in a compose
// file) and --mount type=tmpfs.
func (h *hostConfigWire) tmpfs() map[string]string {
	mounts := make(map[string]string, len(h.Tmpfs))
	for _, m := range h.Mounts {
		if m.Type != "tmpfs" {
			continue
		}
		var options []string
		if m.TmpfsOptions.SizeBytes > 0 {
			options = append(options, fmt.Sprintf("size=%d", m.TmpfsOptions.SizeBytes))
		}
		if m.TmpfsOptions.Mode > 0 {
			options = append(options, fmt.Sprintf("mode=%o", m.TmpfsOptions.Mode))
		}
		mounts[m.Target] = strings.Join(options, ",")
	}
	maps.Copy(mounts, h.Tmpfs)
	return clipMap(mounts, maxMounts)
}

func (w *stateWire) state() State {
	s := State{
		Status:     Status(clip(w.Status, maxName)),
		StartedAt:  instant(w.StartedAt),
		FinishedAt: instant(w.FinishedAt),
		OOMKilled:  w.OOMKilled,
		Error:      clip(w.Error, maxText),
	}
	if w.Pid > 0 {
		s.PID = Some(w.Pid)
	}
	if w.ended(s.Status) {
		s.ExitCode = Some(w.ExitCode)
	}
	return s
}

// ended reports whether the exit code is one: the engine writes 0 where there is
// none. A container that could not be started stays created, with a code; one that
// ran before is exited as it was, with the times of its last end beside the code of
// the start that failed (moby daemon/start.go), which is told by the error alone.
func (w *stateWire) ended(status Status) bool {
	switch status {
	case StatusExited, StatusDead, StatusRestarting, StatusRemoving:
		return w.Error == ""
	case StatusCreated:
		return w.ExitCode != 0
	default:
		return false
	}
}

func (w *stateWire) health() Opt[Health] {
	if w.Health == nil || w.Health.Status == "" || w.Health.Status == "none" {
		return Opt[Health]{}
	}
	h := Health{Status: healthStatus(w.Health.Status), FailingStreak: w.Health.FailingStreak}
	if n := len(w.Health.Log); n > 0 {
		last := w.Health.Log[n-1]
		h.LastOutput = clip(last.Output, maxText)
		h.LastExitCode = Some(last.ExitCode)
		h.LastEnd = instant(last.End)
	}
	return Some(h)
}

// instant reads a time of the engine. What never happened is written as the year
// 1, or left empty; both, and what is no time, are the zero time.
func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() <= 1 {
		return time.Time{}
	}
	return t
}

package dockerd

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/moby/moby/client"
)

// Details is what the engine knows of one container, as far as brink uses it.
type Details struct {
	ID      string
	Name    string
	Image   string
	ImageID string
	Created time.Time
	State   State
	// Health is absent when the container has no health check.
	Health Opt[Health]
	// RestartCount counts the restarts by policy since the last start by hand.
	RestartCount  int
	RestartPolicy RestartPolicy
	Limits        Limits
	// Tmpfs maps a mount point to its options as in docker run --tmpfs, as
	// "size=268435456,mode=1777"; mounts of type tmpfs are written the same way.
	Tmpfs map[string]string
	// ShmSize is the size of /dev/shm in bytes.
	ShmSize Opt[uint64]
	Labels  map[string]string
	// Masked tells which of its events' details its labels hide.
	Masked  Masked
	Service string
	Project string
	// CgroupParent is empty for the engine's default parent.
	CgroupParent string
	// NetworkMode tells whose interfaces it sees: with "host" those of the host,
	// with "container:..." another container's.
	NetworkMode string
}

// Masked tells which details of a container's events are a label's and not the
// engine's: see [Event].
type Masked struct {
	ExitCode, Signal bool
}

// maskedBy finds the labels that have the names of the engine's own attributes.
func maskedBy(labels map[string]string) Masked {
	_, code := labels[attributeExitCode]
	_, signal := labels[attributeSignal]
	return Masked{ExitCode: code, Signal: signal}
}

// State is the state of a container. The engine forgets: at every start
// OOMKilled becomes false again and the exit code is no more (moby
// daemon/container/state.go, setRunning).
type State struct {
	Status Status
	// PID is the host's number of the main process; absent while none runs, also
	// while the engine waits to restart it.
	PID Opt[int]
	// StartedAt and FinishedAt are zero when it never happened.
	StartedAt  time.Time
	FinishedAt time.Time
	// ExitCode is absent before the first end, while the container runs, and after a
	// start that failed, whose code stands in the place of that of the last end.
	ExitCode Opt[int]
	// OOMKilled tells of a kill since the last start, of any process of the
	// container: it may be true while the container runs on.
	OOMKilled bool
	// Error is why the last start failed.
	Error string
}

// RestartPolicy is what the engine does after a death.
type RestartPolicy struct {
	// Name is no, always, unless-stopped or on-failure.
	Name string
	// MaxRetries belongs to on-failure; 0 is no maximum.
	MaxRetries int
}

// HealthStatus is the verdict of a health check.
type HealthStatus string

// The verdicts. HealthUnknown is a word that is none of them.
const (
	HealthUnknown   HealthStatus = ""
	HealthStarting  HealthStatus = "starting"
	HealthHealthy   HealthStatus = "healthy"
	HealthUnhealthy HealthStatus = "unhealthy"
)

// healthStatus accepts the verdicts and nothing else.
func healthStatus(word string) HealthStatus {
	switch status := HealthStatus(word); status {
	case HealthStarting, HealthHealthy, HealthUnhealthy:
		return status
	default:
		return HealthUnknown
	}
}

// Health is the state of a container's health check.
type Health struct {
	Status        HealthStatus
	FailingStreak int
	// LastOutput is what the last check printed, at most 4096 bytes and raw: the
	// container chose every byte of it. LastExitCode is absent before the first.
	LastOutput   string
	LastExitCode Opt[int]
	LastEnd      time.Time
}

// Limits are the limits as the container was given them, not what a parent
// cgroup leaves of them.
type Limits struct {
	// Memory is in bytes. MemorySwap is memory and swap together: equal to Memory
	// it means no swap.
	Memory     Limit
	MemorySwap Limit
	// Pids counts tasks: processes and threads.
	Pids Limit
	CPU  CPULimit
}

// CPULimit is given in one of two forms; docker run --cpus sets NanoCPUs. Zero
// is not set.
type CPULimit struct {
	NanoCPUs int64
	Quota    time.Duration
	Period   time.Duration
}

// defaultPeriod is the kernel's when only a quota was given
// (Documentation/scheduler/sched-bwc).
const defaultPeriod = 100 * time.Millisecond

// Cores is how many CPUs the limit is worth; absent without a limit.
func (l CPULimit) Cores() Opt[float64] {
	switch {
	case l.NanoCPUs > 0:
		return Some(float64(l.NanoCPUs) / 1e9)
	case l.Quota > 0 && l.Period > 0:
		return Some(float64(l.Quota) / float64(l.Period))
	case l.Quota > 0:
		return Some(float64(l.Quota) / float64(defaultPeriod))
	default:
		return Opt[float64]{}
	}
}

// Inspect asks for one container by id, prefix of an id, or name.
//
// The moby client's own ContainerInspect is not used: it decodes the values of
// the container's environment, an agent's keys, and keeps a second copy of the
// whole answer; and a field that brink has no interest in could fail all of it.
func (c *Client) Inspect(ctx context.Context, name string) (Details, error) {
	var details Details
	err := c.inspected(ctx, name, func(data []byte) (err error) {
		details, err = decodeInspect(data)
		return err
	})
	return details, err
}

// inspected gives the answer about one container to read, and wipes it afterwards: the
// values of the container's environment are in it.
func (c *Client) inspected(ctx context.Context, name string, read func([]byte) error) error {
	if err := c.checkName(name); err != nil {
		return err
	}
	err := c.call(ctx, opInspect, maxInspectBytes, func(ctx context.Context, api *client.Client) error {
		resp, err := c.get(ctx, api, "/containers/"+name+"/json")
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		defer clear(data)
		if err != nil {
			return err
		}
		return read(data)
	})
	return named(err, name)
}

// named adds to a not-found error which container it was.
func named(err error, name string) error {
	if e, ok := errors.AsType[*Error](err); ok && e.is(ErrNotFound) {
		e.Detail = strconv.Quote(name)
	}
	return err
}

// decodeInspect reads an inspect document.
func decodeInspect(data []byte) (Details, error) {
	var raw inspectWire
	if err := json.Unmarshal(data, &raw); err != nil {
		return Details{}, err
	}
	return raw.details(), nil
}

package sources

import (
	"strings"
	"time"

	"brink/collectors"
	"brink/collectors/dockerd"
)

// candidates are the containers of the engine's list, with names that are safe to
// show: what is followed is what is shown. A container that is being created or
// removed has no name, and cannot be followed by it.
func candidates(list []dockerd.Container) []Candidate {
	all := make([]Candidate, 0, len(list))
	for _, container := range list {
		if container.Name == "" {
			continue
		}
		all = append(all, Candidate{
			ID:      collectors.Clean(container.ID, idDigits),
			Name:    collectors.Clean(container.Name, nameLength),
			Image:   collectors.Clean(container.Image, nameLength),
			Service: container.Service,
			Running: container.State == dockerd.StatusRunning || container.State == dockerd.StatusPaused,
		})
	}
	return all
}

// residentOf puts what inspect says into the vocabulary.
func residentOf(details dockerd.Details) resident {
	state := details.State
	who := resident{
		Identity: collectors.Identity{
			Key:          collectors.Clean(details.Name, nameLength),
			ID:           collectors.Clean(details.ID, idDigits),
			Image:        collectors.Clean(details.Image, nameLength),
			State:        collectors.State(collectors.Clean(string(state.Status), nameLength)),
			StartedAt:    moment(state.StartedAt),
			FinishedAt:   moment(state.FinishedAt),
			ExitCode:     optional(state.ExitCode),
			OOMKilled:    state.OOMKilled,
			RestartCount: collectors.Some(details.RestartCount),
			PID:          optional(state.PID),
		},
		limits:          limitsOf(details.Limits),
		borrowedNetwork: borrowed(details.NetworkMode),
		masked:          details.Masked,
	}
	if check, ok := details.Health.Get(); ok {
		who.Health = health(check.Status)
	}
	return who
}

func moment(at time.Time) collectors.Opt[time.Time] {
	if at.IsZero() {
		return collectors.Opt[time.Time]{}
	}
	return collectors.Some(at)
}

func optional[T any](value dockerd.Opt[T]) collectors.Opt[T] {
	if v, ok := value.Get(); ok {
		return collectors.Some(v)
	}
	return collectors.Opt[T]{}
}

// health knows the verdicts, and takes every other word for none.
func health(status dockerd.HealthStatus) collectors.Health {
	switch status {
	case dockerd.HealthStarting:
		return collectors.HealthStarting
	case dockerd.HealthHealthy:
		return collectors.HealthHealthy
	case dockerd.HealthUnhealthy:
		return collectors.HealthUnhealthy
	default:
		return collectors.HealthNone
	}
}

// borrowed names the network that a container shares with something else.
func borrowed(mode string) string {
	switch {
	case mode == "host":
		return "the host's network"
	case strings.HasPrefix(mode, "container:"):
		return "another container's network"
	default:
		return ""
	}
}

// limitsOf are the limits as configured. Memory and swap are one setting for the
// engine: equal to memory means no swap.
func limitsOf(set dockerd.Limits) limits {
	memory := engineLimit[collectors.Bytes](set.Memory)
	swap := engineLimit[collectors.Bytes](set.MemorySwap)
	if both, ok := swap.Value().Get(); ok {
		swap = collectors.LimitOf(both - min(both, memory.Value().Or(0)))
	}
	cores := collectors.Unlimited[collectors.Cores]()
	if value, ok := set.CPU.Cores().Get(); ok {
		cores = collectors.LimitOf(collectors.Cores(value))
	}
	return limits{memory: memory, swap: swap, cores: cores, pids: engineLimit[uint64](set.Pids)}
}

func engineLimit[T ~uint64](limit dockerd.Limit) collectors.Limit[T] {
	value, ok := limit.Value().Get()
	return limitOf(T(value), ok, limit.Unlimited())
}

// hostOf puts what the engine says of its host into the vocabulary.
func hostOf(info dockerd.Info) collectors.HostCounters {
	host := collectors.HostCounters{
		Name:   collectors.Clean(info.Name, nameLength),
		Kernel: collectors.Clean(info.Kernel, nameLength),
		Engine: strings.TrimSpace("Docker " + collectors.Clean(info.ServerVersion, nameLength)),
		CPUs:   optional(info.CPUs),
	}
	if total, ok := info.MemoryTotal.Get(); ok {
		host.MemoryTotal = collectors.Some(collectors.Bytes(total))
	}
	return host
}

// noticeOf puts an event into the vocabulary.
func noticeOf(event dockerd.Event, key string, kind collectors.NoticeKind) collectors.Notice {
	return collectors.Notice{
		At: event.At, Kind: kind, Key: key, ID: collectors.Clean(event.ID, idDigits),
		ExitCode: optional(event.ExitCode), Signal: optional(event.Signal), Health: health(event.Health),
	}
}

// changesState reports whether the list or inspect tells something else after such
// an event. A signal alone changes nothing, an OOM kill only a flag that the end of
// the container brings along, and stop and restart follow what they did.
func changesState(action dockerd.Action) bool {
	switch action {
	case dockerd.ActionKill, dockerd.ActionOOM, dockerd.ActionStop, dockerd.ActionRestart:
		return false
	default:
		return true
	}
}

// noticeKind translates what happened; what the ledger has no use for (update,
// rename) only makes the list stale.
func noticeKind(action dockerd.Action) (collectors.NoticeKind, bool) {
	switch action {
	case dockerd.ActionCreate:
		return collectors.NoticeCreate, true
	case dockerd.ActionStart:
		return collectors.NoticeStart, true
	case dockerd.ActionRestart:
		return collectors.NoticeRestart, true
	case dockerd.ActionDie:
		return collectors.NoticeDie, true
	case dockerd.ActionOOM:
		return collectors.NoticeOOM, true
	case dockerd.ActionKill:
		return collectors.NoticeKill, true
	case dockerd.ActionStop:
		return collectors.NoticeStop, true
	case dockerd.ActionPause:
		return collectors.NoticePause, true
	case dockerd.ActionUnpause:
		return collectors.NoticeUnpause, true
	case dockerd.ActionDestroy:
		return collectors.NoticeDestroy, true
	case dockerd.ActionHealthStatus:
		return collectors.NoticeHealth, true
	default:
		return 0, false
	}
}

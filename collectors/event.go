package collectors

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// Event is something that happened to a container, told once, with its cause
// when the cause is known. An event can be amended shortly after it was told
// (the victim's name arrives, more of the same follows): then it keeps its Seq.
type Event struct {
	// Seq numbers the events of one ledger from 1.
	Seq uint64 `json:"seq"`
	// At is when it happened, Until when it last happened again.
	At    time.Time `json:"at"`
	Until time.Time `json:"until,omitzero"`
	// Container is the name that is followed; ID the container it was then.
	Container string    `json:"container"`
	ID        string    `json:"id,omitempty"`
	Kind      EventKind `json:"kind"`
	// Count is how often it happened from At to Until.
	Count uint64 `json:"count,omitempty"`
	// Victims are the processes that the kernel named in its log, the last 16 of
	// them when there were more.
	Victims []Victim `json:"victims,omitempty"`
	// Scope is whose limit an OOM kill was for: in the words of the kernel log for the
	// last victim, else what the counters show; empty where neither tells.
	Scope OOMScope `json:"scope,omitempty"`
	// ExitCode and Cause belong to a death and to a restart after it.
	ExitCode Opt[int] `json:"exit_code,omitzero"`
	Cause    Cause    `json:"cause,omitempty"`
	// Health belongs to a health event.
	Health Health `json:"health,omitempty"`
	// Source belongs to source-lost and source-back.
	Source string `json:"source,omitempty"`
	// Drift belongs to hardening-lost and hardening-back.
	Drift Opt[Drift] `json:"drift,omitzero"`
	// Detail is one more clause, already clean.
	Detail string `json:"detail,omitempty"`
}

// EventKind is what happened.
type EventKind string

// The kinds of events.
const (
	// EventOOMKill: processes of the container were killed for want of memory.
	EventOOMKill EventKind = "oom-kill"
	// EventLimitHit: memory came up to the limit and the kernel had to reclaim.
	EventLimitHit EventKind = "memory-limit-hit"
	// EventForkRefused: the pids limit refused new tasks.
	EventForkRefused EventKind = "fork-refused"
	// EventDied: the container's main process ended.
	EventDied EventKind = "died"
	// EventStarted: it was started for the first time, or by hand.
	EventStarted EventKind = "started"
	// EventRestarted: it was started again after a death nobody asked for.
	EventRestarted EventKind = "restarted"
	// EventRecreated: another container answers to the name.
	EventRecreated EventKind = "re-created"
	// EventRemoved: the container is gone and the name answers no more.
	EventRemoved EventKind = "removed"
	// EventPaused and EventUnpaused: its processes were frozen, and thawed.
	EventPaused   EventKind = "paused"
	EventUnpaused EventKind = "unpaused"
	// EventHealth: the health check's verdict changed.
	EventHealth EventKind = "health"
	// EventSourceLost and EventSourceBack: brink cannot, and can again, read it.
	EventSourceLost EventKind = "source-lost"
	EventSourceBack EventKind = "source-back"
	// EventHardeningLost: it is shut in worse than it was; EventHardeningBack: it is as
	// good as it was, or that is not asked for any more.
	EventHardeningLost EventKind = "hardening-lost"
	EventHardeningBack EventKind = "hardening-back"
)

// Cause is why a container died, as far as it can be known.
type Cause string

// The causes. Exit code 137 alone says only SIGKILL; which of these it was is
// what the ledger finds out.
const (
	CauseUnknown Cause = ""
	// CauseOOMKill: the kernel killed it for want of memory.
	CauseOOMKill Cause = "oom-kill"
	// CauseStopped: somebody stopped it and it obeyed.
	CauseStopped Cause = "stopped"
	// CauseStopTimeout: somebody stopped it, it did not obey in time, and the
	// engine killed it.
	CauseStopTimeout Cause = "stop-timeout"
	// CauseKilled: somebody sent it a signal that ended it.
	CauseKilled Cause = "killed"
	// CauseExited: it ended by itself.
	CauseExited Cause = "exited"
	// CauseAborted: SIGABRT. Node aborts so at its own heap limit, which is not
	// the container's.
	CauseAborted Cause = "aborted"
	// CauseCrashed: SIGSEGV, SIGBUS, SIGILL, SIGTRAP or SIGFPE.
	CauseCrashed Cause = "crashed"
	// CauseSignal: ended by another signal that nobody is known to have sent.
	CauseSignal Cause = "signal"
	// CauseUnseen: it died while brink or the engine was not there to see.
	CauseUnseen Cause = "unseen"
)

// Summary is the event in one short clause, for a list whose other columns are
// the time and the container.
func (e Event) Summary() string {
	switch e.Kind {
	case EventOOMKill:
		return e.oomSummary()
	case EventLimitHit:
		return "memory limit hit " + times(e.Count)
	case EventForkRefused:
		return "fork refused " + times(e.Count) + " by the pids limit"
	case EventDied:
		return e.deathSummary()
	case EventRestarted:
		return e.restartSummary()
	case EventHealth:
		return "health check says " + string(e.Health)
	case EventSourceLost:
		return withDetail(e.Source+" cannot be read", e.Detail)
	case EventSourceBack:
		return e.Source + " can be read again"
	case EventHardeningLost, EventHardeningBack:
		return e.hardeningSummary()
	default:
		return withDetail(string(e.Kind), e.Detail)
	}
}

func (e Event) hardeningSummary() string {
	drift, known := e.Drift.Get()
	if !known {
		return withDetail(string(e.Kind), e.Detail)
	}
	if e.Kind == EventHardeningBack {
		return "hardening back, " + drift.Check + ": " + Clean(drift.Is, driftText)
	}
	return "hardening lost, " + drift.String()
}

func (e Event) oomSummary() string {
	if len(e.Victims) == 0 {
		text := "OOM: " + plural(e.Count, "process", "processes") + " killed"
		return withDetail(withDetail(text, scopeClause(e.Scope)), e.Detail)
	}
	last := e.Victims[len(e.Victims)-1]
	text := "OOM: " + last.Name + " (pid " + strconv.Itoa(last.PID)
	if rss, ok := last.RSS.Get(); ok {
		text += ", " + FormatBytes(rss)
	}
	text += ") killed"
	if e.Count > 1 {
		text += fmt.Sprintf(", %d in all", e.Count)
	}
	return withDetail(withDetail(text, scopeClause(cmp.Or(last.Scope, e.Scope))), e.Detail)
}

func scopeClause(scope OOMScope) string {
	switch scope {
	case OOMAncestor:
		return "by the limit of a parent cgroup"
	case OOMHost:
		return "the whole host was out of memory"
	case OOMOutside:
		return "not by its own limit: by a parent's, or the host was out of memory"
	default:
		return ""
	}
}

func (e Event) deathSummary() string {
	code, ok := e.ExitCode.Get()
	if !ok {
		return withDetail("died", e.Detail)
	}
	return withDetail(fmt.Sprintf("exit %d: %s", code, CauseText(e.Cause, code)), e.Detail)
}

func (e Event) restartSummary() string {
	code, ok := e.ExitCode.Get()
	if !ok && e.Cause == CauseUnseen {
		return withDetail("restarted, "+CauseText(e.Cause, code), e.Detail)
	}
	if !ok {
		return withDetail("restarted", e.Detail)
	}
	return withDetail(fmt.Sprintf("restarted after exit %d: %s", code, CauseText(e.Cause, code)), e.Detail)
}

// CauseText says in a few words why a container ended with the exit code.
func CauseText(cause Cause, code int) string {
	switch cause {
	case CauseOOMKill:
		return "OOM kill"
	case CauseStopped:
		return "stopped on request"
	case CauseStopTimeout:
		return "did not stop in time, killed by the engine (no OOM)"
	case CauseKilled:
		return "killed on request (no OOM)"
	case CauseAborted:
		return "aborted; node does so at its own heap limit (no OOM)"
	case CauseCrashed:
		return "crashed"
	case CauseExited:
		return "ended by itself"
	case CauseUnseen:
		return "nobody saw it end"
	case CauseSignal:
		return "ended by " + signalName(code) + ", sender unknown"
	default:
		if code == exitSIGKILL {
			return "SIGKILL, sender unknown"
		}
		return "cause unknown"
	}
}

func withDetail(text, detail string) string {
	if detail == "" {
		return text
	}
	return text + ", " + detail
}

func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return strconv.FormatUint(n, 10) + " times"
}

func plural(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatUint(n, 10) + " " + many
}

// FormatBytes writes an amount with three significant digits and a binary unit,
// as in "1.21 GiB". It stands here because the ledger's sentences hold amounts.
func FormatBytes(n Bytes) string {
	const unit = 1024
	if n < unit {
		return strconv.FormatUint(uint64(n), 10) + " B"
	}
	value, prefix := float64(n)/unit, 0
	for ; value >= 999.5 && prefix < len(prefixes)-1; prefix++ {
		value /= unit
	}
	return threeDigits(value) + " " + prefixes[prefix:prefix+1] + "iB"
}

const prefixes = "KMGTPE"

// threeDigits writes value with three significant digits and no exponent.
func threeDigits(value float64) string {
	switch {
	case value < 9.995:
		return strconv.FormatFloat(value, 'f', 2, 64)
	case value < 99.95:
		return strconv.FormatFloat(value, 'f', 1, 64)
	default:
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
}

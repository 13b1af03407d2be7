package record

import (
	"encoding/json"
	"time"

	"brink/collectors"
)

// Life is one life of a container, from its start to its end.
type Life struct {
	// Container is the name that is followed; ID the engine's number, empty for a bare
	// cgroup.
	Container string `json:"container"`
	ID        string `json:"id,omitempty"`
	Image     string `json:"image,omitempty"`
	// Incarnation tells the lives of one container apart; 0 is unknown.
	Incarnation collectors.Incarnation `json:"incarnation,omitempty"`
	// First and Last are the first and the last reading of this life.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Started is when the engine started it, Ended when it ended; absent where that is
	// not known, or it has not.
	Started collectors.Opt[time.Time] `json:"started,omitzero"`
	Ended   collectors.Opt[time.Time] `json:"ended,omitzero"`
	// ExitCode and OOMKilled are what the engine said of the end.
	ExitCode  collectors.Opt[int] `json:"exit_code,omitzero"`
	OOMKilled bool                `json:"oom_killed,omitempty"`
	// RestartCount is how often the restart policy had started the container by then.
	RestartCount collectors.Opt[int] `json:"restart_count,omitzero"`
	// Limits are the limits with the times since when they were in force, oldest first.
	Limits []Limits `json:"limits,omitempty"`
}

// Limits are the limits that were in force from a moment on. One that no source
// could read is absent.
type Limits struct {
	At        time.Time                          `json:"at"`
	Memory    collectors.Limit[collectors.Bytes] `json:"memory_bytes,omitzero"`
	High      collectors.Limit[collectors.Bytes] `json:"memory_high_bytes,omitzero"`
	SwapLimit collectors.Limit[collectors.Bytes] `json:"swap_bytes,omitzero"`
	CPU       collectors.Limit[collectors.Cores] `json:"cpu_cores,omitzero"`
	Pids      collectors.Limit[uint64]           `json:"pids,omitzero"`
}

// facts are what is kept of a life, in a form that can be compared. Times are
// nanoseconds since 1970.
type facts struct {
	Image        string                `json:"image,omitempty"`
	Started      collectors.Opt[int64] `json:"started,omitzero"`
	Ended        collectors.Opt[int64] `json:"ended,omitzero"`
	ExitCode     collectors.Opt[int]   `json:"exit_code,omitzero"`
	OOMKilled    bool                  `json:"oom_killed,omitempty"`
	RestartCount collectors.Opt[int]   `json:"restart_count,omitzero"`
}

// followed is the life of a container that goes on.
type followed struct {
	row         int64
	id          string
	incarnation collectors.Incarnation
	facts       facts
	limits      Limits
	// seen is the newest reading of it, in nanoseconds since 1970.
	seen int64
	// before is what the life before had. The files of the kernel and the engine tell of
	// a restart one after the other: who repeats what was before has not heard of it.
	before began
	// former is the life before, while its end is not known.
	former *followed
}

// began is what tells a life from the one before.
type began struct {
	incarnation collectors.Incarnation
	started     collectors.Opt[int64]
}

// beganOf is what a reading tells of the beginning, without what is old.
func (f *followed) beganOf(c collectors.ContainerCounters) began {
	var b began
	if c.Incarnation != f.before.incarnation {
		b.incarnation = c.Incarnation
	}
	if started, told := c.StartedAt.Get(); told && collectors.Some(started.UnixNano()) != f.before.started {
		b.started = collectors.Some(started.UnixNano())
	}
	return b
}

// next is the life that follows.
func (f *followed) next() *followed {
	next := &followed{before: began{f.incarnation, f.facts.Started}}
	if !f.facts.Ended.Present() {
		f.former, next.former = nil, f
	}
	return next
}

// endSeen is how long after a life was seen last it can have ended, to be the one that the
// engine tells of: it keeps the time of the last end alone, and while nobody looked there
// may have been several.
const endSeen = 10 * time.Second

// formerEnds reports whether a reading tells when the life before ended: one that was
// started again within a second was never seen without its processes. How it ended is
// not kept.
func (f *followed) formerEnds(c collectors.ContainerCounters) bool {
	finished, told := c.FinishedAt.Get()
	if f.former == nil || !told || c.ID != f.former.id || !f.facts.Started.Present() {
		return false
	}
	at := finished.UnixNano()
	if at < f.former.facts.Started.Or(0) || at > f.facts.Started.Or(0) || at > f.former.seen+int64(endSeen) {
		return false
	}
	f.former.facts.Ended = collectors.Some(at)
	return true
}

// sameLife reports whether a reading belongs to the life. What is not known says
// nothing against it.
func (f *followed) sameLife(c collectors.ContainerCounters) bool {
	b := f.beganOf(c)
	if f.id != c.ID || f.incarnation != 0 && b.incarnation != 0 && f.incarnation != b.incarnation {
		return false
	}
	return !f.facts.Started.Present() || !b.started.Present() || f.facts.Started == b.started
}

// learn takes over what a reading tells, and reports whether something of the
// facts and of the limits is new.
func (f *followed) learn(c collectors.ContainerCounters, at time.Time) (factsNew, limitsNew bool) {
	facts, limits, incarnation := f.facts, f.limits, f.incarnation
	f.tell(c, at)
	f.limit(c)
	return f.facts != facts || f.incarnation != incarnation, f.limits != limits
}

func (f *followed) tell(c collectors.ContainerCounters, at time.Time) {
	f.id = c.ID
	b := f.beganOf(c)
	if b.incarnation != 0 {
		f.incarnation = b.incarnation
	}
	if c.Image != "" {
		f.facts.Image = c.Image
	}
	if b.started.Present() {
		f.facts.Started = b.started
	}
	if c.RestartCount.Present() {
		f.facts.RestartCount = c.RestartCount
	}
	f.facts.OOMKilled = f.facts.OOMKilled || c.OOMKilled
	f.end(c, at)
}

// end notes that the container does not run any more, and takes it back when it
// does: a bare cgroup may become empty and be used again.
func (f *followed) end(c collectors.ContainerCounters, at time.Time) {
	finished, told := c.FinishedAt.Get()
	switch {
	case c.State.Alive():
		f.facts.Ended, f.facts.ExitCode = collectors.Opt[int64]{}, collectors.Opt[int]{}
		return
	case told && !finished.Before(time.Unix(0, f.facts.Started.Or(0))):
		f.facts.Ended = collectors.Some(finished.UnixNano())
	case !f.facts.Ended.Present() && c.State != collectors.StateCreated:
		f.facts.Ended = collectors.Some(at.UnixNano())
	}
	if c.ExitCode.Present() {
		f.facts.ExitCode = c.ExitCode
	}
}

// limit takes over the limits that a source could read.
func (f *followed) limit(c collectors.ContainerCounters) {
	if memory, ok := c.Memory.Get(); ok {
		f.limits.Memory, f.limits.High, f.limits.SwapLimit = known(memory.Limit, f.limits.Memory), known(memory.High, f.limits.High), known(memory.SwapLimit, f.limits.SwapLimit)
	}
	if cpu, ok := c.CPU.Get(); ok {
		f.limits.CPU = known(cpu.Limit, f.limits.CPU)
	}
	if pids, ok := c.Pids.Get(); ok {
		f.limits.Pids = known(pids.Limit, f.limits.Pids)
	}
}

func known[T any](limit, before collectors.Limit[T]) collectors.Limit[T] {
	if limit.Present() {
		return limit
	}
	return before
}

// lifeOf is the row as readers get it, without the limits.
func lifeOf(who named, incarnation, first, last int64, data []byte) (Life, error) {
	var f facts
	if err := json.Unmarshal(data, &f); err != nil {
		return Life{}, err
	}
	return Life{
		Container: who.name, ID: who.id, Image: f.Image, Incarnation: collectors.Incarnation(incarnation),
		First: time.Unix(0, first), Last: time.Unix(0, last), Started: timeOf(f.Started), Ended: timeOf(f.Ended),
		ExitCode: f.ExitCode, OOMKilled: f.OOMKilled, RestartCount: f.RestartCount,
	}, nil
}

// timeOf is a time that is stored.
func timeOf(nanoseconds collectors.Opt[int64]) collectors.Opt[time.Time] {
	ns, ok := nanoseconds.Get()
	if !ok {
		return collectors.Opt[time.Time]{}
	}
	return collectors.Some(time.Unix(0, ns))
}

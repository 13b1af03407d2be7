package cgroupfs

// MemoryEvents is memory.events or memory.events.local: how often the memory
// controller had to act since the cgroup was made. The former counts the
// descendants too (unless the mount has memory_localevents), the latter does not
// (kernel 5.2).
//
// An OOMKill that rises while OOM of the local file stands still came from
// outside: the limit of an ancestor, or a host that ran out of memory.
type MemoryEvents struct {
	// Low: reclaimed although below memory.low.
	Low Value[Count]
	// High: throttled above memory.high.
	High Value[Count]
	// Max: usage was about to pass memory.max, and reclaim followed. It climbs by
	// the thousand on work that is heavy on page cache and perfectly healthy.
	Max Value[Count]
	// OOM: reclaim did not help and an allocation was about to fail.
	OOM Value[Count]
	// OOMKill: processes of this cgroup that any kind of OOM killer killed.
	OOMKill Value[Count]
	// OOMGroupKill: the whole cgroup was killed as one (5.17).
	OOMGroupKill Value[Count]
	// SockThrottled: network sockets were throttled (kernels of 2026).
	SockThrottled Value[Count]
}

func (e *MemoryEvents) reset() { *e = MemoryEvents{} }

func (e *MemoryEvents) decode(text []byte) *ParseError {
	e.reset()
	return eachPair(text, e.set)
}

func (e *MemoryEvents) set(key, value []byte) (known bool, err error) {
	return setUint(e.counter(key), value)
}

func (e *MemoryEvents) counter(key []byte) *Value[Count] {
	switch string(key) {
	case "low":
		return &e.Low
	case "high":
		return &e.High
	case "max":
		return &e.Max
	case "oom":
		return &e.OOM
	case "oom_kill":
		return &e.OOMKill
	case "oom_group_kill":
		return &e.OOMGroupKill
	case "sock_throttled":
		return &e.SockThrottled
	default:
		return nil
	}
}

// SwapEvents is memory.swap.events (kernel 4.18). With memory.swap.max at 0, Max
// and Fail may climb under pressure: that is normal.
type SwapEvents struct {
	High Value[Count] // above memory.swap.high (5.8)
	Max  Value[Count] // about to pass memory.swap.max
	Fail Value[Count] // no swap to be had, on the host or within the limit
}

func (e *SwapEvents) reset() { *e = SwapEvents{} }

func (e *SwapEvents) decode(text []byte) *ParseError {
	e.reset()
	return eachPair(text, e.set)
}

func (e *SwapEvents) set(key, value []byte) (known bool, err error) {
	switch string(key) {
	case "high":
		return setUint(&e.High, value)
	case "max":
		return setUint(&e.Max, value)
	case "fail":
		return setUint(&e.Fail, value)
	default:
		return false, nil
	}
}

package cgroupfs

// Pids is what the pids controller counts: tasks, which are threads and not
// processes, of the cgroup and its descendants. Zombies count until somebody
// waits for them, though cgroup.procs and cgroup.threads do not list them.
type Pids struct {
	Current Value[Count] // pids.current
	// Peak is pids.peak (kernel 6.6). It can stand a little above the truth when
	// a limit further up refused the fork.
	Peak   Value[Count]
	Max    Value[Count] // pids.max; fork and clone beyond it get EAGAIN
	Events PidsEvents
}

// PidsEvents is pids.events.
type PidsEvents struct {
	// Max counts refused forks. From kernel 6.11 on it counts hits of the limit of
	// this cgroup or of a descendant; before, forks that failed in this cgroup,
	// whichever ancestor's limit refused them.
	Max Value[Count]
}

func (e *PidsEvents) reset() { *e = PidsEvents{} }

func (e *PidsEvents) decode(text []byte) *ParseError {
	e.reset()
	return eachPair(text, e.set)
}

func (e *PidsEvents) set(key, value []byte) (known bool, err error) {
	if string(key) != "max" {
		return false, nil
	}
	return setUint(&e.Max, value)
}

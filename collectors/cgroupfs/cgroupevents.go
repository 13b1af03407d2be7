package cgroupfs

// CgroupEvents is cgroup.events. It is missing in the root of the hierarchy.
type CgroupEvents struct {
	// Populated tells whether the cgroup or a descendant has a living process.
	// It is false, too, when only zombies remain: the first sign of the end, for
	// the removal itself is not announced (no inotify event for rmdir up to 7.0).
	Populated Value[bool]
	// Frozen tells whether the cgroup is frozen, as by `docker pause`
	// (kernel 5.2).
	Frozen Value[bool]
}

func (e *CgroupEvents) reset() { *e = CgroupEvents{} }

func (e *CgroupEvents) decode(text []byte) *ParseError {
	e.reset()
	return eachPair(text, e.set)
}

func (e *CgroupEvents) set(key, value []byte) (known bool, err error) {
	switch string(key) {
	case "populated":
		return true, setFlag(&e.Populated, value)
	case "frozen":
		return true, setFlag(&e.Frozen, value)
	default:
		return false, nil
	}
}

func setFlag(dst *Value[bool], text []byte) error {
	n, err := parseUint(text)
	if err == nil && n > 1 {
		err = ErrRange
	}
	if err != nil {
		*dst = Value[bool]{}
		return err
	}
	*dst = present(n == 1)
	return nil
}

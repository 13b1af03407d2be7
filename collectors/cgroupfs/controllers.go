package cgroupfs

import (
	"bytes"
	"slices"
)

// Controllers returns the controllers that manage the cgroup, from
// cgroup.controllers, in the order of the kernel. The file exists in every
// directory of cgroup v2 and nowhere else: without it the error is
// [ErrNotCgroup2].
//
// In the root of the hierarchy the list says what there is, although the root has
// neither limits nor, for memory and pids, counters.
func (g *Group) Controllers() ([]string, error) {
	if g.gone || g.unlinked() {
		g.gone = true
		return nil, goneError(g.path)
	}
	g.borrow()
	defer g.giveBack()
	defer g.release(FileControllers) // asked once: not worth a kept descriptor
	text, err := g.text(FileControllers)
	switch {
	case err == nil:
	case !isMissing(err):
		return nil, &ReadError{Path: g.path, File: FileControllers, Err: err}
	case g.alive():
		return nil, &ReadError{Path: g.path, File: FileControllers, Err: ErrNotCgroup2}
	default:
		g.gone = true
		return nil, goneError(g.path)
	}
	return parseControllers(text), nil
}

// Verify tells whether the directory is one of cgroup v2 whose memory, cpu, pids
// and io the kernel accounts. A [MissingControllersError] is no obstacle to
// reading: it says which values will be absent, and why. A line "0::" in
// /proc/PID/cgroup is no such proof: hybrid hosts have it while every controller
// is on cgroup v1.
func (g *Group) Verify() error {
	have, err := g.Controllers()
	if err != nil {
		return err
	}
	var missing []string
	for _, c := range []string{"memory", "cpu", "pids", "io"} {
		if !slices.Contains(have, c) {
			missing = append(missing, c)
		}
	}
	if missing != nil {
		return &MissingControllersError{Path: g.path, Missing: missing}
	}
	return nil
}

func parseControllers(text []byte) []string {
	var names []string
	for name := range bytes.FieldsSeq(text) {
		names = append(names, string(name))
	}
	return names
}

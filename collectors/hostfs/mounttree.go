package hostfs

import (
	"slices"
	"strings"
)

// Visible returns the mounts that a path leads to, in their order: a mount is left out when another one lies on top of
// it, or on a directory above its mount point, or when its parent cannot be reached for such a reason.
//
// It follows the tree of mounts by id, as a path lookup does, so that it holds for moved mounts as well, and costs one
// map lookup per path component, so that a container with thousands of mounts does not make it slow.
func Visible(mounts []Mount) []Mount {
	t := mountTree{
		mounts:   mounts,
		index:    make(map[int]int, len(mounts)),
		attached: make(map[attachment]bool, len(mounts)),
		lost:     make([]bool, len(mounts)),
		known:    make([]bool, len(mounts)),
	}
	for i, m := range mounts {
		t.index[m.ID] = i
		t.attached[attachment{m.ParentID, m.MountPoint}] = true
	}
	out := slices.Clone(mounts)[:0]
	for i, m := range mounts {
		if !t.isCovered(m) && !t.isLost(i) {
			out = append(out, m)
		}
	}
	return out
}

// attachment is a place where a mount hangs: a directory as reached through one parent mount.
type attachment struct {
	parent int
	dir    string
}

type mountTree struct {
	mounts   []Mount
	index    map[int]int         // mount id -> position
	attached map[attachment]bool // where something hangs
	lost     []bool              // answers of isLost, where known
	known    []bool
}

// isCovered tells whether something is mounted on the root of this very mount. A mount over "/" covers nothing: a
// lookup starts inside the root mount and does not cross to what lies on it.
func (t *mountTree) isCovered(m Mount) bool {
	return m.MountPoint != "/" && t.attached[attachment{m.ID, m.MountPoint}]
}

// isLost tells whether no path leads to the mount point. Known is set before the parent is asked, so that a table
// with a cycle, which no kernel prints, ends as well.
func (t *mountTree) isLost(i int) bool {
	if t.known[i] {
		return t.lost[i]
	}
	t.known[i] = true
	m := t.mounts[i]
	parent, listed := t.index[m.ParentID]
	t.lost[i] = t.isBuried(m) || listed && (m.MountPoint == "/" || t.isLost(parent))
	return t.lost[i]
}

// isBuried tells whether the parent has another mount on a directory above the mount point.
func (t *mountTree) isBuried(m Mount) bool {
	dir := m.MountPoint
	for i := strings.LastIndexByte(dir, '/'); i > 0; i = strings.LastIndexByte(dir, '/') {
		dir = dir[:i]
		if t.attached[attachment{m.ParentID, dir}] {
			return true
		}
	}
	return false
}

package hostfs

import (
	"cmp"
	"slices"
	"strings"
)

// Visible returns the mounts that a path leads to, in their order: a mount is left out when another one lies on top of
// it, or on a directory above its mount point, or when its parent cannot be reached for such a reason.
//
// It follows the tree of mounts by id, as a path lookup does, so that it holds for moved mounts as well. It sorts
// instead of comparing each with each, because a container with a user namespace can mount as often as it likes.
func Visible(mounts []Mount) []Mount {
	t := mountTree{
		mounts:  mounts,
		index:   make(map[int]int, len(mounts)),
		covered: make(map[int]bool),
		lost:    make([]bool, len(mounts)),
		known:   make([]bool, len(mounts)),
	}
	for i, m := range mounts {
		t.index[m.ID] = i
	}
	t.markCovered()
	t.markBuried()
	out := slices.Clone(mounts)[:0]
	for i, m := range mounts {
		if !t.covered[m.ID] && !t.isLost(i) {
			out = append(out, m)
		}
	}
	return out
}

type mountTree struct {
	mounts  []Mount
	index   map[int]int  // mount id -> position
	covered map[int]bool // mount id -> something is mounted on its root
	lost    []bool       // no path leads to the mount point: known at first where buried, for the rest by isLost
	known   []bool
}

// markCovered finds the mounts with another one on their root. A mount over "/" covers nothing: a lookup starts inside
// the root mount and does not cross to what lies on it.
func (t *mountTree) markCovered() {
	for _, m := range t.mounts {
		below, ok := t.index[m.ParentID]
		if ok && m.MountPoint != "/" && t.mounts[below].MountPoint == m.MountPoint {
			t.covered[m.ParentID] = true
		}
	}
}

// markBuried finds the mounts whose parent has another mount on a directory above. Sorted by parent and path, what lies
// below a directory follows it without a gap.
func (t *mountTree) markBuried() {
	order := make([]int, len(t.mounts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := t.mounts[i], t.mounts[j]
		return cmp.Or(cmp.Compare(a.ParentID, b.ParentID), comparePaths(a.MountPoint, b.MountPoint))
	})
	var above Mount
	for _, i := range order {
		m := t.mounts[i]
		switch {
		case m.MountPoint == "/":
		case m.ParentID == above.ParentID && above.MountPoint != "" && isBelow(m.MountPoint, above.MountPoint):
			t.lost[i], t.known[i] = true, true
		default:
			above = m
		}
	}
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
	t.lost[i] = listed && (m.MountPoint == "/" || t.isLost(parent))
	return t.lost[i]
}

// isBelow tells whether a path lies below a directory, and is not that directory itself.
func isBelow(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && strings.HasPrefix(rest, "/")
}

// comparePaths orders paths so that the tree below a directory stands together: the slash before every other byte.
func comparePaths(a, b string) int {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == b[i]:
			continue
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		default:
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(a), len(b))
}

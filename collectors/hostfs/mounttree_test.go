package hostfs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestVisible draws mount tables as "id parent path" and expects the ids that a path leads to.
func TestVisible(t *testing.T) {
	for name, tt := range map[string]struct{ table, want string }{
		"nothing":                         {"", ""},
		"side by side":                    {"1 0 /, 2 1 /a, 3 1 /ab, 4 2 /a/b", "1 2 3 4"},
		"a second mount on the first":     {"1 0 /, 2 1 /a, 3 2 /a", "1 3"},
		"three on one another":            {"1 0 /, 2 1 /a, 3 2 /a, 4 3 /a", "1 4"},
		"a mount above an earlier one":    {"1 0 /, 2 1 /a/b, 3 1 /a", "1 3"},
		"a child of what was covered":     {"1 0 /, 2 1 /a, 3 2 /a/b, 4 2 /a", "1 4"},
		"a grandchild of what was":        {"1 0 /, 2 1 /a, 3 2 /a/b, 5 3 /a/b/c, 4 2 /a", "1 4"},
		"a child of the covering mount":   {"1 0 /, 2 1 /a, 3 2 /a, 4 3 /a/b", "1 3 4"},
		"ids that do not rise":            {"65 43 /, 44 66 /proc/bus, 66 65 /proc", "65 44 66"},
		"a name that is only longer":      {"1 0 /, 2 1 /a, 3 1 /a.b/c", "1 2 3"},
		"a moved mount is listed first":   {"3 2 /a/b, 1 0 /, 2 1 /a", "3 1 2"},
		"over the root":                   {"1 0 /, 2 1 /, 3 1 /a, 4 2 /a", "1 3"},
		"a parent that is not listed":     {"7 99 /x, 8 99 /x/y", "7"},
		"its own parent":                  {"1 1 /a", ""},
		"a cycle, which no kernel prints": {"1 2 /a/b, 2 1 /a", "1 2"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, m := range Visible(table(t, tt.table)) {
				got = append(got, itoa(m.ID))
			}
			if text := strings.Join(got, " "); text != tt.want {
				t.Errorf("%s: %q, want %q", tt.table, text, tt.want)
			}
		})
	}
}

// table reads a drawn mount table.
func table(t *testing.T, text string) []Mount {
	t.Helper()
	var mounts []Mount
	for line := range strings.SplitSeq(text, ", ") {
		var m Mount
		if _, err := fmt.Sscan(line, &m.ID, &m.ParentID, &m.MountPoint); err == nil {
			mounts = append(mounts, m)
		} else if text != "" {
			t.Fatalf("%q: %v", line, err)
		}
	}
	return mounts
}

// TestVisibleAsALookup compares with a slow and simple answer: walk the path from the root, one name at a time, and at
// each directory go to what is mounted there.
func TestVisibleAsALookup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mounts := []Mount{{ID: 1, ParentID: 99, MountPoint: "/"}}
		for id := 2; id <= rapid.IntRange(1, 12).Draw(t, "mounts"); id++ {
			under := rapid.SampledFrom(mounts).Draw(t, "parent")
			name := rapid.SampledFrom([]string{"", "/a", "/a/b", "/a.b", "/b", "/a/b/a"}).Draw(t, "name")
			point := strings.TrimSuffix(under.MountPoint, "/") + name
			taken := slices.ContainsFunc(mounts, func(m Mount) bool { return m.ParentID == under.ID && m.MountPoint == point })
			if point != "" && !taken {
				mounts = append(mounts, Mount{ID: id, ParentID: under.ID, MountPoint: point})
			}
		}
		var want, got []int
		for _, m := range mounts {
			if lookUp(mounts, m.MountPoint) == m.ID {
				want = append(want, m.ID)
			}
		}
		for _, m := range Visible(mounts) {
			got = append(got, m.ID)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("%+v: %v, a lookup says %v", mounts, got, want)
		}
	})
}

// lookUp returns the id of the mount that a path ends on.
func lookUp(mounts []Mount, path string) int {
	at, dir := 1, ""
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			continue
		}
		dir += "/" + name
		for next := at; next != 0; {
			at, next = next, 0
			for _, m := range mounts {
				if m.ParentID == at && m.MountPoint == dir {
					next = m.ID
				}
			}
		}
	}
	return at
}

// TestVisibleOfManyMounts: what a hostile container can make of the largest table that is read at all (largestFile)
// costs a fraction of a second, and no stack overflow.
func TestVisibleOfManyMounts(t *testing.T) {
	const n = 20_000
	nested, flat, piled := make([]Mount, n), make([]Mount, n), make([]Mount, n)
	for i := range n {
		nested[i] = Mount{ID: i + 1, ParentID: i, MountPoint: strings.Repeat("/d", min(i, 200))}
		flat[i] = Mount{ID: i + 2, ParentID: 1, MountPoint: strings.Repeat("/d", 200) + itoa(i)}
		piled[i] = Mount{ID: i + 1, ParentID: i, MountPoint: "/a"}
	}
	start := time.Now()
	if got := len(Visible(flat)); got != n {
		t.Errorf("side by side: %d", got)
	}
	if got := len(Visible(piled)); got != 1 {
		t.Errorf("on one another: %d", got)
	}
	Visible(nested)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

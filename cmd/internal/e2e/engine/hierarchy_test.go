package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/containerd/cgroups/v3"
)

func TestUnsuitable(t *testing.T) {
	for _, test := range []struct {
		name string
		mode cgroups.CGMode
		uid  int
		want string // part of the reason; empty: suitable
	}{
		{"no cgroups", cgroups.Unavailable, 0, "mounts no cgroups"},
		{"unified", cgroups.Unified, 0, "unified cgroup v2"},
		{"hybrid, not root", cgroups.Hybrid, 1000, "needs root"},
		{"legacy, not root", cgroups.Legacy, 1000, "needs root"},
		{"hybrid", cgroups.Hybrid, 0, ""},
		{"legacy", cgroups.Legacy, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := unsuitable(test.mode, test.uid)
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("unsuitable = %q, want something with %q", got, test.want)
			}
		})
	}
}

func TestMountPointsBelow(t *testing.T) {
	const mountinfo = `malformed
36 35 98:0 / /
21 1 0:20 / /proc rw - proc none rw
90 1 0:4 net:[1] /tmp/e/exec/netns/default rw shared:1 - nsfs none rw
91 1 0:50 / /tmp/e/data/vfs/dir/x rw - tmpfs none rw
92 1 0:51 / /tmp/elsewhere rw - tmpfs none rw
`
	want := []string{"/tmp/e/data/vfs/dir/x", "/tmp/e/exec/netns/default"}
	if got := mountPointsBelow(mountinfo, "/tmp/e"); !slices.Equal(got, want) {
		t.Errorf("mountPointsBelow = %q, want %q", got, want)
	}
}

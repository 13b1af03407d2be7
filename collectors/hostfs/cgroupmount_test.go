package hostfs

import (
	"errors"
	"testing"

	"github.com/containerd/cgroups/v3"
)

func TestCgroupHierarchy(t *testing.T) {
	for name, want := range map[string]CgroupHierarchy{
		"hardened":                  {Mode: CgroupUnified, MountPoint: "/sys/fs/cgroup", Root: "/"},
		"unified_with_v1_leftovers": {Mode: CgroupUnified, MountPoint: "/sys/fs/cgroup", Root: "/", V1Controllers: []string{"net_cls"}},
		"hybrid": {
			Mode: CgroupHybrid, MountPoint: "/sys/fs/cgroup/unified", Root: "/",
			V1Controllers: []string{"cpu", "cpuacct", "memory", "pids"},
		},
		"legacy":               {Mode: CgroupLegacy, V1Controllers: []string{"cpu", "cpuacct", "memory"}},
		"none":                 {Mode: CgroupNone},
		"monitor_in_container": {Mode: CgroupUnified, MountPoint: "/host/cgroup", Root: "/../.."},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tree(t, name).CgroupHierarchy()
			if err != nil {
				t.Fatal(err)
			}
			if d := diff(want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
	if _, err := New(t.TempDir()).CgroupHierarchy(); !errors.Is(err, ErrNoProcess) {
		t.Errorf("without a proc file system: %v", err)
	}
}

// TestModeAsContainerdSeesIt compares our reading of this very machine with the library that Docker uses.
func TestModeAsContainerdSeesIt(t *testing.T) {
	got, err := New("/proc").CgroupHierarchy()
	if err != nil {
		t.Fatal(err)
	}
	want, ok := map[cgroups.CGMode]CgroupMode{
		cgroups.Legacy: CgroupLegacy, cgroups.Hybrid: CgroupHybrid, cgroups.Unified: CgroupUnified,
	}[cgroups.Mode()]
	if !ok || got.Mode == CgroupNone {
		t.Skip("needs a mounted cgroup file system")
	}
	if got.Mode != want {
		t.Errorf("%v, containerd says %v", got, want)
	}
}

func TestCgroupModeString(t *testing.T) {
	for mode, want := range map[CgroupMode]string{CgroupNone: "none", CgroupLegacy: "legacy", CgroupHybrid: "hybrid", CgroupUnified: "unified"} {
		if mode.String() != want {
			t.Errorf("%d: %s", mode, mode)
		}
	}
}

package hostfs

import (
	"strings"
	"testing"
)

func TestTmpfsMounts(t *testing.T) {
	size := func(mib uint64) Opt[uint64] { return Some(mib << 20) }
	for _, tt := range []struct {
		tree string
		pid  int
		want []TmpfsMount
	}{
		{"hardened", 4121, []TmpfsMount{
			{MountPoint: "/dev", Device: Device{0, 56}, Size: size(64)},
			{MountPoint: "/dev/shm", Device: Device{0, 59}, Size: size(64)},
			{MountPoint: "/tmp", Device: Device{0, 60}, Size: size(256)},
			{MountPoint: "/run", Device: Device{0, 61}, Size: size(64)},
		}},
		{"runc_v1", 7, []TmpfsMount{
			{MountPoint: "/dev", Device: Device{0, 41}, Size: size(64)},
			{MountPoint: "/dev/shm", Device: Device{0, 43}, Size: size(64)},
			{MountPoint: "/tmp", Device: Device{0, 46}, Size: size(256)},
			{MountPoint: "/run", Device: Device{0, 47}, Size: size(64)},
		}},
	} {
		mounts, err := tree(t, tt.tree).Mounts(tt.pid)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(tt.want, TmpfsMounts(mounts)); d != "" {
			t.Errorf("%s: -want +got\n%s", tt.tree, d)
		}
	}
}

// TestTmpfsMountsKept tells the writable from the rest, one line at a time.
func TestTmpfsMountsKept(t *testing.T) {
	for name, tt := range map[string]struct {
		line string
		want int
	}{
		"writable":               {"1 2 0:9 / /tmp rw - tmpfs none rw", 1},
		"read-only mount":        {"1 2 0:9 / /tmp ro - tmpfs none rw", 0},
		"read-only file system":  {"1 2 0:9 / /tmp rw - tmpfs none ro", 0},
		"part of another":        {"1 2 0:9 /a /tmp rw - tmpfs none rw", 0},
		"part that was deleted":  {"1 2 0:9 //deleted /tmp rw - tmpfs none rw", 0},
		"a mask":                 {"1 2 0:9 / /proc/acpi rw - tmpfs none rw", 0},
		"in sysfs":               {"1 2 0:9 / /sys/fs/cgroup rw - tmpfs none rw", 0},
		"named like proc":        {"1 2 0:9 / /procure rw - tmpfs none rw", 1},
		"devtmpfs":               {"1 2 0:9 / /dev rw - devtmpfs udev rw,size=10k", 0},
		"covered by a directory": {"1 2 0:9 / /tmp rw - tmpfs none rw\n3 1 0:8 / /tmp rw - ext4 d rw", 0},
	} {
		mounts, err := ParseMountinfo([]byte(tt.line))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(TmpfsMounts(mounts)); got != tt.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestTmpfsSize(t *testing.T) {
	for options, want := range map[string]struct {
		size      Opt[uint64]
		unlimited bool
	}{
		"rw":                            {},
		"rw,size=":                      {},
		"rw,size=k":                     {},
		"rw,size=-1k":                   {},
		"rw,size=50%":                   {},
		"rw,size=1g":                    {},
		"rw,size=1000":                  {},
		"rw,size=18014398509481984k":    {}, // 2^64 bytes
		"rw,size=18446744073709551616k": {},
		"rw,oversize=4k":                {},
		"rw,size=0k":                    {unlimited: true},
		"rw,size=64k":                   {size: Some(uint64(65536))},
		"rw,nr_inodes=1,size=4k":        {size: Some(uint64(4096))},
		"rw,size=4k,size=8k":            {size: Some(uint64(4096))},
		"ro,size=18014398509481983k":    {size: Some(uint64(18014398509481983 << 10))},
	} {
		size, unlimited := tmpfsSize(options)
		if size != want.size || unlimited != want.unlimited {
			t.Errorf("%s: %+v, unlimited %v", options, size, unlimited)
		}
	}
}

func FuzzTmpfsSize(f *testing.F) {
	f.Add("rw,size=262144k,mode=755")
	f.Fuzz(func(t *testing.T, options string) {
		size, unlimited := tmpfsSize(options)
		n, ok := size.Get()
		if ok && (unlimited || n == 0 || n%1024 != 0 || !strings.Contains(options, "size=")) {
			t.Errorf("%q: %d, unlimited %v", options, n, unlimited)
		}
	})
}

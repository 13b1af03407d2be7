package hostfs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseMountinfo(t *testing.T) {
	const good = "620 612 0:60 / /tmp rw,nosuid - tmpfs none rw,size=262144k\n"
	for _, tt := range []struct {
		name, text string
		cause      error
		want       []Mount
	}{
		{name: "garbage", text: "garbage\n", cause: errNumber},
		{name: "a blank line", text: good + "\n", cause: errNumber},
		{name: "id is negative", text: strings.Replace(good, "620", "-1", 1), cause: errNumber},
		{name: "id of 2^64", text: strings.Replace(good, "620", "18446744073709551616", 1), cause: errNumber},
		{name: "device without a minor", text: strings.Replace(good, "0:60", "0", 1), cause: errNumber},
		{name: "device past 32 bits", text: strings.Replace(good, "0:60", "0:4294967296", 1), cause: errNumber},
		{name: "mount point is not a path", text: strings.Replace(good, "/tmp", "tmp", 1), cause: errForm},
		{name: "cut in the first half", text: "620 612 0:60 / /tmp rw\n", cause: errShort},
		{name: "cut after the hyphen", text: "620 612 0:60 / /tmp rw -\n", cause: errShort},
		{name: "cut after the source", text: "620 612 0:60 / /tmp rw - tmpfs none\n", cause: errShort},
		{name: "the second line is bad", text: good + "x\n", cause: errNumber},
		{name: "empty", text: "", want: []Mount{}},
		{name: "as Docker mounts it", text: good, want: []Mount{{
			ID: 620, ParentID: 612, Device: Device{0, 60}, Root: "/", MountPoint: "/tmp", Options: "rw,nosuid",
			FSType: "tmpfs", Source: "none", SuperOptions: "rw,size=262144k",
		}}},
		{name: "no newline at the end", text: strings.TrimSuffix(good, "\n") + ",mode=755", want: []Mount{{
			ID: 620, ParentID: 612, Device: Device{0, 60}, Root: "/", MountPoint: "/tmp", Options: "rw,nosuid",
			FSType: "tmpfs", Source: "none", SuperOptions: "rw,size=262144k,mode=755",
		}}},
		{name: "optional fields, one of them unknown", text: "1 2 8:3 /a /b ro shared:1 master:2 propagate_from:3 unbindable new:x - ext4 /dev/sda3 rw\n", want: []Mount{{
			ID: 1, ParentID: 2, Device: Device{8, 3}, Root: "/a", MountPoint: "/b", Options: "ro",
			FSType: "ext4", Source: "/dev/sda3", SuperOptions: "rw", Shared: true,
		}}},
		{name: "a peer's slave shares nothing", text: "1 2 8:3 / /shared:1 rw master:2 - ext4 shared:3 rw\n", want: []Mount{{
			ID: 1, ParentID: 2, Device: Device{8, 3}, Root: "/", MountPoint: "/shared:1", Options: "rw",
			FSType: "ext4", Source: "shared:3", SuperOptions: "rw",
		}}},
		{name: "empty source", text: "64 43 0:40 / /b rw,relatime - tmpfs  rw,size=4k\n", want: []Mount{{
			ID: 64, ParentID: 43, Device: Device{0, 40}, Root: "/", MountPoint: "/b", Options: "rw,relatime",
			FSType: "tmpfs", Source: "", SuperOptions: "rw,size=4k",
		}}},
		{name: "escapes, and a space in the super options", text: `1 2 0:3 /r\134 /x\040y\012z\011\134 rw - fuse.sshfs u\040@h rw,x=a b` + "\n", want: []Mount{{
			ID: 1, ParentID: 2, Device: Device{0, 3}, Root: `/r\`, MountPoint: "/x y\nz\t\\", Options: "rw",
			FSType: "fuse.sshfs", Source: "u @h", SuperOptions: "rw,x=a b",
		}}},
		{name: "a mount point that imitates the separator", text: `1 2 0:3 / /a\040-\040tmpfs rw - ext4 d rw` + "\n", want: []Mount{{
			ID: 1, ParentID: 2, Device: Device{0, 3}, Root: "/", MountPoint: "/a - tmpfs", Options: "rw",
			FSType: "ext4", Source: "d", SuperOptions: "rw",
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseMountinfo([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if d := diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestUnescapeOctal(t *testing.T) {
	for text, want := range map[string]string{
		``: ``, `a`: `a`, `\`: `\`, `\0`: `\0`, `\04`: `\04`, `\040`: ` `, `\400`: `\400`, `\048`: `\048`, `\\040`: `\ `,
		`\134040`: `\040`, `a\012b`: "a\nb", `\043`: `#`, `\` + "\xff": `\` + "\xff",
	} {
		if got := unescapeOctal(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestReadOnly(t *testing.T) {
	for _, tt := range []struct {
		options, super string
		want           bool
	}{
		{"rw", "rw", false},
		{"ro,relatime", "rw", true},
		{"rw", "ro,size=4k", true},
		{"rw,errors=remount-ro", "rw,errors=remount-ro", false},
	} {
		if got := (Mount{Options: tt.options, SuperOptions: tt.super}).ReadOnly(); got != tt.want {
			t.Errorf("%s %s: %v", tt.options, tt.super, got)
		}
	}
}

// TestMountTable: the second reading costs a comparison, a change is seen, and a failure leaves nothing old behind.
func TestMountTable(t *testing.T) {
	host := tree(t, "hardened")
	var table MountTable
	for i, want := range []bool{true, false, false} {
		changed, err := table.Read(host, 4121)
		if err != nil || changed != want || len(table.Mounts()) != 26 {
			t.Fatalf("reading %d: changed %v, %d mounts, %v", i, changed, len(table.Mounts()), err)
		}
	}
	path := filepath.Join(host.Root(), "4121", "mountinfo")
	write(t, path, []byte("1 2 0:3 / / rw - ext4 d rw\n"))
	if changed, err := table.Read(host, 4121); err != nil || !changed || len(table.Mounts()) != 1 {
		t.Errorf("after a change: %v, %d mounts, %v", changed, len(table.Mounts()), err)
	}
	write(t, path, []byte("1 2\n"))
	_, err := table.Read(host, 4121)
	if pe, ok := errors.AsType[*ParseError](err); !ok || pe.Path != path || len(table.Mounts()) != 0 {
		t.Errorf("malformed: %v, %d mounts", err, len(table.Mounts()))
	}
	write(t, path, []byte("1 2 0:3 / / rw - ext4 d rw\n"))
	if changed, err := table.Read(host, 4121); err != nil || !changed {
		t.Errorf("after a failure: %v, %v", changed, err)
	}
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Read(host, 4121); !errors.Is(err, ErrNoProcess) || len(table.Mounts()) != 0 {
		t.Errorf("gone: %v, %d mounts", err, len(table.Mounts()))
	}
}

// TestMountsOfAZombie: it has none, and the kernel says so with EINVAL.
func TestMountsOfAZombie(t *testing.T) {
	if _, err := New("/proc").Mounts(zombie(t)); !errors.Is(err, ErrNoProcess) {
		t.Errorf("%v", err)
	}
}

// TestMountsOfSelf reads the real file.
func TestMountsOfSelf(t *testing.T) {
	mounts, err := New("/proc").Mounts(Self)
	if err != nil || len(mounts) == 0 {
		t.Fatalf("%d mounts, %v", len(mounts), err)
	}
	if len(Visible(mounts)) == 0 {
		t.Error("none of them visible")
	}
}

func FuzzMountinfo(f *testing.F) {
	f.Add([]byte("620 612 0:60 / /tmp rw,nosuid - tmpfs none rw,size=262144k\n1 1 0:3 / /tmp/a rw x:1 - cgroup2 c rw\n"))
	f.Add([]byte(`1 2 0:3 /r\134 /x\040y rw - tmpfs  ro,size=0k`))
	f.Fuzz(func(t *testing.T, data []byte) {
		mounts, err := ParseMountinfo(data)
		checkParseError(t, err)
		visible := Visible(mounts)
		if len(visible) > len(mounts) || len(TmpfsMounts(mounts)) > len(visible) {
			t.Error("more mounts come out than go in")
		}
		HierarchyOf(mounts)
	})
}

package hostfs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLabel(t *testing.T) {
	status := "Uid:\t0\t0\t0\t0\n" + caps
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
		err   error
	}{
		{name: "nobody there", err: ErrNoProcess},
		{name: "a kernel without modules", files: map[string]string{"status": status}, err: ErrNoLabel},
		{name: "a module that says nothing", files: map[string]string{"status": status, "attr/current": "\n"}, err: ErrNoLabel},
		{name: "AppArmor", files: map[string]string{"attr/current": "docker-default (enforce)\n"}, want: "docker-default (enforce)"},
		{name: "SELinux ends in a zero", files: map[string]string{"attr/current": "system_u:system_r:container_t:s0:c1,c2\x00"}, want: "system_u:system_r:container_t:s0:c1,c2"},
		{name: "AppArmor beside another", files: map[string]string{"attr/current": "other", "attr/apparmor/current": "unconfined\n"}, want: "unconfined"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for name, text := range tt.files {
				write(t, filepath.Join(root, "7", name), []byte(text))
			}
			got, err := New(root).Label(7)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestNamespace(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "7", "status"), nil)
	if err := os.Mkdir(filepath.Join(root, "7", "ns"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("net:[4026531840]", filepath.Join(root, "7", "ns", "net")); err != nil {
		t.Fatal(err)
	}
	if got, err := New(root).Namespace(7, "net"); got != "net:[4026531840]" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := New(root).Namespace(8, "net"); got != "" || !errors.Is(err, ErrNoProcess) {
		t.Errorf("%q, %v", got, err)
	}
}

// TestOwnConfinement reads what the kernel says of this process.
func TestOwnConfinement(t *testing.T) {
	host := New("/proc")
	if p, err := host.Privileges(Self); err != nil || int(p.UID) != os.Geteuid() || p.Name == "" {
		t.Errorf("%+v, %v", p, err)
	}
	if ranges, err := host.UserMap(Self); err != nil || len(ranges) == 0 {
		t.Errorf("%v, %v", ranges, err)
	}
	if limit, err := host.ResourceLimit(Self, OpenFiles); err != nil || !limit.Unlimited && limit.Hard == 0 {
		t.Errorf("%+v, %v", limit, err)
	}
	if got, err := host.Namespace(Self, "pid"); err != nil || !strings.HasPrefix(got, "pid:[") {
		t.Errorf("%q, %v", got, err)
	}
}

// TestOwnerships looks at directories as a process finds them, and follows no link that the process may have made.
func TestOwnerships(t *testing.T) {
	world := t.TempDir()
	write(t, filepath.Join(world, "data", "file"), nil)
	if err := os.Chmod(filepath.Join(world, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc", filepath.Join(world, "link")); err != nil {
		t.Fatal(err)
	}
	proc := t.TempDir()
	if err := os.MkdirAll(filepath.Join(proc, "7"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(world, filepath.Join(proc, "7", "root")); err != nil {
		t.Fatal(err)
	}
	owners, faults, err := New(proc).Ownerships(7, []string{"/data", "/link", "/nowhere", "/data/file", "/data/file/below", "/link/passwd"})
	if err != nil || len(owners) != 6 || len(faults) != 6 {
		t.Fatalf("%v, %v, %v", owners, faults, err)
	}
	if owners[0] != (Ownership{UID: uint32(os.Getuid()), Mode: 0o700, Directory: true}) || faults[0] != nil {
		t.Errorf("%+v, %v", owners[0], faults[0])
	}
	if !errors.Is(faults[1], ErrMountMoved) || !errors.Is(faults[2], ErrWouldBlock) && !errors.Is(faults[2], ErrMountMoved) {
		t.Errorf("%v, %v", faults[1], faults[2])
	}
	// A file can be mounted by itself, and has nothing below it.
	if owners[3].Directory || owners[3].UID != uint32(os.Getuid()) || faults[3] != nil {
		t.Errorf("%+v, %v", owners[3], faults[3])
	}
	if !errors.Is(faults[4], ErrWouldBlock) && !errors.Is(faults[4], ErrMountMoved) || !errors.Is(faults[5], ErrMountMoved) {
		t.Errorf("%v, %v", faults[4], faults[5])
	}
	if _, _, err := New(proc).Ownerships(8, nil); !errors.Is(err, ErrNoProcess) {
		t.Errorf("%v", err)
	}
}

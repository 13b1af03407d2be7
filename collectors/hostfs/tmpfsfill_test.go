package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTmpfsFill looks at a real container-like process from outside.
func TestTmpfsFill(t *testing.T) {
	pid := container(t)
	host := New("/proc")
	mounts, err := host.Mounts(pid)
	if err != nil {
		t.Fatal(err)
	}
	tmpfs := TmpfsMounts(mounts)
	fills, err := host.TmpfsFill(pid, tmpfs, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]TmpfsFill{}
	for _, f := range fills {
		if f.Err != nil {
			t.Errorf("%q: %v", f.Mount.MountPoint, f.Err)
		}
		got[f.Mount.MountPoint] = f
	}
	want := []string{"/", "/a b\n\\", "/covered", "/moved/deep", "/parent", "/tmp", "/unlimited"}
	var names []string
	for _, m := range tmpfs {
		names = append(names, m.MountPoint)
	}
	slices.Sort(names)
	if d := diff(want, names); d != "" {
		t.Errorf("mounts -want +got\n%s", d)
	}
	if f := got["/tmp"]; f.Bytes != Some(Usage{Used: 64 << 10, Limit: 1 << 20}) || f.Inodes != Some(Usage{Used: 2, Limit: 64}) {
		t.Errorf("/tmp: %+v", f)
	}
	if f := got["/unlimited"]; !f.Mount.Unlimited || f.Bytes != (Opt[Usage]{}) || f.Inodes != (Opt[Usage]{}) {
		t.Errorf("/unlimited: %+v", f)
	}
	if f := got["/covered"]; f.Bytes != Some(Usage{Limit: 32 << 10}) {
		t.Errorf("/covered: %+v", f)
	}
}

// TestTmpfsFillTraps: a mount point that has become something else since mountinfo was read is not followed, and what
// lies there instead is not counted, whichever way the path is looked up.
func TestTmpfsFillTraps(t *testing.T) {
	pid := container(t)
	host := New("/proc")
	mounts, err := host.Mounts(pid)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]TmpfsMount{}
	for _, m := range TmpfsMounts(mounts) {
		byPath[m.MountPoint] = m
	}
	tmp := byPath["/tmp"]
	for name, path := range map[string]string{
		"a symbolic link to the very mount": "/absolute",
		"a symbolic link that climbs out":   "/out",
		"a symbolic link into /proc":        "/magic",
		"a path below a symbolic link":      "/absolute/x",
		"a file":                            "/tmp/file",
		"a directory that is gone":          "/gone",
		"another tmpfs":                     "/parent",
		"the root":                          "/",
		"a mount point of a covered mount":  "/parent/inner",
	} {
		m := TmpfsMount{MountPoint: path, Device: tmp.Device}
		fills, err := host.TmpfsFill(pid, []TmpfsMount{m}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := fills[0]
		refused := errors.Is(f.Err, ErrMountMoved) || errors.Is(f.Err, ErrWouldBlock)
		if !refused || f.Bytes != (Opt[Usage]{}) || f.Inodes != (Opt[Usage]{}) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestTmpfsFillWithoutOpenat2: on a kernel before 5.6 (ENOSYS), and under a seccomp filter that does not know openat2
// (EPERM), the same comes out.
func TestTmpfsFillWithoutOpenat2(t *testing.T) {
	pid := container(t)
	want, err := fillText(pid)
	if err != nil || strings.Count(want, "moved false") != 7 || strings.Count(want, "moved true") != 5 {
		t.Fatalf("%v\n%s", err, want)
	}
	for _, errno := range []unix.Errno{unix.ENOSYS, unix.EPERM} {
		out, err := helper(t, fmt.Sprintf("without-openat2 %d %d", errno, pid)).Output()
		if strings.HasPrefix(string(out), "seccomp") {
			t.Skipf("needs the right to install a seccomp filter: %s", out)
		}
		if got := string(out); err != nil || got != want {
			t.Errorf("%v: %v, -want +got\n%s", errno, err, diff(want, got))
		}
	}
}

// TestTmpfsFillOfNoTmpfs: the right device number is not enough.
func TestTmpfsFillOfNoTmpfs(t *testing.T) {
	var st unix.Stat_t
	if err := unix.Stat("/proc", &st); err != nil {
		t.Fatal(err)
	}
	m := TmpfsMount{MountPoint: "/proc", Device: Device{unix.Major(st.Dev), unix.Minor(st.Dev)}}
	fills, err := New("/proc").TmpfsFill(Self, []TmpfsMount{m}, nil)
	if err != nil || !errors.Is(fills[0].Err, ErrMountMoved) {
		t.Errorf("%+v, %v", fills, err)
	}
}

// TestOpenBelow compares both ways to look a path up, on a directory that pretends to be a container's root: what is
// below it opens, what leads out of it does not, and an absolute path means that root and not ours.
func TestOpenBelow(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "secret", "file"), nil)
	root := filepath.Join(top, "root")
	write(t, filepath.Join(root, "dir", "sub", "file"), nil)
	for link, target := range map[string]string{"abs": filepath.Join(top, "secret"), "rel": "../secret", "own": "dir", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := openat(unix.AT_FDCWD, root, unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		t.Fatal(err)
	}
	defer closeFD(dir)
	ways := map[string]func(int, string) (int, error){
		"openat2": func(root int, path string) (int, error) { return openat2(root, path, 0) },
		"walk":    walkBelow,
	}
	for way, open := range ways {
		for path, opens := range map[string]bool{
			"/": true, "/dir": true, "/dir/sub": true, "dir//sub/": true,
			"/abs": false, "/rel": false, "/own": false, "/own/sub": false, "/loop": false, "/rel/file": false,
			"/dir/sub/file": false, "/gone": false, "/secret": false, "/../secret": false, filepath.Join(top, "secret"): false,
		} {
			fd, err := open(dir, path)
			if err == nil {
				if got, _ := os.Readlink("/proc/self/fd/" + itoa(fd)); !opens {
					t.Errorf("%s %q: led to %s", way, path, got)
				}
				closeFD(fd)
			} else if opens {
				if way == "openat2" && errors.Is(err, unix.ENOSYS) {
					t.Skip("needs Linux 5.6 for openat2")
				}
				t.Errorf("%s %q: %v", way, path, err)
			}
		}
	}
}

// TestTmpfsFillErrors tells the faults of the root directory from those of one mount.
func TestTmpfsFillErrors(t *testing.T) {
	host := New(t.TempDir())
	if _, err := host.TmpfsFill(4121, nil, nil); !errors.Is(err, ErrNoProcess) {
		t.Errorf("no process: %v", err)
	}
	for errno, want := range map[unix.Errno]error{
		unix.ELOOP: ErrMountMoved, unix.ENOTDIR: ErrMountMoved, unix.ENOENT: ErrMountMoved, unix.EXDEV: ErrMountMoved,
		unix.EAGAIN: ErrWouldBlock, unix.EACCES: fs.ErrPermission, unix.EPERM: fs.ErrPermission, unix.EMFILE: unix.EMFILE,
	} {
		if err := fillError("/tmp\x1b[2J", errno); !errors.Is(err, want) || containsControl(err.Error()) {
			t.Errorf("%v: %q", errno, err)
		}
	}
	err := rootError(1, "/proc/1/root", unix.EACCES)
	np, ok := errors.AsType[*NotPermittedError](err)
	if !ok || np.Path != "/proc/1/root" || np.Needs != needsRoot || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("refused: %v", err)
	}
	if err := rootError(7, "/proc/7/root", unix.ESRCH); !errors.Is(err, ErrNoProcess) {
		t.Errorf("gone: %v", err)
	}
}

// TestTmpfsFillNotPermitted looks at the first process of the machine, which only a privileged user may do.
func TestTmpfsFillNotPermitted(t *testing.T) {
	_, err := New("/proc").TmpfsFill(1, nil, nil)
	if err == nil {
		t.Skip("needs a user without ptrace access to process 1")
	}
	if _, ok := errors.AsType[*NotPermittedError](err); !ok {
		t.Errorf("%v", err)
	}
}

package hostfs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestReadFile: a file of any size comes whole, and one beyond reason is refused.
func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, read := range []func(int, string, *[]byte) error{readFile, readRecord} {
		buf := make([]byte, 0, 16)
		for _, size := range []int{0, 1, 15, 16, 17, 100, 100_000, 3} {
			want := bytes.Repeat([]byte{'x'}, size)
			write(t, path, want)
			if err := read(unix.AT_FDCWD, path, &buf); err != nil || !bytes.Equal(buf, want) {
				t.Errorf("%d bytes: got %d, %v", size, len(buf), err)
			}
		}
		if err := os.Truncate(path, 3*largestFile); err != nil {
			t.Fatal(err)
		}
		if err := read(unix.AT_FDCWD, path, &buf); !errors.Is(err, errTooLarge) || len(buf) > 3*largestFile {
			t.Errorf("a file beyond reason: %d bytes, %v", len(buf), err)
		}
		if err := read(unix.AT_FDCWD, path+".gone", &buf); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("missing: %v", err)
		}
		if err := read(unix.AT_FDCWD, filepath.Dir(path), &buf); !errors.Is(err, unix.EISDIR) {
			t.Errorf("a directory: %v", err)
		}
	}
}

// TestBuffersArePooled: a buffer that one huge file made grow does not stay.
func TestBuffersArePooled(t *testing.T) {
	host := New(t.TempDir())
	write(t, filepath.Join(host.Root(), "1", "cgroup"), bytes.Repeat([]byte("0::/a\n"), 100_000))
	if _, err := host.Cgroup(1); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if b := host.borrow(); cap(*b) > 4*ordinaryFile {
			t.Errorf("a buffer of %d bytes was kept", cap(*b))
		}
	}
}

// TestNoDescriptorIsLeft reads everything, with success and without, and counts the descriptors.
func TestNoDescriptorIsLeft(t *testing.T) {
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	mine, dead := New("/proc"), New(t.TempDir())
	pid := waiting(t)
	before := count()
	for range 20 {
		for _, host := range []FS{mine, dead} {
			mounts, _ := host.Mounts(pid)
			_, _ = host.TmpfsFill(pid, append(TmpfsMounts(mounts), TmpfsMount{MountPoint: "/nowhere"}, TmpfsMount{MountPoint: "/etc"}), nil)
			_, _ = host.Processes([]int{pid, 1, os.Getpid(), 1 << 22}, nil)
			_, _ = host.NetDev(pid, nil)
			_, _ = host.Cgroup(pid)
			_, _ = host.Zombies(t.Context(), CgroupPath{Path: "/"}, nil)
			_, _ = host.Host()
			_, _ = host.Meminfo()
			_, _ = host.Load()
			_, _ = host.Privileges(pid)
			_, _ = host.UserMap(pid)
			_, _ = host.Label(pid)
			_, _ = host.Namespace(pid, "net")
			_, _ = host.ResourceLimit(pid, OpenFiles)
			_, _, _ = host.Ownerships(pid, []string{"/etc", "/nowhere"})
		}
	}
	root, err := openat(unix.AT_FDCWD, "/", unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/etc", "/nowhere/a", "/etc/../etc"} {
		if fd, err := walkBelow(root, path); err == nil {
			closeFD(fd)
		}
	}
	closeFD(root)
	if after := count(); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		err  error
		text string
	}{
		{&ParseError{Text: "a\x1b[2J", Err: errForm}, `"a\x1b[2J": not of the expected form`},
		{atPath("/proc/1/stat", parseError("x", errNumber)), `/proc/1/stat: "x": not a number in range`},
		{pathError("/proc/1/root", unix.EACCES, "root"), `"/proc/1/root": permission denied: needs root`},
		{pathError("/proc/1/root", unix.EMFILE, "root"), `"/proc/1/root": too many open files`},
		{pidError(7, "/proc/7/stat", unix.ESRCH), "process 7: no such process"},
		{pidError(7, "/proc/7/stat", unix.EPERM), `"/proc/7/stat": operation not permitted: needs ` + needsVisible},
	} {
		if tt.err.Error() != tt.text {
			t.Errorf("%q, want %q", tt.err, tt.text)
		}
	}
	if long := parseError(bytes.Repeat([]byte("x"), 10_000), errForm); len(long.Text) != maxErrorText {
		t.Errorf("an error carries %d bytes", len(long.Text))
	}
	if err := atPath("/x", unix.EIO); !errors.Is(err, unix.EIO) {
		t.Errorf("%v", err)
	}
}

func TestOpt(t *testing.T) {
	if v, ok := (Opt[int]{}).Get(); ok || v != 0 {
		t.Errorf("absent: %d, %v", v, ok)
	}
	if v, ok := Some(0).Get(); !ok || v != 0 {
		t.Errorf("zero: %d, %v", v, ok)
	}
}

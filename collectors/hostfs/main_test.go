package hostfs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const helperVariable = "BRINK_HOSTFS_TEST_HELPER"

// TestMain lets the test binary stand in for the processes that a test looks at.
func TestMain(m *testing.M) {
	switch mode, arg, _ := strings.Cut(os.Getenv(helperVariable), " "); mode {
	case "":
		os.Exit(m.Run())
	case "exit":
		os.Exit(0)
	case "wait":
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "without-openat2":
		if err := actOldKernel(arg); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	case "container":
		if err := actContainer(arg); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
}

// helper prepares this binary to run in one of the modes of TestMain.
func helper(t testing.TB, mode string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	// The race detector makes every process sleep for a second at its end, unless told otherwise.
	cmd.Env = append(os.Environ(), helperVariable+"="+mode, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// waiting starts a process that lives until the test ends, and returns its pid.
func waiting(t testing.TB) int {
	t.Helper()
	cmd := helper(t, "wait")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

// container starts a process with mounts and a root directory of its own, made by actContainer, and returns its pid. It
// skips the test where neither root nor a user namespace is to be had.
func container(t testing.TB) int {
	t.Helper()
	cmd := helper(t, "container "+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("needs root or user namespaces for a mount namespace: %v", err)
	}
	t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Wait() })
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Skipf("needs the right to mount a tmpfs in a mount namespace of its own: %s", line)
	}
	return cmd.Process.Pid
}

// actContainer builds the world of a hostile container below root and moves into it.
func actContainer(root string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	for _, m := range []struct{ dir, options string }{
		{"", "size=8m"},
		{"/tmp", "size=1m,nr_inodes=64"},
		{"/unlimited", "size=0,nr_inodes=0"},
		{"/a b\n\\", "size=64k"},
		{"/covered", "size=16k"},
		{"/covered", "size=32k"},
		{"/parent/inner", "size=16k"},
		{"/parent", "size=48k"},
		{"/moved/deep", "size=16k"},
	} {
		dir := filepath.Join(root, m.dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, m.options); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
	}
	return populate(root)
}

// actOldKernel takes openat2 away from itself, and prints the fill of the mounts of another process. The argument is
// the errno that the call shall answer from now on, and the pid.
func actOldKernel(arg string) error {
	var errno, pid int
	if _, err := fmt.Sscan(arg, &errno, &pid); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_OPENAT2, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program))); errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	if _, err := openat2(unix.AT_FDCWD, "/", 0); !errors.Is(err, unix.Errno(errno)) {
		return fmt.Errorf("seccomp: openat2 still answers: %w", err)
	}
	text, err := fillText(pid)
	fmt.Print(text)
	return err
}

// fillText measures the mounts of a process, and some traps besides.
func fillText(pid int) (string, error) {
	host := New("/proc")
	mounts, err := host.Mounts(pid)
	if err != nil {
		return "", err
	}
	tmpfs := TmpfsMounts(mounts)
	for _, trap := range []string{"/absolute", "/out", "/magic", "/absolute/x", "/tmp/file"} {
		tmpfs = append(tmpfs, TmpfsMount{MountPoint: trap, Device: tmpfs[0].Device})
	}
	fills, err := host.TmpfsFill(pid, tmpfs, nil)
	var text strings.Builder
	for _, f := range fills {
		fmt.Fprintf(&text, "%q %v %v moved %v\n", f.Mount.MountPoint, f.Bytes, f.Inodes, errors.Is(f.Err, ErrMountMoved))
	}
	return text.String(), err
}

// populate fills the world and makes traps in it.
func populate(root string) error {
	if err := os.WriteFile(root+"/tmp/file", make([]byte, 64<<10), 0o600); err != nil {
		return err
	}
	for link, target := range map[string]string{"absolute": "/tmp", "out": "../../../../../../../../proc", "magic": "/proc/self/root"} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			return err
		}
	}
	if err := unix.Chroot(root); err != nil {
		return fmt.Errorf("chroot: %w", err)
	}
	return os.Chdir("/")
}

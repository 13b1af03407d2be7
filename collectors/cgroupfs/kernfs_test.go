package cgroupfs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The tests of this file run on a real cgroup v2 mount, where they make cgroups of
// their own. What they prove no ordinary file can show: how the kernel answers for
// cgroups and files that are no more, and what it announces.

// realRoot finds a cgroup v2 mount in which a cgroup can be made.
func realRoot(t *testing.T) (root, name string) {
	t.Helper()
	root = mountPoint(t)
	name = fmt.Sprintf("/brink-test-%d-%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "-"))
	if err := os.Mkdir(root+name, 0o755); err != nil {
		t.Skipf("no cgroup can be made here: %v", err)
	}
	t.Cleanup(func() { _ = os.Remove(root + name) })
	return root, name
}

func mountPoint(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(text)) {
		if before, after, found := strings.Cut(line, " - "); found && strings.HasPrefix(after, "cgroup2 ") {
			return strings.Fields(before)[4]
		}
	}
	t.Skip("no cgroup v2 is mounted here")
	return ""
}

func control(t *testing.T, text string, name ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(name...), []byte(text), 0); err != nil {
		t.Skipf("the kernel refuses: %v", err)
	}
}

func TestKernelEmptyCgroup(t *testing.T) {
	root, name := realRoot(t)
	fs := NewFS(root, Options{})
	if yes, err := fs.IsCgroup2(); !yes || err != nil {
		t.Errorf("IsCgroup2: %v, %v", yes, err)
	}
	g := open(t, fs, name)
	if _, err := g.Controllers(); err != nil {
		t.Errorf("Controllers: %v", err)
	}
	var st Stat
	mustRead(t, g, &st)
	if st.CPU.Stat.Usage != present(time.Duration(0)) || st.Events.Populated != present(false) {
		t.Errorf("usage %v, populated %v", st.CPU.Stat.Usage, st.Events.Populated)
	}
	if tasks, err := g.Tasks(); err != nil || brief(tasks) != "Processes=0 Threads=0" {
		t.Errorf("tasks %s, %v", brief(tasks), err)
	}
	if _, err := os.Stat(filepath.Join(root, "cgroup.events")); err == nil {
		return // the mount shows a part of the hierarchy, its root is an ordinary cgroup
	}
	mustRead(t, open(t, fs, "/"), &st)
	if st.CPU.Stat.Usage.IsAbsent() || !st.Memory.Current.IsAbsent() || !st.Events.Populated.IsAbsent() {
		t.Errorf("the root: usage %v, memory.current %v, populated %v", st.CPU.Stat.Usage, st.Memory.Current, st.Events.Populated)
	}
}

// TestKernelRemoval: held descriptors answer ENODEV, opening answers ENOENT, the
// directory's own descriptor answers as if nothing had happened. All of them are
// ErrGone, also when the path exists again.
func TestKernelRemoval(t *testing.T) {
	root, name := realRoot(t)
	kept, none := open(t, NewFS(root, Options{}), name), open(t, NewFS(root, Options{Descriptors: -1}), name)
	var st Stat
	mustRead(t, kept, &st)
	mustRead(t, none, &st)
	if err := os.Remove(root + name); err != nil {
		t.Fatal(err)
	}
	if err := kept.Read(&st); !errors.Is(err, ErrGone) {
		t.Errorf("with descriptors: %v", err)
	}
	if err := os.Mkdir(root+name, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := none.Read(&st); !errors.Is(err, ErrGone) {
		t.Errorf("without descriptors, made anew: %v", err)
	}
	if _, err := none.Tasks(); !errors.Is(err, ErrGone) {
		t.Errorf("tasks: %v", err)
	}
	again := open(t, NewFS(root, Options{}), name)
	mustRead(t, again, &st)
	if again.Incarnation() == kept.Incarnation() {
		t.Errorf("both incarnations are %d", again.Incarnation())
	}
}

// TestKernelPressureOff: the files go away from a living cgroup, and come back as
// others.
func TestKernelPressureOff(t *testing.T) {
	root, name := realRoot(t)
	g := open(t, NewFS(root, Options{}), name)
	var st Stat
	mustRead(t, g, &st)
	if st.Pressure.CPU.Some.Total.IsAbsent() {
		t.Skip("this kernel has no pressure stall information")
	}
	control(t, "0", root, name, "cgroup.pressure")
	mustRead(t, g, &st)
	if got := brief(st.Pressure); got != "" {
		t.Errorf("switched off: %s", got)
	}
	control(t, "1", root, name, "cgroup.pressure")
	for range statFiles {
		mustRead(t, g, &st)
	}
	if st.Pressure.CPU.Some.Total.IsAbsent() || st.Pressure.IO.Some.Total.IsAbsent() {
		t.Errorf("switched on again: %s", brief(st.Pressure))
	}
	control(t, "0", root, name, "cgroup.pressure")
	control(t, "1", root, name, "cgroup.pressure")
	mustRead(t, g, &st)
	if st.Pressure.CPU.Some.Total.IsAbsent() {
		t.Error("off and on between two reads: the reading was lost")
	}
}

// TestKernelLife follows a process with many threads through a cgroup: the kernel
// announces its coming and going, its list of threads is longer than a page, and
// the zombie that stays is not listed.
func TestKernelLife(t *testing.T) {
	root, name := realRoot(t)
	sub := name + "/container"
	if err := os.Mkdir(root+sub, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(root + sub) })
	w := watcher(t)
	g := open(t, NewFS(root, Options{}), name)
	if err := w.Add(g); err != nil {
		t.Fatal(err)
	}
	c := startChild(t, 800)
	control(t, strconv.Itoa(c.Process.Pid), root, sub, "cgroup.procs")
	await(t, w, g, FileCgroupEvents)
	var st Stat
	mustRead(t, g, &st)
	if st.Events.Populated != present(true) {
		t.Errorf("populated %v", st.Events.Populated)
	}
	checkThreads(t, g, c.Process.Pid)

	settle(w)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	await(t, w, g, FileCgroupEvents) // before the zombie is waited for
	mustRead(t, g, &st)
	tasks, err := g.Tasks()
	if st.Events.Populated != present(false) || brief(tasks) != "Processes=0 Threads=0" || err != nil {
		t.Errorf("a zombie: populated %v, tasks %s, %v", st.Events.Populated, brief(tasks), err)
	}
	_ = c.Wait() // "signal: killed" is what was asked for
}

func checkThreads(t *testing.T, g *Group, pid int) {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // the descriptor is kept: every list begins at the start
		tasks, err := g.Tasks()
		if err != nil || tasks.Threads != present(Count(len(entries))) || tasks.Processes != present(Count(1)) {
			t.Errorf("tasks %s, %v; /proc has %d threads", brief(tasks), err, len(entries))
		}
	}
	pids, err := g.Procs(nil)
	if err != nil || len(pids) != 1 || pids[0] != pid {
		t.Errorf("pids %v, %v; want %d", pids, err, pid)
	}
}

// startChild starts this test binary as a process with at least n threads.
func startChild(t *testing.T, n int) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childThreads+"="+strconv.Itoa(n))
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	return c
}

// childThreads, set in the environment, makes this binary a process of that many
// threads which waits for its standard input to end.
const childThreads = "CGROUPFS_TEST_THREADS"

func child(threads string) {
	n, err := strconv.Atoi(threads)
	if err != nil {
		panic(err)
	}
	for range n {
		up := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(up)
			select {}
		}()
		<-up
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

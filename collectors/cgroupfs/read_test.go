package cgroupfs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// faulty is a kernel that answers some files with an error, and tells a hook of
// every open and read.
type faulty struct {
	linux
	open map[string]error // by file name
	read map[string]error
	hook func(deed string)
	name map[int]string // of open descriptors
}

func (k *faulty) openat(dir int, name string) (int, error) {
	k.tell("open " + name)
	if err := k.open[name]; err != nil {
		return closed, err
	}
	fd, err := k.linux.openat(dir, name)
	if err == nil {
		if k.name == nil {
			k.name = map[int]string{}
		}
		k.name[fd] = name
	}
	return fd, err
}

func (k *faulty) pread(fd int, p []byte, offset int64) (int, error) {
	k.tell("read " + k.name[fd])
	if err := k.read[k.name[fd]]; err != nil {
		return 0, err
	}
	return k.linux.pread(fd, p, offset)
}

func (k *faulty) tell(deed string) {
	if k.hook != nil {
		k.hook(deed)
	}
}

// deeds records what was opened and read.
func (k *faulty) deeds() *[]string {
	var all []string
	k.hook = func(deed string) { all = append(all, deed) }
	return &all
}

// scope opens the docker scope through k, and returns its directory, too.
func scope(t *testing.T, k kernel, o Options) (*Group, string) {
	t.Helper()
	root := layOut(t, scopeArchive(t), "root/")
	fs := NewFS(root, o)
	fs.shared.kernel = k
	return open(t, fs, dockerScope), filepath.Join(root, dockerScope)
}

func TestPressureSwitchedOff(t *testing.T) {
	k := &faulty{read: map[string]error{"memory.pressure": unix.EOPNOTSUPP, "cpu.pressure": unix.EOPNOTSUPP, "io.pressure": unix.EOPNOTSUPP}}
	g, _ := scope(t, k, Options{})
	var st Stat
	mustRead(t, g, &st)
	if st.Pressure != (Pressures{}) {
		t.Errorf("pressure: %s", brief(st.Pressure))
	}
	clear(k.read) // psi=1 needs a reboot; cgroup.pressure does not
	for range 4 { // one of the three, or memory.swap.current, is looked at anew in each read
		mustRead(t, g, &st)
	}
	if got := st.Pressure.IO.Full.Avg60; got != present(BasisPoints(9)) {
		t.Errorf("io.pressure full avg60 after it was switched on: %v", got)
	}
}

func TestNotPermittedIsOneFault(t *testing.T) {
	for name, k := range map[string]*faulty{
		"open": {open: map[string]error{"memory.max": unix.EACCES}},
		"read": {read: map[string]error{"memory.max": unix.EPERM}},
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := scope(t, k, Options{})
			var st Stat
			for range 2 {
				checkOneFault(t, g.Read(&st), FileMemoryMax)
			}
			if !st.Memory.Max.IsAbsent() || st.Memory.Current != present(Bytes(1754333184)) {
				t.Errorf("max %v, current %v", st.Memory.Max, st.Memory.Current)
			}
			clear(k.open)
			clear(k.read)
			mustRead(t, g, &st)
			if st.Memory.Max != present(Bytes(2147483648)) {
				t.Errorf("max %v after it became readable", st.Memory.Max)
			}
		})
	}
}

func checkOneFault(t *testing.T, err error, f File) {
	t.Helper()
	faults, ok := errors.AsType[Faults](err)
	if !ok || len(faults) != 1 {
		t.Fatalf("got %v, want one fault", err)
	}
	if bad, ok := errors.AsType[*ReadError](faults[0]); !ok || bad.File != f || bad.Path != dockerScope {
		t.Errorf("fault %v", faults[0])
	}
	if !errors.Is(err, ErrNotPermitted) || errors.Is(err, ErrGone) {
		t.Errorf("%v is not ErrNotPermitted", err)
	}
}

func TestMalformedIsOneFault(t *testing.T) {
	g, dir := scope(t, linux{}, Options{})
	writeFile(t, filepath.Join(dir, "cpu.stat"), "usage_usec many\nuser_usec 5\n")
	var st Stat
	err := g.Read(&st)
	bad, ok := errors.AsType[*ParseError](err)
	if !ok || bad.File != FileCPUStat || bad.Path != dockerScope || bad.Text != "usage_usec many" || !errors.Is(bad, ErrSyntax) {
		t.Fatalf("got %v", err)
	}
	if got, want := brief(st.CPU.Stat), "User=5µs"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	writeFile(t, filepath.Join(dir, "cpu.stat"), "usage_usec 7\n")
	mustRead(t, g, &st)
}

// TestFileTakenAway is what switching a controller off, or cgroup.pressure, does to
// a living cgroup: descriptors held on the files answer ENODEV.
func TestFileTakenAway(t *testing.T) {
	k := &faulty{}
	g, dir := scope(t, k, Options{})
	var st Stat
	mustRead(t, g, &st)

	k.read = map[string]error{"memory.pressure": unix.ENODEV}
	remove(t, filepath.Join(dir, "memory.pressure"))
	mustRead(t, g, &st)
	if !st.Pressure.Memory.Some.Total.IsAbsent() || st.Memory.Current.IsAbsent() {
		t.Errorf("pressure %v, current %v", st.Pressure.Memory.Some.Total, st.Memory.Current)
	}

	clear(k.read)
	writeFile(t, filepath.Join(dir, "memory.pressure"), "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n")
	mustRead(t, g, &st)
	if got := brief(st.Pressure.Memory.Some.Total); got != "=5µs" {
		t.Errorf("pressure after it came back: %q", got)
	}
}

// TestFilePutBack is the same between two reads: the held descriptor is dead, the
// file is there, and no reading is lost.
func TestFilePutBack(t *testing.T) {
	k := &faulty{}
	g, _ := scope(t, k, Options{})
	var st Stat
	mustRead(t, g, &st)
	dead := g.fds[FileCPUPressure]
	k.hook = func(deed string) {
		k.read = map[string]error{}
		if deed == "read cpu.pressure" && k.name[dead] == "cpu.pressure" {
			k.read["cpu.pressure"] = unix.ENODEV
			delete(k.name, dead)
		}
	}
	mustRead(t, g, &st)
	if st.Pressure.CPU.Some.Total.IsAbsent() {
		t.Error("the reading was lost")
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}

// TestVanishesBetweenTwoFiles removes the cgroup before the n-th file of a read is
// opened, for every n: always ErrGone, never zeros, and what was read before is
// kept, the counters of events first.
func TestVanishesBetweenTwoFiles(t *testing.T) {
	for n := range int(statFiles) {
		k := &faulty{}
		g, dir := scope(t, k, Options{Descriptors: -1})
		seen := 0
		k.hook = func(deed string) {
			if !strings.HasPrefix(deed, "open") {
				return
			}
			if seen == n {
				remove(t, dir)
			}
			seen++
		}
		var st Stat
		if err := g.Read(&st); !errors.Is(err, ErrGone) {
			t.Fatalf("removed before file %d: %v", n, err)
		}
		if got := st.MemoryEvents.OOMKill; n > int(FileMemoryEvents) && got != present(Count(1)) {
			t.Errorf("removed before file %d: oom_kill %v", n, got)
		}
		if n <= int(FileMemoryCurrent) && !st.Memory.Current.IsAbsent() {
			t.Errorf("removed before file %d: memory.current %v", n, st.Memory.Current)
		}
	}
}

// TestVanishesUnderKeptDescriptors is the same on a real cgroup, where descriptors
// held on its files answer ENODEV.
func TestVanishesUnderKeptDescriptors(t *testing.T) {
	k := &faulty{}
	g, dir := scope(t, k, Options{})
	g.kernfs = true
	var st Stat
	mustRead(t, g, &st)
	remove(t, dir)
	k.read = map[string]error{}
	for f := range statFiles {
		k.read[f.String()] = unix.ENODEV
	}
	if err := g.Read(&st); !errors.Is(err, ErrGone) {
		t.Errorf("got %v", err)
	}
}

// TestBufferGrows reads files that do not fit: nothing is cut off.
func TestBufferGrows(t *testing.T) {
	g, dir := scope(t, linux{}, Options{})
	var devices, threads strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&devices, "8:%d rbytes=%d wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n", i, i)
		fmt.Fprintf(&threads, "%d\n", 1000000+i)
	}
	writeFile(t, filepath.Join(dir, "io.stat"), devices.String())
	writeFile(t, filepath.Join(dir, "cgroup.threads"), threads.String())
	var st Stat
	mustRead(t, g, &st)
	if n := len(st.IO.Devices); n != 2000 || st.IO.Devices[1999].ReadBytes.N != 1999 {
		t.Errorf("%d devices", n)
	}
	tasks, err := g.Tasks()
	if err != nil || tasks.Threads != present(Count(2000)) {
		t.Errorf("threads %v, %v", tasks.Threads, err)
	}
}

// TestBufferExactlyFull is the case in which a full buffer could be the whole text
// or a part of it.
func TestBufferExactlyFull(t *testing.T) {
	for _, size := range []int{8<<10 - 1, 8 << 10, 8<<10 + 1, 16 << 10} {
		g, dir := scope(t, linux{}, Options{})
		line := "usage_usec 42\n"
		writeFile(t, filepath.Join(dir, "cpu.stat"), strings.Repeat("\n", size-len(line))+line)
		var st Stat
		mustRead(t, g, &st)
		if got := brief(st.CPU.Stat); got != "Usage=42µs" {
			t.Errorf("%d bytes: %q", size, got)
		}
	}
}

func TestTooLarge(t *testing.T) {
	k := endless{sparse: filepath.Join(t.TempDir(), "sparse")}
	writeFile(t, k.sparse, "")
	if err := os.Truncate(k.sparse, 1<<30); err != nil {
		t.Fatal(err)
	}
	g, _ := scope(t, k, Options{})
	var st Stat
	err := g.Read(&st)
	if !errors.Is(err, ErrTooLarge) {
		t.Fatalf("got %v", err)
	}
	if bad, ok := errors.AsType[*ReadError](err); !ok || bad.File != FileMemoryStat {
		t.Errorf("got %v", err)
	}
}

// endless is a kernel whose memory.stat has no end worth waiting for: a gibibyte
// of nothing. It is not /dev/zero, which a signal stops in the middle of a read,
// and the Go runtime sends signals.
type endless struct {
	linux
	sparse string
}

func (e endless) openat(dir int, name string) (int, error) {
	if name == "memory.stat" {
		return unix.Open(e.sparse, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	return linux{}.openat(dir, name)
}

// TestAbsentFilesAreLookedForAgain lets a controller be switched on.
func TestAbsentFilesAreLookedForAgain(t *testing.T) {
	const archive = "testdata/steps/updated.txtar"
	root := t.TempDir()
	first(t, root, "a", archive)
	g := open(t, NewFS(root, Options{}), "/a")
	var st Stat
	mustRead(t, g, &st)
	if st.IO.State != Absent || !st.Pressure.Memory.Some.Total.IsAbsent() {
		t.Fatal("the first tree has io.stat or memory.pressure")
	}
	writeTree(t, parseArchive(t, archive), "2/", filepath.Join(root, "a"))
	for range 3 { // one of the two, or memory.swap.current, is looked for in each read
		mustRead(t, g, &st)
	}
	if st.IO.State != Present || st.Pressure.Memory.Some.Total.IsAbsent() {
		t.Errorf("io.stat %v, memory.pressure %v", st.IO.State, st.Pressure.Memory.Some.Total)
	}
}

// TestSwaplessIsSpared: a cgroup that has no swap and may have none is not asked
// how much it has, but once in a while.
func TestSwaplessIsSpared(t *testing.T) {
	k := &faulty{}
	g, dir := scope(t, k, Options{})
	var st Stat
	mustRead(t, g, &st)
	writeFile(t, filepath.Join(dir, "memory.swap.max"), "4096\n")
	mustRead(t, g, &st)
	writeFile(t, filepath.Join(dir, "memory.swap.current"), "4096\n")
	mustRead(t, g, &st)
	if got := st.Swap.Current; got != present(Bytes(4096)) {
		t.Errorf("swap after a docker update: %v", got)
	}

	writeFile(t, filepath.Join(dir, "memory.swap.max"), "0\n")
	mustRead(t, g, &st)
	writeFile(t, filepath.Join(dir, "memory.swap.current"), "0\n")
	mustRead(t, g, &st)
	if got := brief(st.Swap.Current); got != "=0" {
		t.Errorf("swap that drained: %q", got)
	}
}

func TestReadDoesNotAllocate(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	watched, unwatched := open(t, NewFS(root, Options{}), dockerScope), open(t, NewFS(root, Options{}), dockerScope)
	if err := watcher(t).Add(watched); err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]*Group{"watched": watched, "unwatched": unwatched} {
		var st Stat
		for range 2 * statFiles { // every spared file has had its turn
			mustRead(t, g, &st)
		}
		if n := testing.AllocsPerRun(200, func() { mustRead(t, g, &st) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestStatIsACopy: what one Read gave out is not changed by the next.
func TestStatIsACopy(t *testing.T) {
	g, dir := scope(t, linux{}, Options{})
	var before, after Stat
	mustRead(t, g, &before)
	writeFile(t, filepath.Join(dir, "io.stat"), "9:9 rbytes=1\n")
	mustRead(t, g, &after)
	if before.IO.Devices[0].Major != 254 || after.IO.Devices[0].Major != 9 {
		t.Errorf("before %v, after %v", before.IO.Devices, after.IO.Devices)
	}
}

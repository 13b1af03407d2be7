package sources

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/hostfs"
)

// procOn is the source of /proc beside the cgroup source of a stand.
func procOn(s *stand) *Proc { return NewProc(s.places.locator.proc, s.places, s.Cgroup) }

// readProc is a reading of the only container.
func readProc(t testing.TB, p *Proc, at time.Time) collectors.ContainerCounters {
	t.Helper()
	part, err := p.Collect(t.Context(), at)
	if err != nil || len(part.Containers) != 1 {
		t.Fatalf("%v, %d containers", err, len(part.Containers))
	}
	return part.Containers[0]
}

// TestProcReading compares a whole reading, value by value. The container's root is
// not to be opened in a fixture; what its mounts hold is not known then.
func TestProcReading(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	write(t, filepath.Join(s.root, "proc/3209/root"), "no directory")
	got := readProc(t, procOn(s), noon)
	count := collectors.Some[uint64]
	var why string
	for _, level := range got.Tmpfs.Or(nil) {
		why = level.Why
	}
	tmpfs := func(mount string, size collectors.Bytes) collectors.TmpfsLevel {
		return collectors.TmpfsLevel{Mount: mount, Size: collectors.Some(size), Why: why}
	}
	process := func(pid, ppid, threads, adj int, name string, rss, tables collectors.Bytes, cpu time.Duration) collectors.Process {
		return collectors.Process{
			PID: pid, PPID: ppid, Name: name, State: "S", Threads: collectors.Some(threads), RSS: collectors.Some(rss),
			CPU: collectors.Some(collectors.Seconds(cpu)), OOMScoreAdj: collectors.Some(adj),
			Swap: collectors.Some(collectors.Bytes(0)), PageTables: collectors.Some(tables),
		}
	}
	want := collectors.ContainerCounters{
		Identity: collectors.Identity{Key: "agent"},
		Network: collectors.Some(collectors.NetworkCounters{
			At: noon, ReceiveBytes: count(3069), TransmitBytes: count(2600), ReceiveDropped: count(5), TransmitDropped: count(2),
		}),
		Tmpfs: collectors.Some([]collectors.TmpfsLevel{
			tmpfs("/dev", 64<<20), tmpfs("/dev/shm", 64<<20), tmpfs("/run", 64<<20), tmpfs("/tmp", 256<<20),
		}),
		Processes: collectors.Some([]collectors.Process{
			process(3209, 3185, 19, 0, "openclaw-gatewa", 928552<<10, 1892<<10, 76520*time.Millisecond),
			process(3257, 3209, 1, 300, "helper", 4600<<10, 88<<10, 0),
			process(3258, 3209, 1, 300, "helper", 4600<<10, 88<<10, 0),
		}),
		Missing: []collectors.Missing{{Group: collectors.GroupTmpfs, Why: why}},
	}
	if d := cmp.Diff(want, got, everything()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if !strings.Contains(why, "proc/3209/root") {
		t.Errorf("why: %q", why)
	}
}

// TestProcTmpfsFill measures a tmpfs of this machine, as one of the container's.
func TestProcTmpfsFill(t *testing.T) {
	const mount = shm
	device := deviceOfTmpfs(t)
	var fill unix.Statfs_t
	if err := unix.Statfs(mount, &fill); err != nil {
		t.Fatal(err)
	}
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	write(t, filepath.Join(s.root, "proc/3209/mountinfo"),
		"1 0 0:99 / / rw - overlay none rw\n2 1 "+device+" / "+mount+" rw - tmpfs shm rw\n3 1 0:98 / /no\\040such\\033[2J rw - tmpfs none rw,size=4k\n")
	if err := os.Symlink("/", filepath.Join(s.root, "proc/3209/root")); err != nil {
		t.Fatal(err)
	}
	levels := readProc(t, procOn(s), noon).Tmpfs.Or(nil)
	if len(levels) != 2 {
		t.Fatalf("%+v", levels)
	}
	if size := collectors.Bytes(fill.Blocks * uint64(fill.Bsize)); levels[0].Mount != mount || levels[0].Size != collectors.Some(size) || !levels[0].Used.Present() {
		t.Errorf("%+v, want one of %d bytes", levels[0], size)
	}
	if levels[1].Mount != "/no such·[2J" || levels[1].Used.Present() || levels[1].Why == "" || strings.Contains(levels[1].Why, "\x1b") {
		t.Errorf("%+v", levels[1])
	}
}

// TestTmpfsLevels: what is known of a mount, and why the rest is not.
func TestTmpfsLevels(t *testing.T) {
	denied := &hostfs.NotPermittedError{Path: "/proc/1/root", Needs: "root", Err: unix.EACCES}
	size := hostfs.Some[uint64](4096)
	for _, tt := range []struct {
		name   string
		mount  hostfs.TmpfsMount
		fill   hostfs.TmpfsFill
		denied error
		want   collectors.TmpfsLevel
	}{
		{"not permitted", hostfs.TmpfsMount{MountPoint: "/tmp", Size: size}, hostfs.TmpfsFill{}, denied, collectors.TmpfsLevel{Size: collectors.Some[collectors.Bytes](4096), Why: denied.Error()}},
		{"one mount that fails", hostfs.TmpfsMount{MountPoint: "/tmp", Size: size}, hostfs.TmpfsFill{Err: hostfs.ErrMountMoved}, nil, collectors.TmpfsLevel{Size: collectors.Some[collectors.Bytes](4096), Why: hostfs.ErrMountMoved.Error()}},
		{"without a limit", hostfs.TmpfsMount{MountPoint: "/tmp", Unlimited: true}, hostfs.TmpfsFill{}, nil, collectors.TmpfsLevel{Why: noTmpfsSize}},
		{"filled", hostfs.TmpfsMount{MountPoint: "/tmp", Size: size}, hostfs.TmpfsFill{Bytes: hostfs.Some(hostfs.Usage{Used: 4000, Limit: 4096})}, nil, collectors.TmpfsLevel{Used: collectors.Some[collectors.Bytes](4000), Size: collectors.Some[collectors.Bytes](4096)}},
		{"of half the memory", hostfs.TmpfsMount{MountPoint: "/tmp"}, hostfs.TmpfsFill{Bytes: hostfs.Some(hostfs.Usage{Used: 0, Limit: 1 << 30})}, nil, collectors.TmpfsLevel{Used: collectors.Some[collectors.Bytes](0), Size: collectors.Some[collectors.Bytes](1 << 30)}},
	} {
		tt.want.Mount = "/tmp"
		got := tmpfsLevels([]hostfs.TmpfsMount{tt.mount}, []hostfs.TmpfsFill{tt.fill}, tt.denied)
		if d := cmp.Diff([]collectors.TmpfsLevel{tt.want}, got, everything()); d != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, d)
		}
	}
	if got := tmpfsLevels(nil, nil, nil); got == nil || len(got) != 0 {
		t.Errorf("no mounts are %v, and that is known", got)
	}
}

// TestProcNetwork: whose traffic it is.
func TestProcNetwork(t *testing.T) {
	for _, tt := range []struct{ borrowed, file, why string }{
		{"", "garbage\n", "net/dev"},
		{"the host's network", "", "the container uses the host's network: its traffic cannot be told apart"},
	} {
		s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
		who := running("agent", idA, mainPID)
		who.borrowedNetwork = tt.borrowed
		meetAll(s.places.roster, who)
		if tt.file != "" {
			write(t, filepath.Join(s.root, "proc/3209/net/dev"), tt.file)
		}
		c := readProc(t, procOn(s), noon)
		if c.Network.Present() || !strings.Contains(whys(c), "network: ") || !strings.Contains(whys(c), tt.why) {
			t.Errorf("%q: %v, %s", tt.borrowed, c.Network, whys(c))
		}
	}
}

// TestProcVanished: a process that ended between two reads is no fault, and neither
// is its cgroup; what it was is not told as if it were still true.
func TestProcVanished(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	p := procOn(s)
	s.places.now(noon)
	for _, dir := range []string{filepath.Join(s.root, "proc/3209"), s.path("")} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	c := readProc(t, p, noon)
	if c.Network.Present() || c.Tmpfs.Present() || c.Processes.Present() || len(c.Missing) != 0 {
		t.Errorf("%+v", c)
	}
	// Its mounts are known, and then it ends.
	s = standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	if c = readProc(t, procOn(s), noon); c.Tmpfs.Present() {
		t.Errorf("a process without a root directory: %+v", c.Tmpfs)
	}
}

// TestProcElsewhere: of a container that is not on this host nothing is read here,
// whatever process has its number.
func TestProcElsewhere(t *testing.T) {
	root := tree(t, "hosts/load")
	s := standOn(t, root, cgroupfs.Options{}, "agent")
	meetAll(s.places.roster, running("agent", idB, mainPID))
	c := readProc(t, procOn(s), noon)
	if c.Network.Present() || c.Tmpfs.Present() || c.Processes.Present() {
		t.Errorf("another's values: %+v", c)
	}
	if got := strings.Count(whys(c), "process 3209 here is in cgroup "+scope); got != 3 {
		t.Errorf("%s", whys(c))
	}
	stopped := running("agent", idA, mainPID)
	stopped.PID = collectors.Opt[int]{}
	meetAll(s.places.roster, stopped)
	if part, err := procOn(s).Collect(t.Context(), noon); err != nil || len(part.Containers) != 0 {
		t.Errorf("of a stopped one: %v, %+v", err, part)
	}
}

// TestProcBare: of a cgroup without an engine there are the processes.
func TestProcBare(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "cgroup:"+scope)
	c := readProc(t, procOn(s), noon)
	if len(c.Processes.Or(nil)) != 3 || !strings.Contains(whys(c), "network: no engine says") || !strings.Contains(whys(c), "tmpfs: no engine says") {
		t.Errorf("%+v", c)
	}
}

// TestProcHostileName: a process may call itself anything.
func TestProcHostileName(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	stat := filepath.Join(s.root, "proc/3258/stat")
	text, err := os.ReadFile(stat)
	if err != nil {
		t.Fatal(err)
	}
	write(t, stat, strings.Replace(string(text), "(helper)", "(\x1b]0;x\a) R (\x9b2J\xff)", 1))
	list := readProc(t, procOn(s), noon).Processes.Or(nil)
	if len(list) != 3 || list[2].Name != "·]0;x·) R (�2J�" || list[2].State != "S" {
		t.Errorf("%+v", list)
	}
}

// memberList is a list of processes, or why there is none.
type memberList struct {
	pids    []int
	zombies uint64
	err     error
	asked   int
}

func (m *memberList) Members(string) ([]int, error) {
	m.asked++
	return m.pids, m.err
}

func (m *memberList) Zombies(string) uint64 { return m.zombies }

// TestProcProcesses: the list is read now and then, the longer it is the less often;
// and a failure does not wait to be tried again.
func TestProcProcesses(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	members := &memberList{err: errors.New("no list\x1b[2J")}
	p := NewProc(s.places.locator.proc, s.places, members)
	at := func(d time.Duration) collectors.ContainerCounters { return readProc(t, p, after(d)) }
	if c := at(0); c.Processes.Present() || !strings.Contains(whys(c), "processes: no list·[2J") {
		t.Errorf("%s", whys(c))
	}
	members.err, members.pids = nil, []int{3257}
	for _, step := range []struct {
		at    time.Duration
		asked int
	}{{time.Second, 2}, {2 * time.Second, 2}, {2999 * time.Millisecond, 2}, {3 * time.Second, 3}} {
		if c := at(step.at); len(c.Processes.Or(nil)) != 1 || members.asked != step.asked {
			t.Errorf("at %v: %+v, asked %d times", step.at, c.Processes, members.asked)
		}
	}
	members.pids = make([]int, processMost+1)
	members.pids[0] = 3209
	c := at(5 * time.Second)
	if len(c.Processes.Or(nil)) != 1 || !strings.Contains(whys(c), "processes: of 4097 processes only the first 4096 are listed") {
		t.Errorf("%+v, %s", c.Processes, whys(c))
	}
	if at(15 * time.Second); members.asked != 4 {
		t.Errorf("a long list is read again after 10 s, asked %d times", members.asked)
	}
	if at(16 * time.Second); members.asked != 5 {
		t.Errorf("a long list is not read again, asked %d times", members.asked)
	}
}

// TestProcMountTable: the table of mounts is read now and then, and after a mount that
// could not be measured.
func TestProcMountTable(t *testing.T) {
	device := deviceOfTmpfs(t)
	other, err := os.MkdirTemp(shm, "brink")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(other) })
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	if err := os.Symlink("/", filepath.Join(s.root, "proc/3209/root")); err != nil {
		t.Fatal(err)
	}
	list := func(mount string) {
		write(t, filepath.Join(s.root, "proc/3209/mountinfo"), "1 0 0:99 / / rw - overlay none rw\n2 1 "+device+" / "+mount+" rw - tmpfs none rw,size=4k\n")
	}
	source := procOn(s)
	list(shm)
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, shm}, {9 * time.Second, shm}, {10 * time.Second, other}, {19 * time.Second, shm}} {
		if step.after == 19*time.Second {
			list(shm)
			if err := os.Remove(other); err != nil {
				t.Fatal(err)
			}
		}
		levels := readProc(t, source, noon.Add(step.after)).Tmpfs.Or(nil)
		if len(levels) != 1 || levels[0].Mount != step.want {
			t.Errorf("after %v: %+v, want %s", step.after, levels, step.want)
		}
		if step.after == 0 {
			list(other)
		}
	}
}

// shm is where machines have a tmpfs.
const shm = "/dev/shm"

// deviceOfTmpfs is the number of its device.
func deviceOfTmpfs(t *testing.T) string {
	t.Helper()
	var node syscall.Stat_t
	var fill unix.Statfs_t
	if syscall.Stat(shm, &node) != nil || unix.Statfs(shm, &fill) != nil || fill.Type != unix.TMPFS_MAGIC {
		t.Skip("needs a tmpfs at " + shm)
	}
	return fmt.Sprintf("%d:%d", unix.Major(node.Dev), unix.Minor(node.Dev))
}

// TestProcManyMounts: a container that may mount cannot make the reading long.
func TestProcManyMounts(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	var table strings.Builder
	table.WriteString("1 0 0:99 / / rw - overlay none rw\n")
	for n := range 500 {
		fmt.Fprintf(&table, "%d 1 0:%d / /m%d rw - tmpfs none rw,size=4k\n", n+2, n+100, n)
	}
	write(t, filepath.Join(s.root, "proc/3209/mountinfo"), table.String())
	write(t, filepath.Join(s.root, "proc/3209/root/m0/file"), "")
	c := readProc(t, procOn(s), noon)
	if len(c.Tmpfs.Or(nil)) != tmpfsMost || !strings.Contains(whys(c), "tmpfs: of 500 mounts only the first 64 are measured") {
		t.Errorf("%d mounts, %s", len(c.Tmpfs.Or(nil)), whys(c))
	}
}

package sources

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
	"brink/collectors/cgroupfs"
)

// scope is where the container of the fixture is, and mainPID its first process.
const (
	scope   = "/system.slice/docker-" + idA + ".scope"
	mainPID = 3209
)

// stand is a cgroup source on a fixture tree.
type stand struct {
	*Cgroup
	root  string
	clock time.Time
}

// standOn reads an unpacked tree for the given targets. A target of an engine is met
// as the container of the fixture.
func standOn(t testing.TB, root string, options cgroupfs.Options, texts ...string) *stand {
	t.Helper()
	roster := NewRoster(targets(t, texts...), noon)
	for _, text := range texts {
		if target(t, text).NeedsEngine() {
			meetAll(roster, running(text, idA, mainPID))
		}
	}
	source := NewCgroup(cgroupfs.NewFS(filepath.Join(root, "sys"), options), placesIn(root, roster), NewWaker(), nil)
	t.Cleanup(func() { _ = source.Close() })
	return &stand{Cgroup: source, root: root, clock: noon}
}

// read is the next reading of the only container, a second after the one before.
func (s *stand) read(t testing.TB) collectors.ContainerCounters {
	t.Helper()
	part, err := s.Collect(t.Context(), s.tick(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if len(part.Containers) != 1 {
		t.Fatalf("%d containers", len(part.Containers))
	}
	return part.Containers[0]
}

func (s *stand) tick(by time.Duration) time.Time {
	s.clock = s.clock.Add(by)
	return s.clock
}

// path is the place of a file of the container's cgroup.
func (s *stand) path(name string) string { return filepath.Join(s.root, "sys", scope, name) }

// set writes a file of the container's cgroup.
func (s *stand) set(t testing.TB, name, text string) { write(t, s.path(name), text) }

// TestCgroupReading compares a whole reading, value by value.
func TestCgroupReading(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	got := s.read(t)
	count := collectors.Some[uint64]
	amount := collectors.Some[collectors.Bytes]
	ratio := collectors.Some[collectors.Ratio]
	lasted := func(d time.Duration) collectors.Opt[collectors.Seconds] {
		return collectors.Some(collectors.Seconds(d))
	}
	want := collectors.ContainerCounters{
		Identity:    collectors.Identity{Key: "agent", CgroupPath: scope},
		Incarnation: got.Incarnation,
		Memory: collectors.Some(collectors.MemoryLevels{
			Current: amount(1534644224), Limit: collectors.LimitOf[collectors.Bytes](1610612736), LimitedBy: "/system.slice",
			High: collectors.Unlimited[collectors.Bytes](), Peak: amount(1535168512),
			Swap: amount(0), SwapLimit: collectors.LimitOf[collectors.Bytes](0),
			Stat: collectors.MemoryStat{
				Anon: amount(949559296), File: amount(569380864), Shmem: amount(149946368),
				Kernel: amount(15704064), KernelStack: amount(344064), PageTables: amount(2117632), PerCPU: amount(1552),
				SlabReclaimable: amount(12856384), SlabUnreclaimable: amount(342032), Sock: amount(0),
				InactiveFile: amount(419434496), ActiveFile: amount(0),
			},
			Events: collectors.MemoryEvents{Max: count(21), OOM: count(2), OOMKill: count(3), LocalOOM: count(1)},
		}),
		CPU: collectors.Some(collectors.CPUCounters{
			At:    s.clock,
			Usage: collectors.Some(53381507 * time.Microsecond), User: collectors.Some(40913645 * time.Microsecond), System: collectors.Some(12467861 * time.Microsecond),
			Periods: count(409), ThrottledPeriods: count(246), Throttled: collectors.Some(11725760 * time.Microsecond),
			Limit: collectors.LimitOf[collectors.Cores](1), LimitedBy: "/system.slice",
		}),
		Pids: collectors.Some(collectors.PidsLevels{
			Current: count(24), Limit: collectors.LimitOf[uint64](256), Peak: count(24), Refused: count(7), Processes: count(3), Threads: count(21),
		}),
		Pressure: collectors.Some(collectors.Pressure{
			Memory: collectors.PressureLines{
				SomeAvg10: ratio(0.015), SomeAvg60: ratio(0.0075), SomeAvg300: ratio(0.001), SomeTotal: lasted(91234 * time.Microsecond),
				FullAvg10: ratio(0.0025), FullAvg60: ratio(0), FullAvg300: ratio(0), FullTotal: lasted(41 * time.Microsecond),
			},
			CPU: collectors.PressureLines{
				SomeAvg10: ratio(0.6952), SomeAvg60: ratio(0.2988), SomeAvg300: ratio(0.076), SomeTotal: lasted(24524031 * time.Microsecond),
				FullAvg10: ratio(0.1612), FullAvg60: ratio(0.0915), FullAvg300: ratio(0.0242), FullTotal: lasted(7841220 * time.Microsecond),
			},
			IO: collectors.PressureLines{
				SomeAvg10: ratio(0), SomeAvg60: ratio(0.0001), SomeAvg300: ratio(0), SomeTotal: lasted(39771 * time.Microsecond),
				FullAvg10: ratio(0), FullAvg60: ratio(0.0001), FullAvg300: ratio(0), FullTotal: lasted(39771 * time.Microsecond),
			},
		}),
		IO: collectors.Some(collectors.IOCounters{At: s.clock, ReadBytes: count(12288), WriteBytes: count(419430400), ReadOps: count(3), WriteOps: count(378)}),
	}
	if d := cmp.Diff(want, got, everything()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if got.Incarnation == 0 {
		t.Error("no incarnation")
	}
}

// TestCgroupOwnLimits: where the container's own limits bind, nobody else is named;
// "max" all the way up is unlimited, and a limit that cannot be known is absent.
func TestCgroupOwnLimits(t *testing.T) {
	root := tree(t, "hosts/load")
	for _, name := range []string{"memory.max", "cpu.max", "pids.max", "memory.swap.max"} {
		write(t, filepath.Join(root, "sys/system.slice", name), "max\n")
	}
	s := standOn(t, root, cgroupfs.Options{}, "agent")
	c := s.read(t)
	memory, cpu := c.Memory.Or(collectors.MemoryLevels{}), c.CPU.Or(collectors.CPUCounters{})
	if memory.Limit != collectors.LimitOf[collectors.Bytes](2147483648) || memory.LimitedBy != "" || cpu.Limit != collectors.LimitOf[collectors.Cores](1.5) || cpu.LimitedBy != "" {
		t.Errorf("own limits: %+v by %q, %+v by %q", memory.Limit, memory.LimitedBy, cpu.Limit, cpu.LimitedBy)
	}
	s.set(t, "memory.max", "max\n")
	s.set(t, "cpu.max", "max 100000\n")
	s.set(t, "pids.max", "max\n")
	c = s.read(t)
	memory, cpu = c.Memory.Or(collectors.MemoryLevels{}), c.CPU.Or(collectors.CPUCounters{})
	if !memory.Limit.Unlimited() || !cpu.Limit.Unlimited() || !c.Pids.Or(collectors.PidsLevels{}).Limit.Unlimited() {
		t.Errorf("no limits: %+v %+v %+v", memory.Limit, cpu.Limit, c.Pids)
	}
	// A limit of the slice is noticed a few seconds later.
	write(t, filepath.Join(root, "sys/system.slice/memory.max"), "1048576\n")
	s.tick(slowEvery)
	memory = s.read(t).Memory.Or(collectors.MemoryLevels{})
	if memory.Limit != collectors.LimitOf[collectors.Bytes](1048576) || memory.LimitedBy != "/system.slice" {
		t.Errorf("the slice's limit: %+v by %q", memory.Limit, memory.LimitedBy)
	}
}

// TestCgroupMissing: what is absent has its reason, and the rest is read.
func TestCgroupMissing(t *testing.T) {
	remove := func(names ...string) func(*testing.T, *stand) {
		return func(t *testing.T, s *stand) {
			for _, name := range names {
				if err := os.Remove(s.path(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	set := func(name, text string) func(*testing.T, *stand) {
		return func(t *testing.T, s *stand) { s.set(t, name, text) }
	}
	for _, tt := range []struct {
		name   string
		change func(*testing.T, *stand)
		// absent are the groups that are not there; whys are parts of the reasons.
		absent []collectors.Group
		whys   []string
	}{
		{"nothing", func(*testing.T, *stand) {}, nil, nil},
		{
			"no pressure stall information", remove("memory.pressure", "cpu.pressure", "io.pressure"),
			[]collectors.Group{collectors.GroupPressure},
			[]string{"pressure: this kernel gives no pressure information"},
		},
		{
			"controllers that are not delegated",
			func(t *testing.T, s *stand) {
				s.set(t, "cgroup.controllers", "memory pids\n")
				remove("cpu.max", "cpu.max.burst", "io.stat")(t, s)
			},
			[]collectors.Group{collectors.GroupIO},
			[]string{"cpu: cgroup", "io: cgroup"},
		},
		{"garbage in one file", set("memory.stat", "anon \x1b[2Jx\n"), nil, []string{`memory: cgroup "` + scope + `": memory.stat: malformed`}},
		{"a negative number", set("pids.current", "-1\n"), []collectors.Group{collectors.GroupPids}, []string{"pids: cgroup"}},
		{"two to the 64", set("memory.current", "18446744073709551616\n"), nil, []string{"memory: cgroup"}},
		{"a fault in what the cgroup says of itself", set("cgroup.events", "populated 2\n"), nil, []string{"state: cgroup"}},
		{"a fault in a pressure file", set("io.pressure", "half avg10=0\n"), nil, []string{"pressure: cgroup"}},
		{"a faulty pressure file alone is the reason", func(t *testing.T, s *stand) {
			remove("memory.pressure", "cpu.pressure")(t, s)
			s.set(t, "io.pressure", "x\n")
		}, []collectors.Group{collectors.GroupPressure}, []string{"pressure: cgroup"}},
		{
			"no memory files on an old kernel", remove("memory.current", "memory.stat", "memory.max"),
			[]collectors.Group{collectors.GroupMemory},
			[]string{"memory: the files are not there"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
			tt.change(t, s)
			c := s.read(t)
			for _, group := range fileGroups() {
				if given(&c, group) == slices.Contains(tt.absent, group) {
					t.Errorf("%s is there: %v", group, given(&c, group))
				}
			}
			if len(c.Missing) != len(tt.whys) {
				t.Fatalf("%d reasons: %s", len(c.Missing), whys(c))
			}
			for i, m := range c.Missing {
				if line := string(m.Group) + ": " + m.Why; !strings.Contains(line, tt.whys[i]) || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
					t.Errorf("%q, want %q", line, tt.whys[i])
				}
			}
		})
	}
}

// TestCgroupRoot: the root of the hierarchy has no files for memory and tasks.
func TestCgroupRoot(t *testing.T) {
	root := tree(t, "hosts/load")
	write(t, filepath.Join(root, "sys/cpu.stat"), "usage_usec 5\nuser_usec 3\nsystem_usec 2\n")
	c := standOn(t, root, cgroupfs.Options{}, "cgroup:/").read(t)
	if c.Key != "cgroup:/" || c.CgroupPath != "/" || c.State != collectors.StateRunning || !c.CPU.Present() {
		t.Errorf("%+v", c)
	}
	if got := whys(c); !strings.Contains(got, "memory: the files are not there: the root of the hierarchy") || !strings.Contains(got, "pids: the files") {
		t.Errorf("%s", got)
	}
}

// rebuild puts another cgroup in the place of the container's: with other counts, and
// another directory.
func (s *stand) rebuild(t *testing.T, events string) {
	t.Helper()
	next := filepath.Join(s.root, "next")
	write(t, filepath.Join(next, "memory.events"), events)
	write(t, filepath.Join(next, "memory.current"), "4096\n")
	write(t, filepath.Join(next, "cgroup.controllers"), "cpu io memory pids\n")
	if err := os.RemoveAll(s.path("")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, s.path("")); err != nil {
		t.Fatal(err)
	}
}

// TestCgroupRecreated: between two readings another cgroup takes the place, as at
// every restart. Its counts are its own.
func TestCgroupRecreated(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	before := s.read(t)
	s.rebuild(t, "max 0\noom 0\noom_kill 0\n")
	now := s.read(t)
	if now.Incarnation == before.Incarnation || now.Incarnation == 0 {
		t.Errorf("incarnation %d, then %d", before.Incarnation, now.Incarnation)
	}
	memory := now.Memory.Or(collectors.MemoryLevels{})
	if memory.Current != collectors.Some[collectors.Bytes](4096) || memory.Events.OOMKill != collectors.Some[uint64](0) || memory.Stat.Anon.Present() {
		t.Errorf("%+v", memory)
	}
	if len(s.open) != 1 {
		t.Errorf("%d cgroups are held", len(s.open))
	}
}

// TestCgroupVanished: the cgroup of a container is gone before the engine tells of
// the end.
func TestCgroupVanished(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	s.read(t)
	if err := os.RemoveAll(s.path("")); err != nil {
		t.Fatal(err)
	}
	c := s.read(t)
	if c.CgroupPath != "" || c.State != collectors.StateUnknown || c.Memory.Present() || !strings.Contains(whys(c), "memory: its cgroup is gone") {
		t.Errorf("%+v", c)
	}
	if len(s.open) != 0 {
		t.Errorf("%d cgroups are held", len(s.open))
	}
}

// TestCgroupLastWords: a cgroup that vanishes while it is read still gives the counts
// of its events, with the incarnation that they belong to. They are kept whether a
// reading saw them or the look at a change.
func TestCgroupLastWords(t *testing.T) {
	for name, look := range map[string]func(*stand){
		"in a reading": func(*stand) {},
		"in the look at a change": func(s *stand) {
			s.tells([]cgroupfs.Change{{Group: s.open["agent"].group, Files: cgroupfs.Files(cgroupfs.FileMemoryEvents)}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			// Without kept descriptors a file that has gone is noticed in a fixture, too.
			s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{Descriptors: -1}, "agent")
			before := s.read(t)
			s.set(t, "memory.events", "max 90\noom 5\noom_kill 4\n")
			if err := os.Remove(s.path("memory.current")); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(s.path(""), filepath.Join(s.root, "away")); err != nil {
				t.Fatal(err)
			}
			look(s)
			c := s.read(t)
			events := c.Memory.Or(collectors.MemoryLevels{}).Events
			if events.OOMKill != collectors.Some[uint64](4) || c.Incarnation != before.Incarnation {
				t.Errorf("%+v of incarnation %d, want that of %d", events, c.Incarnation, before.Incarnation)
			}
			if c = s.read(t); c.Memory.Present() || c.Incarnation != 0 {
				t.Errorf("told twice: %+v", c.Memory)
			}
		})
	}
}

// TestCgroupBare: a cgroup without an engine comes and goes by itself.
func TestCgroupBare(t *testing.T) {
	const key = "cgroup:/work.slice/job"
	root := tree(t, "hosts/load")
	s := standOn(t, root, cgroupfs.Options{}, key)
	dir := filepath.Join(root, "sys/work.slice/job")
	for i, step := range []struct {
		change func()
		state  collectors.State
		memory bool
	}{
		{func() {}, collectors.StateGone, false},
		{func() { write(t, filepath.Join(dir, "memory.current"), "1\n") }, collectors.StateRunning, true},
		{func() { _ = os.RemoveAll(dir) }, collectors.StateGone, false},
		{func() { write(t, filepath.Join(dir, "memory.current"), "2\n") }, collectors.StateRunning, true},
	} {
		step.change()
		c := s.read(t)
		if c.Key != key || c.CgroupPath != "/work.slice/job" || c.State != step.state || c.Memory.Present() != step.memory {
			t.Errorf("step %d: %+v", i, c)
		}
		if !step.memory && !strings.Contains(whys(c), "there is no cgroup /work.slice/job below "+filepath.Join(root, "sys")) {
			t.Errorf("step %d: %s", i, whys(c))
		}
	}
}

// TestCgroupBareFares: what cgroup.events says of a cgroup without an engine; of a
// container the engine tells.
func TestCgroupBareFares(t *testing.T) {
	for _, tt := range []struct {
		events string
		state  collectors.State
	}{
		{"", collectors.StateRunning},
		{"populated x\n", collectors.StateRunning},
		{"populated 2\nfrozen 2\n", collectors.StateRunning},
		{"frozen 0\n", collectors.StateRunning},
		{"populated 1\n", collectors.StateRunning},
		{"populated 1\nfrozen 0\n", collectors.StateRunning},
		{"populated 1\nfrozen 1\n", collectors.StatePaused},
		{"frozen 1\n", collectors.StatePaused},
		{"populated 0\n", collectors.StateGone},
		{"populated 0\nfrozen 1\n", collectors.StateGone},
	} {
		s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "cgroup:"+scope)
		s.set(t, "cgroup.events", tt.events)
		c := s.read(t)
		if c.State != tt.state || !c.Memory.Present() {
			t.Errorf("%q: %q, memory %v", tt.events, c.State, c.Memory.Present())
		}
		if told := strings.Contains(whys(c), "state: no process lives in this cgroup"); told != (tt.state == collectors.StateGone) {
			t.Errorf("%q: %s", tt.events, whys(c))
		}
		s = standOn(t, s.root, cgroupfs.Options{}, "agent")
		if c = s.read(t); c.State != collectors.StateUnknown {
			t.Errorf("%q: of a container it says %q", tt.events, c.State)
		}
	}
}

// TestCgroupUnplaced: nothing is said of a container that does not run, and of one
// that does, why it is nowhere.
func TestCgroupUnplaced(t *testing.T) {
	root := tree(t, "hosts/legacy")
	roster := NewRoster(targets(t, "agent", "old", "cgroup:/a"), noon)
	old := running("old", idB, 0)
	old.State, old.PID = collectors.StateExited, collectors.Opt[int]{}
	meetAll(roster, running("agent", idA, 100), old)
	places := NewPlaces(roster, PlaceOptions{Proc: placesIn(root, roster).locator.proc, Cgroups: cgroupfs.NewFS("", cgroupfs.Options{}), Mode: "legacy"})
	source := NewCgroup(cgroupfs.NewFS("", cgroupfs.Options{}), places, NewWaker(), nil)
	part, err := source.Collect(t.Context(), noon)
	if err != nil || len(part.Containers) != 3 {
		t.Fatalf("%v, %d containers", err, len(part.Containers))
	}
	for i, want := range []struct {
		state collectors.State
		why   string
	}{
		{collectors.StateUnknown, "memory: the host has cgroup v1 (legacy)"},
		{collectors.StateUnknown, ""},
		{collectors.StateGone, "memory: this host has no cgroup v2 mounted"},
	} {
		c := part.Containers[i]
		if c.State != want.state || !strings.HasPrefix(whys(c), want.why) || (want.why == "") != (len(c.Missing) == 0) {
			t.Errorf("%s: %q %s", c.Key, c.State, whys(c))
		}
	}
}

// TestCgroupCannotBeOpened: it is there, but it is none, or may not be opened. That
// is a fault of the source when there is no other.
func TestCgroupCannotBeOpened(t *testing.T) {
	root := tree(t, "hosts/load")
	write(t, filepath.Join(root, "sys/file"), "")
	s := standOn(t, root, cgroupfs.Options{}, "cgroup:/file")
	part, err := s.Collect(t.Context(), noon)
	if !errors.Is(err, cgroupfs.ErrNotCgroup2) || len(part.Containers) != 1 || !strings.Contains(whys(part.Containers[0]), "not a cgroup v2 directory") {
		t.Errorf("%v, %+v", err, part)
	}
	s = standOn(t, root, cgroupfs.Options{}, "cgroup:/file", "agent")
	if _, err := s.Collect(t.Context(), noon); err != nil {
		t.Errorf("beside one that can: %v", err)
	}
}

func TestCgroupNotPermitted(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("needs a user whom the mode of a directory stops")
	}
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	if err := os.Chmod(s.path(""), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(s.path(""), 0o755) })
	part, err := s.Collect(t.Context(), noon)
	if !errors.Is(err, cgroupfs.ErrNotPermitted) || !strings.Contains(whys(part.Containers[0]), "permission denied") {
		t.Errorf("%v, %s", err, whys(part.Containers[0]))
	}
}

// TestCgroupMembers: the list of processes is to be had before the first reading and
// after it, but not of a cgroup that is not there.
func TestCgroupMembers(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent", "cgroup:/none")
	if _, err := s.Members("agent"); err == nil {
		t.Error("before anybody knows where it is")
	}
	s.places.now(noon)
	for range 2 {
		if pids, err := s.Members("agent"); err != nil || !slices.Equal(pids, []int{3209, 3257, 3258}) {
			t.Errorf("%v, %v", pids, err)
		}
		if _, err := s.Collect(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Members("cgroup:/none"); !errors.Is(err, cgroupfs.ErrGone) {
		t.Errorf("of none: %v", err)
	}
	if _, err := s.Members("other"); err == nil {
		t.Error("of a stranger")
	}
}

// TestCgroupZombies: what is charged and not listed. The list is made seldom; a burst
// of forks since then is not a heap of zombies.
func TestCgroupZombies(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	for _, tt := range []struct {
		name                       string
		pids, threads              string
		later                      time.Duration
		current, living, processes uint64
	}{
		{"three zombies", "24", "", time.Second, 24, 21, 3},
		{"a burst of forks", "90", "", 10 * time.Millisecond, 90, 87, 3},
		{"and its end", "24", "", 10 * time.Millisecond, 24, 21, 3},
		{"most are gone", "5", "", 10 * time.Millisecond, 5, 2, 2},
		{"all are gone", "1", "", 10 * time.Millisecond, 1, 0, 0},
		{"the list again", "22", "", time.Second, 22, 21, 3},
		{"more listed than charged", "20", "", time.Second, 20, 20, 3},
		{"unreadable list", "20", "x\n", time.Second, 20, 0, 0},
	} {
		s.set(t, "pids.current", tt.pids+"\n")
		if tt.threads != "" {
			s.set(t, "cgroup.threads", tt.threads)
		}
		part, err := s.Collect(t.Context(), s.tick(tt.later))
		if err != nil {
			t.Fatal(err)
		}
		pids := part.Containers[0].Pids.Or(collectors.PidsLevels{})
		if pids.Current.Or(0) != tt.current || pids.Threads.Or(0) != tt.living || pids.Processes.Or(0) != tt.processes {
			t.Errorf("%s: %+v", tt.name, pids)
		}
		if tt.threads != "" && (pids.Threads.Present() || pids.Processes.Present()) {
			t.Errorf("%s: %+v, want them absent", tt.name, pids)
		}
	}
}

// TestCgroupZombiesBracketed: what ended while the list was made is no zombie.
func TestCgroupZombiesBracketed(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	s.read(t)
	held := s.open["agent"]
	s.set(t, "pids.current", "22\n")
	held.countTasks()
	if held.zombies != collectors.Some[uint64](1) {
		t.Errorf("24 charged before the list of 21, 22 after it: %+v", held.zombies)
	}
}

// TestCgroupMoves: the container is found in another place, and the old one is let go.
func TestCgroupMoves(t *testing.T) {
	root := tree(t, "hosts/load")
	s := standOn(t, root, cgroupfs.Options{}, "agent")
	s.read(t)
	write(t, filepath.Join(root, "sys/docker", idA, "memory.current"), "7\n")
	write(t, filepath.Join(root, "proc/3209/cgroup"), "0::/docker/"+idA+"\n")
	s.tick(placeAge)
	c := s.read(t)
	if c.CgroupPath != "/docker/"+idA || c.Memory.Or(collectors.MemoryLevels{}).Current != collectors.Some[collectors.Bytes](7) {
		t.Errorf("%+v", c)
	}
	meetAll(s.places.roster)
	if part, err := s.Collect(t.Context(), s.tick(time.Second)); err != nil || len(part.Containers) != 0 || len(s.open) != 0 {
		t.Errorf("%v, %d containers, %d held", err, len(part.Containers), len(s.open))
	}
}

// TestCgroupRace: everything at once, for the race detector.
func TestCgroupRace(t *testing.T) {
	s := standOn(t, tree(t, "hosts/load"), cgroupfs.Options{}, "agent")
	s.read(t)
	group := s.open["agent"].group
	var all sync.WaitGroup
	for _, deed := range []func(int){
		func(n int) { _, _ = s.Collect(t.Context(), after(time.Duration(n)*time.Second)) },
		func(int) { _, _ = s.Members("agent") },
		func(int) { s.tells([]cgroupfs.Change{{Group: group, Files: cgroupfs.Files(cgroupfs.FilePidsEvents)}}) },
		func(n int) {
			if n%10 == 0 {
				_ = s.Close()
			}
		},
	} {
		all.Go(func() {
			for n := range 50 {
				deed(n)
			}
		})
	}
	all.Wait()
}

// BenchmarkCollectCgroup is one container's whole reading by the source: place,
// files, limits, conversion. Every 800 ms of its clock it lists the tasks as well.
func BenchmarkCollectCgroup(b *testing.B) {
	watcher, err := cgroupfs.NewWatcher()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = watcher.Close() })
	s := standOn(b, tree(b, "hosts/load"), cgroupfs.Options{}, "agent")
	s.watcher = watcher
	s.read(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Collect(b.Context(), s.tick(time.Second)); err != nil {
			b.Fatal(err)
		}
	}
}

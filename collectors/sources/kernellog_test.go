package sources

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
	"golang.org/x/tools/txtar"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// device stands in for /dev/kmsg: a pipe in packet mode gives one record a read.
type device struct {
	path  string
	write *os.File
}

func newDevice(t testing.TB) *device {
	t.Helper()
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_DIRECT|unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		t.Skipf("needs pipes in packet mode: %v", err)
	}
	// A record takes a page of the pipe, which has 16 of them at first.
	if _, err := unix.FcntlInt(uintptr(ends[1]), unix.F_SETPIPE_SZ, 64<<12); err != nil {
		t.Skipf("needs a pipe of 64 pages: %v", err)
	}
	read, write := os.NewFile(uintptr(ends[0]), "read"), os.NewFile(uintptr(ends[1]), "write")
	t.Cleanup(func() { _ = read.Close(); _ = write.Close() })
	return &device{path: fmt.Sprintf("/proc/self/fd/%d", ends[0]), write: write}
}

// print writes the records of a text archive.
func (d *device) print(t testing.TB, name string) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata/kmsg", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(withIDs(string(archive.Files[0].Data))) {
		if _, err := d.write.WriteString(line); err != nil {
			t.Fatal(err)
		}
	}
}

// uptime is how long the host of these tests has run at noon.
const uptime = time.Hour

// logOf follows a device for a roster until the test ends. Its clock stands at noon.
func logOf(t testing.TB, path string, roster *Roster) *KernelLog {
	t.Helper()
	clock := Clock{Now: func() time.Time { return noon }, Boot: func() (time.Duration, error) { return uptime, nil }}
	log := NewKernelLog(path, roster, NewWaker(), clock)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); log.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return log
}

// quietLog is a log that was opened and in which nothing stands.
func quietLog(roster *Roster) *KernelLog {
	k := NewKernelLog("", roster, NewWaker(), Clock{Now: func() time.Time { return noon }, Boot: func() (time.Duration, error) { return uptime, nil }})
	roster.markLooked()
	k.fare(nil)
	return k
}

// tales are the notices of a source until there are so many, in words.
func tales(t testing.TB, k *KernelLog, want int) string {
	t.Helper()
	var lines []string
	for len(lines) < want && woken(k.waker, patience) {
		part, err := k.Collect(t.Context(), noon)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range part.Notices {
			lines = append(lines, tale(n))
		}
	}
	return strings.Join(lines, "\n")
}

// tale is a notice in words: when (before noon), whom, what.
func tale(n collectors.Notice) string {
	text := fmt.Sprintf("%v %s %.4s", noon.Sub(n.At), n.Key, n.ID)
	switch n.Kind {
	case collectors.NoticeKernelOOM:
		victim, _ := n.Victim.Get()
		return fmt.Sprintf("%s OOM %q %d %d %q", text, victim.Name, victim.PID, victim.RSS.Or(0)>>10, victim.Scope)
	case collectors.NoticeKernelForkRefused:
		return text + " fork"
	default:
		return fmt.Sprintf("%s kind %d", text, n.Kind)
	}
}

// TestKernelLog: what a real kernel printed, told of the container by its name.
func TestKernelLog(t *testing.T) {
	roster := NewRoster(targets(t, "agent"), noon)
	meetAll(roster, running("agent", idA, 3209))
	dev := newDevice(t)
	dev.print(t, "container")
	const want = `51m1.764586s agent fb6f OOM "chrome" 3560 2089592 "container"
50m50.438259s agent fb6f fork
50m38.002674s agent fb6f OOM "openclaw-gatewa" 3209 2089248 "container"`
	if got := tales(t, logOf(t, dev.path, roster), 3); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestKernelLogScopes: whose limit it was. A stranger's kills are nobody's, and what
// a process writes into the log itself is nothing; malformed records cost only
// themselves.
func TestKernelLogScopes(t *testing.T) {
	roster := NewRoster(targets(t, "agent", "cgroup:/system.slice/cron.service"), noon)
	meetAll(roster, running("agent", idA, 3209))
	dev := newDevice(t)
	dev.print(t, "scopes")
	const want = `59m49.999998s agent fb6f OOM "own" 100 3584 "container"
59m39.999998s agent fb6f OOM "below" 101 3584 "container"
59m29.999998s agent fb6f OOM "ancestor" 102 3584 "ancestor"
59m19.999998s agent fb6f OOM "host" 103 3584 "host"
58m59s agent fb6f fork
58m49.999998s agent fb6f OOM "e·[2Jvil" 107 3584 "container"`
	if got := tales(t, logOf(t, dev.path, roster), 6); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestKernelLogBare: a cgroup without an engine has kills, too, those of all below it
// included.
func TestKernelLogBare(t *testing.T) {
	roster := NewRoster(targets(t, "cgroup:/system.slice"), noon)
	dev := newDevice(t)
	dev.print(t, "container")
	const want = `51m1.764586s cgroup:/system.slice  OOM "chrome" 3560 2089592 "container"
50m50.438259s cgroup:/system.slice  fork
50m38.002674s cgroup:/system.slice  OOM "openclaw-gatewa" 3209 2089248 "container"`
	if got := tales(t, logOf(t, dev.path, roster), 3); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestKernelLogLearnsLater: the engine's history names a container that is gone only
// after the kernel's log was read. Who stays unknown is dropped after a while.
func TestKernelLogLearnsLater(t *testing.T) {
	for _, tt := range []struct {
		learnt time.Duration
		want   int
	}{{9 * time.Second, 3}, {10 * time.Second, 0}} {
		roster := NewRoster(targets(t, "agent"), noon)
		k := quietLog(roster)
		for range 3 {
			k.take(hostfs.ForkRejected{At: time.Minute, Cgroup: scope})
		}
		collect := func(at time.Time) int {
			part, err := k.Collect(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			return len(part.Notices)
		}
		if got := collect(noon) + collect(after(5*time.Second)) + collect(after(tt.learnt)); got != 0 {
			t.Errorf("%d notices before it was learnt", got)
		}
		roster.keyOf(idA, "agent")
		if got := collect(after(tt.learnt + time.Millisecond)); got != tt.want {
			t.Errorf("learnt after %v: %d notices, want %d", tt.learnt, got, tt.want)
		}
		if len(k.pending) != 0 {
			t.Errorf("learnt after %v: %d are kept", tt.learnt, len(k.pending))
		}
	}
}

// TestKernelLogBounded: the ring of a host with many containers may be full of other
// people's kills; the newest are kept.
func TestKernelLogBounded(t *testing.T) {
	k := quietLog(NewRoster(nil, noon))
	for n := range unclaimedMost + 10 {
		k.take(hostfs.ForkRejected{At: time.Duration(n) * time.Second, Cgroup: "/x"})
	}
	if len(k.pending) != unclaimedMost || !k.pending[0].At.Equal(noon.Add(10*time.Second-uptime)) {
		t.Errorf("%d are kept, the first of %v", len(k.pending), k.pending[0].At)
	}
	k.take(nil)
	if len(k.pending) != unclaimedMost {
		t.Error("a record that is no event is kept")
	}
}

// TestKernelLogKill: which cgroup a kill is about, and whose limit it was, where the
// kernel tells less than usual.
func TestKernelLogKill(t *testing.T) {
	cause := func(limit, victim string) hostfs.Opt[hostfs.OOMCause] {
		return hostfs.Some(hostfs.OOMCause{LimitCgroup: limit, VictimCgroup: victim})
	}
	for _, tt := range []struct {
		name  string
		kill  hostfs.OOMKill
		key   string
		scope collectors.OOMScope
	}{
		{"no cause", hostfs.OOMKill{Scope: hostfs.OOMMemcg}, "", ""},
		{"a cause that can be read in two ways", hostfs.OOMKill{Scope: hostfs.OOMMemcg, Cause: hostfs.Some(hostfs.OOMCause{Ambiguous: true})}, "", ""},
		{"a member of a group, without a cause", hostfs.OOMKill{Scope: hostfs.OOMMemcg, Group: scope}, "agent", ""},
		{"a member of a group", hostfs.OOMKill{Scope: hostfs.OOMMemcg, Group: scope, Cause: cause(scope, scope)}, "agent", collectors.OOMOwn},
		{"a kernel that does not tell the scope", hostfs.OOMKill{Cause: cause("", scope)}, "agent", ""},
		{"the limit of another container around it", hostfs.OOMKill{Scope: hostfs.OOMMemcg, Cause: cause("/docker/"+idC, scope)}, "agent", collectors.OOMAncestor},
		{"the host", hostfs.OOMKill{Scope: hostfs.OOMGlobal, Cause: cause("", scope)}, "agent", collectors.OOMHost},
	} {
		roster := NewRoster(targets(t, "agent"), noon)
		meetAll(roster, running("agent", idA, 1))
		k := quietLog(roster)
		k.take(tt.kill)
		part, err := k.Collect(t.Context(), noon)
		if err != nil || len(part.Notices) > 1 || (len(part.Notices) == 1) != (tt.key != "") {
			t.Fatalf("%s: %v, %+v", tt.name, err, part.Notices)
		}
		for _, n := range part.Notices {
			if victim, _ := n.Victim.Get(); n.Key != tt.key || victim.Scope != tt.scope {
				t.Errorf("%s: %s, scope %q", tt.name, n.Key, victim.Scope)
			}
		}
	}
}

// TestKernelLogLines: the kernel's lines are handed on clean and bounded; a process may
// be called what it likes.
func TestKernelLogLines(t *testing.T) {
	roster := NewRoster(targets(t, "agent"), noon)
	meetAll(roster, running("agent", idA, 1))
	k := quietLog(roster)
	k.take(hostfs.OOMKill{
		Scope: hostfs.OOMMemcg, Cause: hostfs.Some(hostfs.OOMCause{LimitCgroup: scope, VictimCgroup: scope}),
		Lines: "a\x1b[31m invoked oom-killer: gfp_mask=0\noom-kill:" + strings.Repeat("x", 10*logLine),
	})
	part, err := k.Collect(t.Context(), noon)
	if err != nil || len(part.Notices) != 1 {
		t.Fatalf("%v, %+v", err, part.Notices)
	}
	victim, _ := part.Notices[0].Victim.Get()
	lines := victim.KernelLog
	if len(lines) != 2 || strings.Contains(lines[0], "\x1b") || !strings.Contains(lines[0], "invoked oom-killer") || utf8.RuneCountInString(lines[1]) > logLine {
		t.Errorf("%q", lines)
	}
}

// TestKernelLogWall: the clock of the kernel log drifts, so what was just written
// happened now; the rest as long ago as the clock says.
func TestKernelLogWall(t *testing.T) {
	for _, tt := range []struct {
		name    string
		at      time.Duration
		bootErr error
		ago     time.Duration
	}{
		{"just now", uptime - time.Second, nil, 0},
		{"ahead of the clock", uptime + time.Second, nil, 0},
		{"a while ago", uptime - 10*time.Second, nil, 10 * time.Second},
		{"at boot", 0, nil, uptime},
		{"no clock", 0, errors.New("no clock"), 0},
	} {
		k := KernelLog{clock: Clock{Now: func() time.Time { return noon }, Boot: func() (time.Duration, error) { return uptime, tt.bootErr }}}
		if got := noon.Sub(k.wall(tt.at)); got != tt.ago {
			t.Errorf("%s: %v ago, want %v", tt.name, got, tt.ago)
		}
	}
}

// TestKernelLogFails: why there is no log, and it is told at every reading.
func TestKernelLogFails(t *testing.T) {
	roster := NewRoster(targets(t, "cgroup:/a"), noon)
	ended := newDevice(t)
	_ = ended.write.Close()
	paths := map[string]string{
		filepath.Join(t.TempDir(), "none"): "brink runs in a container without it",
		ended.path:                         "kernel log: EOF",
	}
	if os.Geteuid() != 0 {
		secret := filepath.Join(t.TempDir(), "secret")
		write(t, secret, "")
		if err := os.Chmod(secret, 0); err != nil {
			t.Fatal(err)
		}
		paths[secret] = "permission denied"
	}
	for path, want := range paths {
		k := NewKernelLog(path, roster, NewWaker(), Clock{Now: func() time.Time { return noon }, Boot: func() (time.Duration, error) { return uptime, nil }})
		k.Run(t.Context())
		for range 2 {
			if _, err := k.Collect(t.Context(), noon); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
}

// TestKernelLogWaits: before anybody is known, nothing is read; until the log was
// opened it has given nothing, so that one which may not be read is never lost; and
// the end of the program is no fault of the log.
func TestKernelLogWaits(t *testing.T) {
	roster := NewRoster(targets(t, "agent"), noon)
	k := NewKernelLog(newDevice(t).path, roster, NewWaker(), Clock{})
	collect := func(patience time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		_, err := k.Collect(ctx, time.Now())
		return err
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	k.Run(ended)
	if err := collect(time.Millisecond); !errors.Is(err, errUntried) {
		t.Errorf("nobody is known: %v", err)
	}
	roster.markLooked()
	if err := collect(time.Millisecond); !errors.Is(err, errUntried) {
		t.Errorf("it was not opened: %v", err)
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); k.Run(ctx) }()
	if err := collect(patience); err != nil {
		t.Errorf("it was opened: %v", err)
	}
	end()
	<-done
	if err := collect(patience); err != nil {
		t.Errorf("brink ends: %v", err)
	}
}

// TestKernelLogFirstReading: a log that may not be read says so in the first reading,
// which comes while it is being opened.
func TestKernelLogFirstReading(t *testing.T) {
	roster := NewRoster(targets(t, "agent"), noon)
	k := NewKernelLog(filepath.Join(t.TempDir(), "none"), roster, NewWaker(), Clock{})
	told := make(chan error)
	go func() {
		_, err := k.Collect(t.Context(), time.Now())
		told <- err
	}()
	roster.markLooked()
	k.Run(t.Context())
	if err := <-told; err == nil || errors.Is(err, errUntried) {
		t.Errorf("the first reading says %v", err)
	}
}

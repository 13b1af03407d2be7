package hostfs

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// agentCgroup is the cgroup of the container in testdata/proc/hardened.txtar.
const agentCgroup = "/system.slice/docker-8c1d4f0e7a3b5926c8e1f4a7d0b3e6f9c2d5a8b1e4f7c0d3a6b9e2f5c8d1a4b7.scope"

func TestZombies(t *testing.T) {
	host := tree(t, "hardened")
	got, err := host.Zombies(t.Context(), CgroupPath{Path: agentCgroup}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, z := range got {
		pids = append(pids, z.PID)
		if z.Comm != "chrome" || z.ParentPID != 4150 || z.State != Zombie {
			t.Errorf("%+v", z)
		}
	}
	slices.Sort(pids)
	if !slices.Equal(pids, []int{4170, 4171}) {
		t.Errorf("zombies %v", pids)
	}
}

// TestZombiesReused: fewer zombies than the last time leave none of the last time behind.
func TestZombiesReused(t *testing.T) {
	host := tree(t, "hardened")
	got, err := host.Zombies(t.Context(), CgroupPath{Path: agentCgroup}, make([]PIDStat, 7))
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	got, err = host.Zombies(t.Context(), CgroupPath{Path: "/elsewhere"}, got)
	if err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestZombiesFaults(t *testing.T) {
	host := tree(t, "hardened")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := host.Zombies(ctx, CgroupPath{Path: "/"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	path := filepath.Join(host.Root(), "4170", "stat")
	write(t, path, []byte("x"))
	_, err := host.Zombies(t.Context(), CgroupPath{Path: "/"}, nil)
	if pe, ok := errors.AsType[*ParseError](err); !ok || pe.Path != path {
		t.Errorf("malformed: %v", err)
	}
	if _, err := New(filepath.Join(host.Root(), "gone")).Zombies(t.Context(), CgroupPath{Path: "/"}, nil); err == nil {
		t.Error("no proc file system: no error")
	}
}

// zombie makes a real one, which lasts until the test ends.
func zombie(t testing.TB) int {
	t.Helper()
	cmd := helper(t, "exit")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	host, pid := New("/proc"), cmd.Process.Pid
	for range 10_000 {
		var st PIDStat
		if err := host.readPid(pid, "stat", func(b []byte) error { return parsePIDStat(b, &st) }); err != nil {
			t.Fatal(err)
		}
		// Its main thread may be dead before the others are: then it is not a zombie yet.
		if st.State == Zombie && st.Threads == 1 {
			return pid
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the child did not exit")
	return 0
}

// TestZombiesOfThisMachine finds a child of ours that we do not reap.
func TestZombiesOfThisMachine(t *testing.T) {
	host := New("/proc")
	own, err := host.Cgroup(Self)
	if err != nil {
		t.Fatal(err)
	}
	at, ok := own.V2.Get()
	if !ok {
		t.Skip("needs a cgroup v2 hierarchy, unified or hybrid")
	}
	pid := zombie(t)
	got, err := host.Zombies(t.Context(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(got, func(z PIDStat) bool { return z.PID == pid }) {
		t.Errorf("%d is not among %+v", pid, got)
	}
	if ps, err := host.Processes([]int{pid}, nil); err != nil || len(ps) != 1 || ps[0].RSSBytes != 0 || ps[0].State != Zombie {
		t.Errorf("as a process: %+v, %v", ps, err)
	}
}

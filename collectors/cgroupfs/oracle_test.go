package cgroupfs

import (
	"testing"

	"github.com/containerd/cgroups/v3/cgroup2"
	"github.com/containerd/cgroups/v3/cgroup2/stats"
	"github.com/google/go-cmp/cmp"
)

// TestOracle compares every value that containerd's reader has with ours, on the
// tree of the hardened container.
func TestOracle(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	manager, err := cgroup2.Load(dockerScope, cgroup2.WithMountpoint(root))
	if err != nil {
		t.Fatal(err)
	}
	want, err := manager.Stat()
	if err != nil {
		t.Fatal(err)
	}
	var st Stat
	mustRead(t, open(t, NewFS(root, Options{}), dockerScope), &st)

	if diff := cmp.Diff(memoryOf(want), ourMemory(&st)); diff != "" {
		t.Errorf("memory (-containerd +ours):\n%s", diff)
	}
	if diff := cmp.Diff(cpuOf(want), ourCPU(&st)); diff != "" {
		t.Errorf("cpu, pids, events (-containerd +ours):\n%s", diff)
	}
	if diff := cmp.Diff(ioOf(want), ourIO(&st), cmp.AllowUnexported(device{})); diff != "" {
		t.Errorf("io (-containerd +ours):\n%s", diff)
	}
	for name, p := range map[string][2]*stats.PSIStats{
		"memory": {want.Memory.PSI, ourPSI(st.Pressure.Memory)},
		"cpu":    {want.CPU.PSI, ourPSI(st.Pressure.CPU)},
		"io":     {want.Io.PSI, ourPSI(st.Pressure.IO)},
	} {
		if p[0].String() != p[1].String() {
			t.Errorf("pressure of %s: containerd %v, ours %v", name, p[0], p[1])
		}
	}
}

type numbers map[string]uint64

func memoryOf(m *stats.Metrics) numbers {
	s := m.Memory
	return numbers{
		"current": s.Usage, "max": s.UsageLimit, "peak": s.MaxUsage, "swap": s.SwapUsage, "swap max": s.SwapLimit,
		"anon": s.Anon, "file": s.File, "shmem": s.Shmem, "sock": s.Sock, "unevictable": s.Unevictable,
		"kernel_stack": s.KernelStack, "slab": s.Slab, "slab_reclaimable": s.SlabReclaimable, "slab_unreclaimable": s.SlabUnreclaimable,
		"file_mapped": s.FileMapped, "file_dirty": s.FileDirty, "file_writeback": s.FileWriteback, "anon_thp": s.AnonThp,
		"inactive_anon": s.InactiveAnon, "active_anon": s.ActiveAnon, "inactive_file": s.InactiveFile, "active_file": s.ActiveFile,
		"pgfault": s.Pgfault, "pgmajfault": s.Pgmajfault, "pgscan": s.Pgscan, "pgsteal": s.Pgsteal,
	}
}

func ourMemory(st *Stat) numbers {
	m, s := st.Memory, st.MemoryStat
	return numbers{
		"current": uint64(m.Current.N), "max": uint64(m.Max.N), "peak": uint64(m.Peak.N), "swap": uint64(st.Swap.Current.N), "swap max": uint64(st.Swap.Max.N),
		"anon": uint64(s.Anon.N), "file": uint64(s.File.N), "shmem": uint64(s.Shmem.N), "sock": uint64(s.Sock.N), "unevictable": uint64(s.Unevictable.N),
		"kernel_stack": uint64(s.Kernel.Stack.N), "slab": uint64(s.Kernel.Slab.N),
		"slab_reclaimable": uint64(s.Kernel.SlabReclaimable.N), "slab_unreclaimable": uint64(s.Kernel.SlabUnreclaimable.N),
		"file_mapped": uint64(s.Cache.Mapped.N), "file_dirty": uint64(s.Cache.Dirty.N), "file_writeback": uint64(s.Cache.Writeback.N), "anon_thp": uint64(s.Cache.AnonHuge.N),
		"inactive_anon": uint64(s.Lists.InactiveAnon.N), "active_anon": uint64(s.Lists.ActiveAnon.N),
		"inactive_file": uint64(s.Lists.InactiveFile.N), "active_file": uint64(s.Lists.ActiveFile.N),
		"pgfault": uint64(s.Faults.All.N), "pgmajfault": uint64(s.Faults.Major.N), "pgscan": uint64(s.Reclaim.Scanned.N), "pgsteal": uint64(s.Reclaim.Stolen.N),
	}
}

func cpuOf(m *stats.Metrics) numbers {
	c, e := m.CPU, m.MemoryEvents
	return numbers{
		"usage": c.UsageUsec, "user": c.UserUsec, "system": c.SystemUsec,
		"periods": c.NrPeriods, "throttled periods": c.NrThrottled, "throttled": c.ThrottledUsec, "bursts": c.NrBursts, "burst": c.BurstUsec,
		"pids": m.Pids.Current, "pids max": m.Pids.Limit,
		"low": e.Low, "high": e.High, "max": e.Max, "oom": e.Oom, "oom_kill": e.OomKill,
	}
}

func ourCPU(st *Stat) numbers {
	c, e := st.CPU.Stat, st.MemoryEvents
	return numbers{
		"usage": uint64(c.Usage.N.Microseconds()), "user": uint64(c.User.N.Microseconds()), "system": uint64(c.System.N.Microseconds()),
		"periods": uint64(c.Periods.N), "throttled periods": uint64(c.ThrottledPeriods.N), "throttled": uint64(c.Throttled.N.Microseconds()),
		"bursts": uint64(c.Bursts.N), "burst": uint64(c.Burst.N.Microseconds()),
		"pids": uint64(st.Pids.Current.N), "pids max": uint64(st.Pids.Max.N),
		"low": uint64(e.Low.N), "high": uint64(e.High.N), "max": uint64(e.Max.N), "oom": uint64(e.OOM.N), "oom_kill": uint64(e.OOMKill.N),
	}
}

type device struct{ major, minor, rbytes, wbytes, rios, wios uint64 }

func ioOf(m *stats.Metrics) (out []device) {
	for _, d := range m.Io.Usage {
		out = append(out, device{d.Major, d.Minor, d.Rbytes, d.Wbytes, d.Rios, d.Wios})
	}
	return out
}

func ourIO(st *Stat) (out []device) {
	for _, d := range st.IO.Devices {
		out = append(out, device{
			uint64(d.Major), uint64(d.Minor),
			uint64(d.ReadBytes.N), uint64(d.WriteBytes.N), uint64(d.Reads.N), uint64(d.Writes.N),
		})
	}
	return out
}

func ourPSI(p Pressure) *stats.PSIStats {
	line := func(l PressureLine) *stats.PSIData {
		percent := func(v Value[BasisPoints]) float64 { return float64(v.N) / 100 }
		return &stats.PSIData{
			Avg10: percent(l.Avg10), Avg60: percent(l.Avg60), Avg300: percent(l.Avg300),
			Total: uint64(l.Total.N.Microseconds()),
		}
	}
	return &stats.PSIStats{Some: line(p.Some), Full: line(p.Full)}
}

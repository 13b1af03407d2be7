package hostfs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// BenchmarkProcesses reads 50 processes of /proc, three files each.
func BenchmarkProcesses(b *testing.B) {
	host, pids := New("/proc"), make([]int, 50)
	for i := range pids {
		pids[i] = os.Getpid()
	}
	var list []Process
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if list, err = host.Processes(pids, list); err != nil || len(list) != len(pids) {
			b.Fatal(len(list), err)
		}
	}
}

// BenchmarkTmpfs is what one container costs at each interval where the mounts are looked at: the table, and the fill of seven of them.
func BenchmarkTmpfs(b *testing.B) {
	host, pid := New("/proc"), container(b)
	var (
		table MountTable
		tmpfs []TmpfsMount
		fills []TmpfsFill
	)
	b.ReportAllocs()
	for b.Loop() {
		changed, err := table.Read(host, pid)
		if err != nil {
			b.Fatal(err)
		}
		if changed {
			tmpfs = TmpfsMounts(table.Mounts())
		}
		if fills, err = host.TmpfsFill(pid, tmpfs, fills); err != nil || len(fills) == 0 {
			b.Fatal(len(fills), err)
		}
	}
}

// BenchmarkMounts reads the mounts of a process that has not changed them.
func BenchmarkMounts(b *testing.B) {
	host, pid := New("/proc"), container(b)
	var table MountTable
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Read(host, pid); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseMountinfo is what a change of the mounts costs: the hardened container's 26.
func BenchmarkParseMountinfo(b *testing.B) {
	host := tree(b, "hardened")
	data, err := os.ReadFile(filepath.Join(host.Root(), "4121", "mountinfo"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		mounts, err := ParseMountinfo(data)
		if err != nil || len(TmpfsMounts(mounts)) != 4 {
			b.Fatal(len(mounts), err)
		}
	}
}

// BenchmarkZombies looks at every process of this machine.
func BenchmarkZombies(b *testing.B) {
	host := New("/proc")
	var list []PIDStat
	processes := 0
	if err := host.eachPID(b.Context(), func(int) error { processes++; return nil }); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if list, err = host.Zombies(b.Context(), CgroupPath{Path: "/nowhere"}, list); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(processes), "ns/process")
}

// BenchmarkNetDev reads the interfaces of this process.
func BenchmarkNetDev(b *testing.B) {
	host := New("/proc")
	var list []NetInterface
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if list, err = host.NetDev(Self, list); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOOMLog takes the 79 records of one OOM kill.
func BenchmarkOOMLog(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/kmsg/memcg_v1_whole_dump.txtar")
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSpace(archive.Files[0].Data), []byte{'\n'})
	b.ReportAllocs()
	for b.Loop() {
		var log OOMLog
		events := 0
		for _, line := range lines {
			record, err := ParseKmsg(line)
			if err != nil {
				b.Fatal(err)
			}
			if event, _ := log.Add(record); event != nil {
				events++
			}
		}
		if events != 1 {
			b.Fatal(events)
		}
	}
}

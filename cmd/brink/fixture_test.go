package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

// compareGolden compares text with a file in testdata.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./cmd/brink -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

const (
	mib = 1 << 20
	gib = 1 << 30

	agentID = "7d1f6a0c9b2e4f538a61c0de5b97e24d1f3a8c6b0e9d72415f6a3b8c9d0e1f2a"
)

// now is the moment of every fixture.
func now() time.Time { return time.Date(2026, 11, 23, 14, 2, 11, 250_000_000, time.UTC) }

func some[T any](value T) collectors.Opt[T] { return collectors.Some(value) }

func ratio(share float64) collectors.Opt[collectors.Ratio] { return some(collectors.Ratio(share)) }

func seconds(n float64) collectors.Opt[collectors.Seconds] {
	return some(collectors.Seconds(n * float64(time.Second)))
}

func amountOf(n uint64) collectors.Opt[collectors.Bytes] { return some(collectors.Bytes(n)) }

// agentSample is the agent with every value that a snapshot can hold.
func agentSample() collectors.ContainerSample {
	return collectors.ContainerSample{
		ID: agentID, Name: "openclaw-agent", Image: "openclaw/openclaw:latest",
		State: collectors.StateRunning, Health: collectors.HealthHealthy,
		StartedAt:    some(now().Add(-76 * time.Hour)),
		FinishedAt:   some(now().Add(-77 * time.Hour)),
		RestartCount: some(2),
		CgroupPath:   "/system.slice/docker-" + agentID + ".scope",
		Memory:       agentMemory(),
		CPU: collectors.CPUSample{
			Cores: some(collectors.Cores(0.62)), Limit: collectors.LimitOf(collectors.Cores(1.5)), OfLimit: ratio(0.41),
			User: some(collectors.Cores(0.5)), System: some(collectors.Cores(0.12)),
			Periods: some[uint64](812345), ThrottledPeriods: some[uint64](9914), ThrottledRatio: ratio(0.12), ThrottledCores: some(collectors.Cores(0.31)),
		},
		Pids: collectors.PidsSample{
			Current: some[uint64](48), Limit: collectors.LimitOf[uint64](256), OfLimit: ratio(0.1875), Peak: some[uint64](71),
			Refused: some[uint64](0), Processes: some[uint64](31), Threads: some[uint64](46), Zombies: some[uint64](2),
		},
		Pressure: collectors.Pressure{Memory: pressureLines(0.031), CPU: pressureLines(0.2), IO: pressureLines(0)},
		IO: collectors.IOSample{
			Read: some(collectors.BytesPerSec(1200)), Write: some(collectors.BytesPerSec(45_000)),
			ReadOps: some(collectors.PerSec(3)), WriteOps: some(collectors.PerSec(12.5)),
		},
		Network: collectors.NetworkSample{
			Receive: some(collectors.BytesPerSec(20_480)), Transmit: some(collectors.BytesPerSec(4096)),
			ReceiveDropped: some[uint64](1), TransmitDropped: some[uint64](0),
		},
		Tmpfs: []collectors.TmpfsSample{
			{Mount: "/tmp", Used: amountOf(143 * mib), Size: amountOf(256 * mib), UsedRatio: ratio(143.0 / 256)},
			{Mount: "/run", Used: amountOf(0), Size: amountOf(64 * mib), UsedRatio: ratio(0)},
		},
		Processes: []collectors.Process{{
			PID: 4121, PPID: 4102, Name: "node", State: "S", Threads: some(11), RSS: amountOf(613 * mib), CPU: seconds(812.5), OOMScoreAdj: some(0),
			Swap: amountOf(0), PageTables: amountOf(2 * mib), Cores: some(collectors.Cores(0.75)),
		}},
		Sources: []collectors.SourceHealth{
			{Name: "engine", OK: true, Took: collectors.Seconds(time.Millisecond), Age: seconds(0), Gives: []collectors.Group{collectors.GroupState}},
			{Name: "cgroup", OK: true, Took: collectors.Seconds(200 * time.Microsecond), Age: seconds(0), Gives: []collectors.Group{collectors.GroupMemory, collectors.GroupCPU}},
		},
	}
}

func agentMemory() collectors.MemorySample {
	return collectors.MemorySample{
		Current: amountOf(1710 * mib), Limit: collectors.LimitOf(collectors.Bytes(2 * gib)), WorkingSet: amountOf(1463 * mib),
		Unreclaimable: amountOf(1339 * mib), UnreclaimableRatio: ratio(1339.0 / 2048), Headroom: amountOf(709 * mib),
		Anon: amountOf(1148 * mib), File: amountOf(545 * mib), Shmem: amountOf(143 * mib), Kernel: amountOf(64 * mib),
		SlabReclaimable: amountOf(16 * mib), Sock: amountOf(0), High: collectors.Unlimited[collectors.Bytes](), Peak: amountOf(1751 * mib),
		Swap: amountOf(0), SwapLimit: collectors.LimitOf(collectors.Bytes(0)),
		Trend:             collectors.Trend{Growth: some(collectors.BytesPerSec(3.1 * mib)), FullIn: some(collectors.Seconds(2000 * time.Second))},
		MemoryEventCounts: collectors.MemoryEventCounts{MaxEvents: some[uint64](21), OOMEvents: some[uint64](1), OOMKills: some[uint64](1)},
	}
}

func pressureLines(share float64) collectors.PressureLines {
	return collectors.PressureLines{
		SomeAvg10: ratio(share), SomeAvg60: ratio(share / 2), SomeAvg300: ratio(share / 4), SomeTotal: seconds(38.12),
		FullAvg10: ratio(share / 10), FullAvg60: ratio(share / 20), FullAvg300: ratio(share / 40), FullTotal: seconds(9.5),
	}
}

// hostSnapshot is a snapshot of containers on a host, an hour after anything
// happened there.
func hostSnapshot(containers ...collectors.ContainerSample) collectors.Snapshot {
	return collectors.Snapshot{
		At: now(), Interval: seconds(1.0003),
		Host: collectors.HostCounters{
			Name: "vps-1", Kernel: "6.12.0", CPUs: some(2), MemoryTotal: amountOf(4 * gib), MemoryAvailable: amountOf(gib),
			CgroupMode: "unified", Engine: "Docker 26.1.5",
		},
		Containers: containers,
		Sources:    []collectors.SourceHealth{{Name: "engine", OK: true, Age: seconds(0)}, {Name: "cgroup", OK: true, Age: seconds(0)}},
	}
}

// judged is the snapshot with the verdict of the default rules.
func judged(snapshot collectors.Snapshot) ui.Frame {
	rules := alerts.DefaultRules()
	return ui.Frame{Snapshot: snapshot, Board: alerts.Judge(rules, snapshot), Rules: rules}
}

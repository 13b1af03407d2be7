package collectors

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

// fullReading has every value that any source can give.
func fullReading(n uint64) Reading {
	at := moment(time.Duration(n)*time.Second + 300*time.Microsecond*time.Duration(n))
	c := ContainerCounters{
		Identity: Identity{
			Key: "openclaw-agent", ID: strings.Repeat("ab", 32), Image: "openclaw/openclaw:latest", State: StateRunning,
			Health: HealthHealthy, StartedAt: Some(epoch.Add(-76 * time.Hour)), FinishedAt: Some(epoch.Add(-77 * time.Hour)),
			ExitCode: Some(137), RestartCount: Some(2), CgroupPath: "/system.slice/docker-abab.scope",
		},
		Incarnation: 4242,
		FreshAt:     at.Add(-7 * time.Second),
		Memory: Some(MemoryLevels{
			Current: Some(1500 * mib), Limit: LimitOf(2048 * mib), LimitedBy: "/agents.slice", High: Unlimited[Bytes](),
			Peak: Some(1710 * mib), Swap: Some[Bytes](0), SwapLimit: LimitOf[Bytes](0),
			Stat: MemoryStat{
				Anon: Some(1100 * mib), File: Some(402 * mib), Shmem: Some(100 * mib), Kernel: Some(48 * mib),
				SlabReclaimable: Some(16 * mib), Sock: Some(48 * mib), InactiveFile: Some(200 * mib),
			},
			Events: MemoryEvents{Max: Some(20 + n), OOM: Some[uint64](2), OOMKill: Some[uint64](1)},
		}),
		CPU: Some(CPUCounters{
			At: at, Usage: spent(time.Duration(n) * 1300 * time.Millisecond), User: spent(time.Duration(n) * time.Second),
			System: spent(time.Duration(n) * 300 * time.Millisecond), Periods: Some(100 + 10*n), ThrottledPeriods: Some(10 + 2*n),
			Throttled: spent(time.Duration(n) * 120 * time.Millisecond), Limit: LimitOf[Cores](1.5), LimitedBy: "/agents.slice",
		}),
		Pids: Some(PidsLevels{
			Current: Some[uint64](48), Limit: LimitOf[uint64](256), LimitedBy: "/agents.slice", Peak: Some[uint64](71),
			Refused: Some[uint64](0), Processes: Some[uint64](31), Threads: Some[uint64](46),
		}),
		Pressure: Some(Pressure{Memory: fullLines(1), CPU: fullLines(2), IO: fullLines(3)}),
		IO: Some(IOCounters{
			At: at, ReadBytes: Some(4096 * n), WriteBytes: Some(8192 * n), ReadOps: Some(n), WriteOps: Some(2 * n),
		}),
		Network: Some(NetworkCounters{
			At: at, ReceiveBytes: Some(1000 * n), TransmitBytes: Some(500 * n), ReceiveDropped: Some[uint64](3), TransmitDropped: Some[uint64](0),
		}),
		Tmpfs: Some([]TmpfsLevel{{Mount: "/tmp", Used: Some(64 * mib), Size: Some(256 * mib)}, {Mount: "/run", Size: Some(64 * mib), Why: "needs root"}}),
		Processes: Some([]Process{{
			PID: 4121, PPID: 4100, Name: "node", State: "S", Threads: Some(12), RSS: Some(900 * mib), CPU: Some(Seconds(90 * time.Second)), OOMScoreAdj: Some(0),
		}}),
		Origin: map[Group]string{
			GroupState: "engine", GroupMemory: "cgroup", GroupCPU: "cgroup", GroupPids: "cgroup", GroupPressure: "cgroup",
			GroupIO: "cgroup", GroupNetwork: "proc", GroupTmpfs: "proc", GroupProcesses: "proc",
		},
		Missing: []Missing{{Group: GroupKernelLog, Why: "reading /dev/kmsg is not permitted", Source: "kernel log"}},
	}
	return Reading{
		At: at,
		Host: HostCounters{
			Name: "vps-1", Kernel: "6.12.41", CPUs: Some(4), MemoryTotal: Some(8192 * mib), MemoryAvailable: Some(4096 * mib),
			CgroupMode: "unified", Engine: "Docker 26.1.5",
		},
		Containers: []ContainerCounters{c},
		Waiting:    []Waiting{{Target: "service:worker", Since: epoch, Why: "no container belongs to it", Choices: []string{"a", "b"}}},
		Sources: []SourceHealth{
			{Name: "engine", OK: true, Took: Seconds(2 * time.Millisecond), Age: Some(Seconds(0))},
			{Name: "cgroup", Error: "no answer since 12:00:00", Took: Seconds(800 * time.Millisecond), Age: Some(Seconds(7 * time.Second))},
			{Name: "proc", OK: true, Took: Seconds(time.Millisecond), Age: Some(Seconds(0))},
			{Name: "kernel log", Error: "not permitted", Took: Seconds(time.Microsecond)},
		},
	}
}

func fullLines(n Ratio) PressureLines {
	total := Some(Seconds(time.Duration(n) * 1500 * time.Millisecond))
	return PressureLines{
		SomeAvg10: Some(n / 100), SomeAvg60: Some(n / 200), SomeAvg300: Some(n / 400), SomeTotal: total,
		FullAvg10: Some(n / 1000), FullAvg60: Some(n / 2000), FullAvg300: Some(n / 4000), FullTotal: total,
	}
}

func fullSnapshot() Snapshot {
	snapshot := Derive(fullReading(9), fullReading(10))
	memory := &snapshot.Containers[0].Memory
	memory.Trend = Trend{Growth: Some[BytesPerSec](3250000), FullIn: Some(Seconds(235 * time.Second))}
	snapshot.Containers[0].Pids.FullIn = Some(Seconds(90 * time.Second))
	snapshot.Containers[0].Tmpfs[0].FullIn = Some(Seconds(1200 * time.Second))
	snapshot.News = []Event{{
		Seq: 7, At: epoch, Until: epoch.Add(time.Second), Container: "openclaw-agent", ID: "abab", Kind: EventOOMKill, Count: 2,
		Victims: []Victim{{PID: 4121, Name: "node", RSS: Some(1900 * mib), Scope: OOMOwn}},
	}, {
		Seq: 8, At: epoch, Container: "openclaw-agent", Kind: EventRestarted, ExitCode: Some(137), Cause: CauseOOMKill, Detail: "x",
	}}
	return snapshot
}

func TestSnapshotJSON(t *testing.T) {
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(fullSnapshot()); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/snapshot.json"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// agreedNames are the names of section 5 of the design, which others rely on. What
// it lists under "alerts" is added by the commands: this package knows no rules.
const agreedNames = `
at interval_seconds missed_slots host containers
host: name cpus memory_total_bytes
containers: id name image state health started_at restart_count recreated cgroup_path stale_seconds
containers: memory cpu pids pressure io network tmpfs sources
containers.memory: current_bytes limit_bytes working_set_bytes unreclaimable_bytes unreclaimable_ratio headroom_bytes
containers.memory: anon_bytes file_bytes shmem_bytes kernel_bytes slab_reclaimable_bytes sock_bytes high_bytes peak_bytes
containers.memory: swap_bytes swap_limit_bytes growth_bytes_per_second full_in_seconds max_events oom_events oom_kills
containers.cpu: cores limit_cores of_limit_ratio user_cores system_cores periods throttled_periods throttled_ratio throttled_cores
containers.pids: current limit of_limit_ratio peak refused processes threads zombies full_in_seconds
containers.pressure: memory cpu io
containers.pressure.memory: some_avg10_ratio some_avg60_ratio some_avg300_ratio some_total_seconds
containers.pressure.memory: full_avg10_ratio full_avg60_ratio full_avg300_ratio full_total_seconds
containers.pressure.cpu: some_avg10_ratio some_avg60_ratio some_avg300_ratio some_total_seconds
containers.pressure.cpu: full_avg10_ratio full_avg60_ratio full_avg300_ratio full_total_seconds
containers.pressure.io: some_avg10_ratio some_avg60_ratio some_avg300_ratio some_total_seconds
containers.pressure.io: full_avg10_ratio full_avg60_ratio full_avg300_ratio full_total_seconds
containers.io: read_bytes_per_second write_bytes_per_second read_ops_per_second write_ops_per_second
containers.network: receive_bytes_per_second transmit_bytes_per_second receive_dropped transmit_dropped
containers.tmpfs: mount used_bytes size_bytes used_ratio full_in_seconds
containers.sources: name ok error took_seconds age_seconds
`

// TestSnapshotHasTheAgreedNames: every name is there when everything is known, and
// an absent value is left out: only the names that always hold remain.
func TestSnapshotHasTheAgreedNames(t *testing.T) {
	full, empty := namesOf(t, fullSnapshot()), namesOf(t, Snapshot{Containers: []ContainerSample{{}}})
	always := []string{
		"at", "missed_slots", "host", "containers", "containers.name", "containers.recreated", "containers.memory",
		"containers.cpu", "containers.pids", "containers.io", "containers.network",
	}
	var agreed []string
	for line := range strings.Lines(agreedNames) {
		place, names, nested := strings.Cut(strings.TrimSpace(line), ": ")
		if !nested {
			place, names = "", strings.TrimSpace(line)
		}
		for name := range strings.FieldsSeq(names) {
			agreed = append(agreed, strings.TrimPrefix(place+"."+name, "."))
		}
	}
	for _, name := range agreed {
		if !full[name] {
			t.Errorf("%s is agreed and missing", name)
		}
	}
	for name := range empty {
		if !slices.Contains(always, name) {
			t.Errorf("%s is there although nothing is known of it", name)
		}
	}
}

// namesOf lists the names of all fields with the way to them, lists left out.
func namesOf(t *testing.T, snapshot Snapshot) map[string]bool {
	t.Helper()
	data, err := json.Marshal(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	collectNames(names, "", document)
	return names
}

func collectNames(names map[string]bool, place string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			path := strings.TrimPrefix(place+"."+name, ".")
			names[path] = true
			collectNames(names, path, inner)
		}
	case []any:
		for _, inner := range value {
			collectNames(names, place, inner)
		}
	}
}

// TestNamesEndInTheirUnit: a number whose unit cannot be told from its name is one
// of those that the design agreed on, or a count.
func TestNamesEndInTheirUnit(t *testing.T) {
	data, err := json.Marshal(fullSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	units := []string{"_bytes", "_seconds", "_ratio", "_cores", "_per_second", "_events", "_kills", "_dropped", "_count", "_slots", "_periods", "_code"}
	counts := []string{
		"cores", "periods", "current", "limit", "peak", "refused", "processes", "threads", "zombies", "cpus",
		"pid", "ppid", "seq", "count", "oom_score_adj",
	}
	for name := range numbersOf(document) {
		last := name[strings.LastIndex(name, ".")+1:]
		hasUnit := slices.ContainsFunc(units, func(unit string) bool { return strings.HasSuffix(last, unit) })
		if !hasUnit && !slices.Contains(counts, last) {
			t.Errorf("%s is a number of what?", name)
		}
	}
}

func numbersOf(document any) map[string]bool {
	numbers := map[string]bool{}
	var walk func(place string, value any)
	walk = func(place string, value any) {
		switch value := value.(type) {
		case float64:
			numbers[place] = true
		case map[string]any:
			for name, inner := range value {
				walk(place+"."+name, inner)
			}
		case []any:
			for _, inner := range value {
				walk(place, inner)
			}
		}
	}
	walk("", document)
	return numbers
}

// TestSnapshotJSONIsReadBack: a recording holds snapshots; reading one gives what
// was written.
func TestSnapshotJSONIsReadBack(t *testing.T) {
	before := fullSnapshot()
	data, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var after Snapshot
	if err := json.Unmarshal(data, &after); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(after)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(string(data), string(again)))
	}
}

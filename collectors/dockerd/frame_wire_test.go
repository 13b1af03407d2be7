package dockerd

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFrameOnCgroupV2(t *testing.T) {
	lines := sectionLines(t, "docker-28-cgroup-v2.txtar", "stats.jsonl")
	got, err := decodeFrame([]byte(lines[0]))
	if err != nil {
		t.Fatal(err)
	}
	eth0 := Traffic{58120334, 40120, 1, 7, 9120334, 20120, 2, 3}
	eth1 := Traffic{20, 2, 0, 0, 2, 1, 0, 0}
	want := Frame{
		ID: "4f0e1b5ad02f3c7b6c4a2b1f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d", Name: "openclaw-agent",
		Read: at(t, "2026-08-23T14:02:11.120984112Z"), Cgroup: CgroupV2,
		CPU: CPU{
			Usage: Some(912833 * time.Millisecond), User: Some(711 * time.Second), System: Some(201833 * time.Millisecond),
			Periods: Some[uint64](90211), ThrottledPeriods: Some[uint64](1204), Throttled: Some(88123456 * time.Microsecond), Online: Some(4),
		},
		Memory: Memory{
			Usage: Some[uint64](1395864371), Limit: Some[uint64](2 << 30), FailCount: Some[uint64](3),
			Anon: Some[uint64](1202590842), File: Some[uint64](150000000), Shmem: Some[uint64](15000000),
			InactiveFile: Some[uint64](75000000), ActiveFile: Some[uint64](60000000),
			KernelStack: Some[uint64](1572864), Slab: Some[uint64](38273529), SlabReclaimable: Some[uint64](30000000), SlabUnreclaimable: Some[uint64](8273529),
			Sock: Some[uint64](122880), MajorFaults: Some[uint64](611),
		},
		Pids: Pids{Current: Some[uint64](48), Limit: LimitOf(256)},
		Network: Some(Network{
			Total:      Traffic{58120354, 40122, 1, 7, 9120336, 20121, 2, 3},
			Interfaces: []Interface{{"eth0", eth0}, {"eth1", eth1}},
		}),
		BlockIO: Some(BlockIO{ReadBytes: 81921000, WriteBytes: 4096000}),
	}
	if diff := cmp.Diff(want, got, unexported()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	free, err := decodeFrame([]byte(lines[1]))
	_, hasNetwork := free.Network.Get()
	if err != nil || !free.Pids.Limit.Unlimited() || hasNetwork || free.BlockIO != (Opt[BlockIO]{}) {
		t.Errorf("without limits, network and disk: %+v, %v", free, err)
	}
	if free.CPU.Periods != Some[uint64](0) || free.Memory.FailCount != (Opt[uint64]{}) || free.Memory.Sock != (Opt[uint64]{}) {
		t.Errorf("zero and absent are mixed up: %+v", free)
	}
}

func TestFrameOnCgroupV1OfARealEngine(t *testing.T) {
	lines := sectionLines(t, "docker-20.10-cgroup-v1.txtar", "stats.jsonl")
	got, err := decodeFrame([]byte(lines[1]))
	if err != nil {
		t.Fatal(err)
	}
	want := Frame{
		ID: "76249b4f661432385494d6b28b17db4bdcb52c20a8a85f557050a9c6deb426d2", Name: "openclaw-agent",
		Read: at(t, "2026-11-23T21:17:29.078128656Z"), Cgroup: CgroupV1,
		CPU: CPU{
			Usage: got.CPU.Usage, User: got.CPU.User, System: got.CPU.System,
			Periods: got.CPU.Periods, ThrottledPeriods: got.CPU.ThrottledPeriods, Throttled: got.CPU.Throttled, Online: Some(2),
		},
		Memory: Memory{
			Usage: got.Memory.Usage, Limit: Some[uint64](80 << 20), Peak: got.Memory.Peak, Anon: got.Memory.Anon,
			File: Some[uint64](0), InactiveFile: Some[uint64](0), ActiveFile: Some[uint64](0), MajorFaults: Some[uint64](0),
		},
		Pids: Pids{Current: Some[uint64](6), Limit: LimitOf(256)},
	}
	if diff := cmp.Diff(want, got, unexported()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for name, value := range map[string]Opt[uint64]{"usage": got.Memory.Usage, "peak": got.Memory.Peak, "anon": got.Memory.Anon, "periods": got.CPU.Periods} {
		if n, ok := value.Get(); !ok || n == 0 {
			t.Errorf("no %s", name)
		}
	}
	if usage, ok := got.CPU.Usage.Get(); !ok || usage < time.Millisecond || usage > time.Second {
		t.Errorf("CPU time %v: is it nanoseconds?", usage)
	}
}

func TestFrameOfPodman(t *testing.T) {
	got, err := decodeFrame([]byte(sectionLines(t, "podman.txtar", "stats.jsonl")[0]))
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != "cc" || got.Name != "agent" || got.Cgroup != CgroupUnknown {
		t.Errorf("%+v", got)
	}
	if got.Pids.Limit.Present() || got.Memory.Anon != (Opt[uint64]{}) || got.Memory.InactiveFile != (Opt[uint64]{}) {
		t.Errorf("what Podman does not tell is absent: %+v", got)
	}
	if got.CPU.Usage != Some(72*time.Millisecond) || got.Memory.Usage != Some[uint64](50000000) {
		t.Errorf("what it does is there: %+v", got)
	}
}

// None of these is a container that uses nothing.
func TestFramesWithoutData(t *testing.T) {
	v2 := sectionLines(t, "docker-28-cgroup-v2.txtar", "stats.jsonl")
	v1 := sectionLines(t, "docker-20.10-cgroup-v1.txtar", "stats.jsonl")
	for name, document := range map[string]string{
		"stopped on 28.x":           v2[2],
		"stopped on 20.10":          v1[2],
		"nothing":                   `{}`,
		"null":                      `null`,
		"a time and zeros":          `{"read":"2026-01-02T03:04:05Z","cpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{"usage":0},"pids_stats":{"current":0}}`,
		"a time and nothing":        `{"read":"2026-01-02T03:04:05Z","name":"/x"}`,
		"values without a time":     `{"memory_stats":{"usage":5}}`,
		"values of the first year":  `{"read":"0001-01-01T00:00:00Z","memory_stats":{"usage":5}}`,
		"null where the numbers go": `{"read":"2026-01-02T03:04:05Z","cpu_stats":null,"memory_stats":null,"pids_stats":null,"networks":null,"blkio_stats":null}`,
	} {
		frame, err := decodeFrame([]byte(document))
		if !errors.Is(err, ErrNoData) || frame.CPU != (CPU{}) || frame.Memory != (Memory{}) {
			t.Errorf("%s: %+v, %v", name, frame, err)
		}
	}
	if frame, _ := decodeFrame([]byte(v1[2])); frame.Name != "openclaw-agent" {
		t.Errorf("the name is known all the same: %+v", frame)
	}
}

func TestFrameBadInput(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, "unexpected end of JSON input"},
		{`{"read":"2026`, "unexpected end of JSON input"},
		{`[]`, "cannot unmarshal array"},
		{`{"read":"yesterday"}`, "parsing time"},
		{`{"read":5}`, "Time.UnmarshalJSON"},
		{`{"memory_stats":{"usage":-1}}`, "cannot unmarshal number -1"},
		{`{"memory_stats":{"usage":18446744073709551616}}`, "cannot unmarshal number"},
		{`{"memory_stats":{"usage":1.5}}`, "cannot unmarshal number 1.5"},
		{`{"memory_stats":{"stats":[]}}`, "cannot unmarshal array"},
		{`{"networks":[1]}`, "cannot unmarshal array"},
		{`{"blkio_stats":{"io_service_bytes_recursive":{"op":"read"}}}`, "cannot unmarshal object"},
		{`{"pids_stats":{"limit":"max"}}`, "cannot unmarshal string"},
	} {
		if _, err := decodeFrame([]byte(test.in)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.in, err, test.want)
		}
	}
}

func TestFrameExtremes(t *testing.T) {
	got, err := decodeFrame([]byte(`{"read":"2026-01-02T03:04:05Z","name":"/` + strings.Repeat("n", 999) + `",
		"cpu_stats":{"cpu_usage":{"total_usage":18446744073709551615,"usage_in_usermode":9223372036854775807}},
		"networks":{"a":{"rx_bytes":18446744073709551615},"b":{"rx_bytes":2,"tx_bytes":3}},
		"blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":18446744073709551615},{"op":"READ","value":1},{"op":"Total","value":9},{"op":"Sync","value":9},{"op":"","value":9}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got.CPU.Usage != (Opt[time.Duration]{}) || got.CPU.User != Some(time.Duration(math.MaxInt64)) {
		t.Errorf("CPU time: %+v", got.CPU)
	}
	if n, _ := got.Network.Get(); n.Total.ReceiveBytes != math.MaxUint64 || n.Total.TransmitBytes != 3 {
		t.Errorf("a sum must not start over: %+v", n.Total)
	}
	if b, _ := got.BlockIO.Get(); b != (BlockIO{ReadBytes: math.MaxUint64}) {
		t.Errorf("only reads and writes count: %+v", b)
	}
	if len(got.Name) != maxName {
		t.Errorf("name of %d bytes", len(got.Name))
	}
}

func TestFrameWithManyInterfaces(t *testing.T) {
	var all []string
	for i := range 1000 {
		all = append(all, quote(t, strings.Repeat("i", i))+`:{"rx_bytes":1}`)
	}
	got, err := decodeFrame([]byte(`{"read":"2026-01-02T03:04:05Z","pids_stats":{"current":1},"networks":{` + strings.Join(all, ",") + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := got.Network.Get()
	if len(n.Interfaces) != maxInterfaces || n.Total.ReceiveBytes != 1000 {
		t.Errorf("%d interfaces, %d bytes", len(n.Interfaces), n.Total.ReceiveBytes)
	}
}

func FuzzFrame(f *testing.F) {
	for _, file := range []string{"docker-28-cgroup-v2.txtar", "docker-20.10-cgroup-v1.txtar", "podman.txtar"} {
		for _, line := range sectionLines(f, file, "stats.jsonl") {
			f.Add([]byte(line))
		}
	}
	f.Add([]byte(`{"read":"2026-01-02T03:04:05Z","pids_stats":{"current":1},"networks":{"":{}},"blkio_stats":{"io_service_bytes_recursive":[null]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := decodeFrame(data)
		if err != nil {
			if frame.CPU != (CPU{}) || frame.Memory != (Memory{}) || !frame.Read.IsZero() {
				t.Errorf("values beside %v: %+v", err, frame)
			}
			return
		}
		if frame.Read.IsZero() || len(frame.ID) > maxName || len(frame.Name) > maxName {
			t.Errorf("%+v", frame)
		}
		for _, d := range []Opt[time.Duration]{frame.CPU.Usage, frame.CPU.User, frame.CPU.System, frame.CPU.Throttled} {
			if value, ok := d.Get(); ok && value < 0 {
				t.Errorf("a CPU time below zero: %v", value)
			}
		}
		if n, ok := frame.Network.Get(); ok && len(n.Interfaces) > maxInterfaces {
			t.Errorf("%d interfaces", len(n.Interfaces))
		}
	})
}

func BenchmarkDecodeFrame(b *testing.B) {
	document := []byte(sectionLines(b, "docker-28-cgroup-v2.txtar", "stats.jsonl")[0])
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeFrame(document); err != nil {
			b.Fatal(err)
		}
	}
}

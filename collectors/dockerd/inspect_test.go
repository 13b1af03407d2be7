package dockerd

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"brink/collectors/dockerd/dockerdtest"
)

// unexported lets cmp look into the values of this package.
func unexported() cmp.Option {
	return cmp.AllowUnexported(Limit{}, Opt[int]{}, Opt[uint64]{}, Opt[Health]{}, Opt[time.Duration]{}, Opt[Network]{}, Opt[BlockIO]{})
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestInspectOfARealEngine(t *testing.T) {
	got, err := decodeInspect([]byte(section(t, "docker-20.10-cgroup-v1.txtar", "inspect.json")))
	if err != nil {
		t.Fatal(err)
	}
	want := Details{
		ID:      "76249b4f661432385494d6b28b17db4bdcb52c20a8a85f557050a9c6deb426d2",
		Name:    "openclaw-agent",
		Image:   "agent:e2e",
		ImageID: "sha256:0bb2858907d7945f04eb2a23273d2bd27f28803552a5c5a15b605047a132f634",
		Created: at(t, "2026-11-23T21:17:16.729569956Z"),
		State: State{
			Status:    StatusExited,
			StartedAt: at(t, "2026-11-23T21:17:20.637403318Z"), FinishedAt: at(t, "2026-11-23T21:17:20.665281597Z"),
			ExitCode: Some(137),
		},
		Health: Some(Health{
			Status:       HealthUnhealthy,
			LastOutput:   `OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown`,
			LastExitCode: Some(-1),
		}),
		RestartPolicy: RestartPolicy{Name: "unless-stopped"},
		Limits: Limits{
			Memory: LimitOf(80 << 20), MemorySwap: LimitOf(80 << 20), Pids: LimitOf(256),
			CPU: CPULimit{NanoCPUs: 1_500_000_000},
		},
		Tmpfs:   map[string]string{"/tmp": "size=16m,noexec,nosuid", "/run": "size=8388608,mode=1770"},
		ShmSize: Some[uint64](64 << 20),
		Labels:  map[string]string{labelService: "openclaw-gateway", labelProject: "openclaw"},
		Service: "openclaw-gateway", Project: "openclaw",
		NetworkMode: "none",
	}
	if diff := cmp.Diff(want, got, unexported(), cmpopts.IgnoreFields(Health{}, "LastEnd")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestInspectBadInput(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, "unexpected end of JSON input"},
		{`[]`, "cannot unmarshal array"},
		{`{"State":{"Pid":"1"}}`, "cannot unmarshal string"},
		{`{"State":{"Pid":1e30}}`, "cannot unmarshal number"},
		{`{"HostConfig":{"Memory":18446744073709551616}}`, "cannot unmarshal number"},
	} {
		if _, err := decodeInspect([]byte(test.in)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.in, err, test.want)
		}
	}
	// Nothing told is nothing known, above all no limit that is none.
	got, err := decodeInspect([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Details{}, got, unexported()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// What brink has no interest in cannot fail the rest.
	if got, err = decodeInspect([]byte(`{"Id":"a","NetworkSettings":7,"Mounts":"x","Config":{"Env":{"K":1},"Image":"i"}}`)); err != nil || got.ID != "a" || got.Image != "i" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestInspectStates(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     State
	}{
		{"running", `{"Status":"running","Pid":12,"ExitCode":0,"StartedAt":"2026-01-02T03:04:05.5Z","FinishedAt":"0001-01-01T00:00:00Z"}`, State{Status: StatusRunning, PID: Some(12), StartedAt: at(t, "2026-01-02T03:04:05.5Z")}},
		{"running, a child was killed", `{"Status":"running","Pid":12,"OOMKilled":true}`, State{Status: StatusRunning, PID: Some(12), OOMKilled: true}},
		{"waiting to restart", `{"Status":"restarting","Pid":0,"ExitCode":137}`, State{Status: StatusRestarting, ExitCode: Some(137)}},
		{"never started", `{"Status":"created","ExitCode":0}`, State{Status: StatusCreated}},
		{"could not be started", `{"Status":"created","ExitCode":127,"Error":"no such file"}`, State{Status: StatusCreated, ExitCode: Some(127), Error: "no such file"}},
		{"ran, and could not be started again", `{"Status":"exited","ExitCode":128,"Error":"no space left"}`, State{Status: StatusExited, Error: "no space left"}},
		{"ended well", `{"Status":"exited","ExitCode":0}`, State{Status: StatusExited, ExitCode: Some(0)}},
		{"dead", `{"Status":"dead","ExitCode":1}`, State{Status: StatusDead, ExitCode: Some(1)}},
		{"a word of tomorrow", `{"Status":"hibernating","Pid":3}`, State{Status: "hibernating", PID: Some(3)}},
		{"times that are none", `{"Status":"exited","StartedAt":"","FinishedAt":"yesterday"}`, State{Status: StatusExited, ExitCode: Some(0)}},
	} {
		got, err := decodeInspect([]byte(`{"State":` + test.in + `}`))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got.State, unexported()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestInspectLimits(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     Limits
		cores    Opt[float64]
	}{
		{"none", `{}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit()}, Opt[float64]{}},
		{"written out", `{"Memory":0,"MemorySwap":-1,"PidsLimit":-1,"NanoCpus":0}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit()}, Opt[float64]{}},
		{"null and zero", `{"PidsLimit":null}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit()}, Opt[float64]{}},
		{"swap left to the engine", `{"Memory":1024,"MemorySwap":0,"PidsLimit":0}`, Limits{Memory: LimitOf(1024), Pids: NoLimit()}, Opt[float64]{}},
		{"swap without end", `{"Memory":1024,"MemorySwap":-1}`, Limits{Memory: LimitOf(1024), MemorySwap: NoLimit(), Pids: NoLimit()}, Opt[float64]{}},
		{"--cpus", `{"NanoCpus":1500000000}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit(), CPU: CPULimit{NanoCPUs: 1_500_000_000}}, Some(1.5)},
		{"--cpu-quota", `{"CpuQuota":50000}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit(), CPU: CPULimit{Quota: 50 * time.Millisecond}}, Some(0.5)},
		{"--cpu-quota and --cpu-period", `{"CpuQuota":50000,"CpuPeriod":25000}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit(), CPU: CPULimit{Quota: 50 * time.Millisecond, Period: 25 * time.Millisecond}}, Some(2.0)},
		{"a quota of the other end of time", `{"CpuQuota":9223372036854775807}`, Limits{Memory: NoLimit(), MemorySwap: NoLimit(), Pids: NoLimit(), CPU: CPULimit{Quota: math.MaxInt64 / 1000 * 1000}}, Some(float64(math.MaxInt64/1000*1000) / 1e8)},
	} {
		got, err := decodeInspect([]byte(`{"HostConfig":` + test.in + `}`))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got.Limits, unexported()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
		if got.Limits.CPU.Cores() != test.cores {
			t.Errorf("%s: %v cores, want %v", test.name, got.Limits.CPU.Cores(), test.cores)
		}
	}
}

func TestInspectHealth(t *testing.T) {
	long := strings.Repeat("\x1b]0;x\x07", 2000)
	for _, test := range []struct {
		in   string
		want Opt[Health]
	}{
		{`null`, Opt[Health]{}},
		{`{"Status":"none"}`, Opt[Health]{}},
		{`{"Status":""}`, Opt[Health]{}},
		{`{"Status":"starting"}`, Some(Health{Status: HealthStarting})},
		{`{"Status":"splendid","FailingStreak":2}`, Some(Health{FailingStreak: 2})},
		{`{"Status":"unhealthy","FailingStreak":9,"Log":[{"ExitCode":0,"Output":"old"},{"ExitCode":1,"End":"2026-01-02T03:04:05Z","Output":` + quote(t, long) + `}]}`, Some(Health{Status: HealthUnhealthy, FailingStreak: 9, LastExitCode: Some(1), LastEnd: at(t, "2026-01-02T03:04:05Z"), LastOutput: clip(long, maxText)})},
	} {
		got, err := decodeInspect([]byte(`{"State":{"Health":` + test.in + `}}`))
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
		}
		if diff := cmp.Diff(test.want, got.Health, unexported()); diff != "" {
			t.Errorf("%.60s (-want +got)\n%s", test.in, diff)
		}
	}
}

func quote(t testing.TB, text string) string {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The life of a container, as inspect tells it: what the engine forgets is gone.
func TestInspectThroughALife(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Add(hardened())
	c := connect(t, engine.Host())
	look := func() Details {
		t.Helper()
		details, err := c.Inspect(soon(t), id[:12])
		if err != nil {
			t.Fatal(err)
		}
		return details
	}
	if d := look(); d.State.Status != StatusCreated || d.State.PID != (Opt[int]{}) {
		t.Errorf("created: %+v", d.State)
	}
	engine.Start(id)
	engine.SetHealth(id, "unhealthy", "\x1b[31mno")
	d := look()
	if _, running := d.State.PID.Get(); !running || d.State.StartedAt.IsZero() || d.Limits.Memory != LimitOf(2<<30) {
		t.Errorf("running: %+v", d)
	}
	if h, _ := d.Health.Get(); h.Status != HealthUnhealthy || h.FailingStreak != 1 || h.LastOutput != "\x1b[31mno" {
		t.Errorf("health: %+v", h)
	}
	engine.OOM(id)
	if d = look(); !d.State.OOMKilled || d.State.Status != StatusRunning {
		t.Errorf("a child was killed: %+v", d.State)
	}
	engine.Die(id, 137)
	if d = look(); d.State.ExitCode != Some(137) || !d.State.OOMKilled {
		t.Errorf("dead: %+v", d.State)
	}
	engine.RestartByPolicy(id)
	if d = look(); d.State.OOMKilled || d.State.ExitCode != (Opt[int]{}) || d.RestartCount != 1 {
		t.Errorf("restarted: %+v", d)
	}
	engine.SetLimits(id, 1<<30, 1<<30, 5e8, 100)
	if d = look(); d.Limits.Pids != LimitOf(100) || d.Limits.CPU.Cores() != Some(0.5) {
		t.Errorf("updated: %+v", d.Limits)
	}
}

func TestInspectLeavesTheEnvironmentAlone(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	details, err := connect(t, engine.Host()).Inspect(soon(t), "openclaw-agent")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(details)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "sk-ant-secret") {
		t.Error("a secret got through")
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte(section(f, "docker-20.10-cgroup-v1.txtar", "inspect.json")))
	f.Add([]byte(`{"State":{"Health":{"Status":"unhealthy","Log":[null]}},"HostConfig":{"Mounts":[{"Type":"tmpfs"}],"Tmpfs":{"":""}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := decodeInspect(data)
		if err != nil {
			return
		}
		if len(d.Name) > maxName || len(d.Labels) > maxLabels || len(d.Tmpfs) > maxMounts || len(d.State.Error) > maxText {
			t.Error("out of bounds")
		}
		if cores, ok := d.Limits.CPU.Cores().Get(); ok && cores <= 0 {
			t.Errorf("%v cores", cores)
		}
	})
}

// TestInspectMasked: which details of the events are the labels' own is known also
// of an image with more labels than are kept.
func TestInspectMasked(t *testing.T) {
	flood := map[string]string{"signal": "15"}
	for i := range 2 * maxLabels {
		flood["a"+strconv.Itoa(i)] = ""
	}
	labels, err := json.Marshal(flood)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		in   string
		want Masked
	}{
		{`null`, Masked{}},
		{`{"exitcode":"0","Signal":"9","exitCode ":""}`, Masked{}},
		{`{"exitCode":""}`, Masked{ExitCode: true}},
		{`{"signal":"x","exitCode":"0"}`, Masked{ExitCode: true, Signal: true}},
		{string(labels), Masked{Signal: true}},
	} {
		got, err := decodeInspect([]byte(`{"Config":{"Labels":` + test.in + `}}`))
		if err != nil || got.Masked != test.want {
			t.Errorf("%.60s: %+v, %v", test.in, got.Masked, err)
		}
	}
}

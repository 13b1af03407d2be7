package main

import (
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// TestCheckText shows the text of a check, as pictures: testdata/check.
func TestCheckText(t *testing.T) {
	tests := []struct {
		name     string
		snapshot func() collectors.Snapshot
		code     int
	}{
		{"ok", func() collectors.Snapshot { return hostSnapshot(agentSample()) }, checkOK},
		{"near-limits", nearLimits, checkCritical},
		{"one-warning", oneWarning, checkWarning},
		{"oom-killed", oomKilled, checkCritical},
		{"unlimited", unlimited, checkOK},
		{"no-rights", noRights, checkOK},
		{"stale", stale, checkUnknown},
		{"no-engine", noEngine, checkUnknown},
		{"not-found", notFound, checkUnknown},
		{"choices", severalFit, checkUnknown},
		{"warning-and-not-found", warningAndNotFound, checkUnknown},
		{"nothing", func() collectors.Snapshot { return collectors.Snapshot{At: now()} }, checkUnknown},
		{"not-delegated", notDelegated, checkUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			frame := judged(test.snapshot())
			var text strings.Builder
			if err := writeCheck(&text, frame); err != nil {
				t.Fatal(err)
			}
			if code := checkCode(frame); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			compareGolden(t, "check/"+test.name+".txt", text.String())
		})
	}
}

func nearLimits() collectors.Snapshot {
	sample := agentSample()
	sample.Memory.Unreclaimable, sample.Memory.UnreclaimableRatio = amountOf(1946*mib), ratio(0.95)
	sample.CPU.OfLimit, sample.CPU.ThrottledRatio = ratio(0.97), ratio(0.31)
	sample.Pids.OfLimit, sample.Pids.Current, sample.Pids.Refused = ratio(1), some[uint64](256), some[uint64](7)
	sample.Pids.Zombies = some[uint64](148)
	sample.Tmpfs[0].UsedRatio, sample.Tmpfs[0].Used = ratio(0.96), amountOf(246*mib)
	sample.Pressure.Memory.SomeAvg10 = ratio(0.44)
	sample.Health = collectors.HealthUnhealthy
	return hostSnapshot(sample)
}

func oneWarning() collectors.Snapshot {
	sample := agentSample()
	sample.Tmpfs[0].UsedRatio, sample.Tmpfs[0].Used = ratio(0.83), amountOf(212*mib)
	return hostSnapshot(sample, bareSample("cgroup:/system.slice/ssh.service"))
}

// bareSample is a cgroup without an engine and without limits but one.
func bareSample(name string) collectors.ContainerSample {
	return collectors.ContainerSample{
		Name: name, State: collectors.StateRunning, CgroupPath: strings.TrimPrefix(name, "cgroup:"),
		Memory: collectors.MemorySample{
			Current: amountOf(106 * mib), Limit: collectors.Unlimited[collectors.Bytes](), WorkingSet: amountOf(103 * mib), Unreclaimable: amountOf(25 * mib),
		},
		CPU:  collectors.CPUSample{Cores: some(collectors.Cores(0.02)), Limit: collectors.Unlimited[collectors.Cores]()},
		Pids: collectors.PidsSample{Current: some[uint64](11), Limit: collectors.LimitOf[uint64](3554), OfLimit: ratio(0.003), LimitedBy: "/system.slice"},
	}
}

func unlimited() collectors.Snapshot {
	sample := bareSample("cgroup:/user.slice")
	sample.Pids.Limit, sample.Pids.OfLimit, sample.Pids.LimitedBy = collectors.Unlimited[uint64](), collectors.Opt[collectors.Ratio]{}, ""
	return hostSnapshot(sample)
}

func oomKilled() collectors.Snapshot {
	sample := agentSample()
	snapshot := hostSnapshot(sample)
	at := func(ago time.Duration) time.Time { return now().Add(-ago) }
	snapshot.Story = []collectors.Event{
		{Seq: 1, At: at(50 * time.Hour), Container: sample.Name, Kind: collectors.EventStarted},
		{Seq: 2, At: at(40 * time.Hour), Container: "another", Kind: collectors.EventStarted},
		{Seq: 3, At: at(5 * time.Minute), Container: sample.Name, Kind: collectors.EventLimitHit, Count: 21},
		{
			Seq: 4, At: at(4 * time.Minute), Container: sample.Name, Kind: collectors.EventOOMKill, Count: 1,
			Victims: []collectors.Victim{{PID: 4121, Name: "node", RSS: amountOf(1945 * mib), Scope: collectors.OOMOwn}},
		},
		{Seq: 5, At: at(4 * time.Minute), Container: sample.Name, Kind: collectors.EventDied, ExitCode: some(137), Cause: collectors.CauseOOMKill},
		{Seq: 6, At: at(4 * time.Minute), Container: sample.Name, Kind: collectors.EventRestarted, ExitCode: some(137), Cause: collectors.CauseOOMKill},
		{Seq: 7, At: at(time.Minute), Kind: collectors.EventSourceLost, Source: "engine", Detail: "no answer"},
	}
	return snapshot
}

// noRights is the agent as a member of group docker sees it.
func noRights() collectors.Snapshot {
	const why = `"/proc/4102/root": permission denied: needs root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH`
	sample := agentSample()
	for i := range sample.Tmpfs {
		sample.Tmpfs[i].Used, sample.Tmpfs[i].UsedRatio, sample.Tmpfs[i].Why = collectors.Opt[collectors.Bytes]{}, collectors.Opt[collectors.Ratio]{}, why
	}
	sample.Sources = append(sample.Sources,
		collectors.SourceHealth{Name: "proc", OK: true, Missing: []collectors.Missing{{Group: collectors.GroupTmpfs, Why: why}}},
		collectors.SourceHealth{Name: "kernel log", Error: `"/dev/kmsg": operation not permitted: needs root or CAP_SYSLOG`})
	return hostSnapshot(sample)
}

// stale is a container whose sources have given nothing for a while.
func stale() collectors.Snapshot {
	sample := collectors.ContainerSample{
		Name: "openclaw-agent", State: collectors.StateRunning, StartedAt: some(now().Add(-time.Hour)), Stale: seconds(7),
		Sources: []collectors.SourceHealth{{Name: "cgroup", Error: "no answer since 14:02:04", Age: seconds(7)}},
	}
	return hostSnapshot(sample)
}

const unreachable = "cannot reach a Docker engine at unix:///var/run/docker.sock (default): no such file or directory; is the engine running? Another one is chosen with --host or --context"

func noEngine() collectors.Snapshot {
	snapshot := hostSnapshot()
	snapshot.Sources[0] = collectors.SourceHealth{Name: "engine", Error: unreachable}
	snapshot.Waiting = []collectors.Waiting{{Target: "web", Since: now(), Why: unreachable}, {Target: "db", Since: now(), Why: unreachable}}
	return snapshot
}

func notFound() collectors.Snapshot {
	snapshot := hostSnapshot()
	snapshot.Waiting = []collectors.Waiting{
		{Target: "web", Since: now(), Why: "no container has the name or id web"},
		{Target: "service:db", Since: now(), Why: "no container belongs to the compose service db"},
	}
	return snapshot
}

func severalFit() collectors.Snapshot {
	snapshot := hostSnapshot()
	snapshot.Waiting = []collectors.Waiting{{Since: now(), Why: "several containers could be the agent; name the one to watch", Choices: []string{"db", "web"}}}
	return snapshot
}

func warningAndNotFound() collectors.Snapshot {
	snapshot := oneWarning()
	snapshot.Waiting = []collectors.Waiting{{Target: "web", Since: now(), Why: "no container has the name or id web"}}
	return snapshot
}

// notDelegated is a rootless container: systemd hands down memory and pids only.
func notDelegated() collectors.Snapshot {
	const why = `cgroup "/user.slice/agent" is not managed by cpu, io: a controller has to be delegated by every ancestor (systemd: Delegate=)`
	sample := bareSample("cgroup:/user.slice/agent")
	sample.CPU = collectors.CPUSample{}
	sample.Sources = []collectors.SourceHealth{{Name: "cgroup", OK: true, Missing: []collectors.Missing{
		{Group: collectors.GroupCPU, Why: why},
		{Group: collectors.GroupIO, Why: why},
		{Group: collectors.GroupPressure, Why: "this kernel gives no pressure information"},
	}}}
	return hostSnapshot(sample)
}

// TestCheckCode compares the codes of every pair: critical before unknown before
// warning before ok.
func TestCheckCode(t *testing.T) {
	gone := collectors.ContainerSample{Name: "cgroup:/gone", State: collectors.StateGone}
	stopped := collectors.ContainerSample{Name: "job", State: collectors.StateExited, ExitCode: some(1)}
	created := collectors.ContainerSample{Name: "new", State: collectors.StateCreated}
	warned := agentSample()
	warned.Pids.OfLimit = ratio(0.8)
	tests := []struct {
		name       string
		containers []collectors.ContainerSample
		want       int
	}{
		{"none", nil, checkUnknown},
		{"ok", []collectors.ContainerSample{agentSample()}, checkOK},
		{"warning", []collectors.ContainerSample{agentSample(), warned}, checkWarning},
		{"unknown beats warning", []collectors.ContainerSample{warned, gone}, checkUnknown},
		{"critical beats unknown", []collectors.ContainerSample{gone, stopped}, checkCritical},
		{"not started yet", []collectors.ContainerSample{created}, checkOK},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := checkCode(judged(hostSnapshot(test.containers...))); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	tests := map[time.Duration]string{
		-time.Second:               "0s",
		400 * time.Millisecond:     "0s",
		59 * time.Second:           "59s",
		60 * time.Second:           "1m 0s",
		59*time.Minute + 61e9:      "1h 0m",
		76*time.Hour + time.Minute: "3d 4h",
	}
	for length, want := range tests {
		if got := span(length); got != want {
			t.Errorf("span(%v) = %q, want %q", length, got, want)
		}
	}
}

// TestCleanLines: whatever a line holds, it stays one line and cannot move the
// cursor.
func TestCleanLines(t *testing.T) {
	got := cleanLines("a\x1b[2Jb\r\n\tstack\u009b\nno end")
	if want := "a·[2Jb·\n    stack·\nno end\n"; got != want {
		t.Errorf("cleanLines = %q, want %q", got, want)
	}
	if got := cleanLines(strings.Repeat("x", 3*longestLine)); len([]rune(got)) != longestLine+1 {
		t.Errorf("a long line keeps %d characters, want %d", len([]rune(got)), longestLine)
	}
}

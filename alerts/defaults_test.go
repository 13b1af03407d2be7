package alerts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// sampleWith returns a container at ease but for one metric; restarts and the like
// are told by the story.
func sampleWith(metric string, value float64) (collectors.ContainerSample, []collectors.Event) {
	sample := collectors.ContainerSample{Name: "agent", State: collectors.StateRunning, Health: collectors.HealthHealthy}
	var kind collectors.EventKind
	switch metric {
	case MetricMemoryRatio:
		sample.Memory.UnreclaimableRatio = share(value)
	case MetricMemoryFullIn:
		sample.Memory.FullIn = inSeconds(value)
	case MetricMemoryPressure:
		sample.Pressure.Memory.SomeAvg10 = share(value)
	case MetricCPURatio:
		sample.CPU.OfLimit = share(value)
	case MetricCPUThrottled:
		sample.CPU.ThrottledRatio = share(value)
	case MetricPidsRatio:
		sample.Pids.OfLimit = share(value)
	case MetricPidsFullIn:
		sample.Pids.FullIn = inSeconds(value)
	case MetricZombies:
		sample.Pids.Zombies = collectors.Some(uint64(value))
	case MetricTmpfsRatio:
		sample.Tmpfs = []collectors.TmpfsSample{{Mount: "/run", UsedRatio: share(0)}, {Mount: "/tmp", UsedRatio: share(value)}}
	case MetricTmpfsFullIn:
		sample.Tmpfs = []collectors.TmpfsSample{{Mount: "/run"}, {Mount: "/tmp", FullIn: inSeconds(value)}}
	case MetricStale:
		sample.Stale = inSeconds(value)
	case MetricDrift:
		sample.Drift = collectors.Some(driftsOf(value))
	case MetricStopped:
		sample.State = [...]collectors.State{collectors.StateRunning, collectors.StateExited}[int(value)]
	case MetricUnhealthy:
		sample.Health = [...]collectors.Health{collectors.HealthHealthy, collectors.HealthUnhealthy}[int(value)]
	case MetricOOMKills:
		kind = collectors.EventOOMKill
	case MetricPidsRefused:
		kind = collectors.EventForkRefused
	case MetricRestarts:
		kind = collectors.EventRestarted
	}
	if kind == "" || value == 0 {
		return sample, nil
	}
	return sample, []collectors.Event{happened(kind, "agent", 0, time.Minute, uint64(value))}
}

// driftsOf is a list of drifts that is so grave.
func driftsOf(severity float64) []collectors.Drift {
	if Severity(severity) < SeverityWarning {
		return nil
	}
	return []collectors.Drift{{Check: "user", Was: "user 1000", Is: "root", Grave: Severity(severity) == SeverityCritical, Since: moment()}}
}

// TestDefaultRules holds every rule of the design to its thresholds: just before
// one nothing, on it and beyond it the severity, and its message.
func TestDefaultRules(t *testing.T) {
	const none, warning, critical = SeverityNone, SeverityWarning, SeverityCritical
	tests := []struct {
		rule, metric string
		value        float64
		want         Severity
		message      string
	}{
		{"memory-near-limit", MetricMemoryRatio, 0.799, none, ""},
		{"memory-near-limit", MetricMemoryRatio, 0.80, warning, "memory that cannot be freed, of the limit 80 % (threshold 80 %)"},
		{"memory-near-limit", MetricMemoryRatio, 0.899, warning, "memory that cannot be freed, of the limit 90 % (threshold 80 %)"},
		{"memory-near-limit", MetricMemoryRatio, 0.90, critical, "memory that cannot be freed, of the limit 90 % (threshold 90 %)"},
		{"memory-near-limit", MetricMemoryRatio, 1.01, critical, "memory that cannot be freed, of the limit 101 % (threshold 90 %)"},

		{"memory-filling", MetricMemoryFullIn, 901, none, ""},
		{"memory-filling", MetricMemoryFullIn, 900, warning, "memory is full in 15 min (threshold 15 min)"},
		{"memory-filling", MetricMemoryFullIn, 121, warning, "memory is full in 2 min (threshold 15 min)"},
		{"memory-filling", MetricMemoryFullIn, 120, critical, "memory is full in 2 min (threshold 2 min)"},
		{"memory-filling", MetricMemoryFullIn, 0, critical, "memory is full in 0 s (threshold 2 min)"},

		{"memory-pressure", MetricMemoryPressure, 0.09, none, ""},
		{"memory-pressure", MetricMemoryPressure, 0.10, warning, "time in which tasks waited for memory 10 % (threshold 10 %)"},
		{"memory-pressure", MetricMemoryPressure, 0.40, critical, "time in which tasks waited for memory 40 % (threshold 40 %)"},

		{"oom-kill", MetricOOMKills, 0, none, ""},
		{"oom-kill", MetricOOMKills, 1, critical, "processes OOM-killed 1 (threshold 1)"},

		{"cpu-near-quota", MetricCPURatio, 0.89, none, ""},
		{"cpu-near-quota", MetricCPURatio, 0.90, warning, "CPU used, of the quota 90 % (threshold 90 %)"},
		{"cpu-near-quota", MetricCPURatio, 1.00, warning, "CPU used, of the quota 100 % (threshold 90 %)"},

		{"cpu-throttled", MetricCPUThrottled, 0.24, none, ""},
		{"cpu-throttled", MetricCPUThrottled, 0.25, warning, "CPU periods that were throttled 25 % (threshold 25 %)"},
		{"cpu-throttled", MetricCPUThrottled, 0.50, critical, "CPU periods that were throttled 50 % (threshold 50 %)"},

		{"pids-near-limit", MetricPidsRatio, 0.74, none, ""},
		{"pids-near-limit", MetricPidsRatio, 0.75, warning, "tasks, of the pids limit 75 % (threshold 75 %)"},
		{"pids-near-limit", MetricPidsRatio, 0.90, critical, "tasks, of the pids limit 90 % (threshold 90 %)"},

		{"pids-filling", MetricPidsFullIn, 901, none, ""},
		{"pids-filling", MetricPidsFullIn, 900, warning, "time until the limit of tasks is reached 15 min (threshold 15 min)"},
		{"pids-filling", MetricPidsFullIn, 120, critical, "time until the limit of tasks is reached 2 min (threshold 2 min)"},

		{"pids-refused", MetricPidsRefused, 0, none, ""},
		{"pids-refused", MetricPidsRefused, 9, critical, "forks refused 9 (threshold 1)"},

		{"zombies", MetricZombies, 19, none, ""},
		{"zombies", MetricZombies, 20, warning, "zombies 20 (threshold 20)"},
		{"zombies", MetricZombies, 64, critical, "zombies 64 (threshold 64)"},

		{"tmpfs-filling", MetricTmpfsRatio, 0.79, none, ""},
		{"tmpfs-filling", MetricTmpfsRatio, 0.80, warning, "tmpfs used on /tmp 80 % (threshold 80 %)"},
		{"tmpfs-filling", MetricTmpfsRatio, 0.95, critical, "tmpfs used on /tmp 95 % (threshold 95 %)"},

		{"tmpfs-filling-soon", MetricTmpfsFullIn, 901, none, ""},
		{"tmpfs-filling-soon", MetricTmpfsFullIn, 900, warning, "time until the tmpfs is full on /tmp 15 min (threshold 15 min)"},
		{"tmpfs-filling-soon", MetricTmpfsFullIn, 120, critical, "time until the tmpfs is full on /tmp 2 min (threshold 2 min)"},

		{"restarted", MetricRestarts, 0, none, ""},
		{"restarted", MetricRestarts, 1, warning, "restarts in the last 10 min 1 (threshold 1)"},
		{"restart-loop", MetricRestarts, 2, none, ""},
		{"restart-loop", MetricRestarts, 3, critical, "restarts in the last 10 min 3 (threshold 3)"},

		{"stopped", MetricStopped, 0, none, ""},
		{"stopped", MetricStopped, 1, critical, "not running, and nobody stopped it"},
		{"unhealthy", MetricUnhealthy, 0, none, ""},
		{"unhealthy", MetricUnhealthy, 1, critical, "the health check says unhealthy"},

		{"hardening-drift", MetricDrift, 0, none, ""},
		{"hardening-drift", MetricDrift, 2, warning, "user: user 1000 -> root"},
		{"hardening-drift", MetricDrift, 3, critical, "user: user 1000 -> root"},

		{"source-lost", MetricStale, 9.9, none, ""},
		{"source-lost", MetricStale, 10, warning, "nothing was read for 10 s (threshold 10 s)"},
		{"source-lost", MetricStale, 60, critical, "nothing was read for 60 s (threshold 60 s)"},
	}
	tried := map[string]bool{}
	for _, test := range tests {
		tried[test.rule] = true
		sample, story := sampleWith(test.metric, test.value)
		board := Judge(DefaultRules(), collectors.Snapshot{At: moment(), Containers: []collectors.ContainerSample{sample}, Story: story})
		got := alertOf(board, test.rule)
		if got.Severity != test.want || got.Message != test.message {
			t.Errorf("%s at %v: %v %q, want %v %q", test.rule, test.value, got.Severity, got.Message, test.want, test.message)
		}
		if test.want != none && (got.State != StateFiring || got.Metric != test.metric || math.Abs(got.Value-test.value) > 1e-9 || !got.Since.Equal(moment())) {
			t.Errorf("%s at %v: %+v", test.rule, test.value, got)
		}
	}
	for _, rule := range DefaultRules() {
		if !tried[rule.Name] {
			t.Errorf("rule %s was not tried", rule.Name)
		}
	}
}

func alertOf(board Board, rule string) Alert {
	for _, alert := range board.Alerts {
		if alert.Rule == rule {
			return alert
		}
	}
	return Alert{}
}

// TestAbsentNeverAlerts: a container of which nothing is known, and one that is
// there and unlimited, raise nothing.
func TestAbsentNeverAlerts(t *testing.T) {
	samples := []collectors.ContainerSample{
		{Name: "unknown"},
		{Name: "unreadable", State: collectors.StateRunning},
		{Name: "new", State: collectors.StateCreated},
		{Name: "cgroup:/never-there", State: collectors.StateGone},
		{
			Name: "unlimited", State: collectors.StateRunning,
			Memory: collectors.MemorySample{Current: collectors.Some(collectors.Bytes(1 << 40)), Limit: collectors.Unlimited[collectors.Bytes]()},
			Pids:   collectors.PidsSample{Current: collectors.Some[uint64](1 << 20), Limit: collectors.Unlimited[uint64]()},
			Tmpfs:  []collectors.TmpfsSample{{Mount: "/tmp", Why: "not readable"}},
		},
	}
	if board := Judge(DefaultRules(), collectors.Snapshot{At: moment(), Containers: samples}); len(board.Alerts) != 0 {
		t.Errorf("alerts about nothing: %+v", board.Alerts)
	}
}

// TestDefaultRulesHaveRoom: every level clears on the good side of where it fires,
// and critical is worse than warning.
func TestDefaultRulesHaveRoom(t *testing.T) {
	names := map[string]bool{}
	for _, rule := range DefaultRules() {
		if names[rule.Name] {
			t.Errorf("two rules are called %s", rule.Name)
		}
		names[rule.Name] = true
		warning, warns := rule.Warning.Get()
		critical, isCritical := rule.Critical.Get()
		if !warns && !isCritical {
			t.Errorf("%s has no level", rule.Name)
		}
		sign := 1.0
		if rule.Below {
			sign = -1
		}
		for _, level := range []Level{warning, critical} {
			if sign*level.Clear > sign*level.Fire {
				t.Errorf("%s fires at %v and is not clear of it at %v", rule.Name, level.Fire, level.Clear)
			}
		}
		if warns && isCritical && sign*critical.Fire <= sign*warning.Fire {
			t.Errorf("%s is critical at %v, and warns at %v", rule.Name, critical.Fire, warning.Fire)
		}
	}
}

// TestJudgeIsBlind: the same snapshot gives the same board, whatever was judged
// before, and the snapshot is left as it was.
func TestJudgeIsBlind(t *testing.T) {
	sample, story := sampleWith(MetricOOMKills, 2)
	sample.Memory.UnreclaimableRatio = share(0.85)
	snapshot := collectors.Snapshot{At: moment(), Containers: []collectors.ContainerSample{sample}, Story: story}
	first := Judge(DefaultRules(), snapshot)
	Judge(DefaultRules(), collectors.Snapshot{At: moment().Add(time.Hour)})
	second := Judge(DefaultRules(), snapshot)
	if len(first.Alerts) != 2 || len(second.Alerts) != 2 || first.Alerts[0] != second.Alerts[0] || first.Alerts[1] != second.Alerts[1] {
		t.Errorf("first %+v, then %+v", first.Alerts, second.Alerts)
	}
}

// TestWords: the words that JSON and configurations have.
func TestWords(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{SeverityNone, `"ok"`},
		{SeverityInfo, `"info"`},
		{SeverityWarning, `"warning"`},
		{SeverityCritical, `"critical"`},
		{StateInactive, `"inactive"`},
		{StatePending, `"pending"`},
		{StateFiring, `"firing"`},
	}
	for _, test := range tests {
		if got, err := json.Marshal(test.value); err != nil || string(got) != test.want {
			t.Errorf("%#v is %s, %v in JSON, want %s", test.value, got, err, test.want)
		}
	}
}

// TestSourceLost: a source that was lost alerts of its own, the worse the longer; it
// is over with the first answer, however the container fares. So are counters that
// cannot be read for a while.
func TestSourceLost(t *testing.T) {
	engine := NewEngine(DefaultRules())
	var told []string
	step := func(second int, stale collectors.Opt[collectors.Seconds], sources ...collectors.SourceHealth) {
		sample := collectors.ContainerSample{Name: "agent", State: collectors.StateRunning, Stale: stale, Sources: sources}
		at := moment().Add(time.Duration(second) * time.Second)
		_, transitions := engine.Eval(collectors.Snapshot{At: at, Containers: []collectors.ContainerSample{sample}})
		for _, change := range transitions {
			told = append(told, fmt.Sprintf("%d %v %v %s", second, change.Alert.State, change.Alert.Severity, change.Alert.Message))
		}
	}
	lost := func(age float64) collectors.SourceHealth {
		return collectors.SourceHealth{Name: "engine", Error: "gone", Age: inSeconds(age)}
	}
	back := collectors.SourceHealth{Name: "engine", OK: true, Age: inSeconds(0)}
	denied := collectors.SourceHealth{Name: "kernel log", Error: "not permitted"}
	fresh := collectors.Opt[collectors.Seconds]{}
	step(0, fresh, back, denied)
	step(9, fresh, lost(9), denied)
	step(10, fresh, lost(10), denied)
	step(60, fresh, lost(60), denied)
	step(61, fresh, back, denied)
	step(830, fresh, back, denied)
	step(840, inSeconds(10), back, denied)
	step(841, fresh, back, denied)
	step(900, fresh, back, denied)
	want := []string{
		"10 firing warning engine has given nothing for 10 s (threshold 10 s)",
		"60 firing critical engine has given nothing for 60 s (threshold 60 s)",
		"61 inactive ok engine has given nothing for 0 s (threshold 10 s)",
		"840 firing warning nothing was read for 10 s (threshold 10 s)",
		"841 inactive ok nothing was read for 10 s (threshold 10 s)",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

package alerts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

func moment() time.Time { return time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC) }

func share(value float64) collectors.Opt[collectors.Ratio] {
	return collectors.Some(collectors.Ratio(value))
}

func inSeconds(value float64) collectors.Opt[collectors.Seconds] {
	return collectors.Some(collectors.Seconds(value * float64(time.Second)))
}

// fullSample has a different value for every metric, and a story.
func fullSample() Sample {
	sample := collectors.ContainerSample{
		Name: "agent", State: collectors.StateRunning, Health: collectors.HealthUnhealthy, Stale: inSeconds(7),
		Memory:   collectors.MemorySample{UnreclaimableRatio: share(0.81), Trend: collectors.Trend{FullIn: inSeconds(120)}},
		CPU:      collectors.CPUSample{OfLimit: share(0.92), ThrottledRatio: share(0.3)},
		Pids:     collectors.PidsSample{OfLimit: share(0.77), Zombies: collectors.Some[uint64](21), FullIn: inSeconds(130)},
		Pressure: collectors.Pressure{Memory: collectors.PressureLines{SomeAvg10: share(0.11)}},
		Tmpfs:    []collectors.TmpfsSample{{Mount: "/tmp", UsedRatio: share(0.83), FullIn: inSeconds(140)}, {Mount: "/run", Why: "not readable"}},
		Drift:    collectors.Some([]collectors.Drift{{Check: "user", Was: "user 1000", Is: "root", Grave: true, Since: moment()}, {Check: "tmpfs", Since: moment().Add(-time.Hour)}}),
		Sources:  []collectors.SourceHealth{{Name: "engine", Age: inSeconds(12)}, {Name: "kernel log", Error: "not permitted"}},
	}
	return Sample{ContainerSample: sample, At: moment(), Story: []collectors.Event{
		happened(collectors.EventOOMKill, "agent", 0, time.Minute, 2),
		happened(collectors.EventForkRefused, "agent", 0, time.Minute, 7),
		happened(collectors.EventRestarted, "agent", 0, time.Minute, 0),
		happened(collectors.EventRestarted, "another", 0, time.Minute, 50),
	}}
}

// happened is an event that lasted from began to ended before the moment.
func happened(kind collectors.EventKind, container string, ended, began time.Duration, count uint64) collectors.Event {
	event := collectors.Event{At: moment().Add(-began), Container: container, Kind: kind, Count: count}
	if ended > 0 {
		event.Until = moment().Add(-ended)
	}
	return event
}

// lookAt takes every metric from a sample as the engine does.
func lookAt(sample Sample) map[string][]Point {
	var rules []Rule
	for _, metric := range Metrics() {
		rules = append(rules, Rule{Metric: metric.Name})
	}
	return NewEngine(rules).look(sample).Points
}

// TestMetrics takes the whole table from one sample: every metric reads its own
// value.
func TestMetrics(t *testing.T) {
	want := map[string][]Point{
		MetricMemoryRatio:    {{Value: collectors.Some(0.81)}},
		MetricMemoryFullIn:   {{Value: collectors.Some(120.0)}},
		MetricMemoryPressure: {{Value: collectors.Some(0.11)}},
		MetricOOMKills:       {{Value: collectors.Some(2.0), Happened: moment().Add(-time.Minute)}},
		MetricCPURatio:       {{Value: collectors.Some(0.92)}},
		MetricCPUThrottled:   {{Value: collectors.Some(0.3)}},
		MetricPidsRatio:      {{Value: collectors.Some(0.77)}},
		MetricPidsFullIn:     {{Value: collectors.Some(130.0)}},
		MetricPidsRefused:    {{Value: collectors.Some(7.0), Happened: moment().Add(-time.Minute)}},
		MetricZombies:        {{Value: collectors.Some(21.0)}},
		MetricTmpfsRatio:     {{Instance: "/tmp", Value: collectors.Some(0.83)}, {Instance: "/run"}},
		MetricTmpfsFullIn:    {{Instance: "/tmp", Value: collectors.Some(140.0)}, {Instance: "/run"}},
		MetricRestarts:       {{Value: collectors.Some(1.0)}},
		MetricStopped:        {{Value: collectors.Some(0.0)}},
		MetricUnhealthy:      {{Value: collectors.Some(1.0)}},
		MetricDrift:          {{Value: collectors.Some(3.0), Happened: moment(), Text: "user: user 1000 -> root; and tmpfs"}},
		MetricStale:          {{Value: collectors.Some(7.0)}, {Instance: "engine", Value: collectors.Some(12.0)}, {Instance: "kernel log"}},
	}
	got := lookAt(fullSample())
	for _, metric := range Metrics() {
		if !slices.Equal(got[metric.Name], want[metric.Name]) {
			t.Errorf("%s = %v, want %v", metric.Name, got[metric.Name], want[metric.Name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d metrics, the test knows %d", len(got), len(want))
	}
}

// TestMetricsTable holds the table to its form: names once, words that fit into a
// message, one way to the value.
func TestMetricsTable(t *testing.T) {
	seen := map[string]bool{}
	for _, metric := range Metrics() {
		if seen[metric.Name] {
			t.Errorf("%s stands there twice", metric.Name)
		}
		seen[metric.Name] = true
		if (metric.Take == nil) == (metric.Event == "") {
			t.Errorf("%s has both ways to its value, or neither", metric.Name)
		}
		if metric.About == "" || strings.ContainsAny(metric.About, "{}\n") {
			t.Errorf("%s is about %q", metric.Name, metric.About)
		}
	}
	for _, rule := range DefaultRules() {
		if !seen[rule.Metric] {
			t.Errorf("rule %s judges %s, which is not in the table", rule.Name, rule.Metric)
		}
	}
}

// TestMetricsOfNothing: a container of which nothing was read has no value that a
// sample could lack; what the ledger watches is there all the same.
func TestMetricsOfNothing(t *testing.T) {
	watched := map[string]float64{MetricOOMKills: 0, MetricPidsRefused: 0, MetricRestarts: 0}
	for name, points := range lookAt(Sample{ContainerSample: collectors.ContainerSample{Name: "agent"}, At: moment()}) {
		want, always := watched[name]
		for _, point := range points {
			value, known := point.Value.Get()
			if known != always || value != want {
				t.Errorf("%s = %v, %v", name, value, known)
			}
		}
	}
}

// TestStopped: only a container that should run and does not has stopped.
func TestStopped(t *testing.T) {
	yes, no, unknown := collectors.Some(1.0), collectors.Some(0.0), collectors.Opt[float64]{}
	died := func(cause collectors.Cause) []collectors.Event {
		return []collectors.Event{{Kind: collectors.EventDied, Container: "agent", Cause: cause}}
	}
	tests := []struct {
		name  string
		state collectors.State
		story []collectors.Event
		want  collectors.Opt[float64]
	}{
		{"runs", collectors.StateRunning, nil, no},
		{"is paused", collectors.StatePaused, nil, no},
		{"was never started", collectors.StateCreated, nil, no},
		{"is being removed", collectors.StateRemoving, nil, no},
		{"not known", collectors.StateUnknown, nil, unknown},
		{"died of memory", collectors.StateExited, died(collectors.CauseOOMKill), yes},
		{"ended by itself", collectors.StateExited, died(collectors.CauseExited), yes},
		{"was stopped", collectors.StateExited, died(collectors.CauseStopped), no},
		{"did not obey the stop", collectors.StateExited, died(collectors.CauseStopTimeout), no},
		{"was killed on request", collectors.StateExited, died(collectors.CauseKilled), no},
		{"ended before anybody watched", collectors.StateExited, nil, yes},
		{"is dead", collectors.StateDead, nil, yes},
		{"waits for its restart", collectors.StateRestarting, died(collectors.CauseOOMKill), yes},
		{"the last of two deaths counts", collectors.StateExited, append(died(collectors.CauseStopped), died(collectors.CauseAborted)...), yes},
		{"another one died", collectors.StateExited, []collectors.Event{{Kind: collectors.EventDied, Container: "web", Cause: collectors.CauseStopped}}, yes},
		{"its cgroup is gone", collectors.StateGone, died(collectors.CauseUnseen), yes},
		{"its cgroup was never there", collectors.StateGone, nil, unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sample := Sample{ContainerSample: collectors.ContainerSample{Name: "agent", State: test.state}, At: moment(), Story: test.story}
			if got := sample.stopped(); !slices.Equal(got, []Point{{Value: test.want}}) {
				t.Errorf("stopped = %v, want %v", got, test.want)
			}
		})
	}
}

func TestUnhealthy(t *testing.T) {
	tests := map[collectors.Health]collectors.Opt[float64]{
		collectors.HealthNone:      {},
		collectors.HealthStarting:  collectors.Some(0.0),
		collectors.HealthHealthy:   collectors.Some(0.0),
		collectors.HealthUnhealthy: collectors.Some(1.0),
	}
	for health, want := range tests {
		sample := Sample{ContainerSample: collectors.ContainerSample{Health: health}}
		if got := sample.unhealthy(); !slices.Equal(got, []Point{{Value: want}}) {
			t.Errorf("health %q: %v, want %v", health, got, want)
		}
	}
}

// TestRecent: what is older than ten minutes is history, and what went on until
// later than that is not.
func TestRecent(t *testing.T) {
	tests := []struct {
		name  string
		event collectors.Event
		want  uint64
	}{
		{"just now", happened(collectors.EventRestarted, "agent", 0, 0, 1), 1},
		{"no count is one", happened(collectors.EventRestarted, "agent", 0, time.Minute, 0), 1},
		{"ten minutes ago", happened(collectors.EventRestarted, "agent", 0, Recently, 3), 3},
		{"longer ago", happened(collectors.EventRestarted, "agent", 0, Recently+time.Second, 3), 0},
		{"began longer ago, went on", happened(collectors.EventRestarted, "agent", time.Minute, time.Hour, 3), 3},
		{"another container", happened(collectors.EventRestarted, "web", 0, time.Minute, 3), 0},
		{"another kind", happened(collectors.EventStarted, "agent", 0, time.Minute, 3), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sample := Sample{ContainerSample: collectors.ContainerSample{Name: "agent"}, At: moment(), Story: []collectors.Event{test.event}}
			if got := sample.restarts(); !slices.Equal(got, one(collectors.Some(test.want))) {
				t.Errorf("restarts = %v, want %d", got, test.want)
			}
		})
	}
}

// TestFormat writes values as people read them.
func TestFormat(t *testing.T) {
	tests := []struct {
		unit  Unit
		value float64
		want  string
	}{
		{UnitRatio, 0.805, "80 %"},
		{UnitRatio, 1.2, "120 %"},
		{UnitRatio, 0, "0 %"},
		{UnitSeconds, -1, "0 s"},
		{UnitSeconds, 0, "0 s"},
		{UnitSeconds, 61.4, "61 s"},
		{UnitSeconds, 119.6, "2 min"},
		{UnitSeconds, 900, "15 min"},
		{UnitSeconds, 3 * 3600, "3h 0m"},
		{UnitSeconds, 1e300, "11574d 1h"},
		{UnitCount, 3, "3"},
		{UnitCount, 1_000_000, "1000000"},
		{UnitState, 1, "yes"},
		{UnitState, 0, "no"},
		{UnitSeverity, 0, "ok"},
		{UnitSeverity, 2, "warning"},
		{UnitSeverity, 1e300, "critical"},
		{UnitSeverity, -1, "ok"},
		{Unit("unheard of"), 1.5, "1.5"},
	}
	for _, test := range tests {
		if got := test.unit.Format(test.value); got != test.want {
			t.Errorf("%s.Format(%v) = %q, want %q", test.unit, test.value, got, test.want)
		}
	}
}

// TestSilences: a source is lost when it gave something before; its silence and that
// of the counters which it alone reads are one.
func TestSilences(t *testing.T) {
	never := collectors.SourceHealth{Name: "a", Error: "not permitted"}
	well := collectors.SourceHealth{Name: "a", OK: true, Age: inSeconds(0)}
	slow := collectors.SourceHealth{Name: "a", OK: true, Age: inSeconds(3)}
	lost := collectors.SourceHealth{Name: "a", Error: "no answer", Age: inSeconds(12)}
	some, absent := collectors.Some[float64], collectors.Opt[float64]{}
	for _, test := range []struct {
		name                 string
		stale                collectors.Opt[collectors.Seconds]
		source               collectors.SourceHealth
		ofCounters, ofItsOwn collectors.Opt[float64]
	}{
		{"never gave anything", collectors.Opt[collectors.Seconds]{}, never, absent, absent},
		{"never gave anything, and the counters are stale", inSeconds(12), never, some(12), absent},
		{"all is well", collectors.Opt[collectors.Seconds]{}, well, absent, some(0)},
		{"it answers with what it has", collectors.Opt[collectors.Seconds]{}, slow, absent, some(0)},
		{"it answers, but not of this container", inSeconds(9), well, some(9), some(0)},
		{"lost", collectors.Opt[collectors.Seconds]{}, lost, absent, some(12)},
		{"lost, and with it the counters", inSeconds(12), lost, some(12), some(0)},
		{"lost, and the counters before it", inSeconds(30), lost, some(30), some(12)},
	} {
		sample := Sample{ContainerSample: collectors.ContainerSample{Stale: test.stale, Sources: []collectors.SourceHealth{test.source}}}
		if got, want := sample.silences(), []Point{{Value: test.ofCounters}, {Instance: "a", Value: test.ofItsOwn}}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", test.name, got, want)
		}
	}
}

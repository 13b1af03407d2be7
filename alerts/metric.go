package alerts

import (
	"slices"
	"strings"
	"time"

	"brink/collectors"
)

// Unit is what a metric is measured in. It decides how a value is written.
type Unit string

// The units.
const (
	UnitRatio   Unit = "ratio"
	UnitSeconds Unit = "seconds"
	UnitCount   Unit = "count"
	// UnitState is 1 for yes and 0 for no.
	UnitState Unit = "state"
	// UnitSeverity is the number of a [Severity].
	UnitSeverity Unit = "severity"
)

// Worded reports whether a value of the unit is a word rather than an amount: there
// is nothing to compare, and nothing between two values.
func (u Unit) Worded() bool { return u == UnitState || u == UnitSeverity }

// Sample is what a metric is taken from: a container, the moment, and the story
// of the host up to it.
type Sample struct {
	collectors.ContainerSample
	At    time.Time
	Story []collectors.Event
}

// Point is one value of a metric. Instance tells apart what a container has
// several of; Value is absent when the snapshot does not have it.
type Point struct {
	Instance string
	Value    collectors.Opt[float64]
	// Happened is when the last of the events happened that the value is about; zero
	// when there is none, and for a metric that knows no events.
	Happened time.Time
	// Text is what the value is about this time, in the place of the metric's words;
	// empty where those say all.
	Text string
}

// Metric is something that a rule can judge.
type Metric struct {
	Name string
	Unit Unit
	// About says what the value is, in a few words that fit before a number.
	About string
	// Forecast says that it is the time until something is full. It takes a trend to
	// know, which two samples are not.
	Forecast bool
	// Each says the same of one instance, which it names as {instance}; empty where
	// "on" before the instance does.
	Each string
	// Event makes it a count of events of this kind: those that are new since the
	// last look. Take is nil then.
	Event collectors.EventKind
	// Take returns the points of a sample, one an instance.
	Take func(Sample) []Point
}

// Absence is what a missing value means to a rule that does not say: no time until
// full is the all clear.
func (m Metric) Absence() Absence {
	if m.Forecast {
		return AbsentResolve
	}
	return AbsentHold
}

// Mounts reports whether the metric has an instance for each tmpfs mount.
func (m Metric) Mounts() bool { return m.Name == MetricTmpfsRatio || m.Name == MetricTmpfsFullIn }

// The names of the metrics. A level has the path of its value in the JSON of a
// snapshot; what is counted there since the start (kills, refusals) is judged by
// what the ledger saw of it Recently.
const (
	MetricMemoryRatio    = "memory.unreclaimable_ratio"
	MetricMemoryFullIn   = "memory.full_in_seconds"
	MetricMemoryPressure = "pressure.memory.some_avg10_ratio"
	MetricOOMKills       = "memory.oom_kills"
	MetricCPURatio       = "cpu.of_limit_ratio"
	MetricCPUThrottled   = "cpu.throttled_ratio"
	MetricPidsRatio      = "pids.of_limit_ratio"
	MetricPidsFullIn     = "pids.full_in_seconds"
	MetricPidsRefused    = "pids.refused"
	MetricZombies        = "pids.zombies"
	MetricTmpfsRatio     = "tmpfs.used_ratio"
	MetricTmpfsFullIn    = "tmpfs.full_in_seconds"
	MetricRestarts       = "restarts"
	MetricStopped        = "stopped"
	MetricUnhealthy      = "unhealthy"
	MetricStale          = "stale_seconds"
	MetricDrift          = "hardening.drift"
)

// Recently is how far back events count: what is older was there before anybody
// watched.
const Recently = 10 * time.Minute

// Metrics returns the closed table of what rules can judge.
func Metrics() []Metric {
	return []Metric{
		{Name: MetricMemoryRatio, Unit: UnitRatio, About: "memory that cannot be freed, of the limit", Take: func(s Sample) []Point { return one(s.Memory.UnreclaimableRatio) }},
		{Name: MetricMemoryFullIn, Unit: UnitSeconds, Forecast: true, About: "memory is full in", Take: func(s Sample) []Point { return one(seconds(s.Memory.FullIn)) }},
		{Name: MetricMemoryPressure, Unit: UnitRatio, About: "time in which tasks waited for memory", Take: func(s Sample) []Point { return one(s.Pressure.Memory.SomeAvg10) }},
		{Name: MetricOOMKills, Unit: UnitCount, About: "processes OOM-killed", Event: collectors.EventOOMKill},
		{Name: MetricCPURatio, Unit: UnitRatio, About: "CPU used, of the quota", Take: func(s Sample) []Point { return one(s.CPU.OfLimit) }},
		{Name: MetricCPUThrottled, Unit: UnitRatio, About: "CPU periods that were throttled", Take: func(s Sample) []Point { return one(s.CPU.ThrottledRatio) }},
		{Name: MetricPidsRatio, Unit: UnitRatio, About: "tasks, of the pids limit", Take: func(s Sample) []Point { return one(s.Pids.OfLimit) }},
		{Name: MetricPidsFullIn, Unit: UnitSeconds, Forecast: true, About: "time until the limit of tasks is reached", Take: func(s Sample) []Point { return one(seconds(s.Pids.FullIn)) }},
		{Name: MetricPidsRefused, Unit: UnitCount, About: "forks refused", Event: collectors.EventForkRefused},
		{Name: MetricZombies, Unit: UnitCount, About: "zombies", Take: func(s Sample) []Point { return one(s.Pids.Zombies) }},
		{Name: MetricTmpfsRatio, Unit: UnitRatio, About: "tmpfs used", Take: func(s Sample) []Point {
			return s.mounts(func(m collectors.TmpfsSample) []Point { return one(m.UsedRatio) })
		}},
		{Name: MetricTmpfsFullIn, Unit: UnitSeconds, Forecast: true, About: "time until the tmpfs is full", Take: func(s Sample) []Point {
			return s.mounts(func(m collectors.TmpfsSample) []Point { return one(seconds(m.FullIn)) })
		}},
		{Name: MetricRestarts, Unit: UnitCount, About: "restarts in the last 10 min", Take: Sample.restarts},
		{Name: MetricStopped, Unit: UnitState, About: "not running, and nobody stopped it", Take: Sample.stopped},
		{Name: MetricUnhealthy, Unit: UnitState, About: "the health check says unhealthy", Take: Sample.unhealthy},
		{Name: MetricStale, Unit: UnitSeconds, About: "nothing was read for", Each: "{instance} has given nothing for", Take: Sample.silences},
		{Name: MetricDrift, Unit: UnitSeverity, About: "shut in worse than it was", Take: Sample.drift},
	}
}

func one[T ~float64 | ~uint64](value collectors.Opt[T]) []Point {
	v, ok := value.Get()
	if !ok {
		return []Point{{}}
	}
	return []Point{{Value: collectors.Some(float64(v))}}
}

func seconds(value collectors.Opt[collectors.Seconds]) collectors.Opt[float64] {
	v, ok := value.Get()
	if !ok {
		return collectors.Opt[float64]{}
	}
	return collectors.Some(v.Duration().Seconds())
}

// mounts takes a point from each tmpfs.
func (s Sample) mounts(take func(collectors.TmpfsSample) []Point) []Point {
	points := make([]Point, 0, len(s.Tmpfs))
	for _, mount := range s.Tmpfs {
		point := take(mount)[0]
		point.Instance = mount.Mount
		points = append(points, point)
	}
	return points
}

// silences is for how long the counters of the container could not be read, and for
// how long each source has given nothing that gave something before. One that never
// did is not lost: it is not permitted, or has nothing to say here. The source whose
// silence is that of the counters is told once, as the counters.
func (s Sample) silences() []Point {
	points := one(seconds(s.Stale))
	for _, source := range s.Sources {
		point := Point{Instance: source.Name, Value: seconds(source.Age)}
		if _, ever := source.Age.Get(); ever && (source.OK || source.Age == s.Stale) {
			point.Value = collectors.Some(0.0)
		}
		points = append(points, point)
	}
	return points
}

// defaultText is the message of a rule that brings none.
func (m Metric) defaultText(instance string) string {
	about := m.About
	switch {
	case instance != "" && m.Each != "":
		about = m.Each
	case instance != "":
		about += " on {instance}"
	}
	if m.Unit.Worded() {
		return about
	}
	return about + " {value} (threshold {threshold})"
}

// restarts counts the restarts in the recent past. It is present even when there
// were none: the ledger always watches.
func (s Sample) restarts() []Point {
	var sum uint64
	for _, event := range s.recent(collectors.EventRestarted) {
		sum += max(event.Count, 1)
	}
	return one(collectors.Some(sum))
}

// recent returns the events of a kind that happened to this container lately.
func (s Sample) recent(kind collectors.EventKind) []collectors.Event {
	var list []collectors.Event
	for _, event := range s.Story {
		if event.Kind == kind && event.Container == s.Name && s.At.Sub(latest(event)) <= Recently {
			list = append(list, event)
		}
	}
	return list
}

func latest(event collectors.Event) time.Time {
	if event.Until.IsZero() {
		return event.At
	}
	return event.Until
}

// stopped is yes for a container that should run and does not. One that was
// never started, or that somebody stopped, is where it should be. A cgroup that
// is not there and was never seen is nothing that stopped: it is not known.
func (s Sample) stopped() []Point {
	death, died := s.lastDeath()
	switch s.State {
	case collectors.StateExited, collectors.StateDead, collectors.StateRestarting:
		return state(!death.Cause.Asked())
	case collectors.StateGone:
		if !died {
			return []Point{{}}
		}
		return state(!death.Cause.Asked())
	case collectors.StateUnknown:
		return []Point{{}}
	default:
		return state(false)
	}
}

// lastDeath is the last death in the story. The zero event, for none, was asked
// for by nobody.
func (s Sample) lastDeath() (collectors.Event, bool) {
	for _, event := range slices.Backward(s.Story) {
		if event.Kind == collectors.EventDied && event.Container == s.Name {
			return event, true
		}
	}
	return collectors.Event{}, false
}

func (s Sample) unhealthy() []Point {
	if s.Health == collectors.HealthNone {
		return []Point{{}}
	}
	return state(s.Health == collectors.HealthUnhealthy)
}

// drift is how grave it is in what a container is shut in worse than it was. It
// happened when the last of that came: more of it is told again.
func (s Sample) drift() []Point {
	list, audited := s.Drift.Get()
	if !audited {
		return []Point{{}}
	}
	worst, point := SeverityNone, Point{}
	for _, drift := range list {
		worst = max(worst, driftSeverity(drift))
		point.Happened = later(point.Happened, drift.Since)
	}
	point.Value, point.Text = collectors.Some(float64(worst)), driftText(list)
	return []Point{point}
}

func driftSeverity(drift collectors.Drift) Severity {
	if drift.Grave {
		return SeverityCritical
	}
	return SeverityWarning
}

// driftText tells the first drift, and names the others.
func driftText(list []collectors.Drift) string {
	if len(list) < 2 {
		return strings.Join(textsOf(list, collectors.Drift.String), "")
	}
	others := textsOf(list[1:], func(drift collectors.Drift) string { return drift.Check })
	return list[0].String() + "; and " + strings.Join(others, ", ")
}

func textsOf(list []collectors.Drift, text func(collectors.Drift) string) []string {
	texts := make([]string, len(list))
	for i, drift := range list {
		texts[i] = text(drift)
	}
	return texts
}

func state(yes bool) []Point {
	if yes {
		return one(collectors.Some(1.0))
	}
	return one(collectors.Some(0.0))
}

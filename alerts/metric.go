package alerts

import "brink/collectors"

// Unit is what a metric is measured in. It decides how a value is written.
type Unit string

// The units.
const (
	UnitRatio   Unit = "ratio"
	UnitSeconds Unit = "seconds"
	UnitCount   Unit = "count"
	UnitState   Unit = "state"
)

// Point is one value of a metric. Instance tells apart what a container has
// several of; Value is absent when the snapshot does not have it.
type Point struct {
	Instance string
	Value    collectors.Opt[float64]
}

// Metric is something that a rule can judge: a name, a unit, and how it is taken
// from a sample.
type Metric struct {
	Name string
	Unit Unit
	// Take returns the points of the sample, one an instance.
	Take func(Sample) []Point
}

// Sample is what a metric is taken from: a container and the news about it.
type Sample struct {
	collectors.ContainerSample
	News []collectors.Event
}

// The names of the metrics. They are the paths of the values in the JSON of a
// snapshot, where there is such a value.
const (
	MetricMemoryRatio    = "memory.unreclaimable_ratio"
	MetricMemoryFullIn   = "memory.full_in_seconds"
	MetricMemoryPressure = "pressure.memory.some_avg10_ratio"
	MetricOOMKills       = "memory.oom_kills"
	MetricCPURatio       = "cpu.of_limit_ratio"
	MetricCPUThrottled   = "cpu.throttled_ratio"
	MetricPidsRatio      = "pids.of_limit_ratio"
	MetricPidsRefused    = "pids.refused"
	MetricZombies        = "pids.zombies"
	MetricTmpfsRatio     = "tmpfs.used_ratio"
	MetricRestarts       = "restarts"
	MetricStopped        = "stopped"
	MetricUnhealthy      = "unhealthy"
	MetricSourceLost     = "source.age_seconds"
)

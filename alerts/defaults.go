package alerts

import (
	"time"

	"brink/collectors"
)

// DefaultRules are in force without any configuration. The numbers are the ones
// of the design; where they come from stands beside them.
func DefaultRules() []Rule {
	return []Rule{
		// Unreclaimable memory, not memory.current: with page cache a healthy
		// container sits at 100 % of its limit for weeks.
		{Name: "memory-near-limit", Metric: MetricMemoryRatio, Warning: level(0.80, 0.75, 10*time.Second), Critical: level(0.90, 0.85, 2*time.Second)},
		// Ten seconds are short enough for a leak of 20 MiB/s, which takes less than a
		// minute from half of 2 GiB to its end.
		filling("memory-filling", MetricMemoryFullIn),
		// systemd-oomd kills at 60 % for 30 s; a person should know before.
		{Name: "memory-pressure", Metric: MetricMemoryPressure, Warning: level(0.10, 0.05, 30*time.Second), Critical: level(0.40, 0.20, 30*time.Second)},
		{Name: "oom-kill", Metric: MetricOOMKills, Critical: level(1, 1, 0), Latched: true},
		{Name: "cpu-near-quota", Metric: MetricCPURatio, Warning: level(0.90, 0.80, time.Minute)},
		// 25 % of the periods is the threshold of the kubernetes mixin.
		{Name: "cpu-throttled", Metric: MetricCPUThrottled, Warning: level(0.25, 0.15, time.Minute), Critical: level(0.50, 0.40, 5*time.Minute)},
		// A browser that starts adds dozens of tasks at once, so 90 % is late.
		{Name: "pids-near-limit", Metric: MetricPidsRatio, Warning: level(0.75, 0.70, 5*time.Second), Critical: level(0.90, 0.85, 5*time.Second)},
		filling("pids-filling", MetricPidsFullIn),
		{Name: "pids-refused", Metric: MetricPidsRefused, Critical: level(1, 1, 0), Latched: true},
		{Name: "zombies", Metric: MetricZombies, Warning: level(20, 10, 30*time.Second), Critical: level(64, 32, 30*time.Second)},
		{Name: "tmpfs-filling", Metric: MetricTmpfsRatio, Warning: level(0.80, 0.75, 10*time.Second), Critical: level(0.95, 0.90, 10*time.Second)},
		filling("tmpfs-filling-soon", MetricTmpfsFullIn),
		{Name: "restarted", Metric: MetricRestarts, Warning: level(1, 1, 0)},
		{Name: "restart-loop", Metric: MetricRestarts, Critical: level(3, 3, 0)},
		{Name: "stopped", Metric: MetricStopped, Critical: level(1, 1, 5*time.Second)},
		{Name: "unhealthy", Metric: MetricUnhealthy, Critical: level(1, 1, 0)},
		// Counters that are fresh have no age: that resolves it.
		{Name: "source-lost", Metric: MetricStale, Warning: level(10, 10, 0), Critical: level(60, 60, 0), Absent: AbsentResolve},
		// Whoever loosens the isolation of the agent does so once: it fires until it is as
		// good as it was.
		{Name: "hardening-drift", Metric: MetricDrift, Warning: severityLevel(SeverityWarning), Critical: severityLevel(SeverityCritical)},
	}
}

// severityLevel is the level of a metric that is a severity itself.
func severityLevel(severity Severity) collectors.Opt[Level] {
	return level(float64(severity), float64(severity), 0)
}

// filling is a rule about the time until something is full. There is no such time
// once the growth has stopped, so that absence is its all clear; growth that comes
// and goes does not ring each time.
func filling(name, metric string) Rule {
	return Rule{
		Name: name, Metric: metric, Below: true, Absent: AbsentResolve, KeepFor: 30 * time.Second,
		Warning: level(900, 1800, 30*time.Second), Critical: level(120, 300, 10*time.Second),
	}
}

func level(fire, cease float64, hold time.Duration) collectors.Opt[Level] {
	return collectors.Some(Level{Fire: fire, Clear: cease, For: hold})
}

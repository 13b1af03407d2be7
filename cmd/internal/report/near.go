package report

import (
	"time"

	"brink/alerts"
	"brink/collectors"
)

// nearness measures for how long values were beyond the thresholds of the rules.
type nearness struct {
	name   string
	groups []nearGroup
	// tracks are what is measured, in the order in which it was first seen; index
	// finds a track, and holds -1 for what a rule is not about.
	tracks []track
	index  map[trackKey]int
}

// nearGroup is a metric with the rules about it.
type nearGroup struct {
	metric alerts.Metric
	rules  []alerts.Rule
}

type trackKey struct{ rule, instance string }

// track is one rule about one instance.
type track struct {
	rule                     alerts.Rule
	metric                   alerts.Metric
	instance                 string
	measured, warn, critical time.Duration
}

// levelMetrics are the metrics of which it makes sense to say how long they were
// high. The others are events, forecasts and states, of which the page tells by
// themselves.
func levelMetrics() []string {
	return []string{
		alerts.MetricMemoryRatio, alerts.MetricMemoryPressure, alerts.MetricCPURatio, alerts.MetricCPUThrottled,
		alerts.MetricPidsRatio, alerts.MetricTmpfsRatio, alerts.MetricZombies,
	}
}

// nearGroups sorts the rules about levels by their metric.
func nearGroups(rules []alerts.Rule) []nearGroup {
	known := map[string]alerts.Metric{}
	for _, metric := range alerts.Metrics() {
		known[metric.Name] = metric
	}
	var groups []nearGroup
	for _, name := range levelMetrics() {
		group := nearGroup{metric: known[name]}
		for _, rule := range rules {
			if rule.Metric == name && !rule.Below {
				group.rules = append(group.rules, rule)
			}
		}
		if len(group.rules) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func (n *nearness) add(sample alerts.Sample, length time.Duration) {
	if length <= 0 {
		return
	}
	for _, group := range n.groups {
		for _, point := range group.metric.Take(sample) {
			value, ok := point.Value.Get()
			if !ok {
				continue
			}
			for _, rule := range group.rules {
				if at := n.track(rule, group.metric, point.Instance); at >= 0 {
					n.tracks[at].add(value, length)
				}
			}
		}
	}
}

// instancesKept bounds how many instances are measured: a container can mount and
// unmount as it likes.
const instancesKept = 256

func (n *nearness) track(rule alerts.Rule, metric alerts.Metric, instance string) int {
	key := trackKey{rule.Name, instance}
	at, known := n.index[key]
	switch {
	case known:
		return at
	case len(n.index) >= instancesKept:
		return -1
	}
	at = -1
	if rule.Match.Covers(n.name, instance) {
		at = len(n.tracks)
		n.tracks = append(n.tracks, track{rule: rule, metric: metric, instance: instance})
	}
	if n.index == nil {
		n.index = map[trackKey]int{}
	}
	n.index[key] = at
	return at
}

func (t *track) add(value float64, length time.Duration) {
	t.measured += length
	if level, ok := t.rule.Warning.Get(); ok && value >= level.Fire {
		t.warn += length
	}
	if level, ok := t.rule.Critical.Get(); ok && value >= level.Fire {
		t.critical += length
	}
}

func (n *nearness) story() []Near {
	var list []Near
	for _, t := range n.tracks {
		list = append(list, Near{
			Rule: t.rule.Name, Metric: t.metric.Name, Instance: name(t.instance), unit: t.metric.Unit,
			Measured: collectors.Seconds(t.measured),
			Warning:  t.over(t.rule.Warning, t.warn), Critical: t.over(t.rule.Critical, t.critical),
		})
	}
	return list
}

func (t *track) over(level collectors.Opt[alerts.Level], held time.Duration) collectors.Opt[Over] {
	l, ok := level.Get()
	if !ok {
		return collectors.Opt[Over]{}
	}
	return collectors.Some(Over{Threshold: l.Fire, Seconds: collectors.Seconds(held), Ratio: shareOf(held, t.measured)})
}

// threshold is the lowest threshold of the rules about a metric of this container,
// absent where there is none: what a limit must leave free.
func (n *nearness) threshold(metric, instance string) collectors.Opt[float64] {
	lowest := collectors.Opt[float64]{}
	for _, group := range n.groups {
		for _, rule := range group.rules {
			if group.metric.Name != metric || !rule.Match.Covers(n.name, instance) {
				continue
			}
			for _, l := range []collectors.Opt[alerts.Level]{rule.Warning, rule.Critical} {
				if level, ok := l.Get(); ok && level.Fire > 0 && level.Fire < lowest.Or(1) {
					lowest = collectors.Some(level.Fire)
				}
			}
		}
	}
	return lowest
}

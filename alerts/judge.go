package alerts

import (
	"brink/collectors"
)

// Judge compares one snapshot with the rules as plain thresholds: no time, no
// memory, so the same snapshot always gives the same board. This is what a
// single look (check) can say.
func Judge(rules []Rule, snapshot collectors.Snapshot) Board {
	var list []Alert
	metrics := metricsByName()
	for _, container := range snapshot.Containers {
		sample := Sample{ContainerSample: container, At: snapshot.At, Story: snapshot.Story}
		for _, rule := range rules {
			list = append(list, judgeOne(rule, metrics[rule.Metric], sample)...)
		}
	}
	return newBoard(snapshot.At, list)
}

func metricsByName() map[string]Metric {
	index := map[string]Metric{}
	for _, metric := range Metrics() {
		index[metric.Name] = metric
	}
	return index
}

func judgeOne(rule Rule, metric Metric, sample Sample) []Alert {
	if metric.Take == nil {
		return nil
	}
	var list []Alert
	for _, point := range metric.Take(sample) {
		value, ok := point.Value.Get()
		if !ok {
			continue
		}
		severity, level := rule.judge(value)
		if severity == SeverityNone {
			continue
		}
		list = append(list, Alert{
			Key:       Key{Rule: rule.Name, Container: sample.Name, Instance: point.Instance},
			Metric:    metric.Name,
			Severity:  severity,
			State:     StateFiring,
			Since:     sample.At,
			Value:     value,
			Threshold: level.Fire,
			Unit:      metric.Unit,
			Message:   message(metric, point, value, level),
		})
	}
	return list
}

// message is one line for a person: what, how much, and the threshold.
func message(metric Metric, point Point, value float64, level Level) string {
	about := metric.About
	if point.Instance != "" {
		about += " on " + point.Instance
	}
	if metric.Unit == UnitState {
		return about
	}
	return about + " " + metric.Unit.Format(value) + " (threshold " + metric.Unit.Format(level.Fire) + ")"
}

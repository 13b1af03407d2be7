package alerts

import (
	"time"

	"brink/collectors"
)

// Look is what the rules see of one container at one moment: the points of each
// metric, by the metric's name. A metric that is not in it says nothing, not even
// that it is absent.
type Look struct {
	Container string
	Alive     bool
	Points    map[string][]Point
}

// told remembers, by container and kind of event, how much of each event (by its
// number) has been judged: an event can grow after it was first seen.
type told map[toldKey]map[uint64]uint64

type toldKey struct {
	container string
	kind      collectors.EventKind
}

// look takes every metric that a rule asks for from a sample.
func (e *Engine) look(sample Sample) Look {
	look := Look{Container: sample.Name, Alive: sample.State.Alive(), Points: map[string][]Point{}}
	for _, rule := range e.rules {
		metric := e.metrics[rule.Metric]
		if _, done := look.Points[metric.Name]; done {
			continue
		}
		if metric.Event != "" {
			look.Points[metric.Name] = []Point{e.told.fresh(sample, metric.Event)}
		} else {
			look.Points[metric.Name] = metric.Take(sample)
		}
	}
	return look
}

// fresh counts what is new in events since the last look. What the first look
// finds counts: it is recent, and nobody was told.
func (t told) fresh(sample Sample, kind collectors.EventKind) Point {
	key := toldKey{sample.Name, kind}
	before, now := t[key], map[uint64]uint64{}
	var sum uint64
	var happened time.Time
	for _, event := range sample.recent(kind) {
		count := max(event.Count, 1)
		now[event.Seq] = count
		if count > before[event.Seq] {
			sum += count - before[event.Seq]
			happened = later(happened, latest(event))
		}
	}
	t[key] = now
	return Point{Value: collectors.Some(float64(sum)), Happened: happened}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// tape is where recorded readings and events come from.
type tape interface {
	Readings(ctx context.Context, from, to time.Time, names ...string) iter.Seq2[collectors.Reading, error]
	Events(ctx context.Context, from, to time.Time, names ...string) ([]collectors.Event, error)
}

// projector makes of recorded readings the frames that they gave when they were
// taken, or would have given under other rules: it goes the way of a living sample,
// with the tape in the place of the sources and the ledger.
type projector struct {
	deriver *collectors.Deriver
	engine  *alerts.Engine
	rules   []alerts.Rule
	// story is every event of the tape in the order of time, told how many of them
	// have been told.
	story []collectors.Event
	told  int
	// lists are the newest lists of processes, by container.
	lists map[string]processList
	// changes are the transitions so far.
	changes []alerts.Transition
}

// newProjector returns a projector for readings that come about every interval. The
// events are numbered anew: those of two runs of brink have the same numbers.
func newProjector(interval time.Duration, rules []alerts.Rule, story []collectors.Event) *projector {
	return &projector{deriver: collectors.NewDeriver(interval), engine: alerts.NewEngine(rules), rules: rules, story: numbered(story), lists: map[string]processList{}}
}

// processList is the list of processes of a life of a container.
type processList struct {
	at          time.Time
	incarnation collectors.Incarnation
	processes   collectors.Opt[[]collectors.Process]
}

// listEvery is how far apart the lists are that a record keeps, with some room.
const listEvery = 25 * time.Second

// carryLists gives the containers of a reading the list of processes before, where the
// record has left out theirs: of most minutes it keeps one in ten seconds.
func (p *projector) carryLists(reading collectors.Reading) {
	for i := range reading.Containers {
		container := &reading.Containers[i]
		if container.Processes.Present() {
			p.lists[container.Key] = processList{at: reading.At, incarnation: container.Incarnation, processes: container.Processes}
			continue
		}
		kept, known := p.lists[container.Key]
		if known && kept.incarnation == container.Incarnation && container.State.Alive() && reading.At.Sub(kept.at) <= listEvery {
			container.Processes = kept.processes
		}
	}
}

func numbered(story []collectors.Event) []collectors.Event {
	list := make([]collectors.Event, len(story))
	for i, event := range story {
		event.Seq = uint64(i + 1)
		list[i] = event
	}
	return list
}

// snapshot is the snapshot of the next reading, with the story up to it.
func (p *projector) snapshot(reading collectors.Reading) collectors.Snapshot {
	p.carryLists(reading)
	first := p.told
	for p.told < len(p.story) && !p.story[p.told].At.After(reading.At) {
		p.told++
	}
	if p.deriver.Begins() {
		first = p.told
	}
	snapshot := p.deriver.Next(reading, p.story[first:p.told])
	snapshot.Story = p.story[:p.told]
	return snapshot
}

// frame is the frame of the next reading. Its story is the whole one: what comes later
// is known, and the screen tells it from what has happened.
func (p *projector) frame(reading collectors.Reading) ui.Frame {
	snapshot := p.snapshot(reading)
	board, transitions := p.engine.Eval(snapshot)
	p.changes = append(p.changes, transitions...)
	snapshot.Story = p.story
	return ui.Frame{Snapshot: snapshot, Board: board, Transitions: slices.Clip(p.changes), Rules: p.rules}
}

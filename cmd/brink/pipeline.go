package main

import (
	"context"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// pipeline runs the straight line from the sampler to whoever looks:
//
//	sampler -> Snapshot -> rules -> Frame -> deliver
//
// deliver runs on the sampler's goroutine and must not wait for anybody.
type pipeline struct {
	sampler *collectors.Sampler
	rules   []alerts.Rule
	deliver func(ui.Frame)
}

// run samples until ctx ends.
func (p pipeline) run(ctx context.Context) {
	p.sampler.Run(ctx, func(snapshot collectors.Snapshot) {
		p.deliver(ui.Frame{Snapshot: snapshot, Board: alerts.Judge(p.rules, snapshot)})
	})
}

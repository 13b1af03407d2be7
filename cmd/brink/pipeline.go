package main

import (
	"context"

	"brink/collectors"
	"brink/ui"
)

// pipeline runs the straight line from the sampler to whoever looks:
//
//	sampler -> Snapshot -> judge -> Frame -> deliver
//
// judge and deliver run on the sampler's goroutine and must not wait for anybody.
type pipeline struct {
	sampler *collectors.Sampler
	judge   func(collectors.Snapshot) ui.Frame
	deliver func(ui.Frame)
}

// run samples until ctx ends.
func (p pipeline) run(ctx context.Context) {
	p.sampler.Run(ctx, func(snapshot collectors.Snapshot) { p.deliver(p.judge(snapshot)) })
}

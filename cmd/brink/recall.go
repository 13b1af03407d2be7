package main

import (
	"context"
	"sync"
	"time"

	"brink/collectors"
	"brink/ui"
)

// recall shows a dashboard that begins the hour before it, from the record: what was
// recorded of the containers that the first snapshot has.
type recall struct {
	program *program
	stage   *stage
	pages   chan ui.Page
	once    sync.Once
}

func newRecall(p *program, s *stage) *recall {
	return &recall{program: p, stage: s, pages: make(chan ui.Page)}
}

// begin starts with the first snapshot that has a container. The screen gets pages on
// another goroutine, so that it may be slow.
func (r *recall) begin(ctx context.Context, snapshot collectors.Snapshot) {
	if len(snapshot.Containers) == 0 {
		return
	}
	r.once.Do(func() {
		var names []string
		for _, container := range snapshot.Containers {
			names = append(names, container.Name)
		}
		go r.run(ctx, snapshot.At, names)
	})
}

// end closes the pages if nothing was to be recalled: the screen waits for one.
func (r *recall) end() { r.once.Do(func() { close(r.pages) }) }

// run sends the hour before a moment.
func (r *recall) run(ctx context.Context, until time.Time, names []string) {
	defer close(r.pages)
	reader, err := r.program.reader(ctx, "")
	if err != nil {
		return // told when the events were recalled
	}
	defer func() { _ = reader.Close() }()
	interval := r.program.flags.interval
	player := newPlayer(reader, r.stage.rules, names)
	player.pages = r.pages
	player.from, player.to = until.Add(-stretchSlots*interval), until.Add(-1)
	if err := player.stretch(ctx, player.from, player.to, time.Time{}, interval); err != nil && ctx.Err() == nil {
		r.stage.log.Warn("the hour before could not be recalled", "error", err)
	}
}

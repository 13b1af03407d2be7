package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// run lets every part work until ctx ends, or until one of them fails. It
// returns when all of them have ended.
func (s *stage) run(ctx context.Context, deliver func(ui.Frame)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var parts sync.WaitGroup
	for _, runner := range s.runners {
		parts.Go(func() {
			if err := guard(func() { runner(ctx) }); err != nil {
				cancel(err)
			}
		})
	}
	err := guard(func() { pipeline{s.sampler, s.judge, deliver}.run(ctx) })
	cancel(err)
	parts.Wait()
	if cause := context.Cause(ctx); errors.Is(cause, errPanic) {
		return cause
	}
	return err
}

// judge makes the frame of a snapshot: at the desk, which remembers, or for a
// single look by the rules alone.
func (s *stage) judge(snapshot collectors.Snapshot) ui.Frame {
	if s.desk != nil {
		return s.desk.judge(snapshot)
	}
	return ui.Frame{Snapshot: snapshot, Board: alerts.Judge(s.rules, snapshot), Rules: s.rules}
}

// errPanic is a fault in brink itself.
var errPanic = errors.New("this is a fault in brink")

// guard runs one part. A panic becomes an error, so that whoever owns the
// terminal can put it right before the stack is shown.
func guard(part func()) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, fault, debug.Stack())
		}
	}()
	part()
	return nil
}

// close lets go of descriptors, streams and the log.
func (s *stage) close() {
	for _, closer := range s.closers {
		_ = closer.Close()
	}
}

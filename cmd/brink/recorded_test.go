package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"brink/cmd/internal/demo"
	"brink/collectors"
	"brink/collectors/record"
)

// commandRecorded records the demo's ten minutes in a directory, as guard did when they
// were measured.
func commandRecorded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: recorded DIR")
	}
	ts.Check(recordDemo(ts.MkAbs(args[0])))
}

func recordDemo(dir string) error {
	tape, err := demo.Open()
	if err != nil {
		return err
	}
	recorder, err := record.New(record.Options{Dir: dir})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var writing sync.WaitGroup
	writing.Go(func() { recorder.Run(ctx) })
	err = feed(ctx, recorder, tape)
	cancel()
	writing.Wait()
	return err
}

// feed hands over the tape no faster than it is written.
func feed(ctx context.Context, recorder *record.Recorder, tape *demo.Tape) error {
	first, last := tape.Span()
	events, err := tape.Events(ctx, first, last)
	if err != nil {
		return err
	}
	fed := uint64(0)
	for reading, err := range tape.Readings(ctx, first, last) {
		if err != nil {
			return err
		}
		var news []collectors.Event
		for len(events) > 0 && !events[0].At.After(reading.At) {
			news, events = append(news, events[0]), events[1:]
		}
		recorder.Record(reading, news)
		fed++
		for waited := 0; recorder.Health().Readings < fed; waited++ {
			if health := recorder.Health(); waited > 10_000 || health.Dropped > 0 {
				return fmt.Errorf("after %d readings the recorder says %+v", fed, health)
			}
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

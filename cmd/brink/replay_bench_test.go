package main

import (
	"context"
	"sync"
	"testing"
	"time"

	"brink/alerts"
	"brink/cmd/internal/demo"
	"brink/collectors"
	"brink/collectors/record"
)

// BenchmarkReplayDay opens the dashboard over a recorded day, at its end and at three in
// the night of it: until the first page is there, and until the whole hour around the
// moment is.
func BenchmarkReplayDay(b *testing.B) {
	dir := b.TempDir()
	recordDay(b, dir)
	for name, before := range map[string]time.Duration{"end": 0, "night": 9 * time.Hour} {
		b.Run(name, func(b *testing.B) {
			var first time.Duration
			for b.Loop() {
				began := time.Now()
				reader, err := record.OpenReader(b.Context(), dir)
				if err != nil {
					b.Fatal(err)
				}
				p := newPlayer(reader, alerts.DefaultRules(), nil)
				if p.from, p.to, err = reader.Span(b.Context()); err != nil {
					b.Fatal(err)
				}
				p.at = p.to.Add(-before)
				first += playOnce(b, p, began)
				_ = reader.Close()
			}
			b.ReportMetric(float64(first)/float64(b.N), "first-page-ns/op")
		})
	}
}

// playOnce waits for the whole of a player's first stretch, and returns when its first
// page was there.
func playOnce(b *testing.B, p *player, began time.Time) (first time.Duration) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	go p.run(ctx)
	for page := range p.pages {
		if page.First {
			first = time.Since(began)
		}
		if page.Last {
			cancel()
		}
	}
	cancel()
	return first
}

// recordDay records the demo's ten minutes again and again, for a day.
func recordDay(b *testing.B, dir string) {
	b.Helper()
	tape, err := demo.Open()
	if err != nil {
		b.Fatal(err)
	}
	recorder, err := record.New(record.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	var writing sync.WaitGroup
	writing.Go(func() { recorder.Run(ctx) })
	begin, end := tape.Span()
	fed := uint64(0)
	for late := time.Duration(0); late < 24*time.Hour; late += end.Sub(begin) {
		for reading, err := range tape.Readings(ctx, begin, end) {
			if err != nil {
				b.Fatal(err)
			}
			recorder.Record(later(reading, late), nil)
			for fed++; recorder.Health().Readings+32 < fed; {
				time.Sleep(time.Millisecond)
			}
		}
	}
	cancel()
	writing.Wait()
	if health := recorder.Health(); health.Dropped > 0 {
		b.Fatalf("the recorder says %+v", health)
	}
}

// later is a reading at a later time.
func later(reading collectors.Reading, by time.Duration) collectors.Reading {
	reading.At = reading.At.Add(by)
	for i := range reading.Containers {
		c := &reading.Containers[i]
		c.FreshAt = c.FreshAt.Add(by)
		if cpu, ok := c.CPU.Get(); ok {
			cpu.At = cpu.At.Add(by)
			c.CPU = collectors.Some(cpu)
		}
		if io, ok := c.IO.Get(); ok {
			io.At = io.At.Add(by)
			c.IO = collectors.Some(io)
		}
		if network, ok := c.Network.Get(); ok {
			network.At = network.At.Add(by)
			c.Network = collectors.Some(network)
		}
	}
	return reading
}

package sources

import (
	"context"
	"errors"
	"time"

	"brink/collectors"
	"brink/collectors/dockerd"
)

// stream is the open stream of one container, with its last frame.
type stream struct {
	id     string
	cancel context.CancelFunc
	frame  collectors.Opt[dockerd.Frame]
	// err is why the stream gives nothing at the moment.
	err error
	// shown is the time of the frame that was shown last, by the engine's clock, and
	// since is the reading that first showed it. The two clocks need not agree.
	shown, since time.Time
}

// take keeps a frame. A container that does not run has none, which is no fault.
func (o *stream) take(frame dockerd.Frame, err error) {
	o.err = nil
	o.frame = collectors.Opt[dockerd.Frame]{}
	if !errors.Is(err, dockerd.ErrNoData) {
		o.frame = collectors.Some(frame)
	}
}

// counters puts the last frame into the vocabulary, unless it is too old.
func (o *stream) counters(who resident, at time.Time) collectors.ContainerCounters {
	c := collectors.ContainerCounters{Identity: collectors.Identity{Key: who.Key}}
	frame, ok := o.frame.Get()
	if !ok || o.age(frame, at) > frameAge {
		if o.err != nil {
			c.Missing = missingAll(frameGroups(), o.err.Error())
		}
		return c
	}
	if started, ok := who.StartedAt.Get(); ok {
		c.Incarnation = collectors.Incarnation(started.UnixNano())
	}
	c.Memory = collectors.Some(frameMemory(frame, who.limits))
	c.CPU = collectors.Some(frameCPU(frame, who.limits))
	c.Pids = collectors.Some(framePids(frame, who.limits))
	c.IO = frameIO(frame)
	c.Missing = []collectors.Missing{missing(collectors.GroupPressure, "the engine does not tell it")}
	if who.borrowedNetwork == "" {
		c.Network = frameNetwork(frame)
	} else {
		c.Missing = append(c.Missing, missing(collectors.GroupNetwork, borrowedWhy(who)))
	}
	return c
}

// age is how long ago a frame was first shown.
func (o *stream) age(frame dockerd.Frame, at time.Time) time.Duration {
	if !frame.Read.Equal(o.shown) {
		o.shown, o.since = frame.Read, at
	}
	return at.Sub(o.since)
}

package sources

import (
	"context"
	"errors"
	"sync"
	"time"

	"brink/collectors"
	"brink/collectors/dockerd"
)

// StatsAPI opens the engine's statistics of one container.
type StatsAPI interface {
	Stats(ctx context.Context, name string) (*dockerd.StatsStream, error)
}

// Stats reads the engine's statistics stream for the containers whose cgroup
// files are out of reach: on another host, in the virtual machine of Docker
// Desktop, or on cgroup v1. It stays closed for all others, because it is dear:
// for each frame the engine asks containerd to read some twenty files, and the two
// spend more CPU on it than `docker stats` itself shows.
type Stats struct {
	api    StatsAPI
	places *Places
	// always opens the stream for every container (--source docker).
	always bool

	mu      sync.Mutex
	streams map[string]*stream
}

// stream is the open stream of one container, with its last frame.
type stream struct {
	id     string
	cancel context.CancelFunc
	frame  collectors.Opt[dockerd.Frame]
	// taken is when the frame came, by this host's clock.
	taken time.Time
	err   error
}

const (
	// frameAge is how old a frame may be to be shown as present. The engine sends
	// one a second, Podman one in five.
	frameAge = 7 * time.Second
	// streamPause is the wait before a stream that broke is opened again.
	streamPause = 2 * time.Second
)

// NewStats returns the source that reads statistics streams.
func NewStats(api StatsAPI, places *Places, always bool) *Stats {
	return &Stats{api: api, places: places, always: always, streams: map[string]*stream{}}
}

// Name implements [collectors.Source].
func (s *Stats) Name() string { return "docker stats" }

// Run opens and closes streams as containers come and go, until ctx ends.
func (s *Stats) Run(ctx context.Context) {
	tick := time.NewTicker(streamPause / 4)
	defer tick.Stop()
	defer s.tend(ctx, nil)
	s.places.await(ctx)
	for {
		s.tend(ctx, s.wanted())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// wanted are the running containers that nothing else can read.
func (s *Stats) wanted() map[string]string {
	ids := map[string]string{}
	for _, who := range s.places.now() {
		if !who.bare && who.State.Alive() && (s.always || who.path == "") {
			ids[who.Key] = who.ID
		}
	}
	return ids
}

// tend closes the streams that are not wanted any more and opens the others.
func (s *Stats) tend(ctx context.Context, ids map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, open := range s.streams {
		if ids[key] != open.id {
			open.cancel()
			delete(s.streams, key)
		}
	}
	for key, id := range ids {
		if s.streams[key] == nil {
			ctx, cancel := context.WithCancel(ctx)
			opened := &stream{id: id, cancel: cancel}
			s.streams[key] = opened
			go s.read(ctx, opened)
		}
	}
}

// read keeps the last frame of a stream, and opens it again when it breaks.
func (s *Stats) read(ctx context.Context, into *stream) {
	for ctx.Err() == nil {
		err := s.frames(ctx, into)
		s.mu.Lock()
		into.err = err
		s.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(streamPause):
		}
	}
}

func (s *Stats) frames(ctx context.Context, into *stream) error {
	source, err := s.api.Stats(ctx, into.id)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	for {
		frame, err := source.Next()
		if err != nil && !errors.Is(err, dockerd.ErrNoData) {
			return err
		}
		s.mu.Lock()
		into.err = err
		into.frame = collectors.Opt[dockerd.Frame]{}
		if err == nil {
			into.frame = collectors.Some(frame)
		}
		s.mu.Unlock()
	}
}

// Collect implements [collectors.Source].
func (s *Stats) Collect(_ context.Context, at time.Time) (collectors.Part, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var part collectors.Part
	var faults []error
	for _, who := range s.places.now() {
		open := s.streams[who.Key]
		if open == nil {
			continue
		}
		part.Containers = append(part.Containers, open.counters(who.resident, at))
		if open.err != nil && !errors.Is(open.err, dockerd.ErrNoData) {
			faults = append(faults, open.err)
		}
	}
	return part, errors.Join(faults...)
}

// counters puts the last frame into the vocabulary, unless it is too old.
func (o *stream) counters(who resident, at time.Time) collectors.ContainerCounters {
	c := collectors.ContainerCounters{Identity: collectors.Identity{Key: who.Key}}
	frame, ok := o.frame.Get()
	if !ok || at.Sub(frame.Read) > frameAge {
		return c
	}
	if started, ok := who.StartedAt.Get(); ok {
		c.Incarnation = collectors.Incarnation(started.UnixNano())
	}
	c.Memory = collectors.Some(frameMemory(frame, who.limits))
	c.CPU = collectors.Some(frameCPU(frame, who.limits))
	c.Pids = collectors.Some(framePids(frame, who.limits))
	c.Network = frameNetwork(frame)
	c.IO = frameIO(frame)
	c.Missing = []collectors.Missing{{Group: collectors.GroupPressure, Why: "the engine does not tell it"}}
	return c
}

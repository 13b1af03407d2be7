package sources

import (
	"context"
	"errors"
	"maps"
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
	// pause is the wait before a stream that broke is opened again.
	pause time.Duration
	// due receives when other streams are wanted than are open.
	due     chan struct{}
	readers sync.WaitGroup

	mu sync.Mutex
	// wanted maps the names of the containers to be read to their ids.
	wanted  map[string]string
	streams map[string]*stream
}

const (
	// frameAge is how long a frame is shown as present. The engine sends one a
	// second, Podman one in five.
	frameAge = 7 * time.Second
	// streamPause is the usual pause: an engine that has just come back has more to do.
	streamPause = 2 * time.Second
)

// NewStats returns the source that reads statistics streams.
func NewStats(api StatsAPI, places *Places, always bool) *Stats {
	return &Stats{
		api: api, places: places, always: always, pause: streamPause,
		due: make(chan struct{}, 1), streams: map[string]*stream{},
	}
}

// Name implements [collectors.Source].
func (s *Stats) Name() string { return "docker stats" }

// Run opens and closes streams as the readings ask for them, until ctx ends. It
// returns when all of them are closed.
func (s *Stats) Run(ctx context.Context) {
	defer s.readers.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.due:
			s.tend(ctx)
		}
	}
}

// tend closes the streams that are not wanted any more and opens the others.
func (s *Stats) tend(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, open := range s.streams {
		if s.wanted[key] != open.id {
			open.cancel()
			delete(s.streams, key)
		}
	}
	for key, id := range s.wanted {
		if s.streams[key] == nil {
			ctx, cancel := context.WithCancel(ctx)
			opened := &stream{id: id, cancel: cancel}
			s.streams[key] = opened
			s.readers.Go(func() { s.read(ctx, opened) })
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
		case <-time.After(s.pause):
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
		into.take(frame, err)
		s.mu.Unlock()
	}
}

// Collect implements [collectors.Source]. Its error says that no stream works; of a
// single one the container's Missing tells.
func (s *Stats) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	s.places.await(ctx, at)
	residents := s.places.now(at)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want(residents)
	var part collectors.Part
	var faults []error
	for _, who := range residents {
		if open := s.streams[who.Key]; open != nil && open.id == s.wanted[who.Key] {
			part.Containers = append(part.Containers, open.counters(who.resident, at))
			faults = append(faults, open.err)
		}
	}
	return part, allFailed(faults)
}

// want asks for the streams of the running containers that nothing else can read.
func (s *Stats) want(residents []located) {
	wanted := map[string]string{}
	for _, who := range residents {
		if !who.bare && who.State.Alive() && (s.always || who.path == "") {
			wanted[who.Key] = who.ID
		}
	}
	if maps.Equal(wanted, s.wanted) {
		return
	}
	s.wanted = wanted
	select {
	case s.due <- struct{}{}:
	default:
	}
}

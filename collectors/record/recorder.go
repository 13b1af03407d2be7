package record

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"

	"brink/collectors"
)

// queueLength is how many readings wait at the most while the disk is slow: a minute
// at one a second.
const queueLength = 64

// Recorder writes readings and events. [Recorder.Record] may be called from one
// goroutine while [Recorder.Run] works on another and [Recorder.Health] is asked by
// any.
type Recorder struct {
	desk  desk
	queue chan item
	// over counts the readings for which the queue had no room.
	over atomic.Uint64
	// late are the events of those: they go with the next.
	late []collectors.Event

	mu     sync.Mutex
	health Health
}

// item is a reading to be written, with what was found in it.
type item struct {
	reading collectors.Reading
	news    []collectors.Event
}

// New checks the options and returns a recorder that has touched nothing yet: the
// file is opened when [Recorder.Run] gets the first reading.
func New(options Options) (*Recorder, error) {
	if err := options.complete(); err != nil {
		return nil, err
	}
	path := filepath.Join(options.Dir, fileName)
	health := Health{State: StateStarting, Path: path}
	return &Recorder{
		desk:  desk{options: options, path: path, health: health},
		queue: make(chan item, queueLength), health: health,
	}, nil
}

// Record hands over a reading and the events that the ledger found in it. It never
// waits: what finds no room is counted in [Health]; its events are not lost, they go
// with the next. Nothing of the reading may be changed afterwards.
func (r *Recorder) Record(reading collectors.Reading, news []collectors.Event) {
	if len(r.late) > 0 {
		news = append(r.late, news...)
	}
	select {
	case r.queue <- item{reading: reading, news: news}:
		r.late = nil
	default:
		r.over.Add(1)
		r.late = news
	}
}

// Run writes until ctx ends, and then what waits in the queue. It returns when the
// file is closed.
func (r *Recorder) Run(ctx context.Context) {
	// The end of ctx ends the waiting, not what is being written.
	writing := context.WithoutCancel(ctx)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case next := <-r.queue:
			r.take(writing, next)
		}
	}
	for range len(r.queue) {
		r.take(writing, <-r.queue)
	}
	r.desk.end(writing)
	r.publish()
}

func (r *Recorder) take(ctx context.Context, next item) {
	r.desk.take(ctx, next)
	r.publish()
}

func (r *Recorder) publish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.health = r.desk.health
}

// Health tells how the recording is doing.
func (r *Recorder) Health() Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	health := r.health
	health.Dropped += r.over.Load()
	return health
}

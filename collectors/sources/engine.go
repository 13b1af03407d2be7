package sources

import (
	"context"
	"errors"
	"sync"
	"time"

	"brink/collectors"
	"brink/collectors/dockerd"
)

// EngineAPI is what the engine source asks of an engine.
type EngineAPI interface {
	Events(ctx context.Context, since time.Time) <-chan dockerd.Update
	List(ctx context.Context) ([]dockerd.Container, error)
	Inspect(ctx context.Context, name string) (dockerd.Details, error)
	Info(ctx context.Context) (dockerd.Info, error)
}

// Engine finds the containers and tells what the engine reports of them. Run
// follows the engine's events on a goroutine of its own, so that a hanging
// engine holds up no reading; Collect hands over what is known.
type Engine struct {
	api    EngineAPI
	roster *Roster
	waker  *Waker
	now    func() time.Time

	mu      sync.Mutex
	pending []collectors.Notice
	host    collectors.HostCounters
	// listErr is why the containers are not known; eventErr why only their present
	// state is.
	listErr, eventErr error
	// stale says that the list has to be asked for again.
	stale bool
}

const (
	// historyLength is how far back the engine is asked for events at the start: it
	// keeps the last 256, and who opens brink at three in the morning wants them.
	historyLength = 24 * time.Hour
	// refreshEvery is how often the list is asked for although no event came: the
	// events may be refused by a socket proxy, or lost.
	refreshEvery = 5 * time.Second
)

// NewEngine returns the source that follows the engine.
func NewEngine(api EngineAPI, roster *Roster, waker *Waker, now func() time.Time) *Engine {
	return &Engine{api: api, roster: roster, waker: waker, now: now}
}

// Name implements [collectors.Source].
func (e *Engine) Name() string { return "engine" }

// Collect implements [collectors.Source].
func (e *Engine) Collect(ctx context.Context, _ time.Time) (collectors.Part, error) {
	select {
	case <-e.roster.Looked():
	case <-ctx.Done():
		return collectors.Part{}, errors.New("the engine has not answered yet")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	part := collectors.Part{Host: e.host, Waiting: e.roster.Waiting(), Notices: e.pending}
	e.pending = nil
	for _, who := range e.roster.residents() {
		if who.bare {
			continue
		}
		container := collectors.ContainerCounters{Identity: who.Identity}
		if e.eventErr != nil {
			container.Missing = []collectors.Missing{{Group: collectors.GroupState, Why: "events: " + e.eventErr.Error()}}
		}
		part.Containers = append(part.Containers, container)
	}
	return part, e.listErr
}

// Run follows the engine until ctx ends.
func (e *Engine) Run(ctx context.Context) {
	updates := e.api.Events(ctx, e.now().Add(-historyLength))
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case update, open := <-updates:
			if !open {
				return
			}
			e.take(ctx, update)
			if e.stale && len(updates) == 0 {
				e.refresh(ctx)
			}
		case <-tick.C:
			e.refresh(ctx)
		}
		e.waker.wake()
	}
}

// take handles one update. Events that ask for a new list only mark it stale, so
// that a burst of them (the history, a compose up) costs one list.
func (e *Engine) take(ctx context.Context, update dockerd.Update) {
	switch update.Kind {
	case dockerd.UpdateConnected:
		e.set(nil, nil)
		e.describe(ctx)
		e.refresh(ctx)
	case dockerd.UpdateLost:
		e.lost(ctx, update.Err)
	case dockerd.UpdateMissed:
		e.stale = true
	case dockerd.UpdateEvent:
		e.event(update.Event)
	}
}

// lost notes why there are no events. A proxy that refuses the events may still
// allow the list.
func (e *Engine) lost(ctx context.Context, err error) {
	if errors.Is(err, dockerd.ErrForbidden) {
		e.set(nil, err)
		e.refresh(ctx)
		return
	}
	e.set(err, nil)
	e.roster.lost(collectors.Clean(err.Error(), errorLength))
	e.roster.markLooked()
}

func (e *Engine) set(listErr, eventErr error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listErr, e.eventErr = listErr, eventErr
}

// describe asks what the engine runs on. A proxy may refuse it; then the host's
// own files have to do.
func (e *Engine) describe(ctx context.Context) {
	info, err := e.api.Info(ctx)
	if err != nil {
		return
	}
	host := collectors.HostCounters{
		Name:   collectors.Clean(info.Name, nameLength),
		Kernel: collectors.Clean(info.Kernel, nameLength),
		Engine: "Docker " + collectors.Clean(info.ServerVersion, nameLength),
	}
	if cpus, ok := info.CPUs.Get(); ok {
		host.CPUs = collectors.Some(cpus)
	}
	if total, ok := info.MemoryTotal.Get(); ok {
		host.MemoryTotal = collectors.Some(collectors.Bytes(total))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.host = host
}

// refresh asks who is there, and inspects who answers to a target.
func (e *Engine) refresh(ctx context.Context) {
	e.stale = false
	defer e.roster.markLooked()
	list, err := e.api.List(ctx)
	if err != nil {
		e.listFailed(ctx, err)
		return
	}
	e.mu.Lock()
	e.listErr = nil
	e.mu.Unlock()
	for _, id := range e.roster.resolve(candidates(list), e.now()) {
		e.inspect(ctx, id)
	}
}

func (e *Engine) listFailed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	e.listErr = err
	e.mu.Unlock()
	e.roster.lost(collectors.Clean(err.Error(), errorLength))
}

// inspect asks for one container. One that is gone meanwhile will be missing in
// the next list; what was known of the others stays.
func (e *Engine) inspect(ctx context.Context, id string) {
	details, err := e.api.Inspect(ctx, id)
	if errors.Is(err, dockerd.ErrNotFound) {
		e.stale = true
		return
	}
	if err != nil {
		e.listFailed(ctx, err)
		return
	}
	e.roster.meet(residentOf(details))
}

// event keeps what happened to a followed container as a notice.
func (e *Engine) event(event dockerd.Event) {
	e.stale = true
	key, ok := e.roster.keyOf(event.ID, collectors.Clean(event.Name, nameLength))
	kind, known := noticeKind(event.Action)
	if !ok || !known {
		return
	}
	notice := collectors.Notice{At: event.At, Kind: kind, Key: key, ID: event.ID, Health: health(event.Health)}
	if code, ok := event.ExitCode.Get(); ok {
		notice.ExitCode = collectors.Some(code)
	}
	if signal, ok := event.Signal.Get(); ok {
		notice.Signal = collectors.Some(signal)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending = append(e.pending, notice)
}

// errorLength bounds the engine's error texts: they may quote a proxy's page.
const errorLength = 300

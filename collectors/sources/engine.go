package sources

import (
	"context"
	"errors"
	"maps"
	"slices"
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
//
// What the events tell is handed over together with the list that was asked for
// because of it: a reading in which a container's start is told, but the container is
// still the one before, would look like two re-creations. The other way round, the
// list may be ahead of the events.
type Engine struct {
	api    EngineAPI
	roster *Roster
	waker  *Waker
	now    func() time.Time

	// Run's goroutine alone uses what follows up to mu.

	// stale says that the list has to be asked for again; looked, that it was, and
	// soon, that it was not the whole truth. hears says that there were events once.
	stale, looked, soon, hears bool
	// met are the containers that were inspected last, by id.
	met map[string]meeting
	// turn goes round the containers that are inspected although nothing seems to
	// have changed.
	turn int
	// news are notices that wait for the list that fits them.
	news []collectors.Notice
	// describing is the question about the host that is under way.
	describing sync.WaitGroup

	// mu guards what Collect hands over. It is taken before the roster's lock.
	mu      sync.Mutex
	pending []collectors.Notice
	host    collectors.HostCounters
	// listErr is why the containers are not known; eventErr why only their present
	// state is.
	listErr, eventErr error
}

const (
	// historyLength is how far back the engine is asked for events at the start: it
	// keeps the last 256, and who opens brink at three in the morning wants them.
	historyLength = 24 * time.Hour
	// refreshEvery is how often the list is asked for while not all is well: a socket
	// proxy may refuse the events, or the list has not shown what they told.
	// refreshSeldom is how often it is while all is, since an event may be lost and an
	// engine may hang; a list costs the engine more than brink.
	refreshEvery  = 5 * time.Second
	refreshSeldom = 10 * time.Second
	// refreshSoon is when the list is asked for again if a container could not be
	// inspected; and the first time, if the engine has not begun to send events: a
	// proxy may hold the headers back until there is one.
	refreshSoon = time.Second
	// inspectPatience is how long one container may hold up the events. The engine
	// does not tell of a container while it starts it, which takes it a second on a
	// busy host.
	inspectPatience = 2 * time.Second
	// describePatience is how long the description of the host may take. The engine
	// asks all its plugins for it.
	describePatience = 5 * time.Second
	// noticesMost bounds the notices that nobody has taken; the oldest go first.
	noticesMost = 2048
)

// NewEngine returns the source that follows the engine.
func NewEngine(api EngineAPI, roster *Roster, waker *Waker, now func() time.Time) *Engine {
	return &Engine{api: api, roster: roster, waker: waker, now: now, met: map[string]meeting{}}
}

// Name implements [collectors.Source].
func (e *Engine) Name() string { return "engine" }

// Collect implements [collectors.Source]. It waits for the engine only until the
// first answer, be it that there is none, and never past the deadline.
func (e *Engine) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	if !e.roster.await(ctx, at) {
		return collectors.Part{Waiting: e.roster.Waiting()}, errors.New("the engine has not answered yet")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	part := collectors.Part{Host: e.host, Waiting: e.roster.Waiting(), Notices: e.pending}
	e.pending = nil
	residents, _ := e.roster.residents()
	for _, who := range residents {
		if who.bare {
			continue
		}
		container := collectors.ContainerCounters{Identity: who.Identity}
		if e.eventErr != nil {
			container.Missing = []collectors.Missing{missing(collectors.GroupState, "events: "+e.eventErr.Error())}
		}
		part.Containers = append(part.Containers, container)
	}
	return part, e.listErr
}

// Run follows the engine until ctx ends.
func (e *Engine) Run(ctx context.Context) {
	defer e.describing.Wait()
	updates := e.api.Events(ctx, e.now().Add(-historyLength))
	again := time.NewTimer(refreshSoon)
	defer again.Stop()
	for {
		select {
		case update, open := <-updates:
			if !open {
				return
			}
			e.take(ctx, update)
			if len(updates) == 0 {
				// A burst (the history, a compose up) costs one list.
				e.catchUp(ctx)
			}
		case <-again.C:
			e.refresh(ctx)
		case <-e.roster.asked:
			e.refresh(ctx)
			e.waker.Wake()
		}
		if e.looked {
			e.looked = false
			again.Reset(e.pause())
		}
	}
}

// pause is when the list is asked for again although no event comes.
func (e *Engine) pause() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.soon:
		return refreshSoon
	case e.hears && e.eventErr == nil && e.listErr == nil && len(e.news) == 0:
		return refreshSeldom
	default:
		return refreshEvery
	}
}

func (e *Engine) take(ctx context.Context, update dockerd.Update) {
	switch update.Kind {
	case dockerd.UpdateConnected:
		e.setEventErr(nil)
		e.hears = true
		e.refresh(ctx)
		e.describing.Go(func() { e.describe(ctx) })
	case dockerd.UpdateLost:
		e.lost(ctx, update.Err)
	case dockerd.UpdateMissed:
		e.stale = true
		e.doubt(slices.Collect(maps.Keys(e.met))...)
	case dockerd.UpdateEvent:
		e.event(update.Event)
	}
}

// lost notes that there are no events, and asks whether the list can be had all the
// same: a proxy that refuses the events may allow it. Otherwise an engine that hangs
// must not hold up the first reading any longer.
func (e *Engine) lost(ctx context.Context, err error) {
	e.setEventErr(err)
	if !errors.Is(err, dockerd.ErrForbidden) {
		e.fail(ctx, err)
	}
	e.refresh(ctx)
}

func (e *Engine) setEventErr(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.eventErr = err
}

// describe asks what the engine runs on. A proxy may refuse it; then the host's
// own files have to do.
func (e *Engine) describe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, describePatience)
	defer cancel()
	info, err := e.api.Info(ctx)
	if err != nil {
		return
	}
	host := hostOf(info)
	e.mu.Lock()
	changed := e.host != host
	e.host = host
	e.mu.Unlock()
	if changed {
		e.waker.Wake()
	}
}

// event keeps what happened to a followed container as a notice. Of the others it
// matters only while somebody is looked for whom they might be.
func (e *Engine) event(event dockerd.Event) {
	who := Candidate{ID: event.ID, Name: collectors.Clean(event.Name, nameLength), Image: event.Image, Service: event.Service}
	key, ours := e.roster.keyOf(who.ID, who.Name)
	if changesState(event.Action) && (ours || event.Action == dockerd.ActionRename || e.roster.looksFor(who)) {
		e.stale = true
		e.doubt(who.ID)
	}
	if kind, known := noticeKind(event.Action); ours && known {
		e.news = append(e.news, noticeOf(event, key, kind))
		e.news = lastOf(e.news, noticesMost)
	}
}

// lastOf returns the last items of a list, at most so many.
func lastOf[T any](list []T, most int) []T { return list[max(0, len(list)-most):] }

// errorLength bounds the engine's error texts: they may quote a proxy's page.
const errorLength = 300

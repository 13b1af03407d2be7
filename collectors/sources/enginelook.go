package sources

import (
	"context"
	"errors"
	"slices"

	"brink/collectors"
	"brink/collectors/dockerd"
)

// meeting is a container as inspect told of it, and its line in the list at that
// time: while the line stays the same, inspect would tell the same.
type meeting struct {
	line string
	who  resident
}

// doubt lets containers be inspected again, whatever the list says of them.
func (e *Engine) doubt(ids ...string) {
	for _, id := range ids {
		if known, ok := e.met[id]; ok {
			known.line = ""
			e.met[id] = known
		}
	}
}

// catchUp does what the events so far ask for.
func (e *Engine) catchUp(ctx context.Context) {
	switch {
	case e.stale:
		e.refresh(ctx)
	case len(e.news) > 0:
		e.mu.Lock()
		e.publish(true)
		e.mu.Unlock()
		e.waker.Wake()
	}
}

// refresh asks who is there, and inspects who answers to a target.
func (e *Engine) refresh(ctx context.Context) {
	e.stale, e.looked, e.soon = false, true, false
	list, err := e.api.List(ctx)
	if err != nil {
		e.fail(ctx, err)
		return
	}
	findings := e.roster.look(candidates(list))
	err = e.inspect(ctx, findings, lines(list))
	if ctx.Err() == nil {
		e.settle(findings, err)
	}
}

// lines are what the list says of each container: the state in a word, and in the
// words of docker ps, as "Up 3 hours (healthy)", where a restart shows.
func lines(list []dockerd.Container) map[string]string {
	all := make(map[string]string, len(list))
	for _, container := range list {
		all[container.ID] = string(container.State) + " " + container.Summary
	}
	return all
}

// inspect asks for those that were found, as far as their lines have changed; and
// for one of the others in turn, because limits do not show in the list. What is
// known of the others stays, as it does when inspect fails. An engine that hangs is
// asked for one container only, and the next time for the others first.
func (e *Engine) inspect(ctx context.Context, findings []finding, lines map[string]string) (fault error) {
	met := make(map[string]meeting, len(e.met))
	e.turn++
	for i := range findings {
		found := findings[(e.turn+i)%len(findings)]
		if _, done := met[found.ID]; done || !found.ok {
			continue
		}
		known, ok := e.met[found.ID]
		if due := i == 0 || known.line != lines[found.ID]; due && !errors.Is(fault, dockerd.ErrTimeout) {
			who, err := e.ask(ctx, found.ID)
			if err == nil {
				known, ok = meeting{line: lines[found.ID], who: who}, true
			} else if !errors.Is(err, dockerd.ErrNotFound) {
				fault = err
			}
		}
		if ok {
			met[found.ID] = known
		}
	}
	e.met = met
	return fault
}

// ask inspects one container. When that fails, the list is asked for again soon: a
// container that is gone since the list was made will be missing there.
func (e *Engine) ask(ctx context.Context, id string) (resident, error) {
	ctx, cancel := context.WithTimeout(ctx, inspectPatience)
	defer cancel()
	details, err := e.api.Inspect(ctx, id)
	if err != nil {
		e.soon = true
		return resident{}, err
	}
	return residentOf(details), nil
}

// settle tells the roster what was found, and hands over the news that fit it.
func (e *Engine) settle(findings []finding, fault error) {
	known := make(map[string]resident, len(e.met))
	for id, meeting := range e.met {
		known[id] = meeting.who
	}
	e.mu.Lock()
	changed := e.roster.settle(findings, known, fault, e.now())
	changed = changed || len(e.news) > 0 || (e.listErr == nil) != (fault == nil)
	e.listErr = fault
	e.publish(fault == nil)
	e.mu.Unlock()
	e.roster.markLooked()
	if changed {
		e.waker.Wake()
	}
}

// fail notes why the containers cannot be told. What is known of them stays.
func (e *Engine) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	changed := e.listErr == nil || e.listErr.Error() != err.Error() || len(e.news) > 0
	e.listErr = err
	e.publish(false)
	e.mu.Unlock()
	e.roster.lost(collectors.Clean(err.Error(), errorLength), outOfReach(err))
	e.roster.markLooked()
	if changed {
		e.waker.Wake()
	}
}

// outOfReach reports whether an engine of this host cannot be talked to at all, so
// that the cgroups of its containers are the way to watch them.
func outOfReach(err error) bool {
	detail, ok := errors.AsType[*dockerd.Error](err)
	return ok && detail.Endpoint.Local() && (errors.Is(err, dockerd.ErrPermission) || errors.Is(err, dockerd.ErrUnreachable))
}

// publish hands over the news. Before the list has shown a container, nothing that
// happened to it is told.
func (e *Engine) publish(upToDate bool) {
	ready := len(e.news)
	if ahead := slices.IndexFunc(e.news, e.ahead); !upToDate && ahead >= 0 {
		ready = ahead
	}
	for i := range e.news[:ready] {
		e.unmask(&e.news[i])
	}
	e.pending = lastOf(append(e.pending, e.news[:ready]...), noticesMost)
	e.news = slices.Clone(e.news[ready:])
}

// unmask takes out of a notice what a label of the container told and not the
// engine: it is not known then.
func (e *Engine) unmask(notice *collectors.Notice) {
	masked := e.met[notice.ID].who.masked
	if masked.ExitCode {
		notice.ExitCode = collectors.Opt[int]{}
	}
	if masked.Signal {
		notice.Signal = collectors.Opt[int]{}
	}
}

func (e *Engine) ahead(notice collectors.Notice) bool {
	_, known := e.met[notice.ID]
	return !known
}

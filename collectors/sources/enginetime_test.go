package sources

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/dockerd"
)

// script is an engine that does what a test says, on the test's own clock.
type script struct {
	updates chan dockerd.Update

	mu sync.Mutex
	// list, inspect and info answer; nil never does.
	list    func() ([]dockerd.Container, error)
	inspect func(id string) (dockerd.Details, error)
	info    func() (dockerd.Info, error)
	// lists counts how often the list was asked for.
	lists int
}

func (s *script) Events(ctx context.Context, _ time.Time) <-chan dockerd.Update {
	out := make(chan dockerd.Update)
	go func() {
		defer close(out)
		for {
			select {
			case update := <-s.updates:
				select {
				case out <- update:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (s *script) List(ctx context.Context) ([]dockerd.Container, error) {
	s.mu.Lock()
	s.lists++
	list := s.list
	s.mu.Unlock()
	if list == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return list()
}

func (s *script) Inspect(ctx context.Context, id string) (dockerd.Details, error) {
	s.mu.Lock()
	inspect := s.inspect
	s.mu.Unlock()
	if inspect == nil {
		<-ctx.Done()
		return dockerd.Details{}, ctx.Err()
	}
	return inspect(id)
}

func (s *script) Info(ctx context.Context) (dockerd.Info, error) {
	if s.info == nil {
		<-ctx.Done()
		return dockerd.Info{}, ctx.Err()
	}
	return s.info()
}

// agentAt answers with one running container called agent.
func agentAt(s *script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = func() ([]dockerd.Container, error) {
		return []dockerd.Container{{ID: idA, Name: "agent", State: dockerd.StatusRunning, Summary: "Up 3 hours"}}, nil
	}
	s.inspect = func(id string) (dockerd.Details, error) {
		return dockerd.Details{ID: id, Name: "agent", State: dockerd.State{Status: dockerd.StatusRunning, PID: dockerd.Some(mainPID)}}, nil
	}
}

// runScript runs a source on a script in a bubble, and ends it there.
func runScript(t *testing.T, s *script, texts []string, during func(*testing.T, *Engine)) {
	synctest.Test(t, func(t *testing.T) {
		s.updates = make(chan dockerd.Update)
		source := NewEngine(s, NewRoster(targets(t, texts...), time.Now()), NewWaker(), time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); source.Run(ctx) }()
		during(t, source)
		cancel()
		<-done
	})
}

// ask is one reading with the sampler's deadline, and how long it took.
func ask(t *testing.T, e *Engine) (collectors.Part, time.Duration, error) {
	t.Helper()
	at := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
	defer cancel()
	part, err := e.Collect(ctx, at)
	return part, time.Since(at), err
}

// TestEngineHangsAtStart: a reading ends in time, and says who is waited for.
func TestEngineHangsAtStart(t *testing.T) {
	runScript(t, &script{}, []string{"agent"}, func(t *testing.T, e *Engine) {
		part, took, err := ask(t, e)
		if took >= 800*time.Millisecond || err == nil || !strings.Contains(err.Error(), "has not answered yet") {
			t.Errorf("%v after %v", err, took)
		}
		if len(part.Waiting) != 1 || part.Waiting[0].Why != "the engine has not answered yet" {
			t.Errorf("%+v", part.Waiting)
		}
	})
}

// TestCgroupBesideHangingEngine: a cgroup that needs no engine is read at once.
func TestCgroupBesideHangingEngine(t *testing.T) {
	root := tree(t, "hosts/load")
	synctest.Test(t, func(t *testing.T) {
		s := standOn(t, root, cgroupfs.Options{}, "cgroup:"+scope)
		roster := NewRoster(targets(t, "agent", "cgroup:"+scope), noon)
		s.places = placesIn(root, roster)
		at := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
		defer cancel()
		part, err := s.Collect(ctx, at)
		if err != nil || len(part.Containers) != 1 || !part.Containers[0].Memory.Present() || time.Since(at) > 0 {
			t.Errorf("%v, %d containers after %v", err, len(part.Containers), time.Since(at))
		}
		// Nobody to be read: then it waits, but not past the end.
		s.places = placesIn(root, NewRoster(targets(t, "agent"), noon))
		if part, err = s.Collect(ctx, at); err != nil || len(part.Containers) != 0 || ctx.Err() != nil {
			t.Errorf("%v, %d containers, %v", err, len(part.Containers), ctx.Err())
		}
	})
}

// TestEngineFirstLook: the list is asked for although the events do not begin.
func TestEngineFirstLook(t *testing.T) {
	s := &script{}
	agentAt(s)
	runScript(t, s, []string{"agent"}, func(t *testing.T, e *Engine) {
		time.Sleep(refreshSoon + time.Millisecond)
		synctest.Wait()
		if part, took, err := ask(t, e); err != nil || len(part.Containers) != 1 || took > 0 {
			t.Errorf("%v, %d containers after %v", err, len(part.Containers), took)
		}
	})
}

// TestEngineAsksAgain: the list is asked for every few seconds whatever comes, and
// not more often when nothing does. A list that says the same wakes nobody.
func TestEngineAsksAgain(t *testing.T) {
	s := &script{}
	agentAt(s)
	s.info = func() (dockerd.Info, error) { return dockerd.Info{Name: "host"}, nil }
	runScript(t, s, []string{"agent"}, func(t *testing.T, e *Engine) {
		s.updates <- dockerd.Update{Kind: dockerd.UpdateConnected}
		synctest.Wait()
		if !woken(e.waker, 0) {
			t.Error("the first list is no news")
		}
		time.Sleep(4*refreshSeldom + time.Second)
		synctest.Wait()
		if s.lists != 5 {
			t.Errorf("%d lists in 41 s", s.lists)
		}
		if woken(e.waker, 0) {
			t.Error("the same again is news")
		}
		for range 8 {
			s.updates <- dockerd.Update{Kind: dockerd.UpdateEvent, Event: dockerd.Event{ID: idB, Name: "other", Action: dockerd.ActionDie}}
		}
		synctest.Wait()
		if s.lists != 5 || woken(e.waker, 0) {
			t.Errorf("strangers: %d lists", s.lists)
		}
		if part, _, err := ask(t, e); err != nil || part.Host.Name != "host" {
			t.Errorf("%v, %+v", err, part.Host)
		}
	})
}

// TestEngineHangsLater: a reading waits for nothing once the engine has answered, and
// tells what the events told although the list does not come.
func TestEngineHangsLater(t *testing.T) {
	s := &script{}
	agentAt(s)
	runScript(t, s, []string{"agent"}, func(t *testing.T, e *Engine) {
		s.updates <- dockerd.Update{Kind: dockerd.UpdateConnected}
		time.Sleep(describePatience)
		synctest.Wait()
		answer := make(chan struct{})
		s.mu.Lock()
		s.list = func() ([]dockerd.Container, error) {
			<-answer
			return nil, &dockerd.Error{Kind: dockerd.ErrTimeout}
		}
		s.mu.Unlock()
		s.updates <- dockerd.Update{Kind: dockerd.UpdateEvent, Event: dockerd.Event{ID: idA, Name: "agent", Action: dockerd.ActionDie}}
		synctest.Wait()
		if part, took, err := ask(t, e); err != nil || len(part.Containers) != 1 || took > 0 {
			t.Errorf("%v, %d containers after %v", err, len(part.Containers), took)
		}
		close(answer)
		synctest.Wait()
		part, _, err := ask(t, e)
		if err == nil || len(part.Notices) != 1 || part.Notices[0].Kind != collectors.NoticeDie {
			t.Errorf("%v, %+v", err, part.Notices)
		}
		// The start of a container that the list has not shown waits for the list.
		s.updates <- dockerd.Update{Kind: dockerd.UpdateEvent, Event: dockerd.Event{ID: idB, Name: "agent", Action: dockerd.ActionStart}}
		synctest.Wait()
		if part, _, _ = ask(t, e); len(part.Notices) != 0 {
			t.Errorf("%+v", part.Notices)
		}
		agentAt(s)
		time.Sleep(refreshEvery)
		synctest.Wait()
		if part, _, err = ask(t, e); err != nil || len(part.Notices) != 1 {
			t.Errorf("%v, %+v", err, part.Notices)
		}
	})
}

// TestEngineInspectHangs: the engine holds a container locked while it starts it. It
// is asked again soon, and the others are not held up by it for long.
func TestEngineInspectHangs(t *testing.T) {
	var asked []string
	locked := true
	s := &script{list: func() ([]dockerd.Container, error) {
		return []dockerd.Container{{ID: idA, Name: "a"}, {ID: idB, Name: "b"}, {ID: idC, Name: "c"}}, nil
	}}
	s.inspect = func(id string) (dockerd.Details, error) {
		s.mu.Lock()
		asked = append(asked, id[:1])
		hangs := id == idB && locked
		s.mu.Unlock()
		if hangs {
			time.Sleep(inspectPatience)
			return dockerd.Details{}, &dockerd.Error{Kind: dockerd.ErrTimeout}
		}
		return dockerd.Details{ID: id, Name: map[string]string{idA: "a", idB: "b", idC: "c"}[id], State: dockerd.State{Status: dockerd.StatusRunning}}, nil
	}
	runScript(t, s, []string{"a", "b", "c"}, func(t *testing.T, e *Engine) {
		s.updates <- dockerd.Update{Kind: dockerd.UpdateConnected}
		time.Sleep(2*(inspectPatience+refreshSoon) - time.Millisecond)
		synctest.Wait()
		part, _, err := ask(t, e)
		if err == nil || len(part.Containers) != 2 || len(part.Waiting) != 1 || part.Waiting[0].Why != err.Error() {
			t.Errorf("%v, %d containers, %+v", err, len(part.Containers), part.Waiting)
		}
		s.mu.Lock()
		if got := strings.Join(asked, ""); got != "bcfb" {
			t.Errorf("asked for %q", got)
		}
		locked = false
		s.mu.Unlock()
		time.Sleep(refreshSoon + inspectPatience)
		synctest.Wait()
		if part, _, err = ask(t, e); err != nil || len(part.Containers) != 3 || len(part.Waiting) != 0 {
			t.Errorf("%v, %d containers, %+v", err, len(part.Containers), part.Waiting)
		}
	})
}

// TestEngineOutOfReach: who may not talk to the engine of this host is offered the
// cgroups of its containers, and nobody else is.
func TestEngineOutOfReach(t *testing.T) {
	local := dockerd.Endpoint{Host: "unix:///var/run/docker.sock"}
	for _, tt := range []struct {
		name  string
		err   error
		offer bool
	}{
		{"no permission", &dockerd.Error{Kind: dockerd.ErrPermission, Endpoint: local, Hint: "members of group docker may open it"}, true},
		{"not running", &dockerd.Error{Kind: dockerd.ErrUnreachable, Endpoint: local}, true},
		{"refused", &dockerd.Error{Kind: dockerd.ErrForbidden, Endpoint: local}, false},
		{"hangs", &dockerd.Error{Kind: dockerd.ErrTimeout, Endpoint: local}, false},
		{"another host", &dockerd.Error{Kind: dockerd.ErrUnreachable, Endpoint: dockerd.Endpoint{Host: "tcp://other:2376"}}, false},
		{"something else", context.DeadlineExceeded, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := tree(t, "hosts/load")
			s := &script{list: func() ([]dockerd.Container, error) { return nil, tt.err }}
			runScript(t, s, nil, func(t *testing.T, e *Engine) {
				placesIn(root, e.roster)
				s.updates <- dockerd.Update{Kind: dockerd.UpdateLost, Err: tt.err}
				synctest.Wait()
				part, _, err := ask(t, e)
				if err == nil || len(part.Waiting) != 1 || part.Waiting[0].Why != err.Error() {
					t.Fatalf("%v, %+v", err, part.Waiting)
				}
				choices := part.Waiting[0].Choices
				if (len(choices) == 1) != tt.offer || tt.offer && choices[0] != "cgroup:"+scope {
					t.Fatalf("choices %q", choices)
				}
				if !tt.offer {
					return
				}
				e.roster.Choose(choices[0])
				synctest.Wait()
				if part, _, _ = ask(t, e); len(part.Waiting) != 0 || !woken(e.waker, 0) {
					t.Errorf("chosen, and still waiting: %+v", part.Waiting)
				}
			})
		})
	}
}

// TestEngineChoose: a choice is looked for at once.
func TestEngineChoose(t *testing.T) {
	s := &script{}
	agentAt(s)
	s.list = func() ([]dockerd.Container, error) {
		return []dockerd.Container{{ID: idA, Name: "agent", State: dockerd.StatusRunning}, {ID: idB, Name: "b", State: dockerd.StatusRunning}}, nil
	}
	runScript(t, s, nil, func(t *testing.T, e *Engine) {
		s.updates <- dockerd.Update{Kind: dockerd.UpdateConnected}
		time.Sleep(describePatience)
		synctest.Wait()
		e.roster.Choose("agent")
		synctest.Wait()
		if part, _, err := ask(t, e); err != nil || len(part.Containers) != 1 {
			t.Errorf("%v, %+v", err, part.Waiting)
		}
	})
}

// TestEngineNoticesBounded: what nobody takes is not kept for ever; the newest are.
func TestEngineNoticesBounded(t *testing.T) {
	e := NewEngine(&script{}, NewRoster(targets(t, "agent"), noon), NewWaker(), time.Now)
	for n := range 3 * noticesMost {
		e.event(dockerd.Event{ID: idA, Name: "agent", Action: dockerd.ActionKill, At: after(time.Duration(n))})
		if n%2 == 0 {
			e.publish(true)
		}
	}
	e.publish(true)
	if len(e.pending) != noticesMost || len(e.news) != 0 || !e.pending[noticesMost-1].At.Equal(after(3*noticesMost-1)) {
		t.Errorf("%d pending, %d news", len(e.pending), len(e.news))
	}
}

package dockerd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/events"

	"brink/collectors/dockerd/dockerdtest"
)

// expect takes the next update, which has to be of the kind.
func expect(t testing.TB, updates <-chan Update, kind UpdateKind) Update {
	t.Helper()
	update := next(t, updates)
	if update.Kind != kind {
		t.Fatalf("%+v, want kind %d", update, kind)
	}
	return update
}

func next(t testing.TB, updates <-chan Update) Update {
	t.Helper()
	select {
	case update, open := <-updates:
		if !open {
			t.Fatal("the channel is closed")
		}
		return update
	case <-time.After(5 * time.Second):
		t.Fatal("no update")
	}
	return Update{}
}

// skipTo takes updates up to the next of the kind.
func skipTo(t testing.TB, updates <-chan Update, kind UpdateKind) Update {
	t.Helper()
	for {
		if update := next(t, updates); update.Kind == kind {
			return update
		}
	}
}

// story is what the follower tells up to the event that ends it, a line each.
func story(t testing.TB, updates <-chan Update, last Action) []string {
	t.Helper()
	var lines []string
	for {
		update := next(t, updates)
		switch update.Kind {
		case UpdateEvent:
			lines = append(lines, update.Event.Name+" "+string(update.Event.Action))
			if update.Event.Action == last {
				return lines
			}
		case UpdateConnected:
			lines = append(lines, "connected")
		case UpdateMissed:
			lines = append(lines, fmt.Sprintf("missed %d", update.Missed))
		case UpdateLost:
			lines = append(lines, "lost: "+kindOf(update.Err))
		}
	}
}

func kindOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind.Error()
	}
	return fmt.Sprint(err)
}

// follow begins to follow; the engine listens when it returns.
func follow(t testing.TB, engine *dockerdtest.Engine, since time.Time) <-chan Update {
	t.Helper()
	updates := connect(t, engine.Host()).Events(soon(t), since)
	expect(t, updates, UpdateConnected)
	return updates
}

func compare(t testing.TB, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEventsOfALife(t *testing.T) {
	engine := dockerdtest.New(t)
	updates := follow(t, engine, time.Time{})
	id := engine.Run(hardened())
	engine.SetHealth(id, "healthy", "ok")
	engine.Pause(id)
	engine.Unpause(id)
	engine.OOM(id)
	engine.Die(id, 137)
	engine.RestartByPolicy(id)
	engine.Restart(id)
	engine.Rename(id, "x2")
	engine.SetLimits(id, 1, 1, 1, 1)
	engine.StopTimeout(id)
	engine.Remove(id)
	var want []string
	for action := range strings.FieldsSeq("create start health_status pause unpause oom die start kill die stop start restart") {
		want = append(want, "openclaw-agent "+action)
	}
	want = append(want, "x2 rename", "x2 update", "x2 kill", "x2 kill", "x2 die", "x2 stop", "x2 destroy")
	compare(t, want, story(t, updates, ActionDestroy))
	query := engine.Requests()[1].Query
	if !strings.Contains(query, "health_status") || strings.Contains(query, "exec") || strings.Contains(query, "since") {
		t.Errorf("asked with %s", query)
	}
}

// The connection breaks, things happen, it comes back: all of it is told, once
// and in order.
func TestNothingIsLostInAnOutageOfTheConnection(t *testing.T) {
	for _, fault := range []dockerdtest.Fault{dockerdtest.EOF(), dockerdtest.Half()} {
		engine := dockerdtest.New(t)
		updates := follow(t, engine, time.Time{})
		id := engine.Run(hardened())
		engine.Pause(id)
		got := story(t, updates, ActionPause)
		engine.Fail("/events", dockerdtest.InternalError("restarting"))
		engine.Cut(fault)
		skipTo(t, updates, UpdateLost)
		engine.Unpause(id)
		engine.OOM(id)
		engine.Die(id, 137)
		skipTo(t, updates, UpdateLost)
		engine.Heal("/events")
		got = append(got, story(t, updates, ActionDie)...)
		engine.Remove(id)
		got = append(got, story(t, updates, ActionDestroy)...)
		compare(t, []string{
			"openclaw-agent create", "openclaw-agent start", "openclaw-agent pause", "connected",
			"openclaw-agent unpause", "openclaw-agent oom", "openclaw-agent die", "openclaw-agent destroy",
		}, got)
	}
}

// Nothing had happened before the outage: the engine's own clock says from when
// on the events are wanted.
func TestAnOutageBeforeTheFirstEvent(t *testing.T) {
	engine := dockerdtest.New(t)
	updates := follow(t, engine, time.Time{})
	engine.Fail("/events", dockerdtest.InternalError("restarting"))
	engine.Cut(dockerdtest.EOF())
	skipTo(t, updates, UpdateLost)
	id := engine.Run(hardened())
	engine.Heal("/events")
	skipTo(t, updates, UpdateConnected)
	engine.Die(id, 1)
	compare(t, []string{"openclaw-agent create", "openclaw-agent start", "openclaw-agent die"}, story(t, updates, ActionDie))
}

// The engine stamps an event before it puts it in order. One that comes late
// with an older time is still told, and what was told is not told again.
func TestEventsOutOfOrderAcrossAnOutage(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	engine := dockerdtest.New(t)
	event := func(action string, at time.Time) {
		engine.EmitRaw(fmt.Sprintf(`{"Type":"container","Action":%q,"Actor":{"ID":"a","Attributes":{"name":"a"}},"timeNano":%d}`, action, at.UnixNano()))
	}
	updates := follow(t, engine, time.Time{})
	event("create", now)
	event("start", now.Add(5*time.Minute))
	got := story(t, updates, ActionStart)
	engine.Fail("/events", dockerdtest.InternalError("restarting"))
	engine.Cut(dockerdtest.EOF())
	skipTo(t, updates, UpdateLost)
	event("oom", now.Add(5*time.Minute-time.Millisecond))
	event("die", now.Add(5*time.Minute+time.Millisecond))
	engine.Heal("/events")
	skipTo(t, updates, UpdateConnected)
	got = append(got, story(t, updates, ActionDie)...)
	compare(t, []string{"a create", "a start", "a oom", "a die"}, got)
}

func TestAnEngineThatRestartsIsToldAsSuch(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Add(hardened())
	updates := follow(t, engine, time.Time{})
	engine.Start(id)
	story(t, updates, ActionStart)
	engine.Down()
	if err := skipTo(t, updates, UpdateLost).Err; !errors.Is(err, ErrBroken) {
		t.Errorf("first: %v", err)
	}
	// Whatever comes between, in the end nobody listens.
	for !errors.Is(skipTo(t, updates, UpdateLost).Err, ErrUnreachable) {
	}
	engine.Die(id, 137)
	engine.Down()
	engine.Up(t)
	skipTo(t, updates, UpdateConnected)
	engine.Start(id)
	// The death is nowhere any more. That something is missing is told.
	compare(t, []string{"missed 0", "openclaw-agent start"}, story(t, updates, ActionStart))
}

func TestAnEngineThatIsNotThereYet(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Down()
	updates := connect(t, engine.Host()).Events(soon(t), time.Time{})
	if err := expect(t, updates, UpdateLost).Err; !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
	// The same reason is told once, however often it was tried.
	time.Sleep(50 * time.Millisecond)
	engine.Up(t)
	expect(t, updates, UpdateConnected)
	engine.Add(hardened())
	expect(t, updates, UpdateEvent)
}

// In an outage more happens than the engine keeps.
func TestMoreEventsThanTheEngineKeeps(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Add(hardened())
	updates := follow(t, engine, time.Time{})
	engine.Start(id)
	story(t, updates, ActionStart)
	engine.Fail("/events", dockerdtest.InternalError("restarting"))
	engine.Cut(dockerdtest.EOF())
	skipTo(t, updates, UpdateLost)
	for range 150 {
		engine.Pause(id)
		engine.Unpause(id)
	}
	engine.Die(id, 1)
	engine.Heal("/events")
	skipTo(t, updates, UpdateConnected)
	if missed := expect(t, updates, UpdateMissed); missed.Missed != 0 {
		t.Errorf("%+v", missed)
	}
	if got := story(t, updates, ActionDie); len(got) != 256 {
		t.Errorf("%d events of the 256 that are kept", len(got))
	}
}

// A reader that does not read loses events, and is told how many, at the place
// where they are missing.
func TestASlowReaderIsToldWhatItMissed(t *testing.T) {
	f := &follower{out: make(chan Update, 3)}
	clock := int64(0)
	take := func(actions ...events.Action) {
		for _, action := range actions {
			clock++
			f.take(events.Message{Type: "container", Action: action, TimeNano: clock, Actor: events.Actor{ID: "a"}})
		}
	}
	var got []string
	read := func(n int) {
		for range n {
			update := <-f.out
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %d", update.Event.Action, update.Missed)))
		}
	}
	take("create", "start", "pause", "unpause", "oom")
	if f.pending() == nil {
		t.Error("the loss is not waiting to be told")
	}
	read(1)
	// There is room for the loss alone; what follows is the next loss.
	take("kill", "die")
	read(3)
	take("destroy")
	read(2)
	compare(t, []string{"create 0", "start 0", "pause 0", "2", "2", "destroy 0"}, got)
	if f.pending() != nil {
		t.Error("there is nothing more to tell")
	}
}

// The whole of it, with a real stream: nothing is lost without a word.
func TestEventsAndLossesAddUp(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Run(hardened())
	updates := follow(t, engine, time.Time{})
	const total = eventBuffer + 300
	for range total {
		engine.Pause(id)
	}
	engine.Die(id, 1)
	told, missed := 0, 0
	for told+missed < total+1 {
		switch update := next(t, updates); update.Kind {
		case UpdateEvent:
			told++
		case UpdateMissed:
			missed += int(update.Missed)
		default:
			t.Fatalf("%+v", update)
		}
	}
	if told < eventBuffer {
		t.Errorf("%d told, %d missed", told, missed)
	}
}

func TestSinceBringsWhatTheEngineKept(t *testing.T) {
	engine := dockerdtest.New(t)
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	id := engine.Run(hardened())
	engine.Die(id, 1)
	updates := follow(t, engine, begin)
	compare(t, []string{"openclaw-agent create", "openclaw-agent start", "openclaw-agent die"}, story(t, updates, ActionDie))
	if query := engine.Requests()[1].Query; !strings.Contains(query, fmt.Sprintf("since=%d.000000000", begin.Unix())) {
		t.Error(query)
	}
}

// An event that cannot be read must not be met again and again.
func TestAMalformedEventIsPassed(t *testing.T) {
	for name, document := range map[string]string{
		"wrong type": `{"Type":"container","Action":7}`,
		"no JSON":    `}{`,
		"too large":  `{"Type":"container","Action":"` + strings.Repeat("x", maxEventBytes) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			engine := dockerdtest.New(t)
			id := engine.Add(hardened())
			updates := follow(t, engine, time.Time{})
			engine.Start(id)
			story(t, updates, ActionStart)
			engine.EmitRaw(document)
			if err := skipTo(t, updates, UpdateLost).Err; !errors.Is(err, ErrMalformed) {
				t.Error(err)
			}
			skipTo(t, updates, UpdateConnected)
			engine.Die(id, 1)
			compare(t, []string{"missed 0", "openclaw-agent die"}, story(t, updates, ActionDie))
		})
	}
}

func TestEventsThatAreForbidden(t *testing.T) {
	engine := dockerdtest.New(t)
	proxy := dockerdtest.NewProxy(t, engine.Socket())
	proxy.Deny("/events")
	updates := connect(t, proxy.Host()).Events(soon(t), time.Time{})
	err := expect(t, updates, UpdateLost).Err
	if !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), "EVENTS=1") {
		t.Error(err)
	}
	select {
	case update := <-updates:
		t.Errorf("%+v", update)
	case <-time.After(50 * time.Millisecond):
	}
}

// An engine that takes the request and hangs up is not asked at full speed.
func TestBackoff(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Fail("/events", dockerdtest.Half())
	c := connect(t, engine.Host(), func(o *Options) { o.BackoffMin, o.BackoffMax = time.Millisecond, 30*time.Millisecond })
	ctx, cancel := context.WithTimeout(soon(t), 300*time.Millisecond)
	defer cancel()
	for range c.Events(ctx, time.Time{}) {
	}
	tries := 0
	for _, r := range engine.Requests() {
		if r.Path == "/events" {
			tries++
		}
	}
	// 1+2+4+8+16 ms, then one each 30 ms: 14 in 300 ms at the most. A busy host may
	// leave time for fewer.
	if tries < 1 || tries > 15 {
		t.Errorf("%d tries in 300 ms", tries)
	}
}

func TestEventsEndWithTheirContext(t *testing.T) {
	for name, prepare := range map[string]func(*dockerdtest.Engine){
		"following":    func(*dockerdtest.Engine) {},
		"hanging":      func(e *dockerdtest.Engine) { e.Fail("/events", dockerdtest.Hang()) },
		"hanging ping": func(e *dockerdtest.Engine) { e.Fail("/_ping", dockerdtest.Hang()) },
		"waiting":      func(e *dockerdtest.Engine) { e.Down() },
	} {
		engine := dockerdtest.New(t)
		prepare(engine)
		c := connect(t, engine.Host(), func(o *Options) { o.BackoffMin, o.BackoffMax = time.Hour, time.Hour })
		ctx, cancel := context.WithCancel(soon(t))
		updates := c.Events(ctx, time.Time{})
		time.AfterFunc(20*time.Millisecond, cancel)
		for update := range updates {
			if update.Kind == UpdateLost && name != "waiting" {
				t.Errorf("%s: %v", name, update.Err)
			}
		}
	}
}

// Nobody reads and the context ends: the follower must not wait for a reader.
func TestEventsEndWithoutAReader(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Run(hardened())
	ctx, cancel := context.WithCancel(soon(t))
	updates := connect(t, engine.Host()).Events(ctx, time.Time{})
	expect(t, updates, UpdateConnected)
	for range eventBuffer {
		engine.Pause(id)
	}
	engine.Cut(dockerdtest.EOF())
	time.Sleep(20 * time.Millisecond)
	cancel()
	for range updates {
	}
}

func TestEventRing(t *testing.T) {
	var ring eventRing
	event := func(i int) Event { return Event{ID: "a", Action: ActionDie, At: time.Unix(0, int64(i))} }
	for i := range 3 * seenEvents {
		ring.add(event(i))
	}
	for _, test := range []struct {
		i    int
		want bool
	}{{0, false}, {2*seenEvents - 1, false}, {2 * seenEvents, true}, {3*seenEvents - 1, true}, {3 * seenEvents, false}} {
		if got := ring.has(event(test.i)); got != test.want {
			t.Errorf("has(%d) = %v", test.i, got)
		}
	}
	if len(ring.index) != seenEvents {
		t.Errorf("%d events are remembered", len(ring.index))
	}
}

// What must not be dropped waits for the reader; events of the meantime may be
// gone then, and that is told.
func TestConnectedWaitsForTheReader(t *testing.T) {
	f := &follower{out: make(chan Update, 1)}
	f.out <- Update{Kind: UpdateEvent}
	time.AfterFunc(10*time.Millisecond, func() { <-f.out })
	f.connected(soon(t), time.Time{})
	if !f.gap || (<-f.out).Kind != UpdateConnected {
		t.Errorf("gap %v", f.gap)
	}
	f.gap = false
	f.connected(soon(t), time.Time{})
	if f.gap {
		t.Error("there was room, and nothing is missing")
	}
	over, cancel := context.WithCancel(soon(t))
	cancel()
	f.lost(over, errors.New("gone"))
	if len(f.out) != 1 {
		t.Error("nobody reads any more")
	}
}

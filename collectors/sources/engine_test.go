package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
	"brink/collectors/dockerd"
	"brink/collectors/dockerd/dockerdtest"
)

// evening is when the source looks at the fake engine, whose clock begins an hour
// before.
var evening = time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)

// agentSpec is the hardened container of the fake engine.
func agentSpec(name string) dockerdtest.Container {
	return dockerdtest.Container{
		Name: name, Image: "openclaw/openclaw:latest", Env: []string{"TOKEN=secret"},
		Memory: 2 << 30, MemorySwap: 2 << 30, NanoCPUs: 1_500_000_000, Pids: 256, HealthCheck: true, RestartPolicy: "unless-stopped", PID: 3209,
	}
}

// show is an engine source beside an engine.
type show struct {
	*Engine
	fake *dockerdtest.Engine
	// part is what was collected last, err its error; notices are all so far.
	part    collectors.Part
	err     error
	notices []collectors.Notice
}

// clientOf talks to an engine with little patience.
func clientOf(t testing.TB, host string) *dockerd.Client {
	t.Helper()
	client, err := dockerd.New(dockerd.Options{
		Host: host, ConfigDir: t.TempDir(), Env: func(string) string { return "" },
		CallTimeout: 300 * time.Millisecond, BackoffMin: 2 * time.Millisecond, BackoffMax: 10 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// showOf makes a source that does not run yet. At the end of the test the engine must
// have been asked for nothing but reading.
func showOf(t testing.TB, fake *dockerdtest.Engine, texts ...string) *show {
	t.Helper()
	roster := NewRoster(targets(t, texts...), evening)
	t.Cleanup(func() {
		if writes := dockerdtest.Writes(fake.Requests()); len(writes) > 0 {
			t.Errorf("the engine was asked for more than reading: %+v", writes)
		}
	})
	source := NewEngine(clientOf(t, fake.Host()), roster, NewWaker(), func() time.Time { return evening })
	return &show{Engine: source, fake: fake}
}

// run starts the source; it ends with the test.
func (s *show) run(t testing.TB) *show {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

// collect takes what the source has to tell.
func (s *show) collect(t testing.TB) *show {
	t.Helper()
	s.part, s.err = s.Collect(t.Context(), evening)
	s.notices = append(s.notices, s.part.Notices...)
	checkClean(t, s.part, s.err)
	return s
}

// until collects at every wake-up until the wanted is there.
func (s *show) until(t testing.TB, what string, wanted func() bool) {
	t.Helper()
	for s.collect(t); !wanted(); s.collect(t) {
		if !woken(s.waker, patience) {
			t.Fatalf("%s: it does not come; told so far: %s; %s; error %v", what, s.who(), s.story(), s.err)
		}
	}
}

// who is the containers and the targets waited for, in a few words.
func (s *show) who() string {
	var words []string
	for _, c := range s.part.Containers {
		words = append(words, fmt.Sprintf("%s:%.4s %s", c.Key, c.ID, c.State))
	}
	for _, w := range s.part.Waiting {
		words = append(words, fmt.Sprintf("%s? %v", w.Target, w.Choices))
	}
	return strings.Join(words, ", ")
}

// story is all notices so far, in a few words.
func (s *show) story() string {
	var words []string
	for _, n := range s.notices {
		word := fmt.Sprintf("%s:%.4s %s", n.Key, n.ID, noticeWord(n.Kind))
		if code, ok := n.ExitCode.Get(); ok {
			word += fmt.Sprint(" ", code)
		}
		if signal, ok := n.Signal.Get(); ok {
			word += fmt.Sprint(" ", signal)
		}
		words = append(words, strings.TrimSpace(word+" "+string(n.Health)))
	}
	return strings.Join(words, ", ")
}

func noticeWord(kind collectors.NoticeKind) string {
	return map[collectors.NoticeKind]string{
		collectors.NoticeCreate: "create", collectors.NoticeStart: "start", collectors.NoticeDie: "die", collectors.NoticeOOM: "oom",
		collectors.NoticeKill: "kill", collectors.NoticeStop: "stop", collectors.NoticeRestart: "restart", collectors.NoticePause: "pause",
		collectors.NoticeUnpause: "unpause", collectors.NoticeHealth: "health", collectors.NoticeDestroy: "destroy",
	}[kind]
}

// checkClean looks for what could do something to a terminal in all that is told.
func checkClean(t testing.TB, part collectors.Part, err error) {
	t.Helper()
	if text := fmt.Sprintf("%+v %v", part, err); strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x9b }) {
		t.Fatalf("not clean: %q", text)
	}
}

// TestEngineFirstList compares what is told of a container, value by value.
func TestEngineFirstList(t *testing.T) {
	fake := dockerdtest.New(t)
	id := fake.Run(agentSpec("openclaw-agent"))
	fake.SetHealth("openclaw-agent", "healthy", "ok")
	s := showOf(t, fake, "").run(t)
	s.until(t, "the container", func() bool { return len(s.part.Containers) == 1 && s.part.Host.Engine != "" })
	if s.err != nil || len(s.part.Waiting) != 0 {
		t.Errorf("%v, waiting %+v", s.err, s.part.Waiting)
	}
	want := collectors.ContainerCounters{Identity: collectors.Identity{
		Key: "openclaw-agent", ID: id, Image: "openclaw/openclaw:latest", State: collectors.StateRunning, Health: collectors.HealthHealthy,
		StartedAt: s.part.Containers[0].StartedAt, RestartCount: collectors.Some(0), PID: collectors.Some(3209),
	}}
	if d := cmp.Diff(want, s.part.Containers[0], everything()); d != "" || !want.StartedAt.Present() {
		t.Errorf("-want +got\n%s", d)
	}
	host := collectors.HostCounters{
		Name: "fake", Kernel: "6.12.0", CPUs: collectors.Some(2), MemoryTotal: collectors.Some[collectors.Bytes](16 << 30), Engine: "Docker 28.5.2",
	}
	if d := cmp.Diff(host, s.part.Host, everything()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	residents, _ := s.roster.residents()
	limits := limits{
		memory: collectors.LimitOf[collectors.Bytes](2 << 30), swap: collectors.LimitOf[collectors.Bytes](0),
		cores: collectors.LimitOf[collectors.Cores](1.5), pids: collectors.LimitOf[uint64](256),
	}
	if d := cmp.Diff(limits, residents[0].limits, everything()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestEngineTells: what happens to the container is told, in order, with the state
// that follows from it. Nobody else's story is.
func TestEngineTells(t *testing.T) {
	fake := dockerdtest.New(t)
	a := fake.Run(agentSpec("agent"))
	fake.Run(agentSpec("other"))
	s := showOf(t, fake, "agent").run(t)
	s.until(t, "the container and its history", func() bool { return s.who() == "agent:"+a[:4]+" running" && len(s.notices) == 2 })
	for _, step := range []struct {
		deed       func()
		story, who string
	}{
		{func() { fake.SetHealth("agent", "unhealthy", "\x1b[2J") }, "A health unhealthy", "A running"},
		{func() { fake.OOM("agent") }, "A oom", "A running"},
		{func() { fake.OOM("other") }, "", "A running"},
		{func() { fake.Pause("agent") }, "A pause", "A paused"},
		{func() { fake.Unpause("agent") }, "A unpause", "A running"},
		{func() { fake.Die("agent", 137) }, "A die 137", "A exited"},
		{func() { fake.RestartByPolicy("agent") }, "A start", "A running"},
		{func() { fake.Restart("agent") }, "A kill 15, A die 143, A stop, A start, A restart", "A running"},
		{func() { fake.StopTimeout("agent") }, "A kill 15, A kill 9, A die 137, A stop", "A exited"},
		{func() { fake.Restarting("agent"); fake.SetLimits("agent", 1<<30, 1<<30, 0, 0) }, "", "A restarting"},
		{func() { fake.Rename("agent", "agent-old") }, "", "agent? []"},
		{func() { fake.Start("agent-old") }, "", "agent? []"},
		{func() { fake.Rename("agent-old", "agent") }, "", "A running"},
		{func() { fake.Remove("agent") }, "A destroy", "agent? []"},
	} {
		name := strings.NewReplacer("A ", "agent:"+a[:4]+" ")
		s.notices = nil
		step.deed()
		story, who := name.Replace(step.story), name.Replace(step.who)
		s.until(t, story+"; "+who, func() bool { return s.story() == story && s.who() == who })
	}
}

// TestEngineHistory: what the engine remembers from before brink is told, for a
// container that is gone, too.
func TestEngineHistory(t *testing.T) {
	fake := dockerdtest.New(t)
	gone := fake.Run(agentSpec("agent"))
	fake.OOM("agent")
	fake.Die("agent", 137)
	fake.Remove("agent")
	s := showOf(t, fake, "agent").run(t)
	story := "A create, A start, A oom, A die 137, A destroy"
	s.until(t, "the history", func() bool { return s.story() == strings.ReplaceAll(story, "A", "agent:"+gone[:4]) })
	if s.who() != "agent? []" {
		t.Errorf("%s", s.who())
	}
	if key, id, ok := s.roster.keyOfCgroup("/docker/" + gone); !ok || key != "agent" || id != gone {
		t.Errorf("the kernel log would not know it: %q %q", key, id)
	}
}

// TestEngineBurst: the whole memory of the engine comes at once, and costs few lists.
func TestEngineBurst(t *testing.T) {
	fake := dockerdtest.New(t)
	fake.Run(agentSpec("agent"))
	for range 150 {
		fake.Die("agent", 1)
		fake.RestartByPolicy("agent")
	}
	s := showOf(t, fake, "agent").run(t)
	s.until(t, "256 notices", func() bool { return len(s.notices) == 256 })
	lists := 0
	for _, request := range fake.Requests() {
		if request.Path == "/containers/json" {
			lists++
		}
	}
	if lists > 100 {
		t.Errorf("%d lists", lists)
	}
}

// recreate is docker compose up --force-recreate: the new container has a name for
// the meantime until the old one is gone.
func recreate(fake *dockerdtest.Engine, name string) (id string) {
	id = fake.Add(agentSpec("0123456789ab_" + name))
	fake.Stop(name, 0)
	fake.Remove(name)
	fake.Rename(id, name)
	fake.Start(id)
	return id
}

// TestEngineRecreate: what is told of a new container never comes before the container
// itself. Otherwise it would look as if the old one had come back.
func TestEngineRecreate(t *testing.T) {
	fake := dockerdtest.New(t)
	fake.Run(agentSpec("agent"))
	s := showOf(t, fake, "agent").run(t)
	s.until(t, "the container", func() bool { return len(s.part.Containers) == 1 })
	for range 10 {
		s.notices = nil
		id := recreate(fake, "agent")
		started := func(n collectors.Notice) bool { return n.Kind == collectors.NoticeStart && n.ID == id }
		s.until(t, "the next one", func() bool {
			for _, c := range s.part.Containers {
				if c.ID != id && slices.ContainsFunc(s.notices, started) {
					t.Fatalf("%s is still here, and the story so far: %s", s.who(), s.story())
				}
			}
			return s.who() == "agent:"+id[:4]+" running" && slices.ContainsFunc(s.notices, started)
		})
	}
}

// TestEngineAway: the engine goes and comes back. What was known stays meanwhile, and
// the reason is told.
func TestEngineAway(t *testing.T) {
	fake := dockerdtest.New(t)
	a := fake.Run(agentSpec("agent"))
	s := showOf(t, fake, "agent", "later").run(t)
	here := "agent:" + a[:4] + " running, later? []"
	s.until(t, "the container", func() bool { return s.who() == here && s.err == nil })
	fake.Down()
	s.until(t, "the loss", func() bool { return s.err != nil && len(s.part.Containers[0].Missing) == 1 })
	if s.who() != here || !strings.Contains(s.err.Error(), "docker.sock") || !strings.HasPrefix(s.part.Containers[0].Missing[0].Why, "events: ") {
		t.Errorf("%s, %v, %+v", s.who(), s.err, s.part.Containers[0].Missing)
	}
	fake.Die("agent", 137)
	b := fake.Run(agentSpec("later"))
	fake.Up(t)
	s.until(t, "the return", func() bool {
		return s.who() == "agent:"+a[:4]+" exited, later:"+b[:4]+" running" && s.err == nil && s.part.Containers[0].Missing == nil
	})
}

// TestEngineStreamBreaks: the connection breaks and the engine is there all the time.
func TestEngineStreamBreaks(t *testing.T) {
	fake := dockerdtest.New(t)
	a := fake.Run(agentSpec("agent"))
	s := showOf(t, fake, "agent").run(t)
	s.until(t, "the container and its history", func() bool { return len(s.part.Containers) == 1 && len(s.notices) == 2 })
	for _, cut := range []dockerdtest.Fault{dockerdtest.EOF(), dockerdtest.Half()} {
		s.notices = nil
		fake.Cut(cut)
		fake.Die("agent", 1)
		fake.RestartByPolicy("agent")
		s.until(t, "what happened meanwhile", func() bool {
			return s.story() == strings.ReplaceAll("A die 1, A start", "A", "agent:"+a[:4]) && s.err == nil
		})
	}
}

// TestEngineRefuses: a proxy that refuses some of the requests costs no more than
// what they would have told.
func TestEngineRefuses(t *testing.T) {
	fake := dockerdtest.New(t)
	a := fake.Run(agentSpec("agent"))
	fake.Fail("/events", dockerdtest.Forbidden())
	fake.Fail("/info", dockerdtest.Forbidden())
	s := showOf(t, fake, "agent").run(t)
	s.until(t, "the container without events", func() bool { return s.who() == "agent:"+a[:4]+" running" })
	if s.err != nil || s.part.Host != (collectors.HostCounters{}) {
		t.Errorf("%v, host %+v", s.err, s.part.Host)
	}
	if missing := s.part.Containers[0].Missing; len(missing) != 1 || !strings.Contains(missing[0].Why, "EVENTS=1") {
		t.Errorf("%+v", missing)
	}
	fake.Heal("/events")
	s.until(t, "the events", func() bool { return s.part.Containers[0].Missing == nil })
}

// TestEngineListFaults: why there is nobody, in one clean line, and the engine's
// recovery.
func TestEngineListFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault dockerdtest.Fault
		want  string
	}{
		{"refused", dockerdtest.Forbidden(), "CONTAINERS=1"},
		{"hangs", dockerdtest.Hang(), "no answer in time"},
		{"garbage", dockerdtest.Garbage(), "malformed"},
		{"half an answer", dockerdtest.Half(), "closed the connection"},
		{"no answer", dockerdtest.EOF(), "closed the connection"},
		{"no list", dockerdtest.Body(`{"x":1}`), "malformed"},
		{"its own trouble", dockerdtest.InternalError("no \x1b[2Jspace\nleft"), "status 500"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fake := dockerdtest.New(t)
			fake.Fail("/containers/json", tt.fault)
			s := showOf(t, fake, "agent")
			s.roster.offerNearby(func() []string { return []string{"cgroup:/x"} })
			s.run(t)
			s.until(t, "the reason", func() bool {
				return s.err != nil && len(s.part.Waiting) == 1 && strings.Contains(s.part.Waiting[0].Why, tt.want)
			})
			if !strings.Contains(s.err.Error(), tt.want) || s.part.Waiting[0].Choices != nil {
				t.Errorf("%v, choices %q", s.err, s.part.Waiting[0].Choices)
			}
			fake.Heal("/containers/json")
			a := fake.Run(agentSpec("agent"))
			s.until(t, "the recovery", func() bool { return s.err == nil && s.who() == "agent:"+a[:4]+" running" })
		})
	}
}

// TestEngineInspectFails: the container is there and cannot be inspected. Then nobody
// answers, and the reason is told; a container that is known stays what it was.
func TestEngineInspectFails(t *testing.T) {
	fake := dockerdtest.New(t)
	a := fake.Run(agentSpec("agent"))
	fake.Fail("/containers/"+a, dockerdtest.Forbidden())
	s := showOf(t, fake, "agent")
	s.refresh(t.Context())
	if s.collect(t); s.who() != "agent? []" || s.err == nil || !strings.Contains(s.part.Waiting[0].Why, "CONTAINERS=1") {
		t.Errorf("%s, %v, %+v", s.who(), s.err, s.part.Waiting)
	}
	fake.Heal("/containers/" + a)
	s.refresh(t.Context())
	if s.collect(t); s.err != nil || s.who() != "agent:"+a[:4]+" running" {
		t.Errorf("%s, %v", s.who(), s.err)
	}
	fake.Fail("/containers/"+a, dockerdtest.Garbage())
	fake.Pause("agent")
	s.refresh(t.Context())
	if s.collect(t); s.err == nil || s.who() != "agent:"+a[:4]+" running" {
		t.Errorf("%s, %v", s.who(), s.err)
	}
	fake.Fail("/containers/"+a, dockerdtest.Status(404, "application/json", `{"message":"No such container"}`))
	s.refresh(t.Context())
	if s.collect(t); s.err != nil || s.who() != "agent:"+a[:4]+" running" || !s.soon {
		t.Errorf("gone since the list: %s, %v", s.who(), s.err)
	}
}

// inspected are the ids that were inspected since the last call.
func (s *show) inspected(since int) (ids []string, now int) {
	requests := s.fake.Requests()
	for _, request := range requests[since:] {
		if name, ok := strings.CutPrefix(request.Path, "/containers/"); ok && strings.HasSuffix(name, "/json") {
			ids = append(ids, strings.TrimSuffix(name, "/json"))
		}
	}
	return ids, len(requests)
}

// TestEngineInspectsWhatChanged: of many containers those are inspected that an event
// or the list says something new of, and one more in turn.
func TestEngineInspectsWhatChanged(t *testing.T) {
	const many = 20
	fake := dockerdtest.New(t)
	var names, all []string
	for n := range many {
		names = append(names, fmt.Sprint("agent-", n))
		all = append(all, fake.Run(agentSpec(names[n])))
	}
	// Two targets for one container are one container.
	s := showOf(t, fake, append(names, all[0])...)
	s.refresh(t.Context())
	ids, seen := s.inspected(0)
	if len(ids) != many {
		t.Fatalf("at first %d are inspected", len(ids))
	}
	turns := map[string]bool{}
	for range many + 1 {
		s.refresh(t.Context())
		ids, seen = s.inspected(seen)
		if len(ids) > 1 {
			t.Fatalf("nothing changed, and %d are inspected", len(ids))
		}
		for _, id := range ids {
			turns[id] = true
		}
	}
	if len(turns) != many {
		t.Errorf("in turn, %d of %d were inspected", len(turns), many)
	}
	fake.Pause(all[7])
	s.refresh(t.Context())
	if ids, seen = s.inspected(seen); !slices.Contains(ids, all[7]) || len(ids) > 2 {
		t.Errorf("the list tells of another state: %d are inspected", len(ids))
	}
	s.event(dockerd.Event{ID: all[9], Name: names[9], Action: dockerd.ActionUpdate})
	s.catchUp(t.Context())
	if ids, _ = s.inspected(seen); !slices.Contains(ids, all[9]) || len(ids) > 2 {
		t.Errorf("an event tells of a change: %d are inspected", len(ids))
	}
	s.take(t.Context(), dockerd.Update{Kind: dockerd.UpdateMissed, Missed: 3})
	_, seen = s.inspected(0)
	s.catchUp(t.Context())
	if ids, _ = s.inspected(seen); len(ids) != many {
		t.Errorf("after lost events %d are inspected", len(ids))
	}
}

// TestEngineStrangers: what happens to others asks for a list only while somebody is
// looked for whom they might be.
func TestEngineStrangers(t *testing.T) {
	fake := dockerdtest.New(t)
	a := fake.Run(agentSpec("agent"))
	s := showOf(t, fake, "agent", "service:web")
	s.refresh(t.Context())
	for _, tt := range []struct {
		event dockerd.Event
		stale bool
	}{
		{dockerd.Event{ID: idB, Name: "other", Action: dockerd.ActionStart}, false},
		{dockerd.Event{ID: idB, Name: "other", Action: dockerd.ActionDie}, false},
		{dockerd.Event{ID: idB, Name: "other", Action: dockerd.ActionRename}, true},
		{dockerd.Event{ID: a, Name: "agent", Action: dockerd.ActionOOM}, false},
		{dockerd.Event{ID: a, Name: "agent", Action: dockerd.ActionKill}, false},
		{dockerd.Event{ID: a, Name: "agent", Action: dockerd.ActionDie}, true},
		{dockerd.Event{ID: a, Name: "agent", Action: dockerd.ActionHealthStatus}, true},
		{dockerd.Event{ID: idB, Name: "agent", Action: dockerd.ActionCreate}, true},
		{dockerd.Event{ID: idB, Name: "other", Action: dockerd.ActionStart, Service: "web"}, true},
	} {
		s.stale = false
		if s.event(tt.event); s.stale != tt.stale {
			t.Errorf("%s of %s: the list is stale: %v", tt.event.Action, tt.event.Name, s.stale)
		}
	}
}

// TestEngineHostileNames: what is followed is what is shown, and that is clean.
func TestEngineHostileNames(t *testing.T) {
	fake := dockerdtest.New(t)
	spec := agentSpec("evil\x1b[2J\u202egent")
	spec.Image = "openclaw\x9b\x1b]0;x\a"
	spec.Labels = map[string]string{"exitCode": "0\x1b", "signal": "x"}
	fake.Run(spec)
	fake.Run(agentSpec("b"))
	s := showOf(t, fake, "")
	s.refresh(t.Context())
	if s.collect(t); s.who() != "? [b evil·[2Jgent]" {
		t.Fatalf("%s", s.who())
	}
	s.roster.Choose("evil·[2Jgent")
	s.refresh(t.Context())
	if s.collect(t); len(s.part.Containers) != 1 || s.part.Containers[0].Key != "evil·[2Jgent" {
		t.Errorf("%s", s.who())
	}
	s.event(dockerd.Event{ID: "id\x1b", Name: spec.Name, Action: dockerd.ActionOOM, Health: "x\x1b"})
	s.catchUp(t.Context())
	if s.collect(t); len(s.notices) != 1 {
		t.Errorf("%d notices", len(s.notices))
	}
}

// TestEngineHostileDeaths: a container's labels choose neither its exit code nor the
// signal that was sent, whichever of the event and the state is told of first.
func TestEngineHostileDeaths(t *testing.T) {
	for _, tt := range []struct {
		name   string
		labels map[string]string
		end    func(*dockerdtest.Engine)
		want   string
	}{
		{"an OOM kill", map[string]string{"exitCode": "0"}, func(fake *dockerdtest.Engine) {
			fake.OOM("agent")
			fake.Die("agent", 137)
		}, "exit 137: OOM kill"},
		{"a crash", map[string]string{"exitCode": "137"}, func(fake *dockerdtest.Engine) { fake.Die("agent", 139) }, "exit 139: crashed"},
		{"no number", map[string]string{"exitCode": "\x1b[2J"}, func(fake *dockerdtest.Engine) { fake.Die("agent", 1) }, "exit 1: ended by itself"},
		{"docker kill", map[string]string{"signal": "15"}, func(fake *dockerdtest.Engine) {
			fake.Kill("agent", 9)
			fake.Die("agent", 137)
		}, "exit 137: killed on request (no OOM)"},
		{"docker stop", map[string]string{"signal": "1", "exitCode": "1"}, func(fake *dockerdtest.Engine) { fake.Stop("agent", 0) }, "exit 0: stopped on request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fake := dockerdtest.New(t)
			spec := agentSpec("agent")
			spec.Labels = tt.labels
			fake.Run(spec)
			s := showOf(t, fake, "agent").run(t)
			ledger := collectors.NewLedger()
			observe := func() []collectors.Event {
				ledger.Observe(collectors.Reading{At: evening, Containers: s.part.Containers, Notices: s.part.Notices})
				return ledger.Story()
			}
			s.until(t, "it runs", func() bool { observe(); return len(s.part.Containers) == 1 })
			tt.end(fake)
			var deaths []string
			s.until(t, "it died", func() bool {
				deaths = nil
				for _, event := range observe() {
					if event.Kind == collectors.EventDied {
						deaths = append(deaths, event.Summary())
					}
				}
				return slices.Contains(deaths, tt.want)
			})
			if len(deaths) != 1 {
				t.Errorf("one death, told as %q", deaths)
			}
		})
	}
}

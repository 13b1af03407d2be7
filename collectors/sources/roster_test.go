package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"brink/collectors"
)

// tell lets the roster see a list of containers, all of them inspected, a number of
// seconds after noon.
func tell(r *Roster, second int, lines string) bool {
	all := cast(lines)
	met := map[string]resident{}
	for _, c := range all {
		who := resident{Identity: collectors.Identity{Key: c.Name, ID: c.ID, Image: c.Image, State: collectors.StateExited}}
		if c.Running {
			who.State = collectors.StateRunning
		}
		met[c.ID] = who
	}
	return r.settle(r.look(all), met, nil, after(time.Duration(second)*time.Second))
}

// picture is the roster in a few words: "name:0123 running" for who answers (with
// the first digits of the id), "name? since 0s [choices]" for who is waited for.
func picture(r *Roster) string {
	var words []string
	residents, _ := r.residents()
	for _, who := range residents {
		words = append(words, fmt.Sprintf("%s:%.2s %s", who.Key, who.ID, who.State))
	}
	for _, w := range r.Waiting() {
		words = append(words, fmt.Sprintf("%s? %v %v", w.Target, w.Since.Sub(noon), w.Choices))
	}
	return strings.Join(words, ", ")
}

// TestRosterFollows tells stories: after each list, who answers.
func TestRosterFollows(t *testing.T) {
	type step struct{ containers, want string }
	for _, tt := range []struct {
		name    string
		targets []string
		steps   []step
	}{
		{"by name: stop, removal, return under a new id", []string{"agent"}, []step{
			{"", "agent? 0s []"},
			{"agent img - up", "agent:00 running"},
			{"agent img - down", "agent:00 exited"},
			{"other img - up", "agent? 3s []"},
			{"", "agent? 3s []"},
			{"other img - up\nagent img - up", "agent:11 running"},
		}},
		{"by id, then by name", []string{"0000"}, []step{
			{"agent img - up", "agent:00 running"},
			{"other img - up\nagent img - up", "agent:11 running"},
			{"other img - up", "agent? 2s []"},
		}},
		{"the agent, then its name", nil, []step{
			{"", "? 0s []"},
			{"a openclaw:1 - up\nb openclaw:2 - up", "? 0s [a b]"},
			{"a openclaw:1 - up\nb openclaw:2 - down", "a:00 running"},
			{"a openclaw:1 - down\nb openclaw:2 - up", "a:00 exited"},
			{"b postgres - up", "a? 4s []"},
			{"b openclaw:2 - up", "b:00 running"},
		}},
		{"compose re-creates under a name for the meantime", []string{"service:web"}, []step{
			{"p-web-1 img web up", "p-web-1:00 running"},
			{"p-web-1 img web up\n012_p-web-1 img web down", "p-web-1:00 running"},
			{"x img - up\n012_p-web-1 img web down", "p-web-1? 2s []"},
			{"x img - up\np-web-1 img web down", "p-web-1:11 exited"},
			{"x img - up\np-web-1 img web up", "p-web-1:11 running"},
		}},
		{"a service under another name", []string{"service:web"}, []step{
			{"p-web-1 img web up", "p-web-1:00 running"},
			{"q-web-1 img web up", "q-web-1:00 running"},
		}},
		{"several targets, one container", []string{"agent", "service:web", "0000"}, []step{
			{"agent img web up", "agent:00 running"},
			{"", "agent? 1s []"},
		}},
		{"a cgroup needs no engine", []string{"cgroup:/a", "agent"}, []step{
			{"", "cgroup:/a: , agent? 0s []"},
			{"agent img - up", "cgroup:/a: , agent:00 running"},
		}},
		{"two containers in the order of the targets", []string{"b", "a"}, []step{
			{"a img - up\nb img - up", "b:11 running, a:00 running"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewRoster(targets(t, tt.targets...), noon)
			for i, step := range tt.steps {
				tell(r, i, step.containers)
				if got := picture(r); got != step.want {
					t.Fatalf("step %d: %q, want %q", i, got, step.want)
				}
			}
		})
	}
}

// TestRosterNews: only a change counts as one.
func TestRosterNews(t *testing.T) {
	r := NewRoster(targets(t, "agent"), noon)
	for i, step := range []struct {
		containers string
		news       bool
	}{
		{"", true}, {"", false}, {"agent img - up", true}, {"agent img - up", false}, {"agent img - down", true}, {"", true}, {"", false},
	} {
		before := r.version
		if got := tell(r, i, step.containers); got != step.news || (r.version != before) != step.news {
			t.Errorf("step %d: news %v, version %d -> %d", i, got, before, r.version)
		}
	}
}

// TestRosterNotInspected: what could not be inspected stays as it was, and nobody
// answers to a name by another's details.
func TestRosterNotInspected(t *testing.T) {
	r := NewRoster(targets(t, "agent"), noon)
	all := cast("agent img - up")
	r.settle(r.look(all), nil, nil, noon)
	if got := picture(r); got != "agent? 0s []" {
		t.Errorf("before it is inspected: %q", got)
	}
	tell(r, 1, "agent img - up")
	r.settle(r.look(all), nil, nil, noon)
	r.settle(r.look(all), map[string]resident{all[0].ID: {Identity: collectors.Identity{Key: "renamed"}}}, nil, noon)
	if got := picture(r); got != "agent:00 running" {
		t.Errorf("after: %q", got)
	}
}

// TestRosterLost: without the engine the residents stay, and the others learn why.
func TestRosterLost(t *testing.T) {
	r := NewRoster(targets(t, "agent", "other", "cgroup:/a"), noon)
	if w := r.Waiting(); len(w) != 2 || w[0].Why != "the engine has not answered yet" {
		t.Errorf("before the first look: %+v", w)
	}
	tell(r, 1, "agent img - up")
	r.offerNearby(func() []string { return []string{"cgroup:/docker/" + idA} })
	r.lost("no engine", false)
	if w := r.Waiting(); len(w) != 1 || w[0].Target != "other" || w[0].Why != "no engine" || w[0].Choices != nil {
		t.Errorf("%+v", w)
	}
	r.lost("no permission", true)
	if w := r.Waiting(); len(w) != 1 || w[0].Why != "no permission" || len(w[0].Choices) != 1 {
		t.Errorf("with an offer: %+v", w)
	}
	if residents, _ := r.residents(); len(residents) != 2 || residents[0].Key != "agent" {
		t.Errorf("residents: %v", residents)
	}
	tell(r, 2, "agent img - up")
	if w := r.Waiting(); len(w) != 1 || w[0].Choices != nil || !strings.Contains(w[0].Why, "other") {
		t.Errorf("back again: %+v", w)
	}
}

func TestRosterChoose(t *testing.T) {
	r := NewRoster(nil, noon)
	tell(r, 0, "a img - up\nb img - up")
	r.Choose("c")
	if tell(r, 1, "a img - up\nb img - up"); picture(r) != "? 0s [a b]" {
		t.Errorf("what was not offered: %q", picture(r))
	}
	r.Choose("b")
	select {
	case <-r.asked:
	default:
		t.Error("nobody is asked to look again")
	}
	if tell(r, 2, "a img - up\nb img - up"); picture(r) != "b:11 running" {
		t.Errorf("what was offered: %q", picture(r))
	}
	r.Choose("a")
	if tell(r, 3, "a img - up\nb img - up"); picture(r) != "b:11 running" {
		t.Errorf("once chosen: %q", picture(r))
	}
}

// TestRosterChooseCgroup: one of the cgroups that are offered without an engine.
func TestRosterChooseCgroup(t *testing.T) {
	const choice = "cgroup:/docker/" + idA
	r := NewRoster(nil, noon)
	r.offerNearby(func() []string { return []string{choice} })
	r.lost("no permission", true)
	r.Choose(choice)
	residents, _ := r.residents()
	if len(residents) != 1 || !residents[0].bare || residents[0].dir != "/docker/"+idA || residents[0].Key != choice {
		t.Fatalf("residents: %+v", residents)
	}
	if r.NeedsEngine() || len(r.Waiting()) != 0 {
		t.Errorf("an engine is still needed for %+v", r.Waiting())
	}
	if tell(r, 1, "a img - up"); picture(r) != choice+": " {
		t.Errorf("the engine took the cgroup's place: %q", picture(r))
	}
}

// TestRosterKeyOf: whose an event is, by id and by name.
func TestRosterKeyOf(t *testing.T) {
	r := NewRoster(targets(t, "agent", "cgroup:/a", "service:web"), noon)
	for _, tt := range []struct {
		what, id, name, want string
	}{
		{"a stranger", idC, "other", ""},
		{"without a name", idC, "", ""},
		{"a name that was asked for, of a container that is gone", idA, "agent", "agent"},
		{"its id alone", idA, "", "agent"},
		{"a bare cgroup is no name of a container", idC, "cgroup:/a", ""},
		{"a service is no name either", idC, "web", ""},
		{"the next one of that name", idB, "agent", "agent"},
		{"the first one, which has been renamed", idA, "agent-old", ""},
		{"and is forgotten", idA, "", ""},
		{"while the next one is not", idB, "", "agent"},
	} {
		key, ok := r.keyOf(tt.id, tt.name)
		if key != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %q, %v, want %q", tt.what, key, ok, tt.want)
		}
	}
	agent := NewRoster(nil, noon)
	if key, _ := agent.keyOf(idA, agentName); key != agentName {
		t.Errorf("the agent's own name: %q", key)
	}
}

func TestRosterKeyOfCgroup(t *testing.T) {
	r := NewRoster(targets(t, "agent", "other", "cgroup:/system.slice", "cgroup:/system.slice/ssh.service"), noon)
	r.keyOf(idA, "agent")
	r.keyOf(idB, "other")
	for _, tt := range []struct{ path, key, id string }{
		{"", "", ""},
		{"/", "", ""},
		{"/user.slice/session.scope", "", ""},
		{"/docker/" + idC, "", ""},
		{"/docker/" + idA[:63], "", ""},
		{"/system.slice-other", "", ""},
		{"/docker/" + idA, "agent", idA},
		{"/system.slice/docker-" + idA + ".scope", "agent", idA},
		{"/machine.slice/libpod-" + idA + ".scope/container/init", "agent", idA},
		{"/docker/" + idA + "/docker/" + idB, "agent", idA},
		{"/docker/" + idC + "/docker/" + idB, "other", idB},
		{"/system.slice", "cgroup:/system.slice", ""},
		{"/system.slice/cron.service", "cgroup:/system.slice", ""},
		{"/system.slice/ssh.service/session", "cgroup:/system.slice/ssh.service", ""},
	} {
		key, id, ok := r.keyOfCgroup(tt.path)
		if key != tt.key || id != tt.id || ok != (tt.key != "") {
			t.Errorf("%q: %q %.4s %v, want %q", tt.path, key, id, ok, tt.key)
		}
	}
	all := NewRoster(targets(t, "cgroup:/"), noon)
	if key, _, _ := all.keyOfCgroup("/any/where"); key != "cgroup:/" {
		t.Errorf("the root holds everything, not %q", key)
	}
}

// TestIDMemoryIsBounded: the newest are kept, and a short id is none.
func TestIDMemoryIsBounded(t *testing.T) {
	r := NewRoster(targets(t, "agent"), noon)
	id := func(n int) string { return fmt.Sprintf("%064x", n) }
	for n := range idLimit + 100 {
		r.keyOf(id(n), "agent")
	}
	r.keyOf("short", "agent")
	if len(r.ids.names) != idLimit || len(r.ids.order) != idLimit {
		t.Errorf("%d names, %d in order", len(r.ids.names), len(r.ids.order))
	}
	if _, known := r.ids.nameOf(id(idLimit + 99)); !known {
		t.Error("the newest is forgotten")
	}
	if _, known := r.ids.nameOf(id(99)); known {
		t.Error("an old one is not forgotten")
	}
	r.ids.forget(id(idLimit + 99))
	if slices.Contains(r.ids.order, id(idLimit+99)) {
		t.Error("the order still has what is forgotten")
	}
}

// TestRosterAwait: three quarters of the time are for the engine, and it ends with
// whatever ends first.
func TestRosterAwait(t *testing.T) {
	for _, tt := range []struct {
		name     string
		deadline time.Duration
		looked   time.Duration
		cancel   time.Duration
		want     bool
		took     time.Duration
	}{
		{"looked at once", 800 * time.Millisecond, 0, 0, true, 0},
		{"looked in time", 800 * time.Millisecond, 500 * time.Millisecond, 0, true, 500 * time.Millisecond},
		{"the engine hangs", 800 * time.Millisecond, time.Hour, 0, false, 600 * time.Millisecond},
		{"ended", 800 * time.Millisecond, time.Hour, 100 * time.Millisecond, false, 100 * time.Millisecond},
		{"no deadline", 0, time.Minute, 0, true, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := NewRoster(nil, noon)
				at := time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				if tt.cancel > 0 {
					time.AfterFunc(tt.cancel, cancel)
				}
				if tt.looked == 0 {
					r.markLooked()
				} else {
					defer time.AfterFunc(tt.looked, r.markLooked).Stop()
				}
				if got := r.await(ctx, at); got != tt.want || time.Since(at) != tt.took {
					t.Errorf("%v after %v, want %v after %v", got, time.Since(at), tt.want, tt.took)
				}
			})
		})
	}
}

// TestRosterLooksFor: who might be the answer to a target that has none.
func TestRosterLooksFor(t *testing.T) {
	for _, tt := range []struct {
		target, containers string
		who                Candidate
		want               bool
	}{
		{"agent", "", Candidate{ID: idA, Name: "other"}, false},
		{"agent", "", Candidate{ID: idA, Name: "agent"}, true},
		{"FB6F", "", Candidate{ID: idA, Name: "other"}, true},
		{"FB6F", "", Candidate{ID: idB, Name: "other"}, false},
		{"0000", "agent img - up", Candidate{ID: idA, Name: "other"}, false},
		{"0000", "agent img - up", Candidate{ID: idA, Name: "agent"}, true},
		{"service:web", "", Candidate{ID: idA, Name: "other"}, false},
		{"service:web", "", Candidate{ID: idA, Name: "other", Service: "web"}, true},
		{"service:web", "p-web-1 img web up", Candidate{ID: idA, Name: "p-web-1"}, true},
		{"", "", Candidate{ID: idA, Name: "other"}, true},
		{"cgroup:/a", "", Candidate{ID: idA, Name: "a"}, false},
	} {
		r := NewRoster(targets(t, tt.target), noon)
		if tell(r, 0, tt.containers); tt.containers != "" && r.looksFor(tt.who) {
			t.Errorf("%q has an answer", tt.target)
		}
		tell(r, 1, "")
		if got := r.looksFor(tt.who); got != tt.want {
			t.Errorf("%q after %q looks for %+v: %v", tt.target, tt.containers, tt.who, got)
		}
	}
}

// TestRosterWithoutEngine: nobody has to look for a cgroup.
func TestRosterWithoutEngine(t *testing.T) {
	r := NewRoster(targets(t, "cgroup:/a"), noon)
	select {
	case <-r.Looked():
	default:
		t.Error("it waits for an engine")
	}
	if r.NeedsEngine() || !r.anybody() {
		t.Error("it needs an engine")
	}
}

// TestRosterRace: everything at once, for the race detector.
func TestRosterRace(t *testing.T) {
	r := NewRoster(targets(t, "agent", "service:web", "cgroup:/a"), noon)
	r.offerNearby(func() []string { return []string{"cgroup:/docker/" + idA} })
	var all sync.WaitGroup
	for _, deed := range []func(int){
		func(n int) { tell(r, n, []string{"agent img - up", "x img web up\ny img web up"}[n%2]) },
		func(int) { r.residents() },
		func(int) { r.Waiting() },
		func(int) { r.lost("away", true) },
		func(n int) { r.Choose([]string{"x", "cgroup:/docker/" + idA}[n%2]) },
		func(int) { r.keyOf(idA, "agent") },
		func(int) { r.keyOfCgroup("/docker/" + idA) },
		func(int) { r.NeedsEngine() },
	} {
		all.Go(func() {
			for n := range 200 {
				deed(n)
			}
		})
	}
	all.Wait()
}

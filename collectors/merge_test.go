package collectors

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// healthy and failed are how a source fared.
func healthy(name string) SourceHealth { return SourceHealth{Name: name, OK: true} }
func failed(name string) SourceHealth  { return SourceHealth{Name: name, Error: "no answer"} }

// identified is a part that knows a container to exist.
func identified(key string, more func(*ContainerCounters)) Part {
	c := ContainerCounters{Identity: Identity{Key: key, ID: "A", State: StateRunning}}
	if more != nil {
		more(&c)
	}
	return Part{Containers: []ContainerCounters{c}}
}

// stateless is a part of a source that reads files and does not know who exists.
func stateless(key string, more func(*ContainerCounters)) Part {
	c := ContainerCounters{Identity: Identity{Key: key}}
	more(&c)
	return Part{Containers: []ContainerCounters{c}}
}

func tasks(n uint64) Opt[PidsLevels] { return Some(PidsLevels{Current: Some(n)}) }

func TestMergeTrustsTheEarlierSource(t *testing.T) {
	r := newRound(epoch)
	r.add(healthy("cgroup"), stateless("web", func(c *ContainerCounters) {
		c.Pids, c.Incarnation, c.CgroupPath = tasks(7), 42, "/verified"
	}))
	r.add(healthy("engine"), identified("web", func(c *ContainerCounters) {
		c.Pids, c.Incarnation, c.CgroupPath, c.Image = tasks(99), 1, "/guessed", "openclaw"
		c.CPU = Some(CPUCounters{Periods: Some[uint64](3)})
	}))
	r.add(healthy("docker stats"), stateless("web", func(c *ContainerCounters) {
		c.CPU = Some(CPUCounters{Periods: Some[uint64](9)})
		c.Network = Some(NetworkCounters{ReceiveBytes: Some[uint64](5)})
		c.Missing = []Missing{{Group: GroupPressure, Why: "not told"}}
	}))
	want := []ContainerCounters{{
		Identity:    Identity{Key: "web", ID: "A", State: StateRunning, Image: "openclaw", CgroupPath: "/verified"},
		Incarnation: 42,
		Pids:        tasks(7),
		CPU:         Some(CPUCounters{Periods: Some[uint64](3)}),
		Network:     Some(NetworkCounters{ReceiveBytes: Some[uint64](5)}),
		Origin:      map[Group]string{GroupState: "engine", GroupPids: "cgroup", GroupCPU: "engine", GroupNetwork: "docker stats"},
		Missing:     []Missing{{Group: GroupPressure, Why: "not told", Source: "docker stats"}},
	}}
	if diff := cmp.Diff(want, r.finish().Containers, exported()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMergeHost(t *testing.T) {
	r := newRound(epoch)
	r.add(healthy("engine"), Part{Host: HostCounters{Name: "vps-1", Engine: "Docker 26.1.5", CPUs: Some(4)}})
	r.add(healthy("host"), Part{Host: HostCounters{Name: "other", Kernel: "6.12", CPUs: Some(8), MemoryTotal: Some(gib)}})
	want := HostCounters{Name: "vps-1", Engine: "Docker 26.1.5", CPUs: Some(4), Kernel: "6.12", MemoryTotal: Some(gib)}
	if diff := cmp.Diff(want, r.finish().Host, exported()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMergeNobodyKnows: counters of a container that no source knows to exist are
// the last breath of one that is gone.
func TestMergeNobodyKnows(t *testing.T) {
	r := newRound(epoch)
	r.add(healthy("cgroup"), stateless("ghost", func(c *ContainerCounters) { c.Pids = tasks(1) }))
	r.add(healthy("engine"), identified("web", nil))
	got := r.finish().Containers
	if len(got) != 1 || got[0].Key != "web" {
		t.Errorf("%v", got)
	}
}

func TestMergeSortsNotices(t *testing.T) {
	at := func(s int, key string) Notice { return Notice{At: moment(time.Duration(s) * time.Second), Key: key} }
	r := newRound(epoch)
	r.add(healthy("engine"), Part{Notices: []Notice{at(2, "b"), at(2, "c"), at(9, "e")}})
	r.add(healthy("kernel log"), Part{Notices: []Notice{at(1, "a"), at(2, "d")}})
	var keys []string
	for _, notice := range r.finish().Notices {
		keys = append(keys, notice.Key)
	}
	if got := strings.Join(keys, ""); got != "abcde" {
		t.Errorf("in the order %s", got)
	}
}

// lastReading is a reading in which the engine knew a container, and waited for
// another.
func lastReading() Reading {
	r := newRound(epoch)
	part := identified("web", func(c *ContainerCounters) { c.Health = HealthHealthy })
	part.Waiting = []Waiting{{Target: "worker", Since: epoch, Why: "not there"}}
	r.add(healthy("engine"), part)
	return r.finish()
}

func TestInherit(t *testing.T) {
	counters := stateless("web", func(c *ContainerCounters) { c.Pids = tasks(7) })
	for _, c := range []struct {
		name                string
		engine              SourceHealth
		part                Part
		containers, waiting int
		state               State
		pids                Opt[PidsLevels]
	}{
		{"the engine hangs: who was there is there", failed("engine"), Part{}, 1, 1, StateRunning, tasks(7)},
		{"the engine says that nobody is there", healthy("engine"), Part{}, 0, 0, StateUnknown, Opt[PidsLevels]{}},
		{
			"the engine fails and tells what it knows all the same", failed("engine"),
			identified("web", func(c *ContainerCounters) { c.State = StateExited }), 1, 1, StateExited, tasks(7),
		},
		{
			"the engine fails and says itself whom it waits for", failed("engine"),
			Part{Waiting: []Waiting{{Target: "worker", Why: "list: 403"}}},
			1, 1, StateRunning, tasks(7),
		},
		{
			"who was waited for has come", failed("engine"),
			identified("worker", nil), 2, 0, StateRunning, tasks(7),
		},
	} {
		r := newRound(epoch)
		r.add(c.engine, c.part)
		r.add(healthy("cgroup"), counters)
		r.inherit(lastReading())
		got := r.finish()
		if len(got.Containers) != c.containers || len(got.Waiting) != c.waiting {
			t.Errorf("%s: containers %v, waiting %v", c.name, got.Containers, got.Waiting)
			continue
		}
		for _, container := range got.Containers {
			if container.Key == "web" && (container.State != c.state || container.Pids != c.pids || container.Origin[GroupState] != "engine") {
				t.Errorf("%s: %+v", c.name, container)
			}
		}
	}
}

// TestInheritGoesOn: what is inherited is inherited again, as long as the source is
// silent, and forgotten when it speaks.
func TestInheritGoesOn(t *testing.T) {
	last := lastReading()
	for range 3 {
		r := newRound(epoch)
		r.add(failed("engine"), Part{})
		r.inherit(last)
		last = r.finish()
	}
	if len(last.Containers) != 1 || last.Containers[0].Health != HealthHealthy || len(last.Waiting) != 1 {
		t.Errorf("after three silent rounds: %+v", last)
	}
	r := newRound(epoch)
	r.add(healthy("engine"), Part{})
	r.inherit(last)
	if last = r.finish(); len(last.Containers)+len(last.Waiting) != 0 {
		t.Errorf("after the engine spoke: %+v", last)
	}
}

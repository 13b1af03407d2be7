//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lives: brink waits for a container that is not there, and follows its name through everything that people do to it.
func lives(t *testing.T) {
	s := prepare(t)
	if err := s.host.Down(s.ctx); err != nil {
		t.Fatal(err)
	}
	s.watch = s.open(ContainerName)
	s.part("absent, then created", absentThenCreated)
	s.part("stopped, obeying", stoppedObeying)
	s.part("stopped after a timeout", stoppedAfterTimeout)
	s.part("killed by hand", killedByHand)
	s.part("re-created", recreated)
	s.part("the engine restarts", engineRestarts)
	s.part("the engine restarts, and its containers", engineAndContainersRestart)
}

// absentThenCreated: a name that nobody answers to is waited for, and check says so.
func absentThenCreated(s *scenario) {
	snapshot, err := s.watch.Await(s.ctx, "it waits", func(snapshot Snapshot) bool { return len(snapshot.Waiting) > 0 })
	if err != nil {
		s.Fatal(err)
	}
	if waiting := snapshot.Waiting[0]; waiting.Target != ContainerName || waiting.Why == "" || len(snapshot.Containers) > 0 {
		s.Errorf("it waits for %+v", waiting)
	}
	if check := s.check(ContainerName); check.Exit != ExitUnknown || len(check.Waiting) != 1 {
		s.Errorf("check ended with %d: %s%s", check.Exit, check.Raw, check.Stderr)
	}
	s.compose("up -d")
	s.await("the agent runs", func(c Container) bool { return c.State == "running" && c.Memory.Current != nil })
	// The engine remembers others of the same name for a while, and so does brink.
	story := s.tells("it has started", func(story Story) bool { return len(story.Of("started", "re-created")) > 0 })
	if told := story.apartFromWitnesses(); len(told) != 1 {
		s.Errorf("want a start and nothing else: %v", story)
	}
	if _, err := s.watch.Await(s.ctx, "it waits no more", func(snapshot Snapshot) bool { return len(snapshot.Waiting) == 0 }); err != nil {
		s.Fatal(err)
	}
}

// stoppedObeying: who was asked to end and ends is no accident. A user without the engine, who watches the control group
// by its path, sees it go and come.
func stoppedObeying(s *scenario) {
	dir, err := s.host.Cgroup(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	bare := s.openAs(s.host.Brink().As("visitor"), "cgroup:"+strings.TrimPrefix(dir, cgroupRoot))
	s.bareIs(bare, "is there", func(c Container) bool { return c.State == "running" && c.Memory.Current != nil && c.CPU.Cores != nil })
	s.compose("stop")
	s.stopped("0", "stopped")
	s.exactly("died")
	s.bareIs(bare, "is gone", func(c Container) bool { return c.State == "gone" && c.Memory.Current == nil })
	s.compose("start")
	s.bareIs(bare, "is there again", func(c Container) bool { return c.State == "running" && c.Memory.Current != nil && c.CPU.Cores != nil })
}

// bareIs waits for a state of a control group that is watched without the engine.
func (s *scenario) bareIs(watch *Watch, what string, holds func(Container) bool) {
	s.Helper()
	_, err := watch.Await(s.ctx, "the control group "+what, func(snapshot Snapshot) bool {
		return len(snapshot.Containers) == 1 && holds(snapshot.Containers[0])
	})
	if err != nil {
		s.Fatal(err)
	}
}

// stoppedAfterTimeout: exit code 137 is no OOM kill when somebody stopped a container that ignored SIGTERM.
func stoppedAfterTimeout(s *scenario) {
	s.agent("ignoreterm")
	s.compose("stop --timeout 2")
	s.stopped("137", "stop-timeout")
	s.exactly("died")
}

func killedByHand(s *scenario) {
	s.compose("start")
	s.agent("status")
	s.run("docker kill " + ContainerName)
	s.stopped("137", "killed")
	s.exactly("started", "died")
}

// stopped requires that the agent has ended, as was asked for.
func (s *scenario) stopped(code, cause string) {
	s.Helper()
	c := s.settle("the agent has ended", func(c Container) bool { return c.State == "exited" })
	if got := s.inspect("{{.State.ExitCode}}"); got != code {
		s.Fatalf("the engine says exit code %s, want %s: the scenario is not what it should be", got, code)
	}
	if c.Memory.Current != nil || c.CPU.Cores != nil || c.StaleSeconds != nil {
		s.Errorf("memory %v, %v cores of a container that does not run", orAbsent(c.Memory.Current), orAbsent(c.CPU.Cores))
	}
	died := s.told("died")
	if died.Cause != cause || died.ExitCode == nil || strconv.Itoa(*died.ExitCode) != code {
		s.Errorf("want a death by %s with code %s: %v", cause, code, Story{died})
	}
	s.alarms(s.settle("it is known who ended it", func(Container) bool { return true }))
}

// exactly requires that these kinds are the whole story since the scenario began, in time.
func (s *scenario) exactly(kinds ...string) {
	s.Helper()
	s.settle("one more snapshot", func(Container) bool { return true })
	story := s.watch.Story().Since(s.began).apartFromWitnesses()
	if got := story.InTime().Kinds(); !slices.Equal(got, kinds) {
		s.Errorf("want %v and nothing else: %v", kinds, story)
	}
}

// recreated: another container with the same name is the same agent with fresh counters. Compose renames the old one,
// makes the new one under a name of its own and renames that, so for a moment two or none answer to the name.
func recreated(s *scenario) {
	s.compose("start")
	s.agent("eat anon 300M")
	old := s.settle("the memory is taken", func(c Container) bool { return within(c.Memory.Anon, 300*mib, gib) })
	s.compose("up -d --force-recreate --timeout 1")
	c := s.await("the new agent runs", func(c Container) bool { return c.State == "running" && c.ID != old.ID && c.CPU.Cores != nil })
	if !within(c.Memory.Anon, 0, 64*mib) || !within(c.Memory.Peak, 0, 64*mib) || c.RestartCount == nil || *c.RestartCount != 0 {
		s.Errorf("the new agent has %v of memory, %v at its peak", orAbsent(c.Memory.Anon), orAbsent(c.Memory.Peak))
	}
	if id := s.inspect("{{.Id}}"); id != c.ID {
		s.Errorf("brink shows %s, the engine %s", c.ID, id)
	}
	story := s.tells("it is re-created", func(story Story) bool { return len(story.Of("re-created")) > 0 })
	if len(story.Of("re-created")) != 1 || len(story.Of("restarted", "oom-kill")) > 0 || len(story.Of("died")) > 1 {
		s.Errorf("told %v", story)
	}
	for _, died := range story.Of("died") {
		if died.Cause != "stopped" && died.Cause != "stop-timeout" {
			s.Errorf("the old agent was stopped, not %q", died.Cause)
		}
	}
}

// engineRestarts: with live-restore containers outlive their engine. Brink says that the engine is away, goes on with the
// numbers from the control group meanwhile, and tells of no death.
func engineRestarts(s *scenario) {
	s.compose("up -d")
	s.run(liveRestore(true))
	s.finally("systemctl start docker && " + liveRestore(false))
	s.settle("the agent runs", func(c Container) bool { return c.State == "running" && c.Memory.Current != nil })
	// The socket too: systemd would start the engine again for the first who knocks.
	s.run("systemctl stop docker.socket docker.service")
	s.settle("the engine is away and the numbers go on", func(c Container) bool {
		engine, known := c.Source("engine")
		return known && !engine.OK && engine.Error != "" && c.State == "running" && c.Memory.Current != nil && c.StaleSeconds == nil
	})
	s.agent("eat anon 100M")
	c := s.settle("the numbers are of now", func(c Container) bool { return within(c.Memory.Anon, 100*mib, 200*mib) })
	if c.CPU.Cores == nil || !within(c.Pids.Current, 15, 40) {
		s.Errorf("%v cores, %v tasks", orAbsent(c.CPU.Cores), orAbsent(c.Pids.Current))
	}
	lost := s.told("source-lost")
	s.run("systemctl start docker.socket docker.service")
	s.settle("the engine is back", func(c Container) bool {
		engine, known := c.Source("engine")
		return known && engine.OK && c.State == "running" && c.ID == s.inspect("{{.Id}}")
	})
	s.told("source-back")
	story := s.watch.Story().Since(s.began)
	if lost.Source != "engine" || !strings.Contains(strings.Join(story.Kinds(), " "), "source-lost source-back") || len(story) != 2 {
		s.Errorf("want the engine lost and back, and nothing else: %v", story)
	}
}

// liveRestore is a command that has the engine leave its containers alone when it ends, or not. A setting that is merely
// taken out of the file stays as it was.
func liveRestore(on bool) string {
	return fmt.Sprintf(`mkdir -p /etc/docker && echo '{"live-restore": %[1]t}' >/etc/docker/daemon.json && systemctl reload docker
until docker info --format '{{.LiveRestoreEnabled}}' | grep -q %[1]t; do sleep 0.2; done`, on)
}

// engineAndContainersRestart: without live-restore the engine ends its containers with itself, and starts them again.
func engineAndContainersRestart(s *scenario) {
	s.compose("up -d")
	before := s.settle("the agent runs", func(c Container) bool { return c.State == "running" })
	s.run("systemctl restart docker")
	c := s.settle("the agent runs again", func(c Container) bool {
		return c.State == "running" && c.StartedAt.After(*before.StartedAt) && c.CPU.Cores != nil
	})
	if c.ID != before.ID || c.Memory.OOMKills == nil || *c.Memory.OOMKills != 0 {
		s.Errorf("the new life is %s with %v OOM kills; it was %s", c.ID, orAbsent(c.Memory.OOMKills), before.ID)
	}
	story := s.watch.Story().Since(s.began)
	if got := story.apartFromWitnesses(); len(got.Of("died")) != 1 || len(got.Of("started", "restarted")) != 1 || len(got) != 2 {
		s.Errorf("want one death and one start: %v", story)
	}
}

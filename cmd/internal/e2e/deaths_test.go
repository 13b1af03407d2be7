//go:build e2e

package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// deaths are what the kernel does to a container that wants more memory than it may have.
func deaths(t *testing.T) {
	s := begin(t, "compose.small.yml")
	s.part("a child is killed", childKilled)
	s.part("a child with a hostile name is killed", hostileVictim)
	s.part("the main process is killed", mainKilled)
	s.part("three in a row", threeInARow)
	s.Run("told before the engine's own event", func(t *testing.T) {
		own := *s
		own.T, own.ctx = t, t.Context()
		toldBeforeTheEngine(&own)
	})
}

// toldBeforeTheEngine: whoever waits for the engine's own event hears of a kill later. One kill proves nothing where the
// kernel, the engine and brink share two emulated processors, so it is required of most.
func toldBeforeTheEngine(s *scenario) {
	kills := s.watch.Story().Since(s.began).Of("oom-kill")
	earlier, compared := 0, 0
	for _, at := range s.engineEvents("oom") {
		for _, kill := range kills {
			if kill.At.Sub(at).Abs() < time.Second {
				s.Logf("told %v before the engine's event", at.Sub(kill.Told))
				compared++
				if kill.Told.Before(at) {
					earlier++
				}
			}
		}
	}
	if compared < 3 || 2*earlier < compared {
		s.Errorf("%d of %d kills were told before the engine's event of %d\n%v", earlier, compared, len(kills), kills)
	}
}

// childKilled: the OOM killer takes the fattest process, a child; the container lives on, and brink says both.
func childKilled(s *scenario) {
	answer := s.agent("child eat 1G chrome")
	if !strings.Contains(answer, "signal: killed") {
		s.Fatalf("the child ended as %q, want killed", answer)
	}
	c := s.await("the kill is counted", func(c Container) bool { return c.Memory.OOMKills != nil && *c.Memory.OOMKills == 1 })
	if c.State != "running" || c.RestartCount == nil || *c.RestartCount != 0 {
		s.Errorf("state %s, %v restarts: want running and none", c.State, orAbsent(c.RestartCount))
	}
	if severity, firing := c.Firing("oom-kill"); !firing || severity != "critical" {
		s.Errorf("oom-kill does not fire: %+v", c.Alerts)
	}
	story := s.tells("it names the victim", func(story Story) bool {
		kills := story.Of("oom-kill")
		return len(kills) > 0 && len(kills[0].Victims) > 0
	})
	kills := story.Of("oom-kill")
	victim := kills[0].Victims[0]
	if len(kills) != 1 || kills.Count() != 1 || len(kills[0].Victims) != 1 || victim.Name != "chrome" {
		s.Errorf("want one kill, of chrome: %v", story)
	}
	// Both numbers are the host's: the agent sees its children by those of its own pid namespace.
	if log := s.kernelLog(); !strings.Contains(log, fmt.Sprintf("Killed process %d (chrome)", victim.PID)) {
		s.Errorf("the kernel says of no process %d that it was killed:\n%s", victim.PID, log)
	}
	if victim.RSS == nil || *victim.RSS < 128*mib || victim.Scope != "container" {
		s.Errorf("the victim held %v, by the limit of the %s", orAbsent(victim.RSS), victim.Scope)
	}
	if ends := story.Of("died", "restarted", "started", "re-created"); len(ends) > 0 {
		s.Errorf("the container lives on, but: %v", ends)
	}
	if check := s.check(""); check.Exit != ExitCritical {
		s.Errorf("check ended with %d after an OOM kill, want %d", check.Exit, ExitCritical)
	}
}

func hostileVictim(s *scenario) {
	s.agent(`child eat 1G "\x1b]2;x\x07\x1b[7m"`)
	story := s.tells("it names the victim", func(story Story) bool {
		kills := story.Of("oom-kill")
		return len(kills) > 0 && len(kills[0].Victims) > 0
	})
	// The kernel has taken most of it away already; the letters are left.
	if name := story.Of("oom-kill")[0].Victims[0].Name; !strings.Contains(name, "]2;x") {
		s.Errorf("the victim is called %q", name)
	}
	s.clean("check")
}

// mainKilled: the fattest process is the first one, so the container ends with it, and the engine starts it again.
func mainKilled(s *scenario) {
	// What follows within seconds of the kill before is told as more of the same.
	s.run("sleep 12")
	s.kills("eat anon 400M")
	s.agent("status")
	s.diesOf(1)
}

// threeInARow: every death is told, although the engine's own state forgets each at the next start.
func threeInARow(s *scenario) {
	for range 3 {
		s.kills("eat anon 400M")
		s.agent("status")
	}
	s.diesOf(3)
	if restarts := s.inspect("{{.RestartCount}}"); restarts != "4" {
		s.Errorf("the engine counts %s restarts", restarts)
	}
}

// diesOf requires that n OOM deaths, each followed by a restart, are the whole story since the scenario began.
func (s *scenario) diesOf(n int) {
	s.Helper()
	c := s.settle("the agent runs again", func(c Container) bool { return c.State == "running" && c.CPU.Cores != nil })
	story := s.tells("it has started for the last time", func(story Story) bool { return len(story.Of("restarted")) >= n })
	for _, witness := range []string{"OOMKilled", "ExitCode"} {
		want := map[string]string{"OOMKilled": "false", "ExitCode": "0"}[witness]
		if got := s.inspect("{{.State." + witness + "}}"); got != want {
			s.Errorf("docker inspect says %s=%s after the restart: it used to forget", witness, got)
		}
	}
	if deaths := len(s.engineEvents("die")); deaths != n {
		s.Fatalf("the engine saw %d deaths, want %d: the scenario is not what it should be", deaths, n)
	}
	died, kills, restarted := story.Of("died"), story.Of("oom-kill"), story.Of("restarted")
	if len(died) != n || int(kills.Count()) != n || len(restarted) != n || len(story.Of("started", "re-created", "removed")) > 0 {
		s.Errorf("want %d deaths, OOM kills and restarts, and nothing else: %v", n, story)
	}
	for _, event := range append(died, restarted...) {
		if event.ExitCode == nil || *event.ExitCode != 137 || event.Cause != "oom-kill" {
			s.Errorf("%s with exit code %v and cause %q, want 137 and oom-kill", event.Kind, orAbsent(event.ExitCode), event.Cause)
		}
	}
	if c.Memory.OOMKills == nil || *c.Memory.OOMKills != 0 || !within(c.Memory.Current, 0, 64*mib) || !within(c.Memory.Peak, 0, 128*mib) {
		s.Errorf("the new life has %v OOM kills, %v of memory, %v at its peak", orAbsent(c.Memory.OOMKills), orAbsent(c.Memory.Current), orAbsent(c.Memory.Peak))
	}
	if severity, firing := c.Firing("oom-kill"); !firing || severity != "critical" {
		s.Errorf("oom-kill does not fire after the restart: %+v", c.Alerts)
	}
}

// engineEvents are the times of the engine's events of one kind since the scenario began.
func (s *scenario) engineEvents(kind string) []time.Time {
	s.Helper()
	text := s.run(fmt.Sprintf("docker events --since %d --until $(($(date +%%s)+1)) --filter container=%s --filter event=%s --format '{{.TimeNano}}'",
		s.began.Unix(), ContainerName, kind))
	var times []time.Time
	for word := range strings.FieldsSeq(text) {
		nanoseconds, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			s.Fatal(err)
		}
		if at := time.Unix(0, nanoseconds); !at.Before(s.began) {
			times = append(times, at)
		}
	}
	return times
}

// kernelLog is the host's kernel log since the scenario began.
func (s *scenario) kernelLog() string {
	s.Helper()
	text, err := s.host.KernelLog(s.ctx, "@"+strconv.FormatInt(s.began.Unix(), 10))
	if err != nil {
		s.Fatal(err)
	}
	return text
}

//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// stoppedAfterTimeout: exit code 137 is no OOM kill when somebody stopped a container that ignored SIGTERM.
func stoppedAfterTimeout(t *testing.T) {
	s := begin(t)
	s.agent("ignoreterm")
	s.compose("stop --timeout 1")
	c := s.await("the agent is stopped", func(c Container) bool { return c.State == "exited" })
	if code := strings.TrimSpace(s.run("docker inspect --format '{{.State.ExitCode}}' " + ContainerName)); code != "137" {
		t.Fatalf("the engine says exit code %s, want 137: the scenario is not what it should be", code)
	}
	if _, firing := c.Firing("oom-kill"); firing {
		t.Errorf("oom-kill fires for a stop: %+v", c.Alerts)
	}
	if _, firing := c.Firing("stopped"); firing {
		t.Errorf("stopped fires although somebody stopped it: %+v", c.Alerts)
	}
}

// childKilled: the OOM killer takes the fattest process, a child; the container lives on, and brink says both.
func childKilled(t *testing.T) {
	s := begin(t, "compose.small.yml")
	if answer := s.agent("child eat 1G chrome"); !strings.Contains(answer, "signal: killed") {
		t.Fatalf("the child ended as %q, want killed", answer)
	}
	c := s.await("the kill is counted", func(c Container) bool { return c.Memory.OOMKills != nil && *c.Memory.OOMKills == 1 })
	if c.State != "running" || c.RestartCount == nil || *c.RestartCount != 0 {
		t.Errorf("state %s, %v restarts: want running and none", c.State, orAbsent(c.RestartCount))
	}
	if severity, firing := c.Firing("oom-kill"); !firing || severity != "critical" {
		t.Errorf("oom-kill does not fire: %+v", c.Alerts)
	}
	if check := s.check(""); check.Exit != ExitCritical {
		t.Errorf("check ended with %d after an OOM kill, want %d", check.Exit, ExitCritical)
	}
}

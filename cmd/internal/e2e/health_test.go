//go:build e2e

package e2e

import "testing"

// health: the check's verdict is told when it changes. What the check writes is the container's own text.
func health(t *testing.T) {
	s := begin(t, "compose.health.yml")
	s.await("it is healthy", func(c Container) bool { return c.Health == "healthy" })
	s.agent(`health off "\x1b[2J\x1b]0;owned\x07"`)
	c := s.await("it is unhealthy", func(c Container) bool { return c.Health == "unhealthy" })
	if severity, firing := c.Firing("unhealthy"); !firing || severity != "critical" {
		s.Errorf("unhealthy is not critical: %+v", c.Alerts)
	}
	if event := s.told("health"); event.Health != "unhealthy" {
		s.Errorf("told %+v", event)
	}
	s.clean("check")
	s.agent("health on")
	s.await("it is healthy again", func(c Container) bool { return c.Health == "healthy" })
	if check := s.check(""); check.Exit != ExitOK {
		s.Errorf("check ended with %d: %s", check.Exit, check.Raw)
	}
}

//go:build e2e

package e2e

import (
	"testing"
	"time"
)

// growth: memory grows at 20 MiB a second until the kernel kills. The forecast warns before the level is critical, and
// the level before the end.
func growth(t *testing.T) {
	s := begin(t)
	s.agent("eat anon 600M")
	s.settle("it stands still", func(c Container) bool { return within(c.Memory.Anon, 600*mib, gib) })
	go func() { _, _ = s.host.Agent.Do(s.ctx, "eat anon 2G rate 20M/s") }() // That it does not survive is awaited below.
	foreseen := s.await("memory-filling fires", func(c Container) bool {
		_, firing := c.Firing("memory-filling")
		return firing
	})
	if severity, firing := foreseen.Firing("memory-near-limit"); firing && severity == "critical" {
		s.Errorf("the level was critical before anybody foresaw it: %+v", foreseen.Alerts)
	}
	if !within(foreseen.Memory.FullInSeconds, 1, 120) {
		s.Errorf("full in %v s", orAbsent(foreseen.Memory.FullInSeconds))
	}
	began := s.now()
	s.await("memory-near-limit is critical", func(c Container) bool {
		severity, firing := c.Firing("memory-near-limit")
		return firing && severity == "critical"
	})
	kill := s.told("oom-kill")
	ahead := kill.At.Sub(began)
	s.Logf("foreseen %v before the kill", ahead.Round(time.Second))
	if ahead <= 0 {
		s.Errorf("foreseen %v after the kill", -ahead)
	}
	s.tells("it runs again", func(story Story) bool { return len(story.Of("restarted")) > 0 })
}

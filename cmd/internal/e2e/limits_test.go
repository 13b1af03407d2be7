//go:build e2e

package e2e

import (
	"testing"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// limits drives one agent to each of its limits, and back to its base load before the next.
func limits(t *testing.T) {
	s := begin(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s *scenario)
	}{
		{"idle", idle},
		{"half of the memory, anonymous", anonymousHalf},
		{"nearly all memory, anonymous", anonymousFull},
	} {
		t.Run(test.name, func(t *testing.T) {
			own := *s
			own.T = t
			own.agent("quiet")
			test.run(t, &own)
		})
	}
}

// idle: every limit of the compose file is shown as it is, nothing alarms.
func idle(t *testing.T, s *scenario) {
	check := s.check("")
	c, shown := check.Agent()
	if !shown {
		t.Fatalf("the agent is not shown: %s%s", check.Raw, check.Stderr)
	}
	for _, limit := range []struct {
		name string
		got  *Limit
		want float64
	}{
		{"memory", c.Memory.Limit, 2 * gib},
		{"swap", c.Memory.SwapLimit, 0},
		{"cpu", c.CPU.Limit, 1.5},
		{"pids", c.Pids.Limit, 256},
	} {
		if limit.got == nil || limit.got.Unlimited || limit.got.Value != limit.want {
			t.Errorf("%s limit = %v, want %v", limit.name, orAbsent(limit.got), limit.want)
		}
	}
	if check.Exit != ExitOK {
		t.Errorf("check ended with %d, want %d: %s", check.Exit, ExitOK, check.Raw)
	}
	if c.CPU.Cores == nil || *c.CPU.Cores > 0.5 {
		t.Errorf("an idle agent uses %v cores", orAbsent(c.CPU.Cores))
	}
	if !within(c.Pids.Current, 15, 40) || !within(c.Pids.Zombies, 0, 0) {
		t.Errorf("pids %v, zombies %v: want the base load and no zombies", orAbsent(c.Pids.Current), orAbsent(c.Pids.Zombies))
	}
}

func anonymousHalf(t *testing.T, s *scenario) {
	s.agent("eat anon 1G")
	c := s.settle("half of the memory is taken", func(c Container) bool { return within(c.Memory.UnreclaimRatio, 0.49, 0.55) })
	if _, firing := c.Firing("memory-near-limit"); firing {
		t.Error("memory-near-limit fires at one half")
	}
	if !within(c.Memory.Anon, gib, 1.1*gib) || !within(c.Memory.Headroom, 0.9*gib, gib) {
		t.Errorf("anon %v, headroom %v: want 1 GiB each", orAbsent(c.Memory.Anon), orAbsent(c.Memory.Headroom))
	}
}

func anonymousFull(_ *testing.T, s *scenario) {
	s.agent("eat anon 1946M") // 95 % of 2 GiB
	s.settle("memory-near-limit is critical", func(c Container) bool {
		severity, firing := c.Firing("memory-near-limit")
		return firing && severity == "critical" && within(c.Memory.UnreclaimRatio, 0.94, 0.97)
	})
}

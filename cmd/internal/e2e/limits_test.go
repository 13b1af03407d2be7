//go:build e2e

package e2e

import (
	"fmt"
	"strings"
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
		run  func(*scenario)
	}{
		{"idle", idle},
		{"half of the memory, anonymous", anonymousHalf},
		{"nearly all memory, anonymous", anonymousFull},
		{"tmp full", tmpFull},
		{"three busy threads", threeBusy},
		{"zombies", zombies},
		{"paused", paused},
		{"processes with hostile names", hostileNames},
		{"without the engine", visitor},
		{"without root", keeper},
		{"from another host", fromAnotherHost},
		{"only asking", onlyAsking},
		{"pids to the limit", pidsFull},
	} {
		s.part(test.name, func(s *scenario) {
			s.agent("quiet")
			test.run(s)
		})
	}
}

// idle: every limit of the compose file is shown as it is, nothing alarms.
func idle(s *scenario) {
	check := s.check("")
	c, shown := check.Agent()
	if !shown {
		s.Fatalf("the agent is not shown: %s%s", check.Raw, check.Stderr)
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
			s.Errorf("%s limit = %v, want %v", limit.name, orAbsent(limit.got), limit.want)
		}
	}
	if check.Exit != ExitOK {
		s.Errorf("check ended with %d, want %d: %s", check.Exit, ExitOK, check.Raw)
	}
	if c.CPU.Cores == nil || *c.CPU.Cores > 0.5 {
		s.Errorf("an idle agent uses %v cores", orAbsent(c.CPU.Cores))
	}
	if !within(c.Pids.Current, 15, 40) || !within(c.Pids.Zombies, 0, 0) {
		s.Errorf("pids %v, zombies %v: want the base load and no zombies", orAbsent(c.Pids.Current), orAbsent(c.Pids.Zombies))
	}
}

func anonymousHalf(s *scenario) {
	s.agent("eat anon 1G")
	c := s.settle("half of the memory is taken", func(c Container) bool { return within(c.Memory.UnreclaimRatio, 0.49, 0.55) })
	if _, firing := c.Firing("memory-near-limit"); firing {
		s.Error("memory-near-limit fires at one half")
	}
	if !within(c.Memory.Anon, gib, 1.1*gib) || !within(c.Memory.Headroom, 0.9*gib, gib) {
		s.Errorf("anon %v, headroom %v: want 1 GiB each", orAbsent(c.Memory.Anon), orAbsent(c.Memory.Headroom))
	}
}

func anonymousFull(s *scenario) {
	s.agent("eat anon 1946M") // 95 % of 2 GiB
	s.settle("memory-near-limit is critical", func(c Container) bool {
		severity, firing := c.Firing("memory-near-limit")
		return firing && severity == "critical" && within(c.Memory.UnreclaimRatio, 0.94, 0.97)
	})
}

// tmpFull: a full /tmp is memory that cannot be freed, and is told as both.
func tmpFull(s *scenario) {
	if answer := s.agent("tmpfs /tmp full"); !strings.Contains(answer, "full=true") {
		s.Fatalf("the agent could write %s", answer)
	}
	c := s.settle("tmpfs-filling is critical", func(c Container) bool {
		severity, _ := c.Alarmed("tmpfs-filling")
		return severity == "critical"
	})
	tmp, _ := c.TmpfsAt("/tmp")
	if !within(tmp.Ratio, 0.999, 1) || !within(tmp.Size, 256*mib, 256*mib) {
		s.Errorf("/tmp is %v of %v full, want all of 256 MiB", orAbsent(tmp.Ratio), orAbsent(tmp.Size))
	}
	if run, _ := c.TmpfsAt("/run"); !within(run.Ratio, 0, 0.01) || !within(run.Size, 64*mib, 64*mib) {
		s.Errorf("/run is %v of %v full, want nothing of 64 MiB", orAbsent(run.Ratio), orAbsent(run.Size))
	}
	if !within(c.Memory.Shmem, 256*mib, 257*mib) || !within(c.Memory.Unreclaimable, 256*mib, 300*mib) {
		s.Errorf("shmem %v, unreclaimable %v: want what is in /tmp", orAbsent(c.Memory.Shmem), orAbsent(c.Memory.Unreclaimable))
	}
	if text, _, err := s.host.Brink().Text(s.ctx, "check"); err != nil || !strings.Contains(text, "tmpfs /tmp") {
		s.Errorf("the text does not name the mount: %v\n%s", err, text)
	}
}

// threeBusy: three threads that want a processor each get one and a half, and wait in nearly every period.
func threeBusy(s *scenario) {
	s.agent("burn 3")
	c := s.settle("nearly every period is throttled", func(c Container) bool {
		return within(c.CPU.ThrottledRatio, 0.9, 1) && within(c.CPU.Cores, 1.35, 1.65)
	})
	if !within(c.CPU.OfLimit, 0.9, 1.1) || !within(c.CPU.ThrottledCores, 0.1, 3) {
		s.Errorf("of the limit %v, throttled cores %v", orAbsent(c.CPU.OfLimit), orAbsent(c.CPU.ThrottledCores))
	}
	if c.CPU.User == nil || c.CPU.System == nil || *c.CPU.User < *c.CPU.System {
		s.Errorf("user %v, system %v cores: the threads only count", orAbsent(c.CPU.User), orAbsent(c.CPU.System))
	}
	for _, rule := range []string{"cpu-throttled", "cpu-near-quota"} { // Both want that it lasts a minute.
		if _, alarmed := c.Alarmed(rule); !alarmed {
			s.Errorf("%s is not pending: %+v", rule, c.Alerts)
		}
	}
	if pressure := c.Pressure["cpu"]; pressure.SomeAvg10 == nil || *pressure.SomeAvg10 == 0 {
		s.Errorf("no cpu pressure while %v of the periods are throttled", orAbsent(c.CPU.ThrottledRatio))
	}
	busyRates(s)
}

func zombies(s *scenario) {
	before := s.settle("it is quiet", func(c Container) bool { return within(c.Pids.Zombies, 0, 0) })
	s.agent("zombies 30")
	c := s.settle("the zombies are counted", func(c Container) bool { return within(c.Pids.Zombies, 30, 30) })
	if *c.Pids.Current != *before.Pids.Current+30 || *c.Pids.Processes != *before.Pids.Processes {
		s.Errorf("tasks %v, processes %v; before them %v and %v: zombies are tasks and no processes",
			*c.Pids.Current, *c.Pids.Processes, *before.Pids.Current, *before.Pids.Processes)
	}
	if severity, alarmed := c.Alarmed("zombies"); !alarmed || severity != "warning" {
		s.Errorf("no warning is pending at 30: %+v", c.Alerts)
	}
	if check := s.check(""); check.Exit != ExitWarning { // It knows no half minute to wait for.
		s.Errorf("check ended with %d, want %d: %s", check.Exit, ExitWarning, check.Raw)
	}
	s.agent("quiet")
	s.settle("they are reaped", func(c Container) bool { return within(c.Pids.Zombies, 0, 0) })
}

// pidsFull: the limit refuses a task, which is counted and told.
func pidsFull(s *scenario) {
	if answer := s.agent("forkstorm 400"); !strings.Contains(answer, "refused=true") {
		s.Fatalf("the agent could fork %s", answer)
	}
	c := s.settle("the refusal is counted and alarms", func(c Container) bool {
		near, _ := c.Firing("pids-near-limit")
		refused, _ := c.Firing("pids-refused")
		return c.Pids.Refused != nil && *c.Pids.Refused > 0 && near == "critical" && refused == "critical"
	})
	if !within(c.Pids.Current, 256, 256) || !within(c.Pids.OfLimit, 1, 1) || !within(c.Pids.Peak, 256, 256) {
		s.Errorf("tasks %v, of the limit %v, peak %v: want all of 256", orAbsent(c.Pids.Current), orAbsent(c.Pids.OfLimit), orAbsent(c.Pids.Peak))
	}
	event := s.told("fork-refused")
	if event.Container != ContainerName || event.Count != *c.Pids.Refused {
		s.Errorf("told %+v, counted %d", event, *c.Pids.Refused)
	}
	if check := s.check(""); check.Exit != ExitCritical {
		s.Errorf("check ended with %d, want %d", check.Exit, ExitCritical)
	}
}

// pageCache: files that were read fill the container to its limit, and the kernel can have all of it back. The number
// that alarms must not move. It runs with less memory than the other limits: a disk is slow under emulation.
func pageCache(t *testing.T) {
	s := begin(t, "compose.small.yml")
	const limit = 256 * mib
	for _, test := range []struct {
		size          int // MiB
		current, file float64
	}{
		{128, 0.5 * limit, 0.5 * limit},
		{320, 0.95 * limit, 0.9 * limit},
	} {
		s.part(fmt.Sprintf("%d MiB read", test.size), func(s *scenario) {
			before := s.oracle()
			s.watch.Forget()
			s.agent(fmt.Sprintf("cache %dM", test.size))
			written(s, before)
			c := s.settle("it is counted", func(c Container) bool {
				return within(c.Memory.Current, test.current, limit) && within(c.Memory.File, test.file, limit)
			})
			if !within(c.Memory.UnreclaimRatio, 0, 0.15) || !within(c.Memory.Shmem, 0, mib) {
				s.Errorf("unreclaimable %v, shmem %v: page cache can be freed", orAbsent(c.Memory.UnreclaimRatio), orAbsent(c.Memory.Shmem))
			}
			s.alarms(c)
		})
	}
	story := s.tells("the limit was hit", func(story Story) bool { return len(story.Of("memory-limit-hit")) > 0 })
	c := s.settle("it is quiet", func(Container) bool { return true })
	if hits := story.Of("memory-limit-hit").Count(); c.Memory.MaxEvents == nil || hits == 0 || hits > *c.Memory.MaxEvents {
		s.Errorf("told of %d hits, counted %v", hits, orAbsent(c.Memory.MaxEvents))
	}
	if killed := story.Of("oom-kill", "died"); len(killed) > 0 {
		s.Errorf("nobody died: %v", killed)
	}
}

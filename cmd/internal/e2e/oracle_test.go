//go:build e2e

package e2e

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	units "github.com/docker/go-units"
)

// paused freezes the container, so that every counter stands still and each value must be the same as containerd's own
// reader gives, and docker stats.
func paused(s *scenario) {
	s.agent("eat anon 100M")
	s.agent("tmpfs /tmp 10M")
	s.agent("cache 20M")
	s.agent("zombies 3")
	s.finally("docker unpause " + ContainerName + " || :") // In case of a fault.
	s.run("docker pause " + ContainerName)
	c := s.await("the agent is paused", func(c Container) bool { return c.State == "paused" })
	s.alarms(c)
	before := s.oracle()
	c = s.settle("the numbers are of now", func(c Container) bool { return within(c.CPU.Cores, 0, 0) })
	check := s.check("")
	after := s.oracle()
	checked, _ := check.Agent()
	s.Run("watch and the oracle", func(t *testing.T) { compare(t, c, before, after) })
	s.Run("check and the oracle", func(t *testing.T) { compare(t, checked, before, after) })
	s.Run("watch and docker stats", func(t *testing.T) { compareStats(t, s, c) })
	if c.StaleSeconds != nil {
		s.Errorf("stale %v: a paused container's files are read as ever", *c.StaleSeconds)
	}
	s.run("docker unpause " + ContainerName)
	s.await("the agent runs again", func(c Container) bool { return c.State == "running" })
	story := s.tells("the pause is over", func(story Story) bool { return len(story.Of("unpaused")) > 0 })
	if got := story.InTime().Kinds(); !slices.Equal(got, []string{"paused", "unpaused"}) {
		s.Errorf("told %v", story)
	}
}

// compare holds every value of brink's against the oracle's before and after it: equal when those are equal.
func compare(t *testing.T, c Container, before, after Oracle) {
	for _, value := range []struct {
		name string
		got  *float64
		want func(Oracle) uint64
	}{
		{"memory.current_bytes", c.Memory.Current, func(o Oracle) uint64 { return o.Memory.Usage }},
		{"memory.limit_bytes", c.Memory.Limit.number(), func(o Oracle) uint64 { return o.Memory.UsageLimit }},
		{"memory.working_set_bytes", c.Memory.WorkingSet, func(o Oracle) uint64 { return o.Memory.Usage - o.Memory.InactiveFile }},
		{"memory.unreclaimable_bytes", c.Memory.Unreclaimable, func(o Oracle) uint64 {
			return o.Memory.Anon + o.Memory.Shmem + o.Memory.Sock + o.Kernel - o.Memory.SlabReclaimable
		}},
		{"memory.anon_bytes", c.Memory.Anon, func(o Oracle) uint64 { return o.Memory.Anon }},
		{"memory.file_bytes", c.Memory.File, func(o Oracle) uint64 { return o.Memory.File }},
		{"memory.shmem_bytes", c.Memory.Shmem, func(o Oracle) uint64 { return o.Memory.Shmem }},
		{"memory.kernel_bytes", c.Memory.Kernel, func(o Oracle) uint64 { return o.Kernel }},
		{"memory.slab_reclaimable_bytes", c.Memory.SlabReclaimable, func(o Oracle) uint64 { return o.Memory.SlabReclaimable }},
		{"memory.sock_bytes", c.Memory.Sock, func(o Oracle) uint64 { return o.Memory.Sock }},
		{"memory.peak_bytes", c.Memory.Peak, func(o Oracle) uint64 { return o.Memory.MaxUsage }},
		{"memory.swap_bytes", c.Memory.Swap, func(o Oracle) uint64 { return o.Memory.SwapUsage }},
		{"memory.swap_limit_bytes", c.Memory.SwapLimit.number(), func(o Oracle) uint64 { return o.Memory.SwapLimit }},
		{"memory.max_events", counted(c.Memory.MaxEvents), func(o Oracle) uint64 { return o.MemoryEvents.Max }},
		{"memory.oom_events", counted(c.Memory.OOMEvents), func(o Oracle) uint64 { return o.MemoryEvents.Oom }},
		{"memory.oom_kills", counted(c.Memory.OOMKills), func(o Oracle) uint64 { return o.MemoryEvents.OomKill }},
		{"cpu.periods", counted(c.CPU.Periods), func(o Oracle) uint64 { return o.CPU.NrPeriods }},
		{"cpu.throttled_periods", counted(c.CPU.ThrottledPeriods), func(o Oracle) uint64 { return o.CPU.NrThrottled }},
		{"pids.current", c.Pids.Current, func(o Oracle) uint64 { return o.Pids.Current }},
		{"pids.limit", c.Pids.Limit.number(), func(o Oracle) uint64 { return o.Pids.Limit }},
		{"pids.peak", c.Pids.Peak, func(o Oracle) uint64 { return o.PidsPeak }},
		{"pids.refused", counted(c.Pids.Refused), func(o Oracle) uint64 { return o.PidsRefused }},
		{"pressure.memory.some_total", micro(c.Pressure["memory"].SomeTotal), func(o Oracle) uint64 { return o.Memory.PSI.Some.Total }},
		{"pressure.memory.full_total", micro(c.Pressure["memory"].FullTotal), func(o Oracle) uint64 { return o.Memory.PSI.Full.Total }},
		{"pressure.cpu.some_total", micro(c.Pressure["cpu"].SomeTotal), func(o Oracle) uint64 { return o.CPU.PSI.Some.Total }},
		{"pressure.cpu.full_total", micro(c.Pressure["cpu"].FullTotal), func(o Oracle) uint64 { return o.CPU.PSI.Full.Total }},
		{"pressure.io.some_total", micro(c.Pressure["io"].SomeTotal), func(o Oracle) uint64 { return o.Io.PSI.Some.Total }},
		{"pressure.io.full_total", micro(c.Pressure["io"].FullTotal), func(o Oracle) uint64 { return o.Io.PSI.Full.Total }},
	} {
		low, high := float64(value.want(before)), float64(value.want(after))
		if !within(value.got, min(low, high), max(low, high)) {
			t.Errorf("%s = %v, the oracle says %v before and %v after", value.name, orAbsent(value.got), low, high)
		}
	}
}

// busyRates holds the rates of a container that works all the time against those of the oracle and docker stats, over
// the same seconds.
func busyRates(s *scenario) {
	s.watch.Forget()
	before := s.oracle()
	line, err := s.host.DockerStats(s.ctx) // It looks for two seconds.
	if err != nil {
		s.Fatal(err)
	}
	after := s.oracle()
	var cores, throttled []float64
	for _, snapshot := range s.between(before.At, after.At) {
		c, _ := snapshot.Agent()
		if c.CPU.Cores != nil && c.CPU.ThrottledRatio != nil {
			cores, throttled = append(cores, *c.CPU.Cores), append(throttled, *c.CPU.ThrottledRatio)
		}
	}
	if len(cores) == 0 {
		s.Fatal("no snapshot while the container worked")
	}
	took := after.At.Sub(before.At).Seconds()
	wantCores := float64(after.CPU.UsageUsec-before.CPU.UsageUsec) / 1e6 / took
	wantThrottled := float64(after.CPU.NrThrottled-before.CPU.NrThrottled) / float64(after.CPU.NrPeriods-before.CPU.NrPeriods)
	if got := mean(cores); math.Abs(got/wantCores-1) > 0.15 {
		s.Errorf("%v cores, the oracle says %v over the same %v s", got, wantCores, took)
	}
	if got := mean(throttled); math.Abs(got-wantThrottled) > 0.15 {
		s.Errorf("%v of the periods throttled, the oracle says %v", got, wantThrottled)
	}
	// The command divides by the ticks of /proc/stat, of which an emulated machine loses some, and so shows up to twice
	// what there was.
	if got := percent(s.T, line.CPUPerc); got < 0.7*wantCores || got > 3*wantCores {
		s.Errorf("docker stats shows %s, the oracle %v cores", line.CPUPerc, wantCores)
	}
}

// between are the snapshots of a time, of those that were not looked at before.
func (s *scenario) between(from, to time.Time) []Snapshot {
	s.Helper()
	var snapshots []Snapshot
	_, err := s.watch.Await(s.ctx, "the time is over", func(snapshot Snapshot) bool {
		if snapshot.At.After(from) {
			snapshots = append(snapshots, snapshot)
		}
		return snapshot.At.After(to)
	})
	if err != nil {
		s.Fatal(err)
	}
	return snapshots
}

// written holds the rates of writing, summed over the time since the oracle spoke, against what it counted.
func written(s *scenario, before Oracle) {
	after := s.oracle()
	var sum float64
	covered := before.At
	for _, snapshot := range s.between(before.At, after.At) {
		c, _ := snapshot.Agent()
		rate := c.IO["write_bytes_per_second"]
		if rate == nil || snapshot.IntervalSeconds == nil {
			continue
		}
		// A wake-up's interval reaches back into that of the snapshot before.
		reach := min(*snapshot.IntervalSeconds, snapshot.At.Sub(covered).Seconds())
		sum += *rate * reach
		covered = snapshot.At
	}
	want := float64(after.bytesWritten() - before.bytesWritten())
	if want == 0 || math.Abs(sum/want-1) > 0.05 {
		s.Errorf("the rates sum up to %.0f bytes written, the oracle counted %.0f", sum, want)
	}
}

// bytesWritten is over all devices.
func (o Oracle) bytesWritten() uint64 {
	var sum uint64
	for _, device := range o.Io.Usage {
		sum += device.Wbytes
	}
	return sum
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

// compareStats holds brink against what people see in docker stats, which rounds to four digits.
func compareStats(t *testing.T, s *scenario, c Container) {
	line, err := s.host.DockerStats(s.ctx)
	if err != nil {
		t.Fatal(err)
	}
	usage, _, _ := strings.Cut(line.MemUsage, " / ")
	bytes, err := units.RAMInBytes(usage)
	if err != nil || c.Memory.WorkingSet == nil || math.Abs(float64(bytes) / *c.Memory.WorkingSet - 1) > 0.001 {
		t.Errorf("docker stats shows %s used, brink's working set is %v", usage, orAbsent(c.Memory.WorkingSet))
	}
	if pids, err := strconv.ParseFloat(line.PIDs, 64); err != nil || c.Pids.Current == nil || pids != *c.Pids.Current {
		t.Errorf("docker stats shows %s pids, brink %v", line.PIDs, orAbsent(c.Pids.Current))
	}
	if share := percent(t, line.CPUPerc); share != 0 {
		t.Errorf("docker stats shows %s of a paused container, brink %v cores", line.CPUPerc, orAbsent(c.CPU.Cores))
	}
}

func percent(t *testing.T, text string) float64 {
	t.Helper()
	share, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return share / 100
}

// oracle asks the oracle.
func (s *scenario) oracle() Oracle {
	s.Helper()
	oracle, err := s.host.Oracle(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	return oracle
}

// counted is a count as the other values are.
func counted(count *uint64) *float64 {
	if count == nil {
		return nil
	}
	value := float64(*count)
	return &value
}

// micro is a time as the kernel counts it. The number in seconds is exact to less than a microsecond.
func micro(seconds *float64) *float64 {
	if seconds == nil {
		return nil
	}
	value := math.Round(*seconds * float64(time.Second/time.Microsecond))
	return &value
}

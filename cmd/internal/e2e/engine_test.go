//go:build e2e

package e2e

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	units "github.com/docker/go-units"

	"brink/cmd/internal/e2e/engine"
)

// legacy is this host with an engine of its own, and the agent in a container whose numbers are not in cgroup v2 files.
type legacy struct {
	*testing.T
	engine *engine.Engine
	// dir holds the programs and the agent's data.
	dir string
}

// TestCgroupV1 is brink on a host whose containers are not in cgroup v2 files, with a real engine: this machine itself.
// Brink says so and goes by the engine's statistics.
func TestCgroupV1(t *testing.T) {
	l := startLegacy(t)
	l.agent("eat anon 100M")
	l.agent("zombies 3")
	check := l.check()
	c, shown := check.Agent()
	if !shown || check.Exit != ExitOK {
		t.Fatalf("check ended with %d: %s%s", check.Exit, check.Raw, check.Stderr)
	}
	if mode := check.Host.CgroupMode; mode != "hybrid" && mode != "legacy" {
		t.Errorf("cgroup_mode = %q", mode)
	}
	t.Run("falls back and says so", func(t *testing.T) {
		stats, known := c.Source("docker stats")
		if !known || !stats.OK || !strings.Contains(strings.Join(stats.Gives, " "), "memory cpu pids") {
			t.Errorf("the statistics give %+v", stats)
		}
		cgroup, known := c.Source("cgroup")
		if !known || len(cgroup.Gives) > 0 || len(cgroup.Missing) == 0 || !strings.Contains(cgroup.Missing[0].Why, "cgroup v1") {
			t.Errorf("the cgroup files give %+v", cgroup)
		}
		if c.CgroupPath != "" || c.Memory.OOMKills != nil || c.Pids.Zombies != nil || len(c.Pressure) > 0 {
			t.Errorf("values that nobody can have read: %s", check.Raw)
		}
	})
	t.Run("has the limits", func(t *testing.T) {
		if !within(c.Memory.Limit.number(), 256*mib, 256*mib) || !within(c.CPU.Limit.number(), 1.5, 1.5) || !within(c.Pids.Limit.number(), 64, 64) {
			t.Errorf("limits: memory %v, cpu %v, pids %v", orAbsent(c.Memory.Limit), orAbsent(c.CPU.Limit), orAbsent(c.Pids.Limit))
		}
	})
	t.Run("shows what docker stats shows", func(t *testing.T) {
		l.compare(t, c)
	})
	t.Run("sees a busy thread", func(t *testing.T) {
		l.agent("burn 1")
		c, _ := l.check().Agent()
		if !within(c.CPU.Cores, 0.3, 1.3) || c.CPU.OfLimit == nil {
			t.Errorf("one busy thread is %v cores, %v of the limit", orAbsent(c.CPU.Cores), orAbsent(c.CPU.OfLimit))
		}
		l.agent("quiet")
	})
	t.Run("hears of an OOM kill", func(t *testing.T) {
		l.agent("child eat 1G chrome")
		check := l.check()
		c, _ := check.Agent()
		if severity, firing := c.Firing("oom-kill"); !firing || severity != "critical" || check.Exit != ExitCritical || c.State != "running" {
			t.Errorf("check ended with %d: %s", check.Exit, check.Raw)
		}
	})
}

// compare holds brink against docker stats, both of an agent that does nothing.
func (l *legacy) compare(t *testing.T, c Container) {
	text, err := l.engine.Docker(t.Context(), nil, "stats", "--no-stream", "--format", "{{.MemUsage}}|{{.PIDs}}", ContainerName)
	if err != nil {
		t.Fatal(err)
	}
	usage, pids, _ := strings.Cut(text, "|")
	used, _, _ := strings.Cut(usage, " / ")
	size, err := units.RAMInBytes(used)
	if err != nil || c.Memory.WorkingSet == nil || math.Abs(*c.Memory.WorkingSet/float64(size)-1) > 0.02 {
		t.Errorf("docker stats shows %s used, brink's working set is %v", used, orAbsent(c.Memory.WorkingSet))
	}
	if !within(c.Memory.Anon, 100*mib, 130*mib) || c.Memory.Unreclaimable == nil || c.Memory.Current == nil {
		t.Errorf("anon %v, unreclaimable %v, current %v", orAbsent(c.Memory.Anon), orAbsent(c.Memory.Unreclaimable), orAbsent(c.Memory.Current))
	}
	if c.Pids.Current == nil || pids != strconv.FormatFloat(*c.Pids.Current, 'f', -1, 64) {
		t.Errorf("docker stats shows %s pids, brink %v", pids, orAbsent(c.Pids.Current))
	}
}

func startLegacy(t *testing.T) *legacy {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts a Docker engine")
	}
	if reason := engine.Unsuitable(); reason != "" {
		t.Skip(reason)
	}
	l := &legacy{T: t, dir: t.TempDir()}
	for _, program := range []string{"brink/cmd/brink", "brink/cmd/internal/e2e/agent"} {
		if err := buildProgram(t.Context(), program, l.path(filepath.Base(program))); err != nil {
			t.Fatal(err)
		}
	}
	e, err := engine.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	l.engine = e
	if version := l.docker("info", "--format", "{{.CgroupVersion}} {{.CgroupDriver}}"); version != "1 cgroupfs" {
		t.Fatalf("docker info = %q, want cgroup version 1: the scenario is not what it should be", version)
	}
	if err := e.Import(t.Context(), l.path("agent"), "openclaw/openclaw:latest", "app", "app/data", "tmp"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(l.path("data"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.docker("run", "--detach", "--name", ContainerName, "--network", "none", "--memory", "256m", "--memory-swap", "256m",
		"--cpus", "1.5", "--pids-limit", "64", "--read-only", "--tmpfs", "/tmp:size=64M", "--volume", l.path("data")+":/app/data",
		"openclaw/openclaw:latest")
	return l
}

func (l *legacy) path(name string) string { return filepath.Join(l.dir, name) }

func (l *legacy) docker(args ...string) string {
	l.Helper()
	text, err := l.engine.Docker(l.Context(), nil, args...)
	if err != nil {
		l.Fatal(err)
	}
	return text
}

// agent has the agent obey.
func (l *legacy) agent(command string) {
	l.Helper()
	cmd := exec.CommandContext(l.Context(), l.path("agent"), "do", "-wait", "30s", command)
	cmd.Env = append(os.Environ(), "AGENT_SOCKET="+l.path("data/agent.sock"))
	if said, err := cmd.CombinedOutput(); err != nil {
		l.Fatalf("agent, %s: %v: %s", command, err, said)
	}
}

// check runs brink check on this host.
func (l *legacy) check() Check {
	l.Helper()
	return checkHere(l.T, l.path("brink"), "--host", l.engine.Host())
}

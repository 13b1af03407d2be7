//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkHere runs `brink check --format json` on this side, not on the machine.
func checkHere(t *testing.T, brink string, arguments ...string) Check {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), brink, append([]string{"check", "--format", "json"}, arguments...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	check := Check{Exit: cmd.ProcessState.ExitCode(), Stderr: stderr.String()}
	var err error
	if check.Snapshot, err = ParseSnapshot(stdout.Bytes()); err != nil {
		t.Fatal(err, stderr.String())
	}
	for _, wrong := range check.Faults() {
		t.Error("brink check:", wrong)
	}
	return check
}

// fromAnotherHost: brink runs on this side, where the process numbers of the machine's engine mean others or nobody. It
// goes by the engine's statistics and says why.
func fromAnotherHost(s *scenario) {
	s.agent("eat anon 200M")
	brink := filepath.Join(s.TempDir(), "brink")
	if err := buildProgram(s.ctx, "brink/cmd/brink", brink); err != nil {
		s.Fatal(err)
	}
	engine, err := s.host.EngineSocket(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	check := checkHere(s.T, brink, "--host", "unix://"+engine)
	c, shown := check.Agent()
	if !shown || check.Exit != ExitOK {
		s.Fatalf("check ended with %d: %s%s", check.Exit, check.Raw, check.Stderr)
	}
	if !within(c.Memory.Anon, 200*mib, 230*mib) || !within(c.Pids.Limit.number(), 256, 256) || c.CPU.Cores == nil {
		s.Errorf("anon %v, pids limit %v, %v cores", orAbsent(c.Memory.Anon), orAbsent(c.Pids.Limit), orAbsent(c.CPU.Cores))
	}
	if stats, _ := c.Source("docker stats"); !strings.Contains(strings.Join(stats.Gives, " "), "memory cpu pids") {
		s.Errorf("the statistics give %+v", stats)
	}
	cgroup, _ := c.Source("cgroup")
	if c.CgroupPath != "" || len(cgroup.Gives) > 0 || len(cgroup.Missing) == 0 || !strings.Contains(cgroup.Missing[0].Why, "the engine is") {
		s.Errorf("cgroup path %q of another host; %+v", c.CgroupPath, cgroup)
	}
	if c.Pids.Zombies != nil || c.Memory.OOMKills != nil || len(c.Processes) > 0 || len(c.Tmpfs) > 0 && c.Tmpfs[0].Used != nil {
		s.Errorf("values that nobody can have read: %s", check.Raw)
	}
}

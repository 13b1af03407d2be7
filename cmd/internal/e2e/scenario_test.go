//go:build e2e

package e2e

import (
	"context"
	"testing"
)

// TestAgent runs the scenarios in one order, whatever -shuffle says: brink knows deaths by the container's name and for
// ten minutes, so a death would be in the verdict of every scenario that follows it. Those in which nothing dies come first.
func TestAgent(t *testing.T) {
	for _, scenario := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"limits", limits},
		{"stopped after a timeout", stoppedAfterTimeout},
		{"a child is killed", childKilled},
	} {
		t.Run(scenario.name, scenario.run)
	}
}

// scenario is one test on the host: the agent just started at its base load, and brink watching it.
type scenario struct {
	*testing.T
	host  *Host
	ctx   context.Context
	watch *Watch
}

// begin starts the agent anew, with overrides of the compose file, and a watch that has shown it once.
func begin(t *testing.T, overrides ...string) *scenario {
	t.Helper()
	s := &scenario{T: t, host: stage(t), ctx: t.Context()}
	if err := s.host.Up(s.ctx, overrides...); err != nil {
		t.Fatal(err)
	}
	s.watch = s.open("")
	s.await("the agent runs", func(c Container) bool { return c.State == "running" && c.Memory.Current != nil })
	return s
}

// open starts another watch, which ends with the test.
func (s *scenario) open(arguments string) *Watch {
	s.Helper()
	watch, err := s.host.Brink().Watch(s.ctx, arguments)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(watch.Close)
	return watch
}

// agent has the agent obey.
func (s *scenario) agent(command string) string {
	s.Helper()
	answer, err := s.host.Agent.Do(s.ctx, command)
	if err != nil {
		s.Fatal(err)
	}
	return answer
}

// await returns the first snapshot of the agent, after the last one awaited, for which the condition holds.
func (s *scenario) await(what string, holds func(Container) bool) Container {
	s.Helper()
	container, err := s.watch.AwaitAgent(s.ctx, what, holds)
	if err != nil {
		s.Fatal(err)
	}
	return container
}

// settle is await on snapshots that were made from now on.
func (s *scenario) settle(what string, holds func(Container) bool) Container {
	s.Helper()
	s.watch.Forget()
	return s.await(what, holds)
}

// check runs brink check.
func (s *scenario) check(arguments string) Check {
	s.Helper()
	check, err := s.host.Brink().Check(s.ctx, arguments)
	if err != nil {
		s.Fatal(err)
	}
	return check
}

// compose runs docker compose on the project.
func (s *scenario) compose(command string, overrides ...string) {
	s.Helper()
	if _, err := s.host.Compose(s.ctx, command, overrides...); err != nil {
		s.Fatal(err)
	}
}

// run runs a command on the host, which must succeed.
func (s *scenario) run(command string) string {
	s.Helper()
	output, err := s.host.Output(s.ctx, command)
	if err != nil {
		s.Fatal(err)
	}
	return output
}

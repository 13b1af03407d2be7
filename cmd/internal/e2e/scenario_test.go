//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestAgent runs the scenarios in one order, whatever -shuffle says: brink knows deaths by the container's name and for
// ten minutes, so a death would be in the verdict of every scenario that follows it. Those in which nothing dies come first.
func TestAgent(t *testing.T) {
	for _, scenario := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"limits", limits},
		{"page cache", pageCache},
		{"health", health},
		{"lives", lives},
		{"sinks", sinks},
		{"growth", growth},
		{"recorder", recorder},
		{"deaths", deaths},
		{"audit", audit},
	} {
		t.Run(scenario.name, scenario.run)
	}
}

// scenario is one test on the host: the agent, and brink watching it.
type scenario struct {
	*testing.T
	host  *Host
	ctx   context.Context
	watch *Watch
	// began is the host's time at which it began: what brink tells of before is another scenario's.
	began time.Time
	// alarmed is the value of each rule that fired when it began: what is latched, or true for ten minutes, is the doing
	// of a scenario before.
	alarmed map[string]float64
}

// prepare is a scenario in which nothing runs yet.
func prepare(t *testing.T) *scenario {
	t.Helper()
	s := &scenario{T: t, host: stage(t), ctx: t.Context()}
	s.began = s.now()
	return s
}

// begin starts the agent anew, with overrides of the compose file, and a watch that has shown it once.
func begin(t *testing.T, overrides ...string) *scenario {
	t.Helper()
	s := prepare(t)
	if err := s.host.Up(s.ctx, overrides...); err != nil {
		t.Fatal(err)
	}
	s.began = s.now()
	s.watch = s.open("")
	s.await("the agent runs", func(c Container) bool { return c.State == "running" && c.Memory.Current != nil })
	return s
}

// part is a scenario within another: the same agent and watch, from now on.
func (s *scenario) part(name string, run func(*scenario)) bool {
	return s.Run(name, func(t *testing.T) {
		own := *s
		own.T, own.ctx = t, t.Context()
		own.began, own.alarmed = own.now(), own.watch.firing()
		run(&own)
	})
}

// driftRule is right to fire where a scenario makes the agent anew with another limit or without a health check. What the
// audit finds has scenarios of its own.
const driftRule = "hardening-drift"

// alarms requires that no rule began to fire, or fires for more than it did when the scenario began, but those named.
func (s *scenario) alarms(c Container, expected ...string) {
	s.Helper()
	for _, alert := range c.Alerts {
		if alert.Rule == driftRule {
			continue
		}
		before, fired := s.alarmed[alert.Rule]
		if alert.State == "firing" && !slices.Contains(expected, alert.Rule) && (!fired || alert.Value > before) {
			s.Errorf("%s fires: %+v", alert.Rule, alert)
		}
	}
}

// now is the host's time.
func (s *scenario) now() time.Time {
	s.Helper()
	nanoseconds, err := strconv.ParseInt(strings.TrimSpace(s.run("date +%s%N")), 10, 64)
	if err != nil {
		s.Fatal(err)
	}
	return time.Unix(0, nanoseconds)
}

// open starts another watch, which ends with the test.
func (s *scenario) open(arguments string) *Watch {
	s.Helper()
	return s.openAs(s.host.Brink(), arguments)
}

func (s *scenario) openAs(brink Brink, arguments string) *Watch {
	s.Helper()
	watch, err := brink.Watch(s.ctx, arguments)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		watch.Close()
		for _, wrong := range watch.Wrong() {
			s.Error("brink watch:", wrong)
		}
	})
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

// tells returns the story since the scenario began, as soon as the condition holds for it.
func (s *scenario) tells(what string, holds func(Story) bool) Story {
	s.Helper()
	story, err := s.watch.AwaitStory(s.ctx, what, func(story Story) bool { return holds(story.Since(s.began)) })
	if err != nil {
		s.Fatal(err)
	}
	return story.Since(s.began)
}

// told is tells for one event of a kind.
func (s *scenario) told(kind string) Event {
	s.Helper()
	story := s.tells("it tells "+kind, func(story Story) bool { return len(story.Of(kind)) > 0 })
	return story.Of(kind)[0]
}

// check runs brink check as root.
func (s *scenario) check(arguments string) Check {
	s.Helper()
	return s.checkAs(s.host.Brink(), arguments)
}

func (s *scenario) checkAs(brink Brink, arguments string) Check {
	s.Helper()
	check, err := brink.Check(s.ctx, arguments)
	if err != nil {
		s.Fatal(err)
	}
	if check.Raw != "" {
		for _, wrong := range check.Faults() {
			s.Error("brink check:", wrong)
		}
	}
	return check
}

// until waits for a shell condition to hold on the host.
func (s *scenario) until(condition string) {
	s.Helper()
	s.run(fmt.Sprintf("for i in $(seq 300); do { %s; } >/dev/null && exit 0; sleep 0.2; done; echo 'this never held: '%s >&2; exit 1",
		condition, quote(condition)))
}

// finally runs a command on the host when the scenario has ended, however it did.
func (s *scenario) finally(command string) {
	s.Helper()
	s.Cleanup(func() {
		if _, err := s.host.Output(context.WithoutCancel(s.ctx), command); err != nil {
			s.Error(err)
		}
	})
}

// kills has the agent do what it does not survive.
func (s *scenario) kills(command string) {
	s.Helper()
	if answer, err := s.host.Agent.Do(s.ctx, command); !errors.Is(err, ErrAgentGone) {
		s.Fatalf("the agent lives on after %s: %q, %v", command, answer, err)
	}
}

// inspect evaluates a template on the engine's word about the container.
func (s *scenario) inspect(template string) string {
	s.Helper()
	text, err := s.host.Inspect(s.ctx, template)
	if err != nil {
		s.Fatal(err)
	}
	return text
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

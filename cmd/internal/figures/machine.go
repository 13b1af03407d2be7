package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"strings"
	"time"

	"brink/cmd/internal/e2e"
	"brink/cmd/internal/e2e/vm"
)

// machine is the virtual machine with a real engine, with our programs on it.
type machine struct {
	host  *e2e.Host
	where string
	close func() error
}

// remoteDir is where our programs are on the machine. It is none of the suite's.
const remoteDir = "/root/figures"

// openMachine boots a machine with the hardened agent on it, or takes the one that devvm keeps, where the agent must be
// up already.
func openMachine(ctx context.Context, o options, steps *log.Logger) (*machine, error) {
	cache, err := vm.CacheDir()
	if err != nil {
		return nil, err
	}
	if o.dev {
		running, err := vm.Attach(filepath.Join(cache, "dev"))
		if err != nil {
			return nil, fmt.Errorf("%w: devvm up boots it", err)
		}
		return newMachine(e2e.AttachHost(running), func() error { return nil }), nil
	}
	booted, err := vm.BootStandard(ctx, steps)
	if err != nil {
		return nil, err
	}
	host, err := e2e.NewHost(ctx, booted, steps)
	if err == nil {
		err = host.Up(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, booted.Close())
	}
	return newMachine(host, booted.Close), nil
}

func newMachine(host *e2e.Host, closing func() error) *machine {
	return &machine{host: host, where: "virtual machine, " + string(host.Accelerator()), close: closing}
}

// install copies our programs.
func (m *machine) install(ctx context.Context, programs binaries) error {
	return errors.Join(
		m.host.Copy(ctx, programs.brink(), remoteDir+"/brink", 0o755),
		m.host.Copy(ctx, programs.figures(), remoteDir+"/figures", 0o755),
	)
}

// measure runs a verb of this program on the machine.
func measure[O, R any](ctx context.Context, m *machine, verb string, options O) (R, error) {
	var result R
	text, err := json.Marshal(options)
	if err != nil {
		return result, err
	}
	output, err := m.host.Output(ctx, remoteDir+"/figures "+verb+" '"+strings.ReplaceAll(string(text), "'", `'\''`)+"'")
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal([]byte(output), &result); err != nil {
		return result, fmt.Errorf("figures %s on the machine: %w in %s", verb, err, output)
	}
	return result, nil
}

// brinkScreen is the dashboard of the agent.
func (m *machine) brinkScreen(flags ...string) screenOptions {
	return screenOptions{
		Argv:  append(append([]string{remoteDir + "/brink"}, flags...), e2e.ContainerName),
		Frame: []string{"brink", e2e.ContainerName}, Numbers: []string{"cannot be freed"},
		Patience: m.host.Patience(20 * time.Second), Settle: m.host.Patience(3 * time.Second),
	}
}

// dockerStats is what brink is compared with.
func (m *machine) dockerStats() screenOptions {
	return screenOptions{
		Argv:  []string{"docker", "stats", e2e.ContainerName},
		Frame: []string{"CONTAINER ID"}, Numbers: []string{"MiB / "},
		Patience: m.host.Patience(20 * time.Second), Settle: m.host.Patience(3 * time.Second),
	}
}

// machineStage measures what needs a real engine.
func machineStage(ctx context.Context, o options, steps *log.Logger, r *report) (err error) {
	programs, err := build(ctx)
	if err != nil {
		return err
	}
	defer programs.remove()
	m, err := openMachine(ctx, o, steps)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	if err := m.install(ctx, programs); err != nil {
		return err
	}
	if err := m.measureStarts(ctx, o, r); err != nil {
		return err
	}
	if err := m.compare(ctx, o, steps, r); err != nil {
		return err
	}
	steps.Printf("timing %d OOM kills", o.kills)
	return m.timeKills(ctx, o, r)
}

func (m *machine) measureStarts(ctx context.Context, o options, r *report) error {
	starts, err := measureStarts(ctx, o.starts, func(ctx context.Context) (screenCost, error) {
		return measure[screenOptions, screenCost](ctx, m, "screen", m.brinkScreen())
	})
	if err != nil {
		return err
	}
	r.starts(starts, m.where)
	return nil
}

// compare runs the programs in turn, for the same time each.
func (m *machine) compare(ctx context.Context, o options, steps *log.Logger, r *report) error {
	runs := []screenOptions{{Settle: time.Second}, m.brinkScreen(), m.dockerStats(), m.brinkScreen("--source", "cgroup")}
	var costs []screenCost
	for _, run := range runs {
		run.Window = o.window()
		steps.Printf("watching %s for %v", strings.Join(append(run.Argv, "the engine")[:max(len(run.Argv), 1)], " "), run.Window)
		cost, err := measure[screenOptions, screenCost](ctx, m, "screen", run)
		if err != nil {
			return err
		}
		costs = append(costs, cost)
	}
	r.comparison(costs[0], costs[1], costs[2], costs[3], m.where)
	r.terminal(costs[1], m.where)
	return nil
}

// comparison adds the CPU of brink beside that of `docker stats`. What the engine uses with nobody watching is taken
// off, so that "together" is what the watching costs.
func (r *report) comparison(idle, brink, stats, cgroup screenCost, where string) {
	together := func(c screenCost) time.Duration {
		return c.CPU + max(0, c.EngineCPU-time.Duration(float64(idle.EngineCPU)*float64(c.Window)/float64(idle.Window)))
	}
	of := func(c screenCost) string {
		return fmt.Sprintf("%s alone, %s with the engine's work for it", percentOfCore(c.CPU, c.Window), percentOfCore(together(c), c.Window))
	}
	r.add("CPU at 1 Hz: brink", "alone and together <= `docker stats`", where, "%s", of(brink))
	r.add("CPU at 1 Hz: brink --source cgroup", "together <= half of `docker stats`", where, "%s", of(cgroup))
	r.add("CPU: docker stats", "", where, "%s (the engine with nobody watching: %s)", of(stats), percentOfCore(idle.EngineCPU, idle.Window))
	r.add("brink : docker stats", "<= 1 and <= 1", where, "alone %s, together %s", times(brink.CPU, stats.CPU), times(together(brink), together(stats)))
	r.add("brink --source cgroup : docker stats", "together <= 0.5", where, "alone %s, together %s", times(cgroup.CPU, stats.CPU), times(together(cgroup), together(stats)))
	r.add("bytes to the terminal a second: docker stats", "", where, "%d", stats.bytesPerSecond())
}

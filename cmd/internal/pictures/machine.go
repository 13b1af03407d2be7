package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"time"

	"brink/cmd/internal/e2e"
	"brink/cmd/internal/e2e/vm"
)

// machine is the virtual machine with a real engine, and the hardened agent on it.
type machine struct {
	host *e2e.Host
	end  func() error
}

// openMachine boots a machine, or takes the one that devvm keeps, and puts this brink on it.
func openMachine(ctx context.Context, dev bool, steps *log.Logger) (*machine, error) {
	m, err := findMachine(ctx, dev, steps)
	if err != nil {
		return nil, err
	}
	err = m.host.InstallBrink(ctx)
	if err == nil {
		err = m.host.Up(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, m.end())
	}
	return m, nil
}

func findMachine(ctx context.Context, dev bool, steps *log.Logger) (*machine, error) {
	cache, err := vm.CacheDir()
	if err != nil {
		return nil, err
	}
	if dev {
		running, err := vm.Attach(filepath.Join(cache, "dev"))
		if err != nil {
			return nil, fmt.Errorf("%w: devvm up boots it", err)
		}
		return &machine{host: e2e.AttachHost(running), end: func() error { return nil }}, nil
	}
	booted, err := vm.BootStandard(ctx, steps)
	if err != nil {
		return nil, err
	}
	host, err := e2e.NewHost(ctx, booted, steps)
	if err != nil {
		return nil, errors.Join(err, booted.Close())
	}
	return &machine{host: host, end: booted.Close}, nil
}

func (m *machine) close() error { return m.end() }

// start starts brink over ssh, as a person does it.
func (m *machine) start(t terminal) (*session, error) {
	cmd := m.host.Interactive("LC_ALL=C.UTF-8 COLORTERM=truecolor brink " + e2e.ContainerName)
	return startSession(t, cmd, m.host.Patience(40*time.Second))
}

// history is how long something is to be seen on the charts.
const history = 80 * time.Second

// story is an agent that works, fills its memory and is killed for it. The commands are those of the agent in the
// container.
func (m *machine) story() []moment {
	return []moment{
		{"working", func(ctx context.Context) error {
			return m.do(ctx, history, "quiet", "tmpfs /tmp 96M", "burn 1", "eat anon 600M rate 15M")
		}, []string{"cannot be freed", "running"}},
		{"near-limits", func(ctx context.Context) error {
			return m.do(ctx, history, "burn 3", "zombies 24", "eat anon 1150M rate 20M")
		}, []string{"critical"}},
		{"killed", func(ctx context.Context) error {
			return m.do(ctx, 5*time.Second, "eat anon 400M")
		}, []string{"OOM"}},
	}
}

// do lets the agent obey one command after another, and lets time pass after each.
func (m *machine) do(ctx context.Context, after time.Duration, commands ...string) error {
	for _, command := range commands {
		if _, err := m.host.Agent.Do(ctx, command); err != nil && !errors.Is(err, e2e.ErrAgentGone) {
			return err
		}
		if err := sleep(ctx, after/time.Duration(len(commands))); err != nil {
			return err
		}
	}
	return nil
}

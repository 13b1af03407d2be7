package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"brink/cmd/internal/config"
	"brink/collectors/sources"
)

// settings are the command line and the configuration file together. The command
// line wins.
type settings struct {
	config.Config
	targets []sources.Target
	// stays says that the command goes on for so long that it is worth recording, and
	// looking at how the containers are shut in.
	stays bool
}

// settings reads both, and tells every fault of both at once.
func (p *program) settings(args []string) (settings, error) {
	loaded, err := p.loadConfig()
	if err != nil {
		return settings{}, usageError(err)
	}
	if len(args) == 0 {
		args = loaded.Targets
	}
	if !p.intervalGiven {
		p.flags.interval = loaded.Interval
	}
	targets, err := p.flags.targets(args)
	return settings{Config: loaded, targets: targets}, err
}

// asked is what is followed, as it was typed; empty for the agent.
func (s settings) asked() string {
	var list []string
	for _, target := range s.targets {
		list = append(list, target.String())
	}
	return strings.Join(list, " ")
}

// target is the one that was asked for; the agent if none was.
func (s settings) target() sources.Target {
	if len(s.targets) == 0 {
		return sources.AgentTarget()
	}
	return s.targets[0]
}

// loadConfig reads the file that --config names, else the one in its usual place,
// which need not be there.
func (p *program) loadConfig() (config.Config, error) {
	path, named := p.flags.config, p.flags.config != ""
	if !named {
		path = p.configPath()
	}
	if path == "" {
		return config.Default(), nil
	}
	loaded, warnings, err := config.Load(path, named)
	for _, warning := range warnings {
		_, _ = fmt.Fprintln(p.err, "brink:", warning)
	}
	return loaded, err
}

// configPath is where the configuration usually is (XDG Base Directory
// Specification); empty without a home.
func (p *program) configPath() string {
	return p.underHome("XDG_CONFIG_HOME", ".config", "config.toml")
}

// statePath is where notifications survive a restart.
func (p *program) statePath() string {
	return p.underHome("XDG_STATE_HOME", ".local/state", "outbox.json")
}

// underHome is a file of brink's below a directory that a variable names, else
// below the home. systemd sets STATE_DIRECTORY and the like for its services, and
// a unit can set the XDG variables to them.
func (p *program) underHome(variable, usual, file string) string {
	base := p.env(variable)
	if !filepath.IsAbs(base) {
		home := p.env("HOME")
		if home == "" {
			return ""
		}
		base = filepath.Join(home, usual)
	}
	return filepath.Join(base, "brink", file)
}

// errNoSinks is what a command says that needs sinks.
var errNoSinks = errors.New("no sink is configured; brink rules prints an example with --example")

package sources

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"brink/collectors"
)

// Target is one container as a person asks for it.
type Target struct {
	kind targetKind
	// text is the name, id prefix, service or cgroup path, without its prefix.
	text string
}

type targetKind uint8

const (
	// targetAgent is no target at all: whatever looks like the agent.
	targetAgent targetKind = iota
	targetName
	targetService
	targetCgroup
)

// AgentTarget is what is followed when nothing was asked for.
func AgentTarget() Target { return Target{} }

const (
	servicePrefix = "service:"
	cgroupPrefix  = "cgroup:"
)

// ParseTarget reads a CONTAINER argument: a name, an id prefix,
// "service:NAME" (a compose service) or "cgroup:/PATH" (a directory below the
// cgroup2 mount, no engine needed).
func ParseTarget(text string) (Target, error) {
	switch {
	case text == "":
		return Target{}, errors.New("empty container name; leave the argument out to follow the agent")
	case strings.HasPrefix(text, servicePrefix):
		return named(targetService, text, strings.TrimPrefix(text, servicePrefix))
	case strings.HasPrefix(text, cgroupPrefix):
		return cgroupTarget(text, strings.TrimPrefix(text, cgroupPrefix))
	default:
		return named(targetName, text, strings.TrimPrefix(text, "/"))
	}
}

// named checks the characters that the engine allows in names (moby
// daemon/names: [a-zA-Z0-9][a-zA-Z0-9_.-]+; compose allows the same in services).
func named(kind targetKind, given, name string) (Target, error) {
	if name == "" {
		return Target{}, fmt.Errorf("%q names nothing", given)
	}
	for i, r := range name {
		if !nameRune(r, i == 0) {
			return Target{}, fmt.Errorf("%q is not a container name, id, service:NAME or cgroup:/PATH: it holds %q", given, r)
		}
	}
	return Target{kind: kind, text: name}, nil
}

func nameRune(r rune, first bool) bool {
	alphanumeric := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return alphanumeric || !first && strings.ContainsRune("_.-", r)
}

// cgroupTarget refuses invisible characters, which are legal in the name of a
// cgroup and which a container with cgroups of its own can choose: the target is
// shown as it was typed.
func cgroupTarget(given, dir string) (Target, error) {
	if !strings.HasPrefix(dir, "/") {
		return Target{}, fmt.Errorf("%q: the path after cgroup: starts at the cgroup2 mount, as in cgroup:/system.slice/docker-….scope", given)
	}
	if slices.Contains(strings.Split(dir, "/"), "..") {
		return Target{}, fmt.Errorf("%q: the path after cgroup: must not climb with \"..\" components", given)
	}
	if collectors.Clean(dir, len(dir)) != dir {
		return Target{}, fmt.Errorf("%q: the path after cgroup: holds characters that cannot be seen", given)
	}
	return Target{kind: targetCgroup, text: path.Clean(dir)}, nil
}

// String is the target as it would be typed; empty for the agent.
func (t Target) String() string {
	switch t.kind {
	case targetService:
		return servicePrefix + t.text
	case targetCgroup:
		return cgroupPrefix + t.text
	default:
		return t.text
	}
}

// NeedsEngine reports whether only a container engine can resolve the target.
func (t Target) NeedsEngine() bool { return t.kind != targetCgroup }

// Candidate is a container that a target may mean.
type Candidate struct {
	ID      string
	Name    string
	Image   string
	Service string
	Running bool
}

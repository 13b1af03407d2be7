package sources

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
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
		return Target{}, fmt.Errorf("empty container name; leave the argument out to follow the agent")
	case strings.HasPrefix(text, servicePrefix):
		return named(targetService, text, strings.TrimPrefix(text, servicePrefix))
	case strings.HasPrefix(text, cgroupPrefix):
		return cgroupTarget(text, strings.TrimPrefix(text, cgroupPrefix))
	default:
		return named(targetName, text, strings.TrimPrefix(text, "/"))
	}
}

// named checks the characters the engine allows in names ([a-zA-Z0-9][a-zA-Z0-9_.-]+).
func named(kind targetKind, given, name string) (Target, error) {
	if name == "" {
		return Target{}, fmt.Errorf("%q names nothing", given)
	}
	for _, r := range name {
		if !nameRune(r) {
			return Target{}, fmt.Errorf("%q is not a container name, id, service:NAME or cgroup:/PATH: it holds %q", given, r)
		}
	}
	return Target{kind: kind, text: name}, nil
}

func nameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_.-", r)
}

func cgroupTarget(given, dir string) (Target, error) {
	if !strings.HasPrefix(dir, "/") {
		return Target{}, fmt.Errorf("%q: the path after cgroup: starts at the cgroup2 mount, as in cgroup:/system.slice/docker-….scope", given)
	}
	if slices.Contains(strings.Split(dir, "/"), "..") {
		return Target{}, fmt.Errorf("%q: the path after cgroup: must not climb with ..", given)
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

const (
	// agentName is the container of the hardened deployment.
	agentName = "openclaw-agent"
	// agentWord is in the names of its images.
	agentWord = "openclaw"
	// shortestID is the fewest digits that are taken for an id: fewer are more
	// likely a name that is not there.
	shortestID = 4
)

// agentServices are the compose services of the agent, best first.
func agentServices() []string { return []string{"openclaw", "openclaw-gateway"} }

// resolve finds the container that t means. It returns none with the choices
// when several could be meant, and none without choices when nothing fits.
func (t Target) resolve(all []Candidate) (found Candidate, ok bool, choices []Candidate) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Name, b.Name) })
	switch t.kind {
	case targetName:
		return t.resolveName(all)
	case targetService:
		return only(preferRunning(filter(all, func(c Candidate) bool { return c.Service == t.text })))
	case targetAgent:
		return resolveAgent(all)
	default:
		return Candidate{}, false, nil
	}
}

// resolveName takes the exact name first, as the engine does, then the id.
func (t Target) resolveName(all []Candidate) (Candidate, bool, []Candidate) {
	if exact := filter(all, func(c Candidate) bool { return c.Name == t.text }); len(exact) > 0 {
		return exact[0], true, nil
	}
	if len(t.text) < shortestID {
		return Candidate{}, false, nil
	}
	return only(filter(all, func(c Candidate) bool { return strings.HasPrefix(c.ID, strings.ToLower(t.text)) }))
}

// resolveAgent goes through the ways in which the agent can be recognised, from
// the surest on; a way that fits several containers is a question for a person.
func resolveAgent(all []Candidate) (Candidate, bool, []Candidate) {
	ways := []func(Candidate) bool{
		func(c Candidate) bool { return c.Name == agentName },
	}
	for _, service := range agentServices() {
		ways = append(ways, func(c Candidate) bool { return c.Service == service })
	}
	ways = append(ways,
		func(c Candidate) bool { return imageIsAgent(c.Image) },
		func(c Candidate) bool { return c.Running },
	)
	for _, way := range ways {
		if fitting := preferRunning(filter(all, way)); len(fitting) > 0 {
			return only(fitting)
		}
	}
	return Candidate{}, false, nil
}

// imageIsAgent looks at the repository's last component and the one before it,
// as in openclaw/openclaw:latest; the sandboxes that an agent starts are not it.
func imageIsAgent(image string) bool {
	repository, _, _ := strings.Cut(image, "@")
	return strings.Contains(repository, agentWord) && !strings.Contains(repository, agentWord+"-sandbox")
}

// preferRunning leaves the stopped ones out when any runs.
func preferRunning(list []Candidate) []Candidate {
	if running := filter(list, func(c Candidate) bool { return c.Running }); len(running) > 0 {
		return running
	}
	return list
}

func only(list []Candidate) (Candidate, bool, []Candidate) {
	if len(list) == 1 {
		return list[0], true, nil
	}
	return Candidate{}, false, list
}

func filter(list []Candidate, keep func(Candidate) bool) []Candidate {
	var kept []Candidate
	for _, candidate := range list {
		if keep(candidate) {
			kept = append(kept, candidate)
		}
	}
	return kept
}

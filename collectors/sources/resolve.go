package sources

import (
	"cmp"
	"slices"
	"strings"
)

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
	all = slices.SortedFunc(slices.Values(all), func(a, b Candidate) int { return cmp.Compare(a.Name, b.Name) })
	switch t.kind {
	case targetName:
		return t.resolveName(all)
	case targetService:
		return only(preferRunning(filter(all, t.isService)))
	case targetAgent:
		return resolveAgent(all)
	default:
		return Candidate{}, false, nil
	}
}

// successor finds who takes the place of a container whose name is gone: for a
// service and for the agent that may be one of another name, as after a change of
// the project's name. It must run: docker compose makes the new container under a
// name for the meantime ("0123456789ab_NAME") and renames it before the start.
func (t Target) successor(all []Candidate) (Candidate, bool) {
	running := filter(all, Candidate.runs)
	var fitting []Candidate
	switch t.kind {
	case targetService:
		fitting = filter(running, t.isService)
	case targetAgent:
		fitting = firstFitting(running, agentMarks()...)
	default:
		return Candidate{}, false
	}
	found, ok, _ := only(fitting)
	return found, ok
}

// resolveName takes the exact name first, as the engine does, then the id.
func (t Target) resolveName(all []Candidate) (Candidate, bool, []Candidate) {
	if exact := filter(all, func(c Candidate) bool { return c.Name == t.text }); len(exact) > 0 {
		return exact[0], true, nil
	}
	if len(t.text) < shortestID {
		return Candidate{}, false, nil
	}
	prefix := strings.ToLower(t.text)
	return only(filter(all, func(c Candidate) bool { return strings.HasPrefix(c.ID, prefix) }))
}

// resolveAgent goes through the ways in which the agent can be recognised, from
// the surest on; a way that fits several containers is a question for a person.
// What carries no mark of the agent is taken when it is the only one that runs.
func resolveAgent(all []Candidate) (Candidate, bool, []Candidate) {
	own := func(c Candidate) bool { return c.Running && !c.isSandbox() }
	return only(firstFitting(all, append(agentMarks(), own, Candidate.runs)...))
}

// agentMarks are the marks of the agent, surest first.
func agentMarks() []func(Candidate) bool {
	marks := []func(Candidate) bool{func(c Candidate) bool { return c.Name == agentName }}
	for _, service := range agentServices() {
		marks = append(marks, func(c Candidate) bool { return c.Service == service })
	}
	return append(marks, func(c Candidate) bool { return imageIsAgent(c.Image) && !c.isSandbox() })
}

// isAgent reports whether c carries a mark of the agent.
func (c Candidate) isAgent() bool {
	return slices.ContainsFunc(agentMarks(), func(mark func(Candidate) bool) bool { return mark(c) })
}

// firstFitting returns what fits the first way that fits any, the stopped ones
// left out when others run.
func firstFitting(all []Candidate, ways ...func(Candidate) bool) []Candidate {
	for _, way := range ways {
		if fitting := preferRunning(filter(all, way)); len(fitting) > 0 {
			return fitting
		}
	}
	return nil
}

// imageIsAgent looks for the agent's name in the name of the image, as in
// ghcr.io/openclaw/openclaw:latest. The registry's host, the tag and the digest
// are no part of that name.
func imageIsAgent(image string) bool {
	name, _, _ := strings.Cut(image, "@")
	if tag := strings.LastIndexByte(name, ':'); tag > strings.LastIndexByte(name, '/') {
		name = name[:tag]
	}
	if host, rest, ok := strings.Cut(name, "/"); ok && (strings.ContainsAny(host, ".:") || host == "localhost") {
		name = rest
	}
	return strings.Contains(name, agentWord)
}

// isSandbox reports whether c is one of the containers that an agent starts for
// its tools (the names are OpenClaw's defaults): it is never the agent itself.
func (c Candidate) isSandbox() bool {
	return strings.HasPrefix(c.Name, agentWord+"-sbx-") || strings.Contains(c.Image, agentWord+"-sandbox")
}

func (c Candidate) runs() bool { return c.Running }

func (t Target) isService(c Candidate) bool { return c.Service == t.text }

// preferRunning leaves the stopped ones out when any runs.
func preferRunning(list []Candidate) []Candidate {
	if running := filter(list, Candidate.runs); len(running) > 0 {
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

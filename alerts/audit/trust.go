package audit

import (
	"fmt"
	"slices"

	"brink/collectors"
)

// ProfileOf makes a profile of a container that somebody trusts: what it has is what
// is expected from now on. What is not known of it is not expected.
func ProfileOf(f Facts) Profile {
	p := Profile{Name: f.Name}
	limitsOf(f, &p)
	if mask, known := usableCapabilities(f); known {
		p.Capabilities = slices.DeleteFunc(maskNames(mask), func(name string) bool { return !KnownCapability(name) })
	}
	p.UserNamespace, _ = truth(remappedByKernel(f), remappedByEngine(f)).Get()
	if list, from, why := scratches(f); why == "" && from != "" {
		for _, s := range list {
			if s.size.Present() {
				p.Tmpfs = append(p.Tmpfs, TmpfsRule{Point: s.point, Size: s.size})
			}
		}
	}
	if list, _, why := hostMounts(f); why == "" {
		p.Mounts = collectors.Some(mountRulesOf(list))
	}
	configuredExpectations(f, &p)
	p.EgressPolicy = !failsAny(f, Profile{EgressPolicy: true}, firewallChecks())
	return p
}

// failsAny reports whether one of some checks fails, or does not know.
func failsAny(f Facts, p Profile, checks []Check) bool {
	return slices.ContainsFunc(checks, func(c Check) bool {
		state := c.judge(f, p).state
		return state == StateFail || state == StateUnknown
	})
}

func usableCapabilities(f Facts) (uint64, bool) {
	if held, known := f.Kernel.Privileges.Get(); known {
		return held.Reachable, true
	}
	mask, why := configuredCapabilities(f)
	return mask, why == ""
}

func limitsOf(f Facts, p *Profile) {
	memory, _ := truth(f.Kernel.Memory, configuredLimit(f, "the memory limit", func(c collectors.Configuration) collectors.Limit[collectors.Bytes] { return c.Limits.Memory })).Get()
	cores, _ := truth(f.Kernel.Cores, configuredLimit(f, "the CPU quota", func(c collectors.Configuration) collectors.Limit[collectors.Cores] { return c.Limits.Cores })).Get()
	pids, _ := truth(f.Kernel.Pids, configuredLimit(f, "the pids limit", func(c collectors.Configuration) collectors.Limit[uint64] { return c.Limits.Pids })).Get()
	files, _ := f.Kernel.OpenFiles.Get()
	processes, _ := f.Kernel.Processes.Get()
	core, _ := f.Kernel.CoreSize.Get()
	p.Memory, p.Cores, p.Pids, p.OpenFiles = memory.Value(), cores.Value(), pids.Value(), files.Value()
	p.Processes, p.NoCoreDumps = processes.Value(), core == collectors.LimitOf[collectors.Bytes](0)
	p.Swap = judgeSwap(f, Profile{}).state == StateFail
}

// mountRulesOf allows each mount where it is now and from where it comes. What
// stands in a name is meant itself, not as a pattern.
func mountRulesOf(list []hostMount) []MountRule {
	rules := []MountRule{}
	for _, h := range list {
		if h.within {
			continue
		}
		rule := MountRule{Point: literal(h.point), ReadOnly: !h.writable}
		switch {
		case h.volume != "" && !h.fake:
			rule.Source = literal(h.volume)
		case len(h.paths) > 0:
			rule.Source = literal(h.real())
		}
		rules = append(rules, rule)
	}
	return rules
}

// literal writes a text as a pattern of path.Match that matches it alone.
func literal(text string) string {
	var pattern []rune
	for _, r := range text {
		if slices.Contains([]rune(`*?[\`), r) {
			pattern = append(pattern, '\\')
		}
		pattern = append(pattern, r)
	}
	return string(pattern)
}

func configuredExpectations(f Facts, p *Profile) {
	configuration, known := f.Engine.Configuration.Get()
	if !known {
		return
	}
	p.Devices, _ = configuration.Privileges.Devices.Get()
	if ports, told := configuration.Network.Ports.Get(); told {
		p.Ports = collectors.Some(portTexts(ports))
	}
	if policy := configuration.Operations.RestartPolicy; policy != "" {
		p.Restart = []string{policy}
	}
	names, _ := configuration.Operations.Environment.Get()
	for _, name := range names {
		if namesSecret(name) {
			p.Secrets = append(p.Secrets, name)
		}
	}
	networks, told := f.Engine.Networks.Get()
	open, unseen := leavingNetworks(networks)
	p.Internal = told && len(networks) > 0 && len(open)+len(unseen) == 0
}

// Untrusted tells of what a profile of a container cannot make good: failures that
// no expectation of a profile turns into a pass.
func Untrusted(r Report) []string {
	var list []string
	for _, finding := range r.In(StateFail) {
		list = append(list, fmt.Sprintf("%s %s: %s", finding.Severity, finding.Check, finding.Found))
	}
	return list
}

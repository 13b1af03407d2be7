package audit

import (
	"slices"
	"strings"

	"brink/alerts"
	"brink/collectors"
)

// hostMode is the mode of a namespace that is the host's.
const hostMode = "host"

// namespaceRule is one kind of namespace. The user namespace has a check of its own:
// most engines share it.
type namespaceRule struct {
	kind, id, title, why string
	benchmark            []string
	// line is the key of compose.
	line string
}

func namespaceRules() []namespaceRule {
	return []namespaceRule{
		{"pid", "pid-namespace", "It does not see the processes of the host", "Who sees the host's processes can signal and trace those of its user.", []string{"5.16"}, "pid"},
		{"net", "network-namespace", "It does not use the network of the host", "On the host's network every service that listens on localhost is the agent's to speak to, and no firewall rule for containers holds.", []string{"5.10"}, "network_mode"},
		{"ipc", "ipc-namespace", "It does not share memory with the host", "Shared memory and semaphores of other processes can be read and spoiled.", []string{"5.17"}, "ipc"},
		{"uts", "uts-namespace", "It does not share the host's name", "Who shares the host's name may change it under it.", []string{"5.21"}, "uts"},
		{"cgroup", "cgroup-namespace", "It does not see the cgroups of the host", "The tree of the host's cgroups tells what else runs there, and is what limits are lifted by.", nil, "cgroup"},
	}
}

func namespaceChecks() []Check {
	var list []Check
	for _, rule := range namespaceRules() {
		list = append(list, Check{
			ID: rule.id, Title: rule.title, Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: rule.benchmark, Why: rule.why,
			judge: rule.judge,
		})
	}
	return list
}

// namespaceMode is the mode that was asked for.
func namespaceMode(f Facts, kind string) collectors.Fact[string] {
	return configured(f, "the mode of its "+kind+" namespace", func(c collectors.Configuration) collectors.Opt[string] {
		mode, told := c.Namespaces[kind]
		if !told {
			return collectors.Opt[string]{}
		}
		return collectors.Some(mode)
	})
}

// judge asks the kernel whether it is the host's, and the engine besides whether it
// is another container's, which the kernel cannot tell. Who was told to take the
// host's takes it from a rootless engine too, whose host is a namespace of its own.
func (r namespaceRule) judge(f Facts, _ Profile) outcome {
	fix := "# take this line out:\n" + r.line + ": " + hostMode
	shared, known := f.Kernel.Shared.Get()
	mode := namespaceMode(f, r.kind)
	word, told := mode.Get()
	switch {
	case known && slices.Contains(shared, r.kind):
		return fail(collectors.WitnessKernel, fix, "it is the host's")
	case told && word == hostMode:
		return fail(collectors.WitnessEngine, fix, "it is the host's")
	case told && strings.HasPrefix(word, "container:"), told && strings.HasPrefix(word, "service:"):
		return fail(collectors.WitnessEngine, "# take this line out:\n"+r.line+": "+safe(word), "it is that of %s", word).as(alerts.SeverityWarning)
	case r.kind == "ipc" && word == "shareable":
		return fail(collectors.WitnessEngine, "ipc: private", "other containers may join it").as(alerts.SeverityWarning)
	case known:
		return pass(collectors.WitnessKernel, "its own")
	case !told:
		return unknown(bothWhy(f.Kernel.Shared.Why(), mode.Why()))
	case r.kind == "cgroup" && word == "":
		return unknown(bothWhy(f.Kernel.Shared.Why(), "the engine's default mode is not known"))
	default:
		return pass(collectors.WitnessEngine, "its own")
	}
}

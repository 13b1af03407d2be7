package audit

import (
	"slices"
	"strings"

	"brink/alerts"
	"brink/collectors"
)

func networkChecks() []Check {
	return []Check{
		{
			ID: "default-bridge", Title: "It is not on the default bridge", Area: AreaNetwork, Severity: alerts.SeverityWarning, Benchmark: []string{"5.30"},
			Why:   "On the default bridge every other container without a network of its own is a neighbour.",
			judge: judgeBridge,
		},
		{
			ID: "egress", Title: "Its networks lead nowhere outside", Area: AreaNetwork, Severity: alerts.SeverityWarning,
			Why:   "An agent that is talked into something can send away whatever it can read.",
			judge: judgeEgress,
		},
		{
			ID: "published-ports", Title: "No port is open to the whole network", Area: AreaNetwork, Severity: alerts.SeverityWarning, Benchmark: []string{"5.9", "5.14"},
			Why:   "Docker opens a published port past the host's own firewall, to every address unless one is named.",
			judge: judgePorts,
		},
	}
}

// ownNetwork says of a container that uses another's network, or the host's, that
// nothing can be judged here.
func ownNetwork(mode string) (outcome, bool) {
	if mode == hostMode || strings.HasPrefix(mode, "container:") {
		return moot("it has no network of its own, but that of %s", mode), false
	}
	return outcome{}, true
}

func judgeBridge(f Facts, _ Profile) outcome {
	const fix = "networks: [agent-net]\n# and at the top level of the file:\n# networks: {agent-net: {driver: bridge}}"
	mode := namespaceMode(f, "net")
	word, told := mode.Get()
	networks, known := f.Engine.Networks.Get()
	if !told {
		return unknown(mode.Why())
	}
	if other, own := ownNetwork(word); !own {
		return other
	}
	onBridge := slices.ContainsFunc(networks, func(n collectors.NetworkState) bool { return n.Name == "bridge" })
	switch {
	case onBridge, word == "bridge", word == "default" && !known:
		return fail(collectors.WitnessEngine, fix, "it is on the default bridge")
	case !known && word != "none":
		return unknown(f.Engine.Networks.Why())
	default:
		return pass(collectors.WitnessEngine, "%s", networkNames(networks))
	}
}

func networkNames(networks []collectors.NetworkState) string {
	var names []string
	for _, n := range networks {
		names = append(names, n.Name)
	}
	if len(names) == 0 {
		return "no network"
	}
	return enumerate(names)
}

// judgeEgress knows the networks. What a firewall lets through is for egress-policy.
func judgeEgress(f Facts, p Profile) outcome {
	mode := namespaceMode(f, "net")
	word, told := mode.Get()
	if !told {
		return unknown(mode.Why())
	}
	if other, own := ownNetwork(word); !own {
		return other
	}
	networks, known := f.Engine.Networks.Get()
	open, unseen := leavingNetworks(networks)
	switch {
	case word == "none":
		return pass(collectors.WitnessEngine, "no network")
	case len(open) > 0 && p.Internal:
		return fail(collectors.WitnessEngine, "# at the top level of the file:\nnetworks:\n  agent-net:\n    internal: true", "%s leads outside", enumerate(open))
	case len(open) > 0:
		return moot("%s leads outside, as the profile allows; egress-policy judges what goes there", enumerate(open))
	case !known:
		return unknown(f.Engine.Networks.Why())
	case len(unseen) > 0:
		return unknown(enumerate(unseen))
	default:
		return pass(collectors.WitnessEngine, "internal: %s", networkNames(networks))
	}
}

// leavingNetworks are the networks that are not internal, and why nothing is known
// of the others.
func leavingNetworks(networks []collectors.NetworkState) (open, unseen []string) {
	for _, n := range networks {
		switch {
		case n.Why != "":
			unseen = append(unseen, n.Name+": "+n.Why)
		case !n.Internal && n.Name != "none":
			open = append(open, n.Name)
		}
	}
	return open, unseen
}

func judgePorts(f Facts, p Profile) outcome {
	if word, told := namespaceMode(f, "net").Get(); told {
		if other, own := ownNetwork(word); !own {
			return other
		}
	}
	ports := configured(f, "its published ports", func(c collectors.Configuration) collectors.Opt[[]collectors.PublishedPort] { return c.Network.Ports })
	list, told := ports.Get()
	all := configured(f, "whether all ports are published", func(c collectors.Configuration) collectors.Opt[bool] { return c.Network.PublishAll })
	everything, toldAll := all.Get()
	var faults, fixes []string
	for _, port := range list {
		if fault := p.portFault(port); fault != "" {
			faults, fixes = append(faults, fault), append(fixes, "  - \"127.0.0.1:"+safe(port.HostPort)+":"+safe(port.Container)+"\"")
		}
	}
	switch {
	case everything:
		return fail(collectors.WitnessEngine, "# take -P or publish_all_ports out", "every port that the image names is open to every address")
	case len(faults) > 0:
		return fail(collectors.WitnessEngine, "ports:\n"+strings.Join(fixes[:min(len(fixes), mostListed)], "\n"), "%s", enumerate(faults))
	case !told || !toldAll:
		return unknown(bothWhy(ports.Why(), all.Why()))
	case len(list) == 0:
		return pass(collectors.WitnessEngine, "none")
	default:
		return pass(collectors.WitnessEngine, "%s", enumerate(portTexts(list)))
	}
}

// portFault says what is wrong with a port; empty if nothing is.
func (p Profile) portFault(port collectors.PublishedPort) string {
	allowed, bound := p.Ports.Get()
	switch {
	case bound && slices.Contains(allowed, portText(port)):
		return ""
	case port.HostIP == "" || port.HostIP == "0.0.0.0" || port.HostIP == "::":
		return portText(port) + " is open to every address"
	case bound:
		return portText(port) + " is not in the profile"
	default:
		return ""
	}
}

// portText writes a port as compose does.
func portText(port collectors.PublishedPort) string {
	text := port.HostPort + ":" + port.Container
	switch {
	case port.HostIP == "":
		return text
	case strings.Contains(port.HostIP, ":"):
		return "[" + port.HostIP + "]:" + text
	default:
		return port.HostIP + ":" + text
	}
}

func portTexts(list []collectors.PublishedPort) []string {
	var texts []string
	for _, port := range list {
		texts = append(texts, portText(port))
	}
	return texts
}

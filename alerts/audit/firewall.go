package audit

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"brink/alerts"
	"brink/collectors"
)

func firewallChecks() []Check {
	return []Check{
		{
			ID: "egress-policy", Title: "A firewall holds back what it sends outside", Area: AreaNetwork, Severity: alerts.SeverityWarning,
			Why:   "An agent that is talked into something can send whatever it can read to whom it likes, unless the host lets it speak to a few alone.",
			judge: func(f Facts, p Profile) outcome { return judgePolicy(f, p, familyIPv4) },
		},
		{
			ID: "egress-ipv6", Title: "The firewall holds for IPv6 as well", Area: AreaNetwork, Severity: alerts.SeverityWarning,
			Why:   "Rules for IPv4 say nothing of IPv6, which most names on the internet answer to.",
			judge: func(f Facts, p Profile) outcome { return judgePolicy(f, p, familyIPv6) },
		},
		{
			ID: "egress-accept", Title: "What the firewall allows goes on to the engine's rules", Area: AreaNetwork, Severity: alerts.SeverityWarning,
			Why:   "ACCEPT in DOCKER-USER ends the way of a packet before the engine's own rules, those that keep internal networks apart among them.",
			judge: judgeAccept,
		},
		{
			ID: "egress-replies", Title: "The firewall lets answers through", Area: AreaNetwork, Severity: alerts.SeverityWarning,
			Why:   "Without a rule for what is established the answers of published ports are dropped, and somebody then opens more than that to mend it.",
			judge: judgeReplies,
		},
	}
}

// exits are the container's networks that lead outside by a bridge, or what can be said
// without looking at rules.
func exits(f Facts, p Profile) (list []collectors.NetworkState, o outcome, decided bool) {
	mode := namespaceMode(f, "net")
	word, told := mode.Get()
	networks, known := f.Engine.Networks.Get()
	other, own := ownNetwork(word)
	open, unseen := leavingNetworks(networks)
	switch {
	case !p.EgressPolicy:
		return nil, moot("the profile asks for no rules"), true
	case !told:
		return nil, unknown(mode.Why()), true
	case !own:
		return nil, other, true
	case word == "none":
		return nil, moot("no network"), true
	case !known:
		return nil, unknown(f.Engine.Networks.Why()), true
	case len(open) == 0 && len(unseen) > 0:
		return nil, unknown(enumerate(unseen)), true
	case len(open) == 0:
		return nil, moot("none of its networks leads outside"), true
	}
	for _, n := range networks {
		if slices.Contains(open, n.Name) {
			list = append(list, n)
		}
	}
	return list, outcome{}, false
}

// rules are those that hold for a family of addresses, or why they are not known. What
// holds packets back is enough to know even where others could not be read.
func rules(f Facts, family string) (known filter, why string) {
	if rootless, _ := daemon(f, func(d collectors.Daemon) bool { return d.Rootless }).Get(); rootless {
		return filter{}, "a rootless engine has its rules in a network namespace of its own"
	}
	saved := f.Kernel.Firewall.IPv4
	if family == familyIPv6 {
		saved = f.Kernel.Firewall.IPv6
	}
	chains, _ := saved.Get()
	tables, _ := f.Kernel.Firewall.Tables.Get()
	native := usesNFTables(f)
	switch {
	case saved.Unknown():
		why = saved.Why()
	case saved.Absent() && !native:
		why = saved.Why()
	case f.Kernel.Firewall.Tables.Unknown(), f.Kernel.Firewall.Tables.Absent() && native:
		why = f.Kernel.Firewall.Tables.Why()
	}
	return newFilter(chains, beside(tables)), why
}

func usesNFTables(f Facts) bool {
	backend, _ := daemon(f, func(d collectors.Daemon) string { return d.Firewall }).Get()
	return strings.HasPrefix(backend, "nftables")
}

// sent is the first packet of what a container sends outside.
func sent(n collectors.NetworkState, family string) packet {
	p := packet{family: family, in: n.Bridge, state: stateNew, protocol: "tcp"}
	for _, text := range n.Subnets {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			p.subnets = append(p.subnets, prefix)
		}
	}
	return p
}

func judgePolicy(f Facts, p Profile, family string) outcome {
	networks, o, decided := exits(f, p)
	if decided {
		return o
	}
	if family == familyIPv6 {
		networks = slices.DeleteFunc(networks, func(n collectors.NetworkState) bool { return !n.IPv6 })
		if len(networks) == 0 {
			return moot("its networks have no IPv6")
		}
	}
	known, why := rules(f, family)
	var held, doubts []string
	for _, n := range networks {
		if n.Bridge == "" {
			return fail(collectors.WitnessEngine, policyFix(f, n, family), "%s is of the driver %s, which passes by the rules of the host", n.Name, n.Driver)
		}
		by, open, doubt := known.probe(sent(n, family))
		switch {
		case len(open) > 0 && why == "":
			return fail(collectors.WitnessKernel, policyFix(f, n, family), "%s", known.blame(f, n, family, open))
		case len(open) > 0:
			doubts = append(doubts, why)
		case doubt != "":
			doubts = append(doubts, "whether this rule holds for it is not known: "+safe(doubt))
		}
		held = append(held, by)
	}
	if len(doubts) > 0 {
		return unknown(strings.Join(slices.Compact(doubts), "; "))
	}
	return pass(collectors.WitnessKernel, "held back by %s", enumerate(slices.Compact(held)))
}

// mostPorts bounds the ports that are tried.
const mostPorts = 32

// probe sends packets of several protocols to where no rule names, and to the ports that
// rules open. It returns which of them get through, and by what the others are held.
func (f filter) probe(p packet) (by string, open []string, doubt string) {
	try := func(name, protocol string, port int) {
		p.protocol, p.port = protocol, port
		end := f.fate(p)
		switch {
		case end.held():
			by = cmp.Or(by, end.by)
		case end.doubt != "":
			doubt = cmp.Or(doubt, end.doubt)
		default:
			open = append(open, name)
		}
	}
	for _, protocol := range []string{"tcp", "udp", "icmp"} {
		try(protocol, protocol, 0)
	}
	for _, port := range f.openPorts() {
		for _, protocol := range []string{"tcp", "udp"} {
			if !slices.Contains(open, protocol) {
				try(fmt.Sprintf("%s port %d", protocol, port), protocol, port)
			}
		}
	}
	return by, open, doubt
}

// openPorts are the ports that rules let through without naming an address.
func (f filter) openPorts() []int {
	var ports []int
	for _, c := range f.chains {
		for _, r := range c.Rules {
			if r.Verdict != collectors.FilterAccept && r.Verdict != collectors.FilterReturn {
				continue
			}
			for _, m := range r.Matches {
				var port int
				if m.Key != collectors.FilterDestinationPort || m.Negated || len(ports) == mostPorts {
					continue
				}
				for _, value := range m.Values[:min(len(m.Values), mostPorts-len(ports))] {
					if _, err := fmt.Sscanf(value, "%d", &port); err == nil && port > 0 {
						ports = append(ports, port)
					}
				}
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// blame says why a network is open.
func (f filter) blame(facts Facts, n collectors.NetworkState, family string, open []string) string {
	rules := slices.DeleteFunc(f.ofTheAdministrator(sent(n, family)), func(r reached) bool { return !f.holds(r.rule, family) })
	for _, r := range rules {
		if r.behind != "" {
			return fmt.Sprintf("in %s `%s` can never match: `%s` stands before it", engineChain, safe(r.rule.Text), safe(r.behind))
		}
	}
	_, there := f.chain(family, "filter", engineChain)
	everything := slices.Contains(open, "tcp") && slices.Contains(open, "udp") && slices.Contains(open, "icmp")
	switch {
	case !everything, len(rules) > 0 && f.leads(family):
		return fmt.Sprintf("from %s to every address: %s", safe(n.Bridge), enumerate(open))
	case usesNFTables(facts):
		return fmt.Sprintf("the engine uses nftables, where there is no %s, and no table of another holds back what comes from %s", engineChain, safe(n.Bridge))
	case there && !f.leads(family):
		return fmt.Sprintf("FORWARD does not lead to %s, and nothing else holds back what comes from %s", engineChain, safe(n.Bridge))
	default:
		return "nothing holds back what comes from " + safe(n.Bridge)
	}
}

// holds reports whether a rule holds packets back, or leads to one that does.
func (f filter) holds(r collectors.FilterRule, family string) bool {
	to, _ := f.chain(family, "filter", r.Target)
	is := func(r collectors.FilterRule) bool { return ruling{verdict: r.Verdict}.held() }
	return is(r) || slices.ContainsFunc(to.Rules, is)
}

// policyFix is the shortest form of the rules. Each is inserted before the one above, so
// that all stand before a RETURN that the engine has put there.
func policyFix(f Facts, n collectors.NetworkState, family string) string {
	if n.Bridge == "" {
		return "# give it a network of the driver bridge, and then rules:\n# brink baseline firewall"
	}
	bridge := shellWord(n.Bridge)
	if usesNFTables(f) {
		return "# all of it, with the addresses that it may reach:\nbrink baseline firewall --backend nftables --bridge " + bridge + " --allow ADDRESS >agent.nft && sudo nft -f agent.nft"
	}
	tool := "iptables"
	if family == familyIPv6 {
		tool = "ip6tables"
	}
	lines := []string{
		"# all of it, with sets and for IPv6: brink baseline firewall --bridge " + bridge + " --allow ADDRESS",
		"# the heart of it, each inserted before the one above:",
		tool + " -I DOCKER-USER -i " + bridge + " -j DROP",
		tool + " -I DOCKER-USER -i " + bridge + " -d ADDRESS -p tcp --dport 443 -j RETURN",
		tool + " -I DOCKER-USER -i " + bridge + " -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
	}
	return strings.Join(lines, "\n")
}

// administered are the rules in DOCKER-USER of both families that concern a container,
// or why they are not known.
func administered(f Facts, networks []collectors.NetworkState) (list []reached, why string) {
	for _, family := range []string{familyIPv4, familyIPv6} {
		known, unread := rules(f, family)
		for _, n := range networks {
			if family == familyIPv4 || n.IPv6 {
				list = append(list, known.ofTheAdministrator(sent(n, family))...)
				why = cmp.Or(why, unread)
			}
		}
	}
	return list, why
}

func judgeAccept(f Facts, p Profile) outcome {
	networks, o, decided := exits(f, p)
	if decided {
		return o
	}
	list, why := administered(f, networks)
	var found, fixes []string
	for _, r := range list {
		if r.rule.Verdict == collectors.FilterAccept && r.behind == "" {
			found = append(found, "`"+safe(r.rule.Text)+"`")
			fixes = append(fixes, "# "+safe(strings.Replace(r.rule.Text, "-j ACCEPT", "-j RETURN", 1)))
		}
	}
	switch {
	case len(found) > 0:
		return fail(collectors.WitnessKernel, "# the same with RETURN:\n"+strings.Join(fixes[:min(len(fixes), mostListed)], "\n"), "%s", enumerate(found))
	case why != "":
		return unknown(why)
	default:
		return pass(collectors.WitnessKernel, "no ACCEPT in %s", engineChain)
	}
}

// judgeReplies sends packets of what is established both ways: those of a client of a
// published port and the answers to it, and the answers to what the container has sent.
func judgeReplies(f Facts, p Profile) outcome {
	networks, o, decided := exits(f, p)
	if decided {
		return o
	}
	for _, n := range networks {
		known, why := rules(f, familyIPv4)
		out := sent(n, familyIPv4)
		out.state = stateEstablished
		back := out
		back.in, back.out = "", n.Bridge
		for _, packet := range []packet{out, back} {
			switch end := known.fate(packet); {
			case end.held():
				return fail(collectors.WitnessKernel, repliesFix(f, n), "what is established is held back by `%s`", safe(end.by))
			case end.doubt != "":
				return unknown("whether this rule holds for answers is not known: " + safe(end.doubt))
			case why != "":
				return unknown(why)
			}
		}
	}
	return pass(collectors.WitnessKernel, "what is established goes on")
}

func repliesFix(f Facts, n collectors.NetworkState) string {
	if usesNFTables(f) {
		return "# as the first rule of the chain:\n# ct state established,related return"
	}
	return "# as the first rule:\niptables -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN\n# all of it: brink baseline firewall --bridge " + shellWord(n.Bridge)
}

package audit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brink/alerts"
	"brink/collectors"
	"brink/collectors/netfilter"
)

// recorded are rules that a tool has printed.
func recorded(name string) string {
	data, err := os.ReadFile(filepath.Join("..", "..", "collectors", "netfilter", "testdata", name))
	if err != nil {
		panic(err)
	}
	return string(data)
}

// saved is a filter table of iptables with some rules in DOCKER-USER, as an engine before
// 28.2.2 leaves it (but for its RETURN), and one from then on.
func saved(rules ...string) string {
	return strings.Replace(engineRules(), "COMMIT\n", "-A DOCKER-USER "+strings.Join(rules, "\n-A DOCKER-USER ")+"\nCOMMIT\n", 1)
}

// engineRules are those of an engine whose administrator has none.
func engineRules() string {
	var lines []string
	for line := range strings.Lines(recorded("article-26.1.txt")) {
		if !strings.HasPrefix(line, "-A DOCKER-USER") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func chains(list []netfilter.Chain, err error) collectors.Fact[[]collectors.FilterChain] {
	if err != nil {
		panic(err)
	}
	var known []collectors.FilterChain
	for _, c := range list {
		chain := collectors.FilterChain{Family: c.Family, Table: c.Table, Name: c.Name, Hook: c.Hook, Priority: c.Priority, Policy: collectors.FilterVerdict(c.Policy)}
		for _, r := range c.Rules {
			rule := collectors.FilterRule{Text: r.Text, Verdict: collectors.FilterVerdict(r.Verdict), Target: r.Target}
			for _, m := range r.Matches {
				rule.Matches = append(rule.Matches, collectors.FilterMatch{Key: collectors.FilterKey(m.Key), Negated: m.Negated, Values: m.Values})
			}
			chain.Rules = append(chain.Rules, rule)
		}
		known = append(known, chain)
	}
	return kernel(known)
}

func noTool(tool string) collectors.Fact[[]collectors.FilterChain] {
	return collectors.AbsentFact[[]collectors.FilterChain](collectors.WitnessKernel, tool+": not found")
}

// outside gives the container a network that leads outside, and the host its rules.
func outside(ipv4 string) func(*Facts) {
	return func(f *Facts) {
		f.Engine.Networks = engine([]collectors.NetworkState{{Name: "openclaw-net", Driver: "bridge", Bridge: "br-openclaw", Subnets: []string{"172.30.0.0/24"}}})
		f.Kernel.Firewall = collectors.Firewall{
			IPv4: chains(netfilter.ParseSave("ip", []byte(ipv4))), IPv6: noTool("ip6tables-save"), Tables: noTool("nft"),
		}
	}
}

// tables adds rules of nftables.
func tables(text string) func(*Facts) {
	return func(f *Facts) {
		f.Kernel.Firewall.Tables = chains(netfilter.ParseRuleset([]byte(text)))
	}
}

// network changes the one that leads outside.
func network(change func(*collectors.NetworkState)) func(*Facts) {
	return func(f *Facts) {
		networks, _ := f.Engine.Networks.Get()
		change(&networks[0])
	}
}

func daemonIs(change func(*collectors.Daemon)) func(*Facts) {
	return func(f *Facts) {
		daemon, _ := f.Engine.Daemon.Get()
		change(&daemon)
		f.Engine.Daemon = engine(daemon)
	}
}

func nftablesEngine(f *Facts) {
	daemonIs(func(d *collectors.Daemon) { d.Firewall = "nftables" })(f)
	f.Kernel.Firewall.IPv4 = noTool("iptables-save")
}

func openProfile(p *Profile) { p.Internal = false }

// firewallCases judge rules. Where several checks find something, each has its case.
func firewallCases() []checkCase {
	const replies = "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"
	const drop = "-i br-openclaw -j DROP"
	unreadable := collectors.UnknownFact[[]collectors.FilterChain]("iptables-save: Permission denied (you must be root)")
	cases := []checkCase{
		{check: "egress-policy", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "egress-policy", name: "nobody may read it", facts: all(outside(engineRules()), func(f *Facts) { f.Kernel.Firewall.IPv4 = unreadable }), state: StateUnknown, found: "you must be root"},
		{check: "egress-policy", name: "no tool", facts: all(outside(engineRules()), func(f *Facts) { f.Kernel.Firewall.IPv4 = noTool("iptables-save") }), state: StateUnknown, found: "iptables-save: not found"},
		{check: "egress-policy", name: "a rootless engine", facts: all(outside(engineRules()), daemonIs(func(d *collectors.Daemon) { d.Rootless = true })), state: StateUnknown, found: "rootless"},
		{check: "egress-policy", name: "networks unknown", facts: func(f *Facts) { f.Engine.Networks = collectors.UnknownFact[[]collectors.NetworkState]("refused") }, state: StateUnknown, found: "refused"},
		{check: "egress-policy", name: "no rules at all", facts: outside(engineRules()), state: StateFail, found: "nothing holds back what comes from br-openclaw", severity: alerts.SeverityWarning},
		{check: "egress-policy", name: "no engine's rules either", facts: outside("*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n"), state: StateFail, found: "nothing holds back"},
		{check: "egress-policy", name: "appended behind the RETURN of an engine up to 28.2.1", facts: outside(recorded("article-26.1.txt")), state: StateFail, found: "`-A DOCKER-USER -j DROP` can never match: `-A DOCKER-USER -j RETURN` stands before it"},
		{check: "egress-policy", name: "behind an ACCEPT for all", facts: outside(saved(replies, "-i br-openclaw -j ACCEPT", drop)), state: StateFail, found: "can never match: `-A DOCKER-USER -i br-openclaw -j ACCEPT`"},
		{check: "egress-policy", name: "behind a RETURN for its subnet", facts: outside(saved(replies, "-s 172.30.0.0/16 -j RETURN", drop)), state: StateFail, found: "can never match"},
		{check: "egress-policy", name: "a jump that comes too late", facts: outside(strings.Replace(saved(replies, "-j RETURN", "-i br-openclaw -j AGENT"), "COMMIT\n", ":AGENT - [0:0]\n-A AGENT -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n", 1)), state: StateFail, found: "-j AGENT` can never match"},
		{check: "egress-policy", name: "the RETURN of another container", facts: outside(saved(replies, "-i br-other -j RETURN", "-s 172.31.0.0/24 -j RETURN", drop)), state: StatePass},
		{check: "egress-policy", name: "another container's rules", facts: outside(saved(replies, "-i br-other -j DROP")), state: StateFail, found: "nothing holds back"},
		{check: "egress-policy", name: "only TCP", facts: outside(saved(replies, "-i br-openclaw -p tcp -j DROP")), state: StateFail, found: "to every address: udp, icmp"},
		{check: "egress-policy", name: "DNS to everywhere, as the article has it", facts: outside(saved(replies, "-p udp -m udp --dport 53 -j RETURN", "-d 104.18.0.0/16 -p tcp -m tcp --dport 443 -j RETURN", drop)), state: StateFail, found: "to every address: udp port 53"},
		{check: "egress-policy", name: "a port to half of the internet", facts: outside(saved(replies, "-d 0.0.0.0/1 -j RETURN", drop)), state: StateFail, found: "to every address"},
		{check: "egress-policy", name: "some addresses only", facts: outside(saved(replies, "-d 104.18.0.0/16 -p tcp -m tcp --dport 443 -j RETURN", drop)), state: StatePass, found: "held back by -A DOCKER-USER -i br-openclaw -j DROP"},
		{check: "egress-policy", name: "all but some", facts: outside(saved(replies, "! -d 104.18.0.0/16 -i br-openclaw -j DROP")), state: StatePass},
		{check: "egress-policy", name: "all but a set", facts: outside(saved(replies, "-i br-openclaw -m set ! --match-set allowed dst -j DROP")), state: StatePass},
		{check: "egress-policy", name: "for every container", facts: outside(saved(replies, "-j DROP")), state: StatePass},
		{check: "egress-policy", name: "a pattern of interfaces", facts: outside(saved(replies, "-i br-+ -j DROP")), state: StatePass},
		{check: "egress-policy", name: "by its subnet", facts: outside(saved(replies, "-s 172.30.0.0/24 -j DROP")), state: StatePass},
		{check: "egress-policy", name: "for a part of its subnet", facts: outside(saved(replies, "-s 172.30.0.7/32 -j DROP")), state: StateUnknown, found: "172.30.0.7"},
		{check: "egress-policy", name: "by an interface that may lead outside", facts: outside(saved(replies, "-i br-openclaw -o eth0 -j DROP")), state: StateUnknown, found: "-o eth0"},
		{check: "egress-policy", name: "a match that is not known", facts: outside(saved(replies, "-i br-openclaw -m mark --mark 0x1 -j RETURN", drop)), state: StateUnknown, found: "--mark 0x1"},
		{check: "egress-policy", name: "FORWARD does not lead there", facts: outside(strings.Replace(saved(replies, drop), "-A FORWARD -j DOCKER-USER\n", "", 1)), state: StateFail, found: "FORWARD does not lead to DOCKER-USER"},
		{check: "egress-policy", name: "the baseline", facts: outside(recorded("baseline-28.5.txt")), state: StatePass, found: "OPENCLAW-AGENT-EGRESS -j REJECT"},
		{check: "egress-policy", name: "the baseline in nftables, beside an engine that uses iptables", facts: all(outside(engineRules()), tables(recorded("baseline.json"))), state: StatePass, found: "reject"},
		{check: "egress-policy", name: "the baseline in nftables, under an engine that uses it", facts: all(outside(engineRules()), nftablesEngine, tables(recorded("baseline.json"))), state: StatePass},
		{check: "egress-policy", name: "nftables without a chain", facts: all(outside(engineRules()), nftablesEngine, tables(strings.Replace(recorded("docker-29.json"), `"hook": "forward", "prio": -200`, `"hook": "input", "prio": 0`, 1))), state: StateFail, found: "the engine uses nftables, where there is no DOCKER-USER"},
		{check: "egress-policy", name: "nftables that nobody may read", facts: all(outside(engineRules()), nftablesEngine, func(f *Facts) {
			f.Kernel.Firewall.Tables = collectors.UnknownFact[[]collectors.FilterChain]("nft: Operation not permitted")
		}), state: StateUnknown, found: "not permitted"},
		{check: "egress-policy", name: "nftables and no nft", facts: all(outside(engineRules()), nftablesEngine), state: StateUnknown, found: "nft: not found"},
		{check: "egress-policy", name: "held back by iptables, whatever nft holds", facts: all(outside(saved(replies, drop)), func(f *Facts) {
			f.Kernel.Firewall.Tables = collectors.UnknownFact[[]collectors.FilterChain]("nft: no")
		}), state: StatePass},
		{check: "egress-policy", name: "past the bridge", facts: all(outside(saved(drop)), network(func(n *collectors.NetworkState) { n.Driver, n.Bridge = "macvlan", "" })), state: StateFail, found: "macvlan"},
		{check: "egress-policy", name: "an internal network", state: StateNotApplicable, found: "none of its networks leads outside"},
		{check: "egress-policy", name: "not asked for", facts: outside(engineRules()), profile: func(p *Profile) { p.EgressPolicy = false }, state: StateNotApplicable},

		{check: "egress-ipv6", name: "no IPv6", facts: outside(saved(drop)), state: StateNotApplicable, found: "no IPv6"},
		{check: "egress-accept", name: "good", facts: outside(recorded("baseline-28.5.txt")), state: StatePass},
		{check: "egress-accept", name: "the article's", facts: outside(recorded("article-26.1.txt")), state: StateFail, found: "`-A DOCKER-USER -p tcp -m tcp --dport 53 -j ACCEPT`, `-A DOCKER-USER -p udp"},
		{check: "egress-accept", name: "where it is not met", facts: outside(saved(drop, "-i br-openclaw -d 192.0.2.1/32 -j ACCEPT")), state: StatePass},
		{check: "egress-accept", name: "another container's", facts: outside(saved("-i br-other -j ACCEPT", drop)), state: StatePass},
		{check: "egress-accept", name: "for answers alone", facts: outside(saved("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", drop)), state: StatePass},
		{check: "egress-accept", name: "nobody may read it", facts: all(outside(engineRules()), func(f *Facts) { f.Kernel.Firewall.IPv4 = unreadable }), state: StateUnknown},

		{check: "egress-replies", name: "good", facts: outside(saved(replies, drop)), state: StatePass},
		{check: "egress-replies", name: "no rules", facts: outside(engineRules()), state: StatePass},
		{check: "egress-replies", name: "no rule for them", facts: outside(saved("-d 104.18.0.0/16 -j RETURN", drop)), state: StateFail, found: "held back by `-A DOCKER-USER -i br-openclaw -j DROP`"},
		{check: "egress-replies", name: "after the drop", facts: outside(saved(drop, replies)), state: StateFail},
		{check: "egress-replies", name: "a drop of what comes back", facts: outside(saved("-i br-openclaw "+replies, "-j DROP")), state: StateFail, found: "`-A DOCKER-USER -j DROP`"},
		{check: "egress-replies", name: "a drop of what is new", facts: outside(saved("-i br-openclaw -m conntrack --ctstate NEW -j DROP")), state: StatePass},
		{check: "egress-replies", name: "the baseline in nftables", facts: all(outside(engineRules()), tables(recorded("baseline.json"))), state: StatePass},
		{check: "egress-replies", name: "nobody may read it", facts: all(outside(engineRules()), func(f *Facts) { f.Kernel.Firewall.IPv4 = unreadable }), state: StateUnknown},
	}
	both := func(ipv6 string) func(*Facts) {
		return all(outside(recorded("baseline-28.5.txt")), network(func(n *collectors.NetworkState) {
			n.IPv6, n.Subnets = true, append(n.Subnets, "fd00:1::/64")
		}), func(f *Facts) { f.Kernel.Firewall.IPv6 = chains(netfilter.ParseSave("ip6", []byte(ipv6))) })
	}
	cases = append(cases,
		checkCase{check: "egress-ipv6", name: "left open", facts: both("*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\nCOMMIT\n"), state: StateFail, found: "nothing holds back"},
		checkCase{check: "egress-ipv6", name: "the baseline", facts: both(recorded("baseline-28.5-ip6.txt")), state: StatePass},
		checkCase{check: "egress-ipv6", name: "ICMP of IPv6 is not that of IPv4", facts: both("*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -p ipv6-icmp -j RETURN\n-A DOCKER-USER -j DROP\nCOMMIT\n"), state: StateFail, found: "to every address: icmp"},
		checkCase{check: "egress-ipv6", name: "the table of both", facts: all(both("*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n"), tables(recorded("baseline.json"))), state: StatePass},
		checkCase{check: "egress-ipv6", name: "nobody may read it", facts: all(both(recorded("baseline-28.5-ip6.txt")), func(f *Facts) { f.Kernel.Firewall.IPv6 = unreadable }), state: StateUnknown},
	)
	for i := range cases {
		if cases[i].profile == nil {
			cases[i].profile = openProfile
		}
	}
	return cases
}

// TestFixNamesTheRightTool: what is proposed is for the engine's own backend and the
// family, and a bridge is a word of the shell.
func TestFixNamesTheRightTool(t *testing.T) {
	for _, test := range []struct {
		name  string
		facts func(*Facts)
		check string
		want  []string
	}{
		{"iptables", outside(engineRules()), "egress-policy", []string{"\niptables -I DOCKER-USER -i br-openclaw -j DROP\n", "--bridge br-openclaw"}},
		{"nftables", all(outside(engineRules()), nftablesEngine, tables(`{"nftables": []}`)), "egress-policy", []string{"--backend nftables", "sudo nft -f"}},
		{"a hostile bridge", all(outside("*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n"), network(func(n *collectors.NetworkState) { n.Bridge = "br; reboot" })), "egress-policy", []string{"-i 'br; reboot' -j DROP"}},
		{"ACCEPT", outside(recorded("article-26.1.txt")), "egress-accept", []string{"# -A DOCKER-USER -p tcp -m tcp --dport 53 -j RETURN"}},
	} {
		facts := good()
		test.facts(&facts)
		finding := findingOf(t, Judge(facts, openClaw(), day()), test.check)
		for _, want := range test.want {
			if !strings.Contains(finding.Fix, want) {
				t.Errorf("%s: no %q in\n%s", test.name, want, finding.Fix)
			}
		}
	}
}

// TestTheFixIsJudgedGood: the rules that a finding proposes, inserted one by one as it
// says, before what the engine and the administrator have, mend it.
func TestTheFixIsJudgedGood(t *testing.T) {
	facts := good()
	outside(recorded("article-26.1.txt"))(&facts)
	fix := findingOf(t, Judge(facts, openClaw(), day()), "egress-policy").Fix
	var inserted []string
	for line := range strings.SplitSeq(fix, "\n") {
		if rule, ok := strings.CutPrefix(line, "iptables -I DOCKER-USER "); ok {
			inserted = append(inserted, strings.Replace(rule, "ADDRESS", "192.0.2.0/24", 1))
		}
	}
	slices.Reverse(inserted)
	outside(saved(append(inserted, "-j RETURN", "-j DROP")...))(&facts)
	for _, check := range []string{"egress-policy", "egress-accept", "egress-replies"} {
		if finding := findingOf(t, Judge(facts, openClaw(), day()), check); finding.State != StatePass {
			t.Errorf("%s: %s: %s", check, finding.State, finding.Found)
		}
	}
}

// TestChainsThatLeadInCircles: rules that no kernel would have end all the same.
func TestChainsThatLeadInCircles(t *testing.T) {
	jump := collectors.FilterRule{Text: "round", Verdict: collectors.FilterJump, Target: "FORWARD"}
	facts := good()
	outside(engineRules())(&facts)
	facts.Kernel.Firewall.IPv4 = kernel([]collectors.FilterChain{
		{Family: "ip", Table: "filter", Name: "FORWARD", Hook: "forward", Policy: collectors.FilterAccept, Rules: slices.Repeat([]collectors.FilterRule{jump}, 20)},
		{Family: "ip", Table: "filter", Name: engineChain, Rules: slices.Repeat([]collectors.FilterRule{{Verdict: collectors.FilterJump, Target: engineChain}}, 20)},
	})
	if finding := findingOf(t, Judge(facts, openClaw(), day()), "egress-policy"); finding.State != StateUnknown {
		t.Errorf("%s: %s", finding.State, finding.Found)
	}
}

func FuzzFirewall(f *testing.F) {
	f.Add([]byte(recorded("article-26.1.txt")), "br-openclaw", "172.30.0.0/24")
	f.Add([]byte(recorded("baseline.json")), "br-openclaw", "")
	f.Fuzz(func(t *testing.T, data []byte, bridge, subnet string) {
		facts := good()
		facts.Engine.Networks = engine([]collectors.NetworkState{{Name: "n", Driver: "bridge", Bridge: bridge, Subnets: []string{subnet}, IPv6: true}})
		facts.Kernel.Firewall = collectors.Firewall{IPv4: chains(nil, nil), IPv6: chains(nil, nil), Tables: chains(nil, nil)}
		if list, err := netfilter.ParseSave("ip", data); err == nil {
			facts.Kernel.Firewall.IPv4 = chains(list, nil)
		}
		if list, err := netfilter.ParseRuleset(data); err == nil {
			facts.Kernel.Firewall.Tables = chains(list, nil)
		}
		finding := findingOf(t, Judge(facts, openClaw(), day()), "egress-ipv6")
		if finding.State == StatePass && !strings.Contains(string(data), "inet") {
			t.Errorf("nothing is there for IPv6, and yet: %s", finding.Found)
		}
	})
}

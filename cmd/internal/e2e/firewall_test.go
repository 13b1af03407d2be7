//go:build e2e

package e2e

import (
	"fmt"
	"strings"
)

// cageBridge is the interface of the network that the baseline makes.
const cageBridge = "br-cage"

// outsider is a network namespace that is a host of the world outside. It says back what it hears.
type outsider struct{ name, gateway, address string }

// The networks are those of RFC 5737, which nobody has.
func friend() outsider { return outsider{"friend", "198.51.100.1", "198.51.100.10"} }

func stranger() outsider { return outsider{"stranger", "203.0.113.1", "203.0.113.10"} }

// appears sets an outsider up for the length of the scenario.
func (o outsider) appears(s *scenario) {
	s.Helper()
	s.finally(fmt.Sprintf("systemctl stop out-%[1]s; ip link delete out-%[1]s; ip netns delete %[1]s", o.name))
	s.run(fmt.Sprintf(`set -e
ip netns add %[1]s
ip link add out-%[1]s type veth peer name eth0 netns %[1]s
ip address add %[2]s/24 dev out-%[1]s
ip link set out-%[1]s up
ip -n %[1]s address add %[3]s/24 dev eth0
ip -n %[1]s link set eth0 up
ip -n %[1]s route add default via %[2]s
systemd-run --quiet --collect --unit out-%[1]s -p NetworkNamespacePath=/run/netns/%[1]s \
	systemd-socket-activate --accept --inetd --listen=443 --listen=80 cat
until ip netns exec %[1]s ss -Hltn 'sport = 80' | grep -q LISTEN; do sleep 0.1; done`, o.name, o.gateway, o.address))
}

// The rules of the baseline for the cage, and what they allow.
const (
	cageRules   = "brink baseline firewall --name cage --bridge " + cageBridge
	cageAllowed = " --allow 198.51.100.0/24 --allow-port tcp/443"
)

// firewalls: what the rules of the baseline allow gets through, and nothing else does, in either language. Rules that only
// look like it are found out.
func firewalls(s *scenario) {
	friend().appears(s)
	stranger().appears(s)
	s.stage("iptables", func(s *scenario) { firewall(s, cageRules, "sh") })
	s.stage("nftables", func(s *scenario) { firewall(s, cageRules+" --backend nftables", "nft -f -") })
	for _, fault := range ruleFaults() {
		s.stage(fault.name, func(s *scenario) { wrongRules(s, fault) })
	}
}

// firewall applies the rules, again, and takes them away.
func firewall(s *scenario, rules, run string) {
	gateway := strings.TrimSpace(s.run("docker network inspect --format '{{(index .IPAM.Config 0).Gateway}}' cage-net"))
	before := s.ruleset()
	s.reaches("without rules", friend().address, 443, true)
	s.reaches("without rules", stranger().address, 443, true)
	s.reaches("without rules", gateway, 22, true)
	s.finds(s.audits("openclaw", baseCage)[0], "user-namespace", "egress-policy")

	apply, undo := rules+cageAllowed+" | "+run, rules+" --undo | "+run
	s.finally(undo)
	s.run(apply)
	once := s.ruleset()
	s.reaches("what is allowed", friend().address, 443, true)
	s.reaches("another port", friend().address, 80, false)
	s.reaches("another address", stranger().address, 443, false)
	s.reaches("the host itself", gateway, 22, false)
	s.finds(s.audits("openclaw", baseCage)[0], "user-namespace")
	s.run(apply)
	if again := s.ruleset(); again != once {
		s.Errorf("applied again, the rules are not what they were:\n%s\nand before:\n%s", again, once)
	}
	s.reaches("what is allowed, the rules applied again", friend().address, 443, true)
	s.reaches("another address, the rules applied again", stranger().address, 443, false)

	s.run(undo)
	if after := s.ruleset(); after != before {
		s.Errorf("undone, the rules are not what they were:\n%s\nand before:\n%s", after, before)
	}
	s.reaches("without rules again", stranger().address, 443, true)
}

// ruleset is every rule and every set, without what is counted and what differs each time a set is made.
func (s *scenario) ruleset() string {
	s.Helper()
	return s.run("iptables-save | grep ^-A; ip6tables-save | grep ^-A | grep -v 'FORWARD -j DOCKER-USER'; nft --stateless list ruleset inet; ipset save | sed 's/ hashsize.*//'")
}

// ruleFault is what people write into DOCKER-USER and what is wrong with it.
type ruleFault struct {
	name  string
	rules []string
	// stops says that they hold back what is sent to a stranger.
	stops bool
	check string
	found string
}

func ruleFaults() []ruleFault {
	const from = "DOCKER-USER -i " + cageBridge
	return []ruleFault{
		// As engines up to 28.2.1 have it, a RETURN ends the chain.
		{"a rule that never matches", []string{"-A " + from + " -j REJECT"}, false, "egress-policy", "can never match"},
		{"no rule for answers", []string{"-I " + from + " -j REJECT"}, true, "egress-replies", "what is established is held back"},
		{
			"an ACCEPT", []string{
				"-I " + from + " -j REJECT", "-I " + from + " -d 198.51.100.0/24 -j ACCEPT",
				"-I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
			}, true, "egress-accept", "ACCEPT",
		},
	}
}

// wrongRules are found, and said to do what they do.
func wrongRules(s *scenario, fault ruleFault) {
	if chain := s.run("iptables -S DOCKER-USER"); !strings.HasSuffix(strings.TrimSpace(chain), "-j RETURN") {
		s.Fatalf("the engine has put no RETURN at the end of its chain:\n%s", chain)
	}
	for _, rule := range fault.rules {
		s.finally("iptables " + strings.NewReplacer("-A ", "-D ", "-I ", "-D ").Replace(rule))
		s.run("iptables " + rule)
	}
	s.reaches(fault.name, stranger().address, 443, !fault.stops)
	audit := s.audits("openclaw", baseCage)[0]
	s.finds(audit, "user-namespace", fault.check)
	if finding, _ := audit.Of(fault.check); !strings.Contains(finding.Found, fault.found) {
		s.Errorf("of %s it says %+v", fault.name, finding)
	}
}

// reaches tries to speak from within the container's network to a port that answers, and requires that it can or cannot.
func (s *scenario) reaches(what, address string, port int, want bool) {
	s.Helper()
	result, err := s.host.Run(s.ctx, fmt.Sprintf(
		"nsenter --target $(docker inspect --format '{{.State.Pid}}' %s) --net timeout 10 bash -c 'exec 3<>/dev/tcp/%s/%d && echo hello >&3 && read -r line <&3'",
		baseCage, address, port))
	if err != nil {
		s.Fatal(err)
	}
	if got := result.Exit == 0; got != want {
		s.Errorf("%s: %s port %d answers: %t, want %t: %s", what, address, port, got, want, result.Stderr)
	}
}

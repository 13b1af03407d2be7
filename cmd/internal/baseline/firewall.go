package baseline

import (
	"cmp"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Backend is what rules are written for.
type Backend string

// The backends.
const (
	IPTables Backend = "iptables"
	NFTables Backend = "nftables"
)

// Backends are the names of all of them.
func Backends() []string { return []string{string(IPTables), string(NFTables)} }

// Firewall is what the rules for an agent are made of.
type Firewall struct {
	Backend Backend
	// Name is what chains, sets and tables are named by.
	Name string
	// Bridge is the interface of the agent's network.
	Bridge string
	// Allow are addresses and networks that may be reached, on Ports alone.
	Allow []string
	// Ports are as "tcp/443".
	Ports []string
}

// DefaultFirewall lets nothing through yet.
func DefaultFirewall() Firewall {
	return Firewall{Backend: IPTables, Name: "openclaw-agent", Bridge: DefaultBridge, Ports: []string{"tcp/443"}}
}

// firewallRules are checked values, as the templates take them.
type firewallRules struct {
	Name, Bridge string
	IPv4, IPv6   []netip.Prefix
	TCP, UDP     []int
}

const (
	// longestRuleName leaves room for what is put behind it: the name of a chain of
	// iptables has 28 characters at most, that of a set 31.
	longestRuleName = 20
	// mostPorts is what one multiport match takes (xt_multiport).
	mostPorts = 15
	// mostAllowed is the size that a set has unless it is told another.
	mostAllowed = 65536
)

func (fw Firewall) check() (firewallRules, error) {
	var f faults
	if !slices.Contains(Backends(), string(fw.Backend)) {
		f.note("backend", "%q is none of %s", fw.Backend, strings.Join(Backends(), ", "))
	}
	f.form("name", fw.Name, plainForm(longestRuleName))
	f.form("bridge", fw.Bridge, interfaceForm())
	rules := firewallRules{Name: fw.Name, Bridge: fw.Bridge}
	rules.allow(&f, fw.Allow)
	rules.open(&f, fw.Ports)
	return rules, f.err()
}

// allow reads what may be reached. What is within another network is left out: sets
// of intervals refuse it.
func (r *firewallRules) allow(f *faults, list []string) {
	if len(list) > mostAllowed {
		f.note("allow", "names %d networks: a set holds %d", len(list), mostAllowed)
		return
	}
	var all []netip.Prefix
	for _, text := range list {
		prefix, ok := f.prefix("allow", text)
		switch addr := prefix.Addr(); {
		case !ok:
		case prefix.Bits() == 0:
			f.note("allow", "%s is every address, which is no policy", prefix)
		case addr.IsMulticast() || addr.IsLoopback() || addr.IsLinkLocalUnicast():
			f.note("allow", "%s does not lead outside of the host, or to where it tells its secrets", prefix)
		default:
			all = append(all, prefix)
		}
	}
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		return cmp.Or(cmp.Compare(a.Bits(), b.Bits()), a.Addr().Compare(b.Addr()))
	})
	var kept []netip.Prefix
	for _, prefix := range all {
		if !slices.ContainsFunc(kept, func(k netip.Prefix) bool { return k.Overlaps(prefix) }) {
			kept = append(kept, prefix)
		}
	}
	for _, prefix := range kept {
		if prefix.Addr().Is4() {
			r.IPv4 = append(r.IPv4, prefix)
		} else {
			r.IPv6 = append(r.IPv6, prefix)
		}
	}
}

// open reads the ports.
func (r *firewallRules) open(f *faults, list []string) {
	for _, text := range list {
		protocol, digits, _ := strings.Cut(text, "/")
		port, err := strconv.ParseUint(digits, 10, 16)
		ports := map[string]*[]int{"tcp": &r.TCP, "udp": &r.UDP}[protocol]
		if ports == nil || err != nil || port == 0 {
			f.note("allow-port", "%q is not a port such as tcp/443 or udp/53", text)
			continue
		}
		*ports = append(*ports, int(port))
	}
	for _, ports := range []*[]int{&r.TCP, &r.UDP} {
		slices.Sort(*ports)
		*ports = slices.Compact(*ports)
		if len(*ports) > mostPorts {
			f.note("allow-port", "names %d ports of one protocol: a rule holds %d", len(*ports), mostPorts)
		}
	}
}

// WriteFirewall prints a script with the rules, or with undo the one that takes them
// away. The error is every fault of the values.
func WriteFirewall(w io.Writer, fw Firewall, undo bool) error {
	rules, err := fw.check()
	if err != nil {
		return err
	}
	name := string(fw.Backend)
	if undo {
		name += "-undo"
	}
	return write(w, name+".sh", rules)
}

// What the templates ask for.

// Egress and Host are the chains of iptables.
func (r firewallRules) Egress() string { return strings.ToUpper(r.Name) + "-EGRESS" }

// Host is the chain for what is sent to the host itself.
func (r firewallRules) Host() string { return strings.ToUpper(r.Name) + "-HOST" }

// Table is the table of nftables.
func (r firewallRules) Table() string { return strings.ReplaceAll(r.Name, "-", "_") }

// List joins with commas.
func (r firewallRules) List(values any) string {
	var texts []string
	switch list := values.(type) {
	case []int:
		for _, n := range list {
			texts = append(texts, strconv.Itoa(n))
		}
	case []netip.Prefix:
		for _, prefix := range list {
			texts = append(texts, prefix.String())
		}
	}
	return strings.Join(texts, ", ")
}

// Multiport is the list as iptables has it.
func (r firewallRules) Multiport(ports []int) string {
	return strings.ReplaceAll(r.List(ports), " ", "")
}

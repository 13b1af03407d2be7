package audit

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"brink/collectors"
)

// packet stands for all packets of a kind: those of a container to somewhere outside
// that no rule names, or back.
type packet struct {
	// family is ip or ip6.
	family string
	// in and out are interfaces; empty for whichever leads outside.
	in, out string
	// subnets are those of the container.
	subnets  []netip.Prefix
	protocol string
	// port is 0 for one that no rule names.
	port  int
	state string
}

const (
	stateNew         = "NEW"
	stateEstablished = "ESTABLISHED"
)

// certainty is whether a rule holds for a packet.
type certainty int

const (
	never certainty = iota
	perhaps
	always
)

func certain(holds bool) certainty {
	if holds {
		return always
	}
	return never
}

// meets is the certainty that a packet has all marks of a rule, but for those of the
// given keys.
func (p packet) meets(r collectors.FilterRule, but ...collectors.FilterKey) certainty {
	all := always
	for _, m := range r.Matches {
		if slices.Contains(but, m.Key) {
			continue
		}
		has := p.has(m)
		if m.Negated && has != perhaps {
			has = always - has
		}
		all = min(all, has)
	}
	return all
}

// has is the certainty that a packet has one of the values.
func (p packet) has(m collectors.FilterMatch) certainty {
	best := never
	for _, value := range m.Values {
		best = max(best, p.is(m.Key, value))
	}
	return best
}

func (p packet) is(key collectors.FilterKey, value string) certainty {
	switch key {
	case collectors.FilterIn:
		return p.through(p.in, value)
	case collectors.FilterOut:
		return p.through(p.out, value)
	case collectors.FilterSource:
		return p.within(p.in, value)
	case collectors.FilterDestination:
		return p.within(p.out, value)
	case collectors.FilterDestinationSet:
		// An address that no rule names is in no set, unless it is the container's own.
		if p.out == "" {
			return never
		}
		return perhaps
	case collectors.FilterDestinationType:
		return certain(value == "UNICAST")
	case collectors.FilterDestinationPort:
		return certain(portWithin(p.port, value))
	case collectors.FilterProtocol:
		return certain(value == "all" || slices.Contains(protocolNames(p.protocol, p.family), value))
	case collectors.FilterState:
		return certain(value == p.state)
	case collectors.FilterFamily:
		return certain(value == p.family)
	default:
		return perhaps
	}
}

// through compares an interface with a pattern. Which one leads outside is not known,
// but that none of the engine's own does.
func (p packet) through(name, pattern string) certainty {
	prefix, open := strings.CutSuffix(strings.TrimSuffix(pattern, "*"), "+")
	open = open || strings.HasSuffix(pattern, "*")
	switch {
	case open && prefix == "":
		return always
	case name != "":
		return certain(name == pattern || open && strings.HasPrefix(name, prefix))
	case p.in == pattern || p.out == pattern:
		return never
	}
	for _, inner := range []string{"br-", "docker", "veth", "lo", "virbr", "podman", "cni"} {
		if strings.HasPrefix(prefix, inner) {
			return never
		}
	}
	return perhaps
}

// within compares an address with a prefix: the container's where the packet comes from
// its interface or goes there, and else one that no rule names, which only a prefix
// that spans half of the internet holds.
func (p packet) within(wire, text string) certainty {
	prefix, err := netip.ParsePrefix(text)
	if addr, alone := netip.ParseAddr(text); alone == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	switch {
	case err != nil && wire == "":
		return never // a range
	case err != nil:
		return perhaps
	case prefix.Addr().Is4() != (p.family == familyIPv4):
		return never
	case wire == "":
		return certain(prefix.Bits() < widePrefix(p.family))
	case prefix.Bits() == 0:
		return always
	}
	return p.owns(prefix)
}

// owns compares a prefix with the container's networks.
func (p packet) owns(prefix netip.Prefix) certainty {
	known, inside, apart := 0, 0, 0
	for _, subnet := range p.subnets {
		switch {
		case subnet.Addr().Is4() != prefix.Addr().Is4():
			continue
		case !prefix.Overlaps(subnet):
			apart++
		case prefix.Bits() <= subnet.Bits():
			inside++
		}
		known++
	}
	switch {
	case known == 0:
		return perhaps
	case inside == known:
		return always
	case apart == known:
		return never
	default:
		return perhaps
	}
}

const (
	familyIPv4 = "ip"
	familyIPv6 = "ip6"
)

// widePrefix is from how many bits on a prefix is a part of the internet, and not most
// of it: 0.0.0.0/1, 2000::/3.
func widePrefix(family string) int {
	if family == familyIPv4 {
		return 8
	}
	return 4
}

// portWithin compares a port with a number or a range. One that no rule names is in
// ranges that hold most of them.
func portWithin(port int, text string) bool {
	first, last, ranged := strings.Cut(text, "-")
	from, err := strconv.Atoi(first)
	to := from
	if ranged {
		to, _ = strconv.Atoi(last)
	}
	if port == 0 {
		return err == nil && to-from > 1<<15
	}
	return err == nil && from <= port && port <= to
}

// protocolNames are the names and the number that rules have for a protocol.
func protocolNames(protocol, family string) []string {
	switch {
	case protocol == "tcp":
		return []string{"tcp", "6"}
	case protocol == "udp":
		return []string{"udp", "17"}
	case family == familyIPv4:
		return []string{"icmp", "1"}
	default:
		return []string{"icmpv6", "ipv6-icmp", "58"}
	}
}

package sources

import (
	"context"
	"errors"
	"slices"

	"brink/collectors"
	"brink/collectors/hostfs"
	"brink/collectors/netfilter"
)

// FilterAPI reads the rules of the host's packet filter. A family is ip or ip6. The
// error is [netfilter.ErrNoTool] where there is nothing to ask.
type FilterAPI interface {
	IPTables(ctx context.Context, family string) ([]netfilter.Chain, error)
	NFTables(ctx context.Context) ([]netfilter.Chain, error)
}

// firewall reads the rules, unless nothing of the container is forwarded. They are
// this host's, and so nobody's where the engine is elsewhere.
func (r *Isolations) firewall(ctx context.Context, engine collectors.EngineIsolation, here bool) collectors.Firewall {
	var why string
	networks, known := engine.Networks.Get()
	switch {
	case r.filter == nil:
		why = "nobody was told to look"
	case !known:
		why = engine.Networks.Why()
	case !slices.ContainsFunc(networks, func(n collectors.NetworkState) bool { return n.Why == "" && !n.Internal }):
		why = "none of its networks leads outside"
	case !here:
		why = "the rules are those of the engine's host, and the container is not to be seen on this one"
	default:
		why = r.otherNetwork()
	}
	if why != "" {
		unread := collectors.UnknownFact[[]collectors.FilterChain](why)
		return collectors.Firewall{IPv4: unread, IPv6: unread, Tables: unread}
	}
	return collectors.Firewall{
		IPv4:   filterFact(r.filter.IPTables(ctx, "ip")),
		IPv6:   filterFact(r.filter.IPTables(ctx, "ip6")),
		Tables: filterFact(r.filter.NFTables(ctx)),
	}
}

// otherNetwork says why the rules that brink may read are not the host's: the tools
// tell of the network namespace that they run in.
func (r *Isolations) otherNetwork() string {
	own, err := r.proc.Namespace(hostfs.Self, "net")
	if err != nil {
		return "whether brink is in the host's network: " + safeWhy(err)
	}
	host, err := r.proc.Namespace(hostInit, "net")
	switch {
	case err != nil:
		return "whether brink is in the host's network: " + safeWhy(err)
	case own != host:
		return "brink is not in the host's network, and sees other rules"
	default:
		return ""
	}
}

func filterFact(chains []netfilter.Chain, err error) collectors.Fact[[]collectors.FilterChain] {
	switch {
	case errors.Is(err, netfilter.ErrNoTool):
		return collectors.AbsentFact[[]collectors.FilterChain](collectors.WitnessKernel, safeWhy(err))
	case err != nil:
		return collectors.UnknownFact[[]collectors.FilterChain](safeWhy(err))
	}
	list := make([]collectors.FilterChain, 0, len(chains))
	for _, c := range chains {
		list = append(list, filterChain(c))
	}
	return collectors.KnownFact(collectors.WitnessKernel, list)
}

// ruleLength bounds the text of a rule.
const ruleLength = 300

func filterChain(c netfilter.Chain) collectors.FilterChain {
	chain := collectors.FilterChain{
		Family: collectors.Clean(c.Family, nameLength), Table: collectors.Clean(c.Table, nameLength), Name: collectors.Clean(c.Name, nameLength),
		Hook: collectors.Clean(c.Hook, nameLength), Priority: c.Priority, Policy: collectors.FilterVerdict(c.Policy),
	}
	for _, r := range c.Rules {
		rule := collectors.FilterRule{
			Text: collectors.Clean(r.Text, ruleLength), Verdict: collectors.FilterVerdict(r.Verdict), Target: collectors.Clean(r.Target, nameLength),
		}
		for _, m := range r.Matches {
			rule.Matches = append(rule.Matches, collectors.FilterMatch{Key: collectors.FilterKey(m.Key), Negated: m.Negated, Values: cleanAll(m.Values, nameLength)})
		}
		chain.Rules = append(chain.Rules, rule)
	}
	return chain
}

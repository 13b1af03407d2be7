package audit

import (
	"cmp"
	"slices"
	"strings"

	"brink/collectors"
)

// filter is the rules of a host, of one family of addresses.
type filter struct {
	chains []collectors.FilterChain
	places map[string]int
}

func newFilter(lists ...[]collectors.FilterChain) filter {
	f := filter{places: map[string]int{}}
	for _, c := range slices.Concat(lists...) {
		f.places[chainKey(c.Family, c.Table, c.Name)] = len(f.chains)
		f.chains = append(f.chains, c)
	}
	return f
}

func chainKey(family, table, name string) string { return family + "\x00" + table + "\x00" + name }

func (f filter) chain(family, table, name string) (collectors.FilterChain, bool) {
	place, there := f.places[chainKey(family, table, name)]
	if !there {
		return collectors.FilterChain{}, false
	}
	return f.chains[place], true
}

// engineChain is what Docker leaves to the administrator in the filter table of
// iptables.
const engineChain = "DOCKER-USER"

// ruling is what becomes of a packet.
type ruling struct {
	verdict collectors.FilterVerdict
	// by is the rule that decided.
	by string
	// doubt is a rule that may have decided otherwise; empty when none may.
	doubt string
}

func (r ruling) held() bool {
	return r.verdict == collectors.FilterDrop || r.verdict == collectors.FilterReject
}

// mostSteps bounds the rules that one packet meets: chains that lead to each other many
// times over would take for ever.
const mostSteps = 100_000

// fate sends a packet through every chain at the hook forward, the first priority
// first. Who holds it back in one of them has held it back; being accepted in one is no
// more than not being held back there.
func (f filter) fate(p packet) ruling {
	var hooked []collectors.FilterChain
	for _, c := range f.chains {
		if c.Hook == "forward" && (c.Family == p.family || c.Family == "inet") {
			hooked = append(hooked, c)
		}
	}
	slices.SortStableFunc(hooked, func(a, b collectors.FilterChain) int { return cmp.Compare(a.Priority, b.Priority) })
	passed := ruling{verdict: collectors.FilterAccept}
	for _, c := range hooked {
		walk := walk{filter: f, packet: p}
		end := walk.run(c, 0)
		if end.verdict == collectors.FilterReturn {
			end.verdict, end.by = c.Policy, "the policy of "+c.Name
		}
		switch {
		case end.held() && walk.mayPass == "":
			return end
		case end.held():
			passed.doubt = cmp.Or(passed.doubt, walk.mayPass)
		default:
			passed.doubt = cmp.Or(passed.doubt, walk.mayHold)
			passed.by = cmp.Or(end.by, passed.by)
		}
	}
	return passed
}

// walk is the way of one packet through one hook.
type walk struct {
	filter filter
	packet packet
	steps  int
	// mayHold and mayPass are rules that would have decided so, if they hold for it.
	mayHold, mayPass string
}

// deepest is how many jumps the kernel follows (NFT_JUMP_STACK_SIZE).
const deepest = 16

func (w *walk) run(c collectors.FilterChain, depth int) ruling {
	for _, r := range c.Rules {
		if w.steps++; w.steps > mostSteps || depth > deepest {
			w.note(collectors.FilterOther, "more rules than brink follows")
			break
		}
		meets := w.packet.meets(r)
		if meets == never || r.Verdict == collectors.FilterNext {
			continue
		}
		end := ruling{verdict: r.Verdict, by: r.Text}
		if r.Verdict == collectors.FilterJump || r.Verdict == collectors.FilterGoto {
			end = w.follow(c, r, depth)
		}
		switch {
		case end.verdict == collectors.FilterNext:
		case meets == perhaps || end.verdict == collectors.FilterOther:
			w.note(end.verdict, r.Text)
		default:
			return end
		}
	}
	return ruling{verdict: collectors.FilterReturn}
}

// follow goes to another chain. Who returns from a jump goes on behind it.
func (w *walk) follow(c collectors.FilterChain, r collectors.FilterRule, depth int) ruling {
	to, there := w.filter.chain(c.Family, c.Table, r.Target)
	if !there {
		return ruling{verdict: collectors.FilterOther}
	}
	end := w.run(to, depth+1)
	if end.verdict == collectors.FilterReturn && r.Verdict == collectors.FilterJump {
		end.verdict = collectors.FilterNext
	}
	return end
}

// note remembers a rule that may decide.
func (w *walk) note(verdict collectors.FilterVerdict, rule string) {
	holds := verdict == collectors.FilterDrop || verdict == collectors.FilterReject
	if holds || verdict == collectors.FilterOther {
		w.mayHold = cmp.Or(w.mayHold, rule)
	}
	if !holds {
		w.mayPass = cmp.Or(w.mayPass, rule)
	}
}

// reached is a rule of the administrator that concerns a container.
type reached struct {
	rule collectors.FilterRule
	// behind is the rule that ends the chain before it; empty when it can be met.
	behind string
}

// aims are the keys by which a rule names where a packet goes to.
func aims() []collectors.FilterKey {
	return []collectors.FilterKey{
		collectors.FilterDestination, collectors.FilterDestinationSet, collectors.FilterDestinationType, collectors.FilterDestinationPort, collectors.FilterProtocol,
	}
}

func aimed(r collectors.FilterRule) bool {
	return slices.ContainsFunc(r.Matches, func(m collectors.FilterMatch) bool { return slices.Contains(aims(), m.Key) })
}

// ofTheAdministrator lists the rules in DOCKER-USER, and where that leads to, that
// concern what a container sends anywhere.
func (f filter) ofTheAdministrator(p packet) []reached {
	user, there := f.chain(p.family, "filter", engineChain)
	if !there {
		return nil
	}
	return f.concerning(user, p, "", 0)
}

func (f filter) concerning(c collectors.FilterChain, p packet, behind string, depth int) []reached {
	var list []reached
	for _, r := range c.Rules {
		concerns := p.meets(r, aims()...)
		if concerns == never || depth > deepest || len(list) > mostSteps {
			continue
		}
		list = append(list, reached{r, behind})
		if to, there := f.chain(c.Family, c.Table, r.Target); there {
			list = append(list, f.concerning(to, p, behind, depth+1)...)
		}
		if behind == "" && concerns == always && !aimed(r) && ends(r.Verdict) {
			behind = r.Text
		}
	}
	return list
}

func ends(verdict collectors.FilterVerdict) bool {
	return slices.Contains([]collectors.FilterVerdict{
		collectors.FilterAccept, collectors.FilterDrop, collectors.FilterReject, collectors.FilterReturn, collectors.FilterGoto,
	}, verdict)
}

// leads reports whether the hook forward leads to the chain of the administrator.
func (f filter) leads(family string) bool {
	forward, _ := f.chain(family, "filter", "FORWARD")
	return slices.ContainsFunc(forward.Rules, func(r collectors.FilterRule) bool { return r.Target == engineChain })
}

// beside are the tables of nftables that neither the engine nor iptables has made:
// theirs are in the way of every packet, and known from elsewhere.
func beside(chains []collectors.FilterChain) []collectors.FilterChain {
	foreign := map[string]bool{}
	for _, c := range chains {
		ofIPTables := (c.Family == familyIPv4 || c.Family == familyIPv6) && c.Table == "filter" && c.Name == strings.ToUpper(c.Name)
		if ofIPTables && c.Hook != "" || strings.HasPrefix(c.Table, "docker-bridges") {
			foreign[c.Family+" "+c.Table] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(chains), func(c collectors.FilterChain) bool { return foreign[c.Family+" "+c.Table] })
}

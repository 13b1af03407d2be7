package netfilter

import "errors"

// ErrSyntax says that a text is not what the tool prints.
var ErrSyntax = errors.New("this is no list of rules")

// ErrTooMany says that there are more rules than brink looks at.
var ErrTooMany = errors.New("there are too many rules to look at")

// Chain is a list of rules.
type Chain struct {
	// Family is ip, ip6, inet, arp, bridge or netdev.
	Family, Table, Name string
	// Hook is where packets enter it (prerouting, input, forward, output, postrouting);
	// empty for a chain that only others lead to.
	Hook     string
	Priority int
	// Policy is what becomes of a packet that reaches the end of a hook's chain.
	Policy Verdict
	Rules  []Rule
}

// Rule is what becomes of packets that have all of some marks.
type Rule struct {
	// Text is the rule as iptables-save prints it, or near to how nft does.
	Text    string
	Matches []Match
	Verdict Verdict
	// Target is the chain of a jump.
	Target string
}

// Verdict is what a rule does.
type Verdict string

// The verdicts. Next is that of a rule that only counts, logs or marks; Other one that
// is not known here.
const (
	Next   Verdict = ""
	Accept Verdict = "accept"
	Drop   Verdict = "drop"
	Reject Verdict = "reject"
	Return Verdict = "return"
	Jump   Verdict = "jump"
	Goto   Verdict = "goto"
	Other  Verdict = "other"
)

// Match asks for one mark of a packet: one of the values, or with Negated none of them.
type Match struct {
	Key     Key
	Negated bool
	Values  []string
}

// Key is what a match looks at.
type Key string

// The keys. Interfaces may end in + or * for any end; addresses are prefixes or ranges
// "a-b", ports are numbers or ranges; states are as NEW and ESTABLISHED; families are
// ip and ip6. Unknown is what is not known here.
const (
	In              Key = "in"
	Out             Key = "out"
	Source          Key = "source"
	Destination     Key = "destination"
	DestinationSet  Key = "destination set"
	DestinationType Key = "destination type"
	DestinationPort Key = "destination port"
	Protocol        Key = "protocol"
	State           Key = "state"
	Family          Key = "family"
	Unknown         Key = "unknown"
)

// mostRules bounds how many rules of all chains are looked at.
const mostRules = 20_000

// mostChains bounds the chains.
const mostChains = 4_096

// book gathers chains, and finds them by their names.
type book struct {
	chains []Chain
	places map[string]int
	rules  int
}

func newBook() *book { return &book{places: map[string]int{}} }

func (b *book) key(family, table, name string) string { return family + "\x00" + table + "\x00" + name }

func (b *book) chain(c Chain) error {
	if len(b.chains) == mostChains {
		return ErrTooMany
	}
	key := b.key(c.Family, c.Table, c.Name)
	if _, there := b.places[key]; there {
		return ErrSyntax
	}
	b.places[key] = len(b.chains)
	b.chains = append(b.chains, c)
	return nil
}

// rule puts a rule at the end of its chain, which has to be known.
func (b *book) rule(family, table, chain string, r Rule) error {
	place, known := b.places[b.key(family, table, chain)]
	switch {
	case !known:
		return ErrSyntax
	case b.rules == mostRules:
		return ErrTooMany
	}
	b.rules++
	b.chains[place].Rules = append(b.chains[place].Rules, r)
	return nil
}

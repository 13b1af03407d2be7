package netfilter

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// ParseRuleset reads what nft -j list ruleset prints (libnftables-json(5)): a list of
// objects, each a table, a chain, a rule or another thing.
func ParseRuleset(data []byte) ([]Chain, error) {
	var document struct {
		Objects []struct {
			Chain *nftChain `json:"chain"`
			Rule  *nftRule  `json:"rule"`
		} `json:"nftables"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if document.Objects == nil {
		return nil, fmt.Errorf("%w: it has no member nftables", ErrSyntax)
	}
	b := newBook()
	for _, object := range document.Objects {
		if c := object.Chain; c != nil {
			if err := b.chain(c.chain()); err != nil {
				return nil, fmt.Errorf("chain %.80q: %w", c.Name, err)
			}
		}
	}
	for _, object := range document.Objects {
		if r := object.Rule; r != nil {
			if err := b.rule(r.Family, r.Table, r.Chain, r.rule()); err != nil {
				return nil, fmt.Errorf("a rule of %.80q: %w", r.Chain, err)
			}
		}
	}
	return b.chains, nil
}

type nftChain struct {
	Family, Table, Name, Type, Hook, Policy string
	Prio                                    json.RawMessage
}

// chain takes chains of other types than filter, which change packets, for ones that
// stand at no hook. A priority may be a number or a name with one.
func (c *nftChain) chain() Chain {
	chain := Chain{Family: c.Family, Table: c.Table, Name: c.Name}
	if c.Type == "filter" {
		chain.Hook, chain.Policy = c.Hook, Verdict(c.Policy)
	}
	if chain.Hook != "" && chain.Policy == "" {
		chain.Policy = Accept
	}
	_ = json.Unmarshal(c.Prio, &chain.Priority)
	return chain
}

type nftRule struct {
	Family, Table, Chain string
	Expr                 []map[string]json.RawMessage
}

func (r *nftRule) rule() Rule {
	var rule Rule
	var texts []string
	for _, statement := range r.Expr {
		for name, body := range statement {
			texts = append(texts, rule.statement(name, body))
		}
	}
	rule.Text = strings.Join(texts, " ")
	return rule
}

// statement adds what one statement says, and returns it as text.
func (r *Rule) statement(name string, body json.RawMessage) string {
	switch name {
	case "match":
		implied, asked := nftMatches(body)
		r.Matches = append(append(r.Matches, implied...), asked)
		return matchText(implied, asked)
	case "accept", "drop", "reject", "return":
		r.Verdict = Verdict(name)
	case "jump", "goto":
		var to struct{ Target string }
		_ = json.Unmarshal(body, &to)
		r.Verdict, r.Target = Verdict(name), to.Target
		return name + " " + to.Target
	case "counter", "log", "mangle", "notrack", "set", "comment", "ct helper", "ct timeout", "secmark":
	case "vmap", "queue", "tproxy", "dup", "fwd", "synproxy":
		r.Verdict = Other
	case "xt": // an extension of iptables, of which only the name is told
		r.Matches = append(r.Matches, Match{Key: Unknown, Values: []string{compact(body)}})
		if r.Verdict == Next {
			r.Verdict = Other
		}
	default: // limit, quota, ct count and the like hold for some packets
		r.Matches = append(r.Matches, Match{Key: Unknown, Values: []string{name}})
	}
	return name
}

// nftMatches is a comparison, with what it asks for by the way: who looks at a port of
// TCP asks for TCP.
func nftMatches(body json.RawMessage) (implied []Match, asked Match) {
	var m struct {
		Op          string
		Left, Right json.RawMessage
	}
	unknown := Match{Key: Unknown, Values: []string{compact(body)}}
	if json.Unmarshal(body, &m) != nil {
		return nil, unknown
	}
	key, implied := nftLeft(m.Left)
	values, ok := nftRight(m.Right)
	if key == Unknown || !ok || m.Op != "==" && m.Op != "!=" && m.Op != "in" {
		return implied, unknown
	}
	name, isSet := strings.CutPrefix(values[0], "@")
	switch {
	case isSet && key == Destination:
		return implied, Match{DestinationSet, m.Op == "!=", []string{name}}
	case isSet:
		return implied, unknown // what is in the set is not known here
	}
	for i := range values {
		values[i] = nftWord(key, values[i])
	}
	return implied, Match{key, m.Op == "!=", values}
}

// nftWord writes a value as iptables does.
func nftWord(key Key, value string) string {
	switch key {
	case State:
		return strings.ToUpper(value)
	case Family:
		return map[string]string{"ipv4": "ip", "ipv6": "ip6"}[value]
	default:
		return value
	}
}

// nftLeft is what a comparison looks at.
func nftLeft(data json.RawMessage) (key Key, implied []Match) {
	var left struct {
		Meta    *struct{ Key string }
		CT      *struct{ Key, Dir string }
		Payload *struct{ Protocol, Field string }
	}
	if json.Unmarshal(data, &left) != nil {
		return Unknown, nil
	}
	switch {
	case left.Meta != nil:
		return nftMeta(left.Meta.Key), nil
	case left.CT != nil && left.CT.Key == "state":
		return State, nil
	case left.Payload != nil:
		return nftPayload(left.Payload.Protocol, left.Payload.Field)
	default:
		return Unknown, nil
	}
}

func nftMeta(key string) Key {
	known := map[string]Key{"iifname": In, "iif": In, "oifname": Out, "oif": Out, "l4proto": Protocol, "nfproto": Family}
	if found, ok := known[key]; ok {
		return found
	}
	return Unknown
}

func nftPayload(protocol, field string) (key Key, implied []Match) {
	switch protocol {
	case "ip", "ip6":
		implied = []Match{{Key: Family, Values: []string{protocol}}}
	case "th":
	default:
		implied = []Match{{Key: Protocol, Values: []string{protocol}}}
	}
	known := map[string]Key{"saddr": Source, "daddr": Destination, "dport": DestinationPort, "protocol": Protocol, "nexthdr": Protocol}
	if found, ok := known[field]; ok {
		return found, implied
	}
	return Unknown, implied
}

// nftRight is what a comparison compares with: one value, a set of them, or the name of
// one behind an @.
func nftRight(data json.RawMessage) ([]string, bool) {
	var set struct{ Set []json.RawMessage }
	if json.Unmarshal(data, &set) == nil && set.Set != nil {
		return nftValues(set.Set)
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil && list != nil {
		return nftValues(list)
	}
	return nftValues([]json.RawMessage{data})
}

func nftValues(list []json.RawMessage) ([]string, bool) {
	var values []string
	for _, item := range list {
		value, ok := nftValue(item)
		if !ok {
			return nil, false
		}
		values = append(values, value)
	}
	return values, len(values) > 0
}

func nftValue(data json.RawMessage) (string, bool) {
	var value struct {
		Prefix *struct {
			Addr string
			Len  int
		}
		Range []json.RawMessage
	}
	var text string
	var number uint64
	switch {
	case json.Unmarshal(data, &text) == nil && text != "":
		return text, true
	case json.Unmarshal(data, &number) == nil && string(data) != "null":
		return strconv.FormatUint(number, 10), true
	case json.Unmarshal(data, &value) != nil:
		return "", false
	case value.Prefix != nil:
		return fmt.Sprintf("%s/%d", value.Prefix.Addr, value.Prefix.Len), true
	case len(value.Range) == 2:
		from, ok := nftValue(value.Range[0])
		to, also := nftValue(value.Range[1])
		return from + "-" + to, ok && also
	default:
		return "", false
	}
}

// matchText is close to how nft writes a match.
func matchText(implied []Match, m Match) string {
	words := make([]string, 0, len(implied)+1)
	for _, i := range implied {
		words = append(words, strings.Join(i.Values, ""))
	}
	text := strings.Join(append(words, ""), " ") + map[Key]string{
		In: "iifname ", Out: "oifname ", Source: "saddr ", Destination: "daddr ", DestinationSet: "daddr @", DestinationPort: "dport ",
		Protocol: "meta l4proto ", State: "ct state ", Family: "meta nfproto ",
	}[m.Key]
	if m.Negated {
		text += "!= "
	}
	if len(m.Values) > 1 {
		return text + "{ " + strings.Join(m.Values, ", ") + " }"
	}
	return text + strings.Join(m.Values, "")
}

// compact quotes a statement that is not known, within bounds.
func compact(data json.RawMessage) string {
	const longest = 80
	return string(data[:min(len(data), longest)])
}

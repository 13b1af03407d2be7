package netfilter

import (
	"bytes"
	"fmt"
	"strings"
)

// ParseSave reads the filter table out of what iptables-save or ip6tables-save prints.
// The family is ip or ip6. A text without that table holds no chains. The format is
// that of iptables-save(8):
//
//	*filter
//	:FORWARD DROP [0:0]
//	:DOCKER-USER - [0:0]
//	-A FORWARD -j DOCKER-USER
//	COMMIT
func ParseSave(family string, data []byte) ([]Chain, error) {
	b, table := newBook(), ""
	for raw := range bytes.Lines(data) {
		line := strings.TrimSpace(string(raw))
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "*"):
			table = line[1:]
		case line == "COMMIT":
			table = ""
		case table == "":
			return nil, fmt.Errorf("%w: a line outside of every table: %.80q", ErrSyntax, line)
		case table == "filter":
			if err := b.saved(family, line); err != nil {
				return nil, fmt.Errorf("%w: %.80q", err, line)
			}
		}
	}
	if table != "" {
		return nil, fmt.Errorf("%w: the table %.80q has no end", ErrSyntax, table)
	}
	b.settle()
	return b.chains, nil
}

func (b *book) saved(family, line string) error {
	if name, found := strings.CutPrefix(line, ":"); found {
		fields := strings.Fields(name)
		if len(fields) < 2 {
			return ErrSyntax
		}
		return b.chain(savedChain(family, fields[0], fields[1]))
	}
	words, err := splitWords(line)
	if err != nil {
		return err
	}
	// With counters ([12:3456]) before it, as iptables-save -c prints.
	if strings.HasPrefix(line, "[") && len(words) > 0 {
		words, line = words[1:], strings.TrimSpace(line[len(words[0]):])
	}
	if len(words) < 2 || words[0] != "-A" {
		return ErrSyntax
	}
	rule := savedRule(words[2:])
	rule.Text = line
	return b.rule(family, "filter", words[1], rule)
}

// savedChain has a policy if it is one of the kernel's own, which stand at the hook of
// their name and at priority 0 (NF_IP_PRI_FILTER).
func savedChain(family, name, policy string) Chain {
	chain := Chain{Family: family, Table: "filter", Name: name}
	switch policy {
	case "ACCEPT":
		chain.Policy = Accept
	case "DROP":
		chain.Policy = Drop
	default:
		return chain
	}
	chain.Hook = strings.ToLower(name)
	return chain
}

// splitWords divides a line as iptables-save joins it: in double quotes, with a
// backslash before a quote or a backslash.
func splitWords(line string) ([]string, error) {
	var words []string
	var word []byte
	quoted, begun := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\' && i+1 < len(line):
			i++
			word = append(word, line[i])
		case c == '"':
			quoted, begun = !quoted, true
		case c == ' ' && !quoted:
			if begun {
				words, word, begun = append(words, string(word)), nil, false
			}
		default:
			word, begun = append(word, c), true
		}
	}
	if quoted {
		return nil, ErrSyntax
	}
	if begun {
		words = append(words, string(word))
	}
	return words, nil
}

// savedRule reads the arguments of a rule. The target and what belongs to it stand at
// the end.
func savedRule(words []string) Rule {
	var rule Rule
	negated := false
	for len(words) > 0 {
		option := words[0]
		words = words[1:]
		if option == "!" {
			negated = true
			continue
		}
		values := optionValues(option, words)
		words = words[len(values):]
		switch option {
		case "-m", "--comment":
		case "-j", "-g":
			rule.Verdict, rule.Target = Jump, strings.Join(values, " ")
			if option == "-g" {
				rule.Verdict = Goto
			}
			return rule
		default:
			rule.Matches = append(rule.Matches, savedMatch(option, values, negated))
		}
		negated = false
	}
	return rule
}

// optionValues are the words until the next option. A comment is one word, whatever it
// looks like.
func optionValues(option string, words []string) []string {
	if option == "--comment" {
		return words[:min(len(words), 1)]
	}
	for i, word := range words {
		if word == "!" || strings.HasPrefix(word, "-") {
			return words[:i]
		}
	}
	return words
}

func savedMatch(option string, values []string, negated bool) Match {
	keys := map[string]Key{
		"-i": In, "-o": Out, "-s": Source, "-d": Destination, "-p": Protocol, "--ctstate": State, "--state": State,
		"--dport": DestinationPort, "--dports": DestinationPort, "--dst-type": DestinationType,
	}
	text := strings.Join(values, " ")
	unknown := Match{Key: Unknown, Values: []string{strings.TrimSpace(option + " " + text)}}
	key, known := keys[option]
	switch {
	case option == "--match-set" && len(values) == 2 && strings.HasPrefix(values[1], "dst"):
		return Match{DestinationSet, negated, values[:1]}
	case option == "--tcp-flags" && text == "FIN,SYN,RST,ACK SYN" && !negated:
		// --syn, which asks for the beginning of a connection.
		return Match{State, false, []string{"NEW"}}
	case !known || len(values) != 1:
		return unknown
	case key == DestinationPort:
		return Match{key, negated, strings.Split(strings.ReplaceAll(text, ":", "-"), ",")}
	case key == State || key == DestinationType:
		return Match{key, negated, strings.Split(text, ",")}
	default:
		return Match{key, negated, values}
	}
}

// settle tells the targets that are chains from those that are verdicts, once all
// chains are known.
func (b *book) settle() {
	for i := range b.chains {
		for j := range b.chains[i].Rules {
			r := &b.chains[i].Rules[j]
			if _, chain := b.places[b.key(b.chains[i].Family, b.chains[i].Table, r.Target)]; chain || r.Verdict == Next {
				continue
			}
			r.Verdict, r.Target = savedVerdict(r.Target), ""
		}
	}
}

// savedVerdict knows the targets of iptables-extensions(8) that end a packet's way, and
// those that do not.
func savedVerdict(target string) Verdict {
	switch target {
	case "ACCEPT":
		return Accept
	case "DROP":
		return Drop
	case "REJECT":
		return Reject
	case "RETURN":
		return Return
	case "LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "TRACE", "AUDIT", "SET", "CLASSIFY", "CONNSECMARK", "SECMARK", "CT", "TCPMSS", "LED", "RATEEST", "DSCP", "TOS", "TTL", "HL", "CHECKSUM":
		return Next
	default:
		return Other
	}
}

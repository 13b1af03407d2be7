package netfilter

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

// dump writes chains for a reader, without the rules' own texts where these hold no more.
func dump(chains []Chain) string {
	var text strings.Builder
	for _, c := range chains {
		fmt.Fprintf(&text, "%s %s %s", c.Family, c.Table, c.Name)
		if c.Hook != "" {
			fmt.Fprintf(&text, " at %s %d, else %s", c.Hook, c.Priority, c.Policy)
		}
		text.WriteByte('\n')
		for _, r := range c.Rules {
			fmt.Fprintf(&text, "  %s\n    = ", r.Text)
			for _, m := range r.Matches {
				not := ""
				if m.Negated {
					not = "not "
				}
				fmt.Fprintf(&text, "%s %s%q, ", m.Key, not, m.Values)
			}
			fmt.Fprintf(&text, "%q %s\n", r.Verdict, r.Target)
		}
	}
	return text.String()
}

// TestRecordedRules parses what the tools have printed.
func TestRecordedRules(t *testing.T) {
	for _, name := range []string{"article-26.1.txt", "every-option-28.5.txt", "baseline-28.5.txt", "baseline-28.5-ip6.txt", "baseline.json", "docker-29.json"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			chains, err := parse(name, data)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(dump(chains)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), dump(chains)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func parse(name string, data []byte) ([]Chain, error) {
	if strings.HasSuffix(name, ".json") {
		return ParseRuleset(data)
	}
	return ParseSave("ip", data)
}

func TestParseSave(t *testing.T) {
	many := "*filter\n:A - [0:0]\n" + strings.Repeat("-A A -j RETURN\n", mostRules+1) + "COMMIT\n"
	for _, test := range []struct {
		name, text string
		err        error
		want       string
	}{
		{"a message instead", "iptables-save v1.8.9: Permission denied\n", ErrSyntax, ""},
		{"cut off", "*filter\n:A - [0:0]\n-A A -j DROP\n", ErrSyntax, ""},
		{"a rule of no chain", "*filter\n-A A -j DROP\nCOMMIT\n", ErrSyntax, ""},
		{"a chain twice", "*filter\n:A - [0:0]\n:A - [0:0]\nCOMMIT\n", ErrSyntax, ""},
		{"a chain without a policy", "*filter\n:A\nCOMMIT\n", ErrSyntax, ""},
		{"a quote that does not end", "*filter\n:A - [0:0]\n-A A -m comment --comment \"x -j DROP\nCOMMIT\n", ErrSyntax, ""},
		{"another command", "*filter\n:A - [0:0]\n-I A -j DROP\nCOMMIT\n", ErrSyntax, ""},
		{"too many rules", many, ErrTooMany, ""},
		{"nothing", "", nil, ""},
		{"another table", "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n", nil, ""},
		{"a target that is not known", "*filter\n:A - [0:0]\n-A A -j NFQUEUE --queue-num 1\nCOMMIT\n", nil, "other"},
		{"no target", "*filter\n:A - [0:0]\n-A A -s 1.2.3.4/32\nCOMMIT\n", nil, ""},
		{"an option without a value before the target", "*filter\n:A - [0:0]\n-A A -m socket --transparent -j DROP\nCOMMIT\n", nil, "drop"},
		{"a comment that looks like a target", "*filter\n:A - [0:0]\n-A A -m comment --comment \"-j\" -j DROP\nCOMMIT\n", nil, "drop"},
		{"a chain that is named like a target", "*filter\n:LOG - [0:0]\n-A LOG -j LOG\nCOMMIT\n", nil, "jump"},
	} {
		t.Run(test.name, func(t *testing.T) {
			chains, err := ParseSave("ip", []byte(test.text))
			if !errors.Is(err, test.err) {
				t.Fatalf("%v, want %v", err, test.err)
			}
			got := ""
			if len(chains) > 0 && len(chains[0].Rules) > 0 {
				got = string(chains[0].Rules[0].Verdict)
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestParseRuleset(t *testing.T) {
	for _, test := range []struct {
		name, text string
		err        error
	}{
		{"nothing", "", ErrSyntax},
		{"no JSON", "table inet x {}", ErrSyntax},
		{"another document", `{"a": 1}`, ErrSyntax},
		{"cut off", `{"nftables": [{"chain": {"family": "ip"`, ErrSyntax},
		{"a rule of no chain", `{"nftables": [{"rule": {"family": "ip", "table": "t", "chain": "c", "expr": []}}]}`, ErrSyntax},
		{"a chain twice", `{"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c"}}, {"chain": {"family": "ip", "table": "t", "name": "c"}}]}`, ErrSyntax},
		{"no rules", `{"nftables": []}`, nil},
		{"the same name in another table", `{"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c"}}, {"chain": {"family": "ip", "table": "u", "name": "c"}}]}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ParseRuleset([]byte(test.text)); !errors.Is(err, test.err) {
				t.Errorf("%v, want %v", err, test.err)
			}
		})
	}
}

// FuzzRules: whatever is printed, there is an error or rules within bounds, and every
// jump of iptables leads to a chain that is there.
func FuzzRules(f *testing.F) {
	for _, name := range []string{"article-26.1.txt", "every-option-28.5.txt", "docker-29.json", "baseline.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if chains, err := ParseRuleset(data); err == nil {
			count(t, chains)
		}
		chains, err := ParseSave("ip", data)
		if err != nil {
			return
		}
		count(t, chains)
		for _, c := range chains {
			for _, r := range c.Rules {
				if (r.Verdict == Jump || r.Verdict == Goto) != (r.Target != "") || r.Target != "" && !hasChain(chains, r.Target) {
					t.Errorf("%q leads to %q", r.Text, r.Target)
				}
			}
		}
	})
}

func count(t *testing.T, chains []Chain) {
	t.Helper()
	rules := 0
	for _, c := range chains {
		rules += len(c.Rules)
	}
	if len(chains) > mostChains || rules > mostRules {
		t.Errorf("%d chains, %d rules", len(chains), rules)
	}
}

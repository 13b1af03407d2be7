package alerts

import (
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// TestRuleTestFails keeps the tester itself honest: a wrong expectation fails.
func TestRuleTestFails(t *testing.T) {
	test := RuleTest{
		Interval: time.Second,
		Series:   map[string]Series{MetricZombies: {{Value: collectors.Some(100.0)}}},
		Checks:   []Check{{At: 0, Alerts: []string{"zombies critical firing"}}},
	}
	failures := test.Run(DefaultRules())
	if len(failures) != 1 || failures[0].Got[0] != "zombies critical pending" {
		t.Fatalf("got %v, want one failure that shows a pending alert", failures)
	}
}

// TestRuleTestRefuses: a check that names what there is not would prove nothing.
func TestRuleTestRefuses(t *testing.T) {
	for _, test := range []struct {
		checks []string
		order  string
		want   string
	}{
		{nil, "", ""},
		{[]string{"zombies warning firing", "tmpfs-filling@/tmp critical pending"}, "oom-kill", ""},
		{[]string{"zombis warning firing"}, "", `"zombis warning firing": there is no rule "zombis" in force`},
		{[]string{"zombies"}, "", `"zombies" is not RULE SEVERITY STATE`},
		{[]string{"zombies  warning  firing "}, "", ` is not RULE SEVERITY STATE`},
		{[]string{"zombies bad firing"}, "", `severities are warning and critical`},
		{[]string{"zombies warning inactive"}, "", `states are pending and firing`},
		{nil, "oom", `acknowledge: there is no rule "oom" in force`},
	} {
		ruleTest := RuleTest{Checks: []Check{{Alerts: test.checks}}}
		if test.order != "" {
			ruleTest.Orders = []Order{{Acknowledge: test.order}}
		}
		err := ruleTest.Validate(DefaultRules())
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q, %q: %v, want %s", test.checks, test.order, err, test.want)
		}
	}
}

func TestParseSeries(t *testing.T) {
	tests := []struct {
		text string
		want string
		fail bool
	}{
		{text: "", fail: true},
		{text: "x", fail: true},
		{text: "1x", fail: true},
		{text: "1x-1", fail: true},
		{text: "1x99999999999", fail: true},
		{text: "1x86399"},
		{text: "1x86399 1", fail: true},
		{text: "nan", fail: true},
		{text: "inf", fail: true},
		{text: "1+x3", fail: true},
		{text: "0.5", want: "0.5"},
		{text: "-1", want: "-1"},
		{text: "1e-2", want: "0.01"},
		{text: "2x2", want: "2 2 2"},
		{text: "1+0.5x2", want: "1 1.5 2"},
		{text: "1-0.5x2", want: "1 0.5 0"},
		{text: "_", want: "_"},
		{text: "_x2 3", want: "_ _ 3"},
		{text: "!", want: "!"},
		{text: "1 !x2 3", want: "1 ! ! 3"},
		{text: "!1", fail: true},
	}
	for _, test := range tests {
		series, err := ParseSeries(test.text)
		if (err != nil) != test.fail {
			t.Errorf("%q: error %v", test.text, err)
		}
		if got := picture(series); test.want != "" && got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzParseSeries(f *testing.F) {
	for _, seed := range []string{"1+0.5x2", "_x3", "-1e-5-2x3", "x", "1xx1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		series, err := ParseSeries(text)
		if err == nil && (len(series) == 0 || len(series) > longestSeries) {
			t.Errorf("%q: %d values without an error", text, len(series))
		}
	})
}

func picture(series Series) string {
	var words []string
	for _, step := range series {
		word := "_"
		if v, ok := step.Value.Get(); ok {
			word = UnitCount.Format(v)
		} else if step.Stopped {
			word = "!"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

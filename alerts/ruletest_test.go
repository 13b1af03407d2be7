package alerts

import (
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// defaultRuleTests try the default rules on made-up series, as a user would.
func defaultRuleTests(t *testing.T) []RuleTest {
	t.Helper()
	s := func(text string) Series {
		series, err := ParseSeries(text)
		if err != nil {
			t.Fatal(err)
		}
		return series
	}
	return []RuleTest{
		{
			Name:   "memory rises, warns after 10 s, is critical after 2 s more, and falls through both clears",
			Series: map[string]Series{MetricMemoryRatio: s("0.5x9 0.82x19 0.95x9 0.87x9 0.84x9 0.77x9 0.74x9")},
			Checks: []Check{
				{At: 9 * time.Second, Alerts: nil},
				{At: 10 * time.Second, Alerts: []string{"memory-near-limit warning pending"}},
				{At: 19 * time.Second, Alerts: []string{"memory-near-limit warning pending"}},
				{At: 20 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},
				{At: 31 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},
				{At: 32 * time.Second, Alerts: []string{"memory-near-limit critical firing"}},
				{At: 49 * time.Second, Alerts: []string{"memory-near-limit critical firing"}}, // 0.87 is above the clear of critical
				{At: 50 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},  // 0.84 is not
				{At: 69 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},  // 0.77 is above the clear of warning
				{At: 70 * time.Second, Alerts: nil},
			},
		},
		{
			Name:   "a value that trembles about the threshold never fires, and one that fired never rings twice",
			Series: map[string]Series{MetricMemoryRatio: s("0.81x5 0.79 0.81x5 0.79 0.81x5 0.79 0.81x12 0.79 0.81 0.79 0.81")},
			Checks: []Check{
				{At: 5 * time.Second, Alerts: []string{"memory-near-limit warning pending"}},
				{At: 6 * time.Second, Alerts: nil},
				{At: 13 * time.Second, Alerts: nil},
				{At: 30 * time.Second, Alerts: []string{"memory-near-limit warning pending"}},
				{At: 31 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},
				{At: 34 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},
				{At: 36 * time.Second, Alerts: []string{"memory-near-limit warning firing"}},
			},
		},
		{
			Name:   "time until full is bad when it is short",
			Series: map[string]Series{MetricMemoryFullIn: s("_x9 800-20x40 60x14 400x39 2000x35")},
			Checks: []Check{
				{At: 40 * time.Second, Alerts: []string{"memory-filling warning firing"}},
				{At: 60 * time.Second, Alerts: []string{"memory-filling critical firing"}},
				{At: 94 * time.Second, Alerts: []string{"memory-filling critical firing"}}, // clear for less than 30 s
				{At: 95 * time.Second, Alerts: []string{"memory-filling warning firing"}},
				{At: 134 * time.Second, Alerts: []string{"memory-filling warning firing"}},
				{At: 135 * time.Second, Alerts: nil},
			},
		},
		{
			Name:   "no growth is no time until full, which ends the alert, unless the growth is soon back",
			Series: map[string]Series{MetricMemoryFullIn: s("500x30 _x20 500x3 _x31")},
			Checks: []Check{
				{At: 30 * time.Second, Alerts: []string{"memory-filling warning firing"}},
				{At: 50 * time.Second, Alerts: []string{"memory-filling warning firing"}},
				{At: 84 * time.Second, Alerts: []string{"memory-filling warning firing"}},
				{At: 85 * time.Second, Alerts: nil},
			},
		},
		{
			Name:   "an OOM kill fires at once and stays until somebody has seen it",
			Series: map[string]Series{MetricOOMKills: s("0x4 1 0x60")},
			Orders: []Order{{At: 40 * time.Second, Acknowledge: "oom-kill"}},
			Checks: []Check{
				{At: 4 * time.Second, Alerts: nil},
				{At: 5 * time.Second, Alerts: []string{"oom-kill critical firing"}},
				{At: 40 * time.Second, Alerts: []string{"oom-kill critical firing"}},
				{At: 41 * time.Second, Alerts: nil},
			},
		},
		{
			Name:   "absence holds what fires, and makes what was about to fire begin again",
			Series: map[string]Series{MetricPidsRatio: s("0.8x2 _ 0.8x4 0.8x2 _x20 0.5x2")},
			Checks: []Check{
				{At: 2 * time.Second, Alerts: []string{"pids-near-limit warning pending"}},
				{At: 3 * time.Second, Alerts: nil},
				{At: 8 * time.Second, Alerts: []string{"pids-near-limit warning pending"}},
				{At: 9 * time.Second, Alerts: []string{"pids-near-limit warning firing"}},
				{At: 30 * time.Second, Alerts: []string{"pids-near-limit warning firing"}},
				{At: 32 * time.Second, Alerts: nil},
			},
		},
		{
			Name: "each tmpfs has an alert of its own",
			Series: map[string]Series{
				MetricTmpfsRatio + "@/tmp": s("0.96x20"),
				MetricTmpfsRatio + "@/run": s("0.85x20"),
			},
			Checks: []Check{
				{At: 15 * time.Second, Alerts: []string{"tmpfs-filling@/run warning firing", "tmpfs-filling@/tmp critical firing"}},
			},
		},
		{
			Name:   "three restarts in ten minutes are a loop",
			Series: map[string]Series{MetricRestarts: s("0 1 2 3 0")},
			Checks: []Check{
				{At: 1 * time.Second, Alerts: []string{"restarted warning firing"}},
				{At: 3 * time.Second, Alerts: []string{"restart-loop critical firing", "restarted warning firing"}},
				{At: 4 * time.Second, Alerts: nil},
			},
		},
	}
}

func TestDefaultRulesOverTime(t *testing.T) {
	for _, test := range defaultRuleTests(t) {
		test.Interval = time.Second
		t.Run(test.Name, func(t *testing.T) {
			for _, failure := range test.Run(DefaultRules()) {
				t.Error(failure)
			}
		})
	}
}

// TestRuleTestFails keeps the tester itself honest: a wrong expectation fails.
func TestRuleTestFails(t *testing.T) {
	test := RuleTest{
		Interval: time.Second,
		Series:   map[string]Series{MetricZombies: {collectors.Some(100.0)}},
		Checks:   []Check{{At: 0, Alerts: []string{"zombies critical firing"}}},
	}
	failures := test.Run(DefaultRules())
	if len(failures) != 1 || failures[0].Got[0] != "zombies critical pending" {
		t.Fatalf("got %v, want one failure that shows a pending alert", failures)
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
	for _, value := range series {
		word := "_"
		if v, ok := value.Get(); ok {
			word = UnitCount.Format(v)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

package config

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/collectors"
)

// TestRules reads what a person would write and compares the whole rule.
func TestRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text string
		rule string
		// change makes the wanted rule from the built-in one, or from nothing.
		change func(*alerts.Rule)
	}{
		{
			"one number", `rule.memory-near-limit.warning = 0.85`, "memory-near-limit",
			func(r *alerts.Rule) { r.Warning = level(0.85, 0.797, 10*time.Second) },
		},
		{
			"a percentage", `rule.memory-near-limit.critical = "92.5 %"`, "memory-near-limit",
			func(r *alerts.Rule) { r.Critical = level(0.925, 0.874, 2*time.Second) },
		},
		{
			"the clear level alone", `rule.memory-near-limit.warning_clear = "60%"`, "memory-near-limit",
			func(r *alerts.Rule) { r.Warning = level(0.8, 0.6, 10*time.Second) },
		},
		{
			"the time alone", `rule.memory-near-limit.warning_for = "1m30s"`, "memory-near-limit",
			func(r *alerts.Rule) { r.Warning = level(0.8, 0.75, 90*time.Second) },
		},
		{
			"a count clears at a whole number", `rule.zombies.warning = 25`, "zombies",
			func(r *alerts.Rule) { r.Warning = level(25, 13, 30*time.Second) },
		},
		{
			"a small count", `rule.zombies.warning = 1`, "zombies",
			func(r *alerts.Rule) { r.Warning = level(1, 1, 30*time.Second) },
		},
		{
			"a rule that looks down", `rule.memory-filling.warning = "1h"`, "memory-filling",
			func(r *alerts.Rule) { r.Warning = level(3600, 7200, 30*time.Second) },
		},
		{
			"seconds as a number", `rule.memory-filling.warning = 1_200.5`, "memory-filling",
			func(r *alerts.Rule) { r.Warning = level(1200.5, 2400, 30*time.Second) },
		},
		{
			"no hysteresis stays none", `rule.source-lost.warning = "20s"`, "source-lost",
			func(r *alerts.Rule) { r.Warning = level(20, 20, 0) },
		},
		{
			"a level like the other one", `rule.cpu-near-quota.critical = 0.99`, "cpu-near-quota",
			func(r *alerts.Rule) { r.Critical = level(0.99, 0.88, time.Minute) },
		},
		{
			"a level less", `rule.cpu-throttled.critical = false`, "cpu-throttled",
			func(r *alerts.Rule) { r.Critical = collectors.Opt[alerts.Level]{} },
		},
		{
			"the other fields", `rule.restarted = { keep_for = "5m", latched = true, containers = ["a*", "b"], absent = "fire", message = "{rule}: {value}" }`, "restarted",
			func(r *alerts.Rule) {
				r.KeepFor, r.Latched, r.Absent, r.Text = 5*time.Minute, true, alerts.AbsentFire, "{rule}: {value}"
				r.Match.Containers = []string{"a*", "b"}
			},
		},
		{
			"a new rule", "[rule.tmp]\nmetric = \"tmpfs.used_ratio\"\nwarning = 0.5\nmounts = [\"/tmp\"]", "tmp",
			func(r *alerts.Rule) {
				*r = alerts.Rule{Name: "tmp", Metric: alerts.MetricTmpfsRatio, Warning: level(0.5, 0.5, 0), Match: alerts.Match{Instances: []string{"/tmp"}}}
			},
		},
		{
			"a new rule that looks down", "[rule.low]\nmetric = \"pids.of_limit_ratio\"\nbelow = true\ncritical = 0\ncritical_clear = \"1%\"", "low",
			func(r *alerts.Rule) {
				*r = alerts.Rule{Name: "low", Metric: alerts.MetricPidsRatio, Below: true, Critical: level(0, 0.01, 0)}
			},
		},
		{
			"a state", "[rule.ill]\nmetric = \"unhealthy\"\nwarning = true\nwarning_for = \"1m\"", "ill",
			func(r *alerts.Rule) {
				*r = alerts.Rule{Name: "ill", Metric: alerts.MetricUnhealthy, Warning: level(1, 1, time.Minute)}
			},
		},
		{
			"a severity", "[rule.hardening-drift]\nwarning = false\ncritical = \"warning\"", "hardening-drift",
			func(r *alerts.Rule) { r.Warning, r.Critical = collectors.Opt[alerts.Level]{}, level(2, 2, 0) },
		},
		{"what is built in, said again", `rule.memory-filling = { metric = "memory.full_in_seconds", below = true }`, "memory-filling", func(*alerts.Rule) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := builtIn(test.rule)
			test.change(&want)
			config := parsed(t, test.text)
			got := ruleOf(t, config, test.rule)
			if diff := diffRules([]EffectiveRule{{Rule: want, Enabled: true}}, []EffectiveRule{got}); diff != "" {
				t.Error(diff)
			}
			others := slices.DeleteFunc(config.Rules(), func(r EffectiveRule) bool { return r.Name == test.rule })
			untouched := slices.DeleteFunc(Default().Rules(), func(r EffectiveRule) bool { return r.Name == test.rule })
			if diff := diffRules(untouched, others); diff != "" {
				t.Errorf("another rule changed:\n%s", diff)
			}
		})
	}
}

// TestRuleOrder: built-in rules keep their places, others follow as in the file.
func TestRuleOrder(t *testing.T) {
	t.Parallel()
	config := parsed(t, "rule.z = { metric = \"restarts\", warning = 1 }\nrule.zombies.enabled = false\nrule.a = { metric = \"restarts\", warning = 1 }\n")
	var got, want []string
	for _, rule := range config.Rules() {
		got = append(got, rule.Name)
	}
	for _, rule := range alerts.DefaultRules() {
		want = append(want, rule.Name)
	}
	if diff := cmp.Diff(append(want, "z", "a"), got); diff != "" {
		t.Error(diff)
	}
	for _, rule := range config.RulesInForce() {
		if rule.Name == "zombies" {
			t.Error("a rule that is off is in force")
		}
	}
	if len(config.RulesInForce()) != len(got)-1 {
		t.Errorf("%d rules in force of %d", len(config.RulesInForce()), len(got))
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	rule := ruleOf(t, parsed(t, "\n[rule.cpu-near-quota]\nenabled = true\ncritical = 0.99\n\nwarning_clear = 0.7\n"), "cpu-near-quota")
	for key, want := range map[string]string{
		"metric":         "built in",
		"enabled":        "config.toml:3",
		"warning":        "built in",
		"warning_clear":  "config.toml:6",
		"critical":       "config.toml:4",
		"critical_clear": "follows critical, config.toml:4",
		"critical_for":   "follows warning_for, built in",
	} {
		if got := rule.Origin(key).String(); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := (Origin{File: "a\x1b[31m\nb.toml", Line: 1}).String(); got != "a·[31m·b.toml:1" {
		t.Errorf("the name of a file gets out as %q", got)
	}
}

func ruleOf(t testing.TB, config Config, name string) EffectiveRule {
	t.Helper()
	for _, rule := range config.Rules() {
		if rule.Name == name {
			return rule
		}
	}
	t.Fatalf("no rule %s", name)
	return EffectiveRule{}
}

func level(fire, cease float64, hold time.Duration) collectors.Opt[alerts.Level] {
	return collectors.Some(alerts.Level{Fire: fire, Clear: cease, For: hold})
}

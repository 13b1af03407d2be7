package config

import (
	"bytes"
	"os"
	"slices"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestParse reads every setting that is not a rule, each away from its default.
func TestParse(t *testing.T) {
	t.Parallel()
	got := parsed(t, `
targets = ["openclaw-agent", "service:web", "cgroup:/system.slice"]
interval = "250ms"
descriptors = 0
mouse = true

[outbox]
group_wait = "0s"
repeat = "never"
deadline = "2h"
timeout = "3s"
backoff = "1m"          # beyond the built-in backoff_max, which moves along
queue = 0x10
remember = false

[theme]
name = "light"
glyphs = "blocks"

[keys]
quit = ["q", "ctrl+alt+shift+f63", "é"]
mute = []

[guard]
acknowledge_after = "never"

[record]
enabled = false
full = "90m"
coarse = "7d"
events = "1000h"
size = "1.5GiB"

[audit]
enabled = false
interval = "never"
profile = "hardened"
`)
	want := Default()
	want.Targets = []string{"openclaw-agent", "service:web", "cgroup:/system.slice"}
	want.Interval = 250 * time.Millisecond
	want.Descriptors, want.Mouse = collectors.Some(0), true
	want.Outbox = Outbox{Pace: Pace{
		Deadline: 2 * time.Hour, Timeout: 3 * time.Second, Backoff: time.Minute, BackoffMax: time.Minute, Queue: 16,
	}}
	want.Theme, want.Glyphs = "light", "blocks"
	want.Keys = map[string][]string{"quit": {"q", "ctrl+alt+shift+f63", "é"}, "mute": {}}
	want.Guard.AcknowledgeAfter = 0
	want.Audit = Audit{Profile: "hardened"}
	want.Record = Record{Full: 90 * time.Minute, Coarse: 7 * aDay, Events: 1000 * time.Hour, Size: 3 << 29}
	if diff := diffConfig(want, got); diff != "" {
		t.Error(diff)
	}
	if keys, ok := got.Keys["mute"]; !ok || keys == nil {
		t.Error("an action whose keys were taken away is not told apart from one that keeps its own")
	}
}

// TestEmpty: a file that says nothing is as good as none.
func TestEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# nothing\r\n", "[rule]\n[sink]\n[outbox]\n[theme]\n[keys]\n[guard]\n[record]\n"} {
		if diff := diffConfig(Default(), parsed(t, text)); diff != "" {
			t.Errorf("%q changes something:\n%s", text, diff)
		}
	}
}

func TestDefaultRules(t *testing.T) {
	t.Parallel()
	rules := Default().RulesInForce()
	want := alerts.DefaultRules()
	if len(rules) != len(want) {
		t.Fatalf("%d rules, want %d", len(rules), len(want))
	}
	for i := range rules {
		if diff := diffRules([]EffectiveRule{{Rule: want[i]}}, []EffectiveRule{{Rule: rules[i]}}); diff != "" {
			t.Error(diff)
		}
	}
}

// TestRulesAreCopies: what a caller does to the rules is not seen by the next.
func TestRulesAreCopies(t *testing.T) {
	t.Parallel()
	config := parsed(t, `rule.zombies.containers = ["web"]`)
	i := slices.IndexFunc(config.Rules(), func(r EffectiveRule) bool { return r.Name == "zombies" })
	rule := config.Rules()[i]
	rule.Match.Containers[0] = "changed"
	rule.Origins["containers"] = Origin{}
	if again := config.Rules()[i]; again.Match.Containers[0] != "web" || again.Origin("containers").BuiltIn() {
		t.Errorf("the rule was changed from outside: %+v", again)
	}
}

// TestParseHasNoSideEffects: neither the data nor the file that the name names is
// touched.
func TestParseHasNoSideEffects(t *testing.T) {
	t.Parallel()
	data := []byte("rule.zombies.warning = 30\n[sink.bell]\ntype = \"bell\"\n")
	before := bytes.Clone(data)
	name := t.TempDir() + "/not-there.toml"
	config, err := Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, data) {
		t.Errorf("the data became %q", data)
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Errorf("a file appeared: %v", err)
	}
	clear(data)
	if config.Sinks[0].Name != "bell" {
		t.Error("the configuration lives in the data that it was read from")
	}
}

func parsed(t testing.TB, text string) Config {
	t.Helper()
	config, err := Parse("config.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

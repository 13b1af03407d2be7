package config

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestExampleParses(t *testing.T) {
	t.Parallel()
	config, err := Parse("example.toml", []byte(Example()))
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Sinks) == 0 {
		t.Error("the example has no sink in force")
	}
}

// TestExampleUncommented takes the # from every setting: all of them have to be
// right together.
func TestExampleUncommented(t *testing.T) {
	t.Parallel()
	text := regexp.MustCompile(`(?m)^#(\w)`).ReplaceAllString(Example(), "$1")
	if text == Example() {
		t.Fatal("the example has no setting that is commented out")
	}
	if _, err := Parse("example.toml", []byte(text)); err != nil {
		t.Error(err)
	}
}

// TestExampleShowsDefaults: a setting that is commented out shows what is built in,
// unless its comment says something else.
func TestExampleShowsDefaults(t *testing.T) {
	t.Parallel()
	_, tail, found := strings.Cut(Example(), "\n[outbox]\n")
	if !found {
		t.Fatal("the example has no outbox")
	}
	config := parsed(t, "[outbox]\n"+regexp.MustCompile(`(?m)^#(\w)`).ReplaceAllString(tail, "$1"))
	if len(config.Keys) != len(Actions()) {
		t.Errorf("the example shows %d of %d actions", len(config.Keys), len(Actions()))
	}
	config.Keys = map[string][]string{}
	if diff := diffConfig(Default(), config); diff != "" {
		t.Error(diff)
	}
}

// TestExampleHasEveryKey asks each table for the keys that it knows, by one that it
// does not know.
func TestExampleHasEveryKey(t *testing.T) {
	t.Parallel()
	tables := []string{"", "[rule.zombies]", "[outbox]", "[theme]", "[keys]", "[guard]", "[record]", "[audit]"}
	for _, kind := range deliveryTypes() {
		tables = append(tables, "[sink.x]\ntype = \""+kind.word+"\"")
	}
	for _, table := range tables {
		_, err := Parse("config.toml", []byte(table+"\nxxxxxxxxxxxxxxxxxxx = 1\n"))
		var faults Faults
		if !errors.As(err, &faults) {
			t.Fatalf("%q: error %v", table, err)
		}
		known := ""
		for _, fault := range faults {
			if _, keys, ok := strings.Cut(fault.Hint, "known keys: "); ok {
				known = keys
			}
		}
		if known == "" {
			t.Fatalf("%q: no hint at the known keys:\n%v", table, err)
		}
		for key := range strings.SplitSeq(known, ", ") {
			shown := regexp.MustCompile(`(?m)\b` + key + `( =|\]|\.\w)|\b` + key + ` or |\bor ` + key + `\b`)
			if !shown.MatchString(Example()) {
				t.Errorf("%q: the example does not show %s", table, key)
			}
		}
	}
}

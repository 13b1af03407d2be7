package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestBadFiles holds what a person is told of each kind of fault against a text.
// The files are named after the fault.
func TestBadFiles(t *testing.T) {
	for _, file := range fixtures(t, "bad") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			t.Parallel()
			faults := faultsOf(t, file)
			golden(t, strings.TrimSuffix(file, ".toml")+".txt", faults.Error()+"\n")
			for i, fault := range faults {
				if fault.Line < 1 || fault.Column < 1 || fault.File != filepath.Base(file) || fault.Message == "" {
					t.Errorf("fault without its place: %+v", fault)
				}
				if i > 0 && (fault.Line < faults[i-1].Line || fault.Line == faults[i-1].Line && fault.Column < faults[i-1].Column) {
					t.Errorf("fault at %d:%d is told after the one at %d:%d", fault.Line, fault.Column, faults[i-1].Line, faults[i-1].Column)
				}
			}
		})
	}
}

// TestSecretsAreNotTold: the files with faults about secrets hold the word
// "hunter2" wherever a secret is.
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/bad/secret-in-the-open.toml")
	if err != nil {
		t.Fatal(err)
	}
	// Each line is broken in two ways more, so that it is told of by other faults.
	for _, text := range []string{string(data), strings.ReplaceAll(string(data), "hunter2\"", "hunter2"), strings.ReplaceAll(string(data), "hunter2", "hunter2\"'")} {
		_, err := Parse("config.toml", []byte(text))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a secret is told:\n%v", err)
		}
	}
}

// TestGoodFiles holds the rules that a file brings against a text.
func TestGoodFiles(t *testing.T) {
	for _, file := range fixtures(t, "good") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			config, err := Parse(filepath.Base(file), data)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".toml")+".txt", written(t, touched(config.Rules())))
		})
	}
}

// touched leaves the rules that a file says anything about.
func touched(rules []EffectiveRule) []EffectiveRule {
	var list []EffectiveRule
	for _, rule := range rules {
		if len(rule.Origins) > 0 {
			list = append(list, rule)
		}
	}
	return list
}

func written(t testing.TB, rules []EffectiveRule) string {
	t.Helper()
	var text strings.Builder
	if err := WriteRules(&text, rules); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func fixtures(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/" + folder + "/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	return files
}

func faultsOf(t *testing.T, file string) Faults {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config, err := Parse(filepath.Base(file), data)
	var faults Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("error %v, want Faults", err)
	}
	if diff := diffConfig(Default(), config); diff != "" {
		t.Errorf("a file with faults changes something:\n%s", diff)
	}
	return faults
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, diff)
	}
}

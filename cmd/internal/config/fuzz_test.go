package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// FuzzParse: whatever the file holds, there is a configuration or there are faults
// with their places; what is accepted is TOML, and its rules read back as they are.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.toml", "example.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		config, err := Parse("config.toml", data)
		if !bytes.Equal(before, data) {
			t.Fatal("the data was changed")
		}
		if err != nil {
			checkFaults(t, data, err)
			return
		}
		var whole map[string]any
		if err := toml.Unmarshal(data, &whole); err != nil {
			t.Fatalf("accepted, but %v", err)
		}
		rules := config.Rules()
		if diff := diffRules(rules, parsed(t, printed(t, rules)).Rules()); diff != "" {
			t.Fatalf("(-read +printed and read):\n%s", diff)
		}
	})
}

func checkFaults(t *testing.T, data []byte, err error) {
	t.Helper()
	var faults Faults
	if !errors.As(err, &faults) || len(faults) == 0 || len(faults) > enough {
		t.Fatalf("error %v with %d faults", err, len(faults))
	}
	lines := bytes.Split(data, []byte("\n"))
	for _, fault := range faults {
		if fault.Line < 1 || fault.Line > len(lines) {
			t.Fatalf("%v is outside of %d lines", fault, len(lines))
		}
		if width := utf8.RuneCount(lines[fault.Line-1]); fault.Column < 1 || fault.Column > width+1 {
			t.Fatalf("%v is outside of a line of %d", fault, width)
		}
		if fault.Message == "" || strings.Count(fault.String(), "\n") > 3 {
			t.Fatalf("a fault of more than one message, line, mark and hint: %q", fault)
		}
	}
	text := err.Error()
	if bad := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || 0x7f <= r && r < 0xa0 }); bad >= 0 {
		t.Fatalf("a control character at %d of %q", bad, text)
	}
	if !utf8.ValidString(text) {
		t.Fatalf("not UTF-8: %q", text)
	}
}

// FuzzTree compares the tree with what go-toml makes of the same document.
func FuzzTree(f *testing.F) {
	f.Add([]byte("a = 1\n[b.c]\nd = \"\"\"x\ny\"\"\"\n[[e]]\nf = [1, [2, { g = true }]]\n[[e]]\n[e.h]\ni.j = 0x1F\n"))
	f.Add([]byte(Example()))
	f.Fuzz(func(t *testing.T, data []byte) {
		var want map[string]any
		err := toml.Unmarshal(data, &want)
		d := newDocument("config.toml", data)
		if (err == nil) != (len(d.faults) == 0) {
			t.Fatalf("go-toml says %v, the tree says %v", err, d.faults)
		}
		if err == nil {
			compareTables(t, want, d.root)
		}
	})
}

func compareTables(t *testing.T, want map[string]any, got *table) {
	t.Helper()
	if len(want) != len(got.entries) || len(want) != len(got.index) {
		t.Fatalf("%d keys, want %d", len(got.entries), len(want))
	}
	for key, value := range want {
		n := got.get(key)
		if n == nil {
			t.Fatalf("no key %q", key)
		}
		compareValues(t, value, n)
	}
}

func compareValues(t *testing.T, want any, got *node) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		if got.table == nil {
			t.Fatalf("%v is not a table", got)
		}
		compareTables(t, want, got.table)
	case []any:
		if len(want) != len(got.items) {
			t.Fatalf("%d items, want %d", len(got.items), len(want))
		}
		for i := range want {
			compareValues(t, want[i], got.items[i])
		}
	case string:
		if got.word() != "a string" || got.text != want {
			t.Fatalf("%q, want %q", got.text, want)
		}
	case bool:
		if got.text != "true" && want || got.text != "false" && !want {
			t.Fatalf("%q, want %v", got.text, want)
		}
	case int64:
		if value, ok := readNumber(got); !ok || value != float64(want) {
			t.Fatalf("%q is %v, want %v", got.text, value, want)
		}
	case float64:
		if value, ok := readNumber(got); ok && value != want {
			t.Fatalf("%q is %v, want %v", got.text, value, want)
		}
	}
}

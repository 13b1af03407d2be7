package config

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"brink/alerts"
)

// TestExcerpt shows the line and the mark as they stand below each other.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 120)
	tests := []struct {
		name, line, part string
		text, mark       string
		column           int
	}{
		{"a word", "warning = 5", "5", "warning = 5", "          ^", 11},
		{"a key", "warning = 5", "warning", "warning = 5", "^~~~~~~", 1},
		{"behind the end", "warning", "", "warning", "       ^", 8},
		{"tabs", "\ta\t= 5", "5", " a = 5", "     ^", 6},
		{"wide characters", `x = ["漢字", 5]`, "5", `x = ["漢字", 5]`, "             ^", 12},
		{"a wide character itself", `x = "漢"`, `"漢"`, `x = "漢"`, "    ^~~~", 5},
		{"control characters", "x = \"\x1b[31m\" 5", "5", `x = "·[31m" 5`, "            ^", 13},
		{"not UTF-8", "x = \"\xff\" 5", "5", "x = \"\ufffd\" 5", "        ^", 9},
		{"a secret behind it", `url = "hunter2"`, "url", "url = …", "^~~", 1},
		{"a secret itself", `url = "hunter2"`, `"hunter2"`, "url = …", "      ^", 7},
		{"behind a secret", `{ url = "hunter2", x = 5 }`, "5", "{ url = …", "        ^", 24},
		{"around a secret", `x = { url = "hunter2" }`, `{ url = "hunter2" }`, "x = { url = …", "    ^~~~~~~~~", 5},
		{"far to the right", long + " = 5", "5", "…" + long[:47] + " = 5", strings.Repeat(" ", 51) + "^", 124},
		{"a long tail", "x = 5 # " + long, "5", "x = 5 # " + long[:91] + "…", "    ^", 5},
		{"longer than the line", long, long, long[:99] + "…", "^" + strings.Repeat("~", 99), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			data := "first = 1\n" + test.line + "\r\nlast = 1\n"
			start := strings.Index(test.line, test.part)
			if test.part == "" {
				start = len(test.line)
			}
			start += len("first = 1\n")
			got := excerptOf([]byte(data), span{start, start + len(test.part)})
			if got.text != test.text || got.mark != test.mark || got.column != test.column {
				t.Errorf("got  column %d\n%q\n%q\nwant column %d\n%q\n%q", got.column, got.text, got.mark, test.column, test.text, test.mark)
			}
		})
	}
}

// TestMarkIsBelow: the mark is never longer than the text, and never empty.
func TestMarkIsBelow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := strings.ReplaceAll(rapid.String().Draw(t, "line"), "\n", "") + "x"
		start := rapid.IntRange(0, len(line)).Draw(t, "start")
		end := rapid.IntRange(start, len(line)).Draw(t, "end")
		got := excerptOf([]byte(line), span{start, end})
		if width := ansi.StringWidth(got.text); !strings.Contains(got.mark, "^") || len(got.mark) > width+1 {
			t.Fatalf("%q\n%q of %q", got.text, got.mark, line)
		}
	})
}

func TestSecretStart(t *testing.T) {
	t.Parallel()
	tests := []struct{ line, shown string }{
		{`warning = 5`, `warning = 5`},
		{`url_env = "HOOK"`, `url_env = "HOOK"`},
		{`secret_file = "hook"`, `secret_file = "hook"`},
		{`url = "x"`, `url = `},
		{`sink.a.url="x"`, `sink.a.url=`},
		{`"url" = 'x'`, `"url" = `},
		{`Secret = x`, `Secret = `},
		{`headers = { "X-Api-Key" = "x" }`, `headers = { "X-Api-Key" = `},
		{`env = { SMTP_PASSWORD = "x" }`, `env = { SMTP_PASSWORD = `},
		{`# password: x`, `# password: `},
		{`args = ["slack://x"]`, `args = ["slack://`},
		{`url =`, `url =`},
	}
	for _, test := range tests {
		if got := test.line[:secretStart(test.line)]; got != test.shown {
			t.Errorf("%s: shows %q, want %q", test.line, got, test.shown)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"warning", "warning_clear", "warning_for", "critical", "keep_for", "up", "url", "url_env"}
	tests := []struct{ text, want string }{
		{"warnign", "warning"},
		{"waning", "warning"},
		{"warningfor", "warning_for"},
		{"warning_four", "warning_for"},
		{"critcal", "critical"},
		{"rul", "url"},
		{"uo", "up"},
		{"zz", ""},
		{"colour", ""},
		{"", ""},
		{strings.Repeat("warning", 1000), ""},
	}
	for _, test := range tests {
		if got, ok := nearest(test.text, words); got != test.want || ok != (test.want != "") {
			t.Errorf("%.20q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestSuggestion(t *testing.T) {
	t.Parallel()
	words := []string{"warning_for", "keep_for", "keep_for", "metric"}
	for text, want := range map[string]string{
		"metrik": `did you mean "metric"?`,
		"for":    `did you mean "keep_for" or "warning_for"?`,
		"fo":     "known keys: keep_for, metric, warning_for",
		"xyz":    "known keys: keep_for, metric, warning_for",
	} {
		if got := suggestion(text, "known keys", words); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestEditDistance holds the laws of a distance.
func TestEditDistance(t *testing.T) {
	t.Parallel()
	word := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := editDistance(a, b)
		switch {
		case d != editDistance(b, a):
			t.Fatal("it depends on the direction")
		case (d == 0) != (a == b):
			t.Fatalf("%d", d)
		case d > max(len(a), len(b)), d < max(len(a), len(b))-min(len(a), len(b)):
			t.Fatalf("%d is out of bounds", d)
		}
	})
}

// TestQuantities reads and writes the values of each unit.
func TestQuantities(t *testing.T) {
	t.Parallel()
	tests := []struct {
		unit    alerts.Unit
		text    string
		want    float64
		bad     bool
		written string
	}{
		{unit: alerts.UnitRatio, text: `0.85`, want: 0.85, written: "0.85"},
		{unit: alerts.UnitRatio, text: `"85%"`, want: 0.85, written: "0.85"},
		{unit: alerts.UnitRatio, text: `" 7.5 % "`, want: 0.075, written: "0.075"},
		{unit: alerts.UnitRatio, text: `1`, want: 1, written: "1"},
		{unit: alerts.UnitRatio, text: `1e-7`, want: 1e-7, written: "0.0000001"},
		{unit: alerts.UnitRatio, text: `"0.85"`, bad: true},
		{unit: alerts.UnitRatio, text: `"%"`, bad: true},
		{unit: alerts.UnitRatio, text: `"inf%"`, bad: true},
		{unit: alerts.UnitRatio, text: `"nan%"`, bad: true},
		{unit: alerts.UnitRatio, text: `true`, bad: true},
		{unit: alerts.UnitSeconds, text: `"15m"`, want: 900, written: `"15m"`},
		{unit: alerts.UnitSeconds, text: `"1h30m5s"`, want: 5405, written: `"1h30m5s"`},
		{unit: alerts.UnitSeconds, text: `"2h"`, want: 7200, written: `"2h"`},
		{unit: alerts.UnitSeconds, text: `90`, want: 90, written: `"1m30s"`},
		{unit: alerts.UnitSeconds, text: `0.1`, want: 0.1, written: `"100ms"`},
		{unit: alerts.UnitSeconds, text: `1e-10`, want: 1e-10, written: `0.0000000001`},
		{unit: alerts.UnitSeconds, text: `"15"`, bad: true},
		{unit: alerts.UnitSeconds, text: `"soon"`, bad: true},
		{unit: alerts.UnitCount, text: `20`, want: 20, written: "20"},
		{unit: alerts.UnitCount, text: `1_000`, want: 1000, written: "1000"},
		{unit: alerts.UnitCount, text: `0b101`, want: 5, written: "5"},
		{unit: alerts.UnitCount, text: `2.0`, want: 2, written: "2"},
		{unit: alerts.UnitCount, text: `2.5`, bad: true},
		{unit: alerts.UnitCount, text: `"20"`, bad: true},
		{unit: alerts.UnitCount, text: `inf`, bad: true},
		{unit: alerts.UnitSeverity, text: `"warning"`, want: 2, written: `"warning"`},
		{unit: alerts.UnitSeverity, text: `"critical"`, want: 3, written: `"critical"`},
		{unit: alerts.UnitSeverity, text: `"info"`, bad: true},
		{unit: alerts.UnitSeverity, text: `2`, bad: true},
		{unit: alerts.UnitState, text: `true`, want: 1, written: "true"},
		{unit: alerts.UnitState, text: `false`, bad: true},
		{unit: alerts.UnitState, text: `1`, bad: true},
		{unit: "furlong", text: `1.5`, want: 1.5, written: "1.5"},
		{unit: "furlong", text: `"1.5"`, bad: true},
		{unit: "furlong", text: `1979-05-27`, bad: true},
	}
	for _, test := range tests {
		units := quantityOf(test.unit)
		got, ok := units.read(nodeOf(t, test.text))
		if ok == test.bad || ok && got != test.want {
			t.Errorf("%s %s: %v, %v", test.unit, test.text, got, ok)
		}
		if ok && units.write(got) != test.written {
			t.Errorf("%s %s: written as %s, want %s", test.unit, test.text, units.write(got), test.written)
		}
	}
}

// TestQuote: TOML reads back what was quoted.
func TestQuote(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		d := newDocument("config.toml", []byte("value = "+quote(text)+"\n"))
		if len(d.faults) > 0 || d.root.get("value").text != text {
			t.Fatalf("%s: %v", quote(text), d.faults)
		}
	})
}

// TestFaultsPrint: as many as help, each with its place and no more than it has.
func TestFaultsPrint(t *testing.T) {
	t.Parallel()
	var faults Faults
	for i := range mostFaults + 1 {
		faults = append(faults, Fault{File: "f", Line: i + 1, Column: 1, Message: "wrong"})
	}
	lines := strings.Split(faults.Error(), "\n")
	if len(lines) != mostFaults+1 || lines[0] != "f:1:1: wrong" || lines[mostFaults] != "and more; mend these first" {
		t.Errorf("%q", lines)
	}
	if got := faults[:1].Error(); got != "f:1:1: wrong" {
		t.Errorf("%q", got)
	}
	again := append(slices.Clone(faults), faults...).sorted()
	if len(again) != len(faults) || again[1].Line != 2 {
		t.Errorf("%d faults of %d, each told twice", len(again), len(faults))
	}
}

// TestKeys: what bubbletea reports is a key; what it never reports is none.
func TestKeys(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"q": true, "Q": true, "é": true, "+": true, "?": true, "f1": true, "f63": true, "pgdown": true, "space": true,
		"ctrl+c": true, "ctrl++": true, "alt+enter": true, "ctrl+alt+shift+x": true, "shift+tab": true,
		"": false, " ": false, "f0": false, "f64": false, "page up": false, "qq": false, "ctrl+": false, "ctrl": false,
		"control+c": false, "shift+ctrl+x": false, "return": false, "\x1b": false,
	} {
		if goodKey(key) != want {
			t.Errorf("%s: %v, want %v", strconv.Quote(key), !want, want)
		}
	}
}

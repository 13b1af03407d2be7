package config

import (
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"brink/alerts"
	"brink/collectors"
)

// TestRoundTrip: whatever the rules are, what is printed reads as the same rules.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t)
		text := printed(t, rules)
		config, err := Parse("config.toml", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := diffRules(rules, config.Rules()); diff != "" {
			t.Fatalf("(-printed +read):\n%s\n%s", diff, text)
		}
		if again := printed(t, config.Rules()); stripped(again) != stripped(text) {
			t.Fatalf("printed again, it is\n%s\nand was\n%s", again, text)
		}
	})
}

// TestFilesRoundTrip takes the rules of the good files and of the example.
func TestFilesRoundTrip(t *testing.T) {
	t.Parallel()
	texts := []string{Example(), ""}
	for _, file := range fixtures(t, "good") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for _, text := range texts {
		rules := parsed(t, text).Rules()
		if diff := diffRules(rules, parsed(t, printed(t, rules)).Rules()); diff != "" {
			t.Errorf("(-printed +read):\n%s\n%s", diff, text)
		}
	}
}

func TestWriteRulesTellsTheWriter(t *testing.T) {
	t.Parallel()
	if err := WriteRules(full{}, Default().Rules()); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

type fataler interface{ Fatal(...any) }

func printed(t fataler, rules []EffectiveRule) string {
	var text strings.Builder
	if err := WriteRules(&text, rules); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// stripped takes the comments away: a rule that was printed comes from the print.
func stripped(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if i := strings.LastIndex(line, " # "); i >= 0 {
			line = strings.TrimRight(line[:i], " ")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// drawRules draws the built-in rules with changes, and some of its own behind them.
func drawRules(t *rapid.T) []EffectiveRule {
	list := Default().Rules()
	for i := range list {
		if rapid.Bool().Draw(t, "change") {
			list[i] = drawRule(t, list[i].Rule)
		}
	}
	metrics := alerts.Metrics()
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`own-[A-Za-z0-9_-]{1,12}`), 0, 4, rapid.ID[string]).Draw(t, "names")
	for _, name := range names {
		metric := rapid.SampledFrom(metrics).Draw(t, "metric")
		below := !metric.Unit.Worded() && rapid.Bool().Draw(t, "below")
		list = append(list, drawRule(t, alerts.Rule{Name: name, Metric: metric.Name, Below: below}))
	}
	return list
}

// drawRule draws everything of a rule but what makes it the one that it is.
func drawRule(t *rapid.T, rule alerts.Rule) EffectiveRule {
	metrics := alerts.Metrics()
	metric := metrics[slices.IndexFunc(metrics, func(m alerts.Metric) bool { return m.Name == rule.Metric })]
	rule.Warning, rule.Critical = drawLevels(t, metric, rule.Below)
	rule.KeepFor = drawHold(t)
	rule.Latched = rapid.Bool().Draw(t, "latched")
	rule.Absent = alerts.Absence(rapid.IntRange(0, len(alerts.Absences())-1).Draw(t, "absent"))
	rule.Match.Containers = drawPatterns(t)
	if metric.Name == alerts.MetricTmpfsRatio {
		rule.Match.Instances = drawPatterns(t)
	}
	rule.Text = drawText(t)
	return EffectiveRule{Rule: rule, Enabled: rapid.Bool().Draw(t, "enabled")}
}

// drawLevels draws one level or two in their order.
func drawLevels(t *rapid.T, metric alerts.Metric, below bool) (warning, critical collectors.Opt[alerts.Level]) {
	a, b := drawLevel(t, metric, below), drawLevel(t, metric, below)
	if beyond(a.Fire, b.Fire, below) {
		a, b = b, a
	}
	switch rapid.IntRange(0, 2).Draw(t, "levels") {
	case 0:
		return collectors.Some(a), critical
	case 1:
		return warning, collectors.Some(b)
	default:
		return collectors.Some(a), collectors.Some(b)
	}
}

func drawLevel(t *rapid.T, metric alerts.Metric, below bool) alerts.Level {
	low, high := drawValue(t, metric.Unit), drawValue(t, metric.Unit)
	if low > high {
		low, high = high, low
	}
	level := alerts.Level{Fire: high, Clear: low}
	switch {
	case metric.Unit.Worded():
		level.Clear = high
	case below:
		level = alerts.Level{Fire: low, Clear: high}
	}
	if metric.Event == "" {
		level.For = drawHold(t)
	}
	return level
}

// drawValue draws a value that makes sense on either side of a rule: more than 0,
// and less than the most.
func drawValue(t *rapid.T, unit alerts.Unit) float64 {
	most := math.Nextafter(quantityOf(unit).most, 0)
	switch unit {
	case alerts.UnitState:
		return 1
	case alerts.UnitSeverity:
		return float64(rapid.SampledFrom([]alerts.Severity{alerts.SeverityWarning, alerts.SeverityCritical}).Draw(t, "severity"))
	case alerts.UnitCount:
		return float64(rapid.Int64Range(1, int64(most)).Draw(t, "count"))
	case alerts.UnitSeconds:
		if rapid.Bool().Draw(t, "whole") {
			return float64(rapid.IntRange(1, 1e6).Draw(t, "seconds"))
		}
	default:
	}
	return rapid.Float64Range(math.SmallestNonzeroFloat64, most).Draw(t, "value")
}

func drawHold(t *rapid.T) time.Duration {
	return time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "hold"))
}

func drawPatterns(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z*?/"# \\]?[a-zé*?.-]{1,9}`), 0, 3, rapid.ID[string]).Draw(t, "patterns")
}

// drawText draws a message of any characters that fit a line; braces are left to
// the placeholders.
func drawText(t *rapid.T) string {
	text := rapid.StringOfN(rapid.Rune(), 0, 40, -1).Draw(t, "text")
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '{' || r == '}' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text + rapid.SampledFrom([]string{"", " {value}", "{threshold}{instance} {rule}", " # {value}"}).Draw(t, "placeholders")
}

package config

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"brink/alerts"
)

// WriteRules prints rules as the configuration would have them, each setting with
// where it comes from behind it. [Parse] reads the same rules out of it, provided
// that the built-in ones are among them: those in force cannot be left out.
func WriteRules(w io.Writer, rules []EffectiveRule) error {
	var text strings.Builder
	for i, rule := range rules {
		if i > 0 {
			text.WriteByte('\n')
		}
		writeRule(&text, rule)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// setting is a line of the output.
type setting struct{ key, value string }

func writeRule(text *strings.Builder, rule EffectiveRule) {
	fmt.Fprintf(text, "[rule.%s]\n", rule.Name)
	settings := settingsOf(rule)
	width := 0
	for _, s := range settings {
		width = max(width, utf8.RuneCountInString(s.key+s.value))
	}
	for _, s := range settings {
		pad := strings.Repeat(" ", min(width, widestSetting)-min(utf8.RuneCountInString(s.key+s.value), widestSetting))
		fmt.Fprintf(text, "%s = %s%s # %s\n", s.key, s.value, pad, rule.Origin(s.key))
	}
}

// widestSetting keeps a long message from pushing the comments off the screen.
const widestSetting = 60

// settingsOf returns what has to be written for a rule to be read as it is: what it
// has, and what the built-in rule of its name has.
func settingsOf(rule EffectiveRule) []setting {
	base := builtIn(rule.Name)
	var list []setting
	add := func(needed bool, key, value string) {
		if needed {
			list = append(list, setting{key, value})
		}
	}
	add(true, keyMetric, quote(rule.Metric))
	add(!rule.Enabled, keyEnabled, "false")
	add(rule.Below, keyBelow, "true")
	list = append(list, levelSettings(rule.Rule, base, keyWarning)...)
	list = append(list, levelSettings(rule.Rule, base, keyCritical)...)
	add(rule.KeepFor != base.KeepFor || rule.KeepFor > 0, keyKeepFor, quote(shortDuration(rule.KeepFor)))
	add(rule.Latched || base.Latched, keyLatched, strconv.FormatBool(rule.Latched))
	add(len(rule.Match.Containers) > 0, keyContainers, quoteList(rule.Match.Containers))
	add(len(rule.Match.Instances) > 0, keyMounts, quoteList(rule.Match.Instances))
	add(rule.Absent != base.Absent || rule.Absent != alerts.AbsentHold || rule.Absent != absence(rule.Metric), keyAbsent, quote(rule.Absent.String()))
	add(rule.Text != "", keyMessage, quote(rule.Text))
	return list
}

// absence is what a missing value means to a new rule about the metric.
func absence(metric string) alerts.Absence {
	for _, known := range alerts.Metrics() {
		if known.Name == metric {
			return known.Absence()
		}
	}
	return alerts.AbsentHold
}

func levelSettings(rule, base alerts.Rule, key string) []setting {
	level, ok := levelOf(rule, key).Get()
	if !ok {
		if levelOf(base, key).Present() {
			return []setting{{key, "false"}}
		}
		return nil
	}
	unit := unitOf(rule.Metric)
	write := quantityOf(unit).write
	list := []setting{{key, write(level.Fire)}}
	if !unit.Worded() {
		list = append(list, setting{key + suffixClear, write(level.Clear)})
	}
	return append(list, setting{key + suffixFor, quote(shortDuration(level.For))})
}

// builtIn returns the built-in rule of a name; the zero rule when there is none.
func builtIn(name string) alerts.Rule {
	rules := alerts.DefaultRules()
	if i := slices.IndexFunc(rules, func(r alerts.Rule) bool { return r.Name == name }); i >= 0 {
		return rules[i]
	}
	return alerts.Rule{}
}

// unitOf returns the unit of a metric; none for a metric that is not in the table.
func unitOf(metric string) alerts.Unit {
	metrics := alerts.Metrics()
	if i := slices.IndexFunc(metrics, func(m alerts.Metric) bool { return m.Name == metric }); i >= 0 {
		return metrics[i].Unit
	}
	return ""
}

package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"brink/alerts"
	"brink/collectors"
)

// EffectiveRule is a rule as it is after the file was laid over the built-in ones.
type EffectiveRule struct {
	alerts.Rule
	// Enabled is false for a rule that the file switches off. It stays in the list,
	// so that it can be shown.
	Enabled bool
	// Origins says where each setting comes from, by its key in the file. A key that
	// is not in it is built in.
	Origins map[string]Origin
}

// Origin returns where the setting with this key comes from.
func (r EffectiveRule) Origin(key string) Origin { return r.Origins[key] }

// The keys of a rule. A level has two more, with a suffix.
const (
	keyMetric     = "metric"
	keyEnabled    = "enabled"
	keyBelow      = "below"
	keyWarning    = "warning"
	keyCritical   = "critical"
	suffixClear   = "_clear"
	suffixFor     = "_for"
	keyKeepFor    = "keep_for"
	keyLatched    = "latched"
	keyContainers = "containers"
	keyMounts     = "mounts"
	keyAbsent     = "absent"
	keyMessage    = "message"
)

// defaultRules returns the built-in rules, all of them in force.
func defaultRules() []EffectiveRule {
	var list []EffectiveRule
	for _, rule := range alerts.DefaultRules() {
		list = append(list, EffectiveRule{Rule: rule, Enabled: true})
	}
	return list
}

// rules lays the tables below "rule" over the built-in rules. Those keep their
// order; new ones follow in the order of the file.
func (s *section) rules() []EffectiveRule {
	list := defaultRules()
	for _, table := range s.named("rule") {
		name := strings.TrimSuffix(strings.TrimPrefix(table.name, "[rule."), "]")
		i := slices.IndexFunc(list, func(r EffectiveRule) bool { return r.Name == name })
		reader := ruleReader{section: table, rule: EffectiveRule{Rule: alerts.Rule{Name: name}, Enabled: true}}
		if i >= 0 {
			reader.rule, reader.builtIn = list[i], true
		}
		reader.rule.Origins = map[string]Origin{}
		reader.base = reader.rule.Rule
		reader.read()
		if i >= 0 {
			list[i] = reader.rule
		} else {
			list = append(list, reader.rule)
		}
	}
	return list
}

// ruleReader reads one table into a rule.
type ruleReader struct {
	*section
	rule EffectiveRule
	// base is the rule before the table was laid over it.
	base    alerts.Rule
	builtIn bool
	metric  alerts.Metric
}

func (r *ruleReader) read() {
	known := r.readMetric()
	r.from(keyEnabled, r.bool(keyEnabled, &r.rule.Enabled))
	r.readBelow()
	levels := r.readLevels(known)
	r.from(keyKeepFor, r.duration(keyKeepFor, holdBounds(), &r.rule.KeepFor))
	r.from(keyLatched, r.bool(keyLatched, &r.rule.Latched))
	r.from(keyContainers, r.patterns(keyContainers, `["web-*"]`, &r.rule.Match.Containers))
	r.readMounts()
	r.readAbsent()
	r.readMessage()
	r.close()
	if known && levels && !r.rule.Warning.Present() && !r.rule.Critical.Present() {
		r.lacks("has no level, so it does nothing", "give it warning or critical; enabled = false switches a rule off")
	}
}

// holdBounds are the bounds of what a rule waits for: more than a day is a typing
// error.
func holdBounds() bounds { return bounds{0, 24 * time.Hour} }

// from notes that a setting comes from this file.
func (r *ruleReader) from(key string, n *node) {
	if n != nil {
		r.rule.Origins[key] = r.origin(n.key)
	}
}

// readMetric finds the metric, and reports whether it is known: without it no
// number of the rule can be read.
func (r *ruleReader) readMetric() bool {
	metrics := alerts.Metrics()
	names := make([]string, len(metrics))
	for i, metric := range metrics {
		names[i] = metric.Name
	}
	name := r.rule.Metric
	n := r.expect(keyMetric, unstable.String, "the name of a metric, such as "+alerts.MetricMemoryRatio)
	switch {
	case n != nil && r.builtIn && n.text != name:
		r.fault(n.at, fmt.Sprintf("%s is built in and judges %s", r.rule.Name, name), "give a rule about something else a name of its own")
	case n != nil:
		name = n.text
		r.from(keyMetric, n)
	case name == "" && r.table.get(keyMetric) == nil:
		r.noMetric()
	}
	i := slices.Index(names, name)
	if i >= 0 {
		r.metric, r.rule.Metric = metrics[i], name
	} else if n != nil {
		r.fault(n.at, "this is no metric", suggestion(n.text, "metrics", names))
	}
	return i >= 0
}

// noMetric tells of a rule that is neither built in nor complete. Most often that
// is a built-in one with a typing error.
func (r *ruleReader) noMetric() {
	var names []string
	for _, rule := range alerts.DefaultRules() {
		names = append(names, rule.Name)
	}
	hint := "a new rule needs a metric; the built-in rules are " + strings.Join(names, ", ")
	if name, ok := nearest(r.rule.Name, names); ok {
		hint = fmt.Sprintf("did you mean %q? A new rule needs a metric", name)
	}
	r.lacks("is no built-in rule and has no metric", hint)
}

func (r *ruleReader) readBelow() {
	below := r.rule.Below
	n := r.bool(keyBelow, &below)
	switch {
	case n == nil:
	case r.builtIn && below != r.base.Below:
		r.fault(n.at, r.rule.Name+" is built in and cannot be turned round", "give a rule that looks the other way a name of its own")
	case below && r.metric.Unit.Worded():
		r.fault(n.at, r.metric.Name+" is a "+string(r.metric.Unit)+", and nothing is below one", "leave this key out")
	default:
		r.rule.Below = below
		r.from(keyBelow, n)
	}
}

// readMounts reads the patterns of the instances.
func (r *ruleReader) readMounts() {
	n := r.patterns(keyMounts, `["/tmp"]`, &r.rule.Match.Instances)
	if n != nil && r.metric.Name != "" && !r.metric.Mounts() {
		r.fault(n.key, r.metric.Name+" has no mounts", "mounts are for "+alerts.MetricTmpfsRatio+" and "+alerts.MetricTmpfsFullIn)
	}
	r.from(keyMounts, n)
}

// readAbsent reads what a missing value means; to a new rule it means what it does
// to the metric.
func (r *ruleReader) readAbsent() {
	if !r.builtIn {
		r.rule.Absent = r.metric.Absence()
	}
	if i, ok := r.choice(keyAbsent, alerts.Absences()); ok {
		r.rule.Absent = alerts.Absence(i)
		r.from(keyAbsent, r.table.get(keyAbsent))
	}
}

// longestMessage bounds a message: phones and status lines are narrow.
const longestMessage = 200

// readMessage reads the text and refuses a placeholder that nothing fills in.
func (r *ruleReader) readMessage() {
	n := r.string(keyMessage, "one line of text; {value}, {threshold}, {instance} and {rule} are filled in", &r.rule.Text)
	if n == nil {
		return
	}
	r.from(keyMessage, n)
	if utf8.RuneCountInString(n.text) > longestMessage {
		r.fault(n.at, "message is too long", fmt.Sprintf("it may have %d characters", longestMessage))
	}
	known := []string{"value", "threshold", "instance", "rule"}
	for _, place := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(n.text, -1) {
		if !slices.Contains(known, place[1]) {
			r.fault(n.at, fmt.Sprintf("nothing fills in {%s}", place[1]), suggestion(place[1], "known", known))
		}
	}
}

// inForce returns the rules that are switched on, without their origins.
func inForce(rules []EffectiveRule) []alerts.Rule {
	var list []alerts.Rule
	for _, rule := range rules {
		if rule.Enabled {
			list = append(list, rule.Rule)
		}
	}
	return list
}

// clone returns a copy that shares nothing that can be changed.
func (r EffectiveRule) clone() EffectiveRule {
	r.Origins = maps.Clone(r.Origins)
	r.Match.Containers = slices.Clone(r.Match.Containers)
	r.Match.Instances = slices.Clone(r.Match.Instances)
	return r
}

// levelOf returns a level of a rule by its key.
func levelOf(rule alerts.Rule, key string) collectors.Opt[alerts.Level] {
	if key == keyCritical {
		return rule.Critical
	}
	return rule.Warning
}

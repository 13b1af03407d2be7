package config

import (
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/collectors/sources"
)

// Config is a configuration with everything that is not in the file filled in. It
// is never changed after it was made.
type Config struct {
	// Targets are what to watch when the command line does not say; empty means
	// the agent. Each is good for sources.ParseTarget.
	Targets []string
	// Interval is the time between two samples.
	Interval time.Duration
	// Descriptors bounds the cgroup files that are kept open; absent means a share of
	// what the process may have open.
	Descriptors collectors.Opt[int]
	// Sinks are in the order of the file, without those that are switched off.
	Sinks  []Sink
	Outbox Outbox
	// Theme is one of [Themes].
	Theme string
	// Glyphs is one of [Glyphs].
	Glyphs string
	// Mouse lets the mouse click and scroll in the dashboard from its beginning.
	Mouse bool
	// Keys are the keys of the actions that the file names, see [Actions]. An action
	// that is not in it keeps its own; an empty list takes them away.
	Keys  map[string][]string
	Guard Guard
	// Record is the flight recorder.
	Record Record
	// Audit is how often is looked at how the containers are shut in.
	Audit Audit

	rules []EffectiveRule
}

// Guard is what concerns brink without a screen.
type Guard struct {
	// AcknowledgeAfter is how long after a latched alert was told it acknowledges
	// itself, because nobody can; 0 is never.
	AcknowledgeAfter time.Duration
}

// Themes are the looks of the dashboard. "auto" asks the terminal for its
// background; "16" keeps to the sixteen colours of its own scheme.
func Themes() []string { return []string{"auto", "dark", "light", "high-contrast", "16", "none"} }

// Glyphs are the sets of signs that the dashboard is made of. "auto" is braille
// where the locale has UTF-8, else ascii.
func Glyphs() []string { return []string{"auto", "braille", "blocks", "ascii"} }

// Default is the configuration without a file.
func Default() Config {
	return Config{
		Interval: time.Second,
		Outbox:   defaultOutbox(),
		Theme:    Themes()[0],
		Glyphs:   Glyphs()[0],
		Keys:     map[string][]string{},
		Guard:    Guard{AcknowledgeAfter: 10 * time.Minute},
		Record:   defaultRecord(),
		Audit:    defaultAudit(),
		rules:    defaultRules(),
	}
}

// Rules returns the built-in rules with the file laid over them, and behind them
// the rules that only the file has: those that are switched off as well.
func (c Config) Rules() []EffectiveRule {
	list := make([]EffectiveRule, len(c.rules))
	for i, rule := range c.rules {
		list[i] = rule.clone()
	}
	return list
}

// RulesInForce returns what the engine is to judge by.
func (c Config) RulesInForce() []alerts.Rule { return inForce(c.Rules()) }

// Parse reads a configuration. The name is that of the file, for messages and for
// the paths that are relative to it; nothing is read from there. The error is of
// type [Faults] and holds every fault; the Config is then [Default].
func Parse(name string, data []byte) (Config, error) {
	d := newDocument(name, data)
	config := d.config()
	if len(d.faults) > 0 {
		return Default(), d.faults.sorted()
	}
	return config, nil
}

// longestInterval keeps a typing error from looking like a hang.
const longestInterval = time.Hour

// config reads the tree. The outbox comes before the sinks, which inherit from it.
func (d *document) config() Config {
	config := Default()
	top := &section{document: d, table: d.root}
	config.Targets = top.targets()
	top.duration("interval", bounds{collectors.MinInterval, longestInterval}, &config.Interval)
	top.descriptors(&config.Descriptors)
	top.bool("mouse", &config.Mouse)
	config.rules = top.rules()
	if s := top.section("outbox"); s != nil {
		s.outbox(&config.Outbox)
	}
	config.Sinks = top.sinks(config.Outbox.Pace)
	if s := top.section("theme"); s != nil {
		s.theme(&config)
	}
	if s := top.section("keys"); s != nil {
		config.Keys = s.keys()
	}
	if s := top.section("guard"); s != nil {
		s.interval("acknowledge_after", bounds{time.Second, 30 * 24 * time.Hour}, &config.Guard.AcknowledgeAfter)
		s.close()
	}
	if s := top.section("record"); s != nil {
		s.record(&config.Record)
	}
	if s := top.section("audit"); s != nil {
		s.audit(&config.Audit)
	}
	top.close()
	return config
}

// targets reads what to watch, with the rules of the command line.
func (s *section) targets() []string {
	_, items := s.strings("targets", `a list of containers such as ["openclaw-agent", "service:web"]`)
	for _, item := range items {
		if _, err := sources.ParseTarget(item.text); err != nil {
			s.fault(item.at, err.Error(), "")
		}
	}
	return slices.Clip(s.distinct("targets", items))
}

// mostDescriptors is what no system lets a process have by itself (fs.nr_open).
const mostDescriptors = 1 << 20

// descriptors reads how many files are kept open.
func (s *section) descriptors(kept *collectors.Opt[int]) {
	count := -1
	if s.whole("descriptors", 0, mostDescriptors, &count); count >= 0 {
		*kept = collectors.Some(count)
	}
}

// theme reads how the dashboard looks.
func (s *section) theme(config *Config) {
	if i, ok := s.choice("name", Themes()); ok {
		config.Theme = Themes()[i]
	}
	if i, ok := s.choice("glyphs", Glyphs()); ok {
		config.Glyphs = Glyphs()[i]
	}
	s.close()
}

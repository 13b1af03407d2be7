// Package config reads brink's configuration file, which is TOML.
//
// It promises three things. Every fault of a file is told at once, each with its
// line and column, the offending text, and what was expected there. Nothing that
// is secret is ever part of such a text. And a rule that was read can be written
// again: what [WriteRules] prints parses back to the same rules.
//
// Parsing has no side effects and reads no environment; the clock, the screen and
// the sinks are matters of cmd, which maps the plain data of a [Config] to them.
package config

package audit

import (
	"fmt"
	"strings"

	"brink/collectors"
)

// configured takes one setting out of the configuration. A setting that the engine
// did not tell is unknown, and what says which.
func configured[T any](f Facts, what string, pick func(collectors.Configuration) collectors.Opt[T]) collectors.Fact[T] {
	configuration, known := f.Engine.Configuration.Get()
	if !known {
		return collectors.UnknownFact[T](f.Engine.Configuration.Why())
	}
	value, told := pick(configuration).Get()
	if !told {
		return collectors.UnknownFact[T]("the engine does not tell " + what)
	}
	return collectors.KnownFact(collectors.WitnessEngine, value)
}

// configuredLimit is configured for a limit, which has an absence of its own.
func configuredLimit[T any](f Facts, what string, pick func(collectors.Configuration) collectors.Limit[T]) collectors.Fact[collectors.Limit[T]] {
	return configured(f, what, func(c collectors.Configuration) collectors.Opt[collectors.Limit[T]] {
		limit := pick(c)
		if !limit.Present() {
			return collectors.Opt[collectors.Limit[T]]{}
		}
		return collectors.Some(limit)
	})
}

// truth is the kernel's word where there is one, also that there is no such thing,
// and else the engine's.
func truth[T any](kernel, engine collectors.Fact[T]) collectors.Fact[T] {
	switch {
	case !kernel.Unknown():
		return kernel
	case engine.Known():
		return engine
	default:
		return collectors.UnknownFact[T](bothWhy(kernel.Why(), engine.Why()))
	}
}

// bothWhy joins two reasons, which are often the same.
func bothWhy(first, second string) string {
	if first == second || second == "" {
		return first
	}
	return first + "; " + second
}

// daemon takes one thing out of what the engine says of itself.
func daemon[T any](f Facts, pick func(collectors.Daemon) T) collectors.Fact[T] {
	daemon, known := f.Engine.Daemon.Get()
	if !known {
		return collectors.UnknownFact[T](f.Engine.Daemon.Why())
	}
	return collectors.KnownFact(collectors.WitnessEngine, pick(daemon))
}

// mostListed bounds how many things a finding names: a container that may mount can
// make a hundred thousand.
const mostListed = 8

// enumerate joins the first few of a list. Each is cleaned by itself: what a
// container has named must not look like a line of ours, least of all in a fix.
func enumerate(list []string) string {
	texts := make([]string, 0, mostListed)
	for _, text := range list[:min(len(list), mostListed)] {
		texts = append(texts, safe(text))
	}
	joined := strings.Join(texts, ", ")
	if more := len(list) - mostListed; more > 0 {
		joined += fmt.Sprintf(" and %d more", more)
	}
	return joined
}

// longestName bounds one thing that is named.
const longestName = 400

// safe is one thing that somebody else has named, on one line.
func safe(text string) string { return collectors.Clean(text, longestName) }

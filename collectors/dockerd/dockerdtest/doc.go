// Package dockerdtest is a Docker engine for tests: it listens on a unix socket,
// answers the requests that brink makes as an engine does, and does nothing else.
//
// A test adds containers and lets things happen to them ([Engine.Die],
// [Engine.OOM], [Engine.SetHealth]); the list, inspect, the stats streams and the
// events follow. It can also make the engine misbehave ([Engine.Fail]), cut its
// streams in the middle ([Engine.Cut]), and take it away and bring it back
// ([Engine.Down], [Engine.Up]).
//
// The engine keeps a clock of its own: every event is a millisecond after the
// one before, every reading of statistics a second, so rates do not depend on how
// fast the test runs.
//
// All requests are recorded. [Proxy] records those to a real engine.
package dockerdtest

// Package dockerd reads one Docker engine: who the containers are, what their
// limits are, what happens to them, and the engine's own stats stream.
//
// The package promises four things. It only reads: its transport refuses to send
// anything but GET and HEAD, whatever code above it asks for. A hanging engine
// never hangs the caller: every call ends with its context, and has a time limit
// of its own when the context has none. What it cannot learn is absent ([Opt]),
// never zero, and "no limit" is no number ([Limit]). And every failure is an
// [Error] of one kind that says in one line what was asked, of which endpoint,
// and what to do about it.
//
// The endpoint is found as the docker command finds it: --host, --context,
// DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json, the default
// socket; over a unix socket, TCP, TCP with TLS, or ssh. [Client.Endpoint] tells
// which it was and why.
//
// Text that the engine hands out was chosen by images, compose files and health
// checks. It is kept as it is, escape sequences included, and only bounded in
// length (bounds.go): whoever shows it must clean it first. Values of environment
// variables are never decoded: an agent's keys are among them.
//
// The package knows nothing of brink's other packages; adapters live in
// collectors/sources. A fake engine for tests is in dockerdtest.
package dockerd

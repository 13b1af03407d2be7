// Package hostfs reads what the host tells about a container outside of its cgroup: the mounts and the tmpfs fill of
// its mount namespace, its processes and zombies, its network counters, and the kernel log's account of an OOM kill.
//
// The promise: values are raw, as the kernel gives them, and nothing is derived from two readings. One Go file reads
// one kernel file; its parser takes bytes, knows no path, never panics, and answers a value or a *ParseError. The root
// of the world is a value (New("/proc"), "/host/proc" in a container, a directory of fixtures in a test). Nothing is
// written, nothing is executed, and no descriptor of a container's file system outlives a call: a held one would keep
// the container's mounts busy after its death.
//
// Every text that a container can choose (process name, mount point, interface name, cgroup name) is returned as the
// raw bytes that it chose. The caller strips control bytes before it shows, sends or logs them; the errors of this
// package quote such text already.
package hostfs

package audit

import (
	"path"
	"slices"
	"strings"

	"brink/collectors"
)

// engineSockets are where engines listen. A star is a user id.
func engineSockets() []string {
	return []string{
		"/run/docker.sock", "/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock", "/run/podman/podman.sock",
		"/run/crio/crio.sock", "/run/cri-dockerd.sock", "/run/k3s/containerd/containerd.sock", "/run/buildkit/buildkitd.sock",
		"/run/user/*/docker.sock", "/run/user/*/podman/podman.sock",
	}
}

// judgeSocket finds the socket by its name, wherever it lies, and by the directories
// above its usual places.
func judgeSocket(f Facts, _ Profile) outcome {
	list, from, why := hostMounts(f)
	var ways []string
	for _, h := range list {
		if slices.ContainsFunc(h.paths, reachesSocket) {
			ways = append(ways, h.describe())
		}
	}
	const fix = "# take the socket and the directories above it out of volumes, and DOCKER_HOST out of environment"
	remote := configured(f, "its environment", func(c collectors.Configuration) collectors.Opt[bool] {
		if !c.Operations.Environment.Present() {
			return collectors.Opt[bool]{}
		}
		return collectors.Some(c.Operations.RemoteEngine)
	})
	if speaks, _ := remote.Get(); speaks {
		ways = append(ways, "DOCKER_HOST names an engine on the network")
	}
	switch {
	case len(ways) > 0:
		return fail(from, fix, "%s", enumerate(ways))
	case why != "":
		return unknown(why)
	case !remote.Known():
		return unknown(remote.Why())
	default:
		return pass(from, "out of reach")
	}
}

// reachesSocket reports whether a path of the host is an engine's socket, or has one
// below it.
func reachesSocket(p string) bool {
	p = plainRun(p)
	for _, socket := range engineSockets() {
		if p == "/" || path.Base(p) == path.Base(socket) || isAbove(p, socket) {
			return true
		}
	}
	return false
}

// plainRun undoes the link from /var/run to /run.
func plainRun(p string) string {
	if rest, ok := strings.CutPrefix(p, "/var/run"); ok && (rest == "" || rest[0] == '/') {
		return "/run" + rest
	}
	return p
}

// isAbove reports whether a directory is one of those above a socket.
func isAbove(dir, socket string) bool {
	for above := path.Dir(socket); above != "/"; above = path.Dir(above) {
		if matches(above, dir) {
			return true
		}
	}
	return false
}

//go:build e2e

package e2e

import "strings"

// spoiledLine is a deployment with a line removed or spoiled.
type spoiledLine struct {
	name  string
	spoil []Spoiler
	// finds are the checks that are no longer well, and no others.
	finds []string
}

// container is the name of its service and container.
func (v spoiledLine) container() string {
	return "cage-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(v.name))
}

// Where the baseline mounts the two directories of the agent.
const (
	dataPoint = "/home/node/.openclaw"
	logsPoint = "/app/logs"
)

func options(list ...any) []any { return append([]any{"no-new-privileges:true"}, list...) }

func only(finds ...string) []string { return finds }

func spoil(changes ...Spoiler) []Spoiler { return changes }

func spoiledLines() []spoiledLine {
	var all []spoiledLine
	for _, list := range [][]spoiledLine{spoiledLimits(), spoiledPrivileges(), spoiledNamespaces(), spoiledFiles(), spoiledMounts(), spoiledNetwork(), spoiledOperations()} {
		all = append(all, list...)
	}
	return all
}

func spoiledLimits() []spoiledLine {
	return []spoiledLine{
		{name: "no memory limit", spoil: spoil(without("mem_limit", "memswap_limit")), finds: only("memory-limit")},
		{name: "swap not mentioned", spoil: spoil(without("memswap_limit")), finds: only("no-swap")},
		{name: "no CPU quota", spoil: spoil(without("cpus")), finds: only("cpu-quota")},
		{name: "no pids limit", spoil: spoil(without("pids_limit")), finds: only("pids-limit")},
		{name: "no ulimits", spoil: spoil(without("ulimits")), finds: only("open-files")},
		{name: "spared by the OOM killer", spoil: spoil(set("oom_score_adj", -500)), finds: only("oom-killer")},
		{name: "a log without end", spoil: spoil(set("logging", map[string]any{"driver": "json-file"})), finds: only("log-size")},
	}
}

func spoiledPrivileges() []spoiledLine {
	return []spoiledLine{
		{
			name: "privileged", spoil: spoil(set("privileged", true)),
			finds: only("privileged", "capabilities", "seccomp", "confinement", "kernel-files"),
		},
		{name: "new privileges by a word", spoil: spoil(set("security_opt", []any{"no-new-privileges:false"})), finds: only("no-new-privileges")},
		{name: "nothing dropped", spoil: spoil(without("cap_drop")), finds: only("capabilities")},
		{name: "one capability back", spoil: spoil(more("cap_add", "SYS_ADMIN")), finds: only("capabilities")},
		{
			name: "the user of the image", finds: only("user"),
			spoil: spoil(without("user"), mounted(dataPoint, cageDir+"/root-data", nil), mounted(logsPoint, cageDir+"/root-logs", nil)),
		},
		{name: "no seccomp", spoil: spoil(set("security_opt", options("seccomp=unconfined"))), finds: only("seccomp")},
		{name: "no AppArmor", spoil: spoil(set("security_opt", options("apparmor=unconfined"))), finds: only("confinement")},
		{name: "paths not masked", spoil: spoil(set("security_opt", options("systempaths=unconfined"))), finds: only("kernel-files")},
		{name: "a device", spoil: spoil(set("devices", []any{"/dev/kmsg:/dev/kmsg"})), finds: only("devices")},
	}
}

func spoiledNamespaces() []spoiledLine {
	return []spoiledLine{
		{name: "processes of the host", spoil: spoil(set("pid", "host")), finds: only("pid-namespace")},
		{name: "network of the host", spoil: spoil(set("network_mode", "host")), finds: only("network-namespace")},
		{name: "memory of the host", spoil: spoil(set("ipc", "host")), finds: only("ipc-namespace")},
		{name: "name of the host", spoil: spoil(set("uts", "host")), finds: only("uts-namespace")},
		{name: "cgroups of the host", spoil: spoil(set("cgroup", "host")), finds: only("cgroup-namespace")},
	}
}

func spoiledFiles() []spoiledLine {
	const run = "/run:size=64m,noexec,nosuid,nodev"
	return []spoiledLine{
		{name: "root that can be written to", spoil: spoil(without("read_only")), finds: only("read-only-root")},
		{name: "tmpfs without size", spoil: spoil(set("tmpfs", []any{"/tmp:noexec,nosuid", run})), finds: only("tmpfs")},
		{name: "tmpfs with exec", spoil: spoil(set("tmpfs", []any{"/tmp:size=256m,exec", run})), finds: only("tmpfs")},
		{name: "tmpfs with suid", spoil: spoil(set("tmpfs", []any{"/tmp:size=256m,suid", run})), finds: only("tmpfs")},
	}
}

func spoiledMounts() []spoiledLine {
	readOnly := map[string]any{"read_only": true}
	return []spoiledLine{
		{name: "one mount more", spoil: spoil(mounted("/app/extra", cageDir+"/extra", nil)), finds: only("mounts")},
		{name: "a sensitive directory", spoil: spoil(mounted(logsPoint, "/etc/ssh", readOnly)), finds: only("sensitive-mounts")},
		{
			name: "a mount that spreads", finds: only("mount-propagation"),
			spoil: spoil(mounted(logsPoint, cageDir+"/logs", map[string]any{"bind": map[string]any{"propagation": "shared"}})),
		},
		{name: "the engine's socket", spoil: spoil(mounted("/var/run/docker.sock", "/var/run/docker.sock", nil)), finds: only("engine-socket", "mounts")},
		{name: "a directory above the socket", spoil: spoil(mounted(logsPoint, "/run", readOnly)), finds: only("engine-socket")},
		{name: "an engine on the network", spoil: spoil(set("environment", map[string]any{"DOCKER_HOST": "tcp://proxy:2375"})), finds: only("engine-socket")},
	}
}

func spoiledNetwork() []spoiledLine {
	port := map[string]any{"target": 18789, "published": "0", "protocol": "tcp", "mode": "ingress"}
	return []spoiledLine{
		{
			name: "a port for everybody", finds: only("published-ports"),
			spoil: spoil(without("network_mode"), set("networks", map[string]any{"agent": nil}), set("ports", []any{port})),
		},
		{
			name: "the default bridge", finds: only("default-bridge", "egress-policy"), // Nobody has rules for that one.
			spoil: spoil(set("network_mode", "bridge")),
		},
	}
}

func spoiledOperations() []spoiledLine {
	return []spoiledLine{
		{name: "an image by its tag", spoil: spoil(set("image", "openclaw/openclaw:latest")), finds: only("image-pinned")},
		{name: "no health check", spoil: spoil(without("healthcheck")), finds: only("health-check")},
		{name: "no init", spoil: spoil(without("init")), finds: only("init")},
		{name: "a secret in the environment", spoil: spoil(set("environment", map[string]any{"OPENCLAW_GATEWAY_TOKEN": "hunter2"})), finds: only("secrets")},
	}
}

// meddling is something that is done while the deployment runs, and undone.
type meddling struct {
	name string
	// do and undo are shell commands with c, the container, and cgroup, its directory.
	do, undo string
	finds    []string
}

func meddlings() []meddling {
	const update = "docker update $c >/dev/null "
	return []meddling{
		{"a limit lifted behind the engine's back", "echo max >$cgroup/pids.max", "echo 256 >$cgroup/pids.max", only("pids-limit", "as-configured")},
		// The engine there (Docker 26.1.5 with runc 1.1.15) lifts the limit of swap with an update of another one, and leaves
		// it where it is to lift it. What is to be found is what the kernel then has.
		{"pids without end", update + "--pids-limit -1", update + "--pids-limit 256 --memory 2g --memory-swap 2g", only("pids-limit", "no-swap", "as-configured")},
		{"half of the memory", update + "--memory 1g --memory-swap 1g", update + "--memory 2g --memory-swap 2g", only("memory-limit")},
		{"swap without end", update + "--memory-swap -1", update + "--memory 2g --memory-swap 2g", only("as-configured")},
		{"never restarted", update + "--restart no", update + "--restart unless-stopped", only("restart-policy")},
		{"a directory for all", "chmod 755 " + cageDir + "/logs", "chmod 700 " + cageDir + "/logs", only("directories")},
		{"a directory of another", "chown 1234 " + cageDir + "/logs", "chown 1000 " + cageDir + "/logs", only("directories")},
	}
}

package audit

import (
	"brink/alerts"
	"brink/collectors"
)

// mounted adds a mount that was asked for.
func mounted(m collectors.ConfiguredMount) func(*Facts) {
	return configure(func(c *collectors.Configuration) {
		list, _ := c.Files.Mounts.Get()
		c.Files.Mounts = some(append(list, m))
	})
}

func bind(source, point string) func(*Facts) {
	return mounted(collectors.ConfiguredMount{Type: "bind", Source: source, Point: point, Writable: true})
}

func fileCases() []checkCase {
	anyMount := func(p *Profile) { p.Mounts = collectors.Opt[[]MountRule]{} }
	tmpfs := func(point, options string) func(*Facts) {
		return all(blind, configure(func(c *collectors.Configuration) { c.Files.Tmpfs[point] = options }))
	}
	untold := configure(func(c *collectors.Configuration) { c.Files.Mounts = collectors.Opt[[]collectors.ConfiguredMount]{} })
	directory := func(uid, mode uint32) func(*Facts) {
		return func(f *Facts) {
			f.Kernel.Directories = kernel([]collectors.Directory{{Point: "/app/data", UID: uid, Mode: mode}, {Point: "/app/logs", UID: 101000, Mode: 0o700}})
		}
	}
	volume := collectors.ConfiguredMount{Type: "volume", Name: "data", Source: "/var/lib/docker/volumes/data/_data", Point: "/vol", Writable: true}
	socketByLink := all(bind("/srv/link", "/x"), remount("/x", func(m *collectors.Mount) { m.HostPath = "/run/docker.sock" }))
	return []checkCase{
		{check: "read-only-root", name: "good", state: StatePass},
		{check: "read-only-root", name: "writable", facts: remount("/", func(m *collectors.Mount) { m.ReadOnly = false }), state: StateFail},
		{check: "read-only-root", name: "by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Files.ReadOnlyRoot = some(false) })), state: StateFail},
		{check: "read-only-root", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "tmpfs", name: "good", state: StatePass, found: "/tmp 256 MiB"},
		{check: "tmpfs", name: "missing", facts: unmount("/run"), state: StateFail, found: "/run is no tmpfs"},
		{check: "tmpfs", name: "exec", facts: remount("/tmp", func(m *collectors.Mount) { m.NoExec = false }), state: StateFail, found: "/tmp allows exec"},
		{check: "tmpfs", name: "suid", facts: remount("/run", func(m *collectors.Mount) { m.NoSUID = false }), state: StateFail, found: "/run allows suid"},
		{check: "tmpfs", name: "too large", facts: remount("/tmp", func(m *collectors.Mount) { m.Size = some(gib) }), state: StateFail, found: "1.00 GiB"},
		{check: "tmpfs", name: "no size", facts: remount("/tmp", func(m *collectors.Mount) { m.Size = collectors.Opt[collectors.Bytes]{} }), state: StateFail, found: "has no size"},
		{check: "tmpfs", name: "another one executes", facts: remount("/cache", func(m *collectors.Mount) {
			*m = collectors.Mount{Point: "/cache", Root: "/", FSType: "tmpfs", Size: some(mib)}
		}), state: StateFail, found: "/cache allows exec and suid"},
		{check: "tmpfs", name: "no noexec is no fault, for Docker adds it", facts: tmpfs("/tmp", "size=256m"), state: StatePass},
		{check: "tmpfs", name: "exec by the engine", facts: tmpfs("/tmp", "size=256m,exec"), state: StateFail, found: "allows exec"},
		{check: "tmpfs", name: "the last word wins", facts: tmpfs("/tmp", "size=256m,exec,noexec"), state: StatePass},
		{check: "tmpfs", name: "a share of memory is no size", facts: tmpfs("/tmp", "size=50%"), state: StateFail, found: "has no size"},
		{check: "tmpfs", name: "size 0 is none", facts: tmpfs("/tmp", "size=0"), state: StateFail},
		{check: "tmpfs", name: "a size past every number", facts: tmpfs("/tmp", "size=99999999999999999999g"), state: StateFail},
		{check: "tmpfs", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "mounts", name: "good", state: StatePass},
		{check: "mounts", name: "one more", facts: bind("/srv/other", "/other"), state: StateFail, found: "/srv/other on /other"},
		{check: "mounts", name: "mounted since", facts: remount("/late", func(m *collectors.Mount) { m.HostPath = "/srv/late" }), state: StateFail, found: "/srv/late on /late"},
		{check: "mounts", name: "what came along with a directory", facts: remount("/app/data/disk", func(m *collectors.Mount) { m.HostPath = "/srv/agent/data/disk" }), state: StatePass},
		{check: "mounts", name: "another below a directory", facts: remount("/app/data/disk", func(m *collectors.Mount) { m.HostPath = "/srv/disk" }), state: StateFail, found: "/srv/disk on /app/data/disk"},
		{check: "mounts", name: "with the name of a directory before it", facts: remount("/app/data2", func(m *collectors.Mount) { m.HostPath = "/srv/agent/data2" }), state: StateFail},
		{check: "mounts", name: "any will do", facts: bind("/srv/other", "/other"), profile: anyMount, state: StatePass},
		{check: "mounts", name: "from elsewhere", profile: func(p *Profile) { p.Mounts = some([]MountRule{{Point: "/app/*", Source: "/data/*"}}) }, state: StateFail},
		{check: "mounts", name: "from there", profile: func(p *Profile) { p.Mounts = some([]MountRule{{Point: "/app/*", Source: "/srv/agent/*"}}) }, state: StatePass},
		{check: "mounts", name: "to read only", profile: func(p *Profile) { p.Mounts = some([]MountRule{{Point: "/app/*", ReadOnly: true}}) }, state: StateFail},
		{check: "mounts", name: "none allowed", profile: func(p *Profile) { p.Mounts = some([]MountRule{}) }, state: StateFail},
		{check: "mounts", name: "a volume", facts: all(mounted(volume), remount("/vol", func(m *collectors.Mount) { m.HostPath = "/var/lib/docker/volumes/data/_data" })), profile: anyMount, state: StatePass},
		{check: "mounts", name: "a volume that is a directory", facts: all(mounted(volume), remount("/vol", func(m *collectors.Mount) { m.HostPath = "/srv/hidden" })), profile: anyMount, state: StateFail, found: "volume data, which is /srv/hidden"},
		{check: "mounts", name: "not told", facts: untold, state: StateUnknown},
		{check: "sensitive-mounts", name: "good", state: StatePass},
		{check: "sensitive-mounts", name: "etc", facts: bind("/etc", "/host/etc"), state: StateFail, severity: alerts.SeverityCritical},
		{check: "sensitive-mounts", name: "below etc", facts: bind("/etc/shadow", "/x"), state: StateFail},
		{check: "sensitive-mounts", name: "not below etc", facts: bind("/etcetera", "/x"), state: StatePass},
		{check: "sensitive-mounts", name: "the root", facts: bind("/", "/host"), state: StateFail},
		{check: "sensitive-mounts", name: "written otherwise", facts: bind("/srv/../etc/", "/x"), state: StateFail},
		{check: "sensitive-mounts", name: "a home", facts: bind("/home/me", "/x"), state: StateFail},
		{check: "sensitive-mounts", name: "a directory in a home", facts: bind("/home/me/agent", "/x"), state: StatePass},
		{check: "sensitive-mounts", name: "keys in a home", facts: bind("/home/me/.ssh", "/x"), state: StateFail},
		{check: "sensitive-mounts", name: "came along with a directory", facts: all(bind("/var/lib/x", "/x"), remount("/x/.ssh", func(m *collectors.Mount) { m.HostPath = "/var/lib/x/.ssh" })), state: StateFail, found: "/var/lib/x/.ssh"},
		{check: "sensitive-mounts", name: "by a link", facts: all(bind("/srv/link", "/x"), remount("/x", func(m *collectors.Mount) { m.HostPath = "/root/.aws" })), state: StateFail, found: "/root/.aws"},
		{check: "sensitive-mounts", name: "the time zone to read", facts: mounted(collectors.ConfiguredMount{Type: "bind", Source: "/etc/localtime", Point: "/etc/localtime"}), state: StatePass},
		{check: "sensitive-mounts", name: "the time zone to write", facts: bind("/etc/localtime", "/etc/localtime"), state: StateFail},
		{check: "sensitive-mounts", name: "a volume", facts: mounted(volume), state: StatePass},
		{check: "sensitive-mounts", name: "a volume that is none", facts: all(mounted(volume), remount("/vol", func(m *collectors.Mount) { m.HostPath = "/etc" })), state: StateFail},
		{check: "sensitive-mounts", name: "not told", facts: untold, state: StateUnknown},
		{check: "mount-propagation", name: "good", state: StatePass},
		{check: "mount-propagation", name: "asked for", facts: mounted(collectors.ConfiguredMount{Type: "bind", Source: "/srv/x", Point: "/x", Propagation: "rshared"}), state: StateFail},
		{check: "mount-propagation", name: "a slave", facts: mounted(collectors.ConfiguredMount{Type: "bind", Source: "/srv/x", Point: "/x", Propagation: "rslave"}), state: StatePass},
		{check: "mount-propagation", name: "by the kernel", facts: remount("/app/data", func(m *collectors.Mount) { m.Shared = true }), state: StateFail},
		{check: "mount-propagation", name: "not told", facts: untold, state: StateUnknown},
		{check: "directories", name: "good", state: StatePass},
		{check: "directories", name: "open to others", facts: directory(101000, 0o755), state: StateFail, found: "/srv/agent/data has mode 0755"},
		{check: "directories", name: "somebody else's", facts: directory(0, 0o700), state: StateFail, found: "belongs to user 0"},
		{check: "directories", name: "another user of its own", facts: directory(100033, 0o700), state: StatePass},
		{check: "directories", name: "none", facts: configure(func(c *collectors.Configuration) { c.Files.Mounts = some([]collectors.ConfiguredMount(nil)) }), state: StatePass},
		{check: "directories", name: "none at all", facts: all(unmount("/app/data", "/app/logs"), configure(func(c *collectors.Configuration) { c.Files.Mounts = some([]collectors.ConfiguredMount(nil)) })), state: StateNotApplicable},
		{check: "directories", name: "not to be seen", facts: func(f *Facts) { f.Kernel.Directories = collectors.UnknownFact[[]collectors.Directory]("needs root") }, state: StateUnknown, found: "needs root"},
		{check: "directories", name: "one not to be seen", facts: func(f *Facts) {
			f.Kernel.Directories = kernel([]collectors.Directory{{Point: "/app/data", Why: "moved"}})
		}, state: StateUnknown, found: "moved"},
		{check: "engine-socket", name: "good", state: StatePass},
		{check: "engine-socket", name: "the socket", facts: bind("/var/run/docker.sock", "/var/run/docker.sock"), state: StateFail, severity: alerts.SeverityCritical},
		{check: "engine-socket", name: "to read only", facts: mounted(collectors.ConfiguredMount{Type: "bind", Source: "/run/docker.sock", Point: "/x"}), state: StateFail},
		{check: "engine-socket", name: "another place", facts: bind("/opt/engine/docker.sock", "/x"), state: StateFail},
		{check: "engine-socket", name: "by a link", facts: socketByLink, state: StateFail, found: "/run/docker.sock"},
		{check: "engine-socket", name: "containerd", facts: bind("/run/containerd/containerd.sock", "/x"), state: StateFail},
		{check: "engine-socket", name: "podman of a user", facts: bind("/run/user/1000/podman", "/x"), state: StateFail},
		{check: "engine-socket", name: "a directory above", facts: bind("/var/run", "/host-run"), state: StateFail},
		{check: "engine-socket", name: "everything", facts: bind("/", "/host"), state: StateFail},
		{check: "engine-socket", name: "a directory beside", facts: bind("/run/lock", "/x"), state: StatePass},
		{check: "engine-socket", name: "over the network", facts: configure(func(c *collectors.Configuration) { c.Operations.RemoteEngine = true }), state: StateFail, found: "DOCKER_HOST"},
		{check: "engine-socket", name: "the environment not told", facts: configure(func(c *collectors.Configuration) { c.Operations.Environment = collectors.Opt[[]string]{} }), state: StateUnknown},
		{check: "engine-socket", name: "not told", facts: untold, state: StateUnknown},
	}
}

func networkCases() []checkCase {
	mode := func(word string) func(*Facts) {
		return configure(func(c *collectors.Configuration) { c.Namespaces["net"] = word })
	}
	networks := func(list ...collectors.NetworkState) func(*Facts) {
		return func(f *Facts) { f.Engine.Networks = engine(list) }
	}
	ports := func(list ...collectors.PublishedPort) func(*Facts) {
		return configure(func(c *collectors.Configuration) { c.Network.Ports = some(list) })
	}
	unasked := func(f *Facts) { f.Engine.Networks = collectors.UnknownFact[[]collectors.NetworkState]("refused") }
	return []checkCase{
		{check: "default-bridge", name: "good", state: StatePass, found: "openclaw-net"},
		{check: "default-bridge", name: "by default", facts: all(mode("default"), networks(collectors.NetworkState{Name: "bridge"})), state: StateFail},
		{check: "default-bridge", name: "joined later", facts: networks(collectors.NetworkState{Name: "openclaw-net"}, collectors.NetworkState{Name: "bridge"}), state: StateFail},
		{check: "default-bridge", name: "asked for by name", facts: all(mode("bridge"), unasked), state: StateFail},
		{check: "default-bridge", name: "none", facts: all(mode("none"), networks()), state: StatePass},
		{check: "default-bridge", name: "the host's", facts: mode("host"), state: StateNotApplicable},
		{check: "default-bridge", name: "refused", facts: unasked, state: StateUnknown, found: "refused"},
		{check: "egress", name: "good", state: StatePass},
		{check: "egress", name: "one leads outside", facts: networks(collectors.NetworkState{Name: "in", Internal: true}, collectors.NetworkState{Name: "out"}), state: StateFail, found: "out leads outside"},
		{check: "egress", name: "not asked for", facts: networks(collectors.NetworkState{Name: "out"}), profile: func(p *Profile) { p.Internal = false }, state: StateNotApplicable, found: "egress-policy judges"},
		{check: "egress", name: "no network", facts: all(mode("none"), networks(collectors.NetworkState{Name: "none"})), state: StatePass},
		{check: "egress", name: "another container's", facts: mode("container:abc"), state: StateNotApplicable},
		{check: "egress", name: "one not to be seen", facts: networks(collectors.NetworkState{Name: "in", Internal: true}, collectors.NetworkState{Name: "dark", Why: "gone"}), state: StateUnknown, found: "dark: gone"},
		{check: "published-ports", name: "good", state: StatePass, found: "127.0.0.1:18789:18789/tcp"},
		{check: "published-ports", name: "to all", facts: ports(collectors.PublishedPort{Container: "18789/tcp", HostPort: "18789"}), state: StateFail, found: "18789:18789/tcp is open to every address"},
		{check: "published-ports", name: "to all of IPv4", facts: ports(collectors.PublishedPort{Container: "1/tcp", HostIP: "0.0.0.0", HostPort: "1"}), state: StateFail},
		{check: "published-ports", name: "to all of IPv6", facts: ports(collectors.PublishedPort{Container: "1/tcp", HostIP: "::", HostPort: "1"}), state: StateFail, found: "[::]:1:1/tcp"},
		{check: "published-ports", name: "all of the image", facts: configure(func(c *collectors.Configuration) { c.Network.PublishAll = some(true) }), state: StateFail},
		{check: "published-ports", name: "not expected", profile: func(p *Profile) { p.Ports = some([]string{}) }, state: StateFail, found: "not in the profile"},
		{check: "published-ports", name: "expected, even so", facts: ports(collectors.PublishedPort{Container: "1/tcp", HostIP: "0.0.0.0", HostPort: "1"}), profile: func(p *Profile) { p.Ports = some([]string{"0.0.0.0:1:1/tcp"}) }, state: StatePass},
		{check: "published-ports", name: "none", facts: ports(), state: StatePass},
		{check: "published-ports", name: "the host's network", facts: mode("host"), state: StateNotApplicable},
		{check: "published-ports", name: "nothing known", facts: mute, state: StateUnknown},
	}
}

func operationCases() []checkCase {
	operate := func(change func(*collectors.ConfiguredOperations)) func(*Facts) {
		return configure(func(c *collectors.Configuration) { change(&c.Operations) })
	}
	environment := func(names ...string) func(*Facts) {
		return operate(func(o *collectors.ConfiguredOperations) { o.Environment = some(names) })
	}
	tagged := func(f *Facts) { f.Image = "openclaw/openclaw:latest" }
	noInit := operate(func(o *collectors.ConfiguredOperations) { o.Init = some(false) })
	called := func(name string) func(*Facts) { return hold(func(p *collectors.Privileges) { p.Program = name }) }
	return []checkCase{
		{check: "restart-policy", name: "good", state: StatePass},
		{check: "restart-policy", name: "none", facts: operate(func(o *collectors.ConfiguredOperations) { o.RestartPolicy = "" }), state: StateFail, found: "the policy is no"},
		{check: "restart-policy", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "image-pinned", name: "good", state: StatePass},
		{check: "image-pinned", name: "a tag", facts: tagged, state: StateFail, found: "openclaw/openclaw:latest names no digest"},
		{check: "image-pinned", name: "an id", facts: func(f *Facts) { f.Image = "sha256:0bb2858907d7945f04eb2a23273d2bd27f28803552a5c5a15b605047a132f634" }, state: StatePass},
		{check: "image-pinned", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "image-current", name: "pinned", state: StateNotApplicable},
		{check: "image-current", name: "good", facts: tagged, state: StatePass},
		{check: "image-current", name: "stale", facts: all(tagged, func(f *Facts) { f.Engine.Image = engine(collectors.ImageState{ID: "a", Tagged: some("b")}) }), state: StateFail},
		{check: "image-current", name: "no such tag any more", facts: all(tagged, func(f *Facts) { f.Engine.Image = engine(collectors.ImageState{ID: "a"}) }), state: StateNotApplicable},
		{check: "image-current", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "health-check", name: "good", state: StatePass},
		{check: "health-check", name: "none", facts: operate(func(o *collectors.ConfiguredOperations) { o.HealthCheck = false }), state: StateFail},
		{check: "health-check", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "init", name: "good", state: StatePass},
		{check: "init", name: "none", facts: all(noInit, called("node")), state: StateFail, found: "the main process is node"},
		{check: "init", name: "tini of the image", facts: all(called("node"), operate(func(o *collectors.ConfiguredOperations) {
			o.Init, o.Command = some(false), []string{"/usr/bin/tini", "--"}
		})), state: StatePass},
		{check: "init", name: "the engine's default", facts: all(called("docker-init"), operate(func(o *collectors.ConfiguredOperations) { o.Init = collectors.Opt[bool]{} })), state: StatePass},
		{check: "init", name: "the engine's default not known", facts: all(blind, operate(func(o *collectors.ConfiguredOperations) { o.Init = collectors.Opt[bool]{} })), state: StateUnknown},
		{check: "secrets", name: "good", state: StatePass},
		{check: "secrets", name: "a key", facts: environment("PATH", "ANTHROPIC_API_KEY", "PGPASSWORD"), state: StateFail, found: "ANTHROPIC_API_KEY, PGPASSWORD"},
		{check: "secrets", name: "accepted", facts: environment("ANTHROPIC_API_KEY"), profile: func(p *Profile) { p.Secrets = []string{"ANTHROPIC_API_KEY"} }, state: StatePass},
		{check: "secrets", name: "the path of a file, and a public key", facts: environment("API_KEY_FILE", "GPG_KEY"), state: StatePass},
		{check: "secrets", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "live-restore", name: "good", state: StatePass},
		{check: "live-restore", name: "off", facts: func(f *Facts) { f.Engine.Daemon = engine(collectors.Daemon{}) }, state: StateFail, severity: alerts.SeverityInfo},
		{check: "live-restore", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "as-configured", name: "good", state: StatePass},
		{check: "as-configured", name: "a limit was lifted", facts: func(f *Facts) { f.Kernel.Pids = kernel(collectors.Unlimited[uint64]()) }, state: StateFail, found: "pids.max is unlimited, and 256 tasks was asked for"},
		{check: "as-configured", name: "the tasks of systemd's default", facts: all(func(f *Facts) { f.Kernel.Pids = kernel(collectors.LimitOf[uint64](3554)) }, configure(func(c *collectors.Configuration) { c.Limits.Pids = collectors.Unlimited[uint64]() })), state: StatePass},
		{check: "as-configured", name: "another limit on tasks", facts: func(f *Facts) { f.Kernel.Pids = kernel(collectors.LimitOf[uint64](3554)) }, state: StateFail, found: "pids.max is 3554 tasks, and 256 tasks was asked for"},
		{check: "as-configured", name: "a capability more", facts: hold(func(p *collectors.Privileges) { p.Reachable |= 1 << 21 }), state: StateFail, found: "SYS_ADMIN"},
		{check: "as-configured", name: "a capability less", facts: hold(func(p *collectors.Privileges) { p.Reachable = 0 }), state: StatePass},
		{check: "as-configured", name: "new privileges", facts: hold(func(p *collectors.Privileges) { p.NoNewPrivileges = some(false) }), state: StateFail},
		{check: "as-configured", name: "root, though mapped", facts: hold(func(p *collectors.Privileges) { p.UID = 0 }), state: StateFail},
		{check: "as-configured", name: "the root writable", facts: remount("/", func(m *collectors.Mount) { m.ReadOnly = false }), state: StateFail},
		{check: "as-configured", name: "a namespace of the host", facts: func(f *Facts) { f.Kernel.Shared = kernel([]string{"net", "user"}) }, state: StateFail, found: "the net namespace"},
		{check: "as-configured", name: "a profile that was not loaded", facts: func(f *Facts) { f.Kernel.Label = kernel("unconfined") }, state: StateFail, found: "its label is unconfined, and docker-default was given"},
		{check: "as-configured", name: "unconfined as asked for", facts: all(func(f *Facts) { f.Kernel.Label = kernel("unconfined") }, configure(func(c *collectors.Configuration) { c.Privileges.AppArmorProfile = "unconfined" })), state: StatePass},
		{check: "as-configured", name: "swap", facts: func(f *Facts) { f.Kernel.Swap = kernel(collectors.LimitOf(gib)) }, state: StateFail, found: "memory.swap.max is 1.00 GiB"},
		{check: "as-configured", name: "nothing to compare with", facts: blind, state: StateUnknown},
		{check: "as-configured", name: "the engine mute", facts: mute, state: StateUnknown},
	}
}

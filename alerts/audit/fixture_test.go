package audit

import (
	"time"

	"brink/collectors"
)

const (
	mib = collectors.Bytes(1 << 20)
	gib = collectors.Bytes(1 << 30)

	// netBindService is the capability that the agent keeps.
	netBindService = 1 << 10
)

func day() time.Time { return time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC) }

func some[T any](value T) collectors.Opt[T] { return collectors.Some(value) }

func kernel[T any](value T) collectors.Fact[T] {
	return collectors.KnownFact(collectors.WitnessKernel, value)
}

func engine[T any](value T) collectors.Fact[T] {
	return collectors.KnownFact(collectors.WitnessEngine, value)
}

// good is the hardened agent with everything known. It passes every check that
// applies.
func good() Facts {
	return Facts{
		ID: "8c1d4f0e", Name: "openclaw-agent", Image: "openclaw/openclaw@sha256:0bb2858907d7945f04eb2a23273d2bd27f28803552a5c5a15b605047a132f634", Agent: true,
		Kernel: goodKernel(),
		Engine: collectors.EngineIsolation{
			Configuration: engine(goodConfiguration()),
			Image:         engine(collectors.ImageState{ID: "sha256:aa", Digests: []string{"openclaw/openclaw@sha256:bb"}, Tagged: some("sha256:aa")}),
			Networks:      engine([]collectors.NetworkState{{Name: "openclaw-net", Internal: true}}),
			Daemon: engine(collectors.Daemon{
				Version: "28.5.2", UserNamespace: true, LiveRestore: true, AppArmor: true, Seccomp: "builtin", Firewall: "iptables",
			}),
		},
	}
}

func goodKernel() collectors.KernelIsolation {
	return collectors.KernelIsolation{
		Privileges: kernel(collectors.Privileges{
			Program: "tini", UID: 101000, Effective: netBindService, Reachable: netBindService, NoNewPrivileges: some(true), Filtered: some(true),
		}),
		UserMap:     kernel([]collectors.IDRange{{Inside: 0, Outside: 100000, Count: 65536}}),
		Label:       kernel("docker-default (enforce)"),
		Shared:      kernel([]string(nil)),
		Mounts:      kernel(goodMounts()),
		Directories: kernel([]collectors.Directory{{Point: "/app/data", UID: 101000, Mode: 0o700}, {Point: "/app/logs", UID: 101000, Mode: 0o700}}),
		OpenFiles:   kernel(collectors.LimitOf[uint64](65536)),
		Processes:   kernel(collectors.LimitOf[uint64](1024)),
		CoreSize:    kernel(collectors.LimitOf(collectors.Bytes(0))),
		Memory:      kernel(collectors.LimitOf(2 * gib)),
		Swap:        kernel(collectors.LimitOf(collectors.Bytes(0))),
		Cores:       kernel(collectors.LimitOf(collectors.Cores(1.5))),
		Pids:        kernel(collectors.LimitOf[uint64](256)),
	}
}

func goodMounts() []collectors.Mount {
	tmpfs := func(point string, size collectors.Bytes) collectors.Mount {
		return collectors.Mount{Point: point, Root: "/", FSType: "tmpfs", Size: some(size), NoExec: true, NoSUID: true}
	}
	proc := func(point string) collectors.Mount {
		return collectors.Mount{Point: point, Root: point, FSType: "proc", ReadOnly: true, NoExec: true, NoSUID: true}
	}
	return []collectors.Mount{
		{Point: "/", Root: "/", FSType: "overlay", ReadOnly: true, HostPath: "/var/lib/docker/overlay2/6f2e/merged"},
		{Point: "/proc", Root: "/", FSType: "proc", NoExec: true, NoSUID: true},
		{Point: "/dev", Root: "/", FSType: "tmpfs", NoSUID: true, Size: some(64 * mib)},
		{Point: "/dev/shm", Root: "/", FSType: "tmpfs", NoExec: true, NoSUID: true, Size: some(64 * mib)},
		{Point: "/sys", Root: "/", FSType: "sysfs", ReadOnly: true},
		{Point: "/sys/fs/cgroup", Root: "/", FSType: "cgroup2", ReadOnly: true, HostPath: "/sys/fs/cgroup"},
		tmpfs("/tmp", 256*mib), tmpfs("/run", 64*mib),
		{Point: "/app/data", Root: "/srv/agent/data", FSType: "ext4", HostPath: "/srv/agent/data"},
		{Point: "/app/logs", Root: "/srv/agent/logs", FSType: "ext4", HostPath: "/srv/agent/logs"},
		{Point: "/etc/hosts", Root: "/var/lib/docker/containers/8c/hosts", FSType: "ext4", HostPath: "/var/lib/docker/containers/8c/hosts"},
		proc("/proc/sys"), proc("/proc/bus"), proc("/proc/kcore"), proc("/proc/keys"),
	}
}

func goodConfiguration() collectors.Configuration {
	return collectors.Configuration{
		Limits: collectors.ConfiguredLimits{
			Memory: collectors.LimitOf(2 * gib), MemoryAndSwap: collectors.LimitOf(2 * gib),
			Cores: collectors.LimitOf(collectors.Cores(1.5)), Pids: collectors.LimitOf[uint64](256),
		},
		Privileges: collectors.ConfiguredPrivileges{
			Privileged: some(false), SecurityOptions: some([]string{"no-new-privileges:true"}), CapAdd: some([]string{"NET_BIND_SERVICE"}), CapDrop: some([]string{"ALL"}),
			Devices: some([]string(nil)), AppArmorProfile: "docker-default", User: "1000:1000",
			Masked: some([]string{"/proc/kcore", "/proc/keys"}), ReadOnly: some([]string{"/proc/bus", "/proc/sys"}),
		},
		Namespaces: map[string]string{"pid": "", "net": "openclaw-net", "ipc": "private", "uts": "", "cgroup": "private", "user": ""},
		Files: collectors.ConfiguredFiles{
			ReadOnlyRoot: some(true), Tmpfs: map[string]string{"/tmp": "size=256M,noexec,nosuid", "/run": "size=64M,noexec,nosuid"},
			Mounts: some([]collectors.ConfiguredMount{
				{Type: "bind", Source: "/srv/agent/data", Point: "/app/data", Propagation: "rprivate", Writable: true},
				{Type: "bind", Source: "/srv/agent/logs", Point: "/app/logs", Propagation: "rprivate", Writable: true},
			}),
		},
		Network: collectors.ConfiguredNetwork{
			Ports: some([]collectors.PublishedPort{{Container: "18789/tcp", HostIP: "127.0.0.1", HostPort: "18789"}}), PublishAll: some(false),
		},
		Operations: collectors.ConfiguredOperations{
			RestartPolicy: "unless-stopped", LogDriver: "json-file", LogMaxSize: "10m", HealthCheck: true, Init: some(true),
			Command: []string{"node", "gateway.js"}, Environment: some([]string{"PATH", "OPENCLAW_TOKEN_FILE"}), Runtime: "runc",
		},
	}
}

// configure changes what the engine was told.
func configure(change func(*collectors.Configuration)) func(*Facts) {
	return func(f *Facts) {
		configuration, _ := f.Engine.Configuration.Get()
		change(&configuration)
		f.Engine.Configuration = engine(configuration)
	}
}

// hold changes what the kernel holds the process to.
func hold(change func(*collectors.Privileges)) func(*Facts) {
	return func(f *Facts) {
		held, _ := f.Kernel.Privileges.Get()
		change(&held)
		f.Kernel.Privileges = kernel(held)
	}
}

// remount changes the mount at a point, or adds one there.
func remount(point string, change func(*collectors.Mount)) func(*Facts) {
	return func(f *Facts) {
		mounts := goodMounts()
		for i := range mounts {
			if mounts[i].Point == point {
				change(&mounts[i])
				f.Kernel.Mounts = kernel(mounts)
				return
			}
		}
		added := collectors.Mount{Point: point}
		change(&added)
		f.Kernel.Mounts = kernel(append(mounts, added))
	}
}

// unmount takes a mount away.
func unmount(points ...string) func(*Facts) {
	return func(f *Facts) {
		var left []collectors.Mount
		for _, m := range goodMounts() {
			gone := false
			for _, point := range points {
				gone = gone || m.Point == point
			}
			if !gone {
				left = append(left, m)
			}
		}
		f.Kernel.Mounts = kernel(left)
	}
}

// unmapped is that root in the container is root of the host.
func unmapped(f *Facts) {
	f.Kernel.UserMap = kernel([]collectors.IDRange{{Inside: 0, Outside: 0, Count: 1<<32 - 1}})
}

// blind is that nothing of the kernel could be read.
func blind(f *Facts) { f.Kernel = collectors.KernelIsolation{} }

// mute is that the engine told nothing.
func mute(f *Facts) { f.Engine = collectors.EngineIsolation{}; f.Image = "" }

func nothing(f *Facts) { blind(f); mute(f) }

// all makes several changes.
func all(changes ...func(*Facts)) func(*Facts) {
	return func(f *Facts) {
		for _, change := range changes {
			change(f)
		}
	}
}

package sources

import (
	"brink/collectors"
	"brink/collectors/dockerd"
)

// configurationOf puts what the engine was told into the vocabulary.
func configurationOf(setup dockerd.Setup) collectors.Configuration {
	limits := limitsOf(setup.Limits)
	p := setup.Privileges
	return collectors.Configuration{
		Limits: collectors.ConfiguredLimits{
			Memory: limits.memory, MemoryAndSwap: engineLimit[collectors.Bytes](setup.Limits.MemorySwap), Cores: limits.cores, Pids: limits.pids,
			OOMKillDisabled: setup.OOMKillDisabled, OOMScoreAdj: setup.OOMScoreAdj,
		},
		Privileges: collectors.ConfiguredPrivileges{
			Privileged: optional(p.Privileged), SecurityOptions: cleanList(p.SecurityOptions), CapAdd: cleanList(p.CapAdd), CapDrop: cleanList(p.CapDrop),
			User: collectors.Clean(p.User, nameLength), Devices: cleanList(p.Devices),
			AppArmorProfile: collectors.Clean(p.AppArmorProfile, nameLength), ProcessLabel: collectors.Clean(p.ProcessLabel, nameLength),
			Masked: cleanList(p.MaskedPaths), ReadOnly: cleanList(p.ReadonlyPaths),
		},
		Namespaces: modesOf(setup.Namespaces),
		Files:      filesOf(setup),
		Network:    collectors.ConfiguredNetwork{Ports: portsOf(setup.Network.Ports), PublishAll: optional(setup.Network.PublishAll)},
		Operations: operationsOf(setup),
	}
}

// cleanList cleans a list that may be absent.
func cleanList(list dockerd.Opt[[]string]) collectors.Opt[[]string] {
	texts, told := list.Get()
	if !told {
		return collectors.Opt[[]string]{}
	}
	return collectors.Some(cleanAll(texts, pathLength))
}

func cleanAll(texts []string, limit int) []string {
	var list []string
	for _, text := range texts {
		list = append(list, collectors.Clean(text, limit))
	}
	return list
}

// modesOf leaves out the modes that the engine does not tell.
func modesOf(n dockerd.SetupNamespaces) map[string]string {
	modes := map[string]string{}
	for kind, mode := range map[string]dockerd.Opt[string]{"pid": n.PID, "net": n.Network, "ipc": n.IPC, "uts": n.UTS, "cgroup": n.Cgroup, "user": n.User} {
		if word, told := mode.Get(); told {
			modes[kind] = collectors.Clean(word, nameLength)
		}
	}
	return modes
}

func filesOf(setup dockerd.Setup) collectors.ConfiguredFiles {
	files := collectors.ConfiguredFiles{ReadOnlyRoot: optional(setup.Files.ReadonlyRoot), Tmpfs: map[string]string{}}
	for point, options := range setup.Tmpfs {
		files.Tmpfs[collectors.Clean(point, pathLength)] = collectors.Clean(options, pathLength)
	}
	mounts, told := setup.Files.Mounts.Get()
	if !told {
		return files
	}
	list := make([]collectors.ConfiguredMount, 0, len(mounts))
	for _, m := range mounts {
		list = append(list, collectors.ConfiguredMount{
			Type: collectors.Clean(m.Type, nameLength), Name: collectors.Clean(m.Name, nameLength), Source: collectors.Clean(m.Source, pathLength),
			Point: collectors.Clean(m.Destination, pathLength), Propagation: collectors.Clean(m.Propagation, nameLength), Writable: m.Writable,
		})
	}
	files.Mounts = collectors.Some(list)
	return files
}

func portsOf(ports dockerd.Opt[[]dockerd.Port]) collectors.Opt[[]collectors.PublishedPort] {
	published, told := ports.Get()
	if !told {
		return collectors.Opt[[]collectors.PublishedPort]{}
	}
	list := make([]collectors.PublishedPort, 0, len(published))
	for _, port := range published {
		list = append(list, collectors.PublishedPort{
			Container: collectors.Clean(port.Container, nameLength), HostIP: collectors.Clean(port.HostIP, nameLength), HostPort: collectors.Clean(port.HostPort, nameLength),
		})
	}
	return collectors.Some(list)
}

func operationsOf(setup dockerd.Setup) collectors.ConfiguredOperations {
	o := collectors.ConfiguredOperations{
		RestartPolicy: collectors.Clean(setup.RestartPolicy.Name, nameLength),
		LogDriver:     collectors.Clean(setup.Log.Type, nameLength), LogMaxSize: collectors.Clean(setup.Log.MaxSize, nameLength),
		HealthCheck: setup.Process.HealthCheck, Init: optional(setup.Process.Init), Command: cleanAll(setup.Process.Command, pathLength),
		Runtime: collectors.Clean(setup.Process.Runtime, nameLength),
	}
	variables, told := setup.Process.Environment.Get()
	if !told {
		return o
	}
	names := make([]string, 0, len(variables))
	for _, v := range variables {
		if v.Set {
			names = append(names, collectors.Clean(v.Name, nameLength))
		}
		o.RemoteEngine = o.RemoteEngine || v.Remote
	}
	o.Environment = collectors.Some(names)
	return o
}

func daemonOf(info dockerd.Info) collectors.Daemon {
	return collectors.Daemon{
		Version: collectors.Clean(info.ServerVersion, nameLength), Rootless: info.Rootless, UserNamespace: info.UserNamespace,
		NoNewPrivileges: info.NoNewPrivileges, LiveRestore: info.LiveRestore, AppArmor: info.AppArmor, SELinux: info.SELinux,
		Seccomp: collectors.Clean(info.Seccomp, nameLength), Firewall: collectors.Clean(info.Firewall, nameLength),
	}
}

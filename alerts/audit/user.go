package audit

import (
	"slices"
	"strconv"
	"strings"

	"brink/collectors"
)

// judgeUser goes by the user id as the host counts it.
func judgeUser(f Facts, _ Profile) outcome {
	const fix = "user: \"1000:1000\""
	if held, known := f.Kernel.Privileges.Get(); known {
		if held.UID == 0 {
			return fail(collectors.WitnessKernel, fix, "the main process is user 0 on the host")
		}
		return pass(collectors.WitnessKernel, "user %d on the host", held.UID)
	}
	configuration, known := f.Engine.Configuration.Get()
	if !known {
		return unknown(bothWhy(f.Kernel.Privileges.Why(), f.Engine.Configuration.Why()))
	}
	if !isRoot(configuration.Privileges.User) {
		return pass(collectors.WitnessEngine, "user %s", configuration.Privileges.User)
	}
	remapped := remappedByEngine(f)
	switch mapped, told := remapped.Get(); {
	case !told:
		return unknown("it is root, and whether that is root of the host is not known: " + remapped.Why())
	case mapped:
		return pass(collectors.WitnessEngine, "root, mapped to another user of the host")
	default:
		return fail(collectors.WitnessEngine, fix, "it is root")
	}
}

// isRoot reads what docker run --user takes: name or number, with a group behind a
// colon.
func isRoot(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	number, err := strconv.ParseUint(name, 10, 32)
	return name == "" || name == "root" || err == nil && number == 0
}

// remappedByEngine reports whether the engine maps the container's users to others.
func remappedByEngine(f Facts) collectors.Fact[bool] {
	maps := daemon(f, func(d collectors.Daemon) bool { return d.UserNamespace || d.Rootless })
	if !maps.Known() {
		return maps
	}
	mode, told := namespaceMode(f, "user").Get()
	if !told {
		return collectors.UnknownFact[bool](namespaceMode(f, "user").Why())
	}
	rootless, _ := daemon(f, func(d collectors.Daemon) bool { return d.Rootless }).Get()
	mapped, _ := maps.Get()
	return collectors.KnownFact(collectors.WitnessEngine, mapped && (rootless || mode != hostMode))
}

// judgeUserNamespace goes by the map: one that leads to user 0 of the host maps
// nothing away.
func judgeUserNamespace(f Facts, p Profile) outcome {
	fix := "# /etc/docker/daemon.json, then restart the engine:\n{\"userns-remap\": \"default\"}"
	if mode, told := namespaceMode(f, "user").Get(); told && mode == hostMode {
		fix = "# take this line out:\nuserns_mode: host"
	}
	remapped := truth(remappedByKernel(f), remappedByEngine(f))
	switch mapped, known := remapped.Get(); {
	case !known && !p.UserNamespace:
		return moot("the profile does not ask for it, and it is not known: %s", remapped.Why())
	case !known:
		return unknown(remapped.Why())
	case mapped:
		return pass(remapped.Witness(), "mapped")
	case p.UserNamespace:
		return fail(remapped.Witness(), fix, "root in the container is root of the host")
	default:
		return moot("the profile does not ask for it")
	}
}

func remappedByKernel(f Facts) collectors.Fact[bool] {
	ranges, known := f.Kernel.UserMap.Get()
	switch {
	case !known:
		return collectors.UnknownFact[bool](f.Kernel.UserMap.Why())
	case len(ranges) == 0:
		return collectors.UnknownFact[bool]("its user namespace has no map")
	}
	reaches := slices.ContainsFunc(ranges, func(r collectors.IDRange) bool { return r.Outside == 0 && r.Count > 0 })
	return collectors.KnownFact(collectors.WitnessKernel, !reaches)
}

package audit

import (
	"slices"
	"strconv"
	"strings"

	"brink/alerts"
	"brink/collectors"
)

func privilegeChecks() []Check {
	return []Check{
		{
			ID: "privileged", Title: "It is not privileged", Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: []string{"5.5"},
			Why:   "A privileged container is the host with another root directory: every device, every capability, no filter.",
			judge: judgePrivileged,
		},
		{
			ID: "no-new-privileges", Title: "No program gives new privileges", Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: []string{"5.26"},
			Why:   "A set-user-id program in the image, or one that the agent makes, hands out the privileges that were taken away.",
			judge: judgeNewPrivileges,
		},
		{
			ID: "capabilities", Title: "Only the capabilities that are needed are left", Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: []string{"5.4"},
			Why:   "Each capability is a part of root's power; Docker leaves fourteen of them unless it is told otherwise.",
			judge: judgeCapabilities,
		},
		{
			ID: "user", Title: "It does not run as root of the host", Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: []string{"4.1"},
			Why:   "Whoever breaks out of a container has the user id that the process has on the host.",
			judge: judgeUser,
		},
		{
			ID: "user-namespace", Title: "Root in the container is no root outside", Area: AreaPrivileges, Severity: alerts.SeverityWarning, Benchmark: []string{"2.9", "5.31"},
			Why:   "With its user ids mapped to others, even root in the container owns nothing on the host.",
			judge: judgeUserNamespace,
		},
		{
			ID: "seccomp", Title: "System calls are filtered", Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: []string{"5.22"},
			Why:   "Most ways out of a container begin with a system call that no agent needs and the default filter refuses.",
			judge: judgeSeccomp,
		},
		{
			ID: "confinement", Title: "AppArmor or SELinux is in force", Area: AreaPrivileges, Severity: alerts.SeverityWarning, Benchmark: []string{"5.2", "5.3"},
			Why:   "A security module stops what a mistake in the other settings lets through.",
			judge: judgeConfinement,
		},
		{
			ID: "devices", Title: "No device of the host is passed on", Area: AreaPrivileges, Severity: alerts.SeverityCritical, Benchmark: []string{"5.18"},
			Why:   "A device is a way into the kernel, and a disk is a way around every file permission.",
			judge: judgeDevices,
		},
		{
			ID: "kernel-files", Title: "The kernel's files are masked", Area: AreaPrivileges, Severity: alerts.SeverityCritical,
			Why:   "Through /proc/sys, /proc/kcore, /sys and a writable cgroup tree the kernel itself can be read and set.",
			judge: judgeKernelFiles,
		},
	}
}

func isPrivileged(f Facts) collectors.Fact[bool] {
	return configured(f, "whether it is privileged", func(c collectors.Configuration) collectors.Opt[bool] { return c.Privileges.Privileged })
}

// judgePrivileged takes what a privileged container has for one: every capability
// and no filter.
func judgePrivileged(f Facts, _ Profile) outcome {
	const fix = "privileged: false"
	privileged, told := isPrivileged(f).Get()
	if told && privileged {
		return fail(collectors.WitnessEngine, fix, "it is privileged")
	}
	held, known := f.Kernel.Privileges.Get()
	if known && held.Effective&allCapabilities() == allCapabilities() && !held.Filtered.Or(false) {
		return fail(collectors.WitnessKernel, fix, "it has every capability and no filter of system calls, as a privileged container does")
	}
	switch {
	case told:
		return pass(collectors.WitnessEngine, "not privileged")
	default:
		return unknown(isPrivileged(f).Why())
	}
}

// judgeNewPrivileges asks the kernel, which knows of the engine's default as well.
func judgeNewPrivileges(f Facts, _ Profile) outcome {
	const fix = "security_opt:\n  - no-new-privileges:true"
	if held, known := f.Kernel.Privileges.Get(); known {
		if set, told := held.NoNewPrivileges.Get(); told {
			if set {
				return pass(collectors.WitnessKernel, "set")
			}
			return fail(collectors.WitnessKernel, fix, "not set")
		}
	}
	options := securityOptions(f)
	list, told := options.Get()
	switch {
	case !told:
		return unknown(bothWhy(f.Kernel.Privileges.Why(), options.Why()))
	case asksNoNewPrivileges(list):
		return pass(collectors.WitnessEngine, "set")
	}
	byDefault := daemon(f, func(d collectors.Daemon) bool { return d.NoNewPrivileges })
	switch set, told := byDefault.Get(); {
	case !told:
		return unknown("not asked for, and whether it is the engine's default is not known: " + byDefault.Why())
	case set:
		return pass(collectors.WitnessEngine, "set by the engine's default")
	default:
		return fail(collectors.WitnessEngine, fix, "not set")
	}
}

func securityOptions(f Facts) collectors.Fact[[]string] {
	return configured(f, "its security options", func(c collectors.Configuration) collectors.Opt[[]string] { return c.Privileges.SecurityOptions })
}

// asksNoNewPrivileges reads the option as the engine does (moby
// daemon/daemon_unix.go, parseSecurityOpt): a word alone, or with a boolean behind a
// colon or an equals sign. The last one wins.
func asksNoNewPrivileges(options []string) bool {
	set := false
	for _, option := range options {
		name, value, hasValue := cutOption(option)
		if name != "no-new-privileges" {
			continue
		}
		asked, err := strconv.ParseBool(value)
		set = !hasValue || err == nil && asked
	}
	return set
}

// cutOption divides a security option at its equals sign, or at the colon of old.
func cutOption(option string) (name, value string, hasValue bool) {
	name, value, hasValue = strings.Cut(option, "=")
	if !hasValue {
		name, value, hasValue = strings.Cut(option, ":")
	}
	return name, value, hasValue
}

// judgeCapabilities counts what can be regained as well: the program of a user who
// is not root has none, and a set-user-id program gets back what the bounding set
// leaves.
func judgeCapabilities(f Facts, p Profile) outcome {
	from := collectors.WitnessKernel
	var mask uint64
	if held, known := f.Kernel.Privileges.Get(); known {
		mask = held.Reachable
	} else {
		granted, why := configuredCapabilities(f)
		if why != "" {
			return unknown(bothWhy(f.Kernel.Privileges.Why(), why))
		}
		from, mask = collectors.WitnessEngine, granted
	}
	extra := maskNames(mask &^ capabilityMask(p.Capabilities))
	switch {
	case len(extra) > 0 && mask&allCapabilities() == allCapabilities():
		return fail(from, p.capabilityLines(), "every capability can be used")
	case len(extra) > 0:
		return fail(from, p.capabilityLines(), "%s can be used", enumerate(extra))
	case mask == 0:
		return pass(from, "none is left")
	default:
		return pass(from, "%s", enumerate(maskNames(mask)))
	}
}

// configuredCapabilities is the set that the engine was told to give, or why that
// is not known.
func configuredCapabilities(f Facts) (mask uint64, why string) {
	configuration, known := f.Engine.Configuration.Get()
	if !known {
		return 0, f.Engine.Configuration.Why()
	}
	add, toldAdd := configuration.Privileges.CapAdd.Get()
	drop, toldDrop := configuration.Privileges.CapDrop.Get()
	privileged, toldPrivileged := configuration.Privileges.Privileged.Get()
	if !toldAdd || !toldDrop || !toldPrivileged {
		return 0, "the engine does not tell its capabilities"
	}
	return grantedMask(add, drop, privileged), ""
}

// judgeSeccomp asks the kernel; where it does not answer, what was asked for and the
// engine's default.
func judgeSeccomp(f Facts, _ Profile) outcome {
	const fix = "# take seccomp=unconfined out of security_opt, or name a profile:\nsecurity_opt:\n  - seccomp=/etc/docker/seccomp.json"
	if held, known := f.Kernel.Privileges.Get(); known {
		if filtered, told := held.Filtered.Get(); told && filtered {
			return pass(collectors.WitnessKernel, "a filter is in force")
		} else if told {
			return fail(collectors.WitnessKernel, fix, "no filter is in force")
		}
		return fail(collectors.WitnessKernel, fix, "the kernel has no seccomp")
	}
	options, privileged := securityOptions(f), isPrivileged(f)
	list, told := options.Get()
	if !told || !privileged.Known() {
		return unknown(bothWhy(f.Kernel.Privileges.Why(), bothWhy(options.Why(), privileged.Why())))
	}
	profile, asked := lastOption(list, "seccomp")
	if !asked {
		byDefault := daemon(f, func(d collectors.Daemon) string { return d.Seccomp })
		if profile, told = byDefault.Get(); !told {
			return unknown("the engine's default profile is not known: " + byDefault.Why())
		}
	}
	if unfiltered, _ := privileged.Get(); unfiltered || profile == unconfined || profile == "" {
		return fail(collectors.WitnessEngine, fix, "no filter was asked for")
	}
	return pass(collectors.WitnessEngine, "a filter was asked for")
}

const unconfined = "unconfined"

// lastOption is the value of a security option; the last one wins.
func lastOption(options []string, name string) (value string, found bool) {
	for _, option := range options {
		if key, text, ok := cutOption(option); ok && key == name {
			value, found = text, true
		}
	}
	return value, found
}

const confinementFix = "# take apparmor=unconfined or label=disable out of security_opt"

// notLoadedFix is for a profile that was given and is not in force. An engine that
// finds no apparmor_parser names its profile in inspect, loads none and starts the
// container all the same (containerd pkg/apparmor, hostSupports).
const notLoadedFix = "# the engine needs apparmor_parser to load its profile:\napt-get install apparmor && systemctl restart docker && docker compose up -d --force-recreate"

// judgeConfinement asks the kernel for the label; where it does not answer, the
// engine for what it gave.
func judgeConfinement(f Facts, _ Profile) outcome {
	configuration, told := f.Engine.Configuration.Get()
	given := givenLabel(configuration.Privileges)
	label, known := f.Kernel.Label.Get()
	switch {
	case known && confines(label):
		return pass(collectors.WitnessKernel, "%s", label)
	case known && label == unconfined && confines(given):
		return fail(collectors.WitnessKernel, notLoadedFix, "its label is %s, though the engine gave it %s", label, given)
	case known:
		return fail(collectors.WitnessKernel, confinementFix, "its label is %s", label)
	case f.Kernel.Label.Absent():
		return moot("the host has neither AppArmor nor SELinux in force")
	case !told:
		return unknown(bothWhy(f.Kernel.Label.Why(), f.Engine.Configuration.Why()))
	default:
		return judgeGivenLabel(f, given)
	}
}

// givenLabel is what the engine says it gave; empty for nothing.
func givenLabel(privileges collectors.ConfiguredPrivileges) string {
	if privileges.AppArmorProfile != "" {
		return privileges.AppArmorProfile
	}
	return privileges.ProcessLabel
}

func judgeGivenLabel(f Facts, given string) outcome {
	if given != "" && confines(given) {
		return pass(collectors.WitnessEngine, "%s", given)
	} else if given != "" {
		return fail(collectors.WitnessEngine, confinementFix, "its profile is %s", given)
	}
	modules := daemon(f, func(d collectors.Daemon) bool { return d.AppArmor || d.SELinux })
	switch uses, told := modules.Get(); {
	case !told:
		return unknown(bothWhy(f.Kernel.Label.Why(), modules.Why()))
	case uses:
		return fail(collectors.WitnessEngine, confinementFix, "the engine gave it no profile")
	default:
		return moot("the engine uses neither AppArmor nor SELinux")
	}
}

// confines reports whether a label holds a process to anything: AppArmor may only
// complain, and SELinux has types for those that are let go.
func confines(label string) bool {
	name, mode, _ := strings.Cut(label, " ")
	if strings.Contains(mode, "complain") || strings.Contains(mode, unconfined) {
		return false
	}
	for part := range strings.SplitSeq(name, ":") {
		if part == unconfined || part == "unconfined_t" || part == "spc_t" || part == "kernel" {
			return false
		}
	}
	return name != ""
}

func judgeDevices(f Facts, p Profile) outcome {
	devices := configured(f, "its devices", func(c collectors.Configuration) collectors.Opt[[]string] { return c.Privileges.Devices })
	list, told := devices.Get()
	if !told {
		return unknown(devices.Why())
	}
	extra := slices.DeleteFunc(slices.Clone(list), func(device string) bool { return slices.Contains(p.Devices, device) })
	if len(extra) > 0 {
		return fail(collectors.WitnessEngine, "# take these out of devices, device_cgroup_rules and deploy.resources:\n# "+enumerate(extra), "it has %s", enumerate(extra))
	}
	if len(list) == 0 {
		return pass(collectors.WitnessEngine, "none")
	}
	return pass(collectors.WitnessEngine, "only what the profile allows: %s", enumerate(list))
}

package audit

import (
	"slices"
	"strings"
	"testing"

	"brink/alerts"
	"brink/collectors"
)

// checkCase is the hardened agent with one thing changed, and what a check says then.
type checkCase struct {
	check string
	name  string
	facts func(*Facts)
	// profile changes openclaw; nil changes nothing.
	profile func(*Profile)
	state   State
	// found is a part of what is told.
	found string
	// severity is that of the finding; none does not ask.
	severity alerts.Severity
}

func TestChecks(t *testing.T) {
	for _, test := range checkCases() {
		t.Run(test.check+"/"+test.name, func(t *testing.T) {
			facts, profile := good(), openClaw()
			profile.OpenFiles, profile.Processes, profile.NoCoreDumps = some[uint64](65536), some[uint64](1024), true
			profile.Internal = true
			if test.facts != nil {
				test.facts(&facts)
			}
			if test.profile != nil {
				test.profile(&profile)
			}
			finding := findingOf(t, Judge(facts, profile, day()), test.check)
			if finding.State != test.state || !strings.Contains(finding.Found, test.found) {
				t.Errorf("%s: %q, want %s: %q", finding.State, finding.Found, test.state, test.found)
			}
			if test.severity != alerts.SeverityNone && finding.Severity != test.severity {
				t.Errorf("severity %s, want %s", finding.Severity, test.severity)
			}
			if (finding.State == StateFail) != (finding.Fix != "") {
				t.Errorf("%s with the fix %q", finding.State, finding.Fix)
			}
			if finding.Found == "" || (finding.State == StatePass || finding.State == StateFail) && finding.Witness == "" {
				t.Errorf("nothing is told, or nobody told it: %+v", finding)
			}
		})
	}
}

func findingOf(t *testing.T, report Report, id string) Finding {
	t.Helper()
	i := slices.IndexFunc(report.Findings, func(f Finding) bool { return f.Check == id })
	if i < 0 {
		t.Fatalf("no check %s", id)
	}
	return report.Findings[i]
}

// TestEveryCheckIsTested: each has a case in which it passes, one in which it fails,
// and one in which nothing is known.
func TestEveryCheckIsTested(t *testing.T) {
	tested := map[string][]State{}
	for _, test := range checkCases() {
		tested[test.check] = append(tested[test.check], test.state)
	}
	for _, check := range Checks() {
		for _, state := range []State{StatePass, StateFail, StateUnknown} {
			if !slices.Contains(tested[check.ID], state) {
				t.Errorf("%s has no case that ends in %s", check.ID, state)
			}
		}
		if check.Title == "" || check.Area == "" || check.Severity == alerts.SeverityNone || !strings.HasSuffix(check.Why, ".") {
			t.Errorf("%+v", check)
		}
	}
	for id := range tested {
		if !slices.ContainsFunc(Checks(), func(c Check) bool { return c.ID == id }) {
			t.Errorf("cases for %s, which is no check", id)
		}
	}
}

func checkCases() []checkCase {
	return slices.Concat(limitCases(), privilegeCases(), namespaceCases(), fileCases(), networkCases(), firewallCases(), operationCases())
}

func limitCases() []checkCase {
	unlimited := collectors.Unlimited[collectors.Bytes]()
	return []checkCase{
		{check: "memory-limit", name: "good", state: StatePass, found: "2.00 GiB"},
		{check: "memory-limit", name: "none", facts: func(f *Facts) { f.Kernel.Memory = kernel(unlimited) }, state: StateFail, found: "nothing limits memory", severity: alerts.SeverityCritical},
		{check: "memory-limit", name: "another", facts: func(f *Facts) { f.Kernel.Memory = kernel(collectors.LimitOf(4 * gib)) }, state: StateFail, found: "4.00 GiB", severity: alerts.SeverityWarning},
		{check: "memory-limit", name: "the kernel decides", facts: configure(func(c *collectors.Configuration) { c.Limits.Memory = unlimited }), state: StatePass},
		{check: "memory-limit", name: "no controller", facts: func(f *Facts) {
			f.Kernel.Memory = collectors.AbsentFact[collectors.Limit[collectors.Bytes]](collectors.WitnessKernel, "the cgroup has no memory.max")
		}, state: StateFail, found: "the cgroup has no memory.max"},
		{check: "memory-limit", name: "by the engine", facts: blind, state: StatePass},
		{check: "memory-limit", name: "any will do", facts: func(f *Facts) { f.Kernel.Memory = kernel(collectors.LimitOf(7 * gib)) }, profile: func(p *Profile) { p.Memory = collectors.Opt[collectors.Bytes]{} }, state: StatePass},
		{check: "memory-limit", name: "nothing known", facts: nothing, state: StateUnknown, found: "nobody has looked"},
		{check: "no-swap", name: "good", state: StatePass},
		{check: "no-swap", name: "some", facts: func(f *Facts) { f.Kernel.Swap = kernel(collectors.LimitOf(2 * gib)) }, state: StateFail, found: "2.00 GiB of swap"},
		{check: "no-swap", name: "unlimited", facts: func(f *Facts) { f.Kernel.Swap = kernel(unlimited) }, state: StateFail},
		{check: "no-swap", name: "no memory limit", facts: func(f *Facts) { f.Kernel.Memory, f.Kernel.Swap = kernel(unlimited), kernel(unlimited) }, state: StateNotApplicable},
		{check: "no-swap", name: "no controller", facts: func(f *Facts) {
			f.Kernel.Memory = collectors.AbsentFact[collectors.Limit[collectors.Bytes]](collectors.WitnessKernel, "the cgroup has no memory.max")
			f.Kernel.Swap = f.Kernel.Memory
		}, state: StateNotApplicable},
		{check: "no-swap", name: "allowed", profile: func(p *Profile) { p.Swap = true }, state: StateNotApplicable},
		{check: "no-swap", name: "twice the memory by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Limits.MemoryAndSwap = collectors.LimitOf(4 * gib) })), state: StateFail, found: "4.00 GiB"},
		{check: "no-swap", name: "unlimited by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Limits.MemoryAndSwap = unlimited })), state: StateFail},
		{check: "no-swap", name: "equal by the engine", facts: blind, state: StatePass},
		{check: "no-swap", name: "left to the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Limits.MemoryAndSwap = collectors.Limit[collectors.Bytes]{} })), state: StateUnknown},
		{check: "cpu-quota", name: "good", state: StatePass, found: "1.5 cores"},
		{check: "cpu-quota", name: "rounded by the kernel", facts: func(f *Facts) { f.Kernel.Cores = kernel(collectors.LimitOf(collectors.Cores(1.499))) }, state: StatePass},
		{check: "cpu-quota", name: "none", facts: func(f *Facts) { f.Kernel.Cores = kernel(collectors.Unlimited[collectors.Cores]()) }, state: StateFail},
		{check: "cpu-quota", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "pids-limit", name: "good", state: StatePass},
		{check: "pids-limit", name: "none", facts: func(f *Facts) { f.Kernel.Pids = kernel(collectors.Unlimited[uint64]()) }, state: StateFail, severity: alerts.SeverityCritical},
		{check: "pids-limit", name: "more", facts: func(f *Facts) { f.Kernel.Pids = kernel(collectors.LimitOf[uint64](4096)) }, state: StateFail, found: "4096 tasks", severity: alerts.SeverityWarning},
		{check: "pids-limit", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "oom-killer", name: "good", state: StatePass},
		{check: "oom-killer", name: "switched off", facts: configure(func(c *collectors.Configuration) { c.Limits.OOMKillDisabled = true }), state: StateFail},
		{check: "oom-killer", name: "spared", facts: configure(func(c *collectors.Configuration) { c.Limits.OOMScoreAdj = -500 }), state: StateFail, found: "-500"},
		{check: "oom-killer", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "open-files", name: "good", state: StatePass},
		{check: "open-files", name: "too many", facts: func(f *Facts) { f.Kernel.OpenFiles = kernel(collectors.LimitOf[uint64](1048576)) }, state: StateFail},
		{check: "open-files", name: "unlimited", facts: func(f *Facts) { f.Kernel.OpenFiles = kernel(collectors.Unlimited[uint64]()) }, state: StateFail},
		{check: "open-files", name: "not asked for", profile: func(p *Profile) { p.OpenFiles = collectors.Opt[uint64]{} }, state: StateNotApplicable},
		{check: "open-files", name: "nothing known", facts: blind, state: StateUnknown},
		{check: "processes", name: "good", state: StatePass, found: "1024 processes"},
		{check: "processes", name: "too many", facts: func(f *Facts) { f.Kernel.Processes = kernel(collectors.LimitOf[uint64](1025)) }, state: StateFail, found: "its user may have 1025 processes"},
		{check: "processes", name: "unlimited", facts: func(f *Facts) { f.Kernel.Processes = kernel(collectors.Unlimited[uint64]()) }, state: StateFail},
		{check: "processes", name: "not asked for", profile: func(p *Profile) { p.Processes = collectors.Opt[uint64]{} }, state: StateNotApplicable},
		{check: "processes", name: "nothing known", facts: blind, state: StateUnknown},
		{check: "core-dumps", name: "good", state: StatePass},
		{check: "core-dumps", name: "of any size", facts: func(f *Facts) { f.Kernel.CoreSize = kernel(unlimited) }, state: StateFail, found: "any size"},
		{check: "core-dumps", name: "small ones", facts: func(f *Facts) { f.Kernel.CoreSize = kernel(collectors.LimitOf(mib)) }, state: StateFail, found: "1.00 MiB"},
		{check: "core-dumps", name: "allowed", profile: func(p *Profile) { p.NoCoreDumps = false }, state: StateNotApplicable},
		{check: "core-dumps", name: "nothing known", facts: blind, state: StateUnknown},
		{check: "log-size", name: "good", state: StatePass},
		{check: "log-size", name: "no size", facts: configure(func(c *collectors.Configuration) { c.Operations.LogMaxSize = "" }), state: StateFail},
		{check: "log-size", name: "local has a size of its own", facts: configure(func(c *collectors.Configuration) { c.Operations.LogDriver, c.Operations.LogMaxSize = "local", "" }), state: StatePass},
		{check: "log-size", name: "no driver told", facts: configure(func(c *collectors.Configuration) { c.Operations.LogDriver, c.Operations.LogMaxSize = "", "" }), state: StateUnknown},
	}
}

func privilegeCases() []checkCase {
	options := func(list ...string) func(*Facts) {
		return configure(func(c *collectors.Configuration) { c.Privileges.SecurityOptions = some(list) })
	}
	daemonIs := func(change func(*collectors.Daemon)) func(*Facts) {
		return func(f *Facts) {
			daemon, _ := f.Engine.Daemon.Get()
			change(&daemon)
			f.Engine.Daemon = engine(daemon)
		}
	}
	every := hold(func(p *collectors.Privileges) {
		p.Effective, p.Reachable, p.Filtered = allCapabilities(), allCapabilities(), some(false)
	})
	return []checkCase{
		{check: "privileged", name: "good", state: StatePass},
		{check: "privileged", name: "asked for", facts: configure(func(c *collectors.Configuration) { c.Privileges.Privileged = some(true) }), state: StateFail},
		{check: "privileged", name: "as good as", facts: every, state: StateFail, found: "every capability"},
		{check: "privileged", name: "as good as, and the engine mute", facts: all(every, mute), state: StateFail},
		{check: "privileged", name: "the engine does not tell", facts: configure(func(c *collectors.Configuration) { c.Privileges.Privileged = collectors.Opt[bool]{} }), state: StateUnknown},
		{check: "no-new-privileges", name: "good", state: StatePass},
		{check: "no-new-privileges", name: "the kernel decides", facts: hold(func(p *collectors.Privileges) { p.NoNewPrivileges = some(false) }), state: StateFail},
		{check: "no-new-privileges", name: "by the engine", facts: blind, state: StatePass},
		{check: "no-new-privileges", name: "an old kernel", facts: hold(func(p *collectors.Privileges) { p.NoNewPrivileges = collectors.Opt[bool]{} }), state: StatePass},
		{check: "no-new-privileges", name: "false holds the word", facts: all(blind, options("no-new-privileges:false")), state: StateFail},
		{check: "no-new-privileges", name: "equals false", facts: all(blind, options("no-new-privileges=0")), state: StateFail},
		{check: "no-new-privileges", name: "no boolean", facts: all(blind, options("no-new-privileges:yes")), state: StateFail},
		{check: "no-new-privileges", name: "bare", facts: all(blind, options("no-new-privileges")), state: StatePass},
		{check: "no-new-privileges", name: "the last wins", facts: all(blind, options("no-new-privileges", "no-new-privileges:false")), state: StateFail},
		{check: "no-new-privileges", name: "the engine's default", facts: all(blind, options(), daemonIs(func(d *collectors.Daemon) { d.NoNewPrivileges = true })), state: StatePass},
		{check: "no-new-privileges", name: "default unknown", facts: all(blind, options(), func(f *Facts) { f.Engine.Daemon = collectors.UnknownFact[collectors.Daemon]("refused") }), state: StateUnknown, found: "refused"},
		{check: "capabilities", name: "good", state: StatePass, found: "NET_BIND_SERVICE"},
		{check: "capabilities", name: "none", facts: hold(func(p *collectors.Privileges) { p.Reachable = 0 }), state: StatePass, found: "none is left"},
		{check: "capabilities", name: "not dropped", facts: hold(func(p *collectors.Privileges) { p.Reachable = 0xa80425fb }), state: StateFail, found: "CHOWN, DAC_OVERRIDE"},
		{check: "capabilities", name: "not root, but the bounding set is full", facts: hold(func(p *collectors.Privileges) { p.Effective, p.Reachable = 0, 0xa80425fb }), state: StateFail},
		{check: "capabilities", name: "one more", facts: hold(func(p *collectors.Privileges) { p.Reachable |= 1 << 21 }), state: StateFail, found: "SYS_ADMIN can be used"},
		{check: "capabilities", name: "every", facts: every, state: StateFail},
		{check: "capabilities", name: "of a kernel of tomorrow", facts: hold(func(p *collectors.Privileges) { p.Reachable |= 1 << 45 }), state: StateFail, found: "capability 45"},
		{check: "capabilities", name: "by the engine", facts: blind, state: StatePass},
		{check: "capabilities", name: "by the engine, not dropped", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.CapDrop = some([]string(nil)) })), state: StateFail},
		{check: "capabilities", name: "by the engine, other spellings", facts: all(blind, configure(func(c *collectors.Configuration) {
			c.Privileges.CapDrop, c.Privileges.CapAdd = some([]string{"cap_all"}), some([]string{"cap_net_bind_service"})
		})), state: StatePass},
		{check: "capabilities", name: "by the engine, all added", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.CapAdd = some([]string{"ALL"}) })), state: StateFail},
		{check: "capabilities", name: "the engine does not tell", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.CapAdd = collectors.Opt[[]string]{} })), state: StateUnknown},
		{check: "user", name: "good", state: StatePass, found: "101000"},
		{check: "user", name: "root", facts: hold(func(p *collectors.Privileges) { p.UID = 0 }), state: StateFail},
		{check: "user", name: "by the engine", facts: blind, state: StatePass},
		{check: "user", name: "root by the engine, mapped", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.User = "" })), state: StatePass},
		{check: "user", name: "root by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.User = "0:0" }), daemonIs(func(d *collectors.Daemon) { d.UserNamespace = false })), state: StateFail},
		{check: "user", name: "00 is root", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.User, c.Namespaces["user"] = "00", "host" })), state: StateFail},
		{check: "user", name: "root, and the engine's mapping not known", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.User = "root" }), func(f *Facts) { f.Engine.Daemon = collectors.Fact[collectors.Daemon]{} }), state: StateUnknown},
		{check: "user-namespace", name: "good", state: StatePass},
		{check: "user-namespace", name: "the host's", facts: func(f *Facts) { f.Kernel.UserMap = kernel([]collectors.IDRange{{Count: 4294967295}}) }, state: StateFail},
		{check: "user-namespace", name: "a part of it is the host's root", facts: func(f *Facts) {
			f.Kernel.UserMap = kernel([]collectors.IDRange{{Inside: 0, Outside: 100000, Count: 1}, {Inside: 1, Outside: 0, Count: 1}})
		}, state: StateFail},
		{check: "user-namespace", name: "not asked for", facts: func(f *Facts) { f.Kernel.UserMap = kernel([]collectors.IDRange{{Count: 4294967295}}) }, profile: func(p *Profile) { p.UserNamespace = false }, state: StateNotApplicable},
		{check: "user-namespace", name: "switched off for it", facts: all(blind, configure(func(c *collectors.Configuration) { c.Namespaces["user"] = "host" })), state: StateFail},
		{check: "user-namespace", name: "rootless", facts: all(blind, daemonIs(func(d *collectors.Daemon) { d.UserNamespace, d.Rootless = false, true })), state: StatePass},
		{check: "user-namespace", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "seccomp", name: "good", state: StatePass},
		{check: "seccomp", name: "off", facts: hold(func(p *collectors.Privileges) { p.Filtered = some(false) }), state: StateFail},
		{check: "seccomp", name: "no such kernel", facts: hold(func(p *collectors.Privileges) { p.Filtered = collectors.Opt[bool]{} }), state: StateFail},
		{check: "seccomp", name: "by the engine", facts: blind, state: StatePass},
		{check: "seccomp", name: "unconfined by the engine", facts: all(blind, options("seccomp=unconfined")), state: StateFail},
		{check: "seccomp", name: "unconfined as of old", facts: all(blind, options("seccomp:unconfined")), state: StateFail},
		{check: "seccomp", name: "a profile written out", facts: all(blind, options(`seccomp={"defaultAction":"SCMP_ACT_ERRNO","names":["unconfined"]}`)), state: StatePass},
		{check: "seccomp", name: "privileged by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.Privileged = some(true) })), state: StateFail},
		{check: "seccomp", name: "default unknown", facts: all(blind, func(f *Facts) { f.Engine.Daemon = collectors.Fact[collectors.Daemon]{} }), state: StateUnknown},
		{check: "confinement", name: "good", state: StatePass},
		{check: "confinement", name: "unconfined", facts: all(func(f *Facts) { f.Kernel.Label = kernel("unconfined") }, configure(func(c *collectors.Configuration) { c.Privileges.AppArmorProfile = "unconfined" })), state: StateFail, found: "its label is unconfined"},
		{check: "confinement", name: "a profile that was not loaded", facts: func(f *Facts) { f.Kernel.Label = kernel("unconfined") }, state: StateFail, found: "though the engine gave it docker-default"},
		{check: "confinement", name: "only complains", facts: func(f *Facts) { f.Kernel.Label = kernel("docker-default (complain)") }, state: StateFail},
		{check: "confinement", name: "SELinux", facts: func(f *Facts) { f.Kernel.Label = kernel("system_u:system_r:container_t:s0:c1,c2") }, state: StatePass},
		{check: "confinement", name: "SELinux lets go", facts: func(f *Facts) { f.Kernel.Label = kernel("system_u:system_r:spc_t:s0") }, state: StateFail},
		{check: "confinement", name: "no module", facts: func(f *Facts) { f.Kernel.Label = collectors.AbsentFact[string](collectors.WitnessKernel, "none") }, state: StateNotApplicable},
		{check: "confinement", name: "by the engine", facts: blind, state: StatePass},
		{check: "confinement", name: "unconfined by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.AppArmorProfile = "unconfined" })), state: StateFail},
		{check: "confinement", name: "no profile where there should be one", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.AppArmorProfile = "" })), state: StateFail},
		{check: "confinement", name: "an engine without a module", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.AppArmorProfile = "" }), daemonIs(func(d *collectors.Daemon) { d.AppArmor = false })), state: StateNotApplicable},
		{check: "confinement", name: "nothing known", facts: nothing, state: StateUnknown},
		{check: "devices", name: "good", state: StatePass},
		{check: "devices", name: "one", facts: configure(func(c *collectors.Configuration) { c.Privileges.Devices = some([]string{"/dev/sda"}) }), state: StateFail, found: "/dev/sda"},
		{check: "devices", name: "allowed", facts: configure(func(c *collectors.Configuration) { c.Privileges.Devices = some([]string{"/dev/dri"}) }), profile: func(p *Profile) { p.Devices = []string{"/dev/dri"} }, state: StatePass},
		{check: "devices", name: "nothing known", facts: mute, state: StateUnknown},
		{check: "kernel-files", name: "good", state: StatePass},
		{check: "kernel-files", name: "systempaths=unconfined", facts: unmount("/proc/sys", "/proc/kcore", "/proc/keys"), state: StateFail, found: "/proc/sys can be written to, /proc/kcore"},
		{check: "kernel-files", name: "writable cgroups", facts: all(unmapped, remount("/sys/fs/cgroup", func(m *collectors.Mount) { m.ReadOnly = false })), state: StateFail, found: "/sys/fs/cgroup"},
		{check: "kernel-files", name: "writable cgroups of users that are mapped", facts: remount("/sys/fs/cgroup", func(m *collectors.Mount) { m.ReadOnly = false }), state: StatePass},
		{check: "kernel-files", name: "writable cgroups, the map unknown", facts: all(func(f *Facts) { f.Kernel.UserMap = collectors.Fact[[]collectors.IDRange]{} }, remount("/sys/fs/cgroup", func(m *collectors.Mount) { m.ReadOnly = false })), state: StateFail},
		{check: "kernel-files", name: "writable sys", facts: remount("/sys", func(m *collectors.Mount) { m.ReadOnly = false }), state: StateFail},
		{check: "kernel-files", name: "by the engine", facts: blind, state: StatePass},
		{check: "kernel-files", name: "nothing masked by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.Masked = some([]string(nil)) })), state: StateFail},
		{check: "kernel-files", name: "nothing read-only by the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Privileges.ReadOnly = some([]string(nil)) })), state: StateFail},
		{check: "kernel-files", name: "writable cgroups by the engine", facts: all(blind, options("writable-cgroups=true")), state: StateFail},
		{check: "kernel-files", name: "nothing known", facts: nothing, state: StateUnknown},
	}
}

func namespaceCases() []checkCase {
	var cases []checkCase
	for _, rule := range namespaceRules() {
		mode := func(word string) func(*Facts) {
			return configure(func(c *collectors.Configuration) { c.Namespaces[rule.kind] = word })
		}
		cases = append(cases,
			checkCase{check: rule.id, name: "good", state: StatePass},
			checkCase{check: rule.id, name: "shared", facts: func(f *Facts) { f.Kernel.Shared = kernel([]string{rule.kind}) }, state: StateFail, severity: alerts.SeverityCritical},
			checkCase{check: rule.id, name: "asked for", facts: all(blind, mode("host")), state: StateFail},
			checkCase{check: rule.id, name: "another container's", facts: mode("container:abc"), state: StateFail, severity: alerts.SeverityWarning},
			checkCase{check: rule.id, name: "by the engine", facts: blind, state: StatePass},
			checkCase{check: rule.id, name: "not told", facts: all(blind, configure(func(c *collectors.Configuration) { delete(c.Namespaces, rule.kind) })), state: StateUnknown},
		)
	}
	return append(cases,
		checkCase{check: "ipc-namespace", name: "shareable", facts: configure(func(c *collectors.Configuration) { c.Namespaces["ipc"] = "shareable" }), state: StateFail, severity: alerts.SeverityWarning},
		checkCase{check: "cgroup-namespace", name: "left to the engine", facts: all(blind, configure(func(c *collectors.Configuration) { c.Namespaces["cgroup"] = "" })), state: StateUnknown},
	)
}

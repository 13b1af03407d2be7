package main

import (
	"strings"
	"testing"

	"brink/alerts/audit"
	"brink/collectors"
)

// seen is what a user without root's permissions sees of a hardened container: what
// every user may read of its process, and not what ptrace guards.
func seen() collectors.Isolation {
	const refused = `"/proc/4121/ns/pid": permission denied: needs root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH`
	facts := collectors.Isolation{ID: agentID, Name: "openclaw-agent", Image: "openclaw/openclaw:latest", Agent: true}
	facts.Kernel = collectors.KernelIsolation{
		Privileges: byKernel(collectors.Privileges{
			Program: "node", UID: 101000, Effective: 0x400, Reachable: 0x400, NoNewPrivileges: some(true), Filtered: some(true),
		}),
		UserMap:     byKernel([]collectors.IDRange{{Outside: 100000, Count: 65536}}),
		Label:       collectors.UnknownFact[string](refused),
		Shared:      collectors.UnknownFact[[]string](refused),
		Directories: collectors.UnknownFact[[]collectors.Directory](refused),
		Mounts: byKernel([]collectors.Mount{
			{Point: "/", ReadOnly: true},
			{Point: "/proc/sys", ReadOnly: true},
			{Point: "/proc/kcore"},
			{Point: "/data", HostPath: "/srv/data"},
			{Point: "/tmp", Root: "/", FSType: "tmpfs", Size: amountOf(256 * mib), NoExec: true, NoSUID: true},
			{Point: "/run", Root: "/", FSType: "tmpfs", Size: amountOf(64 * mib), NoExec: true, NoSUID: true},
		}),
		OpenFiles: byKernel(collectors.LimitOf[uint64](65536)),
		Memory:    byKernel(collectors.LimitOf(collectors.Bytes(2 * gib))),
		Swap:      byKernel(collectors.LimitOf(collectors.Bytes(0))),
		Cores:     byKernel(collectors.LimitOf(collectors.Cores(1.5))),
		Pids:      byKernel(collectors.LimitOf[uint64](256)),
	}
	facts.Engine.Configuration = collectors.UnknownFact[collectors.Configuration]("GET /containers/{id}/json was refused with status 403 by unix:///run/proxy.sock")
	facts.Engine.Networks = collectors.KnownFact(collectors.WitnessEngine, []collectors.NetworkState{{Name: "agent-net", Internal: true}})
	facts.Engine.Image = collectors.KnownFact(collectors.WitnessEngine, collectors.ImageState{ID: "sha256:a", Tagged: some("sha256:b"), Digests: []string{"openclaw/openclaw@sha256:a"}})
	facts.Engine.Daemon = collectors.KnownFact(collectors.WitnessEngine, collectors.Daemon{AppArmor: true, LiveRestore: true, UserNamespace: true, Seccomp: "builtin"})
	return facts
}

func byKernel[T any](value T) collectors.Fact[T] {
	return collectors.KnownFact(collectors.WitnessKernel, value)
}

// TestAuditWithoutPermission: what may not be read is unknown, with the reason, and a
// waiver that has ended says so.
func TestAuditWithoutPermission(t *testing.T) {
	profile, _ := audit.BuiltIn(audit.ProfileOpenClaw)
	profile.Waivers = []audit.Waiver{
		{Check: "image-pinned", Reason: "until the registry signs", Until: now().AddDate(0, 0, -3)},
		{Check: "directories", Reason: "looked at by hand", Until: now().AddDate(0, 1, 0)},
	}
	var out strings.Builder
	if err := writeAuditText(&out, audit.Judge(seen(), profile, now())); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "audit.txt", out.String())
}

package audit

import (
	"fmt"
	"strings"
	"time"

	"brink/collectors"
)

// Profile is what is expected of a container. An expectation that is absent is
// none: a limit has to be there, and any will do.
type Profile struct {
	Name   string
	Memory collectors.Opt[collectors.Bytes]
	// Swap allows it.
	Swap  bool
	Cores collectors.Opt[collectors.Cores]
	Pids  collectors.Opt[uint64]
	// OpenFiles is the most files that a process may have open.
	OpenFiles collectors.Opt[uint64]
	// Processes is the most processes that its user may have.
	Processes collectors.Opt[uint64]
	// NoCoreDumps asks that none can be written.
	NoCoreDumps bool
	// Capabilities are those that may be kept, as "NET_BIND_SERVICE".
	Capabilities []string
	// UserNamespace asks that root in the container is not root of the host.
	UserNamespace bool
	// Devices are paths of the host that may be passed on.
	Devices []string
	Tmpfs   []TmpfsRule
	// Mounts are the only directories that may be mounted; absent, any that is not
	// sensitive.
	Mounts collectors.Opt[[]MountRule]
	// Internal asks for networks that lead nowhere outside of the host.
	Internal bool
	// EgressPolicy asks that a firewall holds back what is sent by networks that lead
	// outside.
	EgressPolicy bool
	// Ports are the only ports that may be published, as "127.0.0.1:18789:18789/tcp";
	// absent, any that is not open to every address.
	Ports collectors.Opt[[]string]
	// Restart are the policies that will do.
	Restart []string
	// Secrets are names of variables that look like a secret and are accepted.
	Secrets []string
	Waivers []Waiver
}

// TmpfsRule asks for a tmpfs.
type TmpfsRule struct {
	Point string
	// Size is the most it may be; absent, any size that is a size.
	Size collectors.Opt[collectors.Bytes]
}

// MountRule allows a mount.
type MountRule struct {
	// Point is where it is in the container, Source where it comes from, empty for
	// anywhere; both are patterns of path.Match. A volume goes by its name as well.
	Point, Source string
	// ReadOnly allows it only so.
	ReadOnly bool
}

// Waiver accepts what a check finds, for a time.
type Waiver struct {
	Check  string
	Reason string
	// Until is the last day on which it holds, in UTC.
	Until time.Time
}

// holds reports whether a waiver is in force.
func (w Waiver) holds(at time.Time) bool { return at.Before(w.Until.AddDate(0, 0, 1)) }

// Names of the built-in profiles.
const (
	ProfileOpenClaw = "openclaw"
	ProfileHardened = "hardened"
)

// Profiles are the names of the built-in profiles.
func Profiles() []string { return []string{ProfileOpenClaw, ProfileHardened} }

// BuiltIn returns a built-in profile.
func BuiltIn(name string) (Profile, bool) {
	switch name {
	case ProfileOpenClaw:
		return openClaw(), true
	case ProfileHardened:
		return hardened(), true
	default:
		return Profile{}, false
	}
}

// openClaw is the deployment that brink is made for.
func openClaw() Profile {
	const mib = collectors.Bytes(1 << 20)
	return Profile{
		Name:          ProfileOpenClaw,
		Memory:        collectors.Some(2048 * mib),
		Cores:         collectors.Some(collectors.Cores(1.5)),
		Pids:          collectors.Some[uint64](256),
		OpenFiles:     collectors.Some[uint64](65536),
		Capabilities:  []string{"NET_BIND_SERVICE"},
		UserNamespace: true,
		EgressPolicy:  true,
		Tmpfs:         []TmpfsRule{{"/tmp", collectors.Some(256 * mib)}, {"/run", collectors.Some(64 * mib)}},
		Mounts: collectors.Some([]MountRule{
			{Point: "/app/data"},
			{Point: "/app/logs"},
			{Point: "/home/node/.openclaw"},
			{Point: "/home/node/.openclaw/workspace"},
			{Point: "/run/secrets/*", ReadOnly: true},
		}),
		Restart: []string{"unless-stopped"},
	}
}

// hardened is what any container of an agent should keep to, whatever its size.
func hardened() Profile {
	return Profile{
		Name:         ProfileHardened,
		Capabilities: []string{"NET_BIND_SERVICE"},
		EgressPolicy: true,
		Tmpfs:        []TmpfsRule{{Point: "/tmp"}},
		Restart:      []string{"on-failure", "unless-stopped", "always"},
	}
}

// The lines of compose that give what a profile expects.

// memoryLines asks for a limit, and for no swap beside it.
func (p Profile) memoryLines() string {
	size := composeSize(p.Memory.Or(defaultMemory))
	return "mem_limit: " + size + "\nmemswap_limit: " + size
}

func (p Profile) cpuLine() string {
	return fmt.Sprintf("cpus: %g", float64(p.Cores.Or(defaultCores)))
}

func (p Profile) pidsLine() string { return fmt.Sprintf("pids_limit: %d", p.Pids.Or(defaultPids)) }

func (p Profile) capabilityLines() string {
	lines := "cap_drop: [ALL]"
	if len(p.Capabilities) > 0 {
		lines += "\ncap_add: [" + strings.Join(p.Capabilities, ", ") + "]"
	}
	return lines
}

func (r TmpfsRule) line() string {
	return "tmpfs:\n  - " + r.Point + ":size=" + composeSize(r.Size.Or(defaultTmpfs)) + ",noexec,nosuid"
}

// What is proposed where a profile names no size.
const (
	defaultMemory = collectors.Bytes(2 << 30)
	defaultCores  = collectors.Cores(1.5)
	defaultPids   = uint64(256)
	defaultTmpfs  = collectors.Bytes(256 << 20)
)

// composeSize writes a size as a compose file has it: in the largest unit that
// divides it.
func composeSize(size collectors.Bytes) string {
	for _, unit := range []struct {
		bytes collectors.Bytes
		name  string
	}{{1 << 30, "g"}, {1 << 20, "m"}, {1 << 10, "k"}} {
		if size > 0 && size%unit.bytes == 0 {
			return fmt.Sprintf("%d%s", size/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%db", size)
}

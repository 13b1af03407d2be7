package audit

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// capabilityNames are the capabilities by their bits (include/uapi/linux/capability.h).
func capabilityNames() []string {
	return []string{
		"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
		"NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
		"SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
		"AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
		"PERFMON", "BPF", "CHECKPOINT_RESTORE",
	}
}

// allCapabilities is every capability that has a name.
func allCapabilities() uint64 { return 1<<len(capabilityNames()) - 1 }

// engineDefaults are the capabilities that Docker leaves a container which is told
// nothing (moby daemon/pkg/oci/caps/defaults.go).
func engineDefaults() []string {
	return []string{
		"CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
		"NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
	}
}

const everyCapability = "ALL"

// KnownCapability reports whether a name is one of a capability, in any spelling
// that the engine takes.
func KnownCapability(name string) bool {
	return slices.Contains(capabilityNames(), plainCapability(name))
}

// plainCapability takes a name to the spelling of this package: engines take any
// case, with CAP_ before it and without.
func plainCapability(name string) string {
	return strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(name)), "CAP_")
}

// capabilityMask is the set of some names. A name that is not known here has no bit.
func capabilityMask(names []string) uint64 {
	var mask uint64
	known := capabilityNames()
	for _, name := range names {
		plain := plainCapability(name)
		if plain == everyCapability {
			mask |= allCapabilities()
		}
		if bit := slices.Index(known, plain); bit >= 0 {
			mask |= 1 << bit
		}
	}
	return mask
}

// maskNames are the names of a set, in the order of their bits. A capability of a
// newer kernel has its number.
func maskNames(mask uint64) []string {
	var names []string
	known := capabilityNames()
	for ; mask != 0; mask &= mask - 1 {
		bit := bits.TrailingZeros64(mask)
		if bit < len(known) {
			names = append(names, known[bit])
		} else {
			names = append(names, "capability "+strconv.Itoa(bit))
		}
	}
	return names
}

// grantedMask is the set that the engine gives for what it was told (moby
// daemon/pkg/oci/caps/utils.go): adding all takes only what is dropped by its name
// away, dropping all leaves only what is added.
func grantedMask(add, drop []string, privileged bool) uint64 {
	named := slices.DeleteFunc(slices.Clone(drop), isAll)
	switch {
	case privileged:
		return allCapabilities()
	case slices.ContainsFunc(add, isAll):
		return allCapabilities() &^ capabilityMask(named)
	case slices.ContainsFunc(drop, isAll):
		return capabilityMask(add)
	default:
		return capabilityMask(engineDefaults())&^capabilityMask(drop) | capabilityMask(add)
	}
}

func isAll(name string) bool { return plainCapability(name) == everyCapability }

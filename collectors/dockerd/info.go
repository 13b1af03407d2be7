package dockerd

import (
	"context"
	"strings"

	"github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"
)

// Info is what the engine says of its host and of itself.
type Info struct {
	// Name is the host's name, OperatingSystem its distribution.
	Name            string
	OperatingSystem string
	Kernel          string
	// ServerVersion is the engine's version.
	ServerVersion string
	// CgroupVersion is "1" or "2"; engines before 20.10 do not tell. On a hybrid
	// host it is "1".
	CgroupVersion string
	// CgroupDriver is systemd, cgroupfs or none (a rootless engine that may set no
	// limits).
	CgroupDriver string
	// CPUs is how many CPUs the engine may use, MemoryTotal the host's memory in
	// bytes; absent when the engine could not tell.
	CPUs        Opt[int]
	MemoryTotal Opt[uint64]
	// LiveRestore tells that containers go on while the engine restarts.
	LiveRestore bool
	// Rootless and UserNamespace tell that root in a container is no root here.
	Rootless      bool
	UserNamespace bool
	// NoNewPrivileges tells that containers get it without being told so.
	NoNewPrivileges bool
	// AppArmor and SELinux tell which module the engine confines containers by;
	// Seccomp names the default profile ("builtin", "unconfined", a path), and is
	// empty on a host without seccomp.
	AppArmor, SELinux bool
	Seccomp           string
	// Firewall is who writes the rules: "iptables", "iptables+firewalld",
	// "nftables"; empty before Docker 28.
	Firewall string
}

// Info asks the engine about its host.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var info Info
	err := c.call(ctx, opInfo, maxInfoBytes, func(ctx context.Context, api *client.Client) error {
		result, err := api.Info(ctx, client.InfoOptions{})
		info = newInfo(result.Info)
		return err
	})
	if err != nil {
		return Info{}, err
	}
	return info, nil
}

func newInfo(raw system.Info) Info {
	info := Info{
		Name:            clip(raw.Name, maxName),
		OperatingSystem: clip(raw.OperatingSystem, maxName),
		Kernel:          clip(raw.KernelVersion, maxName),
		ServerVersion:   clip(raw.ServerVersion, maxName),
		CgroupVersion:   clip(raw.CgroupVersion, maxName),
		CgroupDriver:    clip(raw.CgroupDriver, maxName),
		LiveRestore:     raw.LiveRestoreEnabled,
		Rootless:        hasSecurityOption(raw.SecurityOptions, "rootless"),
		UserNamespace:   hasSecurityOption(raw.SecurityOptions, "userns"),

		NoNewPrivileges: hasSecurityOption(raw.SecurityOptions, "no-new-privileges"),
		AppArmor:        hasSecurityOption(raw.SecurityOptions, "apparmor"),
		SELinux:         hasSecurityOption(raw.SecurityOptions, "selinux"),
		Seccomp:         seccompProfile(raw.SecurityOptions),
	}
	if raw.FirewallBackend != nil {
		info.Firewall = clip(raw.FirewallBackend.Driver, maxName)
	}
	if raw.NCPU > 0 {
		info.CPUs = Some(raw.NCPU)
	}
	if raw.MemTotal > 0 {
		info.MemoryTotal = Some(uint64(raw.MemTotal))
	}
	return info
}

// hasSecurityOption looks for an entry such as "name=seccomp,profile=builtin".
func hasSecurityOption(options []string, name string) bool {
	for _, option := range options {
		first, _, _ := strings.Cut(option, ",")
		if first == "name="+name {
			return true
		}
	}
	return false
}

// seccompProfile is the default profile. Engines before 23 call the built-in one
// "default", Podman names a path.
func seccompProfile(options []string) string {
	for _, option := range options {
		if rest, ok := strings.CutPrefix(option, "name=seccomp"); ok {
			_, profile, _ := strings.Cut(rest, ",profile=")
			return clip(profile, maxName)
		}
	}
	return ""
}

package dockerd

import (
	"context"
	"encoding/json"
	"errors"
)

// Setup is what the engine was told about the isolation of a container. A setting
// that the engine does not tell is absent, which is neither on nor off.
type Setup struct {
	Details
	Privileges SetupPrivileges
	Namespaces SetupNamespaces
	Files      SetupFiles
	Network    SetupNetwork
	Process    SetupProcess
	Log        LogDriver
	// OOMScoreAdj is -1000 (never killed) to 1000; OOMKillDisabled belongs to cgroup
	// v1 and is ignored on v2.
	OOMScoreAdj     int
	OOMKillDisabled bool
	Ulimits         []Ulimit
}

// SetupPrivileges is what the processes of a container may do.
type SetupPrivileges struct {
	Privileged      Opt[bool]
	SecurityOptions Opt[[]string]
	CapAdd, CapDrop Opt[[]string]
	// User is as in docker run --user, that of the image if nobody said anything.
	User string
	// Devices are paths on the host, requests of a driver ("gpu") and device cgroup
	// rules.
	Devices Opt[[]string]
	// AppArmorProfile is empty on a host without AppArmor, ProcessLabel on one
	// without SELinux.
	AppArmorProfile, ProcessLabel string
	MaskedPaths, ReadonlyPaths    Opt[[]string]
}

// SetupNamespaces are the modes of docker run --pid and the like: "", "private",
// "host", "shareable", "container:...".
type SetupNamespaces struct {
	PID, Network, IPC, UTS, Cgroup, User Opt[string]
}

// SetupFiles is what a container sees of file systems.
type SetupFiles struct {
	ReadonlyRoot Opt[bool]
	Mounts       Opt[[]MountPoint]
}

// MountPoint is one of a container's mounts. Source is a path on the host.
type MountPoint struct {
	// Type is bind, volume, tmpfs, npipe, cluster or image.
	Type, Name, Source, Destination, Driver string
	Writable                                bool
	// Propagation is empty, rprivate, private, rslave, slave, rshared or shared.
	Propagation string
}

// SetupNetwork is how a container is reached.
type SetupNetwork struct {
	Ports      Opt[[]Port]
	PublishAll Opt[bool]
	// Networks are the ids of the networks that it is in, in the order of their
	// names; without an id, the name.
	Networks []string
}

// Port is a published port.
type Port struct {
	// Container is as "18789/tcp".
	Container string
	// HostIP is empty for all addresses.
	HostIP, HostPort string
}

// SetupProcess is how the main process is started and looked after.
type SetupProcess struct {
	// Command is the first words of it, at most [mostCommand]: who it is, and what it
	// was told to start.
	Command []string
	// Init is absent where the engine's own default holds.
	Init Opt[bool]
	// HealthCheck tells whether there is one that is not switched off.
	HealthCheck bool
	Environment Opt[[]Variable]
	// Runtime is runc unless somebody chose another.
	Runtime string
}

// Variable is one of the environment. Its value is not kept.
type Variable struct {
	Name string
	// Set tells whether there is any value.
	Set bool
	// Remote tells of DOCKER_HOST alone that it names an engine by a network address.
	Remote bool
}

// LogDriver is where the output of a container goes. The sizes are as in
// docker run --log-opt.
type LogDriver struct{ Type, MaxSize, MaxFile string }

// Ulimit is a limit of setrlimit(2) that was asked for.
type Ulimit struct {
	Name       string
	Soft, Hard int64
}

// errNoHostConfig is an answer that leaves out what was asked for.
var errNoHostConfig = errors.New("the answer has no HostConfig")

// Setup asks for the isolation of one container, as Inspect does for its state. The
// values of its environment are an agent's keys: they are not decoded, and the
// answer is wiped when it has been read.
func (c *Client) Setup(ctx context.Context, name string) (Setup, error) {
	var setup Setup
	err := c.inspected(ctx, name, func(data []byte) (err error) {
		setup, err = decodeSetup(data)
		return err
	})
	return setup, err
}

// decodeSetup reads an inspect document.
func decodeSetup(data []byte) (Setup, error) {
	details, err := decodeInspect(data)
	if err != nil {
		return Setup{}, err
	}
	var raw setupWire
	if err := json.Unmarshal(data, &raw); err != nil {
		return Setup{}, err
	}
	if raw.HostConfig == nil {
		return Setup{}, errNoHostConfig
	}
	return raw.setup(details), nil
}

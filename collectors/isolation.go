package collectors

// Isolation is what is known at one moment of how a container is shut in. The
// kernel's word and the engine's stand side by side, for they may differ. Its texts
// are clean.
type Isolation struct {
	ID   string
	Name string
	// Image is the reference that it was made from.
	Image string
	// Agent says that it has the marks of the agent.
	Agent  bool
	Kernel KernelIsolation
	Engine EngineIsolation
}

// KernelIsolation is what is in force for the main process, and for the cgroup.
type KernelIsolation struct {
	Privileges Fact[Privileges]
	UserMap    Fact[[]IDRange]
	// Label is what AppArmor or SELinux holds it to; absent where no module does.
	Label Fact[string]
	// Shared are the kinds of namespaces that it shares with the host, of those in
	// [NamespaceKinds].
	Shared Fact[[]string]
	Mounts Fact[[]Mount]
	// Directories are the directories of the host that it has mounted.
	Directories Fact[[]Directory]
	Firewall    Firewall
	OpenFiles   Fact[Limit[uint64]]
	// Processes is the limit on those of its user, wherever they run.
	Processes Fact[Limit[uint64]]
	// CoreSize is how large a core dump may be.
	CoreSize Fact[Limit[Bytes]]
	Memory   Fact[Limit[Bytes]]
	// Swap is absent on a kernel that does not account for swap.
	Swap  Fact[Limit[Bytes]]
	Cores Fact[Limit[Cores]]
	Pids  Fact[Limit[uint64]]
}

// NamespaceKinds are the namespaces that a container should have to itself, as
// /proc/PID/ns names them.
func NamespaceKinds() []string { return []string{"pid", "net", "ipc", "uts", "cgroup", "user"} }

// Privileges is what the kernel holds a process to.
type Privileges struct {
	// Program is its name, which it chooses itself.
	Program string
	// UID is the user as the host counts it.
	UID uint32
	// Effective are the capabilities that it has, one bit each; Reachable, those that
	// it has or can get back by executing a program.
	Effective, Reachable uint64
	// NoNewPrivileges and Filtered (by seccomp) are absent on a kernel that has no
	// such thing.
	NoNewPrivileges Opt[bool]
	Filtered        Opt[bool]
}

// IDRange maps Count user ids from Inside on, as the container counts them, to
// those from Outside on.
type IDRange struct{ Inside, Outside, Count uint32 }

// Mount is one mount that a path of the container leads to.
type Mount struct {
	Point string
	// HostPath is where the same directory is on the host; empty where it has no
	// place there.
	HostPath string
	// Root is the directory within its file system.
	Root   string
	FSType string
	// Size is that of a tmpfs; Unlimited, that it has none.
	Size                     Opt[Bytes]
	Unlimited                bool
	ReadOnly, NoExec, NoSUID bool
	Shared                   bool
}

// Directory is a directory of the host that a container has mounted.
type Directory struct {
	// Point is where it is in the container.
	Point string
	UID   uint32
	// Mode are the permission bits.
	Mode uint32
	// Why says why nothing is known of it; empty when it is.
	Why string
}

// EngineIsolation is what the engine knows.
type EngineIsolation struct {
	Configuration Fact[Configuration]
	Image         Fact[ImageState]
	Networks      Fact[[]NetworkState]
	Daemon        Fact[Daemon]
}

// Configuration is what the engine was told to set up. What it does not tell is
// absent.
type Configuration struct {
	Limits     ConfiguredLimits
	Privileges ConfiguredPrivileges
	// Namespaces are the modes by the kind of [NamespaceKinds]: "", "private",
	// "host", "shareable", "container:...".
	Namespaces map[string]string
	Files      ConfiguredFiles
	Network    ConfiguredNetwork
	Operations ConfiguredOperations
}

// ConfiguredLimits are limits.
type ConfiguredLimits struct {
	// MemoryAndSwap is both together: equal to Memory, there is no swap.
	Memory, MemoryAndSwap Limit[Bytes]
	Cores                 Limit[Cores]
	Pids                  Limit[uint64]
	OOMKillDisabled       bool
	OOMScoreAdj           int
}

// ConfiguredPrivileges are privileges.
type ConfiguredPrivileges struct {
	Privileged      Opt[bool]
	SecurityOptions Opt[[]string]
	CapAdd, CapDrop Opt[[]string]
	User            string
	Devices         Opt[[]string]
	AppArmorProfile string
	ProcessLabel    string
	// Masked cannot be seen at all, ReadOnly cannot be written to.
	Masked, ReadOnly Opt[[]string]
}

// ConfiguredFiles is what there is of file systems.
type ConfiguredFiles struct {
	ReadOnlyRoot Opt[bool]
	// Tmpfs maps a mount point to its options.
	Tmpfs  map[string]string
	Mounts Opt[[]ConfiguredMount]
}

// ConfiguredMount is a mount that was asked for. Source is a path on the host.
type ConfiguredMount struct {
	// Type is bind, volume, tmpfs and so on; Name is that of a volume.
	Type, Name, Source, Point, Propagation string
	Writable                               bool
}

// ConfiguredNetwork is how the container is reached.
type ConfiguredNetwork struct {
	Ports      Opt[[]PublishedPort]
	PublishAll Opt[bool]
}

// PublishedPort is a port of the host that leads into the container.
type PublishedPort struct {
	// Container is as "18789/tcp"; HostIP is empty for all addresses.
	Container, HostIP, HostPort string
}

// ConfiguredOperations is how the container is looked after.
type ConfiguredOperations struct {
	RestartPolicy string
	LogDriver     string
	LogMaxSize    string
	HealthCheck   bool
	// Init is absent where the engine's own default holds.
	Init Opt[bool]
	// Command is the beginning of the main process's command line.
	Command []string
	// Environment are the names of variables that have a value.
	Environment Opt[[]string]
	// RemoteEngine says that DOCKER_HOST names an engine by a network address.
	RemoteEngine bool
	Runtime      string
}

// ImageState is the image that a container runs.
type ImageState struct {
	ID      string
	Digests []string
	// Tagged is the id of the image that the container's reference means by now;
	// absent when the engine has none under it any more.
	Tagged Opt[string]
}

// NetworkState is a network that a container is in.
type NetworkState struct {
	Name string
	// Driver is bridge, macvlan and so on; empty where the engine does not tell.
	Driver string
	// Bridge is the interface of the host that it ends in; empty for other drivers.
	Bridge string
	// Subnets are its own, as prefixes.
	Subnets  []string
	Internal bool
	IPv6     bool
	// Why says why nothing is known of it; empty when it is.
	Why string
}

// Daemon is what the engine says of itself.
type Daemon struct {
	Version         string
	Rootless        bool
	UserNamespace   bool
	NoNewPrivileges bool
	LiveRestore     bool
	// AppArmor and SELinux tell which module the engine uses; Seccomp names its
	// default profile, empty without one.
	AppArmor, SELinux bool
	Seccomp           string
	Firewall          string
}

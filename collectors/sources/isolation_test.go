package sources

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/dockerd/dockerdtest"
	"brink/collectors/hostfs"
	"brink/collectors/netfilter"
)

// cage is a container of the fake engine with its files on a host in a folder.
type cage struct {
	engine *dockerdtest.Engine
	id     string
	root   string
	filter FilterAPI
}

const cagePID = 4121

// newCage runs the agent with a bind mount of a path that is a link on the host, and
// lays out what the kernel shows of it.
func newCage(t *testing.T) cage {
	t.Helper()
	engine := dockerdtest.New(t)
	id := engine.Run(dockerdtest.Container{
		Name: "openclaw-agent", Image: "openclaw/openclaw:2.1", PID: cagePID, Memory: 2 << 30, MemorySwap: 2 << 30, NanoCPUs: 1_500_000_000, Pids: 256,
		Env: []string{"ANTHROPIC_API_KEY=hunter2", "EMPTY=", "DOCKER_HOST=tcp://proxy:2375"}, NetworkMode: "agent-net",
		Inspect: func(r *container.InspectResponse) {
			r.HostConfig.CapDrop = []string{"A\x1b[2JLL"}
			r.Mounts = []container.MountPoint{{Type: mount.TypeBind, Source: "/srv/link", Destination: "/data", RW: true, Propagation: mount.PropagationRSlave}}
			r.NetworkSettings = &container.NetworkSettings{Networks: map[string]*network.EndpointSettings{"agent-net": {NetworkID: "abcd"}, "lost": {NetworkID: "ef01"}}}
		},
	})
	engine.SetNetwork("agent-net", "abcd", true)
	engine.SetImage("openclaw/openclaw:2.1", "sha256:newer")
	engine.SetImage("sha256:"+id, "sha256:"+id, "openclaw/openclaw@sha256:old")
	c := cage{engine: engine, id: id, root: t.TempDir()}
	c.layOut(t)
	return c
}

func (c cage) layOut(t *testing.T) {
	t.Helper()
	hostMounts := "27 28 0:24 / /run rw - tmpfs tmpfs rw\n28 1 254:1 / / rw shared:1 - ext4 /dev/vda1 rw\n29 28 254:2 /@agent /srv/agent rw - btrfs /dev/vdb rw\n"
	for name, text := range map[string]string{
		"proc/4121/status":       "Name:\tno\x1bde\nUid:\t101000\t101000\t101000\t101000\nCapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t400\nCapAmb:\t0\nNoNewPrivs:\t1\nSeccomp:\t2\n",
		"proc/4121/uid_map":      "0 100000 65536\n",
		"proc/4121/limits":       "Max core file size        0                    unlimited            bytes     \nMax processes             100                  1024                 processes \nMax open files            1024                 524288               files     \n",
		"proc/4121/attr/current": "docker-default (enforce)\n",
		"proc/4121/cgroup":       "0::/system.slice/docker-" + c.id + ".scope\n",
		"proc/4121/mountinfo": "612 551 0:50 / / ro - overlay overlay rw\n620 612 0:60 / /tmp rw,nosuid,noexec - tmpfs tmpfs rw,size=262144k\n" +
			"622 612 254:2 /@agent/data /data rw shared:9 - btrfs /dev/vdb rw\n626 612 0:24 /docker.sock /x\\033 ro - tmpfs tmpfs rw\n",
		"proc/1/mountinfo": hostMounts,
		"sys/system.slice/docker-" + c.id + ".scope/memory.max":      "2147483648\n",
		"sys/system.slice/docker-" + c.id + ".scope/memory.swap.max": "0\n",
		"sys/system.slice/docker-" + c.id + ".scope/cpu.max":         "150000 100000\n",
	} {
		write(t, filepath.Join(c.root, name), text)
	}
	for pid, number := range map[string]string{"1": "1", "4121": "2"} {
		for _, kind := range collectors.NamespaceKinds() {
			c.link(t, "proc/"+pid+"/ns/"+kind, kind+":["+number+"]")
		}
	}
	write(t, filepath.Join(c.root, "world/data/file"), "")
	if err := os.Chmod(filepath.Join(c.root, "world/data"), 0o750); err != nil {
		t.Fatal(err)
	}
	c.link(t, "proc/4121/root", filepath.Join(c.root, "world"))
}

func (c cage) link(t *testing.T, name, target string) {
	t.Helper()
	path := filepath.Join(c.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(path)
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func (c cage) reader(t *testing.T) *Isolations {
	t.Helper()
	return NewIsolations(clientOf(t, c.engine.Host()), c.filter, PlaceOptions{
		Proc:    hostfs.New(filepath.Join(c.root, "proc")),
		Cgroups: cgroupfs.NewFS(filepath.Join(c.root, "sys"), cgroupfs.Options{}),
		Unified: true, Mode: hostfs.CgroupUnified.String(),
	})
}

func (c cage) read(t *testing.T) collectors.Isolation {
	t.Helper()
	isolation, err := c.reader(t).Read(t.Context(), AgentTarget())
	if err != nil {
		t.Fatal(err)
	}
	return isolation
}

func known[T any](t *testing.T, what string, fact collectors.Fact[T]) T {
	t.Helper()
	value, ok := fact.Get()
	if !ok {
		t.Fatalf("%s is not known: %s", what, fact.Why())
	}
	return value
}

func TestIsolationByTheKernel(t *testing.T) {
	got := newCage(t).read(t).Kernel
	if held := known(t, "privileges", got.Privileges); held.UID != 101000 || held.Effective != 0 || held.Reachable != 0x400 || held.Program != "no·de" || held.NoNewPrivileges != collectors.Some(true) || held.Filtered != collectors.Some(true) {
		t.Errorf("%+v", held)
	}
	if ranges := known(t, "map", got.UserMap); !slices.Equal(ranges, []collectors.IDRange{{Inside: 0, Outside: 100000, Count: 65536}}) {
		t.Errorf("%v", ranges)
	}
	if label := known(t, "label", got.Label); label != "docker-default (enforce)" {
		t.Errorf("%q", label)
	}
	if shared := known(t, "namespaces", got.Shared); len(shared) != 0 {
		t.Errorf("%v", shared)
	}
	want := []collectors.Mount{
		{Point: "/", Root: "/", FSType: "overlay", ReadOnly: true},
		{Point: "/tmp", Root: "/", FSType: "tmpfs", Size: collectors.Some[collectors.Bytes](256 << 20), NoExec: true, NoSUID: true},
		{Point: "/data", Root: "/@agent/data", FSType: "btrfs", HostPath: "/srv/agent/data", Shared: true},
		{Point: "/x·", Root: "/docker.sock", FSType: "tmpfs", HostPath: "/run/docker.sock", ReadOnly: true},
	}
	if diff := cmp.Diff(want, known(t, "mounts", got.Mounts), everything()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	directories := known(t, "directories", got.Directories)
	if len(directories) != 1 || directories[0].Point != "/data" || directories[0].Mode != 0o750 || int(directories[0].UID) != os.Getuid() {
		t.Errorf("%+v", directories)
	}
	if memory, swap, cores := known(t, "memory", got.Memory), known(t, "swap", got.Swap), known(t, "cores", got.Cores); memory != collectors.LimitOf[collectors.Bytes](2<<30) || swap != collectors.LimitOf[collectors.Bytes](0) || cores != collectors.LimitOf[collectors.Cores](1.5) {
		t.Errorf("%v, %v, %v", memory, swap, cores)
	}
	if !got.Pids.Absent() || got.Pids.Why() != "the cgroup has no pids.max" {
		t.Errorf("a controller that is not on is no limit: %+v", got.Pids)
	}
	if files := known(t, "files", got.OpenFiles); files != collectors.LimitOf[uint64](524288) {
		t.Errorf("%v", files)
	}
	if processes := known(t, "processes", got.Processes); processes != collectors.LimitOf[uint64](1024) {
		t.Errorf("%v", processes)
	}
	if core := known(t, "core", got.CoreSize); !core.Unlimited() {
		t.Errorf("%v", core)
	}
}

func TestIsolationByTheEngine(t *testing.T) {
	got := newCage(t).read(t)
	if !got.Agent || got.Name != "openclaw-agent" || got.Image != "openclaw/openclaw:2.1" {
		t.Errorf("%+v", got)
	}
	configuration := known(t, "configuration", got.Engine.Configuration)
	if names, _ := configuration.Operations.Environment.Get(); !slices.Equal(names, []string{"ANTHROPIC_API_KEY", "DOCKER_HOST"}) || !configuration.Operations.RemoteEngine {
		t.Errorf("%q, %v", names, configuration.Operations.RemoteEngine)
	}
	if drop, _ := configuration.Privileges.CapDrop.Get(); !slices.Equal(drop, []string{"A·[2JLL"}) {
		t.Errorf("%q", drop)
	}
	if mounts, _ := configuration.Files.Mounts.Get(); !slices.Equal(mounts, []collectors.ConfiguredMount{{Type: "bind", Source: "/srv/link", Point: "/data", Propagation: "rslave", Writable: true}}) {
		t.Errorf("%+v", mounts)
	}
	image := known(t, "image", got.Engine.Image)
	if image.Tagged != collectors.Some("sha256:newer") || !slices.Equal(image.Digests, []string{"openclaw/openclaw@sha256:old"}) {
		t.Errorf("%+v", image)
	}
	networks := known(t, "networks", got.Engine.Networks)
	if len(networks) != 2 || !reflect.DeepEqual(networks[0], collectors.NetworkState{Name: "agent-net", Driver: "bridge", Bridge: "br-abcd", Internal: true}) || !strings.Contains(networks[1].Why, "no such network") {
		t.Errorf("%+v", networks)
	}
	if daemon := known(t, "daemon", got.Engine.Daemon); daemon.Seccomp != "builtin" || daemon.Version != "28.5.2" {
		t.Errorf("%+v", daemon)
	}
}

func TestIsolationTellsWhatIsShared(t *testing.T) {
	c := newCage(t)
	c.link(t, "proc/4121/ns/net", "net:[1]")
	if shared := known(t, "namespaces", c.read(t).Kernel.Shared); !slices.Equal(shared, []string{"net"}) {
		t.Errorf("%v", shared)
	}
}

// What cannot be read says why, and spoils nothing else.
func TestIsolationInTheDark(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, c cage)
		dark  func(collectors.Isolation) string
		light func(collectors.Isolation) bool
		why   string
	}{
		{
			"another process has the number",
			func(t *testing.T, c cage) { write(t, filepath.Join(c.root, "proc/4121/cgroup"), "0::/other\n") },
			func(i collectors.Isolation) string { return i.Kernel.Privileges.Why() },
			// The cgroup is found by its name all the same.
			func(i collectors.Isolation) bool { return i.Kernel.Memory.Known() && i.Engine.Configuration.Known() },
			"which is not the container's",
		},
		{
			"no process there",
			func(t *testing.T, c cage) { remove(t, filepath.Join(c.root, "proc/4121")) },
			func(i collectors.Isolation) string { return i.Kernel.Mounts.Why() },
			func(i collectors.Isolation) bool { return i.Engine.Daemon.Known() },
			"is not to be seen on this host",
		},
		{
			"a status that makes no sense",
			func(t *testing.T, c cage) { write(t, filepath.Join(c.root, "proc/4121/status"), "Uid:\t0\n") },
			func(i collectors.Isolation) string { return i.Kernel.Privileges.Why() },
			func(i collectors.Isolation) bool { return i.Kernel.Mounts.Known() },
			"ends too early",
		},
		{
			"the host's mounts",
			func(t *testing.T, c cage) { remove(t, filepath.Join(c.root, "proc/1/mountinfo")) },
			func(i collectors.Isolation) string { return i.Kernel.Mounts.Why() },
			func(i collectors.Isolation) bool { return i.Kernel.Privileges.Known() },
			"the mounts of the host",
		},
		{
			"no info",
			func(_ *testing.T, c cage) { c.engine.Fail("/info", dockerdtest.Forbidden()) },
			func(i collectors.Isolation) string { return i.Engine.Daemon.Why() },
			func(i collectors.Isolation) bool { return i.Engine.Configuration.Known() },
			"refused",
		},
		{
			"no images",
			func(_ *testing.T, c cage) {
				c.engine.Fail("/images/openclaw/openclaw:2.1/json", dockerdtest.Forbidden())
			},
			func(i collectors.Isolation) string { return i.Engine.Image.Why() },
			func(i collectors.Isolation) bool { return i.Engine.Networks.Known() },
			"refused",
		},
		{
			"no inspect",
			func(_ *testing.T, c cage) { c.engine.Fail("/containers/"+c.id+"/json", dockerdtest.Forbidden()) },
			func(i collectors.Isolation) string { return i.Engine.Configuration.Why() },
			func(i collectors.Isolation) bool { return i.Engine.Daemon.Known() && i.Kernel.Memory.Unknown() },
			"refused",
		},
		{
			"it does not run",
			func(_ *testing.T, c cage) { c.engine.Stop(c.id, 0) },
			func(i collectors.Isolation) string { return i.Kernel.Memory.Why() },
			func(i collectors.Isolation) bool { return i.Engine.Configuration.Known() },
			"the container does not run",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCage(t)
			test.spoil(t, c)
			isolation := c.read(t)
			if why := test.dark(isolation); !strings.Contains(why, test.why) {
				t.Errorf("%q, want %q", why, test.why)
			}
			if !test.light(isolation) {
				t.Errorf("something else is dark as well: %+v", isolation)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func TestIsolationOfNobody(t *testing.T) {
	c := newCage(t)
	for text, want := range map[string]string{"nobody": "no container has the name or id nobody", "cgroup:/x": "cgroup:/x is a cgroup"} {
		target, err := ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.reader(t).Read(t.Context(), target)
		unresolved, ok := errors.AsType[*UnresolvedError](err)
		if !ok || !strings.HasPrefix(unresolved.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	c.engine.Run(dockerdtest.Container{Name: "a", Labels: map[string]string{"com.docker.compose.service": "web"}})
	c.engine.Run(dockerdtest.Container{Name: "b", Labels: map[string]string{"com.docker.compose.service": "web"}})
	target, err := ParseTarget("service:web")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.reader(t).Read(t.Context(), target); err == nil || !strings.HasSuffix(err.Error(), ": a, b") {
		t.Errorf("%v", err)
	}
}

func TestHostPath(t *testing.T) {
	host, err := hostfs.ParseMountinfo([]byte("1 0 8:1 / / rw - ext4 d rw\n2 1 8:2 / /home rw - ext4 d rw\n3 1 8:2 /me/agent /srv/agent rw - ext4 d rw\n4 1 8:3 /@ /data rw - btrfs d rw\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ mount, want string }{
		{"9 0 8:1 /etc /x rw - ext4 d rw", "/etc"},
		{"9 0 8:1 / /x rw - ext4 d rw", "/"},
		{"9 0 8:2 /me/.ssh /x rw - ext4 d rw", "/home/me/.ssh"},
		{"9 0 8:2 /me/agent/data /x rw - ext4 d rw", "/srv/agent/data"},
		{"9 0 8:2 /me/agentx /x rw - ext4 d rw", "/home/me/agentx"},
		{"9 0 8:3 /@ /x rw - btrfs d rw", "/data"},
		{"9 0 8:3 /@snapshots /x rw - btrfs d rw", ""},
		{"9 0 0:99 / /x rw - tmpfs d rw", ""},
	} {
		mounts, err := hostfs.ParseMountinfo([]byte(test.mount + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := hostPath(mounts[0], host); got != test.want {
			t.Errorf("%s: %q, want %q", test.mount, got, test.want)
		}
	}
}

// rules is a packet filter that answers the same to whoever asks, and counts.
type rules struct {
	chains []netfilter.Chain
	errs   map[string]error
	asked  int
}

func (r *rules) IPTables(_ context.Context, family string) ([]netfilter.Chain, error) {
	r.asked++
	return r.chains, r.errs[family]
}

func (r *rules) NFTables(context.Context) ([]netfilter.Chain, error) {
	r.asked++
	return r.chains, r.errs["nft"]
}

// TestFirewall: rules are read where they are those of the container's host, and only
// where the container sends anything by them.
func TestFirewall(t *testing.T) {
	hostile := []netfilter.Chain{{
		Family: "ip", Table: "filter", Name: "FORWARD", Hook: "forward", Priority: -5, Policy: netfilter.Drop,
		Rules: []netfilter.Rule{{Text: "-A \x1b[2J", Verdict: netfilter.Jump, Target: "X\x07", Matches: []netfilter.Match{{Key: netfilter.In, Negated: true, Values: []string{"br\x1b"}}}}},
	}}
	clean := []collectors.FilterChain{{
		Family: "ip", Table: "filter", Name: "FORWARD", Hook: "forward", Priority: -5, Policy: collectors.FilterDrop,
		Rules: []collectors.FilterRule{{Text: "-A ·[2J", Verdict: collectors.FilterJump, Target: "X·", Matches: []collectors.FilterMatch{{Key: collectors.FilterIn, Negated: true, Values: []string{"br·"}}}}},
	}}
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, c *cage, r *rules)
		why   string
	}{
		{"read", func(*testing.T, *cage, *rules) {}, ""},
		{"nobody to ask", func(_ *testing.T, c *cage, _ *rules) { c.filter = nil }, "nobody was told to look"},
		{"nothing leads outside", func(_ *testing.T, c *cage, _ *rules) { c.engine.SetNetwork("agent-net", "abcd", true) }, "none of its networks leads outside"},
		{"the container is elsewhere", func(t *testing.T, c *cage, _ *rules) { remove(t, filepath.Join(c.root, "proc/4121")) }, "those of the engine's host"},
		{"brink has a network of its own", func(t *testing.T, c *cage, _ *rules) { c.link(t, "proc/self/ns/net", "net:[7]") }, "not in the host's network"},
		{"whose network is not known", func(t *testing.T, c *cage, _ *rules) { remove(t, filepath.Join(c.root, "proc/self")) }, "whether brink is in the host's network"},
		{"no inspect", func(_ *testing.T, c *cage, _ *rules) {
			c.engine.Fail("/containers/"+c.id+"/json", dockerdtest.Forbidden())
		}, "refused"},
		{"no right", func(_ *testing.T, _ *cage, r *rules) {
			r.errs["ip"] = errors.New("iptables-save: you must be \x1broot")
		}, "iptables-save: you must be ·root"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, r := newCage(t), &rules{chains: hostile, errs: map[string]error{"ip6": netfilter.ErrNoTool}}
			c.engine.SetNetwork("agent-net", "abcd", false)
			c.link(t, "proc/self/ns/net", "net:[1]")
			c.filter = r
			test.spoil(t, &c, r)
			got := c.read(t).Kernel.Firewall
			if test.why != "" {
				if !got.IPv4.Unknown() || !strings.Contains(got.IPv4.Why(), test.why) || r.asked > 0 && test.name != "no right" {
					t.Errorf("%q, asked %d times", got.IPv4.Why(), r.asked)
				}
				return
			}
			if diff := cmp.Diff(clean, known(t, "rules", got.IPv4)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !got.IPv6.Absent() || !got.Tables.Known() {
				t.Errorf("%+v, %+v", got.IPv6, got.Tables)
			}
		})
	}
}

package baseline

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	units "github.com/docker/go-units"
	"go.yaml.in/yaml/v3"

	"brink/alerts/audit"
	"brink/collectors"
	"brink/collectors/netfilter"
)

// composeFile is the part of a compose file that a baseline may have.
type composeFile struct {
	Services map[string]composeService
	Networks map[string]struct {
		Name, Driver string
		Internal     bool
		Options      map[string]string `yaml:"driver_opts"`
		IPAM         struct {
			Config []struct{ Subnet string }
		}
	}
	Secrets map[string]struct{ File string }
}

type composeService struct {
	Name           string `yaml:"container_name"`
	Image, Restart string
	Init           bool
	Memory         string `yaml:"mem_limit"`
	MemoryAndSwap  string `yaml:"memswap_limit"`
	CPUs           float64
	Pids           uint64 `yaml:"pids_limit"`
	Ulimits        struct {
		Files     struct{ Soft, Hard uint64 } `yaml:"nofile"`
		Processes uint64                      `yaml:"nproc"`
		Core      *uint64
	}
	User     string
	CapDrop  []string `yaml:"cap_drop"`
	CapAdd   []string `yaml:"cap_add"`
	Options  []string `yaml:"security_opt"`
	IPC      string
	ReadOnly bool `yaml:"read_only"`
	Tmpfs    []string
	Volumes  []struct {
		Type, Source, Target string
		Bind                 struct {
			Create *bool `yaml:"create_host_path"`
		}
	}
	Secrets     []string
	Environment map[string]string
	Networks    []string
	Ports       []string
	Health      struct {
		Test                            []string
		Interval, Timeout, Start_period string //nolint:revive // a key of compose
		Retries                         int
	} `yaml:"healthcheck"`
	Logging struct {
		Driver  string
		Options map[string]string
	}
}

// parseCompose takes a text for a compose file, and refuses a key that is not known.
func parseCompose(t *testing.T, text string) composeFile {
	t.Helper()
	var file composeFile
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return file
}

// facts is what an engine with the settings of the baseline would tell of the service.
func (f composeFile) facts(t *testing.T) audit.Facts {
	t.Helper()
	s := f.Services["openclaw"]
	return audit.Facts{
		Name: s.Name, Image: s.Image, Agent: true,
		Engine: collectors.EngineIsolation{
			Configuration: told(collectors.Configuration{
				Limits: s.limits(t), Privileges: s.privileges(), Files: s.files(), Network: s.published(),
				Namespaces: map[string]string{"pid": "", "net": f.Networks["agent"].Name, "ipc": s.IPC, "uts": "", "cgroup": "private", "user": ""},
				Operations: s.operations(),
			}),
			Image: told(collectors.ImageState{ID: "sha256:aa", Digests: []string{s.Image}}),
			Networks: told([]collectors.NetworkState{{
				Name: f.Networks["agent"].Name, Driver: f.Networks["agent"].Driver, Internal: f.Networks["agent"].Internal,
				Bridge: f.Networks["agent"].Options["com.docker.network.bridge.name"],
			}}),
			Daemon: told(collectors.Daemon{Version: "29.0.0", UserNamespace: true, NoNewPrivileges: true, LiveRestore: true, AppArmor: true, Seccomp: "builtin"}),
		},
	}
}

func told[T any](value T) collectors.Fact[T] {
	return collectors.KnownFact(collectors.WitnessEngine, value)
}

func some[T any](value T) collectors.Opt[T] { return collectors.Some(value) }

func (s composeService) limits(t *testing.T) collectors.ConfiguredLimits {
	t.Helper()
	size := func(text string) collectors.Limit[collectors.Bytes] {
		n, err := units.RAMInBytes(text)
		if err != nil {
			t.Fatal(err)
		}
		return collectors.LimitOf(collectors.Bytes(n))
	}
	return collectors.ConfiguredLimits{
		Memory: size(s.Memory), MemoryAndSwap: size(s.MemoryAndSwap), Cores: collectors.LimitOf(collectors.Cores(s.CPUs)), Pids: collectors.LimitOf(s.Pids),
	}
}

func (s composeService) privileges() collectors.ConfiguredPrivileges {
	return collectors.ConfiguredPrivileges{
		Privileged: some(false), SecurityOptions: some(s.Options), CapAdd: some(s.CapAdd), CapDrop: some(s.CapDrop), User: s.User,
		Devices: some([]string(nil)), AppArmorProfile: "docker-default", Masked: some([]string{"/proc/kcore", "/proc/keys"}), ReadOnly: some([]string{"/proc/sys"}),
	}
}

func (s composeService) files() collectors.ConfiguredFiles {
	files := collectors.ConfiguredFiles{ReadOnlyRoot: some(s.ReadOnly), Tmpfs: map[string]string{}}
	for _, text := range s.Tmpfs {
		point, options, _ := strings.Cut(text, ":")
		files.Tmpfs[point] = options
	}
	var mounts []collectors.ConfiguredMount
	for _, v := range s.Volumes {
		mounts = append(mounts, collectors.ConfiguredMount{Type: v.Type, Source: "/srv/" + strings.TrimPrefix(v.Source, "./"), Point: v.Target, Propagation: "rprivate", Writable: true})
	}
	for _, name := range s.Secrets {
		mounts = append(mounts, collectors.ConfiguredMount{Type: "bind", Source: "/srv/secrets/" + name, Point: "/run/secrets/" + name, Propagation: "rprivate"})
	}
	files.Mounts = some(mounts)
	return files
}

func (s composeService) published() collectors.ConfiguredNetwork {
	var ports []collectors.PublishedPort
	for _, text := range s.Ports {
		cut := strings.LastIndex(text, ":")
		outside := strings.LastIndex(text[:cut], ":")
		address, host := text[:outside], text[outside+1:cut]
		ports = append(ports, collectors.PublishedPort{Container: text[cut+1:] + "/tcp", HostIP: strings.Trim(address, "[]"), HostPort: host})
	}
	return collectors.ConfiguredNetwork{Ports: some(ports), PublishAll: some(false)}
}

func (s composeService) operations() collectors.ConfiguredOperations {
	var names []string
	for name := range s.Environment {
		names = append(names, name)
	}
	return collectors.ConfiguredOperations{
		RestartPolicy: s.Restart, LogDriver: s.Logging.Driver, LogMaxSize: s.Logging.Options["max-size"], HealthCheck: len(s.Health.Test) > 0,
		Init: some(s.Init), Environment: some(names), Runtime: "runc",
	}
}

// firewallOf is what iptables-save would show once the script has run that the compose
// file names, on an engine up to 28.2.1 with its RETURN.
func firewallOf(t *testing.T, page string) collectors.Firewall {
	t.Helper()
	fw := DefaultFirewall()
	fw.Allow = []string{"192.0.2.0/24"}
	if _, bridge, found := strings.Cut(page, "brink baseline firewall --bridge "); found {
		fw.Bridge, _, _ = strings.Cut(bridge, "`")
	}
	script := text(t, func(w io.Writer) error { return WriteFirewall(w, fw, false) })
	_, script, _ = strings.Cut(script, "apply() {")
	script, _, _ = strings.Cut(script, "| \"$1-restore\"")
	chains, rules := ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n", "-A FORWARD -j DOCKER-USER\n"
	for line := range strings.Lines(script) {
		said, echoed := strings.CutPrefix(strings.TrimSpace(line), "echo ")
		said = strings.NewReplacer("$2", "set", "$3", "icmp-admin-prohibited").Replace(strings.Trim(said, `'"`))
		switch {
		case !echoed:
		case strings.HasPrefix(said, ":"):
			chains += said + "\n"
		case strings.HasPrefix(said, "-I "):
			rules += strings.Replace("-A"+said[2:], " 1 ", " ", 1) + "\n"
		case strings.HasPrefix(said, "-A "):
			rules += said + "\n"
		}
	}
	list, err := netfilter.ParseSave("ip", []byte("*filter\n"+chains+rules+"-A DOCKER-USER -j RETURN\nCOMMIT\n"))
	if err != nil {
		t.Fatal(err)
	}
	absent := collectors.AbsentFact[[]collectors.FilterChain](collectors.WitnessKernel, "not found")
	return collectors.Firewall{IPv4: collectors.KnownFact(collectors.WitnessKernel, vocabulary(list)), IPv6: absent, Tables: absent}
}

// vocabulary puts rules into the words of an audit.
func vocabulary(list []netfilter.Chain) []collectors.FilterChain {
	var chains []collectors.FilterChain
	for _, c := range list {
		chain := collectors.FilterChain{Family: c.Family, Table: c.Table, Name: c.Name, Hook: c.Hook, Policy: collectors.FilterVerdict(c.Policy)}
		for _, r := range c.Rules {
			rule := collectors.FilterRule{Text: r.Text, Verdict: collectors.FilterVerdict(r.Verdict), Target: r.Target}
			for _, m := range r.Matches {
				rule.Matches = append(rule.Matches, collectors.FilterMatch{Key: collectors.FilterKey(m.Key), Negated: m.Negated, Values: m.Values})
			}
			chain.Rules = append(chain.Rules, rule)
		}
		chains = append(chains, chain)
	}
	return chains
}

// darkness are the checks that only the kernel could answer.
func darkness() []string { return []string{"open-files", "directories", "as-configured"} }

// TestComposeIsClean: what the file says, told by an engine, is all that the audit asks
// for, whatever the flags.
func TestComposeIsClean(t *testing.T) {
	image := "ghcr.io/openclaw/openclaw@sha256:" + strings.Repeat("ab", 32)
	for name, change := range map[string]func(*Compose){
		"as it is": func(*Compose) {},
		"internal": func(c *Compose) { c.Internal = true },
		"another home": func(c *Compose) {
			c.Data, c.Logs, c.Name, c.Network = "/srv/agent/data", "/srv/agent/logs", "agent-2", "net.2"
		},
		"IPv6":    func(c *Compose) { c.Bind, c.Subnet = "::1", "172.30.0.0/24" },
		"secrets": func(c *Compose) { c.Secrets = []string{"anthropic_api_key", "slack_token"} },
		"names that YAML takes for something else": func(c *Compose) { c.Name, c.Network, c.Secrets = "1e3", "007", []string{"yes", "null"} },
	} {
		t.Run(name, func(t *testing.T) {
			profile, _ := audit.BuiltIn(audit.ProfileOpenClaw)
			page := text(t, composed(func(c *Compose) { c.Image = image; change(c) }))
			facts := parseCompose(t, page).facts(t)
			facts.Kernel.Firewall = firewallOf(t, page)
			report := audit.Judge(facts, profile, time.Unix(0, 0))
			var amiss []string
			for _, f := range append(report.In(audit.StateFail), report.In(audit.StateUnknown)...) {
				amiss = append(amiss, f.Check)
				if f.State == audit.StateFail {
					t.Errorf("%s: %s\n%s", f.Check, f.Found, page)
				}
			}
			if fmt.Sprint(amiss) != fmt.Sprint(darkness()) {
				t.Errorf("%q, want %q", amiss, darkness())
			}
		})
	}
}

// TestComposeSaysWhatItWasTold: each value is where it belongs.
func TestComposeSaysWhatItWasTold(t *testing.T) {
	file := parseCompose(t, text(t, composed(func(c *Compose) {
		c.Name, c.Memory, c.Tmp, c.Run, c.CPUs, c.Pids, c.OpenFiles = "a", "1536m", "1g", "100k", 0.5, 2000, 512
		c.Bind, c.Port, c.User, c.Subnet, c.Bridge = "192.0.2.1", 80, "1234", "10.9.0.0/24", "br-a"
	})))
	s := file.Services["openclaw"]
	if s.Name != "a" || s.Memory != "1536m" || s.MemoryAndSwap != "1536m" || s.CPUs != 0.5 || s.Pids != 2000 || s.User != "1234" {
		t.Errorf("%+v", s)
	}
	if s.Ulimits.Files.Soft != 512 || s.Ulimits.Files.Hard != 512 || s.Ulimits.Processes != 8000 || s.Ulimits.Core == nil || *s.Ulimits.Core != 0 {
		t.Errorf("%+v", s.Ulimits)
	}
	if fmt.Sprint(s.Tmpfs) != "[/tmp:size=1g,noexec,nosuid,nodev /run:size=100k,noexec,nosuid,nodev]" || fmt.Sprint(s.Ports) != "[192.0.2.1:80:18789]" {
		t.Errorf("%q, %q", s.Tmpfs, s.Ports)
	}
	network := file.Networks["agent"]
	if network.Options["com.docker.network.bridge.name"] != "br-a" || network.IPAM.Config[0].Subnet != "10.9.0.0/24" || network.Internal {
		t.Errorf("%+v", network)
	}
	for _, v := range s.Volumes {
		if v.Bind.Create == nil || *v.Bind.Create {
			t.Errorf("%s: Docker would make it, as root", v.Source)
		}
	}
}

func TestOwner(t *testing.T) {
	for user, want := range map[string]string{"1000": "1001000", "1000:0": "1001000:1000000", "5:6": "1000005:1000006"} {
		c := DefaultCompose()
		c.User = user
		if got := c.Owner(); got != want {
			t.Errorf("%s: %s, want %s", user, got, want)
		}
	}
	c := DefaultCompose()
	c.FirstID = 0
	if got := c.Owner(); got != "1000:1000" {
		t.Errorf("%s", got)
	}
}

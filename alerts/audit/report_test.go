package audit

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/collectors"
)

func TestTheHardenedAgentIsClean(t *testing.T) {
	report := Judge(good(), openClaw(), day())
	for _, finding := range report.Findings {
		if finding.State != StatePass && finding.State != StateNotApplicable {
			t.Errorf("%s %s: %s", finding.State, finding.Check, finding.Found)
		}
	}
	if report.Worst() != alerts.SeverityNone || report.Unsure() || report.Passed != report.Judged || report.Passed < 30 {
		t.Errorf("%s, worst %s", report.Score(), report.Worst())
	}
}

// Nothing known passes nothing, whatever the profile.
func TestWhatIsUnknownIsNeverAPass(t *testing.T) {
	for _, name := range Profiles() {
		profile, _ := BuiltIn(name)
		report := Judge(Facts{}, profile, day())
		if report.Passed != 0 || !report.Unsure() || len(report.In(StateFail)) > 0 {
			t.Errorf("%s: %s, %v", name, report.Score(), report.In(StateFail))
		}
	}
}

func TestFindingsAreSorted(t *testing.T) {
	facts := good()
	facts.Kernel.Memory = kernel(collectors.Unlimited[collectors.Bytes]())
	facts.Kernel.Cores = kernel(collectors.Unlimited[collectors.Cores]())
	facts.Engine.Networks = collectors.UnknownFact[[]collectors.NetworkState]("refused")
	profile := openClaw()
	profile.Waivers = []Waiver{{"cpu-quota", "measuring", day()}}
	report := Judge(facts, profile, day())
	var states []State
	for _, finding := range report.Findings {
		states = append(states, finding.State)
	}
	want := []State{StateFail, StateUnknown, StateWaived, StatePass, StateNotApplicable}
	if got := slices.Compact(states); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if report.Findings[0].Check != "memory-limit" {
		t.Errorf("the worst comes first, not %s", report.Findings[0].Check)
	}
}

func TestWaivers(t *testing.T) {
	facts := good()
	facts.Kernel.Cores = kernel(collectors.Unlimited[collectors.Cores]())
	for _, test := range []struct {
		name   string
		waiver Waiver
		state  State
		until  string
	}{
		{"of another check", Waiver{"memory-limit", "r", day()}, StateFail, ""},
		{"on its last day", Waiver{"cpu-quota", "r", day().Truncate(24 * 3600e9)}, StateWaived, "2026-11-26"},
		{"a day later", Waiver{"cpu-quota", "r", day().Truncate(24*3600e9).AddDate(0, 0, -1)}, StateFail, "2026-11-25"},
		{"of a check that passes", Waiver{"pids-limit", "r", day()}, StateFail, ""},
	} {
		profile := openClaw()
		profile.Waivers = []Waiver{test.waiver}
		finding := findingOf(t, Judge(facts, profile, day()), "cpu-quota")
		if finding.State != test.state || finding.WaivedUntil != test.until {
			t.Errorf("%s: %s until %q", test.name, finding.State, finding.WaivedUntil)
		}
	}
}

func TestAtLeast(t *testing.T) {
	facts := good()
	facts.Engine.Daemon = engine(collectors.Daemon{UserNamespace: true, AppArmor: true, Seccomp: "builtin"})
	facts.Kernel.Cores = kernel(collectors.Unlimited[collectors.Cores]())
	report := Judge(facts, openClaw(), day())
	if report.Worst() != alerts.SeverityWarning || report.AtLeast(alerts.SeverityCritical).Worst() != alerts.SeverityNone {
		t.Errorf("%s, %s", report.Worst(), report.AtLeast(alerts.SeverityCritical).Worst())
	}
	if report.AtLeast(alerts.SeverityCritical).Score() != report.Score() {
		t.Error("the score is that of the whole")
	}
}

// hostileText is what a container, an image or a path may be called.
const hostileText = "x\x1b]0;owned\x07\r\nrm -rf / #\u202e'\"$(reboot)\xff"

// hostile is a container that chooses whatever text it can.
func hostile() Facts {
	f := good()
	f.Name, f.Image = hostileText, hostileText
	configure(func(c *collectors.Configuration) {
		c.Privileges = collectors.ConfiguredPrivileges{
			Privileged: some(false), SecurityOptions: some([]string{hostileText}), CapAdd: some([]string{hostileText}), CapDrop: some([]string{hostileText}),
			User: hostileText, Devices: some([]string{hostileText}), AppArmorProfile: hostileText,
		}
		for kind := range c.Namespaces {
			c.Namespaces[kind] = "container:" + hostileText
		}
		c.Namespaces["net"] = hostileText
		c.Files.Tmpfs = map[string]string{hostileText: "exec,size=" + hostileText}
		c.Files.Mounts = some([]collectors.ConfiguredMount{{Type: "bind", Source: "/etc/" + hostileText, Point: hostileText, Writable: true, Propagation: "shared"}})
		c.Network.Ports = some([]collectors.PublishedPort{{Container: hostileText, HostIP: "", HostPort: hostileText}})
		c.Operations = collectors.ConfiguredOperations{
			RestartPolicy: hostileText, LogDriver: hostileText, Command: []string{hostileText}, Environment: some([]string{"TOKEN" + hostileText}), Init: some(false),
		}
	})(&f)
	hold(func(p *collectors.Privileges) { p.Program = hostileText })(&f)
	f.Kernel.Label = kernel(hostileText)
	f.Kernel.Mounts = kernel([]collectors.Mount{
		{Point: "/" + hostileText, HostPath: "/" + hostileText, Shared: true},
		{Point: "/t" + hostileText, Root: "/", FSType: "tmpfs"},
		{Point: "/sys/fs/cgroup/" + hostileText},
	})
	f.Kernel.Directories = kernel([]collectors.Directory{{Point: "/" + hostileText, Mode: 0o777}})
	f.Engine.Image = engine(collectors.ImageState{ID: hostileText, Digests: []string{hostileText}, Tagged: some("x")})
	f.Engine.Networks = engine([]collectors.NetworkState{{Name: hostileText}, {Name: hostileText, Why: hostileText}})
	return f
}

// TestHostileTextStaysText: whatever is named, no finding holds a control character,
// and no fix holds a line that somebody else has written.
func TestHostileTextStaysText(t *testing.T) {
	profile := openClaw()
	profile.Internal = true
	for name, facts := range map[string]Facts{"both": hostile(), "engine alone": func() Facts { f := hostile(); blind(&f); return f }()} {
		for _, finding := range Judge(facts, profile, day()).Findings {
			data, err := json.Marshal(finding)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{finding.Found, strings.ReplaceAll(finding.Fix, "\n", "")} {
				if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u202e' }) {
					t.Errorf("%s: %s: %q", name, finding.Check, text)
				}
			}
			for line := range strings.SplitSeq(finding.Fix, "\n") {
				if strings.HasPrefix(strings.TrimSpace(line), "rm -rf") {
					t.Errorf("%s: %s: a line of the container's own stands in the fix:\n%s", name, finding.Check, data)
				}
			}
		}
	}
}

// TestOneChangeOneFinding: a hardened container that loses one thing has a finding
// about that, and about nothing else but that the kernel and the engine disagree.
func TestOneChangeOneFinding(t *testing.T) {
	for name, test := range map[string]struct {
		facts func(*Facts)
		want  []string
	}{
		"pids":                     {all(func(f *Facts) { f.Kernel.Pids = kernel(collectors.Unlimited[uint64]()) }, configure(func(c *collectors.Configuration) { c.Limits.Pids = collectors.Unlimited[uint64]() })), []string{"pids-limit"}},
		"swap":                     {all(func(f *Facts) { f.Kernel.Swap = kernel(collectors.LimitOf(2 * gib)) }, configure(func(c *collectors.Configuration) { c.Limits.MemoryAndSwap = collectors.LimitOf(4 * gib) })), []string{"no-swap"}},
		"socket":                   {bind("/var/run/docker.sock", "/x"), []string{"engine-socket", "mounts"}},
		"privileges":               {all(hold(func(p *collectors.Privileges) { p.NoNewPrivileges = some(false) }), configure(func(c *collectors.Configuration) { c.Privileges.SecurityOptions = some([]string(nil)) })), []string{"no-new-privileges"}},
		"behind the engine's back": {func(f *Facts) { f.Kernel.Cores = kernel(collectors.Unlimited[collectors.Cores]()) }, []string{"as-configured", "cpu-quota"}},
	} {
		facts := good()
		test.facts(&facts)
		var got []string
		for _, finding := range Judge(facts, openClaw(), day()).In(StateFail) {
			got = append(got, finding.Check)
		}
		slices.Sort(got)
		if name == "socket" {
			got = slices.DeleteFunc(got, func(id string) bool { return id == "directories" })
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestProfileOfAContainerAcceptsIt(t *testing.T) {
	facts := good()
	facts.Kernel.Memory, facts.Kernel.Swap = kernel(collectors.LimitOf(7*gib)), kernel(collectors.LimitOf(gib))
	facts.Kernel.Pids = kernel(collectors.LimitOf[uint64](999))
	hold(func(p *collectors.Privileges) { p.Reachable |= 1 })(&facts)
	configure(func(c *collectors.Configuration) {
		c.Limits.Memory, c.Limits.MemoryAndSwap, c.Limits.Pids = collectors.LimitOf(7*gib), collectors.LimitOf(8*gib), collectors.LimitOf[uint64](999)
		c.Privileges.CapAdd = some([]string{"NET_BIND_SERVICE", "CHOWN"})
		c.Operations.Environment = some([]string{"A_TOKEN"})
		c.Operations.RestartPolicy = "always"
	})(&facts)
	bind("/srv/a*b[c", "/x*")(&facts)
	profile := ProfileOf(facts)
	report := Judge(facts, profile, day())
	if list := Untrusted(report); len(list) > 0 {
		t.Errorf("%q", list)
	}
	if report.Unsure() {
		t.Errorf("%v", report.In(StateUnknown))
	}
	// Another container with a pattern's neighbour in the place of its mount is told apart.
	other := good()
	bind("/srv/axbc", "/xy")(&other)
	if finding := findingOf(t, Judge(other, profile, day()), "mounts"); finding.State != StateFail {
		t.Errorf("%+v", finding)
	}
}

func TestGrantedCapabilities(t *testing.T) {
	for _, test := range []struct {
		add, drop  []string
		privileged bool
		want       string
	}{
		{want: strings.Join(maskNames(capabilityMask(engineDefaults())), ",")},
		{drop: []string{"ALL"}, want: ""},
		{drop: []string{"all"}, add: []string{"cap_net_bind_service"}, want: "NET_BIND_SERVICE"},
		{drop: engineDefaults(), add: []string{"BPF"}, want: "BPF"},
		{add: []string{"ALL"}, drop: []string{"ALL"}, want: strings.Join(capabilityNames(), ",")},
		{add: []string{"NO_SUCH"}, drop: []string{"CAP_ALL"}, want: ""},
		{privileged: true, drop: []string{"ALL"}, want: strings.Join(capabilityNames(), ",")},
	} {
		if got := strings.Join(maskNames(grantedMask(test.add, test.drop, test.privileged)), ","); got != test.want {
			t.Errorf("add %v drop %v: %s, want %s", test.add, test.drop, got, test.want)
		}
	}
}

func FuzzTmpfsOptions(f *testing.F) {
	f.Add("size=256m,exec,nosuid")
	f.Add("size=50%")
	f.Fuzz(func(t *testing.T, options string) {
		s := configuredScratch("/tmp", options)
		if size, sized := s.size.Get(); sized && size == 0 {
			t.Errorf("%q: a size of nothing", options)
		}
		if s.executes && !strings.Contains(options, "exec") || s.uid && !strings.Contains(options, "suid") {
			t.Errorf("%q: %+v", options, s)
		}
	})
}

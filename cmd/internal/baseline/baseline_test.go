package baseline

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// hostile are values that would say more than they are.
func hostile() []string {
	return []string{
		"", " ", "a b", "a\nb", "a\n", "$(reboot)", "`reboot`", "a;reboot", "a'b", `a"b`, `a\b`, "a#b", "a&b", "a|b", "a>b", "{{.}}", "a,b", "-a", "--", "é", "a\x00",
		strings.Repeat("a", 300),
	}
}

// TestNothingIsInjected: no value that could end a word, a string or a line gets into
// any text, by any flag.
func TestNothingIsInjected(t *testing.T) {
	compose := map[string]func(*Compose, string){
		"name": func(c *Compose, v string) { c.Name = v }, "image": func(c *Compose, v string) { c.Image = v },
		"memory": func(c *Compose, v string) { c.Memory = v }, "tmp": func(c *Compose, v string) { c.Tmp = v }, "run": func(c *Compose, v string) { c.Run = v },
		"data": func(c *Compose, v string) { c.Data = v }, "logs": func(c *Compose, v string) { c.Logs = v },
		"bind": func(c *Compose, v string) { c.Bind = v }, "user": func(c *Compose, v string) { c.User = v },
		"network": func(c *Compose, v string) { c.Network = v }, "bridge": func(c *Compose, v string) { c.Bridge = v },
		"subnet": func(c *Compose, v string) { c.Subnet = v + " " }, "secret": func(c *Compose, v string) { c.Secrets = []string{v} },
	}
	daemon := map[string]func(*Daemon, string){
		"account": func(d *Daemon, v string) { d.Account = v }, "log-size": func(d *Daemon, v string) { d.LogSize = v },
	}
	firewall := map[string]func(*Firewall, string){
		"backend": func(f *Firewall, v string) { f.Backend = Backend(v) }, "name": func(f *Firewall, v string) { f.Name = v },
		"bridge": func(f *Firewall, v string) { f.Bridge = v }, "allow": func(f *Firewall, v string) { f.Allow = []string{v} },
		"allow-port": func(f *Firewall, v string) { f.Ports = []string{v} },
	}
	for _, value := range hostile() {
		for flag, set := range compose {
			c := DefaultCompose()
			set(&c, value)
			refused(t, flag, value, func(w io.Writer) error { return WriteCompose(w, c) })
		}
		for flag, set := range daemon {
			d := DefaultDaemon()
			set(&d, value)
			refused(t, flag, value, func(w io.Writer) error { return WriteDaemon(w, d, false) })
			refused(t, flag, value, func(w io.Writer) error { return WriteDaemon(w, d, true) })
			refused(t, flag, value, func(w io.Writer) error { return WriteDaemonJSON(w, d) })
		}
		for flag, set := range firewall {
			f := DefaultFirewall()
			set(&f, value)
			refused(t, flag, value, func(w io.Writer) error { return WriteFirewall(w, f, false) })
			refused(t, flag, value, func(w io.Writer) error { return WriteFirewall(w, f, true) })
		}
	}
}

// refused asks for an error that names the flag, and for not one byte.
func refused(t *testing.T, flag, value string, write func(io.Writer) error) {
	t.Helper()
	var text strings.Builder
	if err := write(&text); err == nil || !strings.Contains(err.Error(), "--"+flag+" ") {
		t.Errorf("--%s %q: %v", flag, value, err)
	}
	if text.Len() > 0 {
		t.Errorf("--%s %q printed %q", flag, value, text.String())
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(io.Writer) error
		want  []string
	}{
		{"memory that the engine refuses", composed(func(c *Compose) { c.Memory = "1m" }), []string{`--memory "1m" is less than the 6MiB`}},
		{"a size that is no size", composed(func(c *Compose) { c.Tmp = "0" }), []string{"--tmp"}},
		{"half a KiB", composed(func(c *Compose) { c.Run = "512b" }), []string{"whole KiB"}},
		{"root", composed(func(c *Compose) { c.User = "0:0" }), []string{"not root"}},
		{"up and away", composed(func(c *Compose) { c.Data = "/srv/../etc" }), []string{"leads by .."}},
		{"one directory for both", composed(func(c *Compose) { c.Logs = c.Data }), []string{"two directories"}},
		{"every address", composed(func(c *Compose) { c.Bind = "::" }), []string{"whole network"}},
		{"no port", composed(func(c *Compose) { c.Port = 0 }), []string{"between 1 and 65535"}},
		{"too few tasks", composed(func(c *Compose) { c.Pids = 1 }), []string{"between 16"}},
		{"IPv6 for a subnet", composed(func(c *Compose) { c.Subnet = "fd00::/64" }), []string{"not an IPv4 network"}},
		{"all faults at once", composed(func(c *Compose) { c.Name, c.CPUs, c.Port = "", 0, 70000 }), []string{"--name", "--cpus", "--port"}},
		{"the ids of the host", demon(func(d *Daemon) { d.FirstID = 0 }), []string{"--first-id 0"}},
		{"a bridge too long", walled(func(f *Firewall) { f.Bridge = "br-openclaw-agent" }), []string{"at most 15"}},
		{"everything", walled(func(f *Firewall) { f.Allow = []string{"::/0"} }), []string{"no policy"}},
		{"where a cloud tells secrets", walled(func(f *Firewall) { f.Allow = []string{"169.254.169.254"} }), []string{"169.254.169.254/32 does not lead outside"}},
		{"bits that count for nothing", walled(func(f *Firewall) { f.Allow = []string{"192.0.2.7/24"} }), []string{"write 192.0.2.0/24"}},
		{"IPv4 in IPv6", walled(func(f *Firewall) { f.Allow = []string{"::ffff:1.2.3.4"} }), []string{"write it as IPv4"}},
		{"a port of nothing", walled(func(f *Firewall) { f.Ports = []string{"sctp/1", "tcp/0"} }), []string{`"sctp/1"`, `"tcp/0"`}},
		{"more ports than a rule holds", walled(func(f *Firewall) {
			f.Ports = strings.Fields(strings.Repeat("udp/5 ", 3) + "tcp/1 tcp/2 tcp/3 tcp/4 tcp/5 tcp/6 tcp/7 tcp/8 tcp/9 tcp/10 tcp/11 tcp/12 tcp/13 tcp/14 tcp/15 tcp/16")
		}), []string{"names 16 ports"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.write(io.Discard)
			if err == nil {
				t.Fatal("no fault")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q, want %q", err, want)
				}
			}
			if faults := strings.Count(err.Error(), "--") - strings.Count(err.Error(), "brink --"); faults != len(test.want) {
				t.Errorf("%d faults, want %d: %v", faults, len(test.want), err)
			}
		})
	}
}

func composed(change func(*Compose)) func(io.Writer) error {
	c := DefaultCompose()
	change(&c)
	return func(w io.Writer) error { return WriteCompose(w, c) }
}

func demon(change func(*Daemon)) func(io.Writer) error {
	d := DefaultDaemon()
	change(&d)
	return func(w io.Writer) error { return WriteDaemon(w, d, false) }
}

func walled(change func(*Firewall)) func(io.Writer) error {
	f := DefaultFirewall()
	change(&f)
	return func(w io.Writer) error { return WriteFirewall(w, f, false) }
}

func text(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var text strings.Builder
	if err := write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// A network within another is in the set once, or nft refuses all of it.
func TestAllowedOnce(t *testing.T) {
	got := text(t, walled(func(f *Firewall) {
		f.Backend = NFTables
		f.Allow = []string{"192.0.2.7", "2001:db8::1", "192.0.2.0/24", "192.0.2.0/24", "2001:db8::/32", "198.51.100.1"}
	}))
	for _, want := range []string{"elements = { 192.0.2.0/24, 198.51.100.1/32 }\n", "elements = { 2001:db8::/32 }\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestDaemonJSON judges daemon.json, alone and within the script.
func TestDaemonJSON(t *testing.T) {
	d := DefaultDaemon()
	alone := text(t, func(w io.Writer) error { return WriteDaemonJSON(w, d) })
	script := text(t, func(w io.Writer) error { return WriteDaemon(w, d, false) })
	_, within, _ := strings.Cut(script, "<<'JSON'\n")
	within, _, ended := strings.Cut(within, "JSON\n")
	if !ended || within != alone {
		t.Errorf("the script has other settings:\n%s\nthan\n%s", within, alone)
	}
	decoder := json.NewDecoder(strings.NewReader(alone))
	decoder.DisallowUnknownFields()
	var got struct {
		Remap           string            `json:"userns-remap"`
		NoNewPrivileges bool              `json:"no-new-privileges"`
		LiveRestore     bool              `json:"live-restore"`
		Neighbours      *bool             `json:"icc"`
		LogDriver       string            `json:"log-driver"`
		LogOptions      map[string]string `json:"log-opts"`
		Limits          map[string]struct {
			Name       string
			Hard, Soft *int64
		} `json:"default-ulimits"`
	}
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Remap != "dockremap" || !got.NoNewPrivileges || !got.LiveRestore || got.Neighbours == nil || *got.Neighbours || got.LogDriver != "local" || got.LogOptions["max-size"] != "10m" {
		t.Errorf("%+v", got)
	}
	if core := got.Limits["core"]; core.Name != "core" || core.Hard == nil || *core.Hard != 0 {
		t.Errorf("%+v", core)
	}
}

// TestScriptsAreShell lets the shell read each script without running it.
func TestScriptsAreShell(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"daemon":        demon(func(*Daemon) {}),
		"daemon undo":   func(w io.Writer) error { return WriteDaemon(w, DefaultDaemon(), true) },
		"firewall":      walled(func(f *Firewall) { f.Allow, f.Ports = []string{"192.0.2.1"}, []string{"tcp/443", "udp/443"} }),
		"closed":        walled(func(f *Firewall) { f.Ports = nil }),
		"firewall undo": func(w io.Writer) error { return WriteFirewall(w, DefaultFirewall(), true) },
	} {
		shell := exec.CommandContext(t.Context(), "sh", "-n")
		shell.Stdin = strings.NewReader(text(t, write))
		if out, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

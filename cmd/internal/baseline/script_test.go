package baseline

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stage is a host in a folder, on which every tool that could change the real one is a
// script that notes how it was called.
type stage struct{ root string }

func newStage(t *testing.T, tools map[string]string) stage {
	t.Helper()
	s := stage{t.TempDir()}
	for name, script := range tools {
		s.write(t, "bin/"+name, "#!/bin/sh\necho \"$(basename \"$0\") $*\" >>"+s.root+"/log\n"+script+"\n", 0o755)
	}
	s.write(t, "etc/subuid", "me:100000:65536\n", 0o644)
	s.write(t, "etc/subgid", "me:100000:65536\n", 0o644)
	return s
}

func (s stage) write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(s.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// read returns a file, and empties it.
func (s stage) read(name string) string {
	data, _ := os.ReadFile(filepath.Join(s.root, name))
	_ = os.Remove(filepath.Join(s.root, name))
	return string(data)
}

// run lets the shell execute a script, with the stage in the place of /etc and of /proc.
func (s stage) run(t *testing.T, script string) (out string, err error) {
	t.Helper()
	moved := strings.NewReplacer("/etc/", s.root+"/etc/", "/proc/", s.root+"/proc/").Replace(script)
	shell := exec.CommandContext(t.Context(), "sh")
	shell.Stdin = strings.NewReader(moved)
	shell.Env = []string{"PATH=" + s.root + "/bin:/usr/bin:/bin"}
	data, err := shell.CombinedOutput()
	return string(data), err
}

// asRoot answers id: root, and no such account.
const asRoot = `[ $# = 1 ] && echo 0`

func daemonStage(t *testing.T) stage {
	return newStage(t, map[string]string{
		"id": asRoot, "useradd": "", "systemctl": "", "dockerd": `[ "$1" = --help ] && echo "  --validate"; exit 0`,
		"docker": `case "$1" in info) echo "[name=seccomp,profile=builtin name=userns]";; ps) echo one; echo two;; esac`,
	})
}

func TestDaemonScript(t *testing.T) {
	s := daemonStage(t)
	script := text(t, func(w io.Writer) error { return WriteDaemon(w, DefaultDaemon(), false) })
	undo := text(t, func(w io.Writer) error { return WriteDaemon(w, DefaultDaemon(), true) })

	if out, err := s.run(t, script); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	log := s.read("log")
	for _, want := range []string{"useradd --system --user-group --no-create-home --shell /usr/sbin/nologin dockremap\n", "dockerd --validate --config-file ", "systemctl restart docker\n"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
	// Again: the ids stand there once, and the engine is left alone.
	if out, err := s.run(t, script); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if log := s.read("log"); strings.Contains(log, "systemctl") {
		t.Errorf("a second run restarts the engine:\n%s", log)
	}
	want := text(t, func(w io.Writer) error { return WriteDaemonJSON(w, DefaultDaemon()) })
	if got, err := os.ReadFile(filepath.Join(s.root, "etc/docker/daemon.json")); err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if got, _ := os.ReadFile(filepath.Join(s.root, "etc/subuid")); string(got) != "me:100000:65536\ndockremap:1000000:65536\n" {
		t.Errorf("%s", got)
	}
	// And back, twice.
	for range 2 {
		if out, err := s.run(t, undo); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if log := s.read("log"); strings.Count(log, "docker stop one two\n") != 1 || strings.Count(log, "systemctl restart docker\n") != 1 {
		t.Errorf("%s", log)
	}
	if got := s.read("etc/subgid"); got != "me:100000:65536\n" {
		t.Errorf("%s", got)
	}
	if left := s.read("etc/docker/daemon.json"); left != "" {
		t.Errorf("%s", left)
	}
}

// TestDaemonScriptRefuses: what would spoil something ends the script before it changes
// anything.
func TestDaemonScriptRefuses(t *testing.T) {
	script := text(t, func(w io.Writer) error { return WriteDaemon(w, DefaultDaemon(), false) })
	undo := text(t, func(w io.Writer) error { return WriteDaemon(w, DefaultDaemon(), true) })
	for _, test := range []struct {
		name, script, file, text, want string
	}{
		{"other settings", script, "etc/docker/daemon.json", "{}\n", "put the settings above into it by hand"},
		{"other settings on the way back", undo, "etc/docker/daemon.json", "{}\n", "take these out by hand"},
		{"another's ids", script, "etc/subgid", "you:1065535:10\n", "choose another --first-id"},
		{"other ids of the account", script, "etc/subuid", "dockremap:500000:65536\n", "choose another --first-id"},
		{"not root", script, "bin/id", "#!/bin/sh\necho 1000\n", "has to be run as root"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := daemonStage(t)
			mode := os.FileMode(0o644)
			if strings.HasPrefix(test.file, "bin/") {
				mode = 0o755
			}
			_ = s.read(test.file)
			s.write(t, test.file, test.text, mode)
			out, err := s.run(t, test.script)
			if err == nil || !strings.Contains(out, test.want) {
				t.Errorf("%v: %s", err, out)
			}
			if log := s.read("log"); strings.Contains(log, "useradd") || strings.Contains(log, "systemctl") || s.read(test.file) != test.text {
				t.Errorf("it changed something:\n%s", log)
			}
		})
	}
	// Ids that begin where another's end are free.
	s := daemonStage(t)
	s.write(t, "etc/subuid", "you:934464:65536\nme:1065536:65536\n", 0o644)
	if out, err := s.run(t, script); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestFirewallScript looks at what is handed to iptables-restore: a jump of an earlier
// run goes in the same step in which it is put first again.
func TestFirewallScript(t *testing.T) {
	listing := `case "$*" in
*"-S DOCKER-USER") echo "-N DOCKER-USER"; echo "-A DOCKER-USER -i br-old -j OPENCLAW-AGENT-EGRESS"; echo "-A DOCKER-USER -j RETURN";;
*"-C FORWARD"*) exit 1;;
esac`
	keep := `cat >>"$(dirname "$0")/../$(basename "$0")"`
	s := newStage(t, map[string]string{
		"id": asRoot, "iptables": listing, "ip6tables": listing, "iptables-restore": keep, "ip6tables-restore": keep, "ipset": `[ "$2" = restore ] && ` + keep + "\nexit 0",
	})
	s.write(t, "proc/net/if_inet6", "", 0o644)
	script := text(t, walled(func(f *Firewall) { f.Allow = []string{"192.0.2.0/24", "2001:db8::/32"} }))
	if out, err := s.run(t, script); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	inOrder(t, s.read("ipset"), "flush openclaw-agent-v4-new\n", "add openclaw-agent-v4-new 192.0.2.0/24\n", "swap openclaw-agent-v4-new openclaw-agent-v4\n", "add openclaw-agent-v6-new 2001:db8::/32\n")
	inOrder(t, s.read("iptables-restore"), "*filter\n:OPENCLAW-AGENT-EGRESS - [0:0]\n", "-D DOCKER-USER -i br-old -j OPENCLAW-AGENT-EGRESS\n-I DOCKER-USER 1 -i br-openclaw -j OPENCLAW-AGENT-EGRESS\n",
		"ESTABLISHED -j RETURN\n", "--match-set openclaw-agent-v4 dst -m multiport --dports 443 -j RETURN\n", "-A OPENCLAW-AGENT-EGRESS -j REJECT --reject-with icmp-admin-prohibited\n", "COMMIT\n")
	inOrder(t, s.read("ip6tables-restore"), "--match-set openclaw-agent-v6 dst", "neighbour-solicitation -j RETURN\n", "-A OPENCLAW-AGENT-HOST -j REJECT --reject-with icmp6-adm-prohibited\nCOMMIT\n")
	if log := s.read("log"); !strings.Contains(log, "ip6tables -w -I FORWARD 1 -j DOCKER-USER\n") || strings.Contains(log, "-N DOCKER-USER") {
		t.Errorf("%s", log)
	}
	if out, err := s.run(t, text(t, func(w io.Writer) error { return WriteFirewall(w, DefaultFirewall(), true) })); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	inOrder(t, s.read("iptables-restore"), "-D DOCKER-USER -i br-old -j OPENCLAW-AGENT-EGRESS\n-F OPENCLAW-AGENT-EGRESS\n-X OPENCLAW-AGENT-EGRESS\nCOMMIT\n", "-X OPENCLAW-AGENT-HOST\n")
	if log := s.read("log"); !strings.Contains(log, "ipset destroy openclaw-agent-v6\n") {
		t.Errorf("%s", log)
	}
}

// inOrder asks for several texts, each behind the one before.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, behind, found := strings.Cut(rest, part)
		if !found {
			t.Fatalf("no %q at its place in\n%s", part, text)
		}
		rest = behind
	}
}

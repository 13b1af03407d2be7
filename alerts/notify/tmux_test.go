package notify

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// tmuxServer is a real server of its own with a session, a pane, and a terminal
// attached to it.
type tmuxServer struct {
	t      *testing.T
	socket string
	pane   string
	client *TmuxClient

	mu sync.Mutex
	// sent is all that the terminal was sent, emulator what it shows by it.
	sent     strings.Builder
	emulator *vt.Emulator
}

func startTmux(t *testing.T) *tmuxServer {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux: apt-get install tmux")
	}
	s := &tmuxServer{t: t, socket: filepath.Join(t.TempDir(), "s")}
	s.tmux("-f", "/dev/null", "new-session", "-d", "-s", "main", "-x", "150", "-y", "10", "exec cat")
	t.Cleanup(func() { s.tmux("kill-server") })
	s.pane = s.tmux("display-message", "-p", "-t", "main", "#{pane_id}")
	s.attach()
	client, err := NewTmuxClient(s.env)
	must(t, err)
	s.client = client
	return s
}

// env is the environment inside of the pane.
func (s *tmuxServer) env(name string) string {
	return map[string]string{"TMUX": s.socket + ",1,0", "TMUX_PANE": s.pane, "PATH": os.Getenv("PATH"), "TERM": "tmux-256color"}[name]
}

func (s *tmuxServer) tmux(args ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(context.Background(), "tmux", append([]string{"-u", "-S", s.socket}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// attach puts a terminal before the session.
func (s *tmuxServer) attach() {
	s.t.Helper()
	cmd := exec.CommandContext(context.Background(), "tmux", "-u", "-S", s.socket, "attach", "-t", "main")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color"}
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 10, Cols: 150})
	must(s.t, err)
	s.emulator = vt.NewEmulator(150, 10)
	var pumps sync.WaitGroup
	// What the terminal answers, when tmux asks what it is.
	pumps.Go(func() { _, _ = io.Copy(terminal, s.emulator) })
	pumps.Go(func() {
		buffer := make([]byte, 4096)
		for {
			n, err := terminal.Read(buffer)
			s.mu.Lock()
			s.sent.Write(buffer[:n])
			_, _ = s.emulator.Write(buffer[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		// The emulator's own Close races with its Read.
		if pipe, ok := s.emulator.InputPipe().(io.Closer); ok {
			_ = pipe.Close()
		}
		_ = terminal.Close()
		pumps.Wait()
	})
	s.wait("an attached terminal", func() bool { return s.tmux("list-clients") != "" })
}

// wait polls the server, which is another process.
func (s *tmuxServer) wait(what string, done func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(deadline) {
			s.t.Fatalf("no %s; the terminal shows\n%s", what, s.screen())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// screen is what the terminal shows.
func (s *tmuxServer) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emulator.String()
}

// raw is what the terminal was sent.
func (s *tmuxServer) raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.String()
}

// tty opens the terminal of the pane, as brink in it would.
func (s *tmuxServer) tty() io.Writer {
	s.t.Helper()
	file, err := os.OpenFile(s.tmux("display-message", "-p", "-t", s.pane, "#{pane_tty}"), os.O_WRONLY, 0)
	must(s.t, err)
	s.t.Cleanup(func() { _ = file.Close() })
	return file
}

// TestTmuxMessage shows a message on the attached terminal, and flags the window.
func TestTmuxMessage(t *testing.T) {
	t.Parallel()
	s := startTmux(t)
	s.tmux("new-window", "-t", "main", "exec cat")
	sink, err := NewTmux(TmuxOptions{Name: "tmux", Client: s.client, Bell: s.tty()})
	must(t, err)
	must(t, sink.Send(t.Context(), oomFired()))
	s.wait("message", func() bool {
		return strings.Contains(s.screen(), "brink: critical  agent  oom-kill: processes OOM-killed 2")
	})
	s.wait("bell flag", func() bool {
		return s.tmux("list-windows", "-t", "main", "-F", "#{window_bell_flag}") == "1\n0"
	})
	must(t, sink.Send(t.Context(), oomOver()))
	s.wait("message of the end", func() bool { return strings.Contains(s.screen(), "brink: resolved  agent  oom-kill") })
}

// attacks are texts that tmux would run, or expand, if they came to it as they are.
func attacks(mark string) []string {
	return []string{
		"#(touch " + mark + ")", "##(touch " + mark + ")", "###(touch " + mark + ")", "#{pane_id}", "##{pane_id}", "#{l:x}#{E:@brink}",
		"#[fg=red]x", "##[fg=red]x", "#S #H #I", "%H:%M", "%%H", "%", "#", "##", "trailing;", ";", "\\;", "#{?1,#(touch " + mark + "),}",
	}
}

// TestTmuxHostile: no name of a container can become a command, a format, a style or a
// time, in a message or in the status line, plain or expanded.
func TestTmuxHostile(t *testing.T) {
	t.Parallel()
	s := startTmux(t)
	mark := filepath.Join(t.TempDir(), "pwned")
	s.tmux("set-option", "-g", "status-right-length", "100")
	s.tmux("set-option", "-g", "status-right", "<#{@brink}> <#{E:@brink}>")
	sink, err := NewTmux(TmuxOptions{Name: "tmux", Client: s.client})
	must(t, err)
	for i, attack := range attacks(mark) {
		n := oomFired()
		n.Items[0].Message = attack
		n.Text = "n" + seconds(i) + " " + attack
		must(t, sink.Send(t.Context(), n))
		s.wait("message "+n.Text, func() bool { return strings.Contains(s.screen(), "brink: "+n.Text) })
		alert := alerts.Alert{Key: alerts.Key{Rule: "r" + seconds(i) + attack, Container: "c"}, Severity: alerts.SeverityCritical}
		must(t, sink.Hold(t.Context(), Standing{At: noon, Alerts: []alerts.Alert{alert}}))
		must(t, sink.Hold(t.Context(), Standing{}))
	}
	// What runs in the status line runs aside: give it time to have run.
	time.Sleep(200 * time.Millisecond)
	if _, err := os.Stat(mark); err == nil {
		t.Fatal("a name of a container was run as a command")
	}
}

// TestTmuxStatus holds up what fires in an option that every status line can show,
// literally, and takes it away in the end.
func TestTmuxStatus(t *testing.T) {
	t.Parallel()
	s := startTmux(t)
	s.tmux("set-option", "-g", "status-right-length", "100")
	s.tmux("set-option", "-g", "status-right", "<#{@brink}>")
	s.tmux("set-option", "-g", "status-interval", "0")
	sink, err := NewTmux(TmuxOptions{Name: "tmux", Client: s.client})
	must(t, err)
	alert := alerts.Alert{Key: alerts.Key{Rule: "oom#[fg=red]", Container: "agent"}, Severity: alerts.SeverityCritical}
	warning := alerts.Alert{Key: key("zombies"), Severity: alerts.SeverityWarning}
	must(t, sink.Hold(t.Context(), Standing{At: noon, Alerts: []alerts.Alert{alert, warning}}))
	s.wait("state", func() bool {
		return strings.Contains(s.screen(), "<1 critical, 1 warning: agent oom#[fg=red]>")
	})
	s.tmux("new-session", "-d", "-s", "other")
	if got := s.tmux("display-message", "-p", "-t", "other", "#{@brink}"); !strings.HasPrefix(got, "1 critical") {
		t.Errorf("another session sees %q", got)
	}
	must(t, sink.Close(t.Context()))
	if got := s.tmux("display-message", "-p", "#{@brink}"); got != "" {
		t.Errorf("the option is still %q", got)
	}
	if got := s.tmux("show-options", "-g"); strings.Contains(got, "\n"+tmuxOption) {
		t.Errorf("the option is still there: %s", got)
	}
}

// TestTmuxUnderOutbox runs the sink as brink does: held up when it fires, taken away
// when it is over and at the end.
func TestTmuxUnderOutbox(t *testing.T) {
	t.Parallel()
	s := startTmux(t)
	sink, err := NewTmux(TmuxOptions{Name: "tmux", Client: s.client})
	must(t, err)
	option := func() string { return s.tmux("display-message", "-p", "#{@brink}") }
	w := newWorld(t, Options{Routes: []Route{{Sink: sink, GroupWait: -1}}})
	w.put()
	w.do("fire oom")
	s.wait("state", func() bool { return option() == "1 critical: agent oom" })
	w.do("fire pids warning")
	s.wait("both", func() bool { return option() == "1 critical, 1 warning: agent oom" })
	w.do("over oom")
	s.wait("one left", func() bool { return option() == "1 warning: agent pids" })
	w.do("over pids")
	s.wait("nothing", func() bool { return option() == "" })
	w.do("fire oom")
	s.wait("state again", func() bool { return option() != "" })
	w.close()
	if got := option(); got != "" {
		t.Errorf("after the end it is %q", got)
	}
}

// TestTmuxPassthrough: the sequence arrives at the terminal outside when the user and
// tmux allow it; otherwise the bell does.
func TestTmuxPassthrough(t *testing.T) {
	t.Parallel()
	s := startTmux(t)
	sink, err := NewOSC(OSCOptions{Name: "osc", Writer: s.tty(), Env: s.env, Protocol: ProtocolOSC9, Passthrough: true, Tmux: s.client})
	must(t, err)
	const sequence = "\x1b]9;brink: critical  agent  oom-kill"
	must(t, sink.Send(t.Context(), oomFired()))
	s.wait("bell", func() bool { return strings.Contains(s.raw(), "\a") })
	if says := sink.Explain(t.Context()); !strings.Contains(says, "allow-passthrough is off") || strings.Contains(s.raw(), sequence) {
		t.Errorf("says %q, sent %q", says, s.raw())
	}
	s.tmux("set-option", "-g", "allow-passthrough", "on")
	if says := sink.Explain(t.Context()); says != "osc9, by the configuration, wrapped for tmux" {
		t.Errorf("says %q", says)
	}
	must(t, sink.Send(t.Context(), oomFired()))
	s.wait("sequence", func() bool { return strings.Contains(s.raw(), sequence) })
}

// TestTmuxOuterTerminal asks tmux what stands outside.
func TestTmuxOuterTerminal(t *testing.T) {
	t.Parallel()
	s := startTmux(t)
	if term, _ := s.client.outerTerminal(t.Context()); term != "xterm-256color" {
		t.Errorf("outside stands %q", term)
	}
	s.tmux("set-option", "-g", "allow-passthrough", "on")
	sink, err := NewOSC(OSCOptions{Name: "osc", Writer: &screen{}, Env: s.env, Passthrough: true, Tmux: s.client})
	must(t, err)
	if diff := cmp.Diff("bell only: no sign of a terminal that shows notifications; set the protocol if yours does", sink.Explain(t.Context())); diff != "" {
		t.Error(diff)
	}
}

// TestTmuxGone: a server that is no more is a failure that another attempt may mend.
func TestTmuxGone(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux: apt-get install tmux")
	}
	if _, err := NewTmuxClient(environment()); err != ErrNoTmux { //nolint:errorlint // it is returned as it is
		t.Errorf("error %v", err)
	}
	client, err := NewTmuxClient(environment("TMUX", filepath.Join(t.TempDir(), "none")+",1,0", "PATH", os.Getenv("PATH")))
	must(t, err)
	sink, err := NewTmux(TmuxOptions{Name: "tmux", Client: client})
	must(t, err)
	for _, err := range []error{sink.Send(t.Context(), oomFired()), sink.Hold(t.Context(), Standing{}), sink.Close(t.Context())} {
		if err == nil || permanent(err) || !strings.Contains(err.Error(), "tmux") {
			t.Errorf("error %v", err)
		}
	}
}

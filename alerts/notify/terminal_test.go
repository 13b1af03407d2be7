package notify

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// screen counts writes: a sequence has to come in one.
type screen struct {
	mu     sync.Mutex
	writes []string
}

func (s *screen) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, string(data))
	return len(data), nil
}

// environment makes a lookup of pairs.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// TestBell rings for what fires, once, and not for what is over.
func TestBell(t *testing.T) {
	t.Parallel()
	var s screen
	bell, err := NewBell("bell", &s)
	must(t, err)
	for _, n := range []Notification{oomFired(), oomOver(), trial("vps-1", noon)} {
		must(t, bell.Send(t.Context(), n))
	}
	if diff := cmp.Diff([]string{"\a", "\a"}, s.writes); diff != "" {
		t.Error(diff)
	}
	if _, err := NewBell("bell", nil); err == nil {
		t.Error("a bell without a terminal was taken")
	}
}

// TestStuckTerminal is a terminal that has stopped reading: Send ends with its
// context, and no second write is begun.
func TestStuckTerminal(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	must(t, err)
	defer func() { _ = reader.Close() }()
	must(t, fill(writer))
	bell, err := NewBell("bell", writer)
	must(t, err)
	for i := range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		err := bell.Send(ctx, oomFired())
		cancel()
		if want := map[bool]error{true: context.DeadlineExceeded, false: errStuck}[i == 0]; !errors.Is(err, want) || permanent(err) {
			t.Errorf("attempt %d: error %v, want %v", i, err, want)
		}
	}
	must(t, writer.Close())
	for bell.line.calls.busy.Load() {
		time.Sleep(time.Millisecond)
	}
}

// fill writes to a pipe until nothing more fits.
func fill(writer *os.File) error {
	_ = writer.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := writer.Write(bytes.Repeat([]byte("x"), 1<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return writer.SetWriteDeadline(time.Time{})
}

// TestDetect chooses by the environments of real terminals.
func TestDetect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  func(string) string
		want Protocol
		sure bool
	}{
		{"kitty", environment("TERM", "xterm-kitty", "KITTY_WINDOW_ID", "1"), ProtocolOSC99, true},
		{"ghostty", environment("TERM", "xterm-ghostty", "TERM_PROGRAM", "ghostty"), ProtocolOSC777, true},
		{"ghostty started from kitty", environment("TERM", "xterm-ghostty", "TERM_PROGRAM", "ghostty", "KITTY_WINDOW_ID", "1"), ProtocolOSC777, true},
		{"wezterm", environment("TERM", "xterm-256color", "TERM_PROGRAM", "WezTerm", "WEZTERM_PANE", "0"), ProtocolOSC777, true},
		{"iTerm2", environment("TERM", "xterm-256color", "TERM_PROGRAM", "iTerm.app"), ProtocolOSC9, true},
		{"iTerm2 over SSH", environment("TERM", "xterm-256color", "LC_TERMINAL", "iTerm2"), ProtocolOSC9, true},
		{"foot", environment("TERM", "foot"), ProtocolOSC777, true},
		{"urxvt", environment("TERM", "rxvt-unicode-256color"), ProtocolOSC777, true},
		{"GNOME terminal", environment("TERM", "xterm-256color", "VTE_VERSION", "7600"), ProtocolOSC777, false},
		{"konsole", environment("TERM", "xterm-256color", "KONSOLE_VERSION", "240800"), ProtocolOSC777, false},
		{"Terminal.app", environment("TERM", "xterm-256color", "TERM_PROGRAM", "Apple_Terminal"), ProtocolBell, true},
		{"VS Code in GNOME", environment("TERM", "xterm-256color", "TERM_PROGRAM", "vscode", "VTE_VERSION", "7600"), ProtocolBell, true},
		{"Windows Terminal", environment("TERM", "xterm-256color", "WT_SESSION", "x"), ProtocolBell, true},
		{"console", environment("TERM", "linux"), ProtocolBell, true},
		{"dumb", environment("TERM", "dumb"), ProtocolBell, true},
		{"xterm", environment("TERM", "xterm-256color"), ProtocolBell, true},
		{"nothing", environment(), ProtocolBell, true},
	}
	for _, test := range tests {
		if got := detect(test.env); got.protocol != test.want || got.sure != test.sure {
			t.Errorf("%s: %+v, want %s, sure %v", test.name, got, test.want, test.sure)
		}
	}
}

// TestOSC writes down the sequences.
func TestOSC(t *testing.T) {
	t.Parallel()
	body := "critical  agent  oom-kill: processes OOM-killed 2 (since 11:59:00 UTC)"
	tests := []struct {
		name     string
		env      func(string) string
		protocol Protocol
		want     string
		says     string
	}{
		{"iTerm2", environment("TERM_PROGRAM", "iTerm.app"), ProtocolAuto, "\x1b]9;brink: " + body + "\x1b\\", "osc9, by TERM_PROGRAM"},
		{"foot", environment("TERM", "foot"), ProtocolAuto, "\x1b]777;notify;critical: agent oom-kill on vps-1;" + body + "\x1b\\", "osc777, by TERM"},
		{"VTE, which may not know it", environment("VTE_VERSION", "7600"), ProtocolAuto, "\x1b]777;notify;critical: agent oom-kill on vps-1;" + body + "\x1b\\\a", "osc777 and bell, by VTE_VERSION: not all versions show notifications"},
		{"kitty", environment("TERM", "xterm-kitty"), ProtocolAuto, "\x1b]99;i=ID:d=0:p=title;critical: agent oom-kill on vps-1\x1b\\\x1b]99;i=ID:d=1:p=body:u=2;" + body + "\x1b\\", "osc99, by TERM"},
		{"the configuration wins", environment("TERM", "xterm-kitty"), ProtocolOSC9, "\x1b]9;brink: " + body + "\x1b\\", "osc9, by the configuration"},
		{"xterm", environment("TERM", "xterm"), ProtocolAuto, "\a", "bell only: no sign of a terminal that shows notifications; set the protocol if yours does"},
		{"screen", environment("TERM", "screen", "STY", "1.pts"), ProtocolAuto, "\a", "bell only: GNU screen does not hand notifications on"},
		{"tmux, not allowed", environment("TERM", "tmux-256color", "TMUX", "/tmp/x,1,0"), ProtocolOSC9, "\a", "bell only: tmux drops notifications, and passthrough is not allowed here"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var s screen
			sink, err := NewOSC(OSCOptions{Name: "osc", Writer: &s, Env: test.env, Protocol: test.protocol})
			must(t, err)
			n := oomFired()
			must(t, sink.Send(t.Context(), n))
			if diff := cmp.Diff([]string{strings.ReplaceAll(test.want, "ID", n.ID)}, s.writes); diff != "" {
				t.Errorf("written (-want +got):\n%s", diff)
			}
			if got := sink.Explain(t.Context()); got != test.says {
				t.Errorf("says %q, want %q", got, test.says)
			}
		})
	}
	if _, err := NewOSC(OSCOptions{Writer: &screen{}, Protocol: "osc1"}); err == nil {
		t.Error("a protocol that does not exist was taken")
	}
}

// TestOSCHostile: whatever a container says, there is one sequence, which ends where
// it should, and is no command.
func TestOSCHostile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{hostile, "4;1;50", "9;4;3", strings.Repeat("✜", 3000), strings.Repeat("x;", 3000), "a\x9cb", "a\u009cb"} {
		for _, protocol := range []Protocol{ProtocolOSC9, ProtocolOSC777, ProtocolOSC99} {
			checkSequence(t, protocol, text)
		}
	}
}

// FuzzOSC does the same with anything.
func FuzzOSC(f *testing.F) {
	f.Add(hostile)
	f.Add("4;\x1b\\\x07\x9c")
	f.Fuzz(func(t *testing.T, text string) {
		for _, protocol := range []Protocol{ProtocolOSC9, ProtocolOSC777, ProtocolOSC99} {
			checkSequence(t, protocol, text)
		}
	})
}

func checkSequence(t *testing.T, protocol Protocol, text string) {
	t.Helper()
	n := Notification{ID: oomFired().ID, Title: text, Text: text, Items: []Item{sample("oom", alerts.SeverityCritical, ReasonFirst)}}
	sequence := notification(protocol, n)
	if len(sequence) > 4<<10 {
		t.Errorf("%s: %d bytes", protocol, len(sequence))
	}
	parts := strings.Split(strings.TrimSuffix(sequence, "\x1b\\"), "\x1b\\")
	if want := map[Protocol]int{ProtocolOSC9: 1, ProtocolOSC777: 1, ProtocolOSC99: 2}[protocol]; len(parts) != want {
		t.Fatalf("%s: %d sequences, want %d: %q", protocol, len(parts), want, sequence)
	}
	for _, part := range parts {
		inside, ok := strings.CutPrefix(part, "\x1b]")
		if !ok || strings.ContainsFunc(inside, unicode.IsControl) || strings.Contains(inside, "\x9c") {
			t.Errorf("%s: %q", protocol, part)
		}
		if fields := strings.Split(inside, ";"); protocol == ProtocolOSC777 && len(fields) != 4 || protocol == ProtocolOSC9 && strings.TrimLeft(fields[1], "0123456789") == "" {
			t.Errorf("%s: fields %q", protocol, fields)
		}
	}
	// A terminal reads the same end as we do: what stands after it is printed.
	if rest := ansi.Strip(sequence + "after"); rest != "after" {
		t.Errorf("%s: a terminal shows %q of %q", protocol, rest, sequence)
	}
}

package sources

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for _, tt := range []struct {
		text string
		// fault is a part of the error; empty for none.
		fault string
		want  Target
	}{
		{text: "", fault: "empty"},
		{text: "/", fault: "names nothing"},
		{text: "service:", fault: "names nothing"},
		{text: "two words", fault: `it holds ' '`},
		{text: "a/b", fault: `it holds '/'`},
		{text: "//a", fault: `it holds '/'`},
		{text: "-rf", fault: `it holds '-'`},
		{text: ".hidden", fault: `it holds '.'`},
		{text: "../../etc", fault: `it holds '.'`},
		{text: "agent\n", fault: `it holds '\n'`},
		{text: "\x1b[2Jagent", fault: `it holds '\x1b'`},
		{text: "ägent", fault: `it holds 'ä'`},
		{text: "agent\xff", fault: `it holds '�'`},
		{text: "service:a b", fault: `it holds ' '`},
		{text: "service:/a", fault: `it holds '/'`},
		{text: "cgroup:", fault: "starts at the cgroup2 mount"},
		{text: "cgroup:system.slice", fault: "starts at the cgroup2 mount"},
		{text: "cgroup:/a/../..", fault: "must not climb"},
		{text: "cgroup:/..", fault: "must not climb"},
		{text: "cgroup:/a\x1b[2J", fault: "cannot be seen"},
		{text: "cgroup:/a\u202eb", fault: "cannot be seen"},
		{text: "cgroup:/a\nb", fault: "cannot be seen"},

		{text: "openclaw-agent", want: Target{kind: targetName, text: "openclaw-agent"}},
		{text: "/openclaw-agent", want: Target{kind: targetName, text: "openclaw-agent"}},
		{text: "Agent_1.b-2", want: Target{kind: targetName, text: "Agent_1.b-2"}},
		{text: "4f2a", want: Target{kind: targetName, text: "4f2a"}},
		{text: "cgroup", want: Target{kind: targetName, text: "cgroup"}},
		{text: "service:openclaw-gateway", want: Target{kind: targetService, text: "openclaw-gateway"}},
		{text: "cgroup:/", want: Target{kind: targetCgroup, text: "/"}},
		{text: "cgroup:/system.slice//ssh.service/", want: Target{kind: targetCgroup, text: "/system.slice/ssh.service"}},
		{text: "cgroup:/a..b/c", want: Target{kind: targetCgroup, text: "/a..b/c"}},
		{text: "cgroup:/wörk/a b", want: Target{kind: targetCgroup, text: "/wörk/a b"}},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseTarget(tt.text)
			if tt.fault == "" && err != nil || tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)) {
				t.Fatalf("error %v, want one with %q", err, tt.fault)
			}
			if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("the error is not one clean line: %q", err)
			}
			if got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestTargetString: what is shown can be typed again and means the same.
func TestTargetString(t *testing.T) {
	for text, engine := range map[string]bool{
		"": true, "openclaw-agent": true, "service:openclaw": true, "cgroup:/system.slice/ssh.service": false, "cgroup:/": false,
	} {
		parsed := target(t, text)
		if parsed.String() != text || parsed.NeedsEngine() != engine {
			t.Errorf("%q became %q, needs an engine: %v", text, parsed, parsed.NeedsEngine())
		}
	}
}

// FuzzParseTarget: whatever is typed is refused in one clean line, or is a target
// that is safe to show and parses to itself.
func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{"", "agent", "/agent", "service:x", "cgroup:/a/b", "cgroup:/..", "\x1b[31m", "cgroup:/\u202e", "4f2a\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := ParseTarget(text)
		shown := parsed.String()
		if err != nil {
			shown = err.Error()
		}
		if strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("%q is shown as %q", text, shown)
		}
		if err != nil {
			return
		}
		if again, err := ParseTarget(shown); err != nil || again != parsed {
			t.Fatalf("%q became %q, which became %v, %v", text, shown, again, err)
		}
	})
}

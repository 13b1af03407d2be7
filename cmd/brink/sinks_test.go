package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brink/alerts"
	"brink/alerts/notify"
	"brink/cmd/internal/config"
)

// sinksOf reads the sinks of a configuration.
func sinksOf(t *testing.T, text string) []config.Sink {
	t.Helper()
	loaded, err := config.Parse(filepath.Join(t.TempDir(), "config.toml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Sinks
}

// TestSinkMaker makes a sink of every type, with a terminal and in tmux, and without.
func TestSinkMaker(t *testing.T) {
	t.Parallel()
	const noTerminal, noTmux, noSecret = "there is no terminal", "not inside of tmux", "BRINK_TEST_"
	tests := []struct {
		text string
		want notify.Sink
		// local says that it belongs to this terminal; fault is what is wrong without one,
		// and without its environment.
		local bool
		fault string
	}{
		{`type = "bell"`, &notify.Bell{}, true, noTerminal},
		{`type = "osc"`, &notify.OSC{}, true, noTerminal},
		{"type = \"osc\"\nkind = \"osc777\"\npassthrough = true", &notify.OSC{}, true, noTerminal},
		{`type = "tmux"`, &notify.Tmux{}, true, noTmux},
		{"type = \"tmux\"\nbell = false", &notify.Tmux{}, true, noTmux},
		{"type = \"exec\"\nprogram = \"/bin/true\"", &notify.Program{}, false, ""},
		{"type = \"webhook\"\nurl_env = \"BRINK_TEST_URL\"", &notify.Webhook{}, false, noSecret},
		{
			"type = \"webhook\"\nurl = \"http://127.0.0.1:9\"\nsecret_env = \"BRINK_TEST_KEY\"\nheaders_env = { X-Key = \"BRINK_TEST_KEY\" }",
			&notify.Webhook{}, false, noSecret,
		},
		{"type = \"alertmanager\"\nurl = \"http://127.0.0.1:9\"\nuser = \"me\"\npassword_env = \"BRINK_TEST_KEY\"", &notify.Alertmanager{}, false, noSecret},
		{"type = \"shoutrrr\"\nurl_env = \"BRINK_TEST_CHAT\"", &notify.Shoutrrr{}, false, noSecret},
	}
	inside := map[string]string{
		"TMUX": "/tmp/none,1,0", "BRINK_TEST_URL": "http://127.0.0.1:9/hook", "BRINK_TEST_KEY": "0123456789abcdef0123456789abcdef",
		"BRINK_TEST_CHAT": "ntfy://127.0.0.1/topic",
	}
	for _, test := range tests {
		t.Run(strings.ReplaceAll(test.text, "\n", " "), func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("tmux"); err != nil && strings.Contains(test.text, "tmux") {
				t.Skip("needs tmux: apt-get install tmux")
			}
			sinks := sinksOf(t, "[sink.it]\n"+test.text)
			there := &sinkMaker{env: func(name string) string { return inside[name] }, tty: &bytes.Buffer{}, log: slog.New(slog.DiscardHandler)}
			routes, err := there.routes(sinks)
			if err != nil || len(routes) != 1 {
				t.Fatalf("%v, %v", routes, err)
			}
			if got := routes[0]; fmt.Sprintf("%T", got.Sink) != fmt.Sprintf("%T", test.want) || got.Sink.Name() != "it" || got.Local != test.local {
				t.Errorf("made a %T called %s, local %v", got.Sink, got.Sink.Name(), got.Local)
			}
			checkWithout(t, sinks, test.local, test.fault)
		})
	}
}

// checkWithout makes the sinks where they cannot work: a sink of a terminal is left
// out with a reason, unless somebody wants to try it; any other is a fault.
func checkWithout(t *testing.T, sinks []config.Sink, local bool, fault string) {
	t.Helper()
	for _, strict := range []bool{false, true} {
		nowhere := &sinkMaker{env: func(string) string { return "" }, log: slog.New(slog.DiscardHandler), strict: strict}
		routes, err := nowhere.routes(sinks)
		switch {
		case fault == "":
			if err != nil || len(routes) != 1 {
				t.Errorf("it needs nothing, and is %v, %v", routes, err)
			}
		case local && !strict:
			if err != nil || len(routes) != 0 || len(nowhere.leftOut) != 1 || !strings.Contains(nowhere.leftOut[0].LastError, "left out: "+fault) {
				t.Errorf("%v, %v, left out %v", routes, err, nowhere.leftOut)
			}
			if len(nowhere.warnings) != 1 || !strings.Contains(nowhere.warnings[0], "config.toml:1: sink it is left out: "+fault) {
				t.Errorf("warnings %q", nowhere.warnings)
			}
		default:
			if err == nil || !strings.Contains(err.Error(), "config.toml:1: sink it: ") || !strings.Contains(err.Error(), fault) || len(nowhere.leftOut) != 0 {
				t.Errorf("strict %v: error %v, left out %v", strict, err, nowhere.leftOut)
			}
		}
	}
}

// TestSinkFaults: every sink that cannot work is told, at once.
func TestSinkFaults(t *testing.T) {
	t.Parallel()
	maker := &sinkMaker{env: func(string) string { return "" }, log: slog.New(slog.DiscardHandler)}
	_, err := maker.routes(sinksOf(t, `
[sink.one]
type = "shoutrrr"
url_env = "BRINK_TEST_ONE"
[sink.two]
type = "webhook"
url_env = "BRINK_TEST_TWO"
[sink.pane]
type = "tmux"
`))
	if err == nil || !strings.Contains(err.Error(), "BRINK_TEST_ONE") || !strings.Contains(err.Error(), "BRINK_TEST_TWO") || strings.Contains(err.Error(), "pane") {
		t.Errorf("error %v", err)
	}
	if errors.Is(err, notify.ErrNoTmux) {
		t.Error("what is left out is no fault")
	}
}

// TestRoute: what the configuration says of pace and severity is what the outbox gets.
func TestRoute(t *testing.T) {
	t.Parallel()
	maker := &sinkMaker{env: os.Getenv, log: slog.New(slog.DiscardHandler)}
	routes, err := maker.routes(sinksOf(t, `
[sink.it]
type = "exec"
program = "/bin/true"
min_severity = "critical"
resolve = false
repeat = "never"
group_wait = "0s"
timeout = "3s"
queue = 7
`))
	if err != nil {
		t.Fatal(err)
	}
	got := routes[0]
	if got.Minimum != alerts.SeverityCritical || !got.SkipResolved || got.Repeat >= 0 || got.GroupWait >= 0 || got.Timeout.Seconds() != 3 || got.Queue != 7 {
		t.Errorf("%+v", got)
	}
}

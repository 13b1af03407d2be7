package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// TestSinks reads each type twice: with what it needs, and with all it can have.
func TestSinks(t *testing.T) {
	t.Parallel()
	open := func(text string) Secret { return Secret{open: text} }
	tests := []struct {
		name string
		text string
		want Delivery
	}{
		{"bell", `type = "bell"`, Bell{}},
		{"osc", `type = "osc"`, OSC{Kind: "auto"}},
		{"osc, all", "type = \"osc\"\nkind = \"osc777\"\npassthrough = true", OSC{Kind: "osc777", Passthrough: true}},
		{"tmux", `type = "tmux"`, Tmux{Bell: true}},
		{"tmux, all", "type = \"tmux\"\nbell = false", Tmux{}},
		{"exec", "type = \"exec\"\nprogram = \"/bin/mail\"", Exec{Program: "/bin/mail"}},
		{
			"exec, all", "type = \"exec\"\nprogram = \"/opt/with blank/run\"\nargs = [\"-u\", \"\", \"two\\nlines\"]\nenv = [\"SMTP_HOST\", \"TZ\"]",
			Exec{Program: "/opt/with blank/run", Args: []string{"-u", "", "two\nlines"}, Env: []string{"SMTP_HOST", "TZ"}},
		},
		{"webhook in the open", "type = \"webhook\"\nurl = \"http://10.0.0.1:8080/brink?team=ops\"", Webhook{URL: open("http://10.0.0.1:8080/brink?team=ops")}},
		{
			"webhook, all", `type = "webhook"
url_env = "HOOK"
secret_file = "keys/hook"
headers = { x-team = "ops" }
headers_env = { Authorization = "HOOK_AUTH" }
headers_file = { X-Api-Key = "/run/key" }`,
			Webhook{URL: Secret{Env: "HOOK"}, Sign: Secret{File: "/etc/brink/keys/hook"}, Headers: []Header{
				{"X-Team", open("ops")}, {"Authorization", Secret{Env: "HOOK_AUTH"}}, {"X-Api-Key", Secret{File: "/run/key"}},
			}},
		},
		{"alertmanager", "type = \"alertmanager\"\nurl = \"http://am:9093\"", Alertmanager{URL: open("http://am:9093"), Resend: time.Minute}},
		{
			"alertmanager, all", `type = "alertmanager"
url_file = "../am"
user = "brink"
password_file = "am.password"
labels = { team = "ops", site = "b 2" }
resend = "30s"`,
			Alertmanager{
				URL: Secret{File: "/etc/am"}, User: "brink", Password: Secret{File: "/etc/brink/am.password"},
				Labels: map[string]string{"team": "ops", "site": "b 2"}, Resend: 30 * time.Second,
			},
		},
		{
			"alertmanager with a token", "type = \"alertmanager\"\nurl_env = \"AM\"\ntoken_env = \"AM_TOKEN\"",
			Alertmanager{URL: Secret{Env: "AM"}, Token: Secret{Env: "AM_TOKEN"}, Resend: time.Minute},
		},
		{"shoutrrr", "type = \"shoutrrr\"\nurl_file = \"/run/secrets/phone\"", Shoutrrr{URL: Secret{File: "/run/secrets/phone"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config, err := Parse("/etc/brink/config.toml", []byte("[sink.x]\n"+test.text+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, config.Sinks[0].To, comparison()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSinkInherits: what a sink does not say is that of the outbox, wherever in the
// file the outbox is.
func TestSinkInherits(t *testing.T) {
	t.Parallel()
	config := parsed(t, `
[sink.own]
type = "bell"
min_severity = "critical"
resolve = true
repeat = "never"
timeout = "1s"

[sink.plain]
type = "tmux"

[sink.off]
type = "bell"
enabled = false

[outbox]
repeat = "2h"
queue = 5
`)
	if len(config.Sinks) != 2 {
		t.Fatalf("%d sinks, want 2 without the one that is off", len(config.Sinks))
	}
	own, plain := config.Sinks[0], config.Sinks[1]
	if own.MinSeverity != alerts.SeverityCritical || !own.Resolve || own.Repeat != 0 || own.Timeout != time.Second || own.Queue != 5 {
		t.Errorf("a sink with settings of its own: %+v", own)
	}
	if plain.MinSeverity != alerts.SeverityWarning || !plain.Resolve || plain.Repeat != 2*time.Hour || plain.Timeout != 10*time.Second {
		t.Errorf("a sink without: %+v", plain)
	}
	if got := plain.Origin.String(); got != "config.toml:9" {
		t.Errorf("origin %q", got)
	}
}

// TestResolveDefaults: a bell calls nobody to something that is over.
func TestResolveDefaults(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{"bell": false, "osc": false, "tmux": true} {
		if got := parsed(t, "sink.x.type = \""+word+"\"").Sinks[0].Resolve; got != want {
			t.Errorf("%s: resolve %v, want %v", word, got, want)
		}
	}
}

// TestSecretIsNotPrinted goes every way by which a value gets into a log.
func TestSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	const text = "http://internal.lan/hunter2"
	config := parsed(t, "[sink.x]\ntype = \"webhook\"\nurl = \""+text+"\"\n")
	hook, ok := config.Sinks[0].To.(Webhook)
	if !ok || hook.URL.Open() != text {
		t.Fatalf("sink %v", config.Sinks[0].To)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", hook.URL, "hook", hook)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", hook.URL, "hook", hook)
	encoded, err := json.Marshal(config.Sinks)
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q %s %s", hook, hook, hook, hook.URL, hook.URL, encoded, log.String())
	if strings.Contains(printed, "hunter2") || !strings.Contains(printed, "in the configuration") {
		t.Errorf("printed as %s", printed)
	}
}

func TestSecretWords(t *testing.T) {
	t.Parallel()
	for want, secret := range map[string]Secret{
		"none": {}, "environment variable HOOK": {Env: "HOOK"}, "file /run/x": {File: "/run/x"}, "in the configuration": {open: "x"},
	} {
		if got := secret.String(); got != want || secret.IsZero() != (want == "none") {
			t.Errorf("%q, zero %v; want %q", got, secret.IsZero(), want)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url  string
		want addressVerdict
	}{
		{"", addressBad},
		{"alerts.lan", addressBad},
		{"alerts.lan:8080", addressBad},
		{"ftp://alerts.lan", addressBad},
		{"http://", addressBad},
		{"http://:8080", addressBad},
		{"http://bad host/", addressBad},
		{"http://alerts.lan:notaport", addressBad},
		{"http://me@alerts.lan", addressSecret},
		{"http://alerts.lan/?api_key=x", addressSecret},
		{"http://alerts.lan/?x=0123456789abcdef", addressSecret},
		{"https://hooks.example/services/T0001/B0001/abcdefghij0123456789", addressSecret},
		{"https://hc.example/5b0c1b2e-9a54-4a8c-8f53-b6b1c8d1f9ab", addressSecret},
		{"https://bot.example/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/send", addressSecret},
		{"http://alerts.lan/#0123456789abcdef", addressSecret},
		{"http://alerts.lan:8080/api/v1/brink-notifications", addressGood},
		{"https://[::1]:9093", addressGood},
		{"http://127.0.0.1", addressGood},
	}
	for _, test := range tests {
		if got := addressFault(nodeOf(t, `"`+test.url+`"`)); got != test.want {
			t.Errorf("%s: %d, want %d", test.url, got, test.want)
		}
	}
}

// TestResolveFile: paths start where the configuration lies.
func TestResolveFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ config, file, want string }{
		{"/etc/brink/config.toml", "hook", "/etc/brink/hook"},
		{"/etc/brink/config.toml", "/run/./hook", "/run/hook"},
		{"config.toml", "hook", "hook"},
		{"a/config.toml", "../hook", "hook"},
	} {
		d := document{name: test.config}
		if got := d.resolve(test.file); got != filepath.FromSlash(test.want) {
			t.Errorf("%s in %s is %s, want %s", test.file, test.config, got, test.want)
		}
	}
}

// nodeOf parses one value.
func nodeOf(t testing.TB, value string) *node {
	t.Helper()
	d := newDocument("config.toml", []byte("value = "+value+"\n"))
	if len(d.faults) > 0 {
		t.Fatalf("%s: %v", value, d.faults)
	}
	return d.root.get("value")
}

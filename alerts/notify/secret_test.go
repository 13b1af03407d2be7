package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSecretIsNotSeen prints a secret in every way that there is, alone and as a
// part of other values.
func TestSecretIsNotSeen(t *testing.T) {
	t.Parallel()
	type config struct {
		Public  Secret
		private Secret
		List    []Secret
		Map     map[string]Secret
		Pointer *Secret
	}
	s := NewSecret("hunter2-token\n")
	c := config{Public: s, private: s, List: []Secret{s}, Map: map[string]Secret{"key": s}, Pointer: &s}
	var out bytes.Buffer
	for _, value := range []any{s, &s, c, &c, c.private, c.List, c.Map, []any{s}, errors.Join(fmt.Errorf("with %v", s))} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%10s"} {
			if strings.Count(verb, "%") == 2 {
				fmt.Fprintf(&out, verb+"\n", value, value)
			} else {
				fmt.Fprintf(&out, verb+"\n", value)
			}
		}
		fmt.Fprintln(&out, value)
		if data, err := json.Marshal(value); err == nil {
			out.Write(data)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("value", "secret", value, "other", value)
		}
	}
	panicText := func() (text string) {
		defer func() { text = fmt.Sprint(recover()) }()
		panic(c)
	}()
	out.WriteString(panicText)
	for _, form := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), "104 117 110"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret is seen as %q in:\n%s", form, out.String())
		}
	}
	if !strings.Contains(out.String(), secretMark) {
		t.Error("nothing says that there is a secret")
	}
	if s.reveal() != "hunter2-token" {
		t.Errorf("the secret is %q", s.reveal())
	}
	if got := (Secret{}).String(); got != "" {
		t.Errorf("no secret reads %q", got)
	}
}

// TestSecretSource loads secrets, and tells of those that others can read.
func TestSecretSource(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(directory, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		must(t, os.Chmod(path, mode))
		return path
	}
	fifo := filepath.Join(directory, "fifo")
	must(t, syscall.Mkfifo(fifo, 0o600))
	getenv := func(name string) string { return map[string]string{"TOKEN": "from-env"}[name] }
	tests := []struct {
		name                 string
		source               SecretSource
		want, warning, fault string
	}{
		{name: "variable that is not set", source: SecretSource{Env: "NONE"}, fault: "NONE is not set"},
		{name: "file that is not there", source: SecretSource{File: filepath.Join(directory, "none")}, fault: "no such file"},
		{name: "empty file", source: SecretSource{File: file("empty", "\n", 0o600)}, fault: "no secret in it"},
		{name: "too long", source: SecretSource{File: file("long", strings.Repeat("x", 70<<10), 0o600)}, fault: "too long"},
		{name: "fifo", source: SecretSource{File: fifo}, fault: "regular file"},
		{name: "directory", source: SecretSource{File: directory}, fault: "regular file"},
		{name: "two ways", source: SecretSource{Env: "TOKEN", Text: "hunter2"}, fault: "more than one way"},
		{name: "none"},
		{name: "text", source: SecretSource{Text: "plain"}, want: "plain"},
		{name: "variable", source: SecretSource{Env: "TOKEN"}, want: "from-env"},
		{name: "file", source: SecretSource{File: file("good", "from-file\r\n", 0o600)}, want: "from-file"},
		{name: "file of a credential store", source: SecretSource{File: file("cred", "x-y", 0o400)}, want: "x-y"},
		{name: "file that the group can read", source: SecretSource{File: file("group", "shared\n", 0o640)}, want: "shared", warning: "mode 0640"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			secret, warning, err := test.source.Load(getenv)
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
				t.Fatalf("error %v, want %q", err, test.fault)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the secret: %v", err)
			}
			if secret.reveal() != test.want || !strings.Contains(warning, test.warning) || test.warning == "" && warning != "" {
				t.Errorf("secret %q, warning %q", secret.reveal(), warning)
			}
		})
	}
}

// TestRedact takes addresses apart as services do.
func TestRedact(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, secret, text string }{
		{"whole address", "https://hooks.example.com/services/T00A/B11B/xyzzy", `Post "https://hooks.example.com/services/T00A/B11B/xyzzy": EOF`},
		{"path", "https://hooks.example.com/services/T00A/B11B/xyzzy", "404: no such page /services/T00A/B11B/xyzzy"},
		{"host", "https://a1b2c3d4.m.pipedream.example/", "lookup a1b2c3d4.m.pipedream.example: no such host"},
		{"user and password", "https://robot:swordfish@example.com/", "bad credentials robot swordfish"},
		{"short password", "https://robot:x9@example.com/", "password x9 is wrong"},
		{"escaped password", "https://robot:sword%2Ffish@example.com/", "sword/fish and sword%2Ffish and fish"},
		{"query", "https://example.com/?key=swordfish&n=1", "key swordfish"},
		{"token in the user", "slack://hook:T00000000-B00000000-xyzzyxyzzy@webhook", "https://hooks.slack.com/services/T00000000/B00000000/xyzzyxyzzy said no"},
		{"telegram", "telegram://110201543:AAHdqTcvCH1vGWJx@telegram?chats=@mychannel", "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJx/sendMessage to mychannel"},
		{"no address", "swordfish", "Bearer swordfish refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := newRedactor(NewSecret(test.secret)).text(test.text)
			for _, piece := range []string{"xyzzy", "T00A", "B11B", "a1b2c3d4", "swordfish", "x9", "fish", "T00000000", "110201543", "AAHdq", "mychannel"} {
				if strings.Contains(got, piece) {
					t.Errorf("%q is still in %q", piece, got)
				}
			}
			if !strings.Contains(got, secretMark) {
				t.Errorf("%q says nothing of a secret", got)
			}
		})
	}
}

// FuzzRedact: whatever an address is, nothing of it that is long enough to be
// one of its words is seen in a text that holds the whole.
func FuzzRedact(f *testing.F) {
	f.Add("https://user:pass@host.example/path/token?q=value#frag", "before ", " after")
	f.Add("telegram://1:2@telegram", "", "")
	f.Add("%zz://", "\x00", "<secret>")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		s := NewSecret(secret)
		if len(s.reveal()) < pieceLength || strings.Contains(before+after+secretMark, s.reveal()) {
			return
		}
		if got := newRedactor(s).text(before + s.reveal() + after); strings.Contains(got, s.reveal()) {
			t.Errorf("%q is seen in %q", s.reveal(), got)
		}
	})
}

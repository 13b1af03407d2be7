package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (s *syncBuffer) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffer.Write(data)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffer.String()
}

// hidden are the secrets that the sinks of this test are given. None is a part of
// any word that brink itself writes.
var hidden = []string{"xyzzytoken", "swordfish", "sesamekey", "plughuser", "frobozztopic"}

// gossips are servers that betray what they were sent: in their answers, by a
// redirect, or by not being there.
func gossips(t *testing.T) map[string]string {
	t.Helper()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, "no: %s %s", r.URL, r.Header)
	}))
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.String(), http.StatusTemporaryRedirect)
	}))
	garbage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_, _ = fmt.Fprintf(conn, "what is %s?\r\n\r\n", r.URL)
		_ = conn.Close()
	}))
	for _, s := range []*httptest.Server{echo, away, garbage} {
		t.Cleanup(s.Close)
	}
	host := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }
	return map[string]string{"echo": host(echo), "away": host(away), "garbage": host(garbage), "nobody": "127.0.0.1:1", "nowhere": "xyzzytoken.invalid"}
}

// leaky makes every sink that holds secrets, before each server.
func leaky(t *testing.T, log *slog.Logger) []Route {
	t.Helper()
	var routes []Route
	add := func(sink Sink, err error) {
		t.Helper()
		must(t, err)
		routes = append(routes, Route{Sink: sink, GroupWait: -1, Timeout: 3 * time.Second})
	}
	for name, host := range gossips(t) {
		add(NewWebhook(WebhookOptions{
			Name: "webhook-" + name, URL: NewSecret("http://plughuser:swordfish@" + host + "/xyzzytoken?key=frobozztopic"), Key: NewSecret("sesamekey"),
			SecretHeaders: map[string]Secret{"X-Key": NewSecret("sesamekey")}, Now: time.Now,
		}))
		add(NewAlertmanager(AlertmanagerOptions{Name: "am-basic-" + name, URL: NewSecret("http://" + host + "/xyzzytoken/"), User: "robot", Password: NewSecret("swordfish"), Now: time.Now}))
		add(NewAlertmanager(AlertmanagerOptions{Name: "am-bearer-" + name, URL: NewSecret("http://" + host + "/xyzzytoken/"), Token: NewSecret("sesamekey"), Now: time.Now}))
		for service, address := range map[string]string{
			"ntfy": "ntfy://plughuser:swordfish@" + host + "/frobozztopic?scheme=http", "gotify": "gotify://" + host + "/Axyzzytoken.sw?disabletls=yes",
			"matrix": "matrix://plughuser:swordfish@" + host + "/?rooms=!frobozztopic&disableTLS=yes", "generic": "generic+http://plughuser:swordfish@" + host + "/xyzzytoken?@x-key=sesamekey",
			"smtp": "smtp://plughuser:swordfish@" + host + "/?from=a@b.c&to=frobozztopic@b.c",
		} {
			if sink, err := NewShoutrrr(ShoutrrrOptions{Name: service + "-" + name, URL: NewSecret(address), Now: time.Now}); err == nil {
				add(sink, nil)
			} else {
				betrays(t, service, err.Error())
			}
		}
	}
	hook, _ := script(t, `echo "$TOKEN" swordfish >&2; exit 1`, ProgramOptions{Pass: []string{"TOKEN"}, Log: log})
	add(hook, nil)
	return routes
}

func betrays(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range hidden {
		if strings.Contains(text, secret) {
			t.Errorf("%s betrays %q: %s", where, secret, text)
		}
	}
}

// TestSecretsStayInside lets every sink fail in every way, and looks for secrets in all
// that comes out: errors, log, health, JSON, the state file, and the sinks when printed.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	var out syncBuffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	routes := leaky(t, log)
	path := t.TempDir() + "/outbox.json"
	w := newWorld(t, Options{Routes: routes, Log: log, StatePath: path, Drain: 100 * time.Millisecond})
	for _, result := range w.outbox.Test(t.Context()) {
		if result.Err == nil {
			t.Errorf("%s delivered to a server that refuses", result.Sink)
			continue
		}
		betrays(t, "test of "+result.Sink, fmt.Sprintf("%v %+v %#v", result.Err, result, result.Err))
	}
	w.do("fire oom")
	for _, health := range w.outbox.Health() {
		for deadline := time.Now().Add(10 * time.Second); health.Failed == 0 && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
			for _, now := range w.outbox.Health() {
				if now.Name == health.Name {
					health = now
				}
			}
		}
		data, err := json.Marshal(health)
		must(t, err)
		if health.Failed == 0 {
			t.Errorf("%s did not fail: %s", health.Name, data)
		}
		betrays(t, "health", string(data))
	}
	w.close()
	betrays(t, "the log", out.String())
	betrays(t, "the state file", read(t, path))
	for _, route := range routes {
		if shoutrrr, ok := route.Sink.(*Shoutrrr); ok {
			// The library's own structs hold the parts: they are never printed.
			_ = shoutrrr.Close(context.Background())
			continue
		}
		betrays(t, "a printed sink", fmt.Sprintf("%v %+v %#v", route.Sink, route.Sink, route.Sink))
	}
}

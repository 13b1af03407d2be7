package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// clockAt is a clock that stands.
func clockAt(at time.Time) func() time.Time { return func() time.Time { return at } }

// request is what a server received.
type request struct {
	method, path string
	header       http.Header
	body         []byte
}

// server answers with a status, and hands over what it received.
func server(t *testing.T, status int, header map[string]string, answer string) (*httptest.Server, chan request) {
	t.Helper()
	got := make(chan request, 16)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- request{r.Method, r.URL.RequestURI(), r.Header, body}
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s, got
}

func webhook(t *testing.T, options WebhookOptions) *Webhook {
	t.Helper()
	options.Name = "hook"
	if options.Now == nil {
		options.Now = clockAt(noon)
	}
	sink, err := NewWebhook(options)
	must(t, err)
	t.Cleanup(func() { must(t, sink.Close(context.Background())) })
	return sink
}

// TestWebhook sends a message to a real server and checks it as a receiver would.
func TestWebhook(t *testing.T) {
	t.Parallel()
	s, got := server(t, 204, nil, "")
	sink := webhook(t, WebhookOptions{
		URL: NewSecret(s.URL + "/hook?token=xyzzy"), Key: NewSecret("sesame"),
		Headers: map[string]string{"X-Team": "blue"}, SecretHeaders: map[string]Secret{"Authorization": NewSecret("Bearer swordfish")},
	})
	must(t, sink.Send(t.Context(), oomFired()))
	r := <-got
	if r.method != http.MethodPost || r.path != "/hook?token=xyzzy" || r.header.Get("Content-Type") != "application/json" ||
		r.header.Get("X-Team") != "blue" || r.header.Get("Authorization") != "Bearer swordfish" {
		t.Errorf("received %s %s with %v", r.method, r.path, r.header)
	}
	mac := hmac.New(sha256.New, []byte("sesame"))
	mac.Write(r.body)
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); r.header.Get("X-Brink-Signature") != want {
		t.Errorf("signature %s, want %s", r.header.Get("X-Brink-Signature"), want)
	}
	var message struct {
		Version int
		SentAt  time.Time `json:"sent_at"`
		Alerts  []struct{ Rule, State, Reason string }
	}
	must(t, json.Unmarshal(r.body, &message))
	if message.Version != 1 || len(message.Alerts) != 1 || message.Alerts[0].Rule != "oom-kill" || message.Alerts[0].State != "firing" {
		t.Errorf("message: %+v", message)
	}
	if r.header.Get("X-Brink-Timestamp") != strconv.FormatInt(message.SentAt.Unix(), 10) || !message.SentAt.Equal(noon) {
		t.Errorf("times: header %s, signed %v", r.header.Get("X-Brink-Timestamp"), message.SentAt)
	}
}

// TestWebhookAnswers reads statuses.
func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status    int
		after     string
		permanent bool
		wait      time.Duration
	}{
		{status: 400, permanent: true},
		{status: 401, permanent: true},
		{status: 404, permanent: true},
		{status: 410, permanent: true},
		{status: 408},
		{status: 425},
		{status: 429},
		{status: 429, after: "120", wait: 2 * time.Minute},
		{status: 429, after: noon.Add(90 * time.Second).Format(http.TimeFormat), wait: 90 * time.Second},
		{status: 429, after: "soon"},
		{status: 429, after: "-5"},
		{status: 429, after: "4294967295", wait: time.Hour},
		{status: 500},
		{status: 500, after: "120"},
		{status: 503, after: "7", wait: 7 * time.Second},
		{status: 503, after: noon.Add(-time.Hour).Format(http.TimeFormat)},
		{status: 302, permanent: true},
	}
	for _, test := range tests {
		t.Run(strconv.Itoa(test.status)+" "+test.after, func(t *testing.T) {
			t.Parallel()
			s, _ := server(t, test.status, map[string]string{"Retry-After": test.after}, "because of xyzzy-token \x1b[31m")
			err := webhook(t, WebhookOptions{URL: NewSecret(s.URL + "/xyzzy-token")}).Send(t.Context(), oomFired())
			var asked *RetryAfterError
			if err == nil || permanent(err) != test.permanent || errors.As(err, &asked) != (test.wait > 0) || asked != nil && asked.After != test.wait {
				t.Errorf("error %#v", err)
			}
			if !strings.Contains(err.Error(), strconv.Itoa(test.status)) || strings.Contains(err.Error(), "xyzzy") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("error reads %q", err)
			}
		})
	}
}

// TestWebhookRedirects: the credentials stay on their host, and a message that
// became a GET is not delivered.
func TestWebhookRedirects(t *testing.T) {
	t.Parallel()
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	t.Cleanup(thief.Close)
	tests := []struct {
		name   string
		status int
		to     string
		good   bool
	}{
		{"to another host", 307, thief.URL, false},
		{"to another place on the host", 308, "/there", true},
		{"with a change to GET", 302, "/there", false},
		{"in a circle", 307, "/", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan string, 16)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/there" {
					arrived <- r.Method
					return
				}
				http.Redirect(w, r, test.to, test.status)
			}))
			t.Cleanup(s.Close)
			err := webhook(t, WebhookOptions{URL: NewSecret(s.URL), SecretHeaders: map[string]Secret{"Authorization": NewSecret("Bearer swordfish")}}).Send(t.Context(), oomFired())
			if (err == nil) != test.good || err != nil && !permanent(err) {
				t.Errorf("error %v", err)
			}
			if test.good && <-arrived != http.MethodPost {
				t.Error("it did not arrive as a POST")
			}
		})
	}
	t.Cleanup(func() {
		if stolen.Load() != 0 {
			t.Error("the other host was asked")
		}
	})
}

// TestWebhookTLS: a certificate that nobody vouches for is refused.
func TestWebhookTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	if err := webhook(t, WebhookOptions{URL: NewSecret(s.URL)}).Send(t.Context(), oomFired()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v, want one about the certificate", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	must(t, webhook(t, WebhookOptions{URL: NewSecret(s.URL), RootCAs: roots}).Send(t.Context(), oomFired()))
}

// TestWebhookHangs: a server that never answers holds nobody for longer than the
// context.
func TestWebhookHangs(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release); s.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	before := time.Now()
	if err := webhook(t, WebhookOptions{URL: NewSecret(s.URL + "/xyzzy")}).Send(ctx, oomFired()); err == nil || permanent(err) || strings.Contains(err.Error(), "xyzzy") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(before); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestWebhookOptions are refused without a word of what is secret.
func TestWebhookOptions(t *testing.T) {
	t.Parallel()
	good := NewSecret("https://example.com/")
	tests := []struct {
		name    string
		options WebhookOptions
		fault   string
	}{
		{"no address", WebhookOptions{}, "http://"},
		{"no scheme", WebhookOptions{URL: NewSecret("hunter2")}, "http://"},
		{"another scheme", WebhookOptions{URL: NewSecret("file:///etc/hunter2")}, "http://"},
		{"malformed", WebhookOptions{URL: NewSecret("https://user:hunter2@exa mple/%zz")}, "http://"},
		{"a header of ours", WebhookOptions{URL: good, Headers: map[string]string{"content-type": "x"}}, "set by brink"},
		{"no name of a header", WebhookOptions{URL: good, Headers: map[string]string{"X Y": "x"}}, "no name"},
		{"two headers in one", WebhookOptions{URL: good, SecretHeaders: map[string]Secret{"X": NewSecret("hunter2\r\nY: z")}}, "control characters"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.options.Now = time.Now
			if _, err := NewWebhook(test.options); err == nil || !strings.Contains(err.Error(), test.fault) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %v, want one about %q", err, test.fault)
			}
		})
	}
}

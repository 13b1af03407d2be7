package notify

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func chat(t *testing.T, address string) *Shoutrrr {
	t.Helper()
	sink, err := NewShoutrrr(ShoutrrrOptions{Name: "chat", URL: NewSecret(address), Now: clockAt(noon)})
	must(t, err)
	t.Cleanup(func() { must(t, sink.Close(context.Background())) })
	return sink
}

// mail is a mail server of one connection at a time, RFC 5321. It hands over what it
// was sent.
func mail(t *testing.T) (address string, got chan string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	got = make(chan string, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			converse(conn, got)
		}
	}()
	return listener.Addr().String(), got
}

func converse(conn net.Conn, got chan<- string) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 test ESMTP")
	lines := bufio.NewScanner(conn)
	var message []string
	for data := false; lines.Scan(); {
		line := lines.Text()
		switch {
		case data && line == ".":
			data = false
			got <- strings.Join(message, "\n")
			say("250 taken")
		case data:
			message = append(message, line)
		case strings.HasPrefix(line, "DATA"):
			data = true
			say("354 go on")
		case strings.HasPrefix(line, "QUIT"):
			say("221 bye")
			return
		default:
			message = append(message, line)
			say("250 ok")
		}
	}
}

// TestMail sends a message to a mail server.
func TestMail(t *testing.T) {
	t.Parallel()
	address, got := mail(t)
	sink := chat(t, "smtp://"+address+"/?from=brink@example.com&to=you@example.com&starttls=no&auth=none")
	must(t, sink.Send(t.Context(), oomFired()))
	message := <-got
	for _, want := range []string{"MAIL FROM:<brink@example.com>", "RCPT TO:<you@example.com>", "Subject: critical: agent oom-kill on vps-1", "processes OOM-killed 2"} {
		if !strings.Contains(message, want) {
			t.Errorf("no %q in:\n%s", want, message)
		}
	}
}

// TestMailHangs: a server that accepts and says nothing costs one goroutine, not one
// an attempt, and nobody waits for it.
func TestMailHangs(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	accepted := make(chan net.Conn, 16)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	sink, err := NewShoutrrr(ShoutrrrOptions{Name: "mail", Now: time.Now, URL: NewSecret("smtp://robot:swordfish@" + listener.Addr().String() + "/?from=brink@example.com&to=you@example.com")})
	must(t, err)
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := sink.Send(ctx, oomFired()); err == nil || permanent(err) || strings.Contains(err.Error(), "swordfish") {
			t.Errorf("error %v", err)
		}
		cancel()
	}
	if err := sink.Close(t.Context()); !errors.Is(err, errStuck) {
		t.Errorf("Close returned %v", err)
	}
	must(t, listener.Close())
	count := 0
	for conn := range accepted {
		count++
		_ = conn.Close()
	}
	if count != 1 {
		t.Errorf("%d connections, want 1", count)
	}
	for sink.calls.busy.Load() {
		time.Sleep(time.Millisecond)
	}
}

// TestChat sends to a service that speaks HTTP, and reads its answers.
func TestChat(t *testing.T) {
	t.Parallel()
	s, got := server(t, 200, nil, `{"id": "1"}`)
	sink := chat(t, "ntfy://robot:swordfish@"+strings.TrimPrefix(s.URL, "http://")+"/my-topic?scheme=http")
	must(t, sink.Send(t.Context(), oomFired()))
	if r := <-got; r.path != "/my-topic" || r.header.Get("Title") != "critical: agent oom-kill on vps-1" || !strings.Contains(string(r.body), "processes OOM-killed 2") {
		t.Errorf("received %s %v %s", r.path, r.header, r.body)
	}
}

// TestChatAnswers: the status says whether another attempt may help, though the
// library does not hand it on.
func TestChatAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status    int
		after     string
		permanent bool
		wait      time.Duration
	}{
		{status: 401, permanent: true},
		{status: 404, permanent: true},
		{status: 500},
		{status: 429, after: "90", wait: 90 * time.Second},
	}
	for _, test := range tests {
		t.Run(http.StatusText(test.status), func(t *testing.T) {
			t.Parallel()
			s, _ := server(t, test.status, map[string]string{"Retry-After": test.after}, `{"error": "swordfish says no"}`)
			err := chat(t, "ntfy://robot:swordfish@"+strings.TrimPrefix(s.URL, "http://")+"/my-topic?scheme=http").Send(t.Context(), oomFired())
			var asked *RetryAfterError
			if err == nil || permanent(err) != test.permanent || errors.As(err, &asked) != (test.wait > 0) || asked != nil && asked.After != test.wait {
				t.Errorf("error %#v", err)
			}
			for _, secret := range []string{"swordfish", "robot", "my-topic", "127.0.0.1"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%q is seen in %v", secret, err)
				}
			}
		})
	}
}

// TestChatHangs: our client ends with the context, so nothing is left behind.
func TestChatHangs(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release); s.Close() })
	sink := chat(t, "ntfy://"+strings.TrimPrefix(s.URL, "http://")+"/my-topic?scheme=http")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := sink.Send(ctx, oomFired()); err == nil || permanent(err) {
		t.Errorf("error %v", err)
	}
	for sink.calls.busy.Load() {
		time.Sleep(time.Millisecond)
	}
}

// TestMatrixLogsInLate: a server that is down when brink starts is no error of the
// configuration.
func TestMatrixLogsInLate(t *testing.T) {
	t.Parallel()
	s, got := server(t, 503, map[string]string{"Retry-After": "30"}, "{}")
	sink := chat(t, "matrix://robot:swordfish@"+strings.TrimPrefix(s.URL, "http://")+"/?rooms=!room&disableTLS=yes")
	if len(got) != 0 {
		t.Error("it asked the server before there was anything to send")
	}
	err := sink.Send(t.Context(), oomFired())
	var asked *RetryAfterError
	if !errors.As(err, &asked) || strings.Contains(err.Error(), "swordfish") {
		t.Errorf("error %v", err)
	}
	if r := <-got; !strings.Contains(r.path, "login") {
		t.Errorf("asked for %s", r.path)
	}
}

// TestShoutrrrOptions are refused without a word of what is secret.
func TestShoutrrrOptions(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", "hunter2", "hunter2://x", "https://hunter2.example/", "logger://", "slack://hunter2", "telegram://hunter2@telegram",
		"discord://hunter2", "smtp://hunter2", "matrix+x://hunter2", "ntfy://%zz-hunter2",
	} {
		sink, err := NewShoutrrr(ShoutrrrOptions{Name: "chat", URL: NewSecret(address), Now: time.Now})
		if address == "matrix+x://hunter2" && err == nil {
			// Read with the first message only.
			err = sink.Send(t.Context(), oomFired())
		}
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v", address, err)
		}
	}
}

// TestTitled: what we believe of the services of the library is so. A service that
// takes no title refuses the whole message.
func TestTitled(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"bark://:key@example.com/", "discord://token@id", "generic://example.com/", "googlechat://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t",
		"gotify://example.com/AzyoeNS.D4iJLVa", "ifttt://key/?events=e", "join://shoutrrr:key@join/?devices=d", "lark://open.larksuite.com/token",
		"matrix://:token@example.com/?rooms=!r", "mattermost://user@example.com/token/channel", "ntfy://example.com/topic", "opsgenie://api.opsgenie.com/key",
		"pagerduty://events.pagerduty.com/0123456789abcdef0123456789abcdef", "pushbullet://o.01234567890123456789012345678901/device", "pushover://shoutrrr:token@user/",
		"rocketchat://user@example.com/token1/token2/channel", "signal://example.com:8080/+15550001/+15550002",
		"slack://hook:T0000000A-B0000000B-abcdefghijklmnopqrstuvwx@webhook", "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@c",
		"zulip://bot@example.com:key@example.com/?stream=s&topic=t", "wecom://key",
	} {
		sink, err := NewShoutrrr(ShoutrrrOptions{Name: "chat", URL: NewSecret(address), Now: clockAt(noon)})
		if err != nil {
			t.Errorf("%s is not taken: %v", address, err)
			continue
		}
		// Nothing goes out: the context has ended. What must not come is a word about
		// the title.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		sink.web.begin(ctx)
		if sink.service == nil {
			sink.service, err = sink.open()
			must(t, err)
		}
		if err = sink.service.Send(sink.body(oomFired()), sink.params(oomFired())); err == nil {
			err = sink.web.fault()
		}
		if err == nil || strings.Contains(err.Error(), "not a valid config key") || strings.Contains(err.Error(), "valid keys") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestFirstLines keeps whole lines.
func TestFirstLines(t *testing.T) {
	t.Parallel()
	if got := firstLines("aaaa\nbbbb\ncccc", 10); got != "aaaa\nbbbb\n… and 1 more" {
		t.Errorf("%q", got)
	}
	if got := firstLines("aaaa\nbbbb", 10); got != "aaaa\nbbbb" {
		t.Errorf("%q", got)
	}
}

// TestTelegramFails: the library's service for Telegram takes a failure of the network
// for a success.
func TestTelegramFails(t *testing.T) {
	t.Parallel()
	sink := chat(t, "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@one,@two")
	requests := 0
	sink.web.client.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
		requests++
		return nil, errors.New("dial api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw: network is unreachable")
	})
	err := sink.Send(t.Context(), oomFired())
	if err == nil || permanent(err) || strings.Contains(err.Error(), "AAHdq") || strings.Contains(err.Error(), "110201543") {
		t.Errorf("error %v", err)
	}
	if requests != 1 {
		t.Errorf("%d requests after the first had failed", requests-1)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

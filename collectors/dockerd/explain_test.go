package dockerd

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brink/collectors/dockerd/dockerdtest"
)

// question is one way to ask the engine something.
type question struct {
	name, path string
	ask        func(context.Context, *Client) error
}

// questions are all those that end with an answer.
func questions() []question {
	const name = "openclaw-agent"
	return []question{
		{"ping", "/_ping", func(ctx context.Context, c *Client) error { return second(c.Ping(ctx)) }},
		{"info", "/info", func(ctx context.Context, c *Client) error { return second(c.Info(ctx)) }},
		{"list", "/containers/json", func(ctx context.Context, c *Client) error { return second(c.List(ctx)) }},
		{"inspect", "/containers/openclaw-agent/json", func(ctx context.Context, c *Client) error { return second(c.Inspect(ctx, name)) }},
		{"stats", "/containers/openclaw-agent/stats", func(ctx context.Context, c *Client) error {
			stream, err := c.Stats(ctx, name)
			if err != nil {
				return err
			}
			defer func() { _ = stream.Close() }()
			return second(stream.Next())
		}},
		{"events", "/events", func(ctx context.Context, c *Client) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			for update := range c.Events(ctx, time.Time{}) {
				if update.Kind == UpdateLost {
					return update.Err
				}
			}
			return nil
		}},
	}
}

// Every question meets every fault: the error is of the right kind, one line,
// without a byte that a terminal would obey, and names the engine; and it comes
// in time.
func TestEveryQuestionMeetsEveryFault(t *testing.T) {
	for _, fault := range []struct {
		name  string
		fault dockerdtest.Fault
		kind  error
		// ping is the kind for the ping, where only the headers count.
		ping error
	}{
		{"hang", dockerdtest.Hang(), ErrTimeout, ErrTimeout},
		{"EOF", dockerdtest.EOF(), ErrBroken, ErrBroken},
		{"half", dockerdtest.Half(), ErrBroken, nil},
		{"half, but in order", dockerdtest.Body(`{"read":"2026`), ErrMalformed, nil},
		{"garbage", dockerdtest.Garbage(), ErrMalformed, ErrMalformed},
		{"not JSON", dockerdtest.Body("<html>\x1b[2Jhello</html>"), ErrMalformed, nil},
		{"another document", dockerdtest.Body(`"hello"`), ErrMalformed, nil},
		{"wrong types", dockerdtest.Body(`{"id":{},"Id":{},"Type":[],"Version":{},"Name":{}}`), ErrMalformed, nil},
		{"forbidden", dockerdtest.Forbidden(), ErrForbidden, ErrForbidden},
		{"no login", dockerdtest.Status(401, "text/plain", "who?"), ErrForbidden, ErrForbidden},
		{"internal error", dockerdtest.InternalError("driver \x1b[31m failed"), ErrEngine, ErrEngine},
		{"bad gateway", dockerdtest.Status(502, "text/html", strings.Repeat("<p>\x1b[2J", 100_000)), ErrEngine, ErrEngine},
		{"redirect", dockerdtest.Status(301, "text/plain", ""), ErrMalformed, ErrMalformed},
	} {
		t.Run(fault.name, func(t *testing.T) {
			for _, q := range questions() {
				engine := dockerdtest.New(t)
				engine.Run(hardened())
				engine.Fail(q.path, fault.fault)
				c := connect(t, engine.Host(), patience(fault.kind))
				start, want := time.Now(), fault.kind
				if q.name == "ping" {
					want = fault.ping
				}
				err := q.ask(soon(t), c)
				if !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", q.name, err, want)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("%s took %v", q.name, took)
				}
				if err != nil {
					checkLine(t, q.name, err, engine)
				}
			}
		})
	}
}

func checkLine(t *testing.T, name string, err error, engine *dockerdtest.Engine) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("%s: %T is no *Error", name, err)
	}
	if !strings.Contains(err.Error(), engine.Host()) || len(err.Error()) > 1200 || len(e.Detail) > maxDetail {
		t.Errorf("%s: %v", name, err)
	}
	for _, r := range err.Error() {
		if r < ' ' || r > '~' {
			t.Errorf("%s: %q has %q in it", name, err.Error(), r)
			return
		}
	}
}

// An engine that is slow but answers in time is no fault.
func TestSlowIsNoFault(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	engine.Fail("", dockerdtest.Slow(20*time.Millisecond))
	c := connect(t, engine.Host())
	for _, q := range questions()[:5] {
		if err := q.ask(soon(t), c); err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
	}
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	// The bounds of the others work the same way and take longer to reach.
	bounds := map[string]int{"inspect": maxInspectBytes, "once": maxFrameBytes, "stats": maxFrameBytes, "events": maxEventBytes}
	for _, q := range questions() {
		bound, ok := bounds[q.name]
		if !ok {
			continue
		}
		engine := dockerdtest.New(t)
		engine.Run(hardened())
		engine.Fail(q.path, dockerdtest.Huge(bound))
		err := q.ask(soon(t), connect(t, engine.Host(), patience(ErrMalformed)))
		if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), errTooLarge.Error()) {
			t.Errorf("%s: %v", q.name, err)
		}
	}
}

func TestMessages(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	at := engine.Host() + " (--host)"
	const hint = "if a socket proxy stands in front, it has to allow this path: docker-socket-proxy does with "
	for _, test := range []struct {
		name  string
		path  string
		fault dockerdtest.Fault
		ask   int
		want  string
		kind  error
	}{
		{"proxy without PING", "/_ping", dockerdtest.Forbidden(), 0, "GET /_ping was refused with status 403 by " + at + ": the answer is no message of an engine (text/html); " + hint + "PING=1", ErrForbidden},
		{"proxy without INFO", "/info", dockerdtest.Forbidden(), 1, "GET /info was refused with status 403 by " + at + ": the answer is no message of an engine (text/html); " + hint + "INFO=1", ErrForbidden},
		{"proxy without CONTAINERS", "/containers", dockerdtest.Forbidden(), 4, "GET /containers/{id}/stats was refused with status 403 by " + at + ": the answer is no message of an engine (text/html); " + hint + "CONTAINERS=1", ErrForbidden},
		{"proxy without EVENTS", "/events", dockerdtest.Forbidden(), 5, "GET /events was refused with status 403 by " + at + ": the answer is no message of an engine (text/html); " + hint + "EVENTS=1", ErrForbidden},
		{"authorization plugin", "/info", dockerdtest.Status(403, "application/json", `{"message":"authorization denied by plugin opa"}`), 1, "GET /info was refused with status 403 by " + at + ": authorization denied by plugin opa; " + hint + "INFO=1", ErrForbidden},
		{"the engine's own words", "/info", dockerdtest.InternalError("layer \x07 does not exist"), 1, "GET /info: status 500 from " + at + `: "layer \a does not exist"`, ErrEngine},
		{"no answer", "/info", dockerdtest.Hang(), 1, "GET /info: no answer in time from " + at, ErrTimeout},
		{"a torn answer", "/info", dockerdtest.Half(), 1, "GET /info: " + at + " closed the connection: unexpected EOF", ErrBroken},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine.Fail(test.path, test.fault)
			defer engine.Heal(test.path)
			err := questions()[test.ask].ask(soon(t), connect(t, engine.Host(), patience(test.kind)))
			if !errors.Is(err, test.kind) || err.Error() != test.want {
				t.Errorf("%v\nwant %s", err, test.want)
			}
		})
	}
}

func TestNotFoundNamesTheContainer(t *testing.T) {
	engine := dockerdtest.New(t)
	c := connect(t, engine.Host())
	for _, q := range questions()[3:5] {
		err := q.ask(soon(t), c)
		if !errors.Is(err, ErrNotFound) || err.Error() != `no such container: "openclaw-agent"` {
			t.Errorf("%s: %v", q.name, err)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	dir, err := os.MkdirTemp("", "brink")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	left := filepath.Join(dir, "left.sock")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: left})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	_ = listener.Close()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = tcp.Close()
	writeFile(t, "", dir, "plain")
	const hint = "; is the engine running? Another one is chosen with --host or --context"
	for _, test := range []struct{ host, want string }{
		{"unix://" + filepath.Join(dir, "docker.sock"), ": no such file or directory" + hint},
		{"unix://" + left, ": connection refused" + hint},
		{"unix://" + filepath.Join(dir, "plain"), ": connection refused" + hint},
		{"tcp://" + tcp.Addr().String(), ": connection refused" + hint},
		{"unix://" + filepath.Join(dir, "plain", "below"), ": not a directory"},
	} {
		_, err := connect(t, test.host).List(soon(t))
		want := "cannot reach a Docker engine at " + test.host + " (--host)" + test.want
		if !errors.Is(err, ErrUnreachable) || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

// The kernel lets root through everything, so this needs to be somebody else.
func TestNoPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may open every socket")
	}
	engine := dockerdtest.New(t)
	if err := os.Chmod(engine.Socket(), 0); err != nil {
		t.Fatal(err)
	}
	_, err := connect(t, engine.Host()).List(soon(t))
	if !errors.Is(err, ErrPermission) {
		t.Error(err)
	}
}

func TestPermissionIsExplained(t *testing.T) {
	engine := dockerdtest.New(t)
	c := connect(t, engine.Host())
	cause := &failure{cause: &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)}}
	err := c.explain(soon(t), opList, newExchange(1), cause)
	if !errors.Is(err, ErrPermission) || !strings.HasPrefix(err.Error(), "no permission to open "+engine.Host()+" (--host); ") {
		t.Error(err)
	}
	gid := os.Getegid()
	if os.Geteuid() == 0 {
		gid = 4242
		if err := os.Chown(engine.Socket(), -1, gid); err != nil {
			t.Fatal(err)
		}
	}
	name := "4242"
	if group, err := user.LookupGroupId("4242"); err == nil {
		name = group.Name
	}
	if gid != 4242 {
		t.Skip("only root can give a socket to another group")
	}
	const others = "a read-only socket proxy (--host) gives away less, and cgroup:/path needs no engine"
	if got, want := permissionHint(engine.Socket()), "members of group "+name+" may open it, which makes them as good as root; "+others; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := permissionHint(filepath.Join(t.TempDir(), "hidden")); got != others {
		t.Errorf("a socket that cannot even be seen: %s", got)
	}
}

func TestErrorsUnwrapToKindAndCause(t *testing.T) {
	cause := errors.New("cause")
	err := error(&Error{Kind: ErrBroken, cause: cause})
	if !errors.Is(err, ErrBroken) || !errors.Is(err, cause) || errors.Is(err, ErrEngine) {
		t.Error(err)
	}
}

// A body that breaks off and one that is cut by its bound are told apart from
// one that is complete and wrong.
func TestBoundedBody(t *testing.T) {
	x := newExchange(4)
	resp := &http.Response{Header: http.Header{}, Body: http.NoBody}
	x.answered(resp)
	if !x.opened.Load() || x.broken() != nil || !x.clock().IsZero() {
		t.Errorf("%+v", x)
	}
	body := &boundedBody{ReadCloser: readCloser{strings.NewReader("123456789")}, exchange: x}
	buffer := make([]byte, 16)
	if n, err := body.Read(buffer); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	x.refill()
	if n, err := body.Read(buffer[:3]); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	_, _ = body.Read(buffer)
	if n, err := body.Read(buffer); n != 0 || !errors.Is(err, errTooLarge) || !errors.Is(x.broken(), errTooLarge) {
		t.Errorf("%d, %v, %v", n, err, x.broken())
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// FuzzMessage: whatever stands in the body of a refusal, its message is short; and of
// a page that is none of the engine's nothing is quoted.
func FuzzMessage(f *testing.F) {
	f.Add("application/json", []byte(`{"message":"no such container: x"}`))
	f.Add("text/html", []byte("<html>\x1b[2J"))
	f.Add("", []byte("Client sent an HTTP request to an HTTPS server.\n"))
	f.Add("text/plain; charset=utf-8", []byte(" \xff\xfe "))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		text := (&failure{status: 500, contentType: contentType, body: body}).message()
		if len(text) > maxDetail {
			t.Errorf("%d bytes", len(text))
		}
		var answer struct{ Message string }
		isMessage := json.Unmarshal(body, &answer) == nil && answer.Message != ""
		isText := contentType == "" || strings.HasPrefix(contentType, "text/plain")
		if !isMessage && !isText && text != "" && !strings.HasPrefix(text, "the answer is no message") {
			t.Errorf("%q of %q is told as %q", body, contentType, text)
		}
	})
}

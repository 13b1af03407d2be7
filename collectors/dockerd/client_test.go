package dockerd

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"brink/collectors/dockerd/dockerdtest"
)

// unixDialer connects with a socket, whatever the address says.
func unixDialer(socket string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
}

// stock gives an engine what useAll asks for beside the container.
func stock(engine *dockerdtest.Engine) {
	engine.SetImage("openclaw/openclaw:latest", "sha256:aa")
	engine.SetNetwork("openclaw-net", "92a57e", true)
}

// useAll asks everything that a client can ask.
func useAll(t *testing.T, c *Client, name string) {
	t.Helper()
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	asked := map[string]error{}
	_, asked["ping"] = c.Ping(ctx)
	_, asked["info"] = c.Info(ctx)
	_, asked["list"] = c.List(ctx)
	_, asked["inspect"] = c.Inspect(ctx, name)
	_, asked["setup"] = c.Setup(ctx, name)
	_, asked["image"] = c.InspectImage(ctx, "openclaw/openclaw:latest")
	_, asked["network"] = c.InspectNetwork(ctx, "openclaw-net")
	stream, err := c.Stats(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	_, asked["stats"] = stream.Next()
	asked["close"] = stream.Close()
	if update := <-c.Events(ctx, time.Time{}); update.Kind != UpdateConnected {
		t.Errorf("events begin with %+v", update)
	}
	for what, err := range asked {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestEverythingIsAskedWithGetAndHead(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	stock(engine)
	proxy := dockerdtest.NewProxy(t, engine.Socket())
	useAll(t, connect(t, proxy.Host()), "openclaw-agent")
	for _, requests := range [][]dockerdtest.Request{proxy.Requests(), engine.Requests()} {
		if len(requests) < 10 {
			t.Errorf("only %d requests were seen", len(requests))
		}
		for _, request := range dockerdtest.Writes(requests) {
			t.Errorf("%s %s", request.Method, request.Path)
		}
		for _, request := range requests[1:] {
			if request.Path != "/_ping" && request.Version != "1.51" {
				t.Errorf("%s is asked in version %q", request.Path, request.Version)
			}
		}
	}
}

// Whatever is written above it one day: the transport lets nothing else through.
func TestTheTransportRefusesToWrite(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Run(hardened())
	c := connect(t, engine.Host())
	api, err := c.engine(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.ContainerStop(soon(t), id, client.ContainerStopOptions{})
	if err := c.explain(soon(t), "POST /containers/{id}/stop", newExchange(1), err); !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), errReadOnly.Error()) {
		t.Errorf("stop: %v", err)
	}
	if writes := dockerdtest.Writes(engine.Requests()); len(writes) > 0 {
		t.Errorf("%+v", writes)
	}
}

func TestRequestsCarryTheNameAndTheConfiguredHeaders(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Run(hardened())
	stock(engine)
	dir := t.TempDir()
	writeFile(t, `{"HttpHeaders":{"X-Proxy-Login":"me"}}`, dir, "config.json")
	c := connect(t, engine.Host(), func(o *Options) { o.ConfigDir, o.UserAgent = dir, "brink/1.0" })
	useAll(t, c, id)
	for _, r := range engine.Requests() {
		if r.Header.Get("User-Agent") != "brink/1.0" || r.Header.Get("X-Proxy-Login") != "me" {
			t.Errorf("%s %s: %v", r.Method, r.Path, r.Header)
		}
	}
}

func TestVersionNegotiation(t *testing.T) {
	for _, test := range []struct {
		engine, env, want string
		kind              error
		text              string
	}{
		{engine: "1.39", kind: ErrTooOld, text: "it speaks API 1.39, brink needs 1.40 (Docker 19.03) or newer"},
		{engine: "1.12", kind: ErrTooOld, text: "1.12"},
		{engine: "0.9", kind: ErrTooOld, text: "0.9"},
		{engine: "latest", kind: ErrMalformed, text: "GET /_ping"},
		{engine: "1", kind: ErrMalformed, text: "GET /_ping"},
		{engine: "1.40", want: "1.40"},
		{engine: "1.41", want: "1.41"},
		{engine: "1.99", want: client.MaxAPIVersion},
		{engine: "1.51", env: "1.44", want: "1.44"},
	} {
		t.Run(test.engine+test.env, func(t *testing.T) {
			engine := dockerdtest.Start(t, dockerdtest.Config{APIVersion: test.engine})
			c := connect(t, engine.Host(), func(o *Options) { o.Env = environment("DOCKER_API_VERSION=" + test.env) })
			_, err := c.List(soon(t))
			if !errors.Is(err, test.kind) || err != nil && !strings.Contains(err.Error(), test.text) {
				t.Fatalf("%v, want %v: %s", err, test.kind, test.text)
			}
			if test.kind != nil {
				return
			}
			ping, err := c.Ping(soon(t))
			if err != nil || ping.Agreed != test.want || ping.APIVersion != test.engine || ping.OSType != "linux" {
				t.Errorf("%+v, %v; want agreed %s", ping, err, test.want)
			}
		})
	}
}

// An engine that is replaced by an older one while brink runs is met in its own
// version after the events told of the outage.
func TestVersionIsAgreedAnewAfterAnOutage(t *testing.T) {
	engine := dockerdtest.New(t)
	c := connect(t, engine.Host())
	ctx := soon(t)
	updates := c.Events(ctx, time.Time{})
	expect(t, updates, UpdateConnected)
	engine.Down()
	expect(t, updates, UpdateLost)
	engine.SetAPIVersion("1.41")
	engine.Up(t)
	for update := range updates {
		if update.Kind == UpdateConnected {
			break
		}
	}
	if ping, err := c.Ping(ctx); err != nil || ping.Agreed != "1.41" {
		t.Errorf("%+v, %v", ping, err)
	}
	if _, err := c.List(ctx); err != nil {
		t.Error(err)
	}
}

// Only one caller pings; those who wait for it go when their own time is over.
func TestAHangingPingHoldsNobodyUp(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Fail("/_ping", dockerdtest.Hang())
	c := connect(t, engine.Host(), func(o *Options) { o.CallTimeout = 5 * time.Second })
	patient, cancel := context.WithCancel(soon(t))
	var wait sync.WaitGroup
	wait.Go(func() { _, _ = c.List(patient) })
	defer wait.Wait()
	defer cancel()
	for len(engine.Requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	hasty, done := context.WithTimeout(soon(t), 20*time.Millisecond)
	defer done()
	start := time.Now()
	_, err := c.List(hasty)
	if !errors.Is(err, ErrTimeout) || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestACallerThatGivesUpGetsItsOwnError(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Fail("/containers", dockerdtest.Hang())
	c := connect(t, engine.Host())
	ctx, cancel := context.WithCancel(soon(t))
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := c.List(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, ok := errors.AsType[*Error](err); ok {
		t.Errorf("giving up is no fault of the engine: %v", err)
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	engine := dockerdtest.New(t)
	c := connect(t, engine.Host())
	for _, name := range []string{"", ".", "..", "../info", "a/b", "a b", "a?x=1", "a%2f", "-a", "\x1b[2J", "é", strings.Repeat("a", 257)} {
		for what, err := range map[string]error{
			"inspect": second(c.Inspect(soon(t), name)), "stats": second(c.Stats(soon(t), name)),
		} {
			if !errors.Is(err, ErrNotFound) || strings.ContainsAny(err.Error(), "\x1b") {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
	}
	if requests := engine.Requests(); len(requests) > 0 {
		t.Errorf("%+v", requests)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOlderThan(t *testing.T) {
	for _, test := range []struct {
		version, minimum string
		want             bool
	}{
		{"1.39", "1.40", true},
		{"1.40", "1.40", false},
		{"1.9", "1.40", true},
		{"2.0", "1.40", false},
		{"0.99", "1.40", true},
		{"", "1.40", false},
		{"1", "1.40", false},
		{"a.b", "1.40", false},
		{"1.x", "1.40", false},
	} {
		if got := olderThan(test.version, test.minimum); got != test.want {
			t.Errorf("olderThan(%q, %q) = %v", test.version, test.minimum, got)
		}
	}
}

// Four goroutines that start together agree on one version, and use the client
// at once afterwards.
func TestOneClientForManyGoroutines(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	c := connect(t, engine.Host())
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 5 {
				if _, err := c.List(soon(t)); err != nil {
					t.Error(err)
				}
				if _, err := c.Inspect(soon(t), "openclaw-agent"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	pings := 0
	for _, r := range engine.Requests() {
		if r.Path == "/_ping" {
			pings++
		}
	}
	if pings != 1 {
		t.Errorf("%d pings, want 1", pings)
	}
}

func TestTheGuardIsSilentAboutCauses(t *testing.T) {
	f := &failure{cause: errors.New("dial unix: connection refused")}
	if strings.Contains(f.Error(), "refused") || errors.Unwrap(f) != nil {
		t.Error("the moby client would take this error apart")
	}
	resp, err := (&guard{}).RoundTrip(&http.Request{Method: http.MethodDelete})
	if err == nil {
		_ = resp.Body.Close()
	}
	if f, ok := errors.AsType[*failure](err); !ok || !errors.Is(f.cause, errReadOnly) {
		t.Error(err)
	}
}

// FuzzVersion: of two versions at most one is the older one, and what is no version
// is never older.
func FuzzVersion(f *testing.F) {
	for _, pair := range [][2]string{{"1.40", "1.41"}, {"", "1.40"}, {"1.", ".1"}, {"-1.2", "1.-2"}, {"1.2.3", "+1.+2"}, {"99999999999999999999.1", "1.40"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if olderThan(a, a) || olderThan(b, b) {
			t.Errorf("%q or %q is older than itself", a, b)
		}
		_, _, isA := splitVersion(a)
		_, _, isB := splitVersion(b)
		if isA && isB && olderThan(a, b) && olderThan(b, a) {
			t.Errorf("each of %q and %q is older than the other", a, b)
		}
		if !isA && olderThan(a, b) {
			t.Errorf("%q is no version and older than %q", a, b)
		}
	})
}

package dockerd

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/moby/moby/client"
)

// Client reads one engine. It is safe for use by several goroutines.
type Client struct {
	options Options
	target  target
	// base is the URL that requests of our own start from.
	base url.URL
	// host is the name under which the moby client knows the engine: another one
	// than the endpoint's when ssh carries the connection.
	host      string
	http      *http.Client
	transport *http.Transport
	session   atomic.Pointer[session]
	// gate lets one goroutine at a time agree on the API version. It is a channel
	// and not a mutex, because waiting for it must end with the context.
	gate chan struct{}
}

// session is a moby client with its agreed API version. After the engine went
// away it is replaced: the engine that comes back may be another version.
type session struct {
	api    *client.Client
	agreed atomic.Bool
}

// New chooses the endpoint and prepares to talk to it; it sends nothing. Its
// errors are all ErrConfig.
func New(options Options) (*Client, error) {
	options = options.withDefaults()
	target, err := newResolver(options).resolve()
	if err != nil {
		return nil, configError(err)
	}
	transport, host, err := newTransport(target)
	if err != nil {
		return nil, configError(err)
	}
	c := &Client{options: options, target: target, host: host, transport: transport, gate: make(chan struct{}, 1)}
	c.http = &http.Client{Transport: &guard{base: transport}, CheckRedirect: client.CheckRedirect}
	if err := c.setBase(); err != nil {
		return nil, configError(err)
	}
	api, err := client.New(c.apiOptions()...)
	if err != nil {
		return nil, configError(err)
	}
	c.session.Store(&session{api: api})
	return c, nil
}

func (c *Client) setBase() error {
	parsed, err := client.ParseHostURL(c.host)
	if err != nil {
		return err
	}
	c.base = url.URL{Scheme: "http", Host: parsed.Host, Path: parsed.Path}
	if c.target.tls != nil {
		c.base.Scheme = "https"
	}
	return nil
}

// apiOptions set the host first: that option insists on a plain transport, which
// the guard then replaces.
func (c *Client) apiOptions() []client.Opt {
	return []client.Opt{
		client.WithHost(c.host),
		client.WithHTTPClient(c.http),
		client.WithScheme(c.base.Scheme),
		client.WithHTTPHeaders(c.target.headers),
		client.WithUserAgent(c.options.UserAgent),
		client.WithAPIVersion(c.options.Env("DOCKER_API_VERSION")),
	}
}

// Endpoint tells which engine was chosen and why.
func (c *Client) Endpoint() Endpoint { return c.target.Endpoint }

// Local reports whether the engine is reached over a unix socket; see
// [Endpoint.Local] for how little that proves.
func (c *Client) Local() bool { return c.target.Local() }

// Close drops idle connections. Streams end with their own contexts.
func (c *Client) Close() error {
	c.transport.CloseIdleConnections()
	return nil
}

// engine returns the moby client after the API version has been agreed on.
func (c *Client) engine(ctx context.Context) (*client.Client, error) {
	s := c.session.Load()
	if s.agreed.Load() {
		return s.api, nil
	}
	select {
	case c.gate <- struct{}{}:
		defer func() { <-c.gate }()
	case <-ctx.Done():
		return nil, c.explain(ctx, opPing, newExchange(0), ctx.Err())
	}
	if s = c.session.Load(); s.agreed.Load() {
		return s.api, nil
	}
	_, err := c.ping(ctx, s)
	return s.api, err
}

// forget makes the next call agree on the API version anew. It keeps the session
// that another goroutine has replaced already.
func (c *Client) forget(api *client.Client) {
	old := c.session.Load()
	if old.api != api {
		return
	}
	fresh, err := client.New(c.apiOptions()...)
	if err == nil {
		c.session.CompareAndSwap(old, &session{api: fresh})
	}
}

// The questions brink asks, as errors name them. opContainer begins all that
// are about one container.
const (
	opPing      = "GET /_ping"
	opInfo      = "GET /info"
	opList      = "GET /containers/json"
	opEvents    = "GET /events"
	opContainer = "GET /containers/{id}"
	opInspect   = opContainer + "/json"
	opStats     = opContainer + "/stats"
	opImage     = "GET /images/{name}/json"
	opNetwork   = "GET /networks/{id}"
)

// call runs one question with a time limit and a bound for the answer.
func (c *Client) call(ctx context.Context, op string, limit int64, ask func(context.Context, *client.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.CallTimeout)
	defer cancel()
	api, err := c.engine(ctx)
	if err != nil {
		return err
	}
	x := newExchange(limit)
	return c.explain(ctx, op, x, ask(x.attach(ctx), api))
}

// get sends a GET of our own in the agreed API version. It stands beside the
// moby client's methods for the one answer whose full decoding is unwanted.
func (c *Client) get(ctx context.Context, api *client.Client, path string) (*http.Response, error) {
	path = c.base.Path + "/v" + api.ClientVersion() + path
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		return nil, err
	}
	// The host of a unix socket is a path, which no URL parser accepts; the moby
	// client sets it afterwards, too, and so shares its connections with this.
	req.URL.Scheme, req.URL.Host = c.base.Scheme, c.base.Host
	for name, value := range c.target.headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	if c.Local() {
		req.Host = client.DummyHost
	}
	return c.http.Do(req)
}

// containerName is what the engine accepts as a name or an id (moby
// daemon/names). Anything else can name no container, and must not get into the
// path of a request.
var containerName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

// checkName refuses what can be no name of a container.
func (c *Client) checkName(name string) error {
	if containerName.MatchString(name) && len(name) <= maxName {
		return nil
	}
	return &Error{
		Kind: ErrNotFound, Endpoint: c.target.Endpoint, Op: opInspect,
		Detail: strconv.Quote(clip(name, maxName)) + " cannot be a container's name or id",
	}
}

// tooOld says both versions. 1.40 came with Docker 19.03.
func (c *Client) tooOld(version string) error {
	return &Error{
		Kind: ErrTooOld, Endpoint: c.target.Endpoint, Op: opPing,
		Detail: fmt.Sprintf("it speaks API %s, brink needs %s (Docker 19.03) or newer", clip(version, maxName), client.MinAPIVersion),
	}
}

// olderThan compares two API versions of the form major.minor; what is of
// another form is not older.
func olderThan(version, minimum string) bool {
	major, minor, ok := splitVersion(version)
	minMajor, minMinor, _ := splitVersion(minimum)
	return ok && (major < minMajor || major == minMajor && minor < minMinor)
}

func splitVersion(version string) (major, minor int, ok bool) {
	first, second, _ := strings.Cut(version, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0, false
	}
	minor, err = strconv.Atoi(second)
	return major, minor, err == nil
}

package dockerd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/docker/cli/cli/connhelper"
	"github.com/docker/go-connections/sockets"
	"github.com/moby/moby/client"
)

// errReadOnly is what a request that could change something ends with.
var errReadOnly = errors.New("brink sends GET and HEAD only")

// errTooLarge is the end of an answer that passes its bound.
var errTooLarge = errors.New("the answer is larger than any honest one")

// guard is the transport under everything that speaks to the engine. It lets
// only reading requests through, which are GET and, for the moby client's ping of
// /_ping alone, HEAD: neither changes anything. It turns every failure into a value that survives
// the client above it, and bounds every body.
type guard struct {
	base http.RoundTripper
}

// failure is an exchange that gave no usable answer. The moby client searches
// the text of transport errors for words and drops the cause when it finds them
// (request.go, doRequest); so the text is constant, and the cause is not
// unwrapped but taken out by explain.
type failure struct {
	status      int
	contentType string
	body        []byte
	cause       error
}

func (f *failure) Error() string { return "no usable answer from the engine" }

// RoundTrip sends one request.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		return nil, &failure{cause: fmt.Errorf("%w: not %s", errReadOnly, req.Method)}
	}
	resp, err := g.base.RoundTrip(req)
	switch {
	case err != nil && req.Context().Err() != nil:
		return nil, err
	case err != nil:
		return nil, &failure{cause: err}
	}
	// A redirect is no answer either: the engine never sends one to a GET.
	if resp.StatusCode >= http.StatusMultipleChoices {
		return nil, refusal(resp)
	}
	exchangeOf(req.Context()).answered(resp)
	return resp, nil
}

// refusal keeps the beginning of the body of an error answer.
func refusal(resp *http.Response) *failure {
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBytes))
	return &failure{status: resp.StatusCode, contentType: resp.Header.Get("Content-Type"), body: body}
}

// exchange is what the guard learns about one call. It travels in the context of
// the request, because the moby client hands neither headers nor read errors out.
type exchange struct {
	limit int64
	// left is how much of the body may still come. Streams refill it after every
	// document, from another goroutine than the one that reads.
	left atomic.Int64
	// opened tells that the headers of a good answer came.
	opened atomic.Bool
	// date is the engine's clock in the answer's header, in Unix seconds; 0 if it
	// sent none.
	date atomic.Int64
	// readErr is what broke the body off, other than its regular end.
	readErr atomic.Pointer[error]
}

type exchangeKey struct{}

// newExchange allows limit bytes of body, or of each document of a stream.
func newExchange(limit int64) *exchange {
	x := &exchange{limit: limit}
	x.refill()
	return x
}

// attach puts the exchange into the context of a request.
func (x *exchange) attach(ctx context.Context) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// exchangeOf finds the exchange of a request. A request without one, as the
// client's own pings, gets a small allowance.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return newExchange(maxErrorBytes)
}

func (x *exchange) refill() { x.left.Store(x.limit) }

func (x *exchange) answered(resp *http.Response) {
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		x.date.Store(date.Unix())
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, exchange: x}
	x.opened.Store(true)
}

// clock is the engine's time when it answered, to the second; zero if unknown.
func (x *exchange) clock() time.Time {
	if seconds := x.date.Load(); seconds > 0 {
		return time.Unix(seconds, 0)
	}
	return time.Time{}
}

// broken is what ended the body before its end, or nil.
func (x *exchange) broken() error {
	if err := x.readErr.Load(); err != nil {
		return *err
	}
	return nil
}

// boundedBody is a body that ends with errTooLarge when it passes the bound.
type boundedBody struct {
	io.ReadCloser
	exchange *exchange
}

// Read reads at most what is left of the allowance.
func (b *boundedBody) Read(p []byte) (int, error) {
	left := b.exchange.left.Load()
	if left <= 0 {
		b.exchange.readErr.CompareAndSwap(nil, new(errTooLarge))
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), left)])
	b.exchange.left.Add(-int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		b.exchange.readErr.CompareAndSwap(nil, &err)
	}
	return n, err
}

// newTransport builds the HTTP transport for a target, and the host under which
// the moby client has to know it.
func newTransport(t target) (*http.Transport, string, error) {
	transport := &http.Transport{MaxResponseHeaderBytes: maxHeaderBytes}
	// The docker command's own helper: it runs "ssh ... docker system dial-stdio",
	// one process per connection, and keeps what ssh says for the error.
	// The two settings let ssh notice a dead link within a minute; without them a
	// stream over it would stay silent for ever.
	helper, err := connhelper.GetConnectionHelperWithSSHOpts(t.Host,
		[]string{"-o ServerAliveInterval=15", "-o ServerAliveCountMax=3"})
	if err != nil {
		return nil, "", err
	}
	host := t.Host
	if helper != nil {
		host = helper.Host
	}
	parsed, err := client.ParseHostURL(host)
	if err != nil {
		return nil, "", err
	}
	if err := sockets.ConfigureTransport(transport, parsed.Scheme, parsed.Host); err != nil {
		return nil, "", err
	}
	if helper != nil {
		transport.Proxy, transport.DialContext = nil, helper.Dialer
	}
	transport.TLSClientConfig = t.tls
	return transport, host, nil
}

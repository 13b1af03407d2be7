package dockerdtest

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Proxy stands in front of an engine, a real one or a fake, and records what is
// asked of it. It lets everything through but what [Proxy.Deny] forbids.
type Proxy struct {
	log    recorder
	socket string
	server *server

	mu     sync.Mutex
	denied []string
}

// NewProxy starts a proxy for the engine at the given socket; it ends with the
// test.
func NewProxy(t testing.TB, engine string) *Proxy {
	t.Helper()
	p, err := StartProxy(filepath.Join(shortDir(t), "proxy.sock"), engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// StartProxy starts a proxy on one socket for the engine at another, outside of
// a test.
func StartProxy(socket, engine string) (*Proxy, error) {
	p := &Proxy{socket: socket}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", engine)
		},
		DisableCompression: true,
		// One connection per request: an engine that restarts must not be met with a
		// connection of its former life.
		DisableKeepAlives: true,
	}
	reverse := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", "engine"
			r.Out.Host = r.In.Host
		},
		Transport: transport,
		// Every byte of a stream is passed on at once.
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		// An engine that is not there looks like one: no answer.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	var err error
	p.server, err = serve(socket, p.log.record(p.guard(reverse)))
	return p, err
}

// guard refuses what is denied, as docker-socket-proxy does.
func (p *Proxy) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, path := splitPath(r.URL.Path)
		p.mu.Lock()
		denied := false
		for _, prefix := range p.denied {
			denied = denied || strings.HasPrefix(path, prefix)
		}
		p.mu.Unlock()
		if !denied || !Forbidden().serve(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// Deny forbids all paths that begin with the given one.
func (p *Proxy) Deny(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.denied = append(p.denied, path)
}

// Host is the proxy's address as in docker --host.
func (p *Proxy) Host() string { return "unix://" + p.socket }

// Requests are all requests so far, in order.
func (p *Proxy) Requests() []Request { return p.log.all() }

// Close ends the proxy and all connections through it.
func (p *Proxy) Close() { p.server.stop() }

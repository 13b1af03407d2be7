package dockerdtest

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/api/types/system"
)

// Flavor is the kind of engine.
type Flavor uint8

// The flavors differ in what their stats look like.
const (
	// CgroupV2 is Docker on a host with cgroup v2.
	CgroupV2 Flavor = iota
	// CgroupV1 is Docker on a host with cgroup v1.
	CgroupV1
	// Podman is Podman's Docker API.
	Podman
)

// Config is what an engine is like. The zero Config is a current Docker on
// cgroup v2.
type Config struct {
	Flavor Flavor
	// APIVersion is the newest version the engine speaks: "1.51" if empty.
	APIVersion string
	// StatsPeriod is the pause between the frames of a stream: 10 ms if zero.
	StatsPeriod time.Duration
	// Clock replaces the engine's own clock.
	Clock func() time.Time
	// Info changes what the engine says of itself; nil changes nothing.
	Info func(*system.Info)
}

// Engine is a running fake engine.
type Engine struct {
	config Config
	dir    string
	log    recorder

	mu         sync.Mutex
	now        time.Time
	containers []*state
	created    int
	ring       []stamped
	followers  map[chan stamped]struct{}
	faults     map[string]Fault
	documents  map[string]any
	cut        chan struct{}
	cutFault   Fault
	server     *server
}

// New starts an engine that ends with the test.
func New(t testing.TB) *Engine {
	t.Helper()
	return Start(t, Config{})
}

// Start starts an engine of the given kind that ends with the test.
func Start(t testing.TB, config Config) *Engine {
	t.Helper()
	if config.APIVersion == "" {
		config.APIVersion = "1.51"
	}
	if config.StatsPeriod == 0 {
		config.StatsPeriod = 10 * time.Millisecond
	}
	e := &Engine{
		config:    config,
		dir:       shortDir(t),
		now:       time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		followers: make(map[chan stamped]struct{}),
		faults:    make(map[string]Fault),
		documents: make(map[string]any),
		cut:       make(chan struct{}),
	}
	e.Up(t)
	t.Cleanup(e.Down)
	return e
}

// shortDir is a folder whose name leaves room for a socket: its address has 108
// bytes (unix(7)), and t.TempDir spends most of them on the test's name.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "brink")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// Socket is the path of the engine's socket.
func (e *Engine) Socket() string { return filepath.Join(e.dir, "docker.sock") }

// Host is the engine's address as in docker --host.
func (e *Engine) Host() string { return "unix://" + e.Socket() }

// Down stops the engine: the socket is gone, all connections are closed, and the
// events it kept are forgotten. The containers stay as they are.
func (e *Engine) Down() {
	e.mu.Lock()
	s := e.server
	e.server, e.ring = nil, nil
	e.mu.Unlock()
	if s != nil {
		s.stop()
	}
}

// Up starts the engine again after Down.
func (e *Engine) Up(t testing.TB) {
	t.Helper()
	s, err := serve(e.Socket(), e.log.record(e.handler()))
	if err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.server = s
}

// SetAPIVersion lets the engine come back from the next Up on as another
// version; requests under way are not affected.
func (e *Engine) SetAPIVersion(version string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.config.APIVersion = version
}

// Requests are all requests so far, in order.
func (e *Engine) Requests() []Request { return e.log.all() }

// tick moves the engine's clock on. The caller holds the lock.
func (e *Engine) tick(by time.Duration) time.Time {
	if e.config.Clock != nil {
		return e.config.Clock()
	}
	e.now = e.now.Add(by)
	return e.now
}

// server is an HTTP server on a unix socket that ends with all its handlers.
type server struct {
	http     *http.Server
	cancel   context.CancelFunc
	mu       sync.Mutex
	stopping bool
	handlers sync.WaitGroup
}

func serve(socket string, handler http.Handler) (*server, error) {
	ctx, cancel := context.WithCancel(context.Background())
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", socket)
	if err != nil {
		cancel()
		return nil, err
	}
	s := &server{cancel: cancel}
	s.http = &http.Server{
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !s.enter() {
				panic(http.ErrAbortHandler)
			}
			defer s.handlers.Done()
			handler.ServeHTTP(w, r)
		}),
	}
	s.handlers.Go(func() { _ = s.http.Serve(listener) })
	return s, nil
}

// enter counts a handler in, unless the server is on its way out.
func (s *server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping {
		s.handlers.Add(1)
	}
	return !s.stopping
}

func (s *server) stop() {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.cancel()
	_ = s.http.Close()
	s.handlers.Wait()
}

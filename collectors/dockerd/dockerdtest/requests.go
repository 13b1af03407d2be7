package dockerdtest

import (
	"net/http"
	"regexp"
	"slices"
	"sync"
)

// Request is a request as it came in.
type Request struct {
	Method string
	// Path has no API version in front.
	Path string
	// Version is the API version, as "1.51"; empty without one.
	Version string
	Query   string
	Header  http.Header
}

// ReadOnly reports whether the request could change nothing.
func (r Request) ReadOnly() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// Writes are those of the requests that are not [Request.ReadOnly].
func Writes(requests []Request) []Request {
	return slices.DeleteFunc(slices.Clone(requests), Request.ReadOnly)
}

// recorder keeps all requests that pass through it.
type recorder struct {
	mu       sync.Mutex
	requests []Request
}

func (l *recorder) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, path := splitPath(r.URL.Path)
		l.mu.Lock()
		l.requests = append(l.requests, Request{
			Method: r.Method, Path: path, Version: version, Query: r.URL.RawQuery, Header: r.Header.Clone(),
		})
		l.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (l *recorder) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

var versionPrefix = regexp.MustCompile(`^/v([0-9.]+)(/.*)$`)

// splitPath takes the API version off a path.
func splitPath(path string) (version, rest string) {
	if match := versionPrefix.FindStringSubmatch(path); match != nil {
		return match[1], match[2]
	}
	return "", path
}

package dockerdtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"
)

// Fault is a way to misbehave. It serves a request in place of the engine, or
// returns false to let the engine go on.
type Fault struct {
	serve func(w http.ResponseWriter, r *http.Request) bool
}

// Hang never answers.
func Hang() Fault {
	return Fault{func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}}
}

// Slow answers after a while.
func Slow(pause time.Duration) Fault {
	return Fault{func(_ http.ResponseWriter, r *http.Request) bool {
		wait := time.NewTimer(pause)
		defer wait.Stop()
		select {
		case <-wait.C:
			return false
		case <-r.Context().Done():
			return true
		}
	}}
}

// EOF closes the connection without an answer.
func EOF() Fault {
	return Fault{func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }}
}

// Half begins a document and closes the connection in the middle of it.
func Half() Fault {
	return Fault{func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"Id":"0123456789abcdef","na`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}}
}

// Body answers a whole body, status 200.
func Body(body string) Fault { return Status(http.StatusOK, "application/json", body) }

// Huge is a document of n bytes that never comes to its end.
func Huge(n int) Fault { return Body(`{"name":"` + strings.Repeat("A", n)) }

// Garbage is no HTTP at all.
func Garbage() Fault {
	return Fault{func(w http.ResponseWriter, _ *http.Request) bool {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = connection.Write([]byte("SSH-2.0-OpenSSH_9.2 \x1b[2J\r\n"))
		_ = connection.Close()
		return true
	}}
}

// Status answers with a status and a body.
func Status(status int, contentType, body string) Fault {
	return Fault{func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}}
}

// Forbidden is the answer of docker-socket-proxy (HAProxy) to what it was not
// told to let through.
func Forbidden() Fault {
	return Status(http.StatusForbidden, "text/html",
		"<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n")
}

// InternalError is the engine's own word for trouble.
func InternalError(message string) Fault {
	return Fault{func(w http.ResponseWriter, _ *http.Request) bool {
		refuse(w, http.StatusInternalServerError, message)
		return true
	}}
}

// Fail lets all requests misbehave whose path (without the API version) begins
// with path. The longest path decides.
func (e *Engine) Fail(path string, fault Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults[path] = fault
}

// Heal takes back what Fail said of a path.
func (e *Engine) Heal(path string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.faults, path)
}

func (e *Engine) fault(path string) (Fault, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	best, found := "", false
	for prefix := range e.faults {
		if strings.HasPrefix(path, prefix) && (!found || len(prefix) > len(best)) {
			best, found = prefix, true
		}
	}
	return e.faults[best], found
}

// Cut ends all streams that are open now with a fault: EOF, Half or Hang.
func (e *Engine) Cut(fault Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cutFault = fault
	close(e.cut)
	e.cut = make(chan struct{})
}

func (e *Engine) cutOff(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	fault := e.cutFault
	e.mu.Unlock()
	fault.serve(w, r)
}

// stream is an answer of many documents.
type stream struct {
	w   http.ResponseWriter
	cut chan struct{}
}

// stream sends the headers at once, as the engine does: a client waits for them.
func (e *Engine) stream(w http.ResponseWriter) *stream {
	e.mu.Lock()
	s := &stream{w: w, cut: e.cut}
	e.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	s.flush()
	return s
}

func (s *stream) document(document any) { _ = json.NewEncoder(s.w).Encode(document) }

func (s *stream) event(event stamped, wanted func(events.Message) bool) {
	switch {
	case event.raw != "":
		_, _ = s.w.Write([]byte(event.raw + "\n"))
	case wanted(event.Message):
		s.document(event.Message)
	}
}

func (s *stream) flush() { _ = http.NewResponseController(s.w).Flush() }

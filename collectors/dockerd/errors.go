package dockerd

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of failure. Test an error with errors.Is; errors.As with *Error
// gives the details.
var (
	// ErrConfig: the endpoint cannot be made out of flags, environment and docker
	// contexts. Nothing was asked of anybody.
	ErrConfig = errors.New("engine endpoint")
	// ErrUnreachable: no connection: no socket, nobody listens, no such host, no
	// TLS handshake, or ssh failed.
	ErrUnreachable = errors.New("engine unreachable")
	// ErrPermission: the socket is there and may not be opened.
	ErrPermission = errors.New("no permission on the engine's socket")
	// ErrForbidden: a proxy or an authorization plugin refused the request.
	ErrForbidden = errors.New("request refused")
	// ErrTooOld: the engine speaks no API version that brink speaks.
	ErrTooOld = errors.New("engine too old")
	// ErrNotFound: there is no such container, image or network.
	ErrNotFound = errors.New("no such container")
	// ErrTimeout: the engine did not answer in time.
	ErrTimeout = errors.New("engine does not answer")
	// ErrBroken: the connection broke off before the answer was complete.
	ErrBroken = errors.New("engine closed the connection")
	// ErrMalformed: the answer is not what the API promises.
	ErrMalformed = errors.New("malformed answer")
	// ErrEngine: the engine answered with another error of its own.
	ErrEngine = errors.New("engine error")

	// ErrNoData is a stats frame without a measurement: the container does not
	// run. The stream goes on and has data again when the container does.
	ErrNoData = errors.New("no data: the container is not running")
	// ErrEnded is the end of a stats stream: the container was removed, or the
	// engine went away.
	ErrEnded = errors.New("the stats stream ended")
)

// Error is a failed exchange with the engine, in one line.
type Error struct {
	// Kind is one of the Err values above.
	Kind error
	// Endpoint is the engine that was asked.
	Endpoint Endpoint
	// Op is what was asked, as "GET /containers/json".
	Op string
	// Status is the HTTP status, 0 without an answer.
	Status int
	// Detail is what the engine or the system said: at most 512 bytes, raw.
	Detail string
	// Hint is what the user can do; it may be empty.
	Hint string

	cause error
}

// Error says what failed, where and what to do. Text of the engine is quoted, so
// that the line is safe to print.
func (e *Error) Error() string {
	text := e.sentence()
	if e.Detail != "" {
		text += ": " + printable(e.Detail)
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	if e.Endpoint.Note != "" && e.wrongEngine() {
		text += "; " + printable(e.Endpoint.Note)
	}
	return text
}

// wrongEngine reports whether the failure can mean that another engine was wanted
// than the one that was chosen.
func (e *Error) wrongEngine() bool {
	return e.is(ErrUnreachable) || e.is(ErrPermission) || e.is(ErrTimeout)
}

func (e *Error) sentence() string {
	switch {
	case e.is(ErrConfig):
		return "the Docker endpoint cannot be determined"
	case e.is(ErrUnreachable):
		return fmt.Sprintf("cannot reach a Docker engine at %s", e.Endpoint)
	case e.is(ErrPermission):
		return fmt.Sprintf("no permission to open %s", e.Endpoint)
	case e.is(ErrForbidden):
		return fmt.Sprintf("%s was refused with status %d by %s", e.Op, e.Status, e.Endpoint)
	case e.is(ErrTooOld):
		return fmt.Sprintf("the engine at %s is too old", e.Endpoint)
	case e.is(ErrTimeout):
		return fmt.Sprintf("%s: no answer in time from %s", e.Op, e.Endpoint)
	case e.is(ErrBroken):
		return fmt.Sprintf("%s: %s closed the connection", e.Op, e.Endpoint)
	case e.is(ErrMalformed):
		return fmt.Sprintf("%s: malformed answer from %s", e.Op, e.Endpoint)
	case e.is(ErrNotFound):
		return "no such " + e.sought()
	default:
		return fmt.Sprintf("%s: status %d from %s", e.Op, e.Status, e.Endpoint)
	}
}

// sought is what was asked for by its name.
func (e *Error) sought() string {
	switch e.Op {
	case opImage:
		return "image"
	case opNetwork:
		return "network"
	default:
		return "container"
	}
}

func (e *Error) is(kind error) bool { return errors.Is(e.Kind, kind) }

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// printable leaves plain ASCII as it is and quotes everything else.
func printable(text string) string {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return fmt.Sprintf("%q", text)
		}
	}
	return text
}

// configError is a failure of New.
func configError(err error) error {
	return &Error{Kind: ErrConfig, Detail: clip(err.Error(), maxDetail), cause: err}
}

// forbiddenHint names the switch of docker-socket-proxy (Tecnativa's, and those
// made after it) that opens op's path. PING and EVENTS are on unless
// they were switched off.
func forbiddenHint(op string) string {
	_, path, _ := strings.Cut(op, " ")
	for _, s := range [...]struct{ path, setting string }{
		{"/containers", "CONTAINERS=1"},
		{"/events", "EVENTS=1"},
		{"/info", "INFO=1"},
		{"/_ping", "PING=1"},
	} {
		if strings.HasPrefix(path, s.path) {
			return "if a socket proxy stands in front, it has to allow this path: docker-socket-proxy does with " + s.setting
		}
	}
	return ""
}

package dockerd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// errSilent is why this side cut a stream off: nothing came for too long.
var errSilent = errors.New("silent for too long")

// explain turns what came back from a call into an *Error. ctx is the call's
// context, which knows whether time ran out; x knows what the transport saw. A
// caller that gave up gets its own context's error; ErrNoData is no failure.
func (c *Client) explain(ctx context.Context, op string, x *exchange, err error) error {
	if err == nil || errors.Is(err, ErrNoData) {
		return err
	}
	e := &Error{Endpoint: c.target.Endpoint, Op: op, cause: err}
	f, failed := errors.AsType[*failure](err)
	switch {
	case ctx.Err() != nil:
		return e.ranOut(ctx)
	case failed && f.status > 0:
		e.answer(f)
	case failed:
		e.noAnswer(f.cause)
	case x.broken() != nil:
		e.halfAnswer(x.broken())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Kind, e.Detail = ErrMalformed, "the answer ends in the middle"
	default:
		e.Kind, e.Detail = ErrMalformed, clip(err.Error(), maxDetail)
	}
	return e
}

// ranOut is a call whose context is over.
func (e *Error) ranOut(ctx context.Context) error {
	cause := context.Cause(ctx)
	if !errors.Is(cause, context.DeadlineExceeded) && !errors.Is(cause, errSilent) {
		return fmt.Errorf("%s: %w", e.Op, cause)
	}
	e.Kind, e.cause = ErrTimeout, cause
	return e
}

// answer is an answer with an error status.
func (e *Error) answer(f *failure) {
	e.Status, e.Detail = f.status, f.message()
	switch {
	case f.status == http.StatusForbidden, f.status == http.StatusUnauthorized, f.status == http.StatusProxyAuthRequired:
		e.Kind, e.Hint = ErrForbidden, forbiddenHint(e.Op)
	case f.status == http.StatusNotFound && (strings.HasPrefix(e.Op, opContainer) || e.Op == opImage || e.Op == opNetwork):
		e.Kind = ErrNotFound
	case f.status < http.StatusBadRequest:
		e.Kind, e.Detail = ErrMalformed, "a redirect, status "+strconv.Itoa(f.status)
	default:
		e.Kind = ErrEngine
	}
}

// message is the engine's own sentence. Of anything but JSON and plain text, as a
// proxy's HTML page, only a mention is kept. Go's TLS server names no type when
// it says that it was spoken to without TLS.
func (f *failure) message() string {
	var answer struct {
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(f.body, &answer) == nil && answer.Message != "":
		return clip(strings.TrimSpace(answer.Message), maxDetail)
	case f.contentType == "", strings.HasPrefix(f.contentType, "text/plain"):
		return clip(strings.TrimSpace(string(f.body)), maxDetail)
	case len(f.body) > 0:
		return "the answer is no message of an engine (" + clip(f.contentType, maxName) + ")"
	default:
		return ""
	}
}

// noAnswer is a request that never got headers back.
func (e *Error) noAnswer(cause error) {
	e.Detail = clip(plainCause(cause), maxDetail)
	switch {
	case errors.Is(cause, errReadOnly):
		e.Kind = ErrForbidden
	case errors.Is(cause, fs.ErrPermission):
		e.Kind, e.Detail = ErrPermission, ""
		e.Hint = permissionHint(e.Endpoint.socket())
	case strings.Contains(cause.Error(), "malformed HTTP"):
		e.Kind = ErrMalformed
	case !strings.HasPrefix(e.Endpoint.Host, "ssh://") && lostConnection(cause):
		e.Kind = ErrBroken
	default:
		e.Kind = ErrUnreachable
		e.Hint = unreachableHint(e.Endpoint, cause)
	}
}

// lostConnection tells a connection that was made and went away from one that
// was never made.
func lostConnection(cause error) bool {
	if op, ok := errors.AsType[*net.OpError](cause); ok && op.Op == "dial" {
		return false
	}
	return errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) ||
		errors.Is(cause, syscall.ECONNRESET) || errors.Is(cause, syscall.EPIPE) ||
		strings.Contains(cause.Error(), "server closed idle connection")
}

// plainCause shortens the system's errors to the part that says why.
func plainCause(cause error) string {
	if number, ok := errors.AsType[syscall.Errno](cause); ok {
		return number.Error()
	}
	// The ssh helper's sentence is long; what ssh itself printed says it all.
	if _, stderr, found := strings.Cut(cause.Error(), "stderr="); found {
		return strings.TrimSpace(stderr)
	}
	return cause.Error()
}

func unreachableHint(endpoint Endpoint, cause error) string {
	switch {
	case strings.HasPrefix(endpoint.Host, "ssh://"):
		return "the ssh command has to log in without asking, and docker has to be there"
	case errors.Is(cause, syscall.ENOENT), errors.Is(cause, syscall.ECONNREFUSED):
		return "is the engine running? Another one is chosen with --host or --context"
	default:
		return ""
	}
}

// halfAnswer is a body that broke off.
func (e *Error) halfAnswer(cause error) {
	e.Kind, e.Detail = ErrBroken, clip(plainCause(cause), maxDetail)
	if errors.Is(cause, errTooLarge) {
		e.Kind = ErrMalformed
	}
}

// permissionHint names the group that the socket belongs to, and the ways that
// give less away than that group does.
func permissionHint(socket string) string {
	const others = "a read-only socket proxy (--host) gives away less, and cgroup:/path needs no engine"
	info, err := os.Stat(socket)
	if err != nil {
		return others
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Gid == 0 {
		return "it is open to root only; " + others
	}
	name := strconv.FormatUint(uint64(stat.Gid), 10)
	if group, err := user.LookupGroupId(name); err == nil {
		name = group.Name
	}
	return fmt.Sprintf("members of group %s may open it, which makes them as good as root; %s", name, others)
}

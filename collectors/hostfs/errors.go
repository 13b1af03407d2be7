package hostfs

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrNoProcess says that the process has gone, or has become a zombie that no longer owns what was asked for (mounts,
// network). On a /proc mounted with hidepid=2 a process of another user looks the same: the kernel answers ENOENT.
var ErrNoProcess = errors.New("no such process")

// Causes inside a ParseError.
var (
	errShort    = errors.New("ends too early")
	errNumber   = errors.New("not a number in range")
	errForm     = errors.New("not of the expected form")
	errMissing  = errors.New("an expected entry is missing")
	errTooLarge = errors.New("larger than any sane file of its kind")
)

// NotPermittedError says that the kernel refused a reading and what would allow it. It unwraps to the EACCES or EPERM
// of the kernel, so errors.Is(err, fs.ErrPermission) holds.
type NotPermittedError struct {
	Path  string // the file or directory that was refused
	Needs string // what would help, as a clause: "root or CAP_SYS_PTRACE"
	Err   error  // the errno
}

// Error names the path, the refusal and the remedy.
func (e *NotPermittedError) Error() string {
	return fmt.Sprintf("%q: %v: needs %s", e.Path, e.Err, e.Needs)
}

// Unwrap returns the errno.
func (e *NotPermittedError) Unwrap() error { return e.Err }

// ParseError says that a kernel file does not read as its documentation promises. A parser leaves Path empty; the
// reader that knows the file fills it in.
type ParseError struct {
	Path string // the file, empty when a parser was called with bare bytes
	Text string // the offending line or word, at most maxErrorText bytes of it
	Err  error  // what is wrong with it
}

// Error quotes the text, because a container may have chosen it.
func (e *ParseError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%q: %v", e.Text, e.Err)
	}
	return fmt.Sprintf("%s: %q: %v", e.Path, e.Text, e.Err)
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// maxErrorText bounds what an error carries along: enough to recognise a line, too little to flood a log.
const maxErrorText = 160

// parseError builds a ParseError around a bounded copy of the text.
func parseError[T string | []byte](text T, cause error) *ParseError {
	return &ParseError{Text: string(text[:min(len(text), maxErrorText)]), Err: cause}
}

// atPath gives a parser's error the path of the file it came from; other errors pass unchanged.
func atPath(path string, err error) error {
	if pe, ok := errors.AsType[*ParseError](err); ok {
		pe.Path = path
	}
	return err
}

// pathError turns an errno into the typed error that a caller can branch on.
func pathError(path string, err error, needs string) error {
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return &NotPermittedError{Path: path, Needs: needs, Err: err}
	default:
		return fmt.Errorf("%q: %w", path, err)
	}
}

// isGone tells the errnos by which /proc/PID/* says that there is no such process: ENOENT when the directory is gone,
// ESRCH when the process died between open and read.
func isGone(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH)
}

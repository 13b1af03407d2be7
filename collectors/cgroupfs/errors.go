package cgroupfs

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"strings"
)

var (
	// ErrGone means that the cgroup does not exist: it never did, or it was
	// removed. A directory made later at the same path is another incarnation and
	// has to be opened anew.
	ErrGone = errors.New("cgroup does not exist")
	// ErrNotCgroup2 means that the directory is no cgroup v2 directory.
	ErrNotCgroup2 = errors.New("not a cgroup v2 directory")
	// ErrNotPermitted matches every [ReadError] whose cause is a lack of
	// permission. A stock host lets every user read every file that this package
	// opens, so that the cause is a security module or a mount of its own.
	ErrNotPermitted = errors.New("not permitted")
	// ErrBadPath means that a cgroup path cannot be one below the root.
	ErrBadPath = errors.New("not a path below the cgroup root")
	// ErrTooMany means that a cgroup has more descendants than are walked.
	ErrTooMany = errors.New("too many descendant cgroups")
)

// The causes that a [ParseError] can carry.
var (
	// ErrEmpty means that a file which always holds text held none.
	ErrEmpty = errors.New("no text")
	// ErrSyntax means that the text is not of the form that the kernel writes.
	ErrSyntax = errors.New("malformed")
	// ErrNegative means a negative number. Kernels have shown negative memory
	// counters for a race in summing per-CPU parts (the reason why runc's reader
	// maps them to zero). Here the value stays absent and the fault is told: a
	// zero would look like a measurement.
	ErrNegative = errors.New("negative number")
	// ErrRange means a number that its unit cannot hold, from 2^64 on for counts
	// and bytes.
	ErrRange = errors.New("number out of range")
	// ErrNoKnownKey means that a file of keys and values held none that this
	// package knows. One unknown key is a newer kernel; nothing but unknown keys
	// is another file.
	ErrNoKnownKey = errors.New("no known key")
	// ErrTooLarge means a file beyond every size that the kernel can produce.
	ErrTooLarge = errors.New("file too large")
)

// textLimit bounds how much malformed text an error repeats.
const textLimit = 64

// ParseError tells of text that is not what the kernel writes. The value that it
// belongs to is absent; every other value of the same read stands.
type ParseError struct {
	Path string // cgroup path below the root
	File File
	Text string // the offending line, cut to 64 bytes
	Err  error  // one of the causes above
}

// Error quotes path and text: both can hold bytes that a container chose.
func (e *ParseError) Error() string {
	return fmt.Sprintf("cgroup %q: %s: %v: %q", e.Path, e.File, e.Err, e.Text)
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// fault makes the error of a parser, which knows no path: the reader fills in
// path and file.
func fault(text []byte, cause error) *ParseError {
	if len(text) > textLimit {
		return &ParseError{Text: string(text[:textLimit]) + "...", Err: cause}
	}
	return &ParseError{Text: string(text), Err: cause}
}

// ReadError tells of a file, or of the directory itself, that exists and could
// not be read.
type ReadError struct {
	Path string // cgroup path below the root
	File File   // FileNone for the directory
	Err  error  // what the kernel said, mostly a syscall.Errno
}

// Error names what could not be read.
func (e *ReadError) Error() string {
	if e.File == FileNone {
		return fmt.Sprintf("cgroup %q: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("cgroup %q: %s: %v", e.Path, e.File, e.Err)
}

// Unwrap returns what the kernel said.
func (e *ReadError) Unwrap() error { return e.Err }

// Is makes a ReadError for EACCES or EPERM match [ErrNotPermitted].
func (e *ReadError) Is(target error) bool {
	return target == ErrNotPermitted && errors.Is(e.Err, iofs.ErrPermission)
}

// Faults are the faults of the files of one read, in the order of [File]. The
// values of all other files are good.
type Faults []error

// Error joins the messages in one line.
func (f Faults) Error() string {
	messages := make([]string, len(f))
	for i, err := range f {
		messages[i] = err.Error()
	}
	return strings.Join(messages, "; ")
}

// Unwrap lets errors.Is and errors.As look into every fault.
func (f Faults) Unwrap() []error { return f }

// MissingControllersError tells which controllers do not manage a cgroup, so
// that their values are absent.
type MissingControllersError struct {
	Path    string
	Missing []string
}

// Error tells what is missing and what makes it appear.
func (e *MissingControllersError) Error() string {
	return fmt.Sprintf("cgroup %q is not managed by %s: a controller has to be on cgroup v2 (not v1) and delegated by every ancestor (systemd: Delegate=)",
		e.Path, strings.Join(e.Missing, ", "))
}

func goneError(path string) error { return fmt.Errorf("cgroup %q: %w", path, ErrGone) }

package hostfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// DevKmsg is where the kernel log is on every host. Inside a container it is absent unless it was passed in.
const DevKmsg = "/dev/kmsg"

const (
	needsSyslog = "root or CAP_SYSLOG (kernel.dmesg_restrict=1 keeps the kernel log from others; " +
		"0 opens it to every user of the host)"
	needsFile = "read permission on the device (0644 root:root as a rule)"
)

// KmsgRecord is one record of the kernel log.
type KmsgRecord struct {
	// Sequence counts records since boot.
	Sequence uint64
	// At is the time since boot on the kernel's scheduler clock. It stands still while the host is suspended and is not
	// corrected by NTP, so a reader that follows the log should rather trust the moment of reading.
	At time.Duration
	// Facility is 0 for the kernel. Whoever may write to /dev/kmsg can add records, but the kernel never lets them have
	// facility 0 (devkmsg_write in kernel/printk/printk.c).
	Facility int
	// Level is 0 (emergency) to 7 (debug).
	Level int
	// Fragment says that this record continues the line that an earlier one began, because the two did not fit
	// together or another record came between.
	Fragment bool
	// Lost counts the records before this one that were overwritten before they could be read.
	Lost uint64
	// Text is the message with its escapes undone: hostile, and it may hold newlines.
	Text string
}

// Kmsg is an open kernel log. Use it from one goroutine; Close may come from another.
type Kmsg struct {
	file kmsgFile
	buf  []byte
	next uint64 // the sequence number that comes next; 0 before the first record
}

// kmsgFile is what is used of *os.File.
type kmsgFile interface {
	io.ReadCloser
	SetReadDeadline(t time.Time) error
}

// largestRecord is the kernel's bound for one rendered record (CONSOLE_EXT_LOG_MAX before Linux 6.5, less since).
// A smaller buffer would get EINVAL.
const largestRecord = 8192

// KmsgOptions are the choices of OpenKmsg.
type KmsgOptions struct {
	// Path is DevKmsg, or where a container has it.
	Path string
	// FromStart begins with the oldest record that the kernel still holds, instead of the next one to come.
	FromStart bool
}

// OpenKmsg opens the kernel log. The error is *NotPermittedError for a user who may not read it; errors.Is(err,
// fs.ErrNotExist) holds where there is none.
func OpenKmsg(o KmsgOptions) (*Kmsg, error) {
	// O_NONBLOCK puts the descriptor into Go's poller: a waiting reader then costs no thread, and can be interrupted.
	file, err := os.OpenFile(o.Path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, kmsgError(o.Path, err)
	}
	if !o.FromStart {
		if _, err := file.Seek(0, io.SeekEnd); err != nil {
			_ = file.Close()
			return nil, fmt.Errorf("kernel log: %w", err)
		}
	}
	return newKmsg(file), nil
}

// kmsgError tells the two refusals apart: EPERM is the kernel's policy for its log, EACCES is the mode of the device.
func kmsgError(path string, err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		err = pe.Err
	}
	if errors.Is(err, unix.EPERM) {
		return &NotPermittedError{Path: path, Needs: needsSyslog, Err: err}
	}
	return pathError(path, err, needsFile)
}

// newKmsg wraps an open file that gives one record per read.
func newKmsg(file kmsgFile) *Kmsg {
	return &Kmsg{file: file, buf: make([]byte, largestRecord)}
}

// Close ends the reading. A loop over Records ends with an error that wraps fs.ErrClosed.
func (k *Kmsg) Close() error { return k.file.Close() }

// Records gives the records as they come, until the context ends, the log is closed, or reading fails; the last pair
// then holds the reason. A *ParseError is not an end: it stands in the place of one record. One loop at a time.
func (k *Kmsg) Records(ctx context.Context) iter.Seq2[KmsgRecord, error] {
	return func(yield func(KmsgRecord, error) bool) {
		release := k.interruptedBy(ctx)
		defer release()
		for {
			record, err := k.read(ctx)
			if !yield(record, err) {
				return
			}
			if _, malformed := errors.AsType[*ParseError](err); err != nil && !malformed {
				return
			}
		}
	}
}

// interruptedBy makes the end of the context end a waiting read. The function it returns undoes that and does not
// return before the last trace is gone, so that another loop with another context can follow.
func (k *Kmsg) interruptedBy(ctx context.Context) (release func()) {
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		_ = k.file.SetReadDeadline(time.Unix(0, 1)) // Long past. It fails only on a closed file, which ends a read too.
	})
	return func() {
		if !stop() {
			<-interrupted
			_ = k.file.SetReadDeadline(time.Time{})
		}
	}
}

// read waits for the next record. EPIPE says that the ring has overtaken us: the next read gives the oldest record
// that is left, and the gap in the sequence numbers tells how many are lost.
func (k *Kmsg) read(ctx context.Context) (KmsgRecord, error) {
	for {
		if err := ctx.Err(); err != nil {
			return KmsgRecord{}, fmt.Errorf("kernel log: %w", err)
		}
		n, err := k.file.Read(k.buf)
		switch {
		case err == nil:
			return k.accept(k.buf[:n])
		case errors.Is(err, unix.EPIPE):
			continue
		case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil:
			continue
		default:
			return KmsgRecord{}, fmt.Errorf("kernel log: %w", err)
		}
	}
}

// accept parses a record and counts what is missing before it.
func (k *Kmsg) accept(data []byte) (KmsgRecord, error) {
	record, err := ParseKmsg(data)
	if err != nil {
		return KmsgRecord{}, err
	}
	if k.next > 0 && record.Sequence > k.next {
		record.Lost = record.Sequence - k.next
	}
	k.next = record.Sequence + 1
	return record, nil
}

// ParseKmsg reads one record (Documentation/ABI/testing/dev-kmsg):
//
//	6,819,1041260374,-[,caller=T21721];text, with \xNN for what is not printable\n
//	 KEY=value\n
//
// The prefix is facility<<3 | level, sequence number, microseconds since boot, flags ("c" for a fragment; "+" marked
// one before Linux 4.10) and fields that may be added in future. The KEY lines describe a device; brink needs none.
func ParseKmsg(data []byte) (KmsgRecord, error) {
	prefix, rest, ok := bytes.Cut(data, []byte{';'})
	if !ok {
		return KmsgRecord{}, parseError(data, errForm)
	}
	var word [4][]byte
	for i := range word {
		word[i], prefix, ok = bytes.Cut(prefix, []byte{','})
		if !ok && i < len(word)-1 {
			return KmsgRecord{}, parseError(data, errShort)
		}
	}
	priority, okP := parseUint(word[0])
	sequence, okS := parseUint(word[1])
	usec, okT := parseUint(word[2])
	if !okP || !okS || !okT || priority > 0xffff || usec > maxMicroseconds {
		return KmsgRecord{}, parseError(data, errNumber)
	}
	text, _, _ := bytes.Cut(rest, []byte{'\n'})
	return KmsgRecord{
		Sequence: sequence,
		At:       time.Duration(usec) * time.Microsecond,
		Facility: int(priority >> 3),
		Level:    int(priority & 7),
		Fragment: bytes.ContainsAny(word[3], "c+"),
		Text:     unescapeHex(text),
	}, nil
}

// maxMicroseconds is the largest time that fits a time.Duration.
const maxMicroseconds = uint64(1<<63-1) / uint64(time.Microsecond)

// unescapeHex undoes \xNN, by which the kernel writes control bytes, bytes from 127 up, and the backslash itself.
// That a newline is written so is why this log can be trusted and the output of dmesg cannot: a process named
// "x\nOut of memory" gets no line of its own here.
func unescapeHex(text []byte) string {
	i := bytes.Index(text, []byte(`\x`))
	if i < 0 {
		return string(text)
	}
	out := make([]byte, 0, len(text))
	for ; i >= 0; i = bytes.Index(text, []byte(`\x`)) {
		out = append(out, text[:i]...)
		c, ok := hexByte(text[i+2:])
		if !ok {
			out, text = append(out, `\x`...), text[i+2:]
			continue
		}
		out, text = append(out, c), text[i+4:]
	}
	return string(append(out, text...))
}

// hexByte reads two hexadecimal digits at the start of a text.
func hexByte(text []byte) (byte, bool) {
	if len(text) < 2 {
		return 0, false
	}
	high, okH := hexDigit(text[0])
	low, okL := hexDigit(text[1])
	return high<<4 | low, okH && okL
}

// hexDigit reads one digit in either case.
func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	default:
		return 0, false
	}
}

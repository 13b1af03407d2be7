package hostfs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestParseKmsg(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cause      error
		want       KmsgRecord
	}{
		{name: "empty", text: "", cause: errForm},
		{name: "no text", text: "6,1,2,-", cause: errForm},
		{name: "two fields", text: "6,1;x", cause: errShort},
		{name: "three fields", text: "6,1,2;x", cause: errShort},
		{name: "priority of words", text: "x,1,2,-;x", cause: errNumber},
		{name: "negative priority", text: "-6,1,2,-;x", cause: errNumber},
		{name: "priority too large", text: "65536,1,2,-;x", cause: errNumber},
		{name: "sequence of 2^64", text: "6,18446744073709551616,2,-;x", cause: errNumber},
		{name: "time past a duration", text: "6,1,9223372036854776,-;x", cause: errNumber},
		{name: "empty text", text: "6,1,2,-;\n", want: KmsgRecord{Level: 6, Sequence: 1, At: 2 * time.Microsecond}},
		{name: "as documented", text: "7,160,424069,-;pci_root PNP0A03:00: host bridge\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n", want: KmsgRecord{Level: 7, Sequence: 160, At: 424069 * time.Microsecond, Text: "pci_root PNP0A03:00: host bridge"}},
		{name: "from user space", text: "30,339,5140900,-;x\n", want: KmsgRecord{Level: 6, Facility: 3, Sequence: 339, At: 5140900 * time.Microsecond, Text: "x"}},
		{name: "with a caller and more", text: "6,1,2,-,caller=T7,new=1;a;b\n", want: KmsgRecord{Level: 6, Sequence: 1, At: 2 * time.Microsecond, Text: "a;b"}},
		{name: "a fragment", text: "4,1,2,c,caller=C0;x\n", want: KmsgRecord{Level: 4, Sequence: 1, At: 2 * time.Microsecond, Fragment: true, Text: "x"}},
		{name: "a fragment of old", text: "4,1,2,+;x\n", want: KmsgRecord{Level: 4, Sequence: 1, At: 2 * time.Microsecond, Fragment: true, Text: "x"}},
		{name: "escapes", text: `6,1,2,-;\x1b[2J a\x0ab \x5cx41 \xC3\xa9` + "\n", want: KmsgRecord{Level: 6, Sequence: 1, At: 2 * time.Microsecond, Text: "\x1b[2J a\nb \\x41 \u00e9"}},
		{name: "half an escape", text: `6,1,2,-;\x \xg0 \x4`, want: KmsgRecord{Level: 6, Sequence: 1, At: 2 * time.Microsecond, Text: `\x \xg0 \x4`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseKmsg([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// scriptedLog gives its answers one per read, then waits for its deadline or its end as a device does.
type scriptedLog struct {
	answers  []any // string or error
	deadline chan struct{}
	closed   chan struct{}
}

func newScript(answers ...any) *scriptedLog {
	return &scriptedLog{answers: answers, deadline: make(chan struct{}, 1), closed: make(chan struct{})}
}

func (s *scriptedLog) Read(p []byte) (int, error) {
	if len(s.answers) == 0 {
		select {
		case <-s.deadline:
			return 0, os.ErrDeadlineExceeded
		case <-s.closed:
			return 0, fs.ErrClosed
		}
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	if err, ok := answer.(error); ok {
		return 0, &os.PathError{Op: "read", Path: DevKmsg, Err: err}
	}
	return copy(p, answer.(string)), nil
}

func (s *scriptedLog) SetReadDeadline(at time.Time) error {
	select {
	case <-s.deadline:
	default:
	}
	if !at.IsZero() {
		s.deadline <- struct{}{}
	}
	return nil
}

func (s *scriptedLog) Close() error {
	close(s.closed)
	return nil
}

// TestRecords: an overrun is survived and counted, a malformed record costs only itself, a fault is the end.
func TestRecords(t *testing.T) {
	log := newKmsg(newScript("6,10,1,-;a\n", "6,11,2,-;b\n", unix.EPIPE, "6,40,3,-;c\n", "garbage", "6,41,4,-;d\n", unix.EIO))
	var (
		texts  []string
		lost   []uint64
		faults []error
	)
	for record, err := range log.Records(t.Context()) {
		if err != nil {
			faults = append(faults, err)
			continue
		}
		texts = append(texts, record.Text)
		lost = append(lost, record.Lost)
	}
	if d := diff([]uint64{0, 0, 28, 0}, lost); strings.Join(texts, "") != "abcd" || d != "" {
		t.Errorf("%q, lost -want +got\n%s", texts, d)
	}
	if len(faults) != 2 || !errors.Is(faults[0], errForm) || !errors.Is(faults[1], unix.EIO) {
		t.Errorf("%v", faults)
	}
}

// TestRecordsEnd: whatever ends a wait, it ends at once, says why, and leaves nothing running.
func TestRecordsEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(*Kmsg, context.CancelFunc)
		want error
	}{
		"cancelled":     {func(_ *Kmsg, cancel context.CancelFunc) { cancel() }, context.Canceled},
		"closed":        {func(k *Kmsg, _ context.CancelFunc) { _ = k.Close() }, fs.ErrClosed},
		"out of time":   {func(*Kmsg, context.CancelFunc) {}, context.DeadlineExceeded},
		"closed, early": {nil, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newKmsg(newScript("6,1,1,-;a\n"))
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if tt.end == nil {
					cancel()
				} else {
					time.AfterFunc(time.Second, func() { tt.end(log, cancel) })
				}
				var last error
				for _, err := range log.Records(ctx) {
					last = err
				}
				if !errors.Is(last, tt.want) {
					t.Errorf("ended with %v, want %v", last, tt.want)
				}
			})
		})
	}
}

// TestRecordsAgain: a loop that was left, or whose context ended, does not spoil the next one.
func TestRecordsAgain(t *testing.T) {
	log := newKmsg(newScript("6,1,1,-;a\n", "6,2,2,-;b\n"))
	for record, err := range log.Records(t.Context()) {
		if record.Text != "a" || err != nil {
			t.Errorf("%+v, %v", record, err)
		}
		break
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range log.Records(ended) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
	for record, err := range log.Records(t.Context()) {
		if record.Text != "b" || record.Lost != 0 || err != nil {
			t.Errorf("%+v, %v", record, err)
		}
		break
	}
}

// TestRecordsOfAPipe waits in Go's poller, as with the device: a pipe in packet mode gives one record per read.
func TestRecordsOfAPipe(t *testing.T) {
	defer goleak.VerifyNone(t)
	var fd [2]int
	if err := unix.Pipe2(fd[:], unix.O_DIRECT|unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	log := newKmsg(os.NewFile(uintptr(fd[0]), "kmsg"))
	writer := os.NewFile(uintptr(fd[1]), "writer")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _, _ = io.WriteString(writer, "6,7,1,-;a\n") }()
	var ended error
	for record, err := range log.Records(ctx) {
		if err != nil {
			ended = err
			continue
		}
		if record.Text != "a" || record.Sequence != 7 {
			t.Errorf("%+v", record)
		}
		go cancel()
	}
	if !errors.Is(ended, context.Canceled) {
		t.Errorf("ended with %v", ended)
	}
	if err := errors.Join(log.Close(), writer.Close()); err != nil {
		t.Error(err)
	}
}

func TestOpenKmsgFaults(t *testing.T) {
	if _, err := OpenKmsg(KmsgOptions{Path: filepath.Join(t.TempDir(), "kmsg")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	for errno, needs := range map[unix.Errno]string{unix.EPERM: needsSyslog, unix.EACCES: needsFile} {
		err := kmsgError(DevKmsg, &os.PathError{Op: "open", Path: DevKmsg, Err: errno})
		np, ok := errors.AsType[*NotPermittedError](err)
		if !ok || np.Path != DevKmsg || np.Needs != needs || !errors.Is(err, errno) {
			t.Errorf("%v: %v", errno, err)
		}
	}
}

// TestDevKmsg reads the real log from its oldest record until it waits.
func TestDevKmsg(t *testing.T) {
	defer goleak.VerifyNone(t)
	log, err := OpenKmsg(KmsgOptions{Path: DevKmsg, FromStart: true})
	if err != nil {
		t.Skipf("needs a kernel log that this user may read: %v", err)
	}
	defer func() { _ = log.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var (
		oom     OOMLog
		records int
		last    error
	)
	for record, err := range log.Records(ctx) {
		if last = err; err != nil {
			continue
		}
		records++
		if _, err := oom.Add(record); err != nil {
			t.Error(err)
		}
	}
	if records == 0 || !errors.Is(last, context.DeadlineExceeded) {
		t.Errorf("%d records, ended with %v", records, last)
	}
}

// TestDevKmsgFromItsEnd: nothing that was logged before comes out.
func TestDevKmsgFromItsEnd(t *testing.T) {
	newest, err := OpenKmsg(KmsgOptions{Path: DevKmsg, FromStart: true})
	if err != nil {
		t.Skipf("needs a kernel log that this user may read: %v", err)
	}
	defer func() { _ = newest.Close() }()
	log, err := OpenKmsg(KmsgOptions{Path: DevKmsg})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var seen uint64
	for record, err := range newest.Records(ctx) {
		if err == nil {
			seen = record.Sequence
		}
	}
	again, cancelAgain := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancelAgain()
	for record, err := range log.Records(again) {
		if err == nil && record.Sequence <= seen && seen-record.Sequence > 10 {
			t.Errorf("record %d of at least %d", record.Sequence, seen)
		}
	}
}

func FuzzKmsg(f *testing.F) {
	f.Add([]byte(`6,1,2,-,caller=T7;\x1b[2J \x5c` + "\n SUBSYSTEM=acpi\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		record, err := ParseKmsg(data)
		checkParseError(t, err)
		if record.At < 0 || record.Facility < 0 || record.Level < 0 || record.Level > 7 || len(record.Text) > len(data) {
			t.Errorf("%q: %+v", data, record)
		}
	})
}

package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// gatedWriter takes nothing while its gate is closed, as a terminal after Ctrl-S.
type gatedWriter struct {
	gate sync.Mutex
	fail error

	mu   sync.Mutex
	text strings.Builder
}

func (w *gatedWriter) Write(data []byte) (int, error) {
	w.gate.Lock()
	defer w.gate.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return 0, w.fail
	}
	return w.text.Write(data)
}

func (w *gatedWriter) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Split(strings.TrimSuffix(w.text.String(), "\n"), "\n")
}

// lostHere is the apology of the tests.
func lostHere(lost uint64) []byte { return fmt.Appendf(nil, "%d lost\n", lost) }

// TestLinesWaitForNobody: while the other side takes nothing a bounded number waits;
// the others are counted, and the count stands where they would have.
func TestLinesWaitForNobody(t *testing.T) {
	t.Parallel()
	to := &gatedWriter{}
	l := newLines(to, lostHere, nil)
	to.gate.Lock()
	say := func(text string) {
		if n, err := l.Write([]byte(text + "\n")); err != nil || n != len(text)+1 {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}
	say("first")
	for !l.busy() {
		time.Sleep(time.Millisecond)
	}
	for n := range linesWaiting + 7 {
		say(fmt.Sprint("line ", n))
	}
	to.gate.Unlock()
	for !strings.Contains(strings.Join(to.lines(), " "), "lost") {
		time.Sleep(time.Millisecond)
	}
	say("last")
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	got := to.lines()
	if len(got) != linesWaiting+3 {
		t.Fatalf("%d lines", len(got))
	}
	if diff := cmp.Diff([]string{"first", "line 0"}, got[:2]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{fmt.Sprint("line ", linesWaiting-1), "7 lost", "last"}, got[linesWaiting:]); diff != "" {
		t.Error(diff)
	}
}

// busy reports whether a line is being written.
func (l *lines) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken > 0
}

// TestLinesEnd: the end waits a moment for who does not read, and says what is lost.
func TestLinesEnd(t *testing.T) {
	t.Parallel()
	to := &gatedWriter{}
	l := newLines(to, lostHere, nil)
	to.gate.Lock()
	for n := range 3 {
		_, _ = fmt.Fprintln(l, n)
	}
	began := time.Now()
	err := l.Close()
	if !errors.Is(err, errUnwritten) || !strings.Contains(err.Error(), "the last 3 lines could not be written") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > linesPatience+2*time.Second {
		t.Errorf("it took %v", took)
	}
	_, _ = fmt.Fprintln(l, "after the end")
	to.gate.Unlock()
	<-l.done
	if diff := cmp.Diff([]string{"0", "1", "2"}, to.lines()); diff != "" {
		t.Error(diff)
	}
}

// TestLinesFail: the first write that fails is told, and is the last.
func TestLinesFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("no space left on device")
		var told []error
		l := newLines(&gatedWriter{fail: full}, lostHere, func(err error) { told = append(told, err) })
		_, _ = fmt.Fprintln(l, "one")
		synctest.Wait()
		_, _ = fmt.Fprintln(l, "two")
		if err := l.Close(); !errors.Is(err, full) {
			t.Errorf("error %v", err)
		}
		if len(told) != 1 || !errors.Is(told[0], full) {
			t.Errorf("told %v", told)
		}
	})
}

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestWatchEnds: SIGTERM and SIGHUP end the stream of documents with 0, also when
// nobody reads it.
func TestWatchEnds(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		for _, reads := range []bool{true, false} {
			name := signal.String() + ", read"
			if !reads {
				name = signal.String() + ", not read"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				watchUntil(t, signal, reads)
			})
		}
	}
}

func watchUntil(t *testing.T, signal os.Signal, reads bool) {
	cmd := exec.Command("brink", "watch", "--interval", "100ms", "--cgroup-root", agentTree(t), "--format", "json", "cgroup:/agent")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 2)
	if _, err := io.ReadFull(stdout, first); err != nil || string(first) != `{"` {
		t.Errorf("it begins with %q, %v", first, err)
	}
	if reads {
		go func() { _, _ = io.Copy(io.Discard, stdout) }()
	} else {
		fillPipe(t, stdout.(*os.File))
	}
	began := time.Now()
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v, want exit code 0: %s", err, stderr.String())
	}
	if took := time.Since(began); took > endTime {
		t.Errorf("it took %v to end", took)
	}
}

// fillPipe lets the writer run into a pipe without room: a page holds less than
// three documents, and nobody takes them.
func fillPipe(t *testing.T, pipe *os.File) {
	t.Helper()
	raw, err := pipe.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var errno error
	err = raw.Control(func(fd uintptr) { _, errno = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, os.Getpagesize()) })
	if err = errors.Join(err, errno); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
}

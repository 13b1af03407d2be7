package main

import (
	"net"
	"path/filepath"
	"regexp"
	"testing"
	"testing/synctest"
	"time"
)

// TestSupervisor hears what a service manager would, on a socket as systemd has it.
func TestSupervisor(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	environment := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000"}
	synctest.Test(t, func(*testing.T) {
		s := newSupervisor(func(name string) string { return environment[name] })
		for range 20 {
			s.alive()
			time.Sleep(time.Second)
		}
		s.reloading()
		s.ready()
		s.stopping()
	})
	// The watchdog wants to hear every 30 s: it does every 8.
	want := []string{
		`^READY=1$`, `^WATCHDOG=1$`, `^WATCHDOG=1$`, `^WATCHDOG=1$`,
		`^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*$`, `^READY=1$`, `^STOPPING=1$`,
	}
	if err := socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 200)
	for _, pattern := range want {
		n, err := socket.Read(buffer)
		if err != nil {
			t.Fatalf("no %s: %v", pattern, err)
		}
		if got := string(buffer[:n]); !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("said %q, want %s", got, pattern)
		}
	}
}

// TestSupervisorAlone: without a service manager, or with one that has gone, nothing
// is said and nothing goes wrong.
func TestSupervisorAlone(t *testing.T) {
	t.Parallel()
	for _, environment := range []map[string]string{
		{},
		{"NOTIFY_SOCKET": filepath.Join(t.TempDir(), "gone"), "WATCHDOG_USEC": "-1"},
		{"NOTIFY_SOCKET": "@brink-test-nobody-listens", "WATCHDOG_USEC": "soon"},
	} {
		s := newSupervisor(func(name string) string { return environment[name] })
		if s.pulse != 0 {
			t.Errorf("%v: a pulse of %v", environment, s.pulse)
		}
		s.alive()
		s.reloading()
		s.stopping()
	}
}

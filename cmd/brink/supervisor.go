package main

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// supervisor talks to the service manager by the protocol of sd_notify(3): one
// datagram a message to the socket that $NOTIFY_SOCKET names. Without the variable
// it says nothing. What it cannot send is lost on purpose: there is nobody to tell.
type supervisor struct {
	address *net.UnixAddr
	// pulse is how often the watchdog wants to hear; zero is never. Half of its
	// patience, as sd_watchdog_enabled(3) advises.
	pulse time.Duration
	first sync.Once

	mu   sync.Mutex
	last time.Time
}

func newSupervisor(env func(string) string) *supervisor {
	s := &supervisor{}
	if path := env("NOTIFY_SOCKET"); path != "" {
		s.address = &net.UnixAddr{Name: path, Net: "unixgram"}
	}
	if usec, err := strconv.ParseUint(env("WATCHDOG_USEC"), 10, 63); err == nil {
		s.pulse = time.Duration(usec) * time.Microsecond / 2
	}
	return s
}

// alive says that a sample was taken: the first time that all is ready, later that
// the watchdog need not bark. It comes from the sampler, so a stuck one is noticed.
func (s *supervisor) alive() {
	s.first.Do(s.ready)
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := wallClock(); s.pulse > 0 && at.Sub(s.last) >= s.pulse/2 {
		s.last = at
		s.say("WATCHDOG=1")
	}
}

func (s *supervisor) ready()    { s.say("READY=1") }
func (s *supervisor) stopping() { s.say("STOPPING=1") }

// reloading begins a reload, stamped as Type=notify-reload demands it.
func (s *supervisor) reloading() {
	var clock unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &clock); err == nil {
		s.say(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", clock.Nano()/int64(time.Microsecond)))
	}
}

func (s *supervisor) say(message string) {
	if s.address == nil {
		return
	}
	conn, err := net.DialUnix(s.address.Net, nil, s.address)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = conn.Write([]byte(message))
}

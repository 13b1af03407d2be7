package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKeeperGoesWithTheScreen: each dashboard has one keeper, with a session of its
// own, and it is gone when the dashboard is, and while that is suspended.
func TestKeeperGoesWithTheScreen(t *testing.T) {
	t.Parallel()
	c := agentDashboard(t, "brink")
	pid := keeperOf(t, c.cmd.Process.Pid)
	if session := statOf(t, pid)[3]; session != strconv.Itoa(pid) {
		t.Errorf("the keeper's session is %s, want its own, %d", session, pid)
	}
	if set, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid)); err != nil || strings.Count(string(set), "\x00") != 1 {
		t.Errorf("the keeper knows the environment %q, %v", set, err)
	}
	c.press("\x1a") // nobody could resume this one, so it does that itself
	c.await("screen after the suspension", func() bool { return keepers(t, c.cmd.Process.Pid) == 1 && !runs(pid) })
	c.awaitText("cgroup:/agent")
	pid = keeperOf(t, c.cmd.Process.Pid)
	c.press("q")
	if code, _ := c.awaitExit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if runs(pid) {
		t.Error("the keeper outlives the dashboard")
	}
	c.checkRestored()
}

// TestKeeperIsPatientForASecond: a terminal that does not read holds up neither the
// end of a brink that crashes nor the keeper.
func TestKeeperIsPatientForASecond(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"brink-broken-library", "brink"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			c := openConsole(t, 120, 40, nil, command, "--cgroup-root", agentTree(t), "--interval", "100ms", "cgroup:/agent")
			c.await("alternate screen", c.emulator.IsAltScreen)
			pid := keeperOf(t, c.cmd.Process.Pid)
			c.stopReading()
			if command == "brink" {
				c.signal(syscall.SIGKILL)
			}
			if _, took := c.awaitExit(); took > endTime {
				t.Errorf("it took %v to end", took)
			}
			for deadline := time.Now().Add(endTime); runs(pid); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the keeper waits for the terminal")
				}
			}
			c.readAgain()
			c.checkRestored()
		})
	}
}

// keepers is how many children a process has: brink starts nothing else here.
func keepers(t *testing.T, pid int) int {
	t.Helper()
	return len(childrenOf(t, pid))
}

func keeperOf(t *testing.T, pid int) int {
	t.Helper()
	children := childrenOf(t, pid)
	if len(children) != 1 {
		t.Fatalf("process %d has the children %v, want the keeper", pid, children)
	}
	keeper, err := strconv.Atoi(children[0])
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

// childrenOf lists the children of all threads of a process.
func childrenOf(t *testing.T, pid int) (children []string) {
	t.Helper()
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		// A thread may end in between.
		list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		children = append(children, strings.Fields(string(list))...)
	}
	return children
}

// statOf returns the fields of /proc/PID/stat after the name.
func statOf(t *testing.T, pid int) []string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.Fields(rest)
}

// runs reports whether a process is there and no zombie.
func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// TestFatalError: of all that may stand in the sink, the line that counts.
func TestFatalError(t *testing.T) {
	tests := []struct{ name, sunk, want string }{
		{"nothing", strings.Repeat("\x00", 100), ""},
		{"no memory at all", "", ""},
		{"a library's words", "2026/11/23 deprecated: fatal error: of taste\n\x00", ""},
		{"a panic, which the pipe has as well", "panic: oops\n\ngoroutine 1 [running]:\n\x00", ""},
		{"a fault", "deprecated\nfatal error: concurrent map writes\n\ngoroutine 7", "fatal error: concurrent map writes\n"},
		{"cut off", "fatal error: all gorout", "fatal error: all gorout\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fatalError([]byte(test.sunk)); got != test.want {
				t.Errorf("fatalError = %q, want %q", got, test.want)
			}
		})
	}
}

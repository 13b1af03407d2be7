package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
)

// eaters are children with a memory of their own. They grow fatter than the gateway, so they are who the OOM killer
// takes when the container is at its limit: the container then lives on.
type eaters struct {
	mu    sync.Mutex // guards live
	live  map[*exec.Cmd]struct{}
	ended sync.WaitGroup
}

// start runs a child that eats so much and returns when it has, or when it ended over it.
func (e *eaters) start(bytes int64, name string) (string, error) {
	cmd := exec.Command("/proc/self/exe", "eater", strconv.FormatInt(bytes, 10), strconv.Quote(name))
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // Held open as long as we live.
		return "", err
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	if _, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		ended := "exit status 0"
		if err := cmd.Wait(); err != nil {
			ended = err.Error()
		}
		return fmt.Sprintf("pid=%d ended=%q", cmd.Process.Pid, ended), nil
	}
	e.keep(cmd)
	return fmt.Sprintf("pid=%d holds=%d", cmd.Process.Pid, bytes), nil
}

// keep waits for the child in the background: one that is killed later must not stay a zombie nobody asked for.
func (e *eaters) keep(cmd *exec.Cmd) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == nil {
		e.live = map[*exec.Cmd]struct{}{}
	}
	e.live[cmd] = struct{}{}
	e.ended.Go(func() {
		_ = cmd.Wait() // A killed child is what we are here for.
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.live, cmd)
	})
}

// kill ends the children and returns when all are gone.
func (e *eaters) kill() {
	e.mu.Lock()
	for cmd := range e.live {
		_ = cmd.Process.Kill() // It may be dead already.
	}
	e.mu.Unlock()
	e.ended.Wait()
}

func (e *eaters) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.live)
}

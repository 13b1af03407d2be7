package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// gateway is the agent's state: what it holds and how it behaves. Each part locks itself.
type gateway struct {
	anon        anonymous
	files       files
	burners     burners
	sleepers    children // forked, waiting
	zombies     children // ended, not waited for
	eaters      eaters
	ignoresTerm atomic.Bool
	illness     atomic.Pointer[string] // what the health check says; nil is healthy
	stop        context.CancelFunc
}

// The base load: a node gateway has one to two dozen threads (main, libuv, V8 workers) and a child or two.
const (
	baseThreads  = 16
	baseChildren = 2
)

// title is how the real gateway shows up: its process title cut at the kernel's 15 characters.
const title = "openclaw-gatewa"

func newGateway(stop context.CancelFunc) (*gateway, error) {
	warmThreads(baseThreads)
	g := &gateway{stop: stop}
	if err := setTitle(title); err != nil {
		return nil, err
	}
	for range baseChildren {
		if _, err := forkSleeper("helper"); err != nil { // Never reaped: they live as long as the container.
			return nil, err
		}
	}
	return g, nil
}

// warmThreads makes the Go runtime own n idle threads, which it keeps for good. The base load needs them, and so does
// obedience: a runtime that must create a thread while the container is at its limit of tasks ends the program.
func warmThreads(n int) {
	var all, done sync.WaitGroup
	all.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait() // No thread is given back before all n exist.
		})
	}
	done.Wait()
}

// setTitle changes what /proc/PID/comm says of this process; the kernel cuts it at 15 bytes and forbids nothing else.
func setTitle(name string) error { return os.WriteFile("/proc/self/comm", []byte(name), 0o644) }

// quiet ends everything that was commanded and returns to the base load.
func (g *gateway) quiet() error {
	g.burners.set(0)
	g.anon.free()
	g.eaters.kill()
	g.sleepers.reap()
	g.zombies.reap()
	g.ignoresTerm.Store(false)
	g.illness.Store(nil)
	return g.files.remove()
}

// status tells what the agent holds by its own account.
func (g *gateway) status() string {
	fields := []string{
		fmt.Sprintf("anon=%d", g.anon.held()),
		fmt.Sprintf("burners=%d", g.burners.count()),
		fmt.Sprintf("children=%d", g.sleepers.count()),
		fmt.Sprintf("zombies=%d", g.zombies.count()),
		fmt.Sprintf("eaters=%d", g.eaters.count()),
		fmt.Sprintf("files=%d", g.files.held()),
	}
	return strings.Join(fields, " ")
}

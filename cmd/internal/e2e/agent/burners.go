package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// burners are threads that do nothing as fast as they can.
type burners struct {
	mu   sync.Mutex // guards stop
	stop []*atomic.Bool
	spun atomic.Uint64
}

// set ends the present burners and starts n. Each has a thread of its own, and the scheduler gets as many places as
// there are burners and two more, so that commands are heard while they spin: Go sets the number of places from the
// container's CPU quota, and three burners would share the two of 1.5 CPUs.
func (b *burners) set(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, stop := range b.stop {
		stop.Store(true)
	}
	b.stop = nil
	runtime.GOMAXPROCS(n + 2)
	for range n {
		stop := new(atomic.Bool)
		b.stop = append(b.stop, stop)
		go b.burn(stop)
	}
}

func (b *burners) burn(stop *atomic.Bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var spins uint64
	for !stop.Load() {
		spins++
	}
	b.spun.Add(spins) // The compiler may not drop a loop whose result is kept.
}

func (b *burners) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.stop)
}

package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"syscall"
	"time"
)

// anonymous is memory that only the agent uses: mapped outside the Go heap, so that no collector moves or frees it, and
// written to, so that the kernel charges it.
type anonymous struct {
	mu     sync.Mutex // guards chunks and cancel
	chunks [][]byte
	cancel context.CancelFunc // ends a slow meal
}

// chunk is what is mapped at a time: small against every limit, large against a system call.
const chunk = 4 << 20

// eat maps and touches so many bytes; with a rate, not faster than so many a second. A free ends the meal early.
func (a *anonymous) eat(bytes, rate int64) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a.mu.Lock()
	a.cancel = cancel
	a.mu.Unlock()
	started := time.Now()
	for eaten := int64(0); eaten < bytes; {
		n := min(chunk, bytes-eaten)
		if rate > 0 {
			n = min(n, max(rate/10, 4096))
			due := started.Add(time.Duration(float64(eaten) / float64(rate) * float64(time.Second)))
			if !sleepUntil(ctx, due) {
				return nil
			}
		}
		if err := a.bite(int(n)); err != nil {
			return err
		}
		eaten += n
	}
	return nil
}

func sleepUntil(ctx context.Context, due time.Time) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Until(due)):
		return true
	}
}

func (a *anonymous) bite(n int) error {
	mapped, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return fmt.Errorf("map %d bytes: %w", n, err)
	}
	for i := 0; i < n; i += 4096 {
		mapped[i] = 1
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.chunks = append(a.chunks, mapped)
	return nil
}

func (a *anonymous) free() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cancel != nil {
		a.cancel()
	}
	for _, mapped := range a.chunks {
		_ = syscall.Munmap(mapped) // It was mapped by Mmap: there is nothing that can fail.
	}
	a.chunks = nil
}

func (a *anonymous) held() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var sum int64
	for _, mapped := range a.chunks {
		sum += int64(len(mapped))
	}
	return sum
}

// eater is the verb of a child process: it eats, says so on a line, and waits to be killed.
func eater(args []string, stdout *log.Logger) error {
	if len(args) != 2 {
		return errUsage
	}
	want, err := size(args[0])
	if err != nil {
		return err
	}
	if err := setTitle(unquote(args[1])); err != nil {
		return err
	}
	var a anonymous
	if err := a.eat(want, 0); err != nil {
		return err
	}
	stdout.Print("eaten")
	_, err = io.Copy(io.Discard, os.Stdin) // Ends with the parent, whose end of the pipe closes.
	return err
}

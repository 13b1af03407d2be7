package notify

import (
	"context"
	"errors"
	"sync/atomic"
)

// detached makes calls that cannot be stopped: a write to a terminal that has
// stopped reading (Ctrl-S, a dead connection), a library that knows no context. A
// call runs in a goroutine of its own; when the time is over it is left behind,
// and until it comes back no other one is begun. So at most one goroutine a sink
// is ever lost.
type detached struct {
	busy atomic.Bool
}

// errStuck says that an earlier call has not come back.
var errStuck = errors.New("an earlier attempt still hangs")

// do makes the call. It returns the error of ctx when the time is over.
func (d *detached) do(ctx context.Context, call func() error) error {
	if !d.busy.CompareAndSwap(false, true) {
		return errStuck
	}
	done := make(chan error, 1)
	go func() {
		err := guarded(call)
		d.busy.Store(false)
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

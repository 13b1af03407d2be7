package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"brink/alerts"
)

// Sink is a way to reach somebody.
type Sink interface {
	// Name tells the sink from the others, on the screen, in the log and in the
	// state file: renaming one makes it a new one.
	Name() string
	// Send delivers one message. It must end soon after ctx does. A nil error
	// means that the other side has taken the message; an error of type
	// [PermanentError] that it never will, of type [RetryAfterError] when to ask
	// again, and any other error that another attempt may help. No error may
	// hold a secret. It may be called again before it has returned only by
	// [Outbox.Test].
	Send(ctx context.Context, n Notification) error
}

// Holder is a sink that also holds up what fires at present, as a status line
// does, or as Alertmanager wants to be reminded of.
type Holder interface {
	Sink
	// Hold is given all that fires and that the sink was told of: after each
	// change, and again after Refresh has passed.
	Hold(ctx context.Context, standing Standing) error
	// Refresh is how long what was held up remains good; 0 means until it changes.
	Refresh() time.Duration
}

// Standing is what fires at present and the sink was told of, worst first.
type Standing struct {
	At   time.Time
	Host string
	// Alerts have the values of the latest board and clean text.
	Alerts []alerts.Alert
}

// Closer is a sink that has something to put right at the end.
type Closer interface {
	Close(ctx context.Context) error
}

// Explainer is a sink that can say how it will deliver, and why not better.
type Explainer interface {
	// Explain returns one line, as "OSC 777, wrapped for tmux".
	Explain(ctx context.Context) string
}

// PermanentError says that no other attempt will help: the address is wrong, the
// credentials are refused, the program does not exist.
type PermanentError struct{ Err error }

// Error returns the text of the cause.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *PermanentError) Unwrap() error { return e.Err }

// RetryAfterError says when the other side wants to be asked again.
type RetryAfterError struct {
	Err error
	// After is how long to wait, from now.
	After time.Duration
}

// Error returns the text of the cause and the time to wait.
func (e *RetryAfterError) Error() string {
	return fmt.Sprintf("%v (asked to wait %v)", e.Err, e.After.Round(time.Second))
}

// Unwrap returns the cause.
func (e *RetryAfterError) Unwrap() error { return e.Err }

// permanent reports whether no other attempt will help.
func permanent(err error) bool {
	var refused *PermanentError
	return errors.As(err, &refused)
}

// errPanic is a fault in a sink, or in a library under it.
var errPanic = errors.New("this is a fault in brink")

// guarded calls a sink. A panic becomes an error that no other attempt will
// help: one faulty sink must not end the watch, nor the other sinks.
func guarded(call func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			// The value may hold anything, even a secret: its type has to do.
			err = &PermanentError{Err: fmt.Errorf("%w: panic of type %T", errPanic, fault)}
		}
	}()
	return call()
}

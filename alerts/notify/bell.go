package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Bell rings the bell of a terminal when something fires. It is the one signal
// that passes everything: SSH, screen, and tmux, which flags the window with it.
type Bell struct {
	name string
	line terminal
}

// bel is what rings, ECMA-48 section 8.3.2.
const bel = "\a"

// NewBell returns a bell. writer leads to the terminal: the dashboard gives one that
// goes through its renderer, guard gives /dev/tty.
func NewBell(name string, writer io.Writer) (*Bell, error) {
	if writer == nil {
		return nil, errNoTerminal
	}
	return &Bell{name: name, line: terminal{writer: writer}}, nil
}

// errNoTerminal says that there is nothing to write to.
var errNoTerminal = errors.New("there is no terminal to ring: use a sink that reaches you elsewhere")

// Name returns the configured name.
func (b *Bell) Name() string { return b.name }

// Send rings once, however much fires. That something is over is no reason to ring.
func (b *Bell) Send(ctx context.Context, n Notification) error {
	if len(n.Firing()) == 0 {
		return nil
	}
	return b.line.write(ctx, bel)
}

// terminal writes sequences to a terminal, each in one call, so that nothing that
// others write comes to stand within one.
type terminal struct {
	writer io.Writer
	calls  detached
}

func (t *terminal) write(ctx context.Context, sequence string) error {
	err := t.calls.do(ctx, func() error {
		_, err := io.WriteString(t.writer, sequence)
		return err
	})
	if err != nil {
		return fmt.Errorf("terminal does not take the message: %w", err)
	}
	return nil
}

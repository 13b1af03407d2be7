package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"brink/ui"
)

// statusFlags are the flags of status alone.
type statusFlags struct {
	width  int
	tmux   bool
	follow bool
}

// defaultStatusWidth fits beside a clock in a status line of 80 columns.
const defaultStatusWidth = 60

func newStatusCommand(p *program) *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use:   "status [CONTAINER...]",
		Short: "Print one line for a status bar: what fires, else the tightest limits",
		Long: `Status prints one line: the alerts that fire, worst first; when none does, how
close each limit is, the closest first.

In tmux, one process that prints a line whenever it changes is the cheapest:

  set -g status-right '#(brink status --tmux --follow)'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: p.completeContainers,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.status(cmd.Context(), args, f)
		},
	}
	cmd.Flags().IntVar(&f.width, "width", defaultStatusWidth, "at most this many `CELLS`")
	cmd.Flags().BoolVar(&f.tmux, "tmux", false, "colour with tmux styles")
	cmd.Flags().BoolVar(&f.follow, "follow", false, "go on, and print a line whenever it changes")
	return cmd
}

func (p *program) status(ctx context.Context, args []string, f statusFlags) error {
	if f.width < 1 {
		return usageError(fmt.Errorf("--width %d leaves no room for anything", f.width))
	}
	settings, err := p.settings(args)
	if err != nil {
		return err
	}
	stage, err := p.build(settings)
	if err != nil {
		return err
	}
	defer stage.close()
	style := statusStyle{width: f.width, tmux: f.tmux}
	if f.follow {
		return p.followStatus(ctx, stage, style)
	}
	frame, err := stage.look(ctx, p.flags.interval)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, style.line(frame))
	return err
}

// followStatus prints the line whenever it changes, until ctx ends or nobody
// reads. tmux closes the pipe when it ends.
func (p *program) followStatus(ctx context.Context, stage *stage, style statusStyle) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer survivePipe()()
	stage.desk = newDesk(duties{rules: stage.rules})
	var last string
	err := stage.run(ctx, func(frame ui.Frame) {
		line := style.line(frame)
		if line == last {
			return
		}
		last = line
		if _, err := fmt.Fprintln(p.out, line); err != nil {
			cancel(err)
		}
	})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) && !errors.Is(cause, unix.EPIPE) {
		return errors.Join(err, cause)
	}
	return err
}

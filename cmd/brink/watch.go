package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"brink/ui"
)

func newWatchCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:               "watch [CONTAINER...]",
		Short:             "Show the dashboard (the same as brink alone), or a JSON document per interval",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: p.completeContainers,
		RunE:              p.watch,
	}
}

// watch follows the containers until somebody ends it: on the screen, or as one
// JSON document a line.
func (p *program) watch(cmd *cobra.Command, args []string) error {
	if err := p.flags.check(); err != nil {
		return err
	}
	list, err := targets(args)
	if err != nil {
		return err
	}
	var screen *terminal
	if p.flags.format == formatText {
		if screen, err = p.openTerminal(); err != nil {
			return err
		}
	}
	stage, err := p.build(list)
	if err != nil {
		return err
	}
	defer stage.close()
	if screen == nil {
		return p.stream(cmd.Context(), stage)
	}
	return p.dashboard(cmd.Context(), stage, screen, args)
}

// stream writes every frame until ctx ends or nobody reads.
func (p *program) stream(ctx context.Context, stage *stage) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := stage.run(ctx, func(frame ui.Frame) {
		if err := writeJSON(p.out, frame); err != nil {
			cancel(err)
		}
	})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return errors.Join(err, cause)
	}
	return err
}

package main

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

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
	p.startLight(cmd.Context())
	settings, err := p.settings(args)
	if err != nil {
		return err
	}
	var screen *terminal
	if p.flags.format == formatText {
		if screen, err = p.openTerminal(); err != nil {
			return err
		}
	}
	settings.stays = true
	stage, err := p.build(settings)
	if err != nil {
		return err
	}
	defer stage.close()
	stage.desk = newDesk(duties{rules: settings.RulesInForce()})
	stage.desk.recording = stage.recording
	stage.desk.auditor = stage.auditor
	if screen == nil {
		return p.stream(cmd.Context(), stage)
	}
	err = p.dashboard(cmd.Context(), stage, screen, settings)
	if err == nil && stage.demo.Load() {
		return p.playDemo(cmd.Context(), settings)
	}
	return err
}

// stream writes every frame until ctx ends or nobody reads. A reader that is slow
// holds up the sampler rather than losing lines, since an event stands in one
// line only: what happened meanwhile comes with the next one.
func (p *program) stream(ctx context.Context, stage *stage) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer survivePipe()()
	ended := make(chan error, 1)
	go func() {
		ended <- stage.run(ctx, func(frame ui.Frame) {
			if err := writeJSON(p.out, frame); err != nil {
				cancel(err)
			}
		})
	}()
	_, err := settled(ctx, ended, stagePatience)
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) && !errors.Is(cause, unix.EPIPE) {
		return errors.Join(err, cause)
	}
	return err
}

// survivePipe makes the write to a pipe that nobody reads an error like any
// other, which ends the stream in order; left alone it is a death by SIGPIPE. A
// child (ssh, for an engine far away) still gets the default.
func survivePipe() (undo func()) {
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, unix.SIGPIPE)
	return func() { signal.Stop(ignored) }
}

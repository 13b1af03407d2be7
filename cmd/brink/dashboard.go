package main

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"brink/ui"
)

// framesPerSecond bounds how often the screen is written to. The default of 60
// costs more than the whole dashboard at one sample a second.
const framesPerSecond = 20

// dashboard runs the screen beside the stage. Each ends the other: the user's q
// ends the stage; a signal or a fault of the stage ends the screen.
func (p *program) dashboard(ctx context.Context, stage *stage, screen *terminal, args []string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	box := newMailbox()
	ended := make(chan error, 1)
	go func() {
		err := stage.run(ctx, box.put)
		box.close()
		cancel(err)
		ended <- err
	}()
	screenErr := screen.show(ctx, ui.New(ui.Options{
		Frames:   box.frames,
		Target:   strings.Join(args, " "),
		Version:  version(),
		Interval: p.flags.interval,
		Location: time.Local,
	}), p.programOptions()...)
	cancel(screenErr)
	_, stageErr := settled(ctx, ended, stagePatience)
	stage.log.Info("the dashboard ended", "frames_not_drawn", box.overwritten.Load())
	return errors.Join(stageErr, screenErr)
}

func (p *program) programOptions() []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler()}
	if p.flags.noColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	return options
}

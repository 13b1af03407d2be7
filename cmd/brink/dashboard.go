package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"brink/cmd/internal/config"
	"brink/ui"
)

// framesPerSecond bounds how often the screen is written to. The default of 60
// costs more than the whole dashboard at one sample a second.
const framesPerSecond = 20

// dashboard runs the screen beside the stage. Each ends the other: the user's q
// ends the stage; a signal or a fault of the stage ends the screen.
func (p *program) dashboard(ctx context.Context, stage *stage, screen *terminal, settings settings) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told, err := p.tellFrom(ctx, stage, screen, settings)
	if err != nil {
		return err
	}
	box := newMailbox()
	ended := make(chan error, 1)
	go func() {
		err := stage.run(ctx, box.put)
		told.Wait()
		box.close()
		cancel(err)
		ended <- err
	}()
	screenErr := screen.show(ctx, ui.New(ui.Options{
		Frames:   box.frames,
		Target:   settings.asked(),
		Version:  version(),
		Interval: p.flags.interval,
		Location: time.Local,
		Act:      stage.act,
		Theme:    ui.Theme(settings.Theme),
		Glyphs:   p.glyphs(settings.Glyphs),
		Keys:     settings.Keys,
	}), p.programOptions()...)
	cancel(screenErr)
	_, stageErr := settled(ctx, ended, stagePatience)
	stage.log.Info("the dashboard ended", "frames_not_drawn", box.overwritten.Load())
	return errors.Join(stageErr, screenErr)
}

// tellFrom gives the dashboard its sinks: those of the terminal write through the
// screen; those outside are left to a guard, if one runs, so that nobody is told
// twice.
func (p *program) tellFrom(ctx context.Context, stage *stage, screen *terminal, settings settings) (*sync.WaitGroup, error) {
	told := &sync.WaitGroup{}
	maker := &sinkMaker{env: p.env, tty: &screen.writer, log: stage.log}
	outbox, err := p.openOutbox(stage, settings.Config, maker)
	if outbox != nil && outbox.StateTaken() {
		stage.log.Info("another brink tells the sinks outside; this one keeps to its terminal")
		settings.Sinks = slices.DeleteFunc(settings.Sinks, func(sink config.Sink) bool { return !onTerminal(sink) })
		settings.Outbox.Remember = false
		outbox, err = p.openOutbox(stage, settings.Config, maker)
	}
	if err != nil || outbox == nil {
		return told, err
	}
	stage.desk.outbox = outbox
	told.Go(func() {
		if err := outbox.Run(ctx); err != nil {
			stage.log.Error("a sink did not come back", "error", err)
		}
	})
	return told, nil
}

// onTerminal reports whether a sink belongs to this terminal.
func onTerminal(sink config.Sink) bool {
	switch sink.To.(type) {
	case config.Bell, config.OSC, config.Tmux:
		return true
	default:
		return false
	}
}

func (p *program) programOptions() []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler()}
	if p.flags.noColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	return options
}

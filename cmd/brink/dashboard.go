package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"brink/ui"
)

// ticksPerSecond is how often Bubble Tea looks whether there is anything for it to
// write: a mode of the terminal, a bell, what is copied. The cells do not wait for it
// (see package paint), and each tick wakes the process: twenty a second took a fifth of
// all that the dashboard took.
const ticksPerSecond = 1

// dashboard runs the screen beside the stage. Each ends the other: the user's q
// ends the stage; a signal or a fault of the stage ends the screen.
func (p *program) dashboard(ctx context.Context, stage *stage, screen *terminal, settings settings) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told, err := p.tellFrom(ctx, stage, screen, settings)
	if err != nil {
		return err
	}
	box, recall := newMailbox(), newRecall(p, stage)
	ended := make(chan error, 1)
	go func() {
		p.recallEvents(ctx, stage)
		err := stage.run(ctx, func(frame ui.Frame) {
			recall.begin(ctx, frame.Snapshot)
			box.put(frame)
		})
		box.close()
		recall.end()
		cancel(err)
		ended <- err
	}()
	screenErr := screen.show(ctx, ui.New(ui.Options{
		Frames:   box.frames,
		Pages:    recall.pages,
		Target:   settings.asked(),
		Version:  version(),
		Interval: p.flags.interval,
		Location: time.Local,
		Act:      stage.act,
		Demo:     true,
		Show:     screen.output.Show,
		Theme:    ui.Theme(settings.Theme),
		Glyphs:   p.glyphs(settings.Glyphs),
		Mouse:    settings.Mouse,
		Keys:     settings.Keys,
	}), p.programOptions()...)
	cancel(screenErr)
	_, stageErr := settled(ctx, ended, stagePatience)
	// The terminal is as it was. What is left to tell has its time, which the outbox
	// bounds, and tmux is put right.
	told.Wait()
	stage.log.Info("the dashboard ended", "frames_not_drawn", box.overwritten.Load())
	return errors.Join(stageErr, screenErr)
}

// tellFrom gives the dashboard its sinks: those of the terminal write through the
// screen; those outside are left to the brink that runs already, if one does.
func (p *program) tellFrom(ctx context.Context, stage *stage, screen *terminal, settings settings) (*sync.WaitGroup, error) {
	told := &sync.WaitGroup{}
	maker := &sinkMaker{env: p.env, tty: &screen.writer, log: stage.log}
	routes, err := p.routes(maker, settings.Sinks)
	if err != nil {
		return told, err
	}
	outbox, err := p.openOutbox(stage.log, routes, settings.Outbox)
	if err != nil {
		return told, err
	}
	stage.desk.duties.outbox, stage.desk.duties.leftOut = outbox, maker.leftOut
	if outbox != nil {
		told.Go(func() { tell(ctx, outbox, stage.log) })
	}
	return told, nil
}

func (p *program) programOptions() []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithFPS(ticksPerSecond), tea.WithoutSignalHandler()}
	if p.flags.noColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	if p.env(sshTTY) != "" && p.takesQuestions() {
		options = append(options, tea.WithEnvironment(withoutSSH(os.Environ())))
	}
	return options
}

const sshTTY = "SSH_TTY"

// takesQuestions reports whether a terminal at the other end of an ssh may be
// asked for synchronized output (mode 2026), without which a slow link flickers.
// Bubble Tea asks none there that it does not know, since macOS's Terminal, of
// which ssh tells nothing, prints a part of the question. tmux does not, and iTerm2
// sets LC_TERMINAL, which ssh hands on. The answer is never waited for.
func (p *program) takesQuestions() bool {
	return p.env("TMUX") != "" || p.env("LC_TERMINAL") != "" || strings.HasPrefix(p.env("TERM"), "foot")
}

// withoutSSH is the environment of somebody who sits at the terminal.
func withoutSSH(env []string) []string {
	return slices.DeleteFunc(env, func(set string) bool { return strings.HasPrefix(set, sshTTY+"=") })
}

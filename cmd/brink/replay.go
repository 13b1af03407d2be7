package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"brink/collectors"
	"brink/collectors/record"
	"brink/ui"
)

// replayFlags are the flags of replay.
type replayFlags struct{ at, since, record string }

func newReplayCommand(p *program) *cobra.Command {
	var typed replayFlags
	cmd := &cobra.Command{
		Use:   "replay [CONTAINER...]",
		Short: "Show the dashboard over what was recorded",
		Long: `Replay shows the dashboard over the recording that guard and the dashboard make:
the left and right arrows walk by a second, with shift by a minute; n and N go to the
next event and the one before, t to a time that you type; space plays, + and - set the
speed from 1x to 600x. The rules in force now judge what was recorded, so a changed
rule can be tried on last night.

CONTAINER is a name or the beginning of an id; without one all that was recorded is
shown. Every reading is there for a day, one in ten seconds for a month (the section
[record] of the configuration).`,
		Example: `  brink replay                       at the end of the recording
  brink replay --at 3:10             at ten past three last night
  brink replay --since 8h            from eight hours ago on
  brink replay --at "25 Nov 3:10" openclaw-agent`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.replay(cmd.Context(), args, typed) },
	}
	cmd.Flags().StringVar(&typed.at, "at", "", "begin at `TIME`: 3:10, yesterday 3:10, 25 Nov 3:10, -2h or RFC 3339")
	cmd.Flags().StringVar(&typed.since, "since", "", "begin `SPAN` before the end: 8h, 7d")
	recordFlag(cmd, &typed.record)
	return cmd
}

func recordFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "record", "", "`DIR` of the record (default: brink in $XDG_STATE_HOME or ~/.local/state, or "+guardStateDir+")")
}

// replay plays the record on the screen.
func (p *program) replay(ctx context.Context, args []string, typed replayFlags) error {
	settings, err := p.settings(nil)
	if err != nil {
		return err
	}
	reader, err := p.reader(ctx, typed.record)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	player, err := p.playerOf(ctx, reader, settings, args)
	if err != nil {
		return err
	}
	if player.at, err = beginning(typed, player.to); err != nil {
		return err
	}
	return p.play(ctx, player, settings)
}

// playerOf is a player for the recorded containers that were asked for.
func (p *program) playerOf(ctx context.Context, reader *record.Reader, settings settings, args []string) (*player, error) {
	list, err := reader.Containers(ctx)
	if err != nil {
		return nil, err
	}
	names, err := recordedNames(list, args)
	if err != nil {
		return nil, err
	}
	player := newPlayer(reader, settings.RulesInForce(), names)
	player.from, player.to, err = reader.Span(ctx)
	return player, err
}

// beginning is where a replay begins, by its flags.
func beginning(typed replayFlags, end time.Time) (time.Time, error) {
	switch {
	case typed.at != "" && typed.since != "":
		return time.Time{}, usageError(errors.New("--at and --since exclude each other"))
	case typed.at != "":
		at, err := ui.ParseMoment(typed.at, wallClock())
		if err != nil {
			return time.Time{}, usageError(fmt.Errorf("--at %q: %w", typed.at, err))
		}
		return at, nil
	case typed.since != "":
		span, err := collectors.ParseSpan(typed.since)
		if err != nil {
			return time.Time{}, usageError(fmt.Errorf("--since %q: %w", typed.since, err))
		}
		return end.Add(-span), nil
	default:
		return end, nil
	}
}

// play shows a player until the person at the keyboard ends it.
func (p *program) play(ctx context.Context, player *player, settings settings) error {
	screen, err := p.openTerminal()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if player.at.Before(player.from) {
		player.at = player.from
	}
	player.at = earlier(player.at, player.to)
	go player.run(ctx)
	return screen.show(ctx, ui.New(ui.Options{
		Pages:    player.pages,
		Replay:   true,
		Play:     player.speed,
		Version:  version(),
		Location: time.Local,
		Act:      player.act,
		Show:     screen.output.Show,
		Theme:    ui.Theme(settings.Theme),
		Glyphs:   p.glyphs(settings.Glyphs),
		Keys:     settings.Keys,
	}), p.programOptions()...)
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"brink/cmd/internal/demo"
)

// demoSpeed is the place of 10x among the speeds: ten minutes pass in one.
const demoSpeed = 2

func newDemoCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the dashboard over a recorded agent that is killed by its limit",
		Long: `Demo plays some recorded minutes of a real container at ten times their speed, without an
engine and without anything to watch: the agent works at its CPU quota, meets its limit of
tasks, leaves zombies, leaks until the kernel kills it, and is started again. Space holds
it, the arrows walk, + and - set the speed, n goes to the next event.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := p.settings(nil)
			if err != nil {
				return err
			}
			return p.playDemo(cmd.Context(), settings)
		},
	}
}

// playDemo plays the recording that is built in, under the rules in force.
func (p *program) playDemo(ctx context.Context, settings settings) error {
	tape, err := demo.Open()
	if err != nil {
		return err
	}
	player := newPlayer(tape, settings.RulesInForce(), nil)
	player.from, player.to = tape.Span()
	player.at, player.speed = player.from, demoSpeed
	return p.play(ctx, player, settings)
}

package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// The exit codes of check are those of monitoring plugins.
const (
	checkOK       = 0
	checkWarning  = 1
	checkCritical = 2
	checkUnknown  = 3
)

func newCheckCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "check [CONTAINER...]",
		Short: "Take two samples and give a verdict per limit",
		Long: `Check takes two samples and says how each limit stands. The rules are compared
as plain thresholds, because two samples know no "for a minute".

The exit code is that of monitoring plugins: 0 all is well, 1 a warning,
2 critical, 3 unknown (no such container, or nothing could be read).`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: p.completeContainers,
		RunE:              p.check,
	}
}

func (p *program) check(cmd *cobra.Command, args []string) error {
	if err := p.flags.check(); err != nil {
		return err
	}
	list, err := targets(args)
	if err != nil {
		return err
	}
	stage, err := p.build(list)
	if err != nil {
		return err
	}
	defer stage.close()
	frame, err := stage.look(cmd.Context(), p.flags.interval)
	if err != nil {
		return err
	}
	if p.flags.format == formatJSON {
		err = writeJSON(p.out, frame)
	} else {
		err = writeCheck(p.out, frame)
	}
	if err != nil {
		return err
	}
	return verdict(checkCode(frame))
}

// lookPatience is how long check waits for rates beyond the second sample: the
// engine's statistics need two frames of a second and something each.
const lookPatience = 5 * time.Second

// look takes samples until there are two of everything, or until it has waited
// long enough for what does not come.
func (s *stage) look(ctx context.Context, interval time.Duration) (ui.Frame, error) {
	looking, cancel := context.WithTimeout(ctx, 3*interval+lookPatience)
	defer cancel()
	var last ui.Frame
	var seen int
	err := s.run(looking, func(frame ui.Frame) {
		last = frame
		if seen++; seen > 1 && complete(frame.Snapshot) {
			cancel()
		}
	})
	if err == nil && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return last, err
}

// complete reports whether every container that runs has rates.
func complete(snapshot collectors.Snapshot) bool {
	for _, container := range snapshot.Containers {
		if container.State == collectors.StateRunning && !container.CPU.Cores.Present() {
			return false
		}
	}
	return true
}

// checkCode is the worst of all containers. A container that is not there, or of
// which nothing can be read, is unknown, which is worse than a warning and not as
// bad as critical.
func checkCode(frame ui.Frame) int {
	worst := frame.Board.Worst("")
	switch {
	case worst == alerts.SeverityCritical:
		return checkCritical
	case unknown(frame.Snapshot):
		return checkUnknown
	case worst == alerts.SeverityWarning:
		return checkWarning
	default:
		return checkOK
	}
}

func unknown(snapshot collectors.Snapshot) bool {
	if len(snapshot.Containers) == 0 || len(snapshot.Waiting) > 0 {
		return true
	}
	for _, container := range snapshot.Containers {
		if unreadable(container) {
			return true
		}
	}
	return false
}

// unreadable reports whether a container lives, or is gone, and no limit can be
// judged.
func unreadable(c collectors.ContainerSample) bool {
	nothing := !c.Memory.Current.Present() && !c.Pids.Current.Present() && !c.CPU.Cores.Present()
	return nothing && (c.State.Alive() || c.State == collectors.StateGone)
}

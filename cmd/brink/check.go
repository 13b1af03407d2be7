package main

import (
	"context"
	"errors"
	"slices"
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
as plain thresholds, because two samples know no "for a minute"; an alert whose rule
asks for time says so. Rules about the time until something is full are not judged:
two samples give no trend.

The exit code is that of monitoring plugins: 0 all is well, 1 a warning,
2 critical, 3 unknown (there is no such container, or its memory, CPU or pids
could not be read). A fault of the command line itself ends with 2, as
everywhere in brink.`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: p.completeContainers,
		RunE:              p.check,
	}
}

func (p *program) check(cmd *cobra.Command, args []string) error {
	settings, err := p.settings(args)
	if err != nil {
		return err
	}
	stage, err := p.build(settings)
	if err != nil {
		return noVerdict(err)
	}
	defer stage.close()
	frame, err := stage.look(cmd.Context(), p.flags.interval)
	if err != nil {
		return noVerdict(err)
	}
	if p.flags.format == formatJSON {
		err = writeJSON(p.out, frame)
	} else {
		err = writeCheck(p.out, frame)
	}
	if err != nil {
		return noVerdict(err)
	}
	return verdict(checkCode(frame))
}

// noVerdict gives a fault at run time the code of unknown: 1, the code of such
// faults elsewhere, would be a warning here. A usage error keeps its own.
func noVerdict(err error) error {
	if _, coded := errors.AsType[fault](err); coded {
		return err
	}
	return fault{err, checkUnknown}
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
	var since time.Time
	err := s.run(looking, func(frame ui.Frame) {
		last = frame
		// An answer that came while a sample was taken is not in it.
		if seen++; seen > 1 && !since.IsZero() && frame.Snapshot.At.After(since) && complete(frame.Snapshot) {
			cancel()
		}
		if since.IsZero() && s.looked() {
			since = wallClock()
		}
	})
	if err == nil && ctx.Err() != nil {
		err = errors.New("interrupted before there was a verdict")
	}
	return last, err
}

// looked reports whether the targets have been looked for, in vain or not: an
// engine may be slower to answer than two samples are taken.
func (s *stage) looked() bool {
	select {
	case <-s.roster.Looked():
		return true
	default:
		return false
	}
}

// complete reports whether something is known of the targets, and every container
// that runs has rates.
func complete(snapshot collectors.Snapshot) bool {
	for _, container := range snapshot.Containers {
		if container.State == collectors.StateRunning && !container.CPU.Cores.Present() || unexplained(container, snapshot) {
			return false
		}
	}
	return len(snapshot.Containers)+len(snapshot.Waiting) > 0
}

// explanationTime is how long after a death the engine is sure to remember it: it
// keeps its last 256 events.
const explanationTime = 10 * time.Minute

// unexplained reports whether a container has ended of late and nobody has told why
// yet: the history of the engine, which says who ended it, comes a moment after its
// state, from which alone it looks as if it had ended by itself.
func unexplained(container collectors.ContainerSample, snapshot collectors.Snapshot) bool {
	finished, ended := container.FinishedAt.Get()
	if container.State.Alive() || !ended || snapshot.At.Sub(finished) > explanationTime {
		return false
	}
	return !slices.ContainsFunc(snapshot.Story, func(e collectors.Event) bool {
		return e.Kind == collectors.EventDied && e.Container == container.Name && (e.Cause.Asked() || e.Cause == collectors.CauseOOMKill)
	})
}

// checkCode is the worst of all containers. A container that is not there, or of
// which a limit cannot be judged, is unknown, which is worse than a warning and
// not as bad as critical.
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
	_, found := firstUnreadable(snapshot.Containers)
	return found
}

func firstUnreadable(list []collectors.ContainerSample) (collectors.ContainerSample, bool) {
	for _, container := range list {
		if unreadable(container) {
			return container, true
		}
	}
	return collectors.ContainerSample{}, false
}

// unreadable reports whether a container lives, or its cgroup is gone, and one of
// its limits cannot be judged: "ok" would then be a promise about what nobody has
// seen. What ended is judged by its end instead.
func unreadable(c collectors.ContainerSample) bool {
	judged := c.Memory.Current.Present() && c.Pids.Current.Present() && c.CPU.Cores.Present()
	return !judged && (c.State.Alive() || c.State == collectors.StateGone)
}

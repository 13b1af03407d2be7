package main

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"brink/alerts/notify"
	"brink/cmd/internal/config"
	"brink/ui"
)

//go:embed brink-guard.service
var guardUnit string

// guardName is the one command that SIGHUP does not end.
const guardName = "guard"

func newGuardCommand(p *program) *cobra.Command {
	var unit bool
	cmd := &cobra.Command{
		Use:   guardName + " [CONTAINER...]",
		Short: "Watch without a screen: rules, notifications, one JSON line per event",
		Long: `Guard watches without a screen. It prints one JSON line for every event and for
every change of an alert, and tells the sinks of the configuration. It is made for
systemd: brink guard --unit prints a unit for it.

SIGHUP reloads the configuration: rules, sinks, guard settings, and what the audit
expects, with the waivers. What waits for a sink goes to the new one of its name. A
file with faults is refused whole and the old configuration stays; targets, interval,
remember, and whether there is an audit, need a restart. SIGTERM ends it within 5 s,
with what is to be told told, and so does the end of the terminal that it was started
on, but for nohup. The log goes to standard error, if there is no --log-file.

Two brinks of one user share a state file, and the first of them tells everybody: the
second, be it a guard or a dashboard, tells its own terminal alone and takes over when
the first ends. A guard of root and a dashboard of yours are two users with two
configurations, and know nothing of each other: a lock that both could take would let
anybody silence the guard of root. Name a sink in one of the two.`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: p.completeContainers,
		RunE: func(cmd *cobra.Command, args []string) error {
			if unit {
				_, err := io.WriteString(p.out, guardUnit)
				return err
			}
			return p.runGuard(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&unit, "unit", false, "print a systemd unit and end")
	return cmd
}

// runGuard runs until a signal ends it. Whatever it says goes out on goroutines of
// their own: a terminal that does not take it must not stop the watch.
func (p *program) runGuard(ctx context.Context, args []string) error {
	p.startLight(ctx)
	defer survivePipe()()
	outlives := signal.Ignored(unix.SIGHUP) // nohup
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, unix.SIGHUP)
	defer signal.Stop(hangups)
	words := newLines(p.err, logApology, nil)
	defer func() { _ = words.Close() }()
	p.err, p.logTo = words, words
	settings, err := p.settings(args)
	if err != nil {
		return err
	}
	settings.stays = true
	stage, err := p.build(settings)
	if err != nil {
		return err
	}
	defer stage.close()
	tty, closeTTY := openTTY()
	defer closeTTY()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sentry := &sentry{program: p, stage: stage, journal: newJournal(p.out, cancel), supervisor: newSupervisor(p.env), tty: tty}
	sentry.endsWithTerminal = tty != nil && !outlives
	duties, err := sentry.duties(ctx, settings.Config)
	if err != nil {
		return errors.Join(err, sentry.journal.close())
	}
	stage.desk = newDesk(duties)
	stage.desk.heard, stage.desk.recording = sentry.journal.round, stage.recording
	stage.desk.auditor = stage.auditor
	return sentry.run(ctx, cancel, hangups)
}

// logApology is the line in the place of lines of the log that nobody took.
func logApology(lost uint64) []byte {
	return []byte("brink: " + counted(lost, "line", "lines") + " lost here, because nobody took them\n")
}

// sentry is guard at work.
type sentry struct {
	*program
	stage      *stage
	journal    *journal
	supervisor *supervisor
	// tty is the terminal of the sinks that have one; nil without.
	tty io.Writer
	// endsWithTerminal says that a hangup of the terminal is the end.
	endsWithTerminal bool
	// outbox is nil as long as nobody was to be told. told waits for it.
	outbox *notify.Outbox
	told   sync.WaitGroup
}

// run runs the stage, the outbox and the reloads until ctx ends or one of them
// fails, and then the outbox until it has told what it can.
func (s *sentry) run(ctx context.Context, cancel context.CancelCauseFunc, hangups <-chan os.Signal) error {
	ended, reloading := make(chan error, 1), make(chan struct{})
	go func() {
		err := s.stage.run(ctx, func(frame ui.Frame) {
			s.supervisor.alive()
			s.journal.health(frame.Snapshot.At, frame.Sinks)
		})
		cancel(err)
		ended <- err
	}()
	go func() {
		defer close(reloading)
		s.reloads(ctx, cancel, hangups)
	}()
	over, err := settled(ctx, ended, stagePatience)
	s.supervisor.stopping()
	select {
	case <-reloading:
	case <-time.After(stagePatience): // a secret that comes from a pipe
	}
	s.told.Wait()
	if over {
		s.journal.health(wallClock(), s.stage.desk.sinks())
	}
	return s.close(ctx, err)
}

// close ends the journal, and says what ended guard: nothing, if it was told to.
func (s *sentry) close(ctx context.Context, err error) error {
	unwritten := s.journal.close()
	if errors.Is(unwritten, errUnwritten) {
		s.stage.log.Error("the journal is not whole", "error", unwritten)
	}
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// duties makes what the desk is to work by. Nothing has changed when it fails.
func (s *sentry) duties(ctx context.Context, loaded config.Config) (duties, error) {
	maker := &sinkMaker{env: s.env, tty: s.tty, log: s.stage.log}
	routes, err := s.routes(maker, loaded.Sinks)
	if err != nil {
		return duties{}, err
	}
	if s.outbox != nil {
		err = s.outbox.Reroute(routes)
	} else if s.outbox, err = s.openOutbox(maker.log, routes, loaded.Outbox); s.outbox != nil {
		s.told.Go(func() { tell(ctx, s.outbox, s.stage.log) })
	}
	return duties{rules: loaded.RulesInForce(), outbox: s.outbox, leftOut: maker.leftOut, acknowledgeAfter: loaded.Guard.AcknowledgeAfter}, err
}

// reloads takes the configuration anew at every SIGHUP. A file with faults changes
// nothing. The SIGHUP of a pane that was closed is the end: there would be nobody
// any more who knows of this guard.
func (s *sentry) reloads(ctx context.Context, cancel context.CancelCauseFunc, hangups <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		if s.endsWithTerminal && terminalGone() {
			s.stage.log.Info("the terminal was closed, so guard ends")
			cancel(nil)
			return
		}
		s.supervisor.reloading()
		s.journal.reload(s.reload(ctx))
		s.supervisor.ready()
	}
}

func (s *sentry) reload(ctx context.Context) error {
	loaded, err := s.loadConfig()
	if err != nil {
		return err
	}
	renew, err := s.renewAudit(loaded.Audit)
	if err != nil {
		return err
	}
	duties, err := s.duties(ctx, loaded)
	if err != nil {
		return err
	}
	s.stage.desk.reload(duties)
	renew()
	return nil
}

// renewAudit prepares other terms of the audit, if there is one.
func (s *sentry) renewAudit(settings config.Audit) (renew func(), err error) {
	if s.stage.auditor == nil {
		return func() {}, nil
	}
	terms, err := auditTerms(settings)
	return func() { s.stage.auditor.Renew(terms) }, err
}

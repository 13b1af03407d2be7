package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"brink/alerts"
	"brink/collectors"
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

SIGHUP reloads the rules of the configuration; a file with faults is refused whole
and the old rules stay. SIGTERM ends it within 5 s, with what is to be told told.`,
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

// runGuard runs until a signal ends it.
func (p *program) runGuard(ctx context.Context, args []string) error {
	settings, err := p.settings(args)
	if err != nil {
		return err
	}
	stage, err := p.build(settings)
	if err != nil {
		return err
	}
	defer stage.close()
	journal := newJournal(p.out)
	stage.desk = newDesk(stage.rules)
	stage.desk.acknowledgeAfter = settings.Guard.AcknowledgeAfter
	stage.desk.heard = journal.round
	tty, closeTTY := openTTY()
	defer closeTTY()
	maker := &sinkMaker{env: p.env, tty: tty, log: stage.log}
	if stage.desk.outbox, err = p.openOutbox(stage, settings.Config, maker); err != nil {
		return err
	}
	return p.guardUntil(ctx, stage, journal)
}

// guardUntil runs the stage, the outbox and the reloads until ctx ends, and then
// the outbox until it has told what it can.
func (p *program) guardUntil(ctx context.Context, stage *stage, journal *journal) error {
	supervisor := newSupervisor(p.env)
	var parts sync.WaitGroup
	if stage.desk.outbox != nil {
		parts.Go(func() {
			if err := stage.desk.outbox.Run(ctx); err != nil {
				stage.log.Error("a sink did not come back", "error", err)
			}
		})
	}
	reloading, stop := context.WithCancel(ctx)
	parts.Go(func() { p.reloads(reloading, stage.desk, supervisor, journal) })
	err := stage.run(ctx, func(ui.Frame) { supervisor.alive() })
	supervisor.stopping()
	stop()
	parts.Wait()
	if journal.err != nil {
		return journal.err
	}
	return err
}

// reloads takes the rules anew at every SIGHUP. A file with faults changes nothing.
func (p *program) reloads(ctx context.Context, desk *desk, supervisor *supervisor, journal *journal) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, unix.SIGHUP)
	defer signal.Stop(hangups)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		supervisor.reloading()
		loaded, err := p.loadConfig()
		if err == nil {
			desk.reload(loaded.RulesInForce())
		}
		journal.reload(err)
		supervisor.ready()
	}
}

// journal writes what happens, a JSON document a line. Several goroutines may use
// it.
type journal struct {
	mu  sync.Mutex
	out *json.Encoder
	// err is the first write that failed; nothing is written after it.
	err error
}

func newJournal(out io.Writer) *journal { return &journal{out: json.NewEncoder(out)} }

// journalLine is one line of guard. Type says which of the others is there.
type journalLine struct {
	Type   string              `json:"type"`
	At     time.Time           `json:"at"`
	Event  *collectors.Event   `json:"event,omitempty"`
	Alert  *transitionDocument `json:"alert,omitempty"`
	Error  string              `json:"error,omitempty"`
	Detail string              `json:"detail,omitempty"`
}

// transitionDocument is a change of an alert under the names of the design.
type transitionDocument struct {
	alertDocument
	Container    string          `json:"container"`
	From         alerts.State    `json:"from"`
	FromSeverity alerts.Severity `json:"from_severity"`
	Reason       alerts.Reason   `json:"reason"`
}

// round writes the events of a snapshot and the changes that they led to.
func (j *journal) round(snapshot collectors.Snapshot, transitions []alerts.Transition) {
	for _, event := range snapshot.News {
		j.write(journalLine{Type: "event", At: event.At, Event: &event})
	}
	for _, transition := range transitions {
		j.write(journalLine{Type: "alert", At: transition.At, Alert: &transitionDocument{
			alertDocument: newAlertDocument(transition.Alert), Container: transition.Alert.Container,
			From: transition.From, FromSeverity: transition.FromSeverity, Reason: transition.Reason,
		}})
	}
}

func (j *journal) reload(err error) {
	line := journalLine{Type: "reload", At: wallClock(), Detail: "the rules of the configuration are in force"}
	if err != nil {
		line.Error, line.Detail = err.Error(), "the old rules stay in force"
	}
	j.write(line)
}

func (j *journal) write(line journalLine) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		if err := j.out.Encode(line); err != nil {
			j.err = fmt.Errorf("write the journal: %w", err)
		}
	}
}

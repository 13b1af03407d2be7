package main

import (
	"context"
	"io"
	"log/slog"

	"brink/alerts/notify"
	"brink/cmd/internal/config"
)

// routes makes the sinks of the configuration, and says what is to be said about
// them.
func (p *program) routes(maker *sinkMaker, sinks []config.Sink) ([]notify.Route, error) {
	routes, err := maker.routes(sinks)
	for _, warning := range maker.warnings {
		p.warn(maker.log, warning)
	}
	if err != nil {
		return nil, usageError(err)
	}
	return routes, nil
}

// openOutbox makes the outbox that feeds the sinks; none without sinks. Its lock is
// taken even when nothing is to be remembered: it keeps two brinks from telling
// everything twice.
func (p *program) openOutbox(log *slog.Logger, routes []notify.Route, settings config.Outbox) (*notify.Outbox, error) {
	if len(routes) == 0 {
		return nil, nil //nolint:nilnil // no sinks is no fault and no outbox
	}
	outbox, err := notify.New(notify.Options{
		Host: hostname(), Routes: routes, Now: wallClock, Log: log, StatePath: p.statePath(), Forget: !settings.Remember,
	})
	if err != nil {
		return nil, err
	}
	if fault := outbox.StateFault(); outbox.StateTaken() {
		log.Warn("another brink tells the sinks outside: this one keeps to its terminal until the other ends", "why", fault)
	} else if fault != "" && settings.Remember {
		log.Warn(fault)
	}
	return outbox, nil
}

// tell runs the outbox.
func tell(ctx context.Context, outbox *notify.Outbox, log *slog.Logger) {
	if err := outbox.Run(ctx); err != nil {
		log.Error("a sink did not come back", "error", err)
	}
}

// warn says something on standard error, in the log if that goes there.
func (p *program) warn(log *slog.Logger, text string) {
	log.Warn(text)
	if p.logTo == nil || p.flags.logFile != "" {
		_, _ = io.WriteString(p.err, cleanLines("brink: "+text))
	}
}

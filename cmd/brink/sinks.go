package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"brink/alerts/notify"
	"brink/cmd/internal/config"
	"brink/ui"
)

// sinkMaker turns the sinks of the configuration into real ones.
type sinkMaker struct {
	env func(string) string
	// tty leads to the terminal; nil where there is none.
	tty io.Writer
	log *slog.Logger
	// strict makes a fault of a sink whose terminal is not there.
	strict bool
	// warnings are about secrets that others can read, and about what is left out.
	warnings []string
	// leftOut are the sinks whose terminal is not there, with why.
	leftOut []ui.SinkHealth
}

// routes makes every sink. The faults are told together; a sink that cannot work
// here is a fault, because it would be silent when it is needed. But one that
// belongs to a terminal is left out where that is not: one configuration is for the
// pane, the guard and the shell beside.
func (m *sinkMaker) routes(sinks []config.Sink) ([]notify.Route, error) {
	var routes []notify.Route
	var faults []error
	for _, sink := range sinks {
		made, err := m.sink(sink)
		if !m.strict && isElsewhere(err) {
			m.leaveOut(sink, err)
			continue
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: sink %s: %w", sink.Origin, sink.Name, err))
			continue
		}
		routes = append(routes, route(sink, made))
	}
	return routes, errors.Join(faults...)
}

// isElsewhere says of a fault that the sink's terminal is not here.
func isElsewhere(err error) bool {
	return errors.Is(err, notify.ErrNoTmux) || errors.Is(err, errNoTerminal)
}

func (m *sinkMaker) leaveOut(sink config.Sink, why error) {
	m.warnings = append(m.warnings, fmt.Sprintf("%s: sink %s is left out: %v", sink.Origin, sink.Name, why))
	m.leftOut = append(m.leftOut, ui.SinkHealth{Name: sink.Name, LastError: "left out: " + why.Error()})
}

// errNoTerminal is the fault of a sink without its terminal.
var errNoTerminal = errors.New("there is no terminal to write to")

// isOfTerminal reports whether a sink belongs to this terminal.
func isOfTerminal(sink config.Sink) bool {
	switch sink.To.(type) {
	case config.Bell, config.OSC, config.Tmux:
		return true
	default:
		return false
	}
}

// route paces a sink. The outbox takes zero for its own defaults and a negative
// time for never.
func route(sink config.Sink, made notify.Sink) notify.Route {
	pace := sink.Pace
	return notify.Route{
		Sink: made, Local: isOfTerminal(sink), SkipResolved: !sink.Resolve, Minimum: sink.MinSeverity, GroupWait: orNever(pace.GroupWait), Repeat: orNever(pace.Repeat), Deadline: pace.Deadline,
		Timeout: pace.Timeout, Backoff: pace.Backoff, BackoffMax: pace.BackoffMax, Queue: pace.Queue,
	}
}

func orNever(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

func (m *sinkMaker) sink(sink config.Sink) (notify.Sink, error) {
	switch to := sink.To.(type) {
	case config.Bell:
		return m.onTerminal(func() (notify.Sink, error) { return notify.NewBell(sink.Name, m.tty) })
	case config.OSC:
		return m.onTerminal(func() (notify.Sink, error) { return m.osc(sink.Name, to) })
	case config.Tmux:
		return m.tmux(sink.Name, to)
	case config.Exec:
		return m.program(sink.Name, to)
	case config.Webhook:
		return m.webhook(sink.Name, to)
	case config.Alertmanager:
		return m.alertmanager(sink.Name, to)
	case config.Shoutrrr:
		url, err := m.secret(to.URL)
		if err != nil {
			return nil, err
		}
		return notify.NewShoutrrr(notify.ShoutrrrOptions{Name: sink.Name, URL: url, Now: wallClock})
	default:
		return nil, fmt.Errorf("no sink of type %s", sink.To.Type())
	}
}

func (m *sinkMaker) onTerminal(build func() (notify.Sink, error)) (notify.Sink, error) {
	if m.tty == nil {
		return nil, errNoTerminal
	}
	return build()
}

func (m *sinkMaker) osc(name string, to config.OSC) (notify.Sink, error) {
	// Outside of tmux there is no client, and nothing to ask.
	client, _ := notify.NewTmuxClient(m.env)
	protocol := notify.Protocol(to.Kind)
	if to.Kind == "auto" {
		protocol = notify.ProtocolAuto
	}
	return notify.NewOSC(notify.OSCOptions{
		Name: name, Writer: m.tty, Env: m.env, Protocol: protocol, Passthrough: to.Passthrough, Tmux: client,
	})
}

func (m *sinkMaker) tmux(name string, to config.Tmux) (notify.Sink, error) {
	client, err := notify.NewTmuxClient(m.env)
	if err != nil {
		return nil, err
	}
	options := notify.TmuxOptions{Name: name, Client: client}
	if to.Bell {
		options.Bell = m.tty
	}
	return notify.NewTmux(options)
}

func (m *sinkMaker) program(name string, to config.Exec) (notify.Sink, error) {
	return notify.NewProgram(notify.ProgramOptions{
		Name: name, Path: to.Program, Args: to.Args, Pass: to.Env, Env: m.env, Log: m.log,
	})
}

func (m *sinkMaker) webhook(name string, to config.Webhook) (notify.Sink, error) {
	url, err := m.secret(to.URL)
	if err != nil {
		return nil, err
	}
	key, err := m.secret(to.Sign)
	if err != nil {
		return nil, err
	}
	headers, err := m.headers(to.Headers)
	if err != nil {
		return nil, err
	}
	return notify.NewWebhook(notify.WebhookOptions{Name: name, URL: url, SecretHeaders: headers, Key: key, Now: wallClock})
}

func (m *sinkMaker) alertmanager(name string, to config.Alertmanager) (notify.Sink, error) {
	options := notify.AlertmanagerOptions{Name: name, User: to.User, Labels: to.Labels, Resend: to.Resend, Now: wallClock}
	var faults [3]error
	options.URL, faults[0] = m.secret(to.URL)
	options.Password, faults[1] = m.secret(to.Password)
	options.Token, faults[2] = m.secret(to.Token)
	if err := errors.Join(faults[:]...); err != nil {
		return nil, err
	}
	return notify.NewAlertmanager(options)
}

func (m *sinkMaker) headers(list []config.Header) (map[string]notify.Secret, error) {
	headers := map[string]notify.Secret{}
	for _, header := range list {
		secret, err := m.secret(header.Value)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", header.Name, err)
		}
		headers[header.Name] = secret
	}
	return headers, nil
}

// secret reads a secret from where the configuration says; none stays none.
func (m *sinkMaker) secret(from config.Secret) (notify.Secret, error) {
	if from.IsZero() {
		return notify.Secret{}, nil
	}
	secret, warning, err := notify.SecretSource{Text: from.Open(), Env: from.Env, File: from.File}.Load(m.env)
	if warning != "" {
		m.warnings = append(m.warnings, warning)
	}
	return secret, err
}

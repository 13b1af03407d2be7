package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TmuxOptions are what the sink for tmux is made of.
type TmuxOptions struct {
	Name   string
	Client *TmuxClient
	// Bell leads to the pane: the bell that tmux flags the window with. Nil rings not.
	Bell io.Writer
}

// Tmux shows messages to the terminals that are attached to the session that
// brink runs in, and holds up what fires in the user option @brink.
//
// The option is global (set-option -g): the status line of every session of the
// server can show it with #{@brink}, also that of a session in which brink does
// not run, which is where its user looks. A second brink on the same server
// writes the same option; the later change is seen.
type Tmux struct {
	options TmuxOptions
	line    *terminal
}

// tmuxOption is the user option that status lines show.
const tmuxOption = "@brink"

// messageTime is how long a message stays, in milliseconds: five seconds, where
// tmux's own display-time of 750 ms is gone before one looks. The flag -d needs
// tmux 3.2.
const messageTime = "5000"

// NewTmux checks the options.
func NewTmux(options TmuxOptions) (*Tmux, error) {
	if options.Client == nil {
		return nil, ErrNoTmux
	}
	sink := &Tmux{options: options}
	if options.Bell != nil {
		sink.line = &terminal{writer: options.Bell}
	}
	return sink, nil
}

// Name returns the configured name.
func (t *Tmux) Name() string { return t.options.Name }

// Send shows the title to every terminal of the session, and rings when something
// fires. That no terminal is attached is not a fault: the window keeps its flag,
// and the status line its text, until somebody comes.
func (t *Tmux) Send(ctx context.Context, n Notification) error {
	session, err := t.options.Client.session(ctx)
	if err != nil {
		return err
	}
	clients, err := t.options.Client.clients(ctx, session)
	if err != nil {
		return err
	}
	text := escapeMessage(collectors.Clean(message(n), lineLength))
	var faults []error
	shown := 0
	for _, client := range clients {
		if _, err := t.options.Client.run(ctx, "display-message", "-d", messageTime, "-c", client, text); err != nil {
			faults = append(faults, err)
			continue
		}
		shown++
	}
	if shown == 0 && len(faults) > 0 {
		return errors.Join(faults...)
	}
	return t.ring(ctx, n)
}

// message is one line: the alert itself when there is only one.
func message(n Notification) string {
	if len(n.Items) == 1 {
		return "brink: " + n.Text
	}
	return "brink: " + n.Title
}

func (t *Tmux) ring(ctx context.Context, n Notification) error {
	if t.line == nil || len(n.Firing()) == 0 {
		return nil
	}
	return t.line.write(ctx, bel)
}

// Hold sets the option to one line about what fires, and takes it away when nothing
// does.
func (t *Tmux) Hold(ctx context.Context, standing Standing) error {
	if len(standing.Alerts) == 0 {
		return t.clear(ctx)
	}
	if _, err := t.options.Client.run(ctx, "set-option", "-g", tmuxOption, escapeStatus(stateLine(standing))); err != nil {
		return err
	}
	return t.redraw(ctx)
}

// Refresh is 0: the option stays until it is changed.
func (t *Tmux) Refresh() time.Duration { return 0 }

// Close takes the option away, so that nothing stale is shown when brink is no more.
func (t *Tmux) Close(ctx context.Context) error { return t.clear(ctx) }

func (t *Tmux) clear(ctx context.Context) error {
	if _, err := t.options.Client.run(ctx, "set-option", "-gu", tmuxOption); err != nil {
		return err
	}
	return t.redraw(ctx)
}

// redraw brings every status line up to date: otherwise it shows the option at the
// next status-interval, 15 s by default, which can be off.
func (t *Tmux) redraw(ctx context.Context) error {
	clients, err := t.options.Client.clients(ctx, "")
	if err != nil {
		return err
	}
	for _, client := range clients {
		// One that has gone meanwhile is no fault.
		_, _ = t.options.Client.run(ctx, "refresh-client", "-S", "-t", client)
	}
	return nil
}

// stateLine is what fires, for a status line: "2 critical, 1 warning: agent oom-kill".
func stateLine(standing Standing) string {
	counts := map[alerts.Severity]int{}
	for _, alert := range standing.Alerts {
		counts[alert.Severity]++
	}
	var parts []string
	for severity := alerts.SeverityCritical; severity > alerts.SeverityNone; severity-- {
		if counts[severity] > 0 {
			parts = append(parts, strconv.Itoa(counts[severity])+" "+severity.String())
		}
	}
	worst := standing.Alerts[0]
	return collectors.Clean(fmt.Sprintf("%s: %s %s", strings.Join(parts, ", "), subject(worst.Key), worst.Rule), stateLength)
}

// stateLength bounds the state: status-right-length is 40 by default.
const stateLength = 60

// escapeMessage makes text safe in display-message, which expands #{…} and #(…), a
// command!, and then the conversions of strftime, and draws what is left as a
// status line does. Each of the two steps makes one sign of two, but for signs
// before a bracket, which only the second touches (format.c: format_expand1,
// format-draw.c: format_leading_hashes). That no run of signs is odd is what keeps
// a name from being run; the rest is for the eye.
func escapeMessage(text string) string {
	return strings.ReplaceAll(escapeSigns(text, 4, 2), "%", "%%")
}

// escapeStatus makes text safe in a user option. #{@brink} does not expand what is
// in it, but draws #[…] as a style; #{E:@brink} does expand it, and finds no odd
// run of signs.
func escapeStatus(text string) string { return escapeSigns(text, 2, 2) }

// escapeSigns multiplies each # by times, and those before a bracket by styled.
func escapeSigns(text string, times, styled int) string {
	var escaped strings.Builder
	for len(text) > 0 {
		rest := strings.TrimLeft(text, "#")
		signs := len(text) - len(rest)
		if strings.HasPrefix(rest, "[") {
			signs *= styled
		} else {
			signs *= times
		}
		escaped.WriteString(strings.Repeat("#", signs))
		plain, _, _ := strings.Cut(rest, "#")
		escaped.WriteString(plain)
		text = rest[len(plain):]
	}
	return escaped.String()
}

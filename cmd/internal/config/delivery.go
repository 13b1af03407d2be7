package config

import "time"

// Delivery is the way of a sink to reach somebody: one of [Bell], [OSC], [Tmux],
// [Exec], [Webhook], [Alertmanager] and [Shoutrrr].
type Delivery interface {
	// Type is the word of the configuration.
	Type() string
}

// Bell rings the terminal.
type Bell struct{}

// OSC asks the terminal for a desktop notification.
type OSC struct {
	// Kind is the sequence: "auto" (chosen by terminal), "9", "777" or "99".
	Kind string
	// Passthrough wraps the sequence for tmux, which has to allow it
	// (allow-passthrough, off by default since tmux 3.3).
	Passthrough bool
}

// Tmux tells a tmux server. At least one of Bell, Message and Option is set.
type Tmux struct {
	// Bell sets the window's bell flag.
	Bell bool
	// Message shows a line to the clients of the session.
	Message bool
	// MessageFor is how long it stays (display-message -d, from tmux 3.2).
	MessageFor time.Duration
	// Option is the user option for the status line, with its @; empty for none.
	Option string
	// Socket is the path of the server's socket; empty for that of $TMUX.
	Socket string
	// Session is the session to tell; empty for that of the pane.
	Session string
}

// Exec runs a program with the event on its standard input. No shell is involved.
type Exec struct {
	// Program is an absolute path, or a name that is looked up in PATH.
	Program string
	Args    []string
	// Env is added to the environment, each item NAME=VALUE, in the order of the
	// file.
	Env []string
}

// Webhook posts JSON.
type Webhook struct {
	URL     Secret
	Headers []Header
	// Sign is the key of the HMAC signature; the zero Secret for none.
	Sign Secret
}

// Alertmanager posts to a Prometheus Alertmanager.
type Alertmanager struct {
	// URL is the server's, without /api/v2/alerts.
	URL     Secret
	Headers []Header
}

// Header is a header of a request.
type Header struct {
	Name  string
	Value Secret
}

// Shoutrrr sends through one of shoutrrr's services.
type Shoutrrr struct {
	// URL is never in the open: it holds the service's token or password.
	URL Secret
}

// Type returns the word of the configuration.
func (Bell) Type() string { return "bell" }

// Type returns the word of the configuration.
func (OSC) Type() string { return "osc" }

// Type returns the word of the configuration.
func (Tmux) Type() string { return "tmux" }

// Type returns the word of the configuration.
func (Exec) Type() string { return "exec" }

// Type returns the word of the configuration.
func (Webhook) Type() string { return "webhook" }

// Type returns the word of the configuration.
func (Alertmanager) Type() string { return "alertmanager" }

// Type returns the word of the configuration.
func (Shoutrrr) Type() string { return "shoutrrr" }

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
	// Kind is the sequence: "auto" (chosen by terminal), "osc9", "osc777" or "osc99".
	Kind string
	// Passthrough wraps the sequence for tmux, which has to allow it
	// (allow-passthrough, off by default since tmux 3.3).
	Passthrough bool
}

// Tmux shows messages in the tmux that brink runs in, and keeps its user option
// @brink for the status line.
type Tmux struct {
	// Bell sets the window's bell flag as well.
	Bell bool
}

// Exec runs a program with the event on its standard input. No shell is involved.
type Exec struct {
	// Program is an absolute path.
	Program string
	Args    []string
	// Env are the names of the environment variables that the program inherits
	// besides the usual ones.
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
	URL Secret
	// User and Password, or Token, are for servers that ask for them.
	User            string
	Password, Token Secret
	// Labels are added to those of each alert.
	Labels map[string]string
	// Resend is how often what fires is sent again, before Alertmanager takes it
	// for over.
	Resend time.Duration
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

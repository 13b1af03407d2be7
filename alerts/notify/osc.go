package notify

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"brink/alerts"
	"brink/collectors"
)

// OSCOptions are what the sink for notifications of the desktop is made of.
type OSCOptions struct {
	Name string
	// Writer leads to the terminal.
	Writer io.Writer
	// Env is the environment of the terminal.
	Env func(string) string
	// Protocol is [ProtocolAuto] to choose by the environment. Any other wins
	// over all that the environment says.
	Protocol Protocol
	// Passthrough allows to wrap the sequence so that tmux hands it on, when its
	// option allow-passthrough is on.
	Passthrough bool
	// Tmux asks tmux; nil means that there is none to ask.
	Tmux *TmuxClient
}

// OSC asks the terminal to show a notification of the desktop. Where that cannot
// arrive, because the terminal knows none or tmux drops it, it rings the bell and
// [OSC.Explain] says why.
type OSC struct {
	options OSCOptions
	line    terminal
}

// NewOSC checks the options.
func NewOSC(options OSCOptions) (*OSC, error) {
	if options.Writer == nil {
		return nil, errNoTerminal
	}
	if options.Env == nil {
		options.Env = func(string) string { return "" }
	}
	switch options.Protocol {
	case ProtocolAuto, ProtocolOSC9, ProtocolOSC777, ProtocolOSC99, ProtocolBell:
		return &OSC{options: options, line: terminal{writer: options.Writer}}, nil
	default:
		return nil, fmt.Errorf("no such protocol: %q; there are %v", options.Protocol, Protocols())
	}
}

// Name returns the configured name.
func (o *OSC) Name() string { return o.options.Name }

// Send shows the message. What is over is shown too, and does not ring.
func (o *OSC) Send(ctx context.Context, n Notification) error {
	path := o.path(ctx)
	var sequence strings.Builder
	if path.protocol != ProtocolBell {
		sequence.WriteString(path.wrapped(notification(path.protocol, n)))
	}
	if (path.protocol == ProtocolBell || !path.sure) && len(n.Firing()) > 0 {
		sequence.WriteString(bel)
	}
	if sequence.Len() == 0 {
		return nil
	}
	return o.line.write(ctx, sequence.String())
}

// Explain says how messages go, and why not better.
func (o *OSC) Explain(ctx context.Context) string { return o.path(ctx).says }

// path is how a sequence gets to the terminal that shows it.
type path struct {
	choice
	tmux bool
	says string
}

func (p path) wrapped(sequence string) string {
	if p.tmux {
		return ansi.TmuxPassthrough(sequence)
	}
	return sequence
}

// path finds out anew for each message: people attach from other terminals and
// change options while brink runs.
func (o *OSC) path(ctx context.Context) path {
	switch {
	case o.options.Env("TMUX") != "":
		return o.throughTmux(ctx)
	case o.options.Env("STY") != "":
		return path{choice: choice{protocol: ProtocolBell}, says: "bell only: GNU screen does not hand notifications on"}
	default:
		return o.direct(o.options.Env)
	}
}

// direct chooses for a terminal by its environment.
func (o *OSC) direct(env func(string) string) path {
	found := detect(env)
	if o.options.Protocol != ProtocolAuto {
		found = choice{protocol: o.options.Protocol, sure: true, why: "the configuration"}
	}
	p := path{choice: found}
	switch {
	case found.why == "":
		p.says = "bell only: no sign of a terminal that shows notifications; set the protocol if yours does"
	case found.protocol == ProtocolBell:
		p.says = "bell only, by " + found.why
	case found.sure:
		p.says = string(found.protocol) + ", by " + found.why
	default:
		p.says = string(found.protocol) + " and bell, by " + found.why + ": not all versions show notifications"
	}
	return p
}

// throughTmux wraps the sequence when that is allowed on both sides. tmux drops
// OSC 9, 777 and 99 otherwise, and passes the bell.
func (o *OSC) throughTmux(ctx context.Context) path {
	belled := func(why string) path {
		return path{choice: choice{protocol: ProtocolBell}, says: "bell only: " + why}
	}
	switch {
	case o.options.Protocol == ProtocolBell:
		return o.direct(o.options.Env)
	case !o.options.Passthrough:
		return belled("tmux drops notifications, and passthrough is not allowed here")
	case o.options.Tmux == nil:
		return belled("tmux drops notifications, and could not be asked for its option allow-passthrough")
	}
	value, err := o.options.Tmux.passthrough(ctx)
	switch {
	case err != nil:
		return belled("tmux could not be asked for its option allow-passthrough: " + errorText(err))
	case value == "off":
		return belled("tmux drops notifications while its option allow-passthrough is off: tmux set -g allow-passthrough on")
	}
	p := o.direct(o.outer(ctx))
	if p.protocol != ProtocolBell {
		p.tmux, p.says = true, p.says+", wrapped for tmux"
	}
	return p
}

// outer is the environment of the terminal outside of tmux: what tmux knows of it
// instead of TERM and TERM_PROGRAM, which are its own in here.
func (o *OSC) outer(ctx context.Context) func(string) string {
	term, program := o.options.Tmux.outerTerminal(ctx)
	return func(name string) string {
		switch name {
		case "TERM":
			return term
		case "TERM_PROGRAM":
			return program
		default:
			return o.options.Env(name)
		}
	}
}

// The bounds of text in a sequence, in runes. A notification shows no more, and
// terminals drop sequences that are too long: kitty from 4 KiB on.
const (
	oscTitleLength = 100
	oscBodyLength  = 400
)

// notification writes a sequence. They end with ST and not with BEL: inside of a
// wrapper a BEL would ring.
func notification(protocol Protocol, n Notification) string {
	title, body := oscText(n.Title, oscTitleLength), oscText(strings.ReplaceAll(n.Text, "\n", " | "), oscBodyLength)
	switch protocol {
	case ProtocolOSC9:
		// ConEmu and Windows Terminal read a number in front as a command, of which 4
		// is the progress bar; a text of ours never begins with one.
		return osc("9;brink: " + body)
	case ProtocolOSC777:
		// The title ends at the first semicolon.
		return osc("777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + strings.ReplaceAll(body, ";", ","))
	case ProtocolOSC99:
		id := "i=" + oscID(n.ID)
		return osc("99;"+id+":d=0:p=title;"+title) + osc("99;"+id+":d=1:p=body:u="+urgency(n)+";"+body)
	default:
		return ""
	}
}

func osc(text string) string { return "\x1b]" + text + "\x1b\\" }

// oscText makes text safe inside of a sequence. Beyond control characters, which
// end it, these are the characters with the byte 0x9C in them: a terminal that is
// not set to UTF-8 takes it for ST.
func oscText(text string, limit int) string {
	return strings.Map(func(r rune) rune {
		if strings.Contains(string(r), "\x9c") {
			return '?'
		}
		return r
	}, collectors.Clean(text, limit))
}

// oscID keeps to the characters that kitty allows in an id.
func oscID(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, id)
}

// urgency is kitty's: 0 low, 1 normal, 2 critical.
func urgency(n Notification) string {
	switch {
	case len(n.Firing()) == 0:
		return "0"
	case n.Severity == alerts.SeverityCritical:
		return "2"
	default:
		return "1"
	}
}

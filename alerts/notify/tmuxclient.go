package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"brink/collectors"
)

// TmuxClient talks to the tmux server in one of whose panes brink runs. It runs
// the tmux binary, never a shell.
type TmuxClient struct {
	binary string
	// socket, pane and env say where we are.
	socket string
	pane   string
	env    []string
}

// tmuxTimeout bounds one call. The server answers in milliseconds, or is stuck.
const tmuxTimeout = 2 * time.Second

// ErrNoTmux says that brink does not run inside of tmux.
var ErrNoTmux = errors.New("not inside of tmux ($TMUX is not set): start brink in a pane, or take the sink out")

// NewTmuxClient finds tmux by the environment of a pane. The error is [ErrNoTmux] when
// we are in none.
func NewTmuxClient(env func(string) string) (*TmuxClient, error) {
	// $TMUX is "socket,pid of the server,number of the session", tmux(1).
	socket, _, _ := strings.Cut(env("TMUX"), ",")
	if socket == "" {
		return nil, ErrNoTmux
	}
	binary, err := exec.LookPath("tmux")
	if err != nil {
		return nil, fmt.Errorf("tmux is not in the PATH: %w", err)
	}
	client := &TmuxClient{binary: binary, socket: socket, pane: env("TMUX_PANE")}
	for _, name := range []string{"TMUX", "TMUX_PANE", "PATH", "HOME", "TERM", "LANG", "LC_ALL", "LC_CTYPE"} {
		if value := env(name); value != "" {
			client.env = append(client.env, name+"="+value)
		}
	}
	return client, nil
}

// run runs one command of tmux and returns what it printed.
func (t *TmuxClient) run(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tmuxTimeout)
	defer cancel()
	// -u: names in UTF-8 are not to be shown as underscores, whatever the locale.
	words := []string{"-u", "-S", t.socket}
	for _, arg := range args {
		words = append(words, whole(arg))
	}
	cmd := exec.CommandContext(ctx, t.binary, words...)
	cmd.Env = t.env
	cmd.WaitDelay = time.Second
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limitedText{buffer: &out}, &limitedText{buffer: &fault}
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return "", fmt.Errorf("tmux %s: %w: %s", args[0], err, collectors.Clean(strings.TrimSpace(fault.String()), lineLength))
	}
	return strings.TrimSpace(out.String()), nil
}

// whole keeps an argument one: a semicolon at its end would end the command
// (tmux(1), "PARSING SYNTAX").
func whole(arg string) string {
	if text, ok := strings.CutSuffix(arg, ";"); ok {
		return text + `\;`
	}
	return arg
}

// session returns the session of our pane, as "$3".
func (t *TmuxClient) session(ctx context.Context) (string, error) {
	return t.run(ctx, append(t.inPane("display-message", "-p"), "#{session_id}")...)
}

// inPane adds the pane to a command that takes one with -t.
func (t *TmuxClient) inPane(args ...string) []string {
	if t.pane == "" {
		return args
	}
	return append(args, "-t", t.pane)
}

// clients returns the terminals that are attached to a session, to any when it is
// empty.
func (t *TmuxClient) clients(ctx context.Context, session string) ([]string, error) {
	args := []string{"list-clients", "-F", "#{client_name}"}
	if session != "" {
		args = append(args, "-t", session)
	}
	out, err := t.run(ctx, args...)
	if err != nil || out == "" {
		return nil, err
	}
	return strings.Split(out, "\n"), nil
}

// passthrough returns the option allow-passthrough as it holds for our pane: off, on
// or all. tmux older than 3.3 does not know it and passes everything.
func (t *TmuxClient) passthrough(ctx context.Context) (string, error) {
	out, err := t.run(ctx, append(t.inPane("show-options", "-Apv"), "allow-passthrough")...)
	if err != nil && strings.Contains(err.Error(), "invalid option") {
		return "on", nil
	}
	return out, err
}

// outerTerminal returns what tmux knows of the terminal that is attached to our
// session: its TERM, and what it calls itself. Both are empty when there is none.
func (t *TmuxClient) outerTerminal(ctx context.Context) (term, program string) {
	out, err := t.run(ctx, append(t.inPane("display-message", "-p"), "#{client_termname}\n#{client_termtype}")...)
	if err != nil {
		return "", ""
	}
	term, program, _ = strings.Cut(out, "\n")
	return term, program
}

// limitedText keeps the beginning of what a program prints, and swallows the rest
// without stopping it.
type limitedText struct {
	buffer *bytes.Buffer
	cut    bool
}

// outputLimit bounds what is kept.
const outputLimit = 8 << 10

// Write never fails.
func (l *limitedText) Write(data []byte) (int, error) {
	room := max(outputLimit-l.buffer.Len(), 0)
	l.cut = l.cut || len(data) > room
	_, _ = l.buffer.Write(data[:min(room, len(data))])
	return len(data), nil
}

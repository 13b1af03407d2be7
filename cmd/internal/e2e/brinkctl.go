package e2e

import (
	"context"
	"strings"
)

// Brink runs the installed brink on the host, as root unless User says otherwise.
type Brink struct {
	host *Host
	// User runs it: visitor may not use the engine's socket, keeper may. Empty is root.
	User string
}

// Brink is the installed program, run by root.
func (h *Host) Brink() Brink { return Brink{host: h} }

// As is the program run by another user of the host.
func (b Brink) As(user string) Brink { b.User = user; return b }

func (b Brink) command(arguments string) string {
	command := brinkBinary + " " + arguments
	if b.User != "" {
		command = "runuser -u " + b.User + " -- " + command
	}
	return command
}

// The exit codes of `brink check`, the convention of monitoring plugins.
const (
	ExitOK       = 0
	ExitWarning  = 1
	ExitCritical = 2
	ExitUnknown  = 3
)

// Check is the outcome of `brink check --format json`.
type Check struct {
	Snapshot
	Exit   int
	Stderr string
}

// Check runs `brink check --format json` with more arguments. A check that ends without a document has an empty
// Snapshot; its words are then in Stderr.
func (b Brink) Check(ctx context.Context, arguments string) (Check, error) {
	result, err := b.host.Run(ctx, b.command("check --format json "+arguments))
	if err != nil {
		return Check{}, err
	}
	check := Check{Exit: result.Exit, Stderr: result.Stderr}
	if strings.TrimSpace(result.Stdout) == "" {
		return check, nil
	}
	check.Snapshot, err = ParseSnapshot([]byte(result.Stdout))
	return check, err
}

// Text runs brink with any arguments and returns what it said on both streams and its exit code.
func (b Brink) Text(ctx context.Context, arguments string) (string, int, error) {
	result, err := b.host.Run(ctx, b.command(arguments))
	return result.Stdout + result.Stderr, result.Exit, err
}

package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"brink/cmd/internal/e2e/vm"
)

// Agent gives commands to the program in the container, through the socket in its data directory: that works for a
// container at any of its limits, and starts no process inside.
type Agent struct {
	host *Host
}

// ErrAgentGone says that the agent died over the command, or does not run.
var ErrAgentGone = errors.New("the agent is gone")

// agentGone is the exit code of `agent do` when nobody answers.
const agentGone = 3

// Do has the agent obey one command (see the package agent for the language) and returns its answer without the "ok".
// An agent that is just starting is waited for. The error is ErrAgentGone when there is none to answer.
func (a *Agent) Do(ctx context.Context, command string) (string, error) {
	result, err := a.host.Run(ctx, fmt.Sprintf("AGENT_SOCKET=%s/data/agent.sock %s do -wait %v %s",
		projectDir, agentBinary, a.host.Patience(5*time.Second), quote(command)))
	if err != nil {
		return "", err
	}
	return agentAnswer(command, result)
}

func agentAnswer(command string, result vm.Result) (string, error) {
	answer := strings.TrimSpace(result.Stdout)
	switch {
	case result.Exit == agentGone:
		return "", fmt.Errorf("agent, %s: %w: %s", command, ErrAgentGone, strings.TrimSpace(result.Stderr))
	case result.Exit != 0:
		return "", fmt.Errorf("agent, %s: %s%s", command, answer, result.Stderr)
	}
	return strings.TrimSpace(strings.TrimPrefix(answer, "ok")), nil
}

// quote makes one word of a text for the shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

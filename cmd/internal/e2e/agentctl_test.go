package e2e

import (
	"errors"
	"testing"

	"brink/cmd/internal/e2e/vm"
)

func TestAgentAnswer(t *testing.T) {
	for _, test := range []struct {
		name   string
		result vm.Result
		want   string
		fault  string
		gone   bool
	}{
		{"nobody listens", vm.Result{Exit: 3, Stderr: "agent: no such file\n"}, "", "agent, eat: the agent is gone: agent: no such file", true},
		{"refused", vm.Result{Exit: 1, Stdout: "error usage: eat\n"}, "", "agent, eat: error usage: eat", false},
		{"no agent installed", vm.Result{Exit: 127, Stderr: "not found"}, "", "agent, eat: not found", false},
		{"done", vm.Result{Stdout: "ok\n"}, "", "", false},
		{"done, with an answer", vm.Result{Stdout: "ok anon=5\n"}, "anon=5", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := agentAnswer("eat", test.result)
			fault := ""
			if err != nil {
				fault = err.Error()
			}
			if got != test.want || fault != test.fault || errors.Is(err, ErrAgentGone) != test.gone {
				t.Errorf("agentAnswer = %q, %v; want %q, %q, gone %t", got, err, test.want, test.fault, test.gone)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"":               "''",
		"eat anon 1G":    "'eat anon 1G'",
		`fork 1 "it's"`:  `'fork 1 "it'\''s"'`,
		"$(reboot); `x`": "'$(reboot); `x`'",
	} {
		if got := quote(text); got != want {
			t.Errorf("quote(%q) = %s, want %s", text, got, want)
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"brink/alerts"
	"brink/alerts/notify"
	"brink/cmd/internal/config"
)

func newRulesCommand(p *program) *cobra.Command {
	var check string
	var example bool
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Print the rules in force, in the syntax of the configuration",
		Long: `Rules prints the rules in force in the syntax of the configuration, with where each
comes from. What it prints can be pasted into the configuration.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case example:
				_, err := io.WriteString(p.out, config.Example())
				return err
			case check != "":
				return p.checkConfig(check)
			default:
				return p.printRules()
			}
		},
	}
	cmd.Flags().StringVar(&check, "check", "", "only check `FILE`, and tell every fault in it")
	cmd.Flags().BoolVar(&example, "example", false, "print an example of a configuration")
	cmd.AddCommand(newRulesTestCommand(p), newRulesNotifyCommand(p))
	return cmd
}

func (p *program) printRules() error {
	settings, err := p.settings(nil)
	if err != nil {
		return err
	}
	return config.WriteRules(p.out, settings.Rules())
}

// checkConfig reads a file as brink would.
func (p *program) checkConfig(path string) error {
	loaded, warnings, err := config.Load(path, true)
	for _, warning := range warnings {
		_, _ = fmt.Fprintln(p.err, "brink:", warning)
	}
	if err != nil {
		return usageError(err)
	}
	_, err = fmt.Fprintf(p.out, "%s: good: %s in force, %s\n", path,
		counted(uint64(len(loaded.RulesInForce())), "rule", "rules"), counted(uint64(len(loaded.Sinks)), "sink", "sinks"))
	return err
}

func newRulesTestCommand(p *program) *cobra.Command {
	var replay bool
	var span spanFlags
	cmd := &cobra.Command{
		Use:   "test FILE... | test --replay",
		Short: "Try the rules in force on made-up series, or on what was recorded",
		Long: `Test plays series of values against the rules in force and compares the alerts with
what the file expects:

  [[test]]
  name = "a leak warns before it is critical"
  interval = "1s"
  [test.series]
  "memory.unreclaimable_ratio" = "0.5+0.01x45"
  [[test.at]]
  time = "40s"
  alerts = ["memory-near-limit warning firing"]

A series is a row of values, one an interval: 0.5 once, 0.5x9 ten times, 0.5+0.01x45
rising, _ absent, ! not running. brink rules prints the metrics that the rules are about.

With --replay it judges what was recorded instead, and lists the alerts that would have
been told: a changed rule can be tried on last night.`,
		Example: `  brink rules test leaks.toml
  brink --config new.toml rules test --replay --since 24h`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && !replay:
				return usageError(errors.New("rules test needs a FILE, or --replay"))
			case len(args) > 0 && replay:
				return usageError(errors.New("rules test --replay takes no FILE"))
			default:
				return nil
			}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if replay {
				return p.replayRules(cmd.Context(), span)
			}
			return p.testRules(args)
		},
	}
	cmd.Flags().BoolVar(&replay, "replay", false, "judge what was recorded")
	span.register(cmd)
	return cmd
}

// testRules runs every test of every file, and fails with 1 when any fails.
func (p *program) testRules(files []string) error {
	settings, err := p.settings(nil)
	if err != nil {
		return err
	}
	var failed, passed int
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return usageError(err)
		}
		tests, err := parseRuleTests(file, data)
		if err != nil {
			return usageError(err)
		}
		if err := validTests(file, tests, settings.RulesInForce()); err != nil {
			return usageError(err)
		}
		for _, test := range tests {
			if p.tellTest(file, test, test.Run(settings.RulesInForce())) {
				passed++
			} else {
				failed++
			}
		}
	}
	_, _ = fmt.Fprintf(p.out, "%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return fmt.Errorf("%s failed", counted(uint64(failed), "rule test", "rule tests"))
	}
	return nil
}

func (p *program) tellTest(file string, test alerts.RuleTest, failures []alerts.Failure) (passed bool) {
	for _, failure := range failures {
		_, _ = fmt.Fprintf(p.out, "%s: %s: %s\n", file, test.Name, failure)
	}
	return len(failures) == 0
}

func newRulesNotifyCommand(p *program) *cobra.Command {
	var test bool
	cmd := &cobra.Command{
		Use:   "notify",
		Short: "List the sinks, or with --test send a test message through each",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if test {
				return p.testSinks(cmd.Context())
			}
			return p.listSinks()
		},
	}
	cmd.Flags().BoolVar(&test, "test", false, "send a test message through every sink")
	return cmd
}

func (p *program) listSinks() error {
	settings, err := p.settings(nil)
	if err != nil {
		return err
	}
	for _, sink := range settings.Sinks {
		if _, err := fmt.Fprintf(p.out, "%-16s %-12s from %-8s  %s\n", sink.Name, sink.To.Type(), sink.MinSeverity, sink.Origin); err != nil {
			return err
		}
	}
	if len(settings.Sinks) == 0 {
		return usageError(errNoSinks)
	}
	return nil
}

// testSinks reports how each sink fared.
func (p *program) testSinks(ctx context.Context) error {
	settings, err := p.settings(nil)
	if err != nil {
		return err
	}
	log, closer, err := p.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	tty, closeTTY := openTTY()
	defer closeTTY()
	routes, err := p.routes(&sinkMaker{env: p.env, tty: tty, log: log, strict: true}, settings.Sinks)
	if err != nil {
		return err
	}
	if len(routes) == 0 {
		return usageError(errNoSinks)
	}
	// Without a state file: a test is told also while another brink runs.
	outbox, err := notify.New(notify.Options{Host: hostname(), Routes: routes, Now: wallClock, Log: log})
	if err != nil {
		return err
	}
	results := outbox.Test(ctx)
	failed := slices.DeleteFunc(slices.Clone(results), func(r notify.Result) bool { return r.Err == nil })
	for _, result := range results {
		_, _ = fmt.Fprintln(p.out, resultLine(result))
	}
	if len(failed) > 0 {
		return fmt.Errorf("%s did not take the test message", counted(uint64(len(failed)), "sink", "sinks"))
	}
	return nil
}

// resultLine is how a sink fared with a test message.
func resultLine(result notify.Result) string {
	took := result.Took.Round(time.Millisecond)
	switch {
	case result.Err != nil:
		return fmt.Sprintf("✖ %s: %v (after %v)", result.Sink, result.Err, took)
	case result.Detail != "":
		return fmt.Sprintf("● %s: sent in %v, %s", result.Sink, took, result.Detail)
	default:
		return fmt.Sprintf("● %s: sent in %v", result.Sink, took)
	}
}

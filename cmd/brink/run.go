package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes. check has its own, those of monitoring plugins.
const (
	exitDone  = 0
	exitFault = 1
	exitUsage = 2
)

// streams are where a command reads and writes. The terminal is told from a pipe
// by what stands behind them.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// fault is an error with the exit code that it ends the program with.
type fault struct {
	error
	code int
}

func (f fault) Unwrap() error { return f.error }

// usageError is a fault of the command line.
func usageError(err error) error { return fault{err, exitUsage} }

// verdict ends a command with an exit code that is an answer, not a failure.
type verdict int

func (v verdict) Error() string { return fmt.Sprintf("verdict %d", int(v)) }

// run is the whole program: it returns the exit code and touches nothing of the
// process but what it was given. SIGINT and SIGTERM end it in order, and so does
// SIGHUP but for guard, to which it means a reload.
func run(ctx context.Context, args []string, io streams, env func(string) string) int {
	heavy := stayLight(env)
	if len(args) == 2 && args[0] == keeperName {
		return keep(args[1], io)
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root := newRootCommand(&program{streams: io, env: env, heavy: heavy}) //nolint:contextcheck // cobra hands the context on through the command
	root.SetArgs(args)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	return exitCode(root.ExecuteContext(ctx), io.err)
}

// exitCode says what went wrong, and turns it into a code.
func exitCode(err error, stderr io.Writer) int {
	if answer, ok := errors.AsType[verdict](err); ok {
		return int(answer)
	}
	if err == nil {
		return exitDone
	}
	code := exitFault
	if coded, ok := errors.AsType[fault](err); ok {
		code = coded.code
	}
	_, _ = io.WriteString(stderr, cleanLines("brink: "+strings.ReplaceAll(err.Error(), "\n", "\n       ")+"\n"))
	return code
}

// program is what every command shares: the world it runs in and the global flags.
type program struct {
	streams
	env   func(string) string
	flags flags
	// intervalGiven says that the interval was typed, and wins over the file's.
	intervalGiven bool
	// heavy says that the memory of the start may be of huge pages, see startLight.
	heavy bool
	// logTo is where the log goes without a log file; nil is nowhere.
	logTo io.Writer
}

// begin prepares what all commands share, before any of them runs.
func (p *program) begin(cmd *cobra.Command, _ []string) {
	p.intervalGiven = cmd.Flags().Changed("interval")
	if cmd.Name() == guardName || signal.Ignored(syscall.SIGHUP) {
		return // to guard it means more, and to nohup nothing
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	cmd.SetContext(ctx)
}

func newRootCommand(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "brink [CONTAINER...]",
		Short: "Watch the container of an AI agent against its limits",
		Long: `Brink watches the container in which an AI agent runs, from outside: how close
it is to each of its limits (memory, CPU quota, pids, tmpfs), what happened when
it hit one, and how long until it does. It only reads.

CONTAINER is a name, an id prefix, service:NAME (a compose service) or
cgroup:/PATH (any cgroup v2 directory, no engine needed). Without one brink looks
for the agent: openclaw-agent, else the compose service openclaw or
openclaw-gateway, else an image with openclaw in its name, else the only
container that runs.`,
		Example: `  brink                            the dashboard
  brink check openclaw-agent       a verdict for a script
  brink watch --format json web    one JSON document per second
  brink cgroup:/system.slice/nginx.service`,
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		ValidArgsFunction: p.completeContainers,
		PersistentPreRun:  p.begin,
		RunE:              p.watch,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(fmt.Errorf("%w; see %s --help", err, cmd.CommandPath()))
	})
	p.flags.register(root)
	root.AddCommand(newWatchCommand(p), newCheckCommand(p), newAuditCommand(p), newBaselineCommand(p), newGuardCommand(p), newStatusCommand(p), newReplayCommand(p), newReportCommand(p), newExportCommand(p), newDemoCommand(p),
		newRulesCommand(p), newManCommand(p), newVersionCommand(p))
	refuseUnknownShells(root)
	return root
}

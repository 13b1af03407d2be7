package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ProgramOptions are what the exec sink is made of.
type ProgramOptions struct {
	Name string
	// Path is absolute: what runs must not depend on where brink was started.
	Path string
	Args []string
	// Pass names the environment variables that the program gets beside PATH, HOME,
	// LANG and BRINK_*.
	Pass []string
	// Env is the environment of brink.
	Env func(string) string
	// Log is told what a program that failed has printed; nil discards.
	Log *slog.Logger
}

// Program runs a program for each message: the message as JSON on its standard
// input, see [Notification], and its main words in the environment:
//
//	BRINK_ID BRINK_AT BRINK_HOST BRINK_TITLE BRINK_TEXT
//	BRINK_SEVERITY   critical, warning or info
//	BRINK_STATE      firing when anything in it fires, else resolved
//	BRINK_ALERTS     how many alerts are in it
//	BRINK_RULE BRINK_CONTAINER BRINK_INSTANCE BRINK_REASON BRINK_VALUE   of the worst
//
// There is no shell between: nothing in a name can become a command. The program
// is a process group of its own; when its time is over the group gets SIGTERM, and
// a second later SIGKILL. What it leaves behind in the background after a good
// end is its own affair.
//
// Status 0 means delivered. 64, 77, 78 (sysexits.h: usage, permission, config),
// 126 and 127 mean that it never will be; any other that another attempt may help.
type Program struct {
	options ProgramOptions
	redact  redactor
}

// killGrace is how long a program has between SIGTERM and SIGKILL.
const killGrace = time.Second

// defaultPath is what the program finds others by when brink has no PATH.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// NewProgram checks the options. That the program exists is found out when it runs:
// it may come later.
func NewProgram(options ProgramOptions) (*Program, error) {
	if !filepath.IsAbs(options.Path) {
		return nil, fmt.Errorf("program %q: give its absolute path", options.Path)
	}
	if options.Env == nil {
		options.Env = func(string) string { return "" }
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	var passed []Secret
	for _, name := range options.Pass {
		if strings.ContainsAny(name, "=\x00") || name == "" {
			return nil, fmt.Errorf("%q is no name of an environment variable", name)
		}
		passed = append(passed, NewSecret(options.Env(name)))
	}
	return &Program{options: options, redact: newRedactor(passed...)}, nil
}

// Name returns the configured name.
func (p *Program) Name() string { return p.options.Name }

// Send runs the program and waits for its end.
func (p *Program) Send(ctx context.Context, n Notification) error {
	input, err := json.Marshal(n)
	if err != nil {
		return &PermanentError{Err: err}
	}
	var output bytes.Buffer
	printed := &limitedText{buffer: &output}
	cmd := p.command(ctx, n, input, printed)
	err = cmd.Run()
	if ctx.Err() != nil && cmd.Process != nil {
		// Whoever ignored SIGTERM. A number of a group is not given away as long as
		// it has members, and if it has none there is nobody to hit.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	return p.outcome(ctx, err, printed)
}

func (p *Program) command(ctx context.Context, n Notification, input []byte, printed *limitedText) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.options.Path, p.options.Args...)
	cmd.Dir = "/"
	cmd.Env = p.environment(n)
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stdout, cmd.Stderr = printed, printed
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = killGrace
	return cmd
}

// outcome reads how the program ended.
func (p *Program) outcome(ctx context.Context, err error, printed *limitedText) error {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil:
		// ErrWaitDelay: it ended well, and left somebody behind who holds its output.
		return nil
	case ctx.Err() != nil:
		err = fmt.Errorf("its time was over, it was stopped: %w", context.Cause(ctx))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return &PermanentError{Err: fmt.Errorf("%s cannot be run: %w", p.options.Path, err)}
	case errors.As(err, &exit) && slices.Contains([]int{64, 77, 78, 126, 127}, exit.ExitCode()):
		err = &PermanentError{Err: fmt.Errorf("ended with %w", exit)}
	case errors.As(err, &exit):
		err = fmt.Errorf("ended with %w", exit)
	}
	text := p.redact.text(strings.TrimSpace(printed.buffer.String()))
	p.options.Log.Warn("program of a sink failed", "sink", p.options.Name, "error", err.Error(), "output", text, "output_cut", printed.cut)
	return err
}

// environment is all that the program gets.
func (p *Program) environment(n Notification) []string {
	list := []string{"PATH=" + cmp.Or(p.options.Env("PATH"), defaultPath)}
	for _, name := range append([]string{"HOME", "LANG"}, p.options.Pass...) {
		if value := p.options.Env(name); value != "" {
			list = append(list, name+"="+value)
		}
	}
	state := "resolved"
	if len(n.Firing()) > 0 {
		state = "firing"
	}
	worst := n.Items[0]
	return append(list,
		"BRINK_ID="+n.ID, "BRINK_AT="+n.At.Format(time.RFC3339Nano), "BRINK_HOST="+n.Host,
		"BRINK_TITLE="+n.Title, "BRINK_TEXT="+n.Text, "BRINK_SEVERITY="+n.Severity.String(), "BRINK_STATE="+state,
		"BRINK_ALERTS="+strconv.Itoa(len(n.Items)), "BRINK_RULE="+worst.Key.Rule, "BRINK_CONTAINER="+worst.Key.Container,
		"BRINK_INSTANCE="+worst.Key.Instance, "BRINK_REASON="+string(worst.Reason),
		"BRINK_VALUE="+strconv.FormatFloat(worst.Value, 'g', -1, 64))
}

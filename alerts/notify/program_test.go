package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// script returns a sink that runs a script of the shell, and the directory in which
// it may leave things. The shell is what is run: a program that was just written
// cannot be while a child of another test still has it open (ETXTBSY).
func script(t *testing.T, text string, options ProgramOptions) (*Program, string) {
	t.Helper()
	directory := t.TempDir()
	path := filepath.Join(directory, "hook")
	must(t, os.WriteFile(path, []byte("cd "+directory+"\n"+text+"\n"), 0o600))
	options.Name, options.Path, options.Args = "hook", "/bin/sh", append([]string{path}, options.Args...)
	if options.Env == nil {
		options.Env = func(name string) string {
			return map[string]string{"PATH": os.Getenv("PATH"), "HOME": "/root", "TOKEN": "swordfish", "OTHER": "not passed"}[name]
		}
	}
	sink, err := NewProgram(options)
	must(t, err)
	return sink, directory
}

// TestProgram gets the message on its input and in its environment, and nothing else.
func TestProgram(t *testing.T) {
	t.Parallel()
	sink, directory := script(t, `cat > input; env | sort > env; echo "$@" > args`, ProgramOptions{Args: []string{"a b", "$(id)"}, Pass: []string{"TOKEN"}})
	must(t, sink.Send(t.Context(), oomFired()))
	want, err := json.Marshal(oomFired())
	must(t, err)
	if diff := cmp.Diff(string(want), read(t, filepath.Join(directory, "input"))); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	if got := read(t, filepath.Join(directory, "args")); got != "a b $(id)\n" {
		t.Errorf("arguments %q", got)
	}
	var got []string
	for line := range strings.Lines(read(t, filepath.Join(directory, "env"))) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "=")
		// The shell adds these itself.
		if name != "PWD" && name != "OLDPWD" && name != "SHLVL" && name != "_" {
			got = append(got, strings.TrimSpace(line))
		}
	}
	n := oomFired()
	if diff := cmp.Diff([]string{
		"BRINK_ALERTS=1", "BRINK_AT=2026-03-04T12:00:00Z", "BRINK_CONTAINER=agent", "BRINK_HOST=vps-1", "BRINK_ID=" + n.ID, "BRINK_INSTANCE=",
		"BRINK_REASON=first", "BRINK_RULE=oom-kill", "BRINK_SEVERITY=critical", "BRINK_STATE=firing", "BRINK_TEXT=" + n.Text, "BRINK_TITLE=" + n.Title,
		"BRINK_VALUE=2", "HOME=/root", "PATH=" + os.Getenv("PATH"), "TOKEN=swordfish",
	}, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

// TestProgramHostile gives a container the worst name there is: it stays a name.
func TestProgramHostile(t *testing.T) {
	t.Parallel()
	sink, directory := script(t, `printf '%s' "$BRINK_CONTAINER" > name`, ProgramOptions{})
	p := &page{key: alerts.Key{Rule: "oom", Container: hostile}}
	item := p.item("vps-1", &news{alert: alerts.Alert{Message: hostile}, at: noon}, ReasonFirst)
	must(t, sink.Send(t.Context(), compose("vps-1", noon, []Item{item})))
	if got := read(t, filepath.Join(directory, "name")); got != item.Key.Container || !strings.Contains(got, "$(touch /tmp/pwned)") {
		t.Errorf("name %q", got)
	}
	if _, err := os.Stat("/tmp/pwned"); err == nil {
		t.Error("the name was run")
	}
}

// TestProgramEnds reads how programs end.
func TestProgramEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, script     string
		fails, permanent bool
	}{
		{name: "good", script: "exit 0"},
		{name: "good, with its input unread and its output unheard", script: "exec 0<&-; echo x"},
		{name: "busy", script: "exit 1", fails: true},
		{name: "temporary failure, sysexits.h", script: "exit 75", fails: true},
		{name: "wrong usage", script: "exit 64", fails: true, permanent: true},
		{name: "not found by the shell", script: "no-such-program-here", fails: true, permanent: true},
		{name: "killed", script: "kill -9 $$", fails: true},
		{name: "prints without end", script: "head -c 1000000 /dev/zero; exit 3", fails: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sink, _ := script(t, test.script, ProgramOptions{})
			if err := sink.Send(t.Context(), oomFired()); (err != nil) != test.fails || permanent(err) != test.permanent {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestProgramThatCannotRun is given up at once.
func TestProgramThatCannotRun(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	plain := filepath.Join(directory, "plain")
	must(t, os.WriteFile(plain, []byte("text"), 0o600))
	for _, path := range []string{filepath.Join(directory, "none"), plain, directory} {
		sink, err := NewProgram(ProgramOptions{Name: "hook", Path: path})
		must(t, err)
		if err := sink.Send(t.Context(), oomFired()); !permanent(err) {
			t.Errorf("%s: error %v, want one that is final", path, err)
		}
	}
	for _, options := range []ProgramOptions{{Path: "hook"}, {Path: "./hook"}, {Path: "/hook", Pass: []string{"A=B"}}} {
		if _, err := NewProgram(options); err == nil {
			t.Errorf("%+v was taken", options)
		}
	}
}

// TestProgramOutput: what a program that failed has printed is in the log, clean,
// short, and without what was passed to it in secret.
func TestProgramOutput(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	sink, _ := script(t, `printf 'token %s \033[31m refused\n' "$TOKEN" >&2; exit 1`, ProgramOptions{Pass: []string{"TOKEN"}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	err := sink.Send(t.Context(), oomFired())
	if err == nil || !strings.Contains(log.String(), "refused") {
		t.Errorf("error %v, log %s", err, log.String())
	}
	if text := log.String() + err.Error(); strings.Contains(text, "swordfish") || strings.Contains(text, `\x1b`) {
		t.Errorf("log: %s", text)
	}
}

// TestProgramTime stops a program whose time is over, and all that it has started,
// even what does not listen.
func TestProgramTime(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, script string }{
		{"one that listens", "echo $$ > pid; sleep 60"},
		{"one that does not", "trap '' TERM; echo $$ > pid; sleep 60; sleep 60"},
		{"a child that does not", "(trap '' TERM; sleep 60; sleep 60) & echo $! > pid; wait"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sink, directory := script(t, test.script, ProgramOptions{})
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			before := time.Now()
			if err := sink.Send(ctx, oomFired()); !errors.Is(err, context.DeadlineExceeded) || permanent(err) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(before); took > 300*time.Millisecond+killGrace+3*time.Second {
				t.Errorf("took %v", took)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(read(t, filepath.Join(directory, "pid"))))
			must(t, err)
			if !gone(pid) {
				t.Errorf("process %d is still there", pid)
			}
		})
	}
}

// gone waits for a process to end. A zombie has: whoever adopted it has not looked yet.
func gone(pid int) bool {
	for range 100 {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return true
		}
		if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && bytes.Contains(stat, []byte(") Z ")) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// TestProgramBackground leaves somebody behind who holds the output: that is no
// reason to wait, nor a failure.
func TestProgramBackground(t *testing.T) {
	t.Parallel()
	sink, directory := script(t, "sleep 30 & echo $! > pid; exit 0", ProgramOptions{})
	before := time.Now()
	must(t, sink.Send(t.Context(), oomFired()))
	if took := time.Since(before); took > killGrace+5*time.Second {
		t.Errorf("took %v", took)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(read(t, filepath.Join(directory, "pid"))))
	must(t, err)
	must(t, syscall.Kill(pid, syscall.SIGKILL))
}

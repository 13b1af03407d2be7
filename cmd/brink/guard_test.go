package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"brink/alerts/notify"
)

// guardEnd is how long guard may take to end.
const guardEnd = 5 * time.Second

// quickRule fires as soon as more than a fifth of the memory cannot be freed, and the
// agent is at a third.
const quickRule = `
[rule.memory-near-limit]
warning = "20%"
warning_clear = "10%"
warning_for = "0s"
critical = false
`

// scripted is a configuration with the quick rule and an exec sink that runs a shell
// script, which finds a file to write to in $1.
func scripted(t *testing.T, script string) (config, told string) {
	t.Helper()
	dir := t.TempDir()
	program, told := filepath.Join(dir, "tell"), filepath.Join(dir, "told")
	config = filepath.Join(dir, "config.toml")
	text := fmt.Sprintf("%s[sink.file]\ntype = \"exec\"\nprogram = %q\nargs = [%q]\ngroup_wait = \"0s\"\n", quickRule, program, told)
	err := errors.Join(
		os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o700),
		os.WriteFile(config, []byte(text), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	return config, told
}

// awaitFile waits until a file holds a text.
func awaitFile(t *testing.T, path, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %q in %s: %q, %v", text, path, data, err)
		}
	}
}

// openGuard starts guard on a terminal.
func openGuard(t *testing.T, root, config string) *console {
	t.Helper()
	return openConsole(t, 120, 40, nil, "brink", "guard", "--config", config, "--cgroup-root", root, "--interval", "100ms", "cgroup:/agent")
}

// TestGuardWaitsForNobody: in a pane that was stopped with Ctrl-S, guard goes on
// watching and telling, and ends in time.
func TestGuardWaitsForNobody(t *testing.T) {
	t.Parallel()
	root := agentTree(t)
	config, told := scripted(t, `echo "$BRINK_STATE $BRINK_RULE" >>"$1"`)
	c := openGuard(t, root, config)
	awaitFile(t, told, "firing memory-near-limit")
	c.flow(unix.TCOOFF)
	overwrite(t, filepath.Join(root, "agent"), "memory.stat", "anon 000000001\n")
	awaitFile(t, told, "resolved memory-near-limit")
	overwrite(t, filepath.Join(root, "agent"), "memory.stat", "anon 671088640\n")
	awaitFile(t, told, "resolved memory-near-limit\nfiring memory-near-limit")
	began := time.Now()
	c.signal(syscall.SIGTERM)
	code, _ := c.awaitExit()
	if took := time.Since(began); code != exitDone || took > guardEnd {
		t.Errorf("exit code %d after %v", code, took)
	}
	c.flow(unix.TCOON)
}

// TestGuardEnds: the worst of sinks, one that neither comes to an end nor listens to
// SIGTERM, gets no more than the time there is.
func TestGuardEnds(t *testing.T) {
	t.Parallel()
	config, told := scripted(t, `trap "" TERM; echo begun >>"$1"; while :; do sleep 1; done`)
	c := openGuard(t, agentTree(t), config)
	awaitFile(t, told, "begun")
	began := time.Now()
	c.signal(syscall.SIGTERM)
	code, _ := c.awaitExit()
	if took := time.Since(began); code != exitDone || took > guardEnd {
		t.Errorf("exit code %d after %v", code, took)
	}
	c.drain()
	if output := c.output(); !strings.Contains(output, "reason=shutdown") || !strings.Contains(output, `"dropped":1`) {
		t.Errorf("the loss is not told: %s", output)
	}
}

// TestGuardPanics: a fault in any part ends guard with the stack, though it has sinks.
func TestGuardPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		var out bytes.Buffer
		stage := testStage(t, steadySource{950}, func(context.Context) {
			time.Sleep(1500 * time.Millisecond)
			sourceThatBreaks(nil)
		})
		outbox, err := notify.New(notify.Options{Now: time.Now, Routes: []notify.Route{{Sink: &takingSink{name: "phone"}}}})
		if err != nil {
			t.Fatal(err)
		}
		stage.desk = newDesk(duties{rules: stage.rules, outbox: outbox})
		s := &sentry{program: &program{}, stage: stage, journal: newJournal(&out, cancel), supervisor: &supervisor{}, outbox: outbox}
		stage.desk.heard = s.journal.round
		s.told.Go(func() { tell(ctx, outbox, stage.log) })
		began := time.Now()
		if err := s.run(ctx, cancel, nil); !errors.Is(err, errPanic) {
			t.Errorf("error %v, want a panic's", err)
		}
		if took := time.Since(began); took > 1500*time.Millisecond+guardEnd {
			t.Errorf("it took %v", took)
		}
	})
}

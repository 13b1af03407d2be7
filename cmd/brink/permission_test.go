package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"brink/collectors/dockerd/dockerdtest"
)

// TestNoPermission: a user who may not open the engine's socket is told so once,
// with the ways that remain.
func TestNoPermission(t *testing.T) {
	engine := dockerdtest.New(t)
	if err := os.Chmod(engine.Socket(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(publicCopy(t, "brink"), "check", "--host", engine.Host())
	cmd.SysProcAttr = nobody(t, filepath.Dir(engine.Socket()))
	cmd.Env, cmd.Dir = []string{"HOME=/nonexistent"}, "/"
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != checkUnknown {
		t.Fatalf("%v, want exit code %d: %s%s", err, checkUnknown, out.String(), stderr.String())
	}
	if got := strings.Count(out.String(), "no permission"); got != 1 {
		t.Errorf("said %d times that there is no permission:\n%s", got, out.String())
	}
	for _, way := range []string{"UNKNOWN no permission to open " + engine.Host(), "--host", "brink check cgroup:"} {
		if !strings.Contains(out.String(), way) {
			t.Errorf("no word of %q:\n%s", way, out.String())
		}
	}
	if requests := engine.Requests(); len(requests) != 0 {
		t.Errorf("the engine was asked %v", requests)
	}
}

// nobody are the attributes of a process that may look into dir, and open nothing
// there. Root opens everything and so becomes somebody else; others have to take
// the right from themselves.
func nobody(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		if err := os.Chmod(filepath.Join(dir, "docker.sock"), 0); err != nil {
			t.Fatal(err)
		}
		return nil
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const nobodyID = 65534
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobodyID, Gid: nobodyID, NoSetGroups: true}}
}

// publicCopy is a copy of a command that every user may run: the directories of
// tests are closed to others.
func publicCopy(t *testing.T, command string) string {
	t.Helper()
	path, err := exec.LookPath(command)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "brink-public-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	target := filepath.Join(dir, command)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(target, text, 0o755)
	}
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return target
}

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"brink/collectors/dockerd/dockerdtest"
)

// TestNoPermission: a user who may not open the engine's socket is told so once,
// with the ways that remain.
func TestNoPermission(t *testing.T) {
	engine := dockerdtest.New(t)
	group := giveToGroup(t, engine.Socket())
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
	ways := []string{
		"UNKNOWN no permission to open " + engine.Host(), "members of group " + group + " may open it",
		"a read-only socket proxy (--host)", "brink check cgroup:",
	}
	for _, way := range ways {
		if !strings.Contains(out.String(), way) {
			t.Errorf("no word of %q:\n%s", way, out.String())
		}
	}
	if requests := engine.Requests(); len(requests) != 0 {
		t.Errorf("the engine was asked %v", requests)
	}
}

// giveToGroup lets a socket belong to a group that nobody is in, docker where there
// is one, as the engine does, and returns its name. Who is not root can give it to
// a group of his own only.
func giveToGroup(t *testing.T, socket string) string {
	t.Helper()
	names, gid := []string{"docker", "daemon", "adm"}, os.Getegid()
	name := strconv.Itoa(gid)
	if own, err := user.LookupGroupId(name); err == nil {
		name = own.Name
	}
	for i := 0; os.Geteuid() == 0 && i < len(names); i++ {
		if group, err := user.LookupGroup(names[i]); err == nil {
			name = group.Name
			gid, _ = strconv.Atoi(group.Gid)
			break
		}
	}
	if err := errors.Join(os.Chown(socket, -1, gid), os.Chmod(socket, 0o660)); err != nil {
		t.Fatal(err)
	}
	return name
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

package dockerd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brink/collectors/dockerd/dockerdtest"
)

// fakeSSH puts an ssh first in the path that notes its arguments and becomes the
// test binary, which connects with the socket.
func fakeSSH(t *testing.T, socket string) (arguments string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	arguments = filepath.Join(dir, "arguments")
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >> %s\n%s=%s exec %s\n", arguments, sshSocket, socket, self)
	if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return arguments
}

func TestSSH(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Run(hardened())
	arguments := fakeSSH(t, engine.Socket())
	c := connect(t, "ssh://agent@vps:2222")
	details, err := c.Inspect(soon(t), "openclaw-agent")
	if err != nil || details.Name != "openclaw-agent" {
		t.Fatalf("%+v, %v", details, err)
	}
	if c.Local() || c.Endpoint().String() != "ssh://agent@vps:2222 (--host)" {
		t.Errorf("%v, local %v", c.Endpoint(), c.Local())
	}
	const want = "-l agent -p 2222 -o ServerAliveInterval=15 -o ServerAliveCountMax=3 -o ConnectTimeout=30 -T -- vps docker system dial-stdio"
	if got := strings.TrimSpace(string(mustRead(t, arguments))); got != want {
		t.Errorf("ssh %s\nwant %s", got, want)
	}
}

func TestSSHThatFailsSaysWhatSSHSaid(t *testing.T) {
	fakeSSH(t, filepath.Join(t.TempDir(), "nobody"))
	_, err := connect(t, "ssh://agent@vps").List(soon(t))
	const want = "cannot reach a Docker engine at ssh://agent@vps (--host): agent@vps: Permission denied (publickey).; " +
		"the ssh command has to log in without asking, and docker has to be there"
	if !errors.Is(err, ErrUnreachable) || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

func TestSSHThatIsNotInstalled(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := connect(t, "ssh://agent@vps").List(soon(t))
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "executable file not found") {
		t.Error(err)
	}
}

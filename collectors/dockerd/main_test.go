package dockerd

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"brink/collectors/dockerd/dockerdtest"
)

// sshSocket, when set, makes the test binary play the part of ssh: it connects
// its input and output with the socket, as "docker system dial-stdio" does.
const sshSocket = "BRINK_TEST_SSH_SOCKET"

func TestMain(m *testing.M) {
	if socket := os.Getenv(sshSocket); socket != "" {
		os.Exit(dialStdio(socket))
	}
	goleak.VerifyTestMain(m)
}

func dialStdio(socket string) int {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		_, _ = os.Stderr.WriteString("agent@vps: Permission denied (publickey).\r\n")
		return 255
	}
	go func() { _, _ = io.Copy(connection, os.Stdin) }()
	_, _ = io.Copy(os.Stdout, connection)
	return 0
}

// environment is a lookup in a fixed set of variables.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// connect returns a client with short time limits for the engine at host.
func connect(t testing.TB, host string, change ...func(*Options)) *Client {
	t.Helper()
	options := Options{
		Host: host, Env: environment(), ConfigDir: t.TempDir(),
		CallTimeout: 10 * time.Second, StallTimeout: 10 * time.Second,
		BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond,
	}
	for _, c := range change {
		c(&options)
	}
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// impatient shortens the time limits for tests in which they run out. Others must
// not use it: this machine may be busy.
func impatient(o *Options) { o.CallTimeout, o.StallTimeout = 60*time.Millisecond, 60*time.Millisecond }

// patience is impatient for a fault that is waited out, and long for all others.
func patience(fault error) func(*Options) {
	if errors.Is(fault, ErrTimeout) {
		return impatient
	}
	return func(o *Options) { o.CallTimeout, o.StallTimeout = time.Minute, time.Minute }
}

// hardened is the container that brink is made for.
func hardened() dockerdtest.Container {
	return dockerdtest.Container{
		Name: "openclaw-agent", Image: "openclaw/openclaw:latest",
		Labels: map[string]string{labelService: "openclaw-gateway", labelProject: "openclaw"},
		Env:    []string{"ANTHROPIC_API_KEY=sk-ant-secret"},
		Memory: 2 << 30, MemorySwap: 2 << 30, NanoCPUs: 1_500_000_000, Pids: 256,
		Tmpfs: map[string]string{"/tmp": "size=256m,noexec,nosuid"}, RestartPolicy: "unless-stopped",
		HealthCheck: true,
	}
}

// section is a part of a file of recorded answers.
func section(t testing.TB, file, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	t.Fatalf("%s has no %s", file, name)
	return ""
}

// sectionLines are the documents of a section with one a line.
func sectionLines(t testing.TB, file, name string) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(section(t, file, name)), "\n")
}

// soon is the time within which anything in these tests happens.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// Package engine runs a Docker engine on the development host itself, for the one case that the virtual machine cannot
// show: cgroup v1, or the hybrid layout, where a container's numbers are not in cgroup v2 files.
//
// The promise: it is an engine of its own, beside any other. Its data, its sockets and its containers are below one
// temporary directory; it changes no firewall rule and makes no bridge; and Close leaves nothing behind.
package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Engine is a running dockerd with a containerd of its own.
type Engine struct {
	dir    string
	cmd    *exec.Cmd
	exited chan struct{}
}

// startTime is how long dockerd may take until it answers; it took 2 s on an idle machine.
const startTime = 60 * time.Second

// stopTime is how long it may take to end: it stops its containers and its containerd first.
const stopTime = 30 * time.Second

// Start runs dockerd. The caller has asked Unsuitable before. The error names the Debian package when it is missing.
func Start(ctx context.Context) (*Engine, error) {
	path, err := exec.LookPath("dockerd")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/dockerd"); err != nil {
			return nil, fmt.Errorf("an engine on this host needs dockerd; on Debian: apt-get install --no-install-recommends docker.io: %w", err)
		}
	}
	dir, err := os.MkdirTemp("", "brink-engine-")
	if err != nil {
		return nil, err
	}
	e := &Engine{dir: dir, exited: make(chan struct{})}
	err = e.start(path)
	if err == nil {
		err = e.await(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start dockerd: %w\n%s", err, e.log()), e.Close(ctx))
	}
	return e, nil
}

func (e *Engine) start(path string) error {
	said, err := os.Create(e.path("log"))
	if err != nil {
		return err
	}
	e.cmd = exec.Command(path,
		"--data-root", e.path("data"), "--exec-root", e.path("exec"), "--pidfile", e.path("pid"), "--host", e.Host(),
		"--iptables=false", "--bridge=none", "--storage-driver=vfs", "--exec-opt", "native.cgroupdriver=cgroupfs")
	e.cmd.Stdout, e.cmd.Stderr = said, said
	// SIGTERM and not SIGKILL when we die: dockerd then stops its containers, which would live on without it.
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	err = errors.Join(e.cmd.Start(), said.Close())
	if e.cmd.Process == nil {
		close(e.exited)
		return err
	}
	go func() {
		_ = e.cmd.Wait() // How it ended is told by the log.
		close(e.exited)
	}()
	return err
}

func (e *Engine) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		_, err := e.Docker(ctx, nil, "version")
		if err == nil {
			return nil
		}
		select {
		case <-e.exited:
			return errors.New("it ended")
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Host is the engine's address, as DOCKER_HOST takes it.
func (e *Engine) Host() string { return "unix://" + e.path("docker.sock") }

func (e *Engine) path(name string) string { return filepath.Join(e.dir, name) }

// Docker runs the docker command against this engine and returns its standard output.
func (e *Engine) Docker(ctx context.Context, input []byte, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "docker", append([]string{"--host", e.Host()}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("docker %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}

func (e *Engine) log() string {
	text, err := os.ReadFile(e.path("log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// Close removes the containers, ends the engine and deletes what it kept. A context that has ended does not stop it:
// what was started must go.
func (e *Engine) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if ids, err := e.Docker(ctx, nil, "ps", "--all", "--quiet"); err == nil && ids != "" {
		_, _ = e.Docker(ctx, nil, append([]string{"rm", "--force"}, strings.Fields(ids)...)...) // Ending dockerd ends them too.
	}
	select {
	case <-e.exited:
	default:
		_ = e.cmd.Process.Signal(syscall.SIGTERM) // It may end by itself meanwhile.
	}
	select {
	case <-e.exited:
	case <-ctx.Done():
		_ = e.cmd.Process.Kill()
		<-e.exited
	}
	return errors.Join(unmountBelow(e.dir), os.RemoveAll(e.dir))
}

package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Result is what a command on the machine said and how it ended.
type Result struct {
	Stdout, Stderr string
	// Exit is the exit code; 128 + n for a command that the shell saw end by signal n.
	Exit int
}

// sshFailed is ssh's own exit code for a fault of the connection (ssh(1), EXIT STATUS).
const sshFailed = 255

// Run runs a shell command as root and returns how it ended; a non-zero exit is no error. The error is the
// connection's, or the context's.
func (m *Machine) Run(ctx context.Context, command string) (Result, error) {
	return m.RunInput(ctx, command, nil)
}

// RunInput is Run with something to read on standard input.
func (m *Machine) RunInput(ctx context.Context, command string, input io.Reader) (Result, error) {
	var stdout, stderr bytes.Buffer
	cmd := m.Command(ctx, command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, &stdout, &stderr
	err := cmd.Run()
	result := Result{Stdout: stdout.String(), Stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return result, fmt.Errorf("%s: %w", command, ctx.Err())
	case errors.As(err, &exit) && exit.ExitCode() != sshFailed:
		result.Exit = exit.ExitCode()
		return result, nil
	case err != nil:
		return result, fmt.Errorf("ssh to the machine: %w: %s", err, stderr.String())
	}
	return result, nil
}

// Output runs a command that must succeed and returns its standard output.
func (m *Machine) Output(ctx context.Context, command string) (string, error) {
	result, err := m.Run(ctx, command)
	if err == nil && result.Exit != 0 {
		err = fmt.Errorf("%s: exit code %d: %s%s", command, result.Exit, result.Stderr, result.Stdout)
	}
	return result.Stdout, err
}

// Command is a shell command on the machine, not yet started, for those who need its streams. Ending the local process
// closes the remote one's streams; it does not signal it (ssh has no way to, without a terminal).
func (m *Machine) Command(ctx context.Context, command string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "ssh", append(m.sshOptions(), "root@brink-e2e", "--", command)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// Interactive is a login on the machine with a terminal, or one command there if given.
func (m *Machine) Interactive(command ...string) *exec.Cmd {
	return exec.Command("ssh", append(append(m.sshOptions(), "-t", "root@brink-e2e"), command...)...)
}

// Copy puts a file on the machine. The name appears only when the content is complete, so a running program of the
// same name is replaced and not written into.
func (m *Machine) Copy(ctx context.Context, local, remote string, mode os.FileMode) error {
	content, err := os.ReadFile(local)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("mkdir -p '%[1]s' && cat >'%[2]s.new' && chmod %[3]o '%[2]s.new' && mv '%[2]s.new' '%[2]s'",
		filepath.Dir(remote), remote, mode.Perm())
	result, err := m.RunInput(ctx, command, bytes.NewReader(content))
	if err == nil && result.Exit != 0 {
		err = errors.New(result.Stderr)
	}
	if err != nil {
		return fmt.Errorf("copy %s to the machine: %w", local, err)
	}
	return nil
}

// SSHCommand is the command line that logs in from another terminal.
func (m *Machine) SSHCommand() []string {
	return append(append([]string{"ssh"}, m.sshOptions()...), "root@brink-e2e")
}

// sshOptions reach the machine through the one connection that awaitSession opened, or a new one if that broke.
func (m *Machine) sshOptions() []string {
	image := Image{dir: m.state.Image}
	return []string{
		"-F", "none", "-p", strconv.Itoa(m.state.Port), "-i", image.path("id_ed25519"),
		"-o", "HostName=127.0.0.1", "-o", "HostKeyAlias=brink-e2e", "-o", "UserKnownHostsFile=" + image.path("known_hosts"),
		"-o", "CheckHostIP=no", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
		"-o", "LogLevel=ERROR", "-o", "ConnectTimeout=10", "-o", "ControlPath=" + m.path("ssh"),
	}
}

// awaitSession opens the connection that all later commands share: a key exchange costs most of a second under
// emulation, a channel little. The connection ends with the machine.
func (m *Machine) awaitSession(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, m.Patience(bootTime))
	defer cancel()
	arguments := append(m.sshOptions(), "-o", "ControlMaster=yes", "-o", "ControlPersist=yes", "-f", "-N", "root@brink-e2e")
	for {
		err := m.openSession(ctx, arguments)
		if err == nil {
			return nil
		}
		select {
		case <-m.exited:
			return m.earlyEnd()
		case <-ctx.Done():
			return fmt.Errorf("ssh did not answer within %v: %w", m.Patience(bootTime), err)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// openSession tries once. The master keeps its standard error open for life, so that must be a file: a pipe would
// hold up the wait for the process that went to the background.
func (m *Machine) openSession(ctx context.Context, arguments []string) error {
	said, err := os.Create(m.path("ssh.log"))
	if err != nil {
		return err
	}
	defer func() { _ = said.Close() }() // The master has its own.
	cmd := exec.CommandContext(ctx, "ssh", arguments...)
	cmd.Stderr = said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(m.path("ssh.log"))
		return fmt.Errorf("%w: %s", err, text)
	}
	return nil
}

// ForwardSocket makes a unix socket of that name in the machine's Dir lead to one on the machine, and returns its path.
// It lasts as long as the shared connection; asking again is harmless.
func (m *Machine) ForwardSocket(ctx context.Context, name, remote string) (string, error) {
	local := m.path(name)
	if conn, err := net.Dial("unix", local); err == nil {
		return local, conn.Close()
	}
	if err := os.RemoveAll(local); err != nil { // A dead socket of an earlier machine would be in the way.
		return "", err
	}
	arguments := append(m.sshOptions(), "-O", "forward", "-L", local+":"+remote, "root@brink-e2e")
	if said, err := exec.CommandContext(ctx, "ssh", arguments...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("forward %s: %w: %s", remote, err, said)
	}
	return local, nil
}

// OfferSocket makes a unix socket of that path on the machine lead to one on this side, as long as the shared connection
// lasts or until release is called. Every user of the machine may use it.
func (m *Machine) OfferSocket(ctx context.Context, remote, local string) (release func(context.Context) error, err error) {
	if _, err := m.Output(ctx, "rm -f '"+remote+"'"); err != nil { // sshd refuses a name that is there.
		return nil, err
	}
	control := func(ctx context.Context, verb string) error {
		arguments := append(m.sshOptions(), "-O", verb, "-R", remote+":"+local, "root@brink-e2e")
		if said, err := exec.CommandContext(ctx, "ssh", arguments...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w: %s", verb, remote, err, said)
		}
		return nil
	}
	if err := control(ctx, "forward"); err != nil {
		return nil, err
	}
	_, err = m.Output(ctx, "chmod 666 '"+remote+"'")
	return func(ctx context.Context) error { return control(ctx, "cancel") }, err
}

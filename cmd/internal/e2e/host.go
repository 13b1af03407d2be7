// Package e2e tests brink as a person uses it: the built binary on a real Docker host, watching a real container that
// really runs out of memory. The host is a virtual machine (package vm), so the suite needs no Docker, no particular
// cgroups and, on a machine with the tools installed, no root:
//
//	go test -tags e2e ./cmd/internal/e2e/...
//
// It asserts brink's public contract (the JSON of `brink check` and `brink watch`, exit codes, text), decoded into types
// of its own, and never brink's Go types. Under emulation everything is slow and nothing is punctual: scenarios assert
// orders and ratios, and wait with Host.Patience.
//
// The package without the build tag e2e holds the stage: it is also what the command devvm puts up for development.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"brink/cmd/internal/e2e/vm"
)

// Host is a machine with a Docker engine, the agent's image, and the compose project of the hardened deployment.
type Host struct {
	*vm.Machine
	// Agent is the program in the container.
	Agent *Agent
}

// Places on the host.
const (
	projectDir  = "/srv/openclaw"
	agentBinary = "/usr/local/bin/agent"
	brinkBinary = "/usr/local/bin/brink"
)

// ContainerName is the name of the agent's container.
const ContainerName = "openclaw-agent"

// composeFiles are copied to the project directory; Compose names those that a scenario wants.
var composeFiles = []string{"compose.yml", "compose.small.yml", "compose.health.yml"}

// NewHost gives a booted machine the agent's image and the compose project. No container runs afterwards.
func NewHost(ctx context.Context, machine *vm.Machine, log *log.Logger) (*Host, error) {
	host := &Host{Machine: machine}
	host.Agent = &Agent{host: host}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"keep a quota", host.keepQuota},
		{"install the agent", host.installAgent},
		{"copy the compose project", host.copyProject},
		{"wait for the engine", host.awaitEngine},
		{"import the agent's image", host.importImage},
	} {
		started := time.Now()
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		log.Printf("%s: %.1f s", step.name, time.Since(started).Seconds())
	}
	return host, nil
}

// AttachHost is a Host on a machine that NewHost prepared before.
func AttachHost(machine *vm.Machine) *Host {
	host := &Host{Machine: machine}
	host.Agent = &Agent{host: host}
	return host
}

// keepQuota lets a unit with a CPU quota stay to the end. The kernel patches its scheduler when the first quota comes and
// when the last one goes (kernel/sched/fair.c, cfs_bandwidth_usage_inc), which is each time that the agent's container is
// made anew; an emulated processor that runs into the half-patched code panics (seen twice, in enqueue_task_fair).
func (h *Host) keepQuota(ctx context.Context) error {
	_, err := h.Output(ctx, "systemctl is-active --quiet kept-quota || systemd-run --quiet --unit=kept-quota --property=CPUQuota=200% sleep infinity")
	return err
}

func (h *Host) installAgent(ctx context.Context) error {
	return h.install(ctx, "brink/cmd/internal/e2e/agent", agentBinary)
}

// InstallBrink builds ./cmd/brink as it stands and puts it in the machine's PATH.
func (h *Host) InstallBrink(ctx context.Context) error {
	return h.install(ctx, "brink/cmd/brink", brinkBinary)
}

func (h *Host) install(ctx context.Context, pkg, remote string) error {
	dir, err := os.MkdirTemp("", "brink-e2e-")
	if err != nil {
		return err
	}
	local := filepath.Join(dir, filepath.Base(remote))
	if err = buildProgram(ctx, pkg, local); err == nil {
		err = h.Copy(ctx, local, remote, 0o755)
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func (h *Host) copyProject(ctx context.Context) error {
	dir, err := testdata(ctx)
	if err != nil {
		return err
	}
	for _, name := range composeFiles {
		if err := h.Copy(ctx, filepath.Join(dir, name), projectDir+"/"+name, 0o644); err != nil {
			return err
		}
	}
	// As the article advises: nobody but the agent's user reads these.
	_, err = h.Output(ctx, "install -d -m 700 "+projectDir+"/data "+projectDir+"/logs")
	return err
}

// awaitEngine waits until dockerd answers: sshd is up some ten seconds before it under emulation.
func (h *Host) awaitEngine(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.Patience(30*time.Second))
	defer cancel()
	_, err := h.Output(ctx, "until docker version >/dev/null 2>&1; do sleep 0.2; done")
	return err
}

// importImage makes the image on the machine from the installed binary, which so crosses the wire once. It holds
// the places where the compose file mounts something, because a read-only root must have them already.
func (h *Host) importImage(ctx context.Context) error {
	_, err := h.Output(ctx, `set -e
root=$(mktemp -d)
mkdir -p "$root/app/data" "$root/app/logs" "$root/run" "$root/tmp"
cp `+agentBinary+` "$root/agent"
tar -C "$root" -c . | docker import --change 'ENTRYPOINT ["/agent"]' - openclaw/openclaw:latest
rm -r "$root"`)
	return err
}

// Compose runs docker compose on the project with the given files after compose.yml, for instance
// Compose(ctx, "up -d", "compose.small.yml").
func (h *Host) Compose(ctx context.Context, command string, overrides ...string) (string, error) {
	files := "-f " + strings.Join(append([]string{"compose.yml"}, overrides...), " -f ")
	return h.Output(ctx, fmt.Sprintf("cd %s && docker compose --progress quiet %s %s 2>&1", projectDir, files, command))
}

// Up starts the agent anew with the given overrides and returns when it listens.
func (h *Host) Up(ctx context.Context, overrides ...string) error {
	if _, err := h.Compose(ctx, "up -d --force-recreate --timeout 1", overrides...); err != nil {
		return err
	}
	_, err := h.Agent.Do(ctx, "status")
	return err
}

// Down removes the container and its network.
func (h *Host) Down(ctx context.Context) error {
	_, err := h.Compose(ctx, "down --timeout 1")
	return err
}

// Inspect evaluates a Go template on the container's inspection.
func (h *Host) Inspect(ctx context.Context, template string) (string, error) {
	text, err := h.Output(ctx, fmt.Sprintf("docker inspect --type container --format '%s' %s", template, ContainerName))
	return strings.TrimSpace(text), err
}

// EngineSocket is a unix socket on this side that leads to the machine's engine.
func (h *Host) EngineSocket(ctx context.Context) (string, error) {
	return h.ForwardSocket(ctx, "docker.sock", "/run/docker.sock")
}

// cgroupRoot is where systemd mounts cgroup v2.
const cgroupRoot = "/sys/fs/cgroup"

// ErrNoCgroup says that the container has no process, and so no control group.
var ErrNoCgroup = errors.New("the container has no control group")

// Cgroup is the directory of the container's control group.
func (h *Host) Cgroup(ctx context.Context) (string, error) {
	pid, err := h.Inspect(ctx, "{{.State.Pid}}")
	if err != nil {
		return "", err
	}
	if pid == "0" {
		return "", ErrNoCgroup
	}
	path, err := h.Output(ctx, "sed -n 's/^0:://p' /proc/"+pid+"/cgroup")
	return cgroupRoot + strings.TrimSpace(path), err
}

// KernelLog is the machine's kernel log since a time that `Now` returned, without time stamps.
func (h *Host) KernelLog(ctx context.Context, since string) (string, error) {
	return h.Output(ctx, "journalctl --dmesg --output=cat --since='"+since+"'")
}

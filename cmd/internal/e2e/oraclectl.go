package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/containerd/cgroups/v3/cgroup2/stats"
)

const oracleBinary = "/usr/local/bin/oracle"

// InstallOracle builds the program oracle and puts it in the machine's PATH.
func (h *Host) InstallOracle(ctx context.Context) error {
	return h.install(ctx, "brink/cmd/internal/e2e/oracle", oracleBinary)
}

// Oracle is what others make of the agent's control group at one moment.
type Oracle struct {
	// At is the host's time.
	At time.Time
	// Metrics come from containerd's reader.
	*stats.Metrics
	// Kernel, PidsPeak and PidsRefused are what that reader does not know, read with awk.
	Kernel, PidsPeak, PidsRefused uint64
}

// Oracle asks for the agent's control group.
func (h *Host) Oracle(ctx context.Context) (Oracle, error) {
	dir, err := h.Cgroup(ctx)
	if err != nil {
		return Oracle{}, err
	}
	text, err := h.Output(ctx, fmt.Sprintf(
		`cd %s && date +%%s%%N && awk '$1 == "kernel" {print $2}' memory.stat && cat pids.peak && awk '{print $2}' pids.events && %s %s`,
		dir, oracleBinary, strings.TrimPrefix(dir, cgroupRoot)))
	if err != nil {
		return Oracle{}, err
	}
	return parseOracle(text)
}

func parseOracle(text string) (Oracle, error) {
	var nanoseconds int64
	oracle := Oracle{Metrics: new(stats.Metrics)}
	n, err := fmt.Sscan(text, &nanoseconds, &oracle.Kernel, &oracle.PidsPeak, &oracle.PidsRefused)
	if err != nil {
		return oracle, fmt.Errorf("oracle: %w after %d numbers in %s", err, n, text)
	}
	oracle.At = time.Unix(0, nanoseconds)
	document := text[max(0, strings.IndexByte(text, '{')):]
	if err := json.Unmarshal([]byte(document), oracle.Metrics); err != nil {
		return oracle, fmt.Errorf("oracle: %w in %s", err, text)
	}
	return oracle, nil
}

// DockerStats is one line of `docker stats --no-stream`, as people read it: "1.5GiB / 2GiB".
type DockerStats struct {
	CPUPerc, MemUsage, MemPerc, PIDs, NetIO, BlockIO string
}

// DockerStats asks the docker command.
func (h *Host) DockerStats(ctx context.Context) (DockerStats, error) {
	var line DockerStats
	text, err := h.Output(ctx, "docker stats --no-stream --format '{{json .}}' "+ContainerName)
	if err != nil {
		return line, err
	}
	if err := json.Unmarshal([]byte(text), &line); err != nil {
		return line, fmt.Errorf("docker stats: %w in %s", err, text)
	}
	return line, nil
}

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/containerd/cgroups/v3/cgroup2/stats"
)

const oracleBinary = "/usr/local/bin/oracle"

// InstallOracle builds the program oracle and puts it in the machine's PATH.
func (h *Host) InstallOracle(ctx context.Context) error {
	return h.install(ctx, "brink/cmd/internal/e2e/oracle", oracleBinary)
}

// Oracle is what containerd's reader makes of the agent's control group.
func (h *Host) Oracle(ctx context.Context) (*stats.Metrics, error) {
	dir, err := h.Cgroup(ctx)
	if err != nil {
		return nil, err
	}
	text, err := h.Output(ctx, oracleBinary+" "+strings.TrimPrefix(dir, cgroupRoot))
	if err != nil {
		return nil, err
	}
	metrics := new(stats.Metrics)
	if err := json.Unmarshal([]byte(text), metrics); err != nil {
		return nil, fmt.Errorf("oracle: %w in %s", err, text)
	}
	return metrics, nil
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

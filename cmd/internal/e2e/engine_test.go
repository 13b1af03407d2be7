//go:build e2e

package e2e

import (
	"testing"

	"brink/cmd/internal/e2e/engine"
)

// TestCgroupV1 is brink on a host whose containers are not in cgroup v2 files, with a real engine: this machine itself.
func TestCgroupV1(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts a Docker engine")
	}
	if reason := engine.Unsuitable(); reason != "" {
		t.Skip(reason)
	}
	e, err := engine.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if version, err := e.Docker(t.Context(), nil, "info", "--format", "{{.CgroupVersion}} {{.CgroupDriver}}"); err != nil || version != "1 cgroupfs" {
		t.Errorf("docker info = %q, %v; want cgroup version 1", version, err)
	}
}

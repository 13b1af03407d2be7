package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// binaries are this module's programs, built as static binaries: the machine is another system.
type binaries struct{ dir string }

func (b binaries) brink() string   { return filepath.Join(b.dir, "brink") }
func (b binaries) figures() string { return filepath.Join(b.dir, "figures") }
func (b binaries) remove()         { _ = os.RemoveAll(b.dir) }

func build(ctx context.Context) (binaries, error) {
	dir, err := os.MkdirTemp("", "brink-figures-")
	if err != nil {
		return binaries{}, err
	}
	b := binaries{dir: dir}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", dir, "brink/cmd/brink", "brink/cmd/internal/figures")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		b.remove()
		return binaries{}, fmt.Errorf("go build: %w\n%s", err, said)
	}
	return b, nil
}

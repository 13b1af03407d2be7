//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"brink/cmd/internal/e2e/vm"
)

// attachVariable, set to anything, runs the suite on the machine that `devvm up` keeps, which saves the boot while
// scenarios are being written.
const attachVariable = "BRINK_E2E_DEV"

// suite is the one machine of a run. It is booted by the first test that asks, so that a run of other tests needs none.
var suite struct {
	once    sync.Once
	machine *vm.Machine
	host    *Host
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if suite.machine != nil && os.Getenv(attachVariable) == "" {
		if err := suite.machine.Close(); err != nil {
			log.Print(err)
			code = 1
		}
	}
	os.Exit(code)
}

// stage returns the suite's host, with brink and the agent's image installed. A machine that lacks the tools fails the
// test with the command that installs them; only -short skips.
func stage(t *testing.T) *Host {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: boots a virtual machine")
	}
	suite.once.Do(func() { suite.host, suite.err = setUp(context.Background()) })
	if suite.err != nil {
		t.Fatal(suite.err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of the machine's console:\n%s", suite.host.Console(15))
		}
	})
	return suite.host
}

func setUp(ctx context.Context) (*Host, error) {
	steps := log.New(os.Stderr, "e2e: ", log.Ltime)
	machine, err := machineForSuite(ctx, steps)
	if err != nil {
		return nil, err
	}
	suite.machine = machine
	if os.Getenv(attachVariable) != "" {
		// What died in former runs would alarm for ten minutes. It is forgotten with the container and the engine's events.
		if _, err := machine.Output(ctx, "docker rm --force "+ContainerName+" && systemctl restart docker"); err != nil {
			return nil, err
		}
	}
	host, err := NewHost(ctx, machine, steps)
	if err == nil {
		err = host.InstallBrink(ctx)
	}
	if err == nil {
		err = host.InstallOracle(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("set the stage: %w", err)
	}
	return host, nil
}

func machineForSuite(ctx context.Context, steps *log.Logger) (*vm.Machine, error) {
	if os.Getenv(attachVariable) != "" {
		cache, err := vm.CacheDir()
		if err != nil {
			return nil, err
		}
		return vm.Attach(filepath.Join(cache, "dev"))
	}
	return vm.BootStandard(ctx, steps)
}

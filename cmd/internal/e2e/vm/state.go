package vm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// state is what another program needs to find a detached machine.
type state struct {
	PID         int         `json:"pid"`
	Port        int         `json:"port"`
	Image       string      `json:"image"`
	Accelerator Accelerator `json:"accelerator"`
}

const stateFile = "machine.json"

// ErrNotRunning says that no machine runs in the directory.
var ErrNotRunning = errors.New("no machine is running")

// Attach finds the machine that was booted with Detached and this Dir. The error is ErrNotRunning when there is none.
func Attach(dir string) (*Machine, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	machine := &Machine{dir: dir}
	if err := json.Unmarshal(text, &machine.state); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, stateFile), err)
	}
	if !machine.state.alive() {
		return nil, errors.Join(ErrNotRunning, removeState(dir))
	}
	return machine, nil
}

func (s state) write(dir string) error {
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, stateFile), append(text, '\n'), 0o600)
}

func removeState(dir string) error {
	err := os.Remove(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// alive tells whether the process is still this machine: process numbers are used again, so its command line must name
// the forwarded port. A zombie's command line is empty.
func (s state) alive() bool {
	cmdline, err := os.ReadFile("/proc/" + strconv.Itoa(s.PID) + "/cmdline")
	return err == nil && bytes.Contains(cmdline, fmt.Appendf(nil, "127.0.0.1:%d-:22", s.Port))
}

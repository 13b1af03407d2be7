package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOptionsDetachedNeedsDir(t *testing.T) {
	if _, err := (Options{Detached: true}).withDefaults(); err == nil {
		t.Error("Detached without Dir: no error")
	}
	options, err := Options{}.withDefaults()
	if err != nil || options.CPUs != 2 || options.MemoryMiB != 3072 || options.Log == nil {
		t.Errorf("defaults = %+v, %v", options, err)
	}
}

// The image may lie below a directory whose name QEMU would take for options.
func TestQEMUArguments(t *testing.T) {
	options, err := Options{Image: Image{dir: "/c,ache"}, Accelerator: TCG}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	arguments := qemuArguments(options, 2222, "/run/console.log")
	line := strings.Join(arguments, " ")
	for _, want := range []string{
		"-accel tcg -cpu qemu64 -smp 2 -m 3072",
		"-kernel /c,ache/vmlinuz -initrd /c,ache/initrd",
		"root=/dev/vda rw console=ttyS0 net.ifnames=0 psi=1",
		"snapshot=on,cache=unsafe,discard=unmap,file=/c,,ache/disk.img",
		"hostfwd=tcp:127.0.0.1:2222-:22",
	} {
		if !strings.Contains(line, want) {
			t.Errorf("the command line lacks %q:\n%s", want, line)
		}
	}
	options.Accelerator = KVM
	if !slices.Contains(qemuArguments(options, 1, ""), "host") {
		t.Error("kvm without -cpu host")
	}
}

// fakeQEMU puts a program in front of PATH that plays QEMU.
func fakeQEMU(t *testing.T, script string) Options {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "qemu-system-x86_64"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("TMPDIR", t.TempDir())
	return Options{Image: Image{dir: dir}, Accelerator: TCG}
}

func TestBootTellsWhatQEMUSaid(t *testing.T) {
	options := fakeQEMU(t, "echo invalid accelerator >&2; exit 1")
	machine, err := Boot(t.Context(), options)
	if machine != nil || err == nil || !strings.Contains(err.Error(), "qemu ended: invalid accelerator") {
		t.Fatalf("Boot = %v, %v; want what QEMU said", machine, err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBootTriesAnotherPort(t *testing.T) {
	options := fakeQEMU(t, "echo >>\"$0.tries\"; echo Could not set up host forwarding rule >&2; exit 1")
	_, err := Boot(t.Context(), options)
	if !errors.Is(err, errPortTaken) {
		t.Errorf("Boot's error = %v, want %v", err, errPortTaken)
	}
	tries, err := os.ReadFile(filepath.Join(options.Image.dir, "qemu-system-x86_64.tries"))
	if err != nil || strings.Count(string(tries), "\n") != 5 {
		t.Errorf("tried %q, %v; want five times", tries, err)
	}
}

// A machine that never answers is ended when the caller gives up, and leaves no process.
func TestBootGivesUpWithItsCaller(t *testing.T) {
	options := fakeQEMU(t, "exec sleep 600")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := Boot(ctx, options)
	if err == nil || !strings.Contains(err.Error(), "ssh did not answer") {
		t.Errorf("Boot's error = %v", err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAttach(t *testing.T) {
	dir := t.TempDir()
	if _, err := Attach(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Attach to nothing: %v, want %v", err, ErrNotRunning)
	}
	if err := os.WriteFile(filepath.Join(dir, stateFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(dir); err == nil || errors.Is(err, ErrNotRunning) {
		t.Errorf("Attach to half a file: %v, want a fault", err)
	}

	// A process number that somebody else has by now is not the machine.
	foreign := state{PID: os.Getpid(), Port: 1, Accelerator: TCG}
	if err := foreign.write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Attach to a foreign process: %v, want %v", err, ErrNotRunning)
	}
	if _, err := os.Stat(filepath.Join(dir, stateFile)); err == nil {
		t.Error("the state of a machine that is gone was kept")
	}
}

func TestAttachAndClose(t *testing.T) {
	dir := t.TempDir()
	process := exec.Command("sh", "-c", "echo; read never", "hostfwd=tcp:127.0.0.1:4321-:22")
	if _, err := process.StdinPipe(); err != nil { // What it reads from, and waits for.
		t.Fatal(err)
	}
	told, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	// Started is not running yet: for a moment /proc/PID/cmdline is empty.
	if _, err := told.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	if err := (state{PID: process.Process.Pid, Port: 4321, Accelerator: TCG}).write(dir); err != nil {
		t.Fatal(err)
	}
	machine, err := Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := machine.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || err.Error() != "signal: killed" {
		t.Errorf("the process ended with %v, want killed", err)
	}
	if err := machine.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	if _, err := Attach(dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Attach after Close: %v", err)
	}
}

func TestConsole(t *testing.T) {
	machine := &Machine{dir: t.TempDir()}
	if text := machine.Console(3); !strings.Contains(text, "no such file") {
		t.Errorf("Console without a log = %q", text)
	}
	if err := os.WriteFile(machine.path("console.log"), []byte("a\r\nb\r\nc\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := machine.Console(2); text != "b\nc" {
		t.Errorf("Console(2) = %q", text)
	}
}

// fakeSSH plays ssh: it prints what it was told to run and ends as the script says.
func fakeSSH(t *testing.T, script string) *Machine {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte("#!/bin/sh\nfor last; do :; done\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return &Machine{dir: dir, state: state{Port: 2222, Image: dir, Accelerator: KVM}}
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name, script string
		want         Result
		fault        string // part of the error; empty: none
	}{
		{"the connection broke", "echo Connection refused >&2; exit 255", Result{Stderr: "Connection refused\n"}, "ssh to the machine"},
		{"the command failed", "echo no >&2; exit 3", Result{Stderr: "no\n", Exit: 3}, ""},
		{"the command", `echo "$last"`, Result{Stdout: "do it\n"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := fakeSSH(t, test.script).Run(t.Context(), "do it")
			if got != test.want || (err == nil) != (test.fault == "") || !strings.Contains(fmt.Sprint(err), test.fault) {
				t.Errorf("Run = %+v, %v; want %+v, %q", got, err, test.want, test.fault)
			}
		})
	}
}

func TestOutputWantsSuccess(t *testing.T) {
	if _, err := fakeSSH(t, "echo why >&2; exit 4").Output(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "x: exit code 4: why") {
		t.Errorf("Output's error = %v", err)
	}
}

func TestCopy(t *testing.T) {
	dir := t.TempDir()
	local := filepath.Join(dir, "local")
	if err := os.WriteFile(local, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The command that Copy sends is run here.
	machine := fakeSSH(t, `exec sh -c "$last"`)
	remote := filepath.Join(dir, "new", "remote")
	if err := machine.Copy(t.Context(), local, remote, 0o751); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(remote)
	if err != nil || string(content) != "content" {
		t.Errorf("copied %q, %v", content, err)
	}
	if info, err := os.Stat(remote); err != nil || info.Mode().Perm() != 0o751 {
		t.Errorf("mode of the copy: %v, %v", info.Mode(), err)
	}
	if err := machine.Copy(t.Context(), local, "/proc/nowhere/x", 0o600); err == nil {
		t.Error("Copy to where nothing can be: no error")
	}
	if err := machine.Copy(t.Context(), filepath.Join(dir, "absent"), remote, 0o600); err == nil {
		t.Error("Copy of nothing: no error")
	}
}

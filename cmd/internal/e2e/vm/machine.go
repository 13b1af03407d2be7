// Package vm makes and runs the machine on which brink is tested end to end: a small Debian host with systemd, unified
// cgroup v2 and a real Docker engine, on any development machine, whatever its own cgroups look like.
//
// The promise: an image is built from Debian's packages once and never changes afterwards; every boot starts from it
// anew; the machine is reachable only from 127.0.0.1; and it never outlives the program that booted it, unless that
// program asked for it (Options.Detached).
package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Options choose the machine. The zero value is the suite's machine but for the image.
type Options struct {
	// Image is what boots.
	Image Image
	// CPUs and MemoryMiB size the machine; 2 and 3072 if zero. The agent's limits (1.5 CPUs, 2 GiB) must fit in.
	CPUs, MemoryMiB int
	// Accelerator is detected when empty, and falls back from KVM to TCG when KVM cannot boot the machine.
	Accelerator Accelerator
	// Dir keeps the machine's console log, ssh socket and state; a temporary directory, removed by Close, if empty.
	// It must be short: a unix socket's path ends at 107 bytes (unix(7)).
	Dir string
	// Detached lets the machine outlive this program; Attach finds it again by Dir.
	Detached bool
	// Log gets a line per step; nowhere if nil.
	Log *log.Logger
}

func (o Options) withDefaults() (Options, error) {
	if o.CPUs == 0 {
		o.CPUs = 2
	}
	if o.MemoryMiB == 0 {
		o.MemoryMiB = 3072
	}
	if o.Log == nil {
		o.Log = log.New(io.Discard, "", 0)
	}
	if o.Detached && o.Dir == "" {
		return o, errors.New("boot a machine: Detached needs Dir, or nobody finds the machine again")
	}
	return o, nil
}

// Machine is a running virtual machine.
type Machine struct {
	dir     string
	scratch bool // dir is ours to remove
	state   state
	exited  chan struct{} // closed when QEMU has ended; nil for an attached machine
}

// Accelerator tells what runs the machine.
func (m *Machine) Accelerator() Accelerator { return m.state.Accelerator }

// Patience stretches a wait for this machine; see Accelerator.Patience.
func (m *Machine) Patience(d time.Duration) time.Duration { return m.state.Accelerator.Patience(d) }

// bootTime is how long a machine on KVM may take until ssh answers. Under emulation on two idle cores it took 31 s.
const bootTime = 60 * time.Second

// Boot starts a machine and returns when commands can be run on it. The error of a machine that did not come up holds
// the end of its console.
func Boot(ctx context.Context, options Options) (*Machine, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	if options.Accelerator != "" {
		return boot(ctx, options)
	}
	accelerator, why, err := DetectAccelerator()
	if err != nil {
		return nil, err
	}
	options.Log.Printf("booting the machine with %s: %s", accelerator, why)
	options.Accelerator = accelerator
	machine, err := boot(ctx, options)
	if err != nil && ctx.Err() == nil && accelerator == KVM && os.Getenv(AccelVariable) == "" {
		options.Log.Printf("kvm did not boot the machine, trying tcg: %v", err)
		options.Accelerator = TCG
		return boot(ctx, options)
	}
	return machine, err
}

func boot(ctx context.Context, options Options) (*Machine, error) {
	machine := &Machine{dir: options.Dir, scratch: options.Dir == ""}
	if machine.scratch {
		dir, err := os.MkdirTemp("", "brink-vm-")
		if err != nil {
			return nil, err
		}
		machine.dir = dir
	} else if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, err
	}
	started := time.Now()
	err := machine.start(ctx, options)
	if err == nil {
		err = machine.awaitSession(ctx)
	}
	if err == nil && options.Detached {
		err = machine.state.write(machine.dir)
	}
	if err != nil {
		err = fmt.Errorf("boot the machine: %w\nthe end of its console:\n%s", err, machine.Console(30))
		return nil, errors.Join(err, machine.Close())
	}
	options.Log.Printf("booted: %.0f s", time.Since(started).Seconds())
	return machine, nil
}

// errPortTaken is QEMU's complaint when somebody else took the ssh port between our choice and its start.
var errPortTaken = errors.New("the forwarded port is taken")

func (m *Machine) start(ctx context.Context, options Options) error {
	for range 5 {
		err := m.startOnce(options)
		if !errors.Is(err, errPortTaken) || ctx.Err() != nil {
			return err
		}
	}
	return errPortTaken
}

// startOnce starts QEMU and looks for half a second whether it stays.
func (m *Machine) startOnce(options Options) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	path, err := lookTool("qemu-system-x86_64")
	if err != nil {
		return err
	}
	said, err := os.Create(m.path("qemu.log"))
	if err != nil {
		return err
	}
	defer func() { _ = said.Close() }() // QEMU has its own.
	cmd := exec.Command(path, qemuArguments(options, port, m.path("console.log"))...)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if !options.Detached {
		// The kernel sends this when the thread that forked ends; Go keeps its threads, so in effect when we end.
		cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	m.exited = make(chan struct{})
	m.state = state{PID: cmd.Process.Pid, Port: port, Image: options.Image.dir, Accelerator: options.Accelerator}
	go func() {
		_ = cmd.Wait() // How it ended is told by qemu.log.
		close(m.exited)
	}()
	select {
	case <-m.exited:
		return m.earlyEnd()
	case <-time.After(500 * time.Millisecond):
		return nil
	}
}

// earlyEnd tells why QEMU ended before the machine was up.
func (m *Machine) earlyEnd() error {
	said, err := os.ReadFile(m.path("qemu.log"))
	if err != nil {
		return err
	}
	if bytes.Contains(said, []byte("Could not set up host forwarding rule")) {
		return errPortTaken
	}
	return fmt.Errorf("qemu ended: %s", lastLines(string(said), 5))
}

// qemuArguments is the whole machine. The kernel command line: psi=1 because a kernel may be built with pressure
// accounting off by default; mitigations=off because emulated retpolines cost a tenth of the boot and no secret is here;
// panic=-1 because QEMU's emulation lets a processor run into code that another one patches, as was seen once:
// with -no-reboot the machine is then gone at once, and no command waits for it.
func qemuArguments(options Options, port int, console string) []string {
	image := options.Image
	processor := "qemu64"
	if options.Accelerator == KVM {
		processor = "host"
	}
	return []string{
		"-name", "brink-e2e", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-monitor", "none",
		"-accel", string(options.Accelerator), "-cpu", processor,
		"-smp", strconv.Itoa(options.CPUs), "-m", strconv.Itoa(options.MemoryMiB),
		"-kernel", image.path("vmlinuz"), "-initrd", image.path("initrd"),
		"-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0 psi=1 mitigations=off panic=-1",
		// snapshot=on puts all writes in a temporary file that QEMU unlinks at once: the image stays as it is.
		"-drive", "if=virtio,format=raw,snapshot=on,cache=unsafe,discard=unmap,file=" + escapeComma(image.path("disk.img")),
		"-chardev", "file,id=console,path=" + escapeComma(console), "-serial", "chardev:console",
		"-netdev", fmt.Sprintf("user,id=net,hostfwd=tcp:127.0.0.1:%d-:22", port), "-device", "virtio-net-pci,netdev=net",
		"-device", "virtio-rng-pci",
	}
}

// escapeComma doubles the commas of a path, which QEMU's option syntax takes for separators.
func escapeComma(path string) string { return strings.ReplaceAll(path, ",", ",,") }

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

func (m *Machine) path(name string) string { return filepath.Join(m.dir, name) }

// Console is the end of what the machine wrote to its serial line: the kernel's messages and systemd's.
func (m *Machine) Console(lines int) string {
	text, err := os.ReadFile(m.path("console.log"))
	if err != nil {
		return err.Error()
	}
	return lastLines(strings.ReplaceAll(string(text), "\r", ""), lines)
}

// Close ends the machine at once, as a power cut does: nothing on it is worth keeping. The shared ssh connection breaks
// and ends with it. It is safe to call twice.
func (m *Machine) Close() error {
	if m.state.PID != 0 {
		if err := m.kill(); err != nil {
			return err
		}
		m.state.PID = 0
	}
	if m.scratch {
		return os.RemoveAll(m.dir)
	}
	return removeState(m.dir)
}

// kill ends QEMU and waits for it. An attached machine is no child of ours: its end is seen by asking.
func (m *Machine) kill() error {
	if m.exited != nil {
		select {
		case <-m.exited: // Waited for already: the number may belong to somebody else by now.
			return nil
		default:
		}
	}
	if err := syscall.Kill(m.state.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("end the machine, process %d: %w", m.state.PID, err)
	}
	if m.exited != nil {
		<-m.exited
		return nil
	}
	for m.state.alive() {
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// Dir holds the machine's console log (console.log), QEMU's own words (qemu.log) and the ssh socket.
func (m *Machine) Dir() string { return m.dir }

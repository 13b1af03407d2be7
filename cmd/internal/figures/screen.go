package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// screenOptions say which program is measured on a terminal of 120x40.
type screenOptions struct {
	// Argv is the program; empty measures the engine alone.
	Argv []string `json:"argv"`
	// Frame and Numbers are texts on the screen: all of the first are there with the first frame, all of the second
	// with the first numbers.
	Frame   []string `json:"frame"`
	Numbers []string `json:"numbers"`
	// Settle is how long the program runs before it is watched for Window. Without a window only the start is measured.
	Settle time.Duration `json:"settle"`
	Window time.Duration `json:"window"`
	// Patience is how long the first numbers may take.
	Patience time.Duration `json:"patience"`
}

// screenCost is what a program on a terminal costs.
type screenCost struct {
	FirstFrame   time.Duration `json:"first_frame"`
	FirstNumbers time.Duration `json:"first_numbers"`
	// CPU, EngineCPU and Bytes were used within Window.
	Window    time.Duration `json:"window"`
	CPU       time.Duration `json:"cpu"`
	EngineCPU time.Duration `json:"engine_cpu"`
	Bytes     int           `json:"bytes"`
	// Resident memory at the two ends of the window, and at its highest since the start.
	ResidentBefore  int64 `json:"resident_before"`
	ResidentAfter   int64 `json:"resident_after"`
	ResidentHighest int64 `json:"resident_highest"`
}

// bytesPerSecond is what went to the terminal.
func (c screenCost) bytesPerSecond() int { return int(float64(c.Bytes) / c.Window.Seconds()) }

// engineProcesses are the names of a Docker engine's processes.
func engineProcesses() []string { return []string{"dockerd", "containerd", "containerd-shim"} }

// measureScreen runs the program and measures it. It ends the program.
func measureScreen(ctx context.Context, o screenOptions) (screenCost, error) {
	if len(o.Argv) == 0 {
		return measureWindow(ctx, o, nil)
	}
	s, err := openScreen(o)
	if err != nil {
		return screenCost{}, err
	}
	defer s.close()
	first, err := s.awaitStart(ctx, o.Patience)
	if err != nil || o.Window == 0 {
		return first, err
	}
	cost, err := measureWindow(ctx, o, s)
	cost.FirstFrame, cost.FirstNumbers = first.FirstFrame, first.FirstNumbers
	return cost, err
}

// measureWindow looks twice, with the window between.
func measureWindow(ctx context.Context, o screenOptions, s *screen) (screenCost, error) {
	if err := sleep(ctx, o.Settle); err != nil {
		return screenCost{}, err
	}
	before, err := lookAtCosts(s)
	if err != nil {
		return screenCost{}, err
	}
	began := time.Now()
	if err := sleep(ctx, o.Window); err != nil {
		return screenCost{}, err
	}
	after, err := lookAtCosts(s)
	return screenCost{
		Window: time.Since(began), CPU: after.cpu - before.cpu, EngineCPU: spent(before.engine, after.engine),
		Bytes: after.bytes - before.bytes, ResidentBefore: before.resident, ResidentAfter: after.resident, ResidentHighest: after.highest,
	}, err
}

// costs is one look at what was used so far.
type costs struct {
	cpu               time.Duration
	engine            map[int]time.Duration
	bytes             int
	resident, highest int64
}

func lookAtCosts(s *screen) (costs, error) {
	proc := procFS{os.DirFS("/proc")}
	engine, err := proc.cpuByProcess(engineProcesses()...)
	if err != nil || s == nil {
		return costs{engine: engine}, err
	}
	stat, err := proc.stat(s.cmd.Process.Pid)
	if err != nil {
		return costs{}, s.ended(err)
	}
	resident, highest, err := proc.memory(s.cmd.Process.Pid)
	return costs{cpu: stat.cpu, engine: engine, bytes: s.count(), resident: resident, highest: highest}, err
}

// screen is a program on a pseudo-terminal.
type screen struct {
	cmd      *exec.Cmd
	ptmx     *os.File
	started  time.Time
	frame    []string
	numbers  []string
	readers  sync.WaitGroup
	gotStart chan struct{} // closed when the first numbers are there

	mu       sync.Mutex // guards the rest
	emulator *vt.Emulator
	bytes    int
	start    screenCost
	tail     []byte // the end of what came, for errors
}

func openScreen(o screenOptions) (*screen, error) {
	s := &screen{
		cmd: exec.Command(o.Argv[0], o.Argv[1:]...), frame: o.Frame, numbers: o.Numbers,
		gotStart: make(chan struct{}), emulator: vt.NewEmulator(120, 40), started: time.Now(),
	}
	s.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8")
	ptmx, err := pty.StartWithSize(s.cmd, &pty.Winsize{Cols: 120, Rows: 40})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Argv[0], err)
	}
	s.ptmx = ptmx
	s.readers.Go(s.read)
	s.readers.Go(func() { _, _ = io.Copy(ptmx, s.emulator) }) // A terminal answers queries.
	return s, nil
}

// read counts what comes. Until the first numbers it also looks at the screen, which costs more than the program does;
// afterwards the bytes are thrown away.
func (s *screen) read() {
	chunk := make([]byte, 64<<10)
	for {
		n, err := s.ptmx.Read(chunk)
		if err != nil {
			return
		}
		s.take(chunk[:n], time.Since(s.started))
	}
}

func (s *screen) take(chunk []byte, at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += len(chunk)
	s.tail = append(s.tail, chunk...)
	s.tail = s.tail[max(0, len(s.tail)-2000):]
	if s.start.FirstNumbers != 0 {
		return
	}
	_, _ = s.emulator.Write(chunk)
	text := s.emulator.String()
	if s.start.FirstFrame == 0 && containsAll(text, s.frame) {
		s.start.FirstFrame = at
	}
	if containsAll(text, s.numbers) {
		s.start.FirstNumbers = at
		close(s.gotStart)
	}
}

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// awaitStart waits for the first numbers.
func (s *screen) awaitStart(ctx context.Context, patience time.Duration) (screenCost, error) {
	select {
	case <-s.gotStart:
	case <-ctx.Done():
		return screenCost{}, ctx.Err()
	case <-time.After(patience):
		return screenCost{}, s.ended(fmt.Errorf("no %q on the screen within %v", s.numbers, patience))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start, nil
}

// ended is an error with the last words of the program.
func (s *screen) ended(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Errorf("%s: %w; the end of its output: %q", s.cmd.Path, err, s.tail)
}

func (s *screen) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// close ends the program, the hard way if it does not obey.
func (s *screen) close() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait() // How it ended says nothing about what it cost.
	kill.Stop()
	if pipe, ok := s.emulator.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
	s.readers.Wait()
	_ = s.ptmx.Close()
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return errors.Join(errors.New("interrupted"), ctx.Err())
	case <-time.After(d):
		return nil
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// keeper is a second brink that waits for a bad end of the first, and then puts
// the terminal right. Go has no last word for a panic on a goroutine that nobody
// watches (of a library, say), for a fault of the runtime or for kill -9: the
// process is gone, the terminal stays raw and on the alternate screen, and the
// stack is lost with that. So the runtime writes the stack into a pipe as well
// (debug.SetCrashOutput); the keeper has the other end of it.
//
// The pipe has room for a single packet, and the keeper takes the second only when
// the terminal is right. The dying process waits for that in its write, and the
// shell waits for the process: nothing of the shell falls between.
type keeper struct {
	cmd    *exec.Cmd
	pipe   *os.File
	stderr sink
}

// keeperName is the command that makes a brink a keeper. No container can have it.
const keeperName = "__keep-terminal"

// startKeeper starts the keeper of a terminal, which gives it back the modes that it was
// found with; nil where it cannot be had. brink runs without it as well, only less
// prettily when it fails.
func startKeeper(modes *unix.Termios, out *os.File) *keeper {
	before, err := json.Marshal(modes)
	if err != nil {
		return nil
	}
	k := &keeper{}
	if k.stderr, err = openSink(); err != nil {
		return nil
	}
	if err := k.start(out, string(before)); err != nil {
		k.stderr.close()
		return nil
	}
	k.stderr.connect()
	_ = debug.SetCrashOutput(k.pipe, debug.CrashOptions{})
	return k
}

// start starts the process with its end of the pipe.
func (k *keeper) start(out *os.File, before string) error {
	reader, writer, err := packetPipe()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	k.pipe = writer
	k.cmd = &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{"brink", keeperName, before}, Env: []string{"GOMAXPROCS=1"},
		Stdin: reader, Stdout: out, ExtraFiles: []*os.File{k.stderr.memory},
		// In a session of its own it gets no signal from the terminal, and may set it.
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	if err := k.cmd.Start(); err != nil {
		_ = writer.Close()
		return err
	}
	return nil
}

// sinkFD is the sink in the keeper: the first of its ExtraFiles.
const sinkFD = 3

// packetPipe is a pipe that holds one packet of any size, and then makes its
// writer wait.
func packetPipe() (reader, writer *os.File, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_DIRECT); err != nil {
		return nil, nil, err
	}
	_, _ = unix.FcntlInt(uintptr(ends[1]), unix.F_SETPIPE_SZ, os.Getpagesize())
	return os.NewFile(uintptr(ends[0]), "keeper"), os.NewFile(uintptr(ends[1]), "keeper"), nil
}

// stderrFD is where the runtime and libraries write what they have to say.
const stderrFD = 2

// sink is where standard error goes while the terminal is drawn on: a piece of
// memory that the keeper sees as well. The runtime says the name of a fatal error
// there alone.
type sink struct {
	memory *os.File
	// before is where standard error went; nil if that is no terminal, and was left.
	before *os.File
}

// sinkSize bounds what is kept. What is written after that is lost.
const sinkSize = 64 << 10

func openSink() (sink, error) {
	fd, err := unix.MemfdCreate("stderr", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return sink{}, err
	}
	memory := os.NewFile(uintptr(fd), "stderr")
	err = memory.Truncate(sinkSize)
	if err == nil {
		_, err = unix.FcntlInt(memory.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_GROW)
	}
	if err != nil {
		_ = memory.Close()
	}
	return sink{memory: memory}, err
}

// connect leads standard error into the sink, if it goes to a terminal.
func (s *sink) connect() {
	if _, err := unix.IoctlGetTermios(stderrFD, unix.TCGETS); err != nil {
		return
	}
	before, err := unix.FcntlInt(stderrFD, unix.F_DUPFD_CLOEXEC, stderrFD+1)
	if err != nil {
		return
	}
	s.before = os.NewFile(uintptr(before), "stderr")
	_ = unix.Dup3(int(s.memory.Fd()), stderrFD, 0)
}

// close gives standard error back.
func (s *sink) close() {
	if s.before != nil {
		_ = unix.Dup3(int(s.before.Fd()), stderrFD, 0)
		_ = s.before.Close()
	}
	_ = s.memory.Close()
}

// fatalError is the line in which the runtime names a fault that is no panic, out
// of all that stands in the sink; empty if there is none.
func fatalError(sunk []byte) string {
	text := string(bytes.TrimRight(sunk, "\x00"))
	at := strings.LastIndex("\n"+text, "\nfatal error: ")
	if at < 0 {
		return ""
	}
	line, _, _ := strings.Cut(text[at:], "\n")
	return line + "\n"
}

// dismiss ends the keeper: the terminal is as it was found. A nil keeper has no
// work.
func (k *keeper) dismiss() {
	if k == nil {
		return
	}
	// First the keeper, which would take the end of the pipe for that of brink.
	_ = k.cmd.Process.Kill()
	_ = k.cmd.Wait()
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
	_ = k.pipe.Close()
	k.stderr.close()
}

// keep is the whole life of the keeper. io.in ends or says something only when
// brink has died; before is how the terminal was set.
func keep(before string, io streams) int {
	stack := make([]byte, os.Getpagesize())
	n, _ := io.in.Read(stack)
	tty, err := os.OpenFile("/proc/self/fd/1", os.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return exitFault // it was hung up: there is nothing to put right
	}
	defer func() { _ = tty.Close() }()
	// A terminal that does not read must not hold up the end.
	_ = tty.SetWriteDeadline(wallClock().Add(keeperPatience))
	if err := putRight(tty, before); err != nil {
		return exitFault
	}
	if n == 0 {
		return exitDone // kill -9: the shell says so
	}
	lines := &lastWords{to: tty}
	lines.add([]byte("brink: " + errPanic.Error() + "\n"))
	sunk := make([]byte, sinkSize)
	read, _ := unix.Pread(sinkFD, sunk, 0)
	lines.add([]byte(fatalError(sunk[:max(read, 0)])))
	lines.add(stack[:n])
	return lines.copy(io.in, stack)
}

// keeperPatience is how long the terminal may take what it is told at the end.
const keeperPatience = time.Second

func putRight(tty *os.File, before string) error {
	var settings unix.Termios
	if err := json.Unmarshal([]byte(before), &settings); err != nil {
		return err
	}
	// Everything that hangs in the terminal is of a screen that is gone.
	_ = unix.IoctlSetInt(int(tty.Fd()), unix.TCFLSH, unix.TCOFLUSH)
	err := unix.IoctlSetTermios(int(tty.Fd()), unix.TCSETS, &settings)
	_, unwritten := io.WriteString(tty, undo)
	return errors.Join(err, unwritten)
}

// lastWords writes whole lines without control characters: what a panic says may
// quote a container.
type lastWords struct {
	to   io.Writer
	line []byte
}

func (w *lastWords) add(text []byte) {
	w.line = append(w.line, text...)
	end := bytes.LastIndexByte(w.line, '\n') + 1
	if end > 0 {
		_, _ = io.WriteString(w.to, cleanLines(string(w.line[:end])))
		w.line = append(w.line[:0], w.line[end:]...)
	}
}

// copy takes everything that comes, also what cannot be written: as long as it is
// not taken, the process does not die.
func (w *lastWords) copy(from io.Reader, buffer []byte) int {
	for {
		n, err := from.Read(buffer)
		w.add(buffer[:n])
		if err != nil {
			w.add([]byte("\n"))
			return exitDone
		}
	}
}

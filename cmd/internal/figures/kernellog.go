package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// kernelLog reads /dev/kmsg from its end on. Its time stamps, in microseconds, are the nearest that can be had to the
// moment of a kill.
type kernelLog struct {
	path string
	file *os.File
}

func openKernelLog(path string) (*kernelLog, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, 2); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &kernelLog{path: path, file: file}, nil
}

func (l *kernelLog) close() { _ = l.file.Close() }

// kernelClock turns the log's time stamps into times of the wall.
type kernelClock struct {
	at    time.Time
	stamp time.Duration
}

func (c kernelClock) wall(stamp time.Duration) time.Time { return c.at.Add(stamp - c.stamp) }

const marker = "brink figures: what time is it?"

// calibrate writes a line to the log and reads its time stamp: the log's clock is not the wall's and drifts from it.
func (l *kernelLog) calibrate() (kernelClock, error) {
	out, err := os.OpenFile(l.path, os.O_WRONLY, 0)
	if err != nil {
		return kernelClock{}, err
	}
	before := time.Now()
	_, err = out.WriteString(marker + "\n")
	took := time.Since(before)
	if err := errors.Join(err, out.Close()); err != nil {
		return kernelClock{}, err
	}
	stamp, err := l.await(marker, time.Second)
	return kernelClock{at: before.Add(took / 2), stamp: stamp}, err
}

// awaitKill waits for the kernel's line about a killed process and returns its time stamp.
func (l *kernelLog) awaitKill(patience time.Duration) (time.Duration, error) {
	return l.await("Killed process", patience)
}

// await reads on to a line that contains the words.
func (l *kernelLog) await(words string, patience time.Duration) (time.Duration, error) {
	if err := l.file.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	record := make([]byte, 8<<10)
	for {
		n, err := l.file.Read(record)
		if errors.Is(err, syscall.EPIPE) {
			continue // Records were overwritten; the next read goes on after them.
		}
		if err != nil {
			return 0, fmt.Errorf("the kernel log has no %q: %w", words, err)
		}
		stamp, text, ok := parseRecord(string(record[:n]))
		if ok && strings.Contains(text, words) {
			return stamp, nil
		}
	}
}

// parseRecord takes a record apart: "priority,number,microseconds,flags;text" (Documentation/ABI/testing/dev-kmsg).
func parseRecord(record string) (stamp time.Duration, text string, ok bool) {
	prefix, text, found := strings.Cut(record, ";")
	fields := strings.Split(prefix, ",")
	if !found || len(fields) < 4 {
		return 0, "", false
	}
	microseconds, err := strconv.ParseInt(fields[2], 10, 64)
	return time.Duration(microseconds) * time.Microsecond, text, err == nil
}

// quietConsole keeps the kernel log off the console, and returns what undoes that. A kill writes some hundred lines. On a
// serial console, and an emulated one at that, the kernel spends a fifth of a second on them before the processor that
// killed does anything else, be it to tell those who watch.
func quietConsole(printk string) (undo func(), err error) {
	before, err := os.ReadFile(printk)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(printk, []byte("1"), 0); err != nil {
		return nil, err
	}
	return func() { _ = os.WriteFile(printk, before, 0) }, nil
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of the times in /proc/PID/stat: USER_HZ, which is 100 on every architecture of Linux (man 5
// proc). The kernel scales the two times so that their sum is the precise run time.
const clockTick = 10 * time.Millisecond

// procFS reads /proc.
type procFS struct{ fs.FS }

// processStat is what is wanted of /proc/PID/stat.
type processStat struct {
	name string
	cpu  time.Duration
}

// stat reads /proc/PID/stat. The name is in parentheses and may hold any byte, so fields are counted from the last ")".
func (p procFS) stat(pid int) (processStat, error) {
	text, err := fs.ReadFile(p, strconv.Itoa(pid)+"/stat")
	if err != nil {
		return processStat{}, err
	}
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return processStat{}, fmt.Errorf("/proc/%d/stat has no name: %q", pid, text)
	}
	// utime and stime are the fields 14 and 15; the name is the second.
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 13 {
		return processStat{}, fmt.Errorf("/proc/%d/stat is short: %q", pid, text)
	}
	user, userErr := strconv.ParseInt(fields[11], 10, 64)
	system, systemErr := strconv.ParseInt(fields[12], 10, 64)
	if err := errors.Join(userErr, systemErr); err != nil {
		return processStat{}, fmt.Errorf("/proc/%d/stat: %w", pid, err)
	}
	return processStat{name: string(text[open+1 : end]), cpu: time.Duration(user+system) * clockTick}, nil
}

// cpuByProcess is the CPU time of every process whose name begins with one of these, by its number. The kernel cuts
// names to 15 bytes.
func (p procFS) cpuByProcess(prefixes ...string) (map[int]time.Duration, error) {
	entries, err := fs.ReadDir(p, ".")
	if err != nil {
		return nil, err
	}
	used := map[int]time.Duration{}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := p.stat(pid)
		if err != nil {
			continue // It ended between the two reads.
		}
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(stat.name, prefix) }) {
			used[pid] = stat.cpu
		}
	}
	return used, nil
}

// spent is the CPU time that processes used between two looks. One that came in between counts from its beginning; of
// one that ended, what it used since the first look is lost.
func spent(before, after map[int]time.Duration) time.Duration {
	var sum time.Duration
	for pid, used := range after {
		sum += used - before[pid]
	}
	return sum
}

// memory is the resident memory of a process in bytes: now, and at its highest.
func (p procFS) memory(pid int) (resident, highest int64, err error) {
	text, err := fs.ReadFile(p, strconv.Itoa(pid)+"/status")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kibibytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			resident = kibibytes << 10
		case "VmHWM":
			highest = kibibytes << 10
		}
	}
	if resident == 0 {
		return 0, 0, fmt.Errorf("/proc/%d/status has no VmRSS", pid)
	}
	return resident, highest, nil
}

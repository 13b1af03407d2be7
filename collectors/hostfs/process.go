package hostfs

import (
	"bytes"
	"errors"

	"golang.org/x/sys/unix"
)

// Process is one process with what /proc says about it at one moment.
type Process struct {
	PIDStat
	PIDStatus
	// OOMScoreAdj is -1000 (never killed) to 1000 (killed first).
	OOMScoreAdj int
}

// Processes reads the processes with the given pids, which the caller has from cgroup.procs, into a list that may be
// reused from the last time: its strings are then kept where they have not changed. The order is that of the pids.
//
// A process that has gone meanwhile is left out, as is pid 0, by which cgroup.procs shows a process that is not visible
// in the reader's pid namespace. A process that cannot be read for another reason is left out as well, and the first
// such reason is the error, beside the list of the others: *NotPermittedError (/proc mounted with hidepid=1) or
// *ParseError. The files are world-readable; no privilege is needed.
func (fs FS) Processes(pids []int, into []Process) ([]Process, error) {
	buf := fs.borrow()
	defer fs.giveBack(buf)
	var first error
	n := 0
	for _, pid := range pids {
		into = withSlot(into, n)
		err := fs.readProcess(pid, buf, &into[n])
		switch {
		case err == nil:
			n++
		case first == nil && !errors.Is(err, ErrNoProcess):
			first = err
		}
	}
	return into[:n], first
}

// readProcess fills *p. The directory is opened first and the files below it, so that a pid which is reused meanwhile
// cannot mix two processes: files under the directory of a dead process answer ENOENT or ESRCH for ever.
func (fs FS) readProcess(pid int, buf *[]byte, p *Process) error {
	path := fs.pidPath(pid, "")
	dir, err := openat(unix.AT_FDCWD, path, unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return pidError(pid, path, err)
	}
	defer closeFD(dir)
	for _, file := range processFiles() {
		if err := readRecord(dir, file.name, buf); err != nil {
			return pidError(pid, path+"/"+file.name, err)
		}
		if err := file.parse(*buf, p); err != nil {
			return atPath(path+"/"+file.name, err)
		}
	}
	return nil
}

// processFile is one file of a process and where its content goes.
type processFile struct {
	name  string
	parse func([]byte, *Process) error
}

// processFiles lists the files of a process that are read.
func processFiles() [3]processFile {
	return [...]processFile{
		{"stat", func(b []byte, p *Process) error { return parsePIDStat(b, &p.PIDStat) }},
		{"status", func(b []byte, p *Process) (err error) {
			p.PIDStatus, err = ParsePIDStatus(b)
			return err
		}},
		{"oom_score_adj", func(b []byte, p *Process) (err error) {
			p.OOMScoreAdj, err = ParseOOMScoreAdj(b)
			return err
		}},
	}
}

// ParseOOMScoreAdj reads /proc/PID/oom_score_adj: one number from -1000 to 1000.
func ParseOOMScoreAdj(data []byte) (int, error) {
	n, ok := parseInt(bytes.TrimSpace(data))
	if !ok || n < -1000 || n > 1000 {
		return 0, parseError(data, errNumber)
	}
	return int(n), nil
}

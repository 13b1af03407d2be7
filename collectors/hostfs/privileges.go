package hostfs

import (
	"bytes"
	"math"
	"strconv"
)

// Privileges is what the kernel holds a process to (proc_pid_status(5)).
type Privileges struct {
	// Name is that of the program, at most 15 bytes. Hostile: the process chooses it.
	Name string
	// UID is the effective user id, as the reader's user namespace counts it: the host's, for a monitor on the host.
	UID uint32
	// The capability sets, one bit a capability (capabilities(7)).
	Inheritable, Permitted, Effective, Bounding, Ambient uint64
	// NoNewPrivileges is absent on kernels before 4.10.
	NoNewPrivileges Opt[bool]
	// Seccomp is absent on a kernel that was built without it.
	Seccomp Opt[SeccompMode]
}

// SeccompMode is how system calls are restricted (seccomp(2)).
type SeccompMode uint8

// The modes, as the kernel numbers them.
const (
	SeccompOff SeccompMode = iota
	SeccompStrict
	SeccompFilter
)

// Reachable are the capabilities that the process has or can still get: by the program that it executes, as far as
// the bounding set goes.
func (p Privileges) Reachable() uint64 {
	return p.Inheritable | p.Permitted | p.Effective | p.Bounding | p.Ambient
}

// Privileges reads /proc/PID/status of a process (or Self). Any user may read it. The error is ErrNoProcess for one
// that has gone.
func (fs FS) Privileges(pid int) (Privileges, error) {
	var p Privileges
	err := fs.readPid(pid, "status", func(data []byte) (err error) {
		p, err = ParsePrivileges(data)
		return err
	})
	return p, err
}

// neededLines are the lines of status without which nothing can be said: a set that is missing must not read as an
// empty one.
func neededLines() []string { return []string{"Uid", "CapInh", "CapPrm", "CapEff", "CapBnd"} }

// ParsePrivileges reads /proc/PID/status. CapAmb came with Linux 4.3.
func ParsePrivileges(data []byte) (Privileges, error) {
	var p Privileges
	seen := map[string]bool{}
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(line, []byte{':'})
		seen[string(key)] = true
		if err := p.set(string(key), bytes.TrimSpace(value)); err != nil {
			return Privileges{}, parseError(line, err)
		}
	}
	for _, key := range neededLines() {
		if !seen[key] {
			return Privileges{}, parseError(data, errMissing)
		}
	}
	return p, nil
}

// set takes one line.
func (p *Privileges) set(key string, value []byte) error {
	switch key {
	case "Name":
		p.Name = string(value)
	case "Uid":
		return p.setUID(value)
	case "CapInh":
		return setMask(&p.Inheritable, value)
	case "CapPrm":
		return setMask(&p.Permitted, value)
	case "CapEff":
		return setMask(&p.Effective, value)
	case "CapBnd":
		return setMask(&p.Bounding, value)
	case "CapAmb":
		return setMask(&p.Ambient, value)
	case "NoNewPrivs":
		n, ok := parseUint(value)
		if !ok || n > 1 {
			return errNumber
		}
		p.NoNewPrivileges = Some(n == 1)
	case "Seccomp":
		n, ok := parseUint(value)
		if !ok || n > uint64(SeccompFilter) {
			return errNumber
		}
		p.Seccomp = Some(SeccompMode(n))
	}
	return nil
}

// setUID takes the second of real, effective, saved set and file system.
func (p *Privileges) setUID(value []byte) error {
	fields := bytes.Fields(value)
	if len(fields) < 2 {
		return errShort
	}
	n, ok := parseUint(fields[1])
	if !ok || n > math.MaxUint32 {
		return errNumber
	}
	p.UID = uint32(n)
	return nil
}

// setMask reads sixteen hexadecimal digits.
func setMask(dst *uint64, value []byte) error {
	n, err := strconv.ParseUint(string(value), 16, 64)
	if err != nil {
		return errNumber
	}
	*dst = n
	return nil
}

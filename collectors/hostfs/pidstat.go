package hostfs

import (
	"bytes"
	"time"
)

// tick is the unit of times in /proc/PID/stat, 1/USER_HZ. USER_HZ is part of the kernel's interface to user space and
// is 100 on every architecture that Go has a Linux port for, whatever CONFIG_HZ is (include/asm-generic/param.h; only
// alpha and ia64 differed). Sysconf(_SC_CLK_TCK) would answer the same, for the price of cgo.
const tick = time.Second / 100

// maxTicks is the largest time that fits a time.Duration: 292 years of CPU.
const maxTicks = uint64(1<<63-1) / uint64(tick)

// PIDStat is what brink uses of /proc/PID/stat (proc_pid_stat(5)).
type PIDStat struct {
	PID       int
	Comm      string // raw bytes; at most 15 for a process, longer only for kernel threads
	State     State
	ParentPID int
	Threads   int           // of the process; 1 for a zombie
	User      time.Duration // CPU time in user mode, in steps of 10 ms
	System    time.Duration // CPU time in the kernel, in steps of 10 ms
	Started   time.Duration // since boot, suspended time included
}

// State is the state letter of a process: R running, S sleeping, D waiting for a device, Z zombie, T stopped, t traced,
// X dead, I idle kernel thread, and others that kernels had in the past.
type State byte

// Zombie is a process that has exited and whose parent has not asked for its exit status.
const Zombie State = 'Z'

// String returns the letter.
func (s State) String() string { return string(rune(s)) }

// ParsePIDStat reads /proc/PID/stat. The name stands between the first parenthesis and the last one, since it may hold
// parentheses, spaces and whole imitations of this file; everything after the last one is the kernel's.
func ParsePIDStat(data []byte) (PIDStat, error) {
	var st PIDStat
	err := parsePIDStat(data, &st)
	return st, err
}

// parsePIDStat fills *st, keeping its Comm if it is the same as before.
func parsePIDStat(data []byte, st *PIDStat) error {
	left, right := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if left < 1 || right < left {
		return parseError(data, errForm)
	}
	pid, ok := parseUint(data[:left-1])
	if !ok || pid > maxPID || data[left-1] != ' ' {
		return parseError(data, errNumber)
	}
	st.PID = int(pid)
	keepComm(&st.Comm, data[left+1:right])
	if err := st.parseFields(bytes.TrimSpace(data[right+1:])); err != nil {
		return parseError(data, err)
	}
	return nil
}

// maxPID is PID_MAX_LIMIT on 64-bit kernels; a larger number is not a pid.
const maxPID = 1 << 22

// parseFields reads from field 3 (state) to field 22 (starttime); man proc_pid_stat numbers them from 1.
func (st *PIDStat) parseFields(rest []byte) error {
	for field := 3; field <= 22; field++ {
		word, after, _ := bytes.Cut(rest, []byte{' '})
		rest = after
		if field == 3 {
			if len(word) != 1 {
				return errForm
			}
			st.State = State(word[0])
			continue
		}
		if err := st.setField(field, word); err != nil {
			return err
		}
	}
	return nil
}

// setField takes one numeric field. Those that brink has no use for may hold what they like.
func (st *PIDStat) setField(field int, word []byte) error {
	switch field {
	case 4:
		return setInt(&st.ParentPID, word, maxPID)
	case 14:
		return setTicks(&st.User, word)
	case 15:
		return setTicks(&st.System, word)
	case 20:
		return setInt(&st.Threads, word, maxPID)
	case 22:
		return setTicks(&st.Started, word)
	default:
		return nil
	}
}

// setInt sets a number that must not be larger than a bound.
func setInt(dst *int, word []byte, bound uint64) error {
	n, ok := parseUint(word)
	if !ok || n > bound {
		return errNumber
	}
	*dst = int(n)
	return nil
}

// setTicks sets a time.
func setTicks(dst *time.Duration, word []byte) error {
	n, ok := parseUint(word)
	if !ok || n > maxTicks {
		return errNumber
	}
	*dst = time.Duration(n) * tick
	return nil
}

// keepComm undoes the kernel's escapes of a process name, "\n" for a newline and "\\" for a backslash, and keeps the old
// string if it is the same.
func keepComm(dst *string, name []byte) {
	if bytes.IndexByte(name, '\\') < 0 {
		keep(dst, name)
		return
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '\\' && i+1 < len(name) {
			i++
			if c = name[i]; c == 'n' {
				c = '\n'
			}
		}
		out = append(out, c)
	}
	keep(dst, out)
}

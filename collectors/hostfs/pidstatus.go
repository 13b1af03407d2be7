package hostfs

import (
	"bytes"
	"math"
)

// PIDStatus is what brink uses of /proc/PID/status (proc_pid_status(5)). The memory of a process without an address
// space (a zombie, a kernel thread) is a true zero: the kernel prints no Vm lines because there is nothing.
type PIDStatus struct {
	// NamespacePID is the pid in the innermost namespace: what the container calls it. 0 on kernels before 4.1.
	NamespacePID int
	// UID is the real user id, as the host counts it: 100000 and up under userns-remap.
	UID uint32
	// RSSBytes is the resident memory. The kernel keeps it in per-CPU batches, so it may be off by some hundred KiB.
	RSSBytes uint64
	// SwapBytes is anonymous memory swapped out, without shared memory.
	SwapBytes uint64
	// PageTableBytes is what the page tables of the process cost. RSSBytes + SwapBytes + PageTableBytes is what the
	// OOM killer compares within one cgroup, before oom_score_adj (oom_badness in mm/oom_kill.c).
	PageTableBytes uint64
}

// ParsePIDStatus reads /proc/PID/status. Uid is the only line that must be there. The name of the process cannot fake
// a line, since the kernel writes a newline in it as "\n".
func ParsePIDStatus(data []byte) (PIDStatus, error) {
	var st PIDStatus
	seen := false
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(line, []byte{':'})
		if string(key) == "Uid" {
			seen = true
		}
		if err := st.set(key, bytes.TrimSpace(value)); err != nil {
			return PIDStatus{}, parseError(line, err)
		}
	}
	if !seen {
		return PIDStatus{}, parseError(data, errMissing)
	}
	return st, nil
}

// set takes one line.
func (st *PIDStatus) set(key, value []byte) error {
	switch string(key) {
	case "Uid": // real, effective, saved set, file system
		ruid, _, _ := bytes.Cut(value, []byte{'\t'})
		n, ok := parseUint(ruid)
		if !ok || n > math.MaxUint32 {
			return errNumber
		}
		st.UID = uint32(n)
	case "NSpid": // outermost first, as seen from the namespace of this /proc
		return setInt(&st.NamespacePID, value[bytes.LastIndexByte(value, '\t')+1:], maxPID)
	case "VmRSS":
		return setKiB(&st.RSSBytes, value)
	case "VmSwap":
		return setKiB(&st.SwapBytes, value)
	case "VmPTE":
		return setKiB(&st.PageTableBytes, value)
	}
	return nil
}

// setKiB reads "1234 kB" as bytes; the kernel's kB are KiB.
func setKiB(dst *uint64, value []byte) error {
	number, ok := bytes.CutSuffix(value, []byte(" kB"))
	n, isNumber := parseUint(number)
	if !ok || !isNumber || n > math.MaxUint64>>10 {
		return errNumber
	}
	*dst = n << 10
	return nil
}

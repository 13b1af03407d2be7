package hostfs

import (
	"math"
	"strings"
)

// How the lines begin and end.
const (
	usagePrefix   = "memory: usage "
	contextPrefix = "oom-kill:constraint="
	groupPrefix   = "Tasks in "
	groupSuffix   = " are going to be killed due to memory.oom.group set"
	forkPrefix    = "cgroup: fork rejected by pids controller in "
	victimWords   = "Killed process "
)

// commLen is the longest name of a process, TASK_COMM_LEN without the final zero.
const commLen = 15

// oomContext is the oom-kill line.
type oomContext struct {
	OOMCause
	pid int
}

// parseContext reads the oom-kill line (dump_oom_victim since Linux 5.0), in which four texts are not the kernel's: the
// name of the cpuset cgroup, two cgroup paths and the name of the task. Read from the end, ",uid=N" and ",pid=N" are
// the kernel's whatever stands before them. A line without them ends too early: errShort.
func parseContext(line string) (oomContext, error) {
	var c oomContext
	rest, _, ok := cutLastNumber(line, ",uid=")
	if !ok {
		return c, errShort
	}
	rest, pid, ok := cutLastNumber(rest, ",pid=")
	if !ok || pid > maxPID {
		return c, errShort
	}
	c.pid = int(pid)
	c.Constraint, rest, ok = strings.Cut(rest[len(contextPrefix):], ",")
	if !ok {
		return c, errForm
	}
	err := c.parsePaths(rest)
	return c, err
}

// cutLastNumber cuts the last key off a line, if only a number follows it.
func cutLastNumber(line, key string) (before string, n uint64, ok bool) {
	i := strings.LastIndex(line, key)
	if i < 0 {
		return line, 0, false
	}
	n, ok = parseUint(line[i+len(key):])
	return line[:i], n, ok && n <= math.MaxUint32
}

// parsePaths reads "...,oom_memcg=PATH,task_memcg=PATH,task=NAME", or "...,global_oom,task_memcg=PATH,task=NAME". A cgroup
// may be called "x,task_memcg=" as well as a task "a,task=b"; where a key could be found twice nothing is guessed. The
// one exception is the end of the second path, which the longest possible task name bounds from the right.
func (c *oomContext) parsePaths(rest string) error {
	limits := strings.Count(rest, ",oom_memcg=") + strings.Count(rest, ",global_oom")
	victims := strings.Count(rest, ",task_memcg=")
	head, tail, _ := strings.Cut(rest, ",task_memcg=")
	_, limit, _ := strings.Cut(head, ",oom_memcg=")
	end := strings.LastIndex(tail, ",task=")
	switch {
	case limits == 0 || victims == 0 || end < 0:
		return errMissing
	case limits > 1 || victims > 1 || severalTasks(tail):
		c.Ambiguous = true
	default:
		c.LimitCgroup, c.VictimCgroup = limit, tail[:end]
	}
	return nil
}

// severalTasks tells whether more than one ",task=" could begin the name, which has at most commLen bytes.
func severalTasks(tail string) bool {
	const key = ",task="
	n := strings.Count(tail[max(0, len(tail)-commLen-len(key)):], key)
	return n > 1
}

// parseUsageLine reads "memory: usage 20480kB, limit 20480kB, failcnt 461".
func parseUsageLine(line string) (Usage, bool) {
	used, rest, _ := strings.Cut(line[len(usagePrefix):], "kB, limit ")
	limit, _, _ := strings.Cut(rest, "kB, failcnt ")
	u, okU := kibToBytes(used)
	l, okL := kibToBytes(limit)
	return Usage{Used: u, Limit: l}, okU && okL
}

// kibToBytes reads a number of KiB as bytes. Cgroup v1 prints 9007199254740988 for no limit, which still fits.
func kibToBytes(text string) (uint64, bool) {
	n, ok := parseUint(text)
	return n << 10, ok && n <= math.MaxUint64>>10
}

// cutGroup recognises the line that announces the death of a whole cgroup, and returns its path.
func cutGroup(line string) (path string, ok bool) {
	path, ok = strings.CutSuffix(line, groupSuffix)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(path, groupPrefix)
}

// beginsDump recognises the first line of an OOM dump, which begins with the name of the process that wanted memory.
func beginsDump(line string) bool {
	i := strings.Index(line, " invoked oom-killer: gfp_mask=")
	return i >= 0 && i <= commLen
}

// cutVictim recognises a Killed line by its beginning and returns what follows "Killed process ". The part in
// parentheses stands there with vm.oom_kill_allocating_task=1.
func cutVictim(line string) (OOMScope, string, bool) {
	if text, ok := strings.CutPrefix(line, "Memory cgroup out of memory: "+victimWords); ok {
		return OOMMemcg, text, true
	}
	if text, ok := strings.CutPrefix(line, "Out of memory: "+victimWords); ok {
		return OOMGlobal, text, true
	}
	if text, ok := strings.CutPrefix(line, "Out of memory (oom_kill_allocating_task): "+victimWords); ok {
		return OOMGlobal, text, true
	}
	// Before Linux 5.1 the line begins here. These 15 bytes are also a possible process name, with which other lines of
	// the kernel may begin, so the rest must look right before it is taken for ours.
	text, ok := strings.CutPrefix(line, victimWords)
	return OOMUnknown, text, ok && strings.Contains(text, " total-vm:") && text[0] >= '0' && text[0] <= '9'
}

// parseVictim reads what follows "Killed process ", in one of
//
//	1234 (node) total-vm:37336kB, anon-rss:27420kB, file-rss:6804kB, shmem-rss:0kB, UID:0 pgtables:116kB oom_score_adj:0
//	1234 (node), UID 0, total-vm:37336kB, anon-rss:27420kB, file-rss:6804kB, shmem-rss:0kB
//
// of which the second is that of Red Hat's 4.18. The pid comes first; the last " total-vm:" ends what is hostile.
func parseVictim(text string) (OOMVictim, error) {
	var v OOMVictim
	number, rest, _ := strings.Cut(text, " ")
	pid, ok := parseUint(number)
	if !ok || pid > maxPID {
		return v, errNumber
	}
	v.PID = int(pid)
	end := strings.LastIndex(rest, " total-vm:")
	if end < 0 {
		return v, errMissing
	}
	name, tail := rest[:end], rest[end+1:]
	if before, uid, ok := cutLastNumber(strings.TrimSuffix(name, ","), ", UID "); ok && strings.HasSuffix(name, ",") {
		name, v.UID = before, Some(uint32(uid))
	}
	if len(name) < 2 || name[0] != '(' || name[len(name)-1] != ')' {
		return v, errForm
	}
	v.Comm = name[1 : len(name)-1]
	err := v.parseAmounts(tail)
	return v, err
}

// parseAmounts reads the words after the name. The order is not relied on, and a word that is not known is passed over.
func (v *OOMVictim) parseAmounts(tail string) error {
	for word := range strings.FieldsFuncSeq(tail, func(r rune) bool { return r == ' ' || r == ',' }) {
		key, value, ok := strings.Cut(word, ":")
		if ok && !v.set(key, value) {
			return errNumber
		}
	}
	return nil
}

// set takes one word and tells whether it was well formed.
func (v *OOMVictim) set(key, value string) bool {
	amount := map[string]*uint64{
		"total-vm": &v.TotalVMBytes, "anon-rss": &v.AnonBytes, "file-rss": &v.FileBytes, "shmem-rss": &v.ShmemBytes,
	}[key]
	switch {
	case amount != nil:
		kib, isKiB := strings.CutSuffix(value, "kB")
		n, ok := kibToBytes(kib)
		*amount = n
		return ok && isKiB
	case key == "UID":
		n, ok := parseUint(value)
		v.UID = Some(uint32(n))
		return ok && n <= math.MaxUint32
	case key == "oom_score_adj":
		n, ok := parseInt(value)
		v.OOMScoreAdj = Some(int(n))
		return ok && n >= -1000 && n <= 1000
	default:
		return true
	}
}

package hostfs

import (
	"errors"
	"strings"
	"time"
)

// OOMScope says which limit an OOM killer enforced. The zero value is OOMUnknown.
type OOMScope int

// The scopes, by the words that the kernel begins its line with.
const (
	// OOMUnknown: a kernel before 5.1, whose line does not tell.
	OOMUnknown OOMScope = iota
	// OOMMemcg: the memory limit of a cgroup, of the container itself or of one above it.
	OOMMemcg
	// OOMGlobal: the host had no memory left; the container need not have been near its limit.
	OOMGlobal
)

// String returns the scope in lower case.
func (s OOMScope) String() string {
	return [...]string{"unknown", "memcg", "global"}[s]
}

// KernelEvent is what OOMLog makes of kernel log records: an OOMKill or a ForkRejected.
type KernelEvent interface{ kernelEvent() }

// OOMKill is the kernel's account of one process that an OOM killer chose.
type OOMKill struct {
	At     time.Duration // since boot, see KmsgRecord.At
	Scope  OOMScope
	Victim OOMVictim
	// Cause is what the killer worked on. It is absent when the kernel did not print it (it limits that part to ten
	// in five seconds), or when it names another victim.
	Cause Opt[OOMCause]
	// Group is the cgroup that is killed as a whole because of memory.oom.group (Linux 4.19); empty for the first
	// victim, and without it.
	Group string
	// Lines are the lines of the log that tell of it, one below the other, the Killed line last: as the kernel printed
	// them, with the names that the container chose.
	Lines string
}

// OOMVictim is the killed process, all of it as the host sees it.
type OOMVictim struct {
	PID  int
	Comm string // hostile: raw bytes of the process's choice, at most 15
	// UID is the real user id: 100000 and up under userns-remap. Absent before Linux 5.4.
	UID Opt[uint32]
	// The memory at the moment of the kill. (Page tables are printed too, but in bytes called kB in 5.4.)
	TotalVMBytes, AnonBytes, FileBytes, ShmemBytes uint64
	OOMScoreAdj                                    Opt[int] // absent before Linux 5.4
}

// OOMCause tells which limit was hit, and where.
type OOMCause struct {
	// Constraint is the kernel's word: CONSTRAINT_MEMCG, CONSTRAINT_NONE (global), CONSTRAINT_CPUSET,
	// CONSTRAINT_MEMORY_POLICY.
	Constraint string
	// LimitCgroup is the cgroup whose limit was hit; empty for a global OOM. VictimCgroup is that of the victim, or for
	// a later victim of a Group the group, which it is in or below. Both are empty when Ambiguous.
	LimitCgroup, VictimCgroup string
	// Ambiguous says that the line can be read in more than one way, because a cgroup's name imitates a part of it.
	Ambiguous bool
	// Memory is the use and the limit of LimitCgroup at that moment. Absent for a global OOM.
	Memory Opt[Usage]
}

// ForkRejected says that a fork failed because of a pids limit. The kernel prints it once in the life of a cgroup; the
// count is in pids.events.
type ForkRejected struct {
	At     time.Duration // since boot, see KmsgRecord.At
	Cgroup string        // in which the forking process is; the limit may be that of one above
}

func (OOMKill) kernelEvent()      {}
func (ForkRejected) kernelEvent() {}

// OOMLog assembles the records of the kernel log, given one by one in order, into events. The kernel spreads an OOM
// kill over some hundred records; those used are
//
//	node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
//	memory: usage 2097152kB, limit 2097152kB, failcnt 461
//	oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=X,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=node,pid=1234,uid=1000
//	Memory cgroup out of memory: Killed process 1234 (node) total-vm:37336kB, anon-rss:27420kB, ... UID:1000 ...
//	Tasks in /a are going to be killed due to memory.oom.group set
//	cgroup: fork rejected by pids controller in /a
//
// (mm/oom_kill.c, mm/memcontrol.c, kernel/cgroup/pids.c). An event is ready with the line that says "Killed", the
// moment the kernel sends the signal. The global oom_lock keeps two OOM kills from mixing.
//
// What a container chooses in there (the names of processes and, where it may make them, of cgroups) cannot forge an
// event or a number. Only records of the kernel itself count. Every line is recognised from its first byte, and where a
// line of the kernel begins with the name of a process, those 15 bytes are too few to imitate one of ours. Within a line, what the kernel wrote is found
// from the side where nothing hostile stands: the victim's pid at the front of its line, everything after the name
// from the end. The victim is believed to the Killed line alone; the oom-kill line only adds the cause, if its pid is
// the same.
//
// The zero value is ready. It is not safe for concurrent use.
type OOMLog struct {
	line   string        // the line under construction: begun by one record, continued by fragments
	at     time.Duration // when it began
	memory Opt[Usage]    // of the dump under way
	cause  Opt[oomContext]
	group  string        // the cgroup being killed as a whole
	lines  []string      // what was used of the dump under way
	last   time.Duration // when the kill before was logged
	victim int           // its pid
}

// groupWindow is how long after a victim another one may still belong to the same group kill. The kernel logs them in
// one go; this only keeps a much later kill, whose own dump was rate limited, from being counted in.
const groupWindow = 5 * time.Second

// Add takes the next record. The event is nil for the many records that complete none. The error is a *ParseError for
// a line of the kernel that begins like one of ours and goes on otherwise, which a newer kernel may do.
func (l *OOMLog) Add(r KmsgRecord) (KernelEvent, error) {
	if r.Facility != 0 {
		return nil, nil
	}
	if r.Lost > 0 {
		*l = OOMLog{}
	}
	if !r.Fragment {
		l.line, l.at = r.Text, r.At
		return l.complete()
	}
	return l.extend(r.Text)
}

// extend puts a fragment to the line that waits for it: the kernel splits an oom-kill line with long cgroup paths. A
// fragment of any other line is of no use here.
func (l *OOMLog) extend(text string) (KernelEvent, error) {
	if !strings.HasPrefix(l.line, contextPrefix) && l.line != forkPrefix && l.line != groupPrefix ||
		len(l.line)+len(text) > largestRecord {
		return nil, nil
	}
	l.line += text
	return l.complete()
}

// complete looks at the line as it is now.
func (l *OOMLog) complete() (KernelEvent, error) {
	group, isGroup := cutGroup(l.line)
	switch {
	case strings.HasPrefix(l.line, contextPrefix):
		return nil, l.addContext()
	case strings.HasPrefix(l.line, forkPrefix) && l.line != forkPrefix:
		return ForkRejected{At: l.at, Cgroup: l.line[len(forkPrefix):]}, nil
	case isGroup:
		l.group = group
		return nil, nil
	case beginsDump(l.line):
		l.memory, l.cause, l.group, l.lines = Opt[Usage]{}, Opt[oomContext]{}, "", []string{l.line}
		return nil, nil
	case strings.HasPrefix(l.line, usagePrefix):
		// A line that begins so and goes on otherwise may begin with the name of a process: it is no fault.
		if usage, ok := parseUsageLine(l.line); ok {
			l.memory = Some(usage)
			l.keep()
		}
		return nil, nil
	default:
		return l.addVictim()
	}
}

// addContext takes the oom-kill line. Without its end it may be waiting for a fragment, which is no fault.
func (l *OOMLog) addContext() error {
	c, err := parseContext(l.line)
	if errors.Is(err, errShort) {
		return nil
	}
	if err != nil {
		return parseError(l.line, err)
	}
	if c.LimitCgroup != "" || c.Ambiguous {
		c.Memory = l.memory
	}
	l.cause = Some(c)
	l.keep()
	return nil
}

// keptLines bounds the lines of a dump that are kept: a kernel prints three before the Killed line.
const keptLines = 4

// keep remembers the line as one that tells of the kill.
func (l *OOMLog) keep() {
	if len(l.lines) < keptLines {
		l.lines = append(l.lines, l.line)
	}
}

// linesOf are the lines of a kill whose Killed line is the present one. What was kept of another victim is not its own.
func (l *OOMLog) linesOf(pid int) string {
	lines := l.lines
	l.lines = nil
	if cause, ok := l.cause.Get(); ok && cause.pid != pid {
		lines = nil
	}
	return strings.Join(append(lines, l.line), "\n")
}

// addVictim takes the Killed line, and passes over every line that is none of ours. The kernel logs the first victim of
// a group a second time when it goes through the members: that one is dropped.
func (l *OOMLog) addVictim() (KernelEvent, error) {
	scope, text, ok := cutVictim(l.line)
	if !ok {
		return nil, nil
	}
	victim, err := parseVictim(text)
	if err != nil {
		return nil, parseError(l.line, err)
	}
	kill := OOMKill{At: l.at, Scope: scope, Victim: victim, Lines: l.linesOf(victim.PID)}
	again := l.group != "" && l.at-l.last <= groupWindow
	switch cause, ok := l.cause.Get(); {
	case again && victim.PID == l.victim:
		return nil, nil
	case again:
		kill.Group = l.group
		cause.VictimCgroup = l.group
		kill.Cause = Opt[OOMCause]{value: cause.OOMCause, ok: ok}
	case ok && cause.pid == victim.PID:
		kill.Cause = Some(cause.OOMCause)
	}
	l.last, l.victim = l.at, victim.PID
	return kill, nil
}

package sources

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"time"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// KernelLog reads the kernel's own account of OOM kills: it alone names the
// victim. It follows the log on a goroutine of its own (Run), from the oldest
// record that the kernel still holds, so that a brink started in the morning
// knows who was killed at night.
type KernelLog struct {
	path   string
	roster *Roster
	waker  *Waker
	clock  Clock

	// tried is closed once it is known whether the log can be read.
	tried chan struct{}

	mu      sync.Mutex
	pending []kernelNotice
	err     error
}

// kernelNotice is a notice about a cgroup. Whose it is may not be known yet: the
// engine's history, which names the containers that are gone, is read at the same
// time as the kernel's.
type kernelNotice struct {
	collectors.Notice
	cgroup, limitCgroup string
	global              bool
	// seen is when it was read.
	seen time.Time
}

const (
	// unclaimedFor is how long a notice waits for somebody to know its cgroup.
	unclaimedFor = 10 * time.Second
	// unclaimedMost bounds how many wait: the ring of a host with many containers
	// may be full of other people's kills.
	unclaimedMost = 1000
)

// Clock gives the wall clock, and the time since boot that the kernel log is
// stamped with.
type Clock struct {
	Now  func() time.Time
	Boot func() (time.Duration, error)
}

// NewKernelLog returns the source that follows the kernel log at path.
func NewKernelLog(path string, roster *Roster, waker *Waker, clock Clock) *KernelLog {
	return &KernelLog{path: path, roster: roster, waker: waker, clock: clock, tried: make(chan struct{}), err: errUntried}
}

// errUntried is before the log was opened. A log that may not be read has then never
// given anything, and is not lost.
var errUntried = errors.New("the kernel log has not been opened yet")

// Name implements [collectors.Source].
func (k *KernelLog) Name() string { return "kernel log" }

// Collect implements [collectors.Source]: it hands over what Run has read about
// the containers that are followed. A first reading waits until Run has found out
// whether the log can be read.
func (k *KernelLog) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	if k.roster.await(ctx, at) {
		select {
		case <-k.tried:
		case <-ctx.Done():
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var part collectors.Part
	var unclaimed []kernelNotice
	for _, notice := range k.pending {
		if k.claim(&notice) {
			part.Notices = append(part.Notices, notice.Notice)
		} else if at.Sub(notice.seen) < unclaimedFor {
			unclaimed = append(unclaimed, notice)
		}
	}
	k.pending = unclaimed
	return part, k.err
}

// claim finds the container of a notice, and whose limit it was.
func (k *KernelLog) claim(notice *kernelNotice) bool {
	var ok bool
	notice.Key, notice.ID, ok = k.roster.keyOfCgroup(notice.cgroup)
	if victim, named := notice.Victim.Get(); ok && named {
		victim.Scope = k.scope(notice)
		notice.Victim = collectors.Some(victim)
	}
	return ok
}

// scope tells whose limit was hit; empty where the kernel did not say. The cgroup
// of the limit is the container's own when it carries the container's id, wherever
// in it the victim was.
func (k *KernelLog) scope(notice *kernelNotice) collectors.OOMScope {
	switch key, _, known := k.roster.keyOfCgroup(notice.limitCgroup); {
	case notice.global:
		return collectors.OOMHost
	case notice.limitCgroup == "":
		return ""
	case known && key == notice.Key:
		return collectors.OOMOwn
	default:
		return collectors.OOMAncestor
	}
}

// Run follows the log until ctx ends. A user who may not read it (the default on
// Debian and Ubuntu, kernel.dmesg_restrict=1) gets the reason from Collect.
func (k *KernelLog) Run(ctx context.Context) {
	select {
	case <-k.roster.Looked():
	case <-ctx.Done():
		return
	}
	err := k.follow(ctx)
	if ctx.Err() == nil {
		k.fare(err)
	}
}

func (k *KernelLog) follow(ctx context.Context) error {
	log, err := hostfs.OpenKmsg(hostfs.KmsgOptions{Path: k.path, FromStart: true})
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New(k.path + " is not there: brink runs in a container without it; OOM kills are seen all the same, but not their victims")
	}
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	k.fare(nil)
	var oom hostfs.OOMLog
	for record, err := range log.Records(ctx) {
		if err != nil {
			if _, malformed := errors.AsType[*hostfs.ParseError](err); malformed {
				continue
			}
			return err
		}
		// A line of a newer kernel that cannot be understood is passed over: the
		// counters and the engine tell of the kill itself.
		event, _ := oom.Add(record)
		k.take(event)
	}
	return errors.New("the kernel log ended")
}

// fare notes how the log fares.
func (k *KernelLog) fare(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if errors.Is(k.err, errUntried) {
		close(k.tried)
	}
	k.err = err
}

// take keeps an event of the kernel until the next reading.
func (k *KernelLog) take(event hostfs.KernelEvent) {
	var notice kernelNotice
	switch event := event.(type) {
	case hostfs.OOMKill:
		notice = k.kill(event)
	case hostfs.ForkRejected:
		notice = kernelNotice{Notice: k.notice(collectors.NoticeKernelForkRefused, event.At), cgroup: event.Cgroup}
	default:
		return
	}
	notice.seen = k.clock.Now()
	k.mu.Lock()
	k.pending = append(k.pending, notice)
	k.pending = k.pending[max(0, len(k.pending)-unclaimedMost):]
	k.mu.Unlock()
	k.waker.Wake()
}

func (k *KernelLog) notice(kind collectors.NoticeKind, sinceBoot time.Duration) collectors.Notice {
	return collectors.Notice{At: k.wall(sinceBoot), Kind: kind}
}

// kill is about the cgroup of the victim, or the one that is killed as a whole.
// Where the kernel did not say which, or said it so that it can be read in two
// ways, the notice fits nobody.
func (k *KernelLog) kill(event hostfs.OOMKill) kernelNotice {
	notice := kernelNotice{Notice: k.notice(collectors.NoticeKernelOOM, event.At), global: event.Scope == hostfs.OOMGlobal}
	notice.cgroup = event.Group
	if cause, ok := event.Cause.Get(); ok {
		notice.cgroup, notice.limitCgroup = cause.VictimCgroup, cause.LimitCgroup
	}
	victim := event.Victim
	notice.Victim = collectors.Some(collectors.Victim{
		PID:  victim.PID,
		Name: collectors.Clean(victim.Comm, nameLength),
		RSS:  collectors.Some(collectors.Bytes(victim.AnonBytes + victim.FileBytes + victim.ShmemBytes)),

		KernelLog: cleanLog(event.Lines),
	})
	return notice
}

// logLine bounds a line of the kernel log: the paths of cgroups in it may be long.
const logLine = 400

// cleanLog cleans lines of the kernel log, in which names stand that a container chose.
func cleanLog(lines string) []string {
	var clean []string
	for line := range strings.Lines(lines) {
		clean = append(clean, collectors.Clean(strings.TrimSuffix(line, "\n"), logLine))
	}
	return clean
}

// recent is how old a record may be to be taken as just written. The clock of
// the kernel log is not corrected by NTP, so for these the moment of reading is
// the better time.
const recent = 2 * time.Second

func (k *KernelLog) wall(sinceBoot time.Duration) time.Time {
	now := k.clock.Now()
	uptime, err := k.clock.Boot()
	if err != nil {
		return now
	}
	age := uptime - sinceBoot
	if age < recent {
		return now
	}
	return now.Add(-age)
}

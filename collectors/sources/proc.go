package sources

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/hostfs"
)

// Proc reads what /proc tells of the containers that run on this host: network,
// the fill of each tmpfs, and the processes. Of a cgroup without an engine it lists
// the processes; whose network and mounts they use nobody says.
type Proc struct {
	proc    hostfs.FS
	places  *Places
	members MemberLister
	kept    map[string]*procState
}

// MemberLister lists the processes of a container's cgroup, the dead ones left
// out, and knows how many of these the last reading counted.
type MemberLister interface {
	Members(key string) ([]int, error)
	Zombies(key string) uint64
}

// procState is what is kept of one container between readings, to be reused.
type procState struct {
	// table holds the mounts of the process tableOf, and is read again at tableDue.
	table    hostfs.MountTable
	tableOf  int
	tableDue time.Time
	mounts   []hostfs.TmpfsMount

	fills     []hostfs.TmpfsFill
	nets      []hostfs.NetInterface
	processes []hostfs.Process
	usage     processUsage
	// list is the process list that was read last, and next when it is due again.
	list []collectors.Process
	next time.Time
	// dead are the zombies that were found last, and search is when they are looked
	// for again. raw is kept for its strings.
	dead   []collectors.Process
	raw    []hostfs.PIDStat
	search time.Time
}

const (
	// processEvery is how often the process list is read: it costs some 25 us a
	// process, more than everything else together, and changes slowly. A longer list
	// is read less often, so that it never costs more than a hundredth of a core.
	processEvery = 2 * time.Second
	processCost  = 2500 * time.Microsecond
	// processMost bounds the list: a reading has less than a second.
	processMost = 4096
	// tableEvery is how often the table of mounts is read, which changes when somebody
	// mounts: it costs as much as the fill of all that it lists. A fill tells itself when
	// its mount has gone (hostfs.ErrMountMoved), and then the table is read at once; a new
	// mount, and for a user who may not look at the fill any change, is seen this late.
	tableEvery = 10 * time.Second
	// tmpfsMost bounds the mounts that are measured: a container that may mount can
	// make a hundred thousand.
	tmpfsMost = 64
)

// NewProc returns the source that reads the proc file system.
func NewProc(proc hostfs.FS, places *Places, members MemberLister) *Proc {
	return &Proc{proc: proc, places: places, members: members, kept: map[string]*procState{}}
}

// Name implements [collectors.Source].
func (p *Proc) Name() string { return "proc" }

// Collect implements [collectors.Source].
func (p *Proc) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	p.places.await(ctx, at)
	var part collectors.Part
	kept := map[string]*procState{}
	for _, who := range p.places.now(at) {
		if !who.bare && !who.PID.Present() {
			continue
		}
		state := p.kept[who.Key]
		if state == nil {
			state = &procState{}
		}
		kept[who.Key] = state
		part.Containers = append(part.Containers, p.container(ctx, who, state, at))
	}
	p.kept = kept
	return part, nil
}

func (p *Proc) container(ctx context.Context, who located, state *procState, at time.Time) collectors.ContainerCounters {
	c := collectors.ContainerCounters{Identity: collectors.Identity{Key: who.Key}}
	if !who.local {
		c.Missing = missingAll(procGroups(), who.why)
		return c
	}
	note := func(group collectors.Group, err error) {
		if err != nil {
			c.Missing = append(c.Missing, missing(group, err.Error()))
		}
	}
	if pid, ok := who.PID.Get(); ok {
		note(collectors.GroupNetwork, p.network(who, pid, state, at, &c))
		note(collectors.GroupTmpfs, p.tmpfs(pid, state, at, &c))
	} else {
		note(collectors.GroupNetwork, errNobodySays)
		note(collectors.GroupTmpfs, errNobodySays)
	}
	note(collectors.GroupProcesses, p.processes(ctx, who, state, at, &c))
	return c
}

// network reads the interfaces of the container's own network namespace.
func (p *Proc) network(who located, pid int, state *procState, at time.Time, into *collectors.ContainerCounters) error {
	if who.borrowedNetwork != "" {
		return errors.New(borrowedWhy(who.resident))
	}
	nets, err := p.proc.NetDev(pid, state.nets)
	state.nets = nets
	if err != nil {
		return unlessGone(err)
	}
	total := hostfs.NetTotal(nets)
	into.Network = collectors.Some(collectors.NetworkCounters{
		At:              at,
		ReceiveBytes:    collectors.Some(total.ReceivedBytes),
		TransmitBytes:   collectors.Some(total.TransmittedBytes),
		ReceiveDropped:  collectors.Some(total.ReceiveDropped),
		TransmitDropped: collectors.Some(total.TransmitDropped),
	})
	return nil
}

// errNobodySays is about a cgroup without an engine.
var errNobodySays = errors.New("no engine says whose network and mounts the processes of this cgroup use")

// borrowedWhy says why the traffic of a container is not told.
func borrowedWhy(who resident) string {
	return "the container uses " + who.borrowedNetwork + ": its traffic cannot be told apart"
}

// tmpfs lists the mounts that any user may see, and their fill as far as it may
// be read.
func (p *Proc) tmpfs(pid int, state *procState, at time.Time, into *collectors.ContainerCounters) error {
	kept := pid == state.tableOf && at.Before(state.tableDue)
	if !kept {
		if err := p.mounts(pid, state, at); err != nil {
			return unlessGone(err)
		}
	}
	measured, err := p.fill(pid, state)
	if kept && slices.ContainsFunc(state.fills, func(f hostfs.TmpfsFill) bool { return f.Err != nil }) {
		if err := p.mounts(pid, state, at); err != nil {
			return unlessGone(err)
		}
		measured, err = p.fill(pid, state)
	}
	if errors.Is(err, hostfs.ErrNoProcess) {
		return nil
	}
	into.Tmpfs = collectors.Some(tmpfsLevels(measured, state.fills, err))
	if err == nil && len(measured) < len(state.mounts) {
		err = fmt.Errorf("of %d mounts only the first %d are measured", len(state.mounts), tmpfsMost)
	}
	return err
}

// mounts reads the table of mounts.
func (p *Proc) mounts(pid int, state *procState, at time.Time) error {
	state.tableOf = 0
	changed, err := state.table.Read(p.proc, pid)
	if err != nil {
		return err
	}
	if changed {
		state.mounts = hostfs.TmpfsMounts(state.table.Mounts())
	}
	state.tableOf, state.tableDue = pid, at.Add(tableEvery)
	return nil
}

// fill measures the mounts that the table has, and returns those that it measures.
func (p *Proc) fill(pid int, state *procState) (measured []hostfs.TmpfsMount, err error) {
	measured = state.mounts[:min(len(state.mounts), tmpfsMost)]
	state.fills, err = p.proc.TmpfsFill(pid, measured, state.fills)
	return measured, err
}

// processes reads the list of processes, now and then.
func (p *Proc) processes(ctx context.Context, who located, state *procState, at time.Time, into *collectors.ContainerCounters) error {
	if at.Before(state.next) {
		into.Processes = collectors.Some(state.list)
		return nil
	}
	pids, err := p.members.Members(who.Key)
	if err != nil {
		return unlessGone(err)
	}
	listed := pids[:min(len(pids), processMost)]
	state.processes, err = p.proc.Processes(listed, state.processes)
	hidden := p.zombies(ctx, who, listed, state, at)
	state.list = processList(state.processes)
	state.usage.take(state.list, state.processes, at)
	state.list = withDead(state.list, state.dead)
	state.next = at.Add(max(processEvery, processCost*time.Duration(len(listed))))
	into.Processes = collectors.Some(state.list)
	if err == nil && len(listed) < len(pids) {
		err = fmt.Errorf("of %d processes only the first %d are listed", len(pids), processMost)
	}
	if err == nil {
		err = hidden
	}
	return err
}

// unlessGone hides the error of a process or a cgroup that ended between two
// reads: the next reading knows.
func unlessGone(err error) error {
	if errors.Is(err, hostfs.ErrNoProcess) || errors.Is(err, cgroupfs.ErrGone) {
		return nil
	}
	return err
}

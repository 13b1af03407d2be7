package sources

import (
	"context"
	"errors"
	"time"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// Proc reads what /proc tells of the containers that run on this host: network,
// the fill of each tmpfs, and the processes.
type Proc struct {
	proc    hostfs.FS
	places  *Places
	members MemberLister
	kept    map[string]*procState
}

// MemberLister lists the processes of a container's cgroup, the dead ones left
// out.
type MemberLister interface {
	Members(key string) ([]int, error)
}

// procState is what is kept of one container between readings, to be reused.
type procState struct {
	table     hostfs.MountTable
	tmpfs     []hostfs.TmpfsMount
	fills     []hostfs.TmpfsFill
	nets      []hostfs.NetInterface
	processes []hostfs.Process
	// list is the process list that was read last, at listed.
	list   []collectors.Process
	listed time.Time
}

// processEvery is how often the process list is read: it costs some 25 us a
// process, more than everything else together, and changes slowly.
const processEvery = 2 * time.Second

// NewProc returns the source that reads the proc file system.
func NewProc(proc hostfs.FS, places *Places, members MemberLister) *Proc {
	return &Proc{proc: proc, places: places, members: members, kept: map[string]*procState{}}
}

// Name implements [collectors.Source].
func (p *Proc) Name() string { return "proc" }

// Collect implements [collectors.Source].
func (p *Proc) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	p.places.await(ctx)
	var part collectors.Part
	kept := map[string]*procState{}
	for _, who := range p.places.now() {
		pid, ok := who.PID.Get()
		if !ok || !who.local {
			continue
		}
		state := p.kept[who.Key]
		if state == nil {
			state = &procState{}
		}
		kept[who.Key] = state
		part.Containers = append(part.Containers, p.container(who, pid, state, at))
	}
	p.kept = kept
	return part, ctx.Err()
}

func (p *Proc) container(who located, pid int, state *procState, at time.Time) collectors.ContainerCounters {
	c := collectors.ContainerCounters{Identity: collectors.Identity{Key: who.Key}}
	missing := func(group collectors.Group, why string) {
		c.Missing = append(c.Missing, collectors.Missing{Group: group, Why: collectors.Clean(why, whyLength)})
	}
	if err := p.network(who, pid, state, at, &c); err != nil {
		missing(collectors.GroupNetwork, err.Error())
	}
	if err := p.tmpfs(pid, state, &c); err != nil {
		missing(collectors.GroupTmpfs, err.Error())
	}
	if err := p.processes(who.Key, state, at, &c); err != nil {
		missing(collectors.GroupProcesses, err.Error())
	}
	return c
}

// network reads the interfaces of the container's own network namespace.
func (p *Proc) network(who located, pid int, state *procState, at time.Time, into *collectors.ContainerCounters) error {
	if who.borrowedNetwork != "" {
		return errors.New("the container uses " + who.borrowedNetwork + ": its traffic cannot be told apart")
	}
	nets, err := p.proc.NetDev(pid, state.nets)
	state.nets = nets
	if err != nil {
		return gone(err)
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

// tmpfs lists the mounts that any user may see, and their fill as far as it may
// be read.
func (p *Proc) tmpfs(pid int, state *procState, into *collectors.ContainerCounters) error {
	changed, err := state.table.Read(p.proc, pid)
	if err != nil {
		return gone(err)
	}
	if changed {
		state.tmpfs = hostfs.TmpfsMounts(state.table.Mounts())
	}
	fills, err := p.proc.TmpfsFill(pid, state.tmpfs, state.fills)
	state.fills = fills
	into.Tmpfs = collectors.Some(tmpfsLevels(state.tmpfs, fills, err))
	return gone(err)
}

func tmpfsLevels(mounts []hostfs.TmpfsMount, fills []hostfs.TmpfsFill, denied error) []collectors.TmpfsLevel {
	levels := make([]collectors.TmpfsLevel, 0, len(mounts))
	for i, mount := range mounts {
		level := collectors.TmpfsLevel{Mount: collectors.Clean(mount.MountPoint, pathLength)}
		if size, ok := mount.Size.Get(); ok {
			level.Size = collectors.Some(collectors.Bytes(size))
		}
		switch {
		case denied != nil:
			level.Why = collectors.Clean(denied.Error(), whyLength)
		case i < len(fills):
			measure(&level, fills[i])
		}
		levels = append(levels, level)
	}
	return levels
}

// measure takes the fill of one mount. Its own statfs knows the size even where
// the mount was made without one.
func measure(level *collectors.TmpfsLevel, fill hostfs.TmpfsFill) {
	if fill.Err != nil {
		level.Why = collectors.Clean(fill.Err.Error(), whyLength)
		return
	}
	if usage, ok := fill.Bytes.Get(); ok {
		level.Used = collectors.Some(collectors.Bytes(usage.Used))
		level.Size = collectors.Some(collectors.Bytes(usage.Limit))
	}
}

// processes reads the list of processes, now and then.
func (p *Proc) processes(key string, state *procState, at time.Time, into *collectors.ContainerCounters) error {
	if at.Sub(state.listed) >= processEvery {
		pids, err := p.members.Members(key)
		if err != nil {
			return gone(err)
		}
		processes, err := p.proc.Processes(pids, state.processes)
		state.processes, state.list, state.listed = processes, processList(processes), at
		if err != nil {
			return err
		}
	}
	into.Processes = collectors.Some(state.list)
	return nil
}

func processList(processes []hostfs.Process) []collectors.Process {
	list := make([]collectors.Process, 0, len(processes))
	for _, process := range processes {
		list = append(list, collectors.Process{
			PID:         process.PID,
			PPID:        process.ParentPID,
			Name:        collectors.Clean(process.Comm, nameLength),
			State:       process.State.String(),
			Threads:     collectors.Some(process.Threads),
			RSS:         collectors.Some(collectors.Bytes(process.RSSBytes)),
			CPU:         collectors.Some(collectors.Seconds(process.User + process.System)),
			OOMScoreAdj: collectors.Some(process.OOMScoreAdj),
		})
	}
	return list
}

// gone hides the error of a process that ended between two reads: the next
// reading knows.
func gone(err error) error {
	if errors.Is(err, hostfs.ErrNoProcess) {
		return nil
	}
	return err
}

// whyLength bounds the reasons that are shown.
const whyLength = 200

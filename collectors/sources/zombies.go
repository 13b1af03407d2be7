package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"brink/collectors"
	"brink/collectors/hostfs"
)

const (
	// zombieEvery is how often zombies are looked for, and zombiePatience how long:
	// every process of the host has to be looked at, some 9 us each. Together they
	// are a hundredth of a core at most, and only while there are zombies.
	zombieEvery    = 10 * time.Second
	zombiePatience = 100 * time.Millisecond
)

// zombies looks for the dead processes that the container's cgroup counts and does
// not list, so that a person sees who does not reap them. Its error says why not all
// of them were found.
func (p *Proc) zombies(ctx context.Context, who located, pids []int, state *procState, at time.Time) error {
	if p.members.Zombies(who.Key) == 0 {
		state.dead = nil
		return nil
	}
	if at.Before(state.search) {
		return nil
	}
	state.search = at.Add(zombieEvery)
	ctx, cancel := context.WithTimeout(ctx, zombiePatience)
	defer cancel()
	var err error
	state.raw, err = p.proc.Zombies(ctx, p.cgroupOf(who, pids), state.raw)
	state.dead = deadList(state.raw)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("not all zombies are listed: the host has more processes than can be looked at in %v", zombiePatience)
	}
	return err
}

// cgroupOf is the container's cgroup as /proc names it, which is not as it is named
// below the mount when brink has a cgroup namespace of its own.
func (p *Proc) cgroupOf(who located, pids []int) hostfs.CgroupPath {
	if len(pids) > 0 {
		membership, _ := p.proc.Cgroup(pids[0])
		v2, _ := membership.V2.Get()
		if dir, ok := cutAtID(v2.Path, who.ID); ok {
			return hostfs.CgroupPath{Path: dir, Above: v2.Above}
		}
	}
	return hostfs.CgroupPath{Path: who.path}
}

func deadList(zombies []hostfs.PIDStat) []collectors.Process {
	list := make([]collectors.Process, 0, len(zombies))
	for _, zombie := range zombies[:min(len(zombies), processMost)] {
		list = append(list, collectors.Process{
			PID:     zombie.PID,
			PPID:    zombie.ParentPID,
			Name:    collectors.Clean(zombie.Comm, nameLength),
			State:   zombie.State.String(),
			Threads: collectors.Some(zombie.Threads),
			RSS:     collectors.Some(collectors.Bytes(0)),
			CPU:     collectors.Some(collectors.Seconds(zombie.User + zombie.System)),
		})
	}
	return list
}

// withDead puts the zombies behind the living. One that is still listed as living, or
// whose number is another process's by now, is not told twice.
func withDead(living, dead []collectors.Process) []collectors.Process {
	if len(dead) == 0 {
		return living
	}
	listed := make(map[int]bool, len(living))
	for _, process := range living {
		listed[process.PID] = true
	}
	for _, zombie := range dead {
		if !listed[zombie.PID] {
			living = append(living, zombie)
		}
	}
	return living
}

package sources

import (
	"context"
	"errors"
	"sync"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
)

// Cgroup reads the cgroup v2 files of every container that has them on this host.
// It is the first source of trust: what it reads is what the kernel enforces.
type Cgroup struct {
	fs     cgroupfs.FS
	places *Places
	waker  *Waker
	// watcher is nil where the user's inotify instances are used up; then the
	// slots find what happened.
	watcher *cgroupfs.Watcher

	mu   sync.Mutex
	open map[string]*openGroup
}

// openGroup is a cgroup that is held open, with what is kept between readings.
type openGroup struct {
	group *cgroupfs.Group
	stat  cgroupfs.Stat
	// probe is what a change was looked at with, between two readings.
	probe cgroupfs.Stat
	// verified says why values are missing for good in this cgroup.
	verified []collectors.Missing

	ancestors   []cgroupfs.Ceiling
	ancestorsAt time.Time
	tasks       cgroupfs.Tasks
	tasksAt     time.Time
}

const (
	// ancestorsEvery is how often the limits above a container are read: slices
	// are changed by hand and seldom.
	ancestorsEvery = 5 * time.Second
	// tasksEvery keeps wake-ups from listing the tasks again: the kernel makes that
	// list under a lock of the whole host.
	tasksEvery = 800 * time.Millisecond
)

// NewCgroup returns the source that reads the hierarchy. Without a watcher (nil)
// it cannot wake anybody.
func NewCgroup(fs cgroupfs.FS, places *Places, waker *Waker, watcher *cgroupfs.Watcher) *Cgroup {
	return &Cgroup{fs: fs, places: places, waker: waker, watcher: watcher, open: map[string]*openGroup{}}
}

// Name implements [collectors.Source].
func (c *Cgroup) Name() string { return "cgroup" }

// Collect implements [collectors.Source].
func (c *Cgroup) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	c.places.await(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	var part collectors.Part
	var faults []error
	present := map[string]bool{}
	for _, who := range c.places.now() {
		present[who.Key] = true
		container, err := c.container(who, at)
		part.Containers = append(part.Containers, container)
		faults = append(faults, err)
	}
	c.closeOthers(present)
	return part, errors.Join(append(faults, ctx.Err())...)
}

// container reads one container. A container that cannot be read tells why.
func (c *Cgroup) container(who located, at time.Time) (collectors.ContainerCounters, error) {
	counters := collectors.ContainerCounters{Identity: collectors.Identity{Key: who.Key, CgroupPath: who.path}}
	if who.bare {
		counters.Identity = who.Identity
	}
	if who.path == "" {
		c.close(who.Key)
		if who.State.Alive() {
			counters.Missing = everyGroup(who.why)
		}
		return counters, nil
	}
	err := c.read(who, at, &counters)
	if errors.Is(err, cgroupfs.ErrGone) {
		c.close(who.Key)
		return c.vanished(who, counters)
	}
	if who.bare {
		counters.State = collectors.StateRunning
	}
	return counters, err
}

// vanished is a container whose cgroup is not there: a bare cgroup is then gone,
// and of a container the engine tells what became of it.
func (c *Cgroup) vanished(who located, counters collectors.ContainerCounters) (collectors.ContainerCounters, error) {
	if who.bare {
		counters.State = collectors.StateGone
		counters.Missing = everyGroup("there is no cgroup " + who.path + " below " + c.fs.Root())
		return counters, nil
	}
	counters.CgroupPath = ""
	counters.Missing = everyGroup("its cgroup is gone: the container just ended")
	return counters, nil
}

// read fills counters. A held group whose cgroup is gone may have been made anew
// at the same path, as at every restart: it is opened once more.
func (c *Cgroup) read(who located, at time.Time, counters *collectors.ContainerCounters) error {
	held, err := c.hold(who)
	if err != nil {
		return c.denied(err, counters)
	}
	err = held.group.Read(&held.stat)
	if errors.Is(err, cgroupfs.ErrGone) {
		last := held.stat
		c.close(who.Key)
		if held, err = c.hold(who); err != nil {
			salvage(last, counters)
			return err
		}
		err = held.group.Read(&held.stat)
	}
	if errors.Is(err, cgroupfs.ErrGone) {
		return err
	}
	held.refresh(at)
	held.fill(counters, at)
	counters.Missing = append(counters.Missing, faultsMissing(err)...)
	return nil
}

// denied tells of a cgroup that is there and cannot be opened.
func (c *Cgroup) denied(err error, counters *collectors.ContainerCounters) error {
	if errors.Is(err, cgroupfs.ErrGone) {
		return err
	}
	counters.Missing = everyGroup(err.Error())
	return err
}

// hold returns the open group of a container, and opens it when it is not held or
// has moved.
func (c *Cgroup) hold(who located) (*openGroup, error) {
	if held := c.open[who.Key]; held != nil {
		if held.group.Path() == who.path {
			return held, nil
		}
		c.close(who.Key)
	}
	group, err := c.fs.Open(who.path)
	if err != nil {
		return nil, err
	}
	held := &openGroup{group: group, verified: verify(group)}
	c.open[who.Key] = held
	if c.watcher != nil {
		// What cannot be watched is read at every slot all the same.
		_ = c.watcher.Add(group)
	}
	return held, nil
}

// close lets go of a container's group. Its watches end with it.
func (c *Cgroup) close(key string) {
	if held := c.open[key]; held != nil {
		held.group.Close()
		delete(c.open, key)
	}
}

func (c *Cgroup) closeOthers(present map[string]bool) {
	for key := range c.open {
		if !present[key] {
			c.close(key)
		}
	}
}

// Close lets go of everything.
func (c *Cgroup) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closeOthers(nil)
	return nil
}

// Members implements [MemberLister].
func (c *Cgroup) Members(key string) ([]int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.open[key]
	if held == nil {
		return nil, errors.New("its cgroup is not open, which lists the processes")
	}
	return held.group.Procs(nil)
}

// refresh reads what does not change at every reading. What fails is absent
// until the next time.
func (g *openGroup) refresh(at time.Time) {
	if at.Sub(g.ancestorsAt) >= ancestorsEvery {
		g.ancestors, _ = g.group.Ancestors()
		g.ancestorsAt = at
	}
	if at.Sub(g.tasksAt) >= tasksEvery {
		g.tasks, _ = g.group.Tasks()
		g.tasksAt = at
	}
}

// everyGroup says of all that this source reads why it is missing.
func everyGroup(why string) []collectors.Missing {
	why = collectors.Clean(why, whyLength)
	var missing []collectors.Missing
	for _, group := range []collectors.Group{
		collectors.GroupMemory, collectors.GroupCPU, collectors.GroupPids, collectors.GroupPressure, collectors.GroupIO,
	} {
		missing = append(missing, collectors.Missing{Group: group, Why: why})
	}
	return missing
}

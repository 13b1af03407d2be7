package sources

import (
	"context"
	"errors"
	"slices"
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

// NewCgroup returns the source that reads the hierarchy. Without a watcher (nil)
// it cannot wake anybody.
func NewCgroup(fs cgroupfs.FS, places *Places, waker *Waker, watcher *cgroupfs.Watcher) *Cgroup {
	return &Cgroup{fs: fs, places: places, waker: waker, watcher: watcher, open: map[string]*openGroup{}}
}

// Name implements [collectors.Source].
func (c *Cgroup) Name() string { return "cgroup" }

// Collect implements [collectors.Source]. Its error says that no cgroup at all
// could be read; of a single one the container's Missing tells.
func (c *Cgroup) Collect(ctx context.Context, at time.Time) (collectors.Part, error) {
	c.places.await(ctx, at)
	c.mu.Lock()
	defer c.mu.Unlock()
	var part collectors.Part
	var faults []error
	present := map[string]bool{}
	for _, who := range c.places.now(at) {
		present[who.Key] = true
		container, err := c.container(who, at)
		part.Containers = append(part.Containers, container)
		faults = append(faults, err)
	}
	c.closeOthers(present)
	return part, allFailed(faults)
}

// allFailed is the error of a source that reads several containers: nil as soon as
// one of them could be read, for what is wrong with the others is told with them.
func allFailed(faults []error) error {
	if slices.Contains(faults, nil) {
		return nil
	}
	return errors.Join(faults...)
}

// container reads one container. One that cannot be read tells why, and is an error
// when its cgroup is there.
func (c *Cgroup) container(who located, at time.Time) (collectors.ContainerCounters, error) {
	counters := collectors.ContainerCounters{
		Identity: collectors.Identity{Key: who.Key, CgroupPath: collectors.Clean(who.path, pathLength)},
	}
	if who.bare {
		counters.Identity = who.Identity
		// What can be said of one whose cgroup.events cannot be read, as the root's.
		counters.State = collectors.StateRunning
	}
	if who.path == "" {
		c.close(who.Key)
		unplaced(who, &counters)
		return counters, nil
	}
	err := c.read(who, at, &counters)
	if errors.Is(err, cgroupfs.ErrGone) {
		c.close(who.Key)
		c.vanished(who, &counters)
		return counters, nil
	}
	return counters, err
}

// unplaced tells of a container whose cgroup is nowhere on this host.
func unplaced(who located, counters *collectors.ContainerCounters) {
	if who.bare {
		counters.State = collectors.StateGone
	}
	if who.bare || who.State.Alive() {
		counters.Missing = missingAll(fileGroups(), who.why)
	}
}

// vanished tells of a container whose cgroup is not there: a bare cgroup is then
// gone, and of a container the engine tells what became of it.
func (c *Cgroup) vanished(who located, counters *collectors.ContainerCounters) {
	if who.bare {
		counters.State = collectors.StateGone
		counters.Missing = missingAll(fileGroups(), "there is no cgroup "+who.path+" below "+c.fs.Root())
		return
	}
	counters.CgroupPath = ""
	counters.Missing = missingAll(fileGroups(), "its cgroup is gone: the container just ended")
}

// read fills counters. A held group whose cgroup is gone may have been made anew
// at the same path, as at every restart: it is opened once more.
func (c *Cgroup) read(who located, at time.Time, counters *collectors.ContainerCounters) error {
	held, err := c.hold(who)
	if err != nil {
		return denied(err, counters)
	}
	err = held.group.Read(&held.stat)
	if errors.Is(err, cgroupfs.ErrGone) {
		c.close(who.Key)
		before := held
		if held, err = c.hold(who); err != nil {
			before.salvage(counters)
			return denied(err, counters)
		}
		err = held.group.Read(&held.stat)
	}
	if errors.Is(err, cgroupfs.ErrGone) {
		return err
	}
	held.refresh(at)
	held.fill(counters, at, err)
	if who.bare {
		held.judge(counters)
	}
	return nil
}

// denied tells of a cgroup that is there and cannot be opened.
func denied(err error, counters *collectors.ContainerCounters) error {
	if !errors.Is(err, cgroupfs.ErrGone) {
		counters.Missing = missingAll(fileGroups(), err.Error())
	}
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
	held := &openGroup{group: group}
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
	who, ok := c.places.of(key)
	if !ok || who.path == "" {
		return nil, errors.New("its cgroup, which lists them, is not to be read: " + who.why)
	}
	held, err := c.hold(who)
	if err != nil {
		return nil, err
	}
	return held.group.Procs(nil)
}

// Zombies implements [MemberLister].
func (c *Cgroup) Zombies(key string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held := c.open[key]; held != nil {
		return held.zombies.Or(0)
	}
	return 0
}

package sources

import (
	"context"

	"brink/collectors/cgroupfs"
)

// Run wakes the sampler when the kernel announces something that a person should
// see at once: a kill, a refused fork, the end of the container. It ends with ctx.
func (c *Cgroup) Run(ctx context.Context) {
	if c.watcher == nil {
		return
	}
	var changes []cgroupfs.Change
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.watcher.Wake():
		}
		changes = c.watcher.Take(changes[:0])
		if c.tells(changes) {
			c.waker.Wake()
		}
	}
}

// tells reports whether any of the changes is worth a reading. memory.events
// changes by the thousand when a container works at its limit with much page
// cache, all of it counts of max: that can wait for the slot.
func (c *Cgroup) tells(changes []cgroupfs.Change) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, change := range changes {
		for _, held := range c.open {
			if held.group == change.Group && held.tells(change.Files) {
				return true
			}
		}
	}
	return false
}

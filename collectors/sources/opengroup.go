package sources

import (
	"errors"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
)

// openGroup is a cgroup that is held open, with what is kept between readings.
type openGroup struct {
	group *cgroupfs.Group
	stat  cgroupfs.Stat
	// probe is what was read beside the readings: to look at a change, or to count
	// the zombies.
	probe cgroupfs.Stat
	// lastWords says that the cgroup was gone when probe was read, which then holds
	// the last counts that anybody will see.
	lastWords bool

	// ancestors and lacking (why values are missing for as long as the controllers
	// stay as they are) are those of slowAt.
	ancestors []cgroupfs.Ceiling
	lacking   []collectors.Missing
	slowAt    time.Time
	// tasks and zombies are those of tasksAt.
	tasks   cgroupfs.Tasks
	zombies collectors.Opt[uint64]
	tasksAt time.Time
}

const (
	// slowEvery is how often the limits above a container and its controllers are
	// read: slices are changed by hand and seldom.
	slowEvery = 10 * time.Second
	// tasksEvery keeps wake-ups from listing the tasks again: the kernel makes that
	// list under a lock of the whole host.
	tasksEvery = 800 * time.Millisecond
)

// refresh reads what is not read each time. What fails is absent until the next
// time.
func (g *openGroup) refresh(at time.Time) {
	if at.Sub(g.slowAt) >= slowEvery {
		g.ancestors, _ = g.group.Ancestors()
		g.lacking = verify(g.group)
		g.slowAt = at
	}
	if at.Sub(g.tasksAt) >= tasksEvery {
		g.countTasks()
		g.tasksAt = at
	}
}

// countTasks counts the living tasks and the zombies: what pids.current counts and
// cgroup.threads does not list. The two are read one after the other, and a tree
// of processes that grows or shrinks meanwhile must not look like zombies: those
// that are there before the list is made and after it are some.
func (g *openGroup) countTasks() {
	g.tasks, _ = g.group.Tasks()
	g.zombies = collectors.Opt[uint64]{}
	current, charged := g.stat.Pids.Current.Get()
	threads, listed := g.tasks.Threads.Get()
	if !charged || !listed {
		return
	}
	if current > threads {
		g.look()
		after, _ := g.probe.Pids.Current.Get()
		current = min(current, after)
	}
	g.zombies = collectors.Some(uint64(current - min(current, threads)))
}

// threads is how many tasks live: those that are charged now without the zombies,
// whose number changes slowly. The list of threads itself may be from before a
// burst of forks that pids.current counts already.
func (g *openGroup) threads() collectors.Opt[uint64] {
	current, charged := g.stat.Pids.Current.Get()
	zombies, counted := g.zombies.Get()
	if !charged || !counted {
		return count(g.tasks.Threads)
	}
	return collectors.Some(uint64(current) - min(uint64(current), zombies))
}

// processes is how many of the tasks are processes, never more than threads.
func (g *openGroup) processes() collectors.Opt[uint64] {
	listed, ok := g.tasks.Processes.Get()
	if !ok {
		return collectors.Opt[uint64]{}
	}
	return collectors.Some(min(uint64(listed), g.threads().Or(uint64(listed))))
}

// tells looks at the counters without taking the place of a reading.
func (g *openGroup) tells(files cgroupfs.FileSet) bool {
	if files.Has(cgroupfs.FileCgroupEvents) {
		return true
	}
	if g.look(); g.lastWords {
		return true
	}
	return g.probe.MemoryEvents.OOMKill != g.stat.MemoryEvents.OOMKill ||
		g.probe.MemoryEvents.OOM != g.stat.MemoryEvents.OOM ||
		g.probe.Pids.Events.Max != g.stat.Pids.Events.Max
}

// look reads the files beside the readings. Faults of single files are for the next
// reading to tell.
func (g *openGroup) look() {
	if errors.Is(g.group.Read(&g.probe), cgroupfs.ErrGone) {
		g.lastWords = true
	}
}

// judge tells how a cgroup without an engine fares, from its cgroup.events. Nothing
// else would tell that its processes have ended: its directory may stay for ever.
func (g *openGroup) judge(into *collectors.ContainerCounters) {
	if populated, ok := g.stat.Events.Populated.Get(); ok && !populated {
		into.State = collectors.StateGone
		into.Missing = append(into.Missing, missing(collectors.GroupState, "no process lives in this cgroup"))
		return
	}
	if frozen, ok := g.stat.Events.Frozen.Get(); ok && frozen {
		into.State = collectors.StatePaused
	}
}

// salvage takes the counts of events that the cgroup still gave while it vanished:
// nobody can read them afterwards.
func (g *openGroup) salvage(into *collectors.ContainerCounters) {
	last := &g.stat
	if g.lastWords {
		last = &g.probe
	}
	if events := memoryEvents(last); events.OOMKill.Present() {
		into.Incarnation = collectors.Incarnation(g.group.Incarnation())
		into.Memory = collectors.Some(collectors.MemoryLevels{Events: events})
	}
}

package report

import (
	"cmp"
	"slices"

	"brink/alerts"
	"brink/collectors"
)

// account is what is kept of one container, by its name.
type account struct {
	name string
	// id, image, state and health are those of the latest sample that had them.
	id, image string
	state     collectors.State
	health    collectors.Health
	// last is the number of the slot of its latest sample, zero while there was none.
	last uint64

	uptime   uptime
	near     nearness
	usage    usage
	limits   limits
	minute   minute
	kills    kills
	oomKills tally
	hits     tally
	refused  tally
	// refusedAt is the highest pids limit that refused a fork.
	refusedAt collectors.Opt[uint64]
	// checks are the verdicts of the health check, drifts those of the audit.
	checks, drifts verdicts
	// heard says that there were events since the sample before.
	heard   bool
	missing map[collectors.Group]string
}

// usage is how much was used of what.
type usage struct {
	unreclaimable, current, cores, tasks level
	memoryPeak, pidsPeak                 watermark
	throttling                           throttling
	pressures                            pressures
	mounts                               []mount
}

// mount is one tmpfs.
type mount struct {
	path string
	used level
	why  string
}

// hear takes what happened, before the sample of the same snapshot.
func (a *account) hear(event collectors.Event) {
	a.uptime.hear(event)
	a.heard = true
	switch event.Kind {
	case collectors.EventOOMKill:
		a.kills.hear(event, a.limits.now.Memory, &a.minute)
		a.oomKills.hear(event)
	case collectors.EventLimitHit:
		a.hits.hear(event)
	case collectors.EventForkRefused:
		a.refused.hear(event)
		a.refusedUnder(a.limits.now.Pids)
	case collectors.EventHealth:
		a.checks.hear(event)
	case collectors.EventHardeningLost, collectors.EventHardeningBack:
		a.drifts.hear(event)
	default:
		// The ends and the starts, of which the uptime has been told.
	}
}

// refusedUnder notes the limit that refused a fork.
func (a *account) refusedUnder(limit collectors.Limit[uint64]) {
	if higher(a.refusedAt, limit.Value()) {
		a.refusedAt = limit.Value()
	}
}

// place gives what was heard with the first sample of all the limits of that sample:
// none was known before.
func (a *account) place() {
	if a.heard {
		a.kills.place(a.limits.now.Memory)
		if a.refused.sum > 0 && !a.refusedAt.Present() {
			a.refusedUnder(a.limits.now.Pids)
		}
	}
	a.heard = false
}

// add takes the sample at the end of a slot. Where there was none at its beginning,
// the slot tells nothing of the container.
func (a *account) add(sample *collectors.ContainerSample, s slot) {
	held := s
	if a.last == 0 || a.last+1 != s.number {
		held.length = 0
	}
	if held.length == 0 && !a.uptime.wasDown() {
		a.uptime.unknown += s.length
		a.uptime.add(sample, held)
	} else {
		a.uptime.add(sample, s)
	}
	a.last = s.number
	a.identify(sample)
	a.limits.add(sample, s.to)
	a.place()
	a.usage.add(sample, held)
	a.near.add(alerts.Sample{ContainerSample: *sample, At: s.to}, held.length)
	a.minute.add(sample, s.to)
	a.miss(sample)
}

func (a *account) identify(sample *collectors.ContainerSample) {
	a.id, a.image = cmp.Or(sample.ID, a.id), cmp.Or(sample.Image, a.image)
	a.state, a.health = sample.State, sample.Health
}

// miss notes why groups are missing. Only a container that runs should have them.
func (a *account) miss(sample *collectors.ContainerSample) {
	if !sample.State.Alive() {
		return
	}
	for i := range sample.Sources {
		for _, missing := range sample.Sources[i].Missing {
			if a.missing == nil {
				a.missing = map[collectors.Group]string{}
			}
			a.missing[missing.Group] = missing.Why
		}
	}
}

func (u *usage) add(sample *collectors.ContainerSample, s slot) {
	life := lifeOf(sample)
	u.unreclaimable.add(wholeBytes(sample.Memory.Unreclaimable), s)
	u.current.add(wholeBytes(sample.Memory.Current), s)
	u.tasks.add(sample.Pids.Current, s)
	u.memoryPeak.add(wholeBytes(sample.Memory.Peak), sample.StartedAt, s.from)
	u.pidsPeak.add(sample.Pids.Peak, sample.StartedAt, s.from)
	// Rates over a gap are averages of a time that was not recorded.
	if s.length > 0 {
		u.cores.add(wholeCores(sample.CPU.Cores), s)
	}
	u.throttling.add(&sample.CPU, life, s)
	u.pressures.add(&sample.Pressure, s.to)
	for i := range sample.Tmpfs {
		u.mount(&sample.Tmpfs[i], s)
	}
}

func (u *usage) mount(sample *collectors.TmpfsSample, s slot) {
	at := slices.IndexFunc(u.mounts, func(m mount) bool { return m.path == sample.Mount })
	if at < 0 {
		if len(u.mounts) >= mountsKept {
			return
		}
		at = len(u.mounts)
		u.mounts = append(u.mounts, mount{path: sample.Mount})
	}
	u.mounts[at].used.add(wholeBytes(sample.Used), s)
	u.mounts[at].why = sample.Why
}

// story is the result.
func (a *account) story() Container {
	c := Container{
		Name: name(a.name), ID: name(a.id), Image: image(a.image),
		State: word(a.state), Health: word(a.health),
		Limits: a.limits.inForce(), LimitChanges: a.limits.changes.all(), LimitChangeCount: a.limits.changes.count,
		Availability: a.uptime.story(), OOM: a.kills.story(a.oomKills.sum), Near: a.near.story(),
		Pressure:      a.usage.pressures.story(),
		HealthChanges: a.checks.health(), HealthChangeCount: a.checks.count,
		HardeningChanges: a.drifts.hardening(), HardeningChangeCount: a.drifts.count,
	}
	c.Memory, c.CPU, c.Pids, c.Tmpfs = a.memory(), a.cpu(), a.pids(), a.tmpfs()
	c.NotMeasured = a.notMeasured(&c)
	return c
}

func (a *account) memory() MemoryStory {
	story := MemoryStory{
		Unreclaimable: levelsOf(&a.usage.unreclaimable, asBytes),
		Current:       levelsOf(&a.usage.current, asBytes),
		LimitHits:     a.hits.sum,
	}
	if peak, ok := a.usage.memoryPeak.top.Get(); ok {
		story.Peak = collectors.Some(collectors.Bytes(peak))
	}
	story.Need = a.memoryNeed(&story)
	return story
}

func (a *account) cpu() CPUStory {
	story := CPUStory{Cores: levelsOf(&a.usage.cores, asCores)}
	a.usage.throttling.tell(&story)
	story.Need = a.cpuNeed(&story)
	return story
}

func (a *account) pids() PidsStory {
	story := PidsStory{Tasks: levelsOf(&a.usage.tasks, asCount), Peak: a.usage.pidsPeak.top, Refused: a.refused.sum}
	story.Need = a.pidsNeed(&story)
	return story
}

func (a *account) tmpfs() []TmpfsStory {
	var list []TmpfsStory
	for i := range a.usage.mounts {
		m := &a.usage.mounts[i]
		story := TmpfsStory{Mount: name(m.path), Used: levelsOf(&m.used, asBytes)}
		story.Need = a.tmpfsNeed(m, &story)
		if !m.used.seen() {
			story.Why = reason(m.why)
		}
		list = append(list, story)
	}
	return list
}

// notMeasured lists the groups that the range does not have at all. Nobody misses
// them of a container that never ran.
func (a *account) notMeasured(c *Container) []NotMeasured {
	var list []NotMeasured
	if c.Availability.Running == 0 {
		return nil
	}
	for _, group := range []struct {
		name collectors.Group
		seen bool
	}{
		{collectors.GroupMemory, a.usage.unreclaimable.seen()},
		{collectors.GroupCPU, a.usage.cores.seen()},
		{collectors.GroupPids, a.usage.tasks.seen()},
		{collectors.GroupPressure, len(c.Pressure) > 0},
		{collectors.GroupTmpfs, slices.ContainsFunc(a.usage.mounts, func(m mount) bool { return m.used.seen() })},
		{collectors.GroupKernelLog, a.missing[collectors.GroupKernelLog] == ""},
	} {
		why := a.missing[group.name]
		// A container without a tmpfs misses none.
		if !group.seen && (why != "" || group.name != collectors.GroupTmpfs) {
			list = append(list, NotMeasured{Group: group.name, Why: reason(why)})
		}
	}
	return list
}

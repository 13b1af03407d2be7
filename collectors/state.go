package collectors

import "time"

// identity compares what the engine's state says with what the notices have
// told, and tells what nobody reported: while brink or the engine was away, or
// for a bare cgroup, which has no engine.
func (l *Ledger) identity(c ContainerCounters, at time.Time) {
	life := l.life(c.Key)
	life.depart(at)
	life.shown = Some(c.ID)
	l.verdict(life, c)
	if life.outdates(c) {
		return
	}
	if !life.met {
		l.meet(life, c, at)
	}
	l.unreported(life, c, at)
	life.seen.state, life.seen.health = c.State, c.Health
}

// outdates reports whether the state was asked for before something that a notice
// has told since: the engine's events and its state come over two connections.
func (life *life) outdates(c ContainerCounters) bool {
	started, dated := c.StartedAt.Get()
	if !dated || !life.met {
		return false
	}
	if life.id != "" && c.ID != life.id {
		return !started.After(life.started)
	}
	if !started.After(life.death.at) && (c.State.Alive() || !life.death.open) {
		return true
	}
	return !life.former.IsZero() && !started.After(life.former)
}

// meet takes a container that was not seen before. That it is there is no event,
// unless it came after brink. What is known of its start counts as told by a
// notice; its end is then inferred, since a notice may yet tell why. (A container
// that is already dead is told with its exit code, because this is what a person
// opens brink for.)
func (l *Ledger) meet(life *life, c ContainerCounters, at time.Time) {
	started, dated := c.StartedAt.Get()
	if c.State.Alive() && l.cameAfter(c, at) {
		l.beginUnreported(life, c, at)
	} else {
		life.met, life.id, life.running = true, c.ID, dated || c.State.Alive()
		life.started, life.stated = started, started
	}
	life.paused, life.health = c.State == StatePaused, c.Health
	life.seen.state, life.seen.health = c.State, c.Health
	if dated {
		life.opened = started
	}
	life.draft = life.chapter
}

// cameAfter reports whether the container began after the ledger did.
func (l *Ledger) cameAfter(c ContainerCounters, at time.Time) bool {
	if started, ok := c.StartedAt.Get(); ok {
		return started.After(l.began)
	}
	return !l.looked.IsZero() && at.After(l.looked)
}

func (l *Ledger) unreported(life *life, c ContainerCounters, at time.Time) {
	if life.isNew(c) {
		l.beginUnreported(life, c, at)
	}
	life.adopt(c)
	if life.running && c.ended(life.started) {
		l.dieUnseen(life, c, at)
	}
	if c.State != life.seen.state {
		if event, ok := life.setPaused(c.Identity, at, c.State == StatePaused); ok {
			l.infer(life, at, event, false)
		}
	}
	if c.Health != life.seen.health {
		if event, ok := life.setHealth(c.Identity, at, c.Health); ok {
			l.infer(life, at, event, false)
		}
	}
}

// isNew reports whether the state tells of a start that no notice told.
func (life *life) isNew(c ContainerCounters) bool {
	started, dated := c.StartedAt.Get()
	switch {
	case c.ID == "":
		return c.State.Alive() && (!life.running || life.moved(c.Incarnation))
	case !dated || c.State == StateCreated:
		return false
	case c.ID != life.id && life.id != "":
		return true
	case life.death.open && !started.After(life.death.at):
		return false
	case life.stated.IsZero():
		return started.Sub(life.started) > slack
	default:
		return started.After(life.stated)
	}
}

// adopt takes from the state what the notices leave open.
func (life *life) adopt(c ContainerCounters) {
	life.gone = false
	if life.id == "" {
		life.id = c.ID
	}
	if started, dated := c.StartedAt.Get(); dated && life.stated.IsZero() && c.ID == life.id {
		life.stated = started
	}
}

// beginUnreported tells of a start that no notice told. Without a time in the
// state, it is when it was seen.
func (l *Ledger) beginUnreported(life *life, c ContainerCounters, at time.Time) {
	started := c.StartedAt.Or(at)
	event := life.opening(c.Identity, started)
	if event.Cause == CauseUnseen && life.oomBefore(started) {
		event.Detail = afterOOM
	}
	told := l.infer(life, at, event, c.StartedAt.Present())
	l.begin(life, c.Identity, told, started)
	life.stated = c.StartedAt.Or(time.Time{})
}

// ended reports whether the state tells of an end after the given start. A state
// that was asked for before the start must not be taken for a death.
func (c ContainerCounters) ended(started time.Time) bool {
	switch c.State {
	case StateExited, StateDead, StateRestarting:
		return c.FinishedAt.Or(time.Time{}).After(started)
	case StateGone:
		return true
	default:
		return false
	}
}

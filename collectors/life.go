package collectors

import "time"

// life is what the ledger knows of one container by name: the present life, the
// requests to end it, and its last death.
type life struct {
	// met says that the container was seen to exist; gone that it does no more.
	met, gone bool
	id        string
	started   time.Time
	// startSeq is the event that told of the start, inferred from the engine's
	// state rather than from its start event while startInferred.
	startSeq      uint64
	startInferred bool
	running       bool
	paused        bool
	health        Health
	// seen is what the engine's state said in the reading before; unknown until a
	// reading held the container.
	seen struct {
		state  State
		health Health
	}
	ask   ask
	death death
	// ooms are the latest OOM events, oldest first.
	ooms        []oomRecord
	incarnation Incarnation
	tally       Opt[tally]
	runs        map[EventKind]run
}

// slack is how far the engine's own two accounts of one moment (the event, and
// the time in its state) may lie apart on a busy host.
const slack = 2 * time.Second

// notice takes one report of the engine or of the kernel.
func (l *Ledger) notice(n Notice) {
	life := l.life(n.Key)
	switch n.Kind {
	case NoticeStart:
		l.start(life, n)
	case NoticeDie:
		l.die(life, n)
	case NoticeKill:
		life.ask.signal(n)
	case NoticeStop:
		l.stopped(life, n)
	case NoticeOOM:
		l.oom(life, n.identity(), oomEvidence{at: n.At, witness: witnessEngine, count: 1})
	case NoticeKernelOOM:
		l.oom(life, n.identity(), oomEvidence{at: n.At, witness: witnessKernel, count: 1, victim: n.Victim})
	case NoticeKernelForkRefused:
		l.kernelForkRefused(life, n)
	case NoticePause:
		l.setPaused(life, n.identity(), n.At, true)
	case NoticeUnpause:
		l.setPaused(life, n.identity(), n.At, false)
	case NoticeHealth:
		l.setHealth(life, n.identity(), n.At, n.Health)
	case NoticeCreate, NoticeDestroy, NoticeRestart:
		// What follows (start), or the missing answer to the name, tells these.
	}
}

func (n Notice) identity() Identity { return Identity{Key: n.Key, ID: n.ID} }

// start opens a new life. If the engine's state told of it first, the event that
// was inferred from it stands.
func (l *Ledger) start(life *life, n Notice) {
	if life.startInferred && n.At.Sub(life.started).Abs() <= slack && life.id == n.ID {
		life.started, life.startInferred = n.At, false
		return
	}
	if n.At.Before(life.started) {
		return
	}
	l.begin(life, n.identity(), n.At, EventStarted)
}

// begin tells of a start and forgets what belonged to the life before. usual is
// the kind of event when neither a re-creation nor a death explains it.
func (l *Ledger) begin(life *life, who Identity, at time.Time, usual EventKind) {
	event := Event{At: at, Container: who.Key, ID: who.ID, Kind: usual}
	switch {
	case life.id != "" && who.ID != life.id:
		event.Kind = EventRecreated
		event.Detail = "a new container answers to the name"
	case life.death.open && !life.death.cause.Asked():
		event.Kind, event.ExitCode, event.Cause = EventRestarted, life.death.code, life.death.cause
	}
	life.startSeq = l.add(event)
	life.closeOOMs()
	life.met, life.gone, life.running, life.paused = true, false, true, false
	life.id, life.started, life.startInferred = who.ID, at, false
	life.ask, life.death.open = ask{}, false
	life.health = HealthNone
}

// identity compares what the engine's state says with what the notices have
// told, and tells what nobody reported: while brink or the engine was away, or
// for a bare cgroup, which has no engine.
func (l *Ledger) identity(c ContainerCounters, at time.Time) {
	life := l.life(c.Key)
	if !life.met {
		l.meet(life, c, at)
	} else {
		l.unreported(life, c, at)
	}
	life.seen.state, life.seen.health = c.State, c.Health
}

// meet takes a container that was not seen before. A container that is already
// dead is told with its exit code, because this is what a person opens brink for.
func (l *Ledger) meet(life *life, c ContainerCounters, at time.Time) {
	life.met, life.gone, life.id = true, false, c.ID
	life.started = latest(life.started, c.StartedAt.Or(at))
	life.running, life.paused = c.State.Alive(), c.State == StatePaused
	life.health = c.Health
	if c.State == StateExited && c.FinishedAt.Present() && !life.death.open {
		l.dieUnseen(life, c, at)
	}
}

func (l *Ledger) unreported(life *life, c ContainerCounters, at time.Time) {
	started, dated := c.StartedAt.Get()
	switch {
	case life.gone, c.ID != life.id:
		l.begin(life, c.Identity, c.StartedAt.Or(at), EventStarted)
		life.startInferred = true
	case dated && started.After(life.started):
		l.begin(life, c.Identity, started, EventRestarted)
		life.startInferred = true
	case !dated && life.incarnation != 0 && c.Incarnation != 0 && c.Incarnation != life.incarnation:
		l.begin(life, c.Identity, at, EventRestarted)
	case life.running && c.ended(life.started):
		l.dieUnseen(life, c, at)
	}
	if c.State != life.seen.state {
		l.setPaused(life, c.Identity, at, c.State == StatePaused)
	}
	if c.Health != life.seen.health {
		l.setHealth(life, c.Identity, at, c.Health)
	}
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

func (l *Ledger) setPaused(life *life, who Identity, at time.Time, paused bool) {
	if life.paused == paused {
		return
	}
	life.paused = paused
	kind := EventUnpaused
	if paused {
		kind = EventPaused
	}
	l.add(Event{At: at, Container: who.Key, ID: who.ID, Kind: kind})
}

// setHealth tells a change of the verdict. The first verdict after a start is
// told only when it is bad.
func (l *Ledger) setHealth(life *life, who Identity, at time.Time, health Health) {
	before := life.health
	if health == before || health == HealthNone {
		return
	}
	life.health = health
	settling := before == HealthNone || before == HealthStarting
	if health == HealthStarting || (settling && health == HealthHealthy) {
		return
	}
	l.add(Event{At: at, Container: who.Key, ID: who.ID, Kind: EventHealth, Health: health})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

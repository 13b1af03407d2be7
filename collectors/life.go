package collectors

import "time"

// life is what the ledger knows of one container by name.
type life struct {
	chapter
	// draft is the chapter as the notices tell it; departed is when an inference last
	// departed from it, zero while none did. See draft.go.
	draft    chapter
	departed time.Time
	marks    []mark
	// prologue is what notices tell of the time before the life in which the state
	// showed the container first, which began at opened; zero for no such life.
	prologue chapter
	opened   time.Time
	// shown is the id that the last reading held it under, if any reading did.
	shown Opt[string]
	// deaths are the latest ends, and ooms the latest OOM events, oldest first:
	// evidence of them may come late.
	deaths []death
	ooms   []oomRecord
	// stray is an engine's word on a kill that was taken for a late one on the life
	// before, although it came in the present one.
	stray oomEvidence
	// dirs are the latest cgroup directories that its counters were read from.
	dirs []dir
	runs map[EventKind]run
	// touched is when something was last heard of it.
	touched time.Time
}

// chapter is the present life of a container, or its last one.
type chapter struct {
	// met says that the container was seen to exist; gone that it does no more.
	met, gone bool
	id        string
	// started is when the life began: by the engine's event, or by its state. stated
	// is StartedAt of the state, which names a life to the nanosecond; zero until it
	// was read. former is when the life before began.
	started, stated, former time.Time
	// formerEnd is when the life before ended, or else the present one began: a
	// directory that was first read since is of the present life.
	formerEnd time.Time
	running   bool
	// startSeq is the event that told of the start; zero when none did.
	startSeq uint64
	paused   bool
	health   Health
	ask      ask
	// death is the last end; it is open until the next start.
	death death
	// seen is what the engine's state said in the reading before; unknown until a
	// reading held the container.
	seen struct {
		state  State
		health Health
	}
}

// slack is how far the engine's own two accounts of one moment (the event, and
// the time in its state) may lie apart on a busy host.
const slack = 2 * time.Second

// notice takes one report of the engine or of the kernel.
func (l *Ledger) notice(n Notice, at time.Time) {
	if n.Key == "" {
		return
	}
	if kind, told := n.hardening(); told {
		// An audit says how a container is set up, and nothing of what became of it.
		l.add(Event{At: n.At, Container: n.Key, ID: n.ID, Kind: kind, Drift: n.Drift})
		return
	}
	life := l.life(n.Key)
	life.touched = at
	switch n.Kind {
	case NoticeKernelOOM:
		l.oom(life, n.identity(), kernelEvidence(n, at))
	case NoticeKernelForkRefused:
		// It is judged after the counters, which know better.
	default:
		l.restore(life, n)
		past := n.At.Before(life.opened)
		if past {
			life.chapter, life.prologue = life.prologue, life.chapter
		}
		l.engineNotice(life, n)
		if past {
			life.chapter, life.prologue = life.prologue, life.chapter
		}
	}
}

func (l *Ledger) engineNotice(life *life, n Notice) {
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
		l.oom(life, n.identity(), engineEvidence(n))
	case NoticePause, NoticeUnpause:
		if event, ok := life.setPaused(n.identity(), n.At, n.Kind == NoticePause); ok {
			l.hear(life, time.Time{}, event)
		}
	case NoticeHealth:
		if event, ok := life.setHealth(n.identity(), n.At, n.Health); ok {
			l.hear(life, time.Time{}, event)
		}
	default:
		// Create, restart and destroy: what follows (start), or the missing answer to
		// the name, tells these.
	}
}

// hardening is the event that an audit makes.
func (n Notice) hardening() (kind EventKind, told bool) {
	switch n.Kind {
	case NoticeHardeningLost:
		return EventHardeningLost, true
	case NoticeHardeningBack:
		return EventHardeningBack, true
	default:
		return "", false
	}
}

func (n Notice) identity() Identity { return Identity{Key: n.Key, ID: n.ID} }

// start opens a new life. One that is not after the present start was told
// before: the engine repeats its events when the stream is opened again.
func (l *Ledger) start(life *life, n Notice) {
	switch {
	case !n.At.After(life.started):
	case life.beganAs(n):
		l.heardOf(life, n)
	default:
		told := l.hear(life, life.death.at, life.opening(n.identity(), n.At))
		l.begin(life, n.identity(), told, n.At)
		if told.at.Before(n.At) {
			life.stated = told.at
		}
	}
}

// heardOf takes the start of a life that was known already. Only of the first that
// was shown it can be news, and what it was follows from the prologue.
func (l *Ledger) heardOf(life *life, n Notice) {
	event := life.prologue.opening(n.identity(), n.At)
	switch {
	case life.startSeq == 0:
		life.startSeq = l.add(event)
	case life.prologue.met && life.stated.Equal(life.opened):
		l.correct(life.startSeq, event)
	}
	life.restartOf(life.prologue.death.seq, life.startSeq)
}

// beganAs reports whether a start is that of the present life, which the state has
// told of before: nothing starts twice without an end in between.
func (c *chapter) beganAs(n Notice) bool {
	return c.running && !c.stated.IsZero() && n.ID == c.id && n.At.Sub(c.stated) <= noticeLag
}

// opening is the event of a start after what the chapter tells.
func (c *chapter) opening(who Identity, at time.Time) Event {
	event := Event{At: at, Container: who.Key, ID: who.ID, Kind: EventStarted}
	d := c.death
	switch {
	case c.id != "" && who.ID != "" && who.ID != c.id:
		event.Kind, event.Detail = EventRecreated, "a new container answers to the name"
	case d.open && !d.cause.Asked():
		event.Kind, event.ExitCode, event.Cause, event.Detail = EventRestarted, d.code, d.cause, d.detail
	case c.running:
		event.Kind, event.Cause = EventRestarted, CauseUnseen
	}
	return event
}

// begin forgets what belonged to the life before.
func (l *Ledger) begin(life *life, who Identity, told toldEvent, at time.Time) {
	end := told.at
	if life.death.open {
		end = life.death.at
		life.restartOf(life.death.seq, told.seq)
	}
	life.closeOOMs(end, told.at)
	asked := life.ask
	life.chapter = chapter{
		met: true, running: true, id: who.ID, startSeq: told.seq,
		started: at, former: life.started, formerEnd: end,
		death: life.death,
	}
	life.death.open = false
	life.stray = oomEvidence{}
	if asked.last.After(at) {
		life.ask = asked
	}
}

// setPaused notes that the processes are frozen, or not, and returns the event if
// that is new.
func (life *life) setPaused(who Identity, at time.Time, paused bool) (Event, bool) {
	if life.paused == paused {
		return Event{}, false
	}
	life.paused = paused
	kind := EventUnpaused
	if paused {
		kind = EventPaused
	}
	return Event{At: at, Container: who.Key, ID: who.ID, Kind: kind}, true
}

// setHealth notes the verdict and returns the event of a change. The first
// verdict after a start is told only when it is bad.
func (life *life) setHealth(who Identity, at time.Time, health Health) (Event, bool) {
	before := life.health
	if health == before || health == HealthNone {
		return Event{}, false
	}
	life.health = health
	settling := before == HealthNone || before == HealthStarting
	if health == HealthStarting || (settling && health == HealthHealthy) {
		return Event{}, false
	}
	return Event{At: at, Container: who.Key, ID: who.ID, Kind: EventHealth, Health: health}, true
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

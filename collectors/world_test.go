package collectors

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world is a made-up truth: what really happened to one container, and what each
// witness says of it and when. The ledger sees the witnesses only, and is compared
// with the truth.
type world struct {
	now    time.Duration
	lives  []worldLife
	kills  []worldKill
	engine []arrival
	kernel []arrival
	// deaf takes the engine's oom events away, blind the counters; without events
	// the engine says nothing at all, only its state can be asked.
	events, deaf, blind, kernelLog bool
	// forged is the exit code that a label puts into every die event, and seen are the
	// deaths, by the number of the life, whose state a reading held.
	forged Opt[int]
	seen   map[int]bool
	// slow stretches everything that the host does, as emulation or a full disk do.
	slow int
}

type worldLife struct {
	id            string
	made, started time.Duration
	ended         time.Duration
	dead          bool
	code          int
	cause         Cause
}

type worldKill struct {
	at          time.Duration
	incarnation Incarnation
}

// arrival is a notice with the time at which it can be read.
type arrival struct {
	Notice
	readable time.Duration
}

func (w *world) life() *worldLife { return &w.lives[len(w.lives)-1] }

func moment(at time.Duration) time.Time { return epoch.Add(at) }

// say has the engine report something, a little after it happened.
func (w *world) say(t *rapid.T, kind NoticeKind, at time.Duration, change func(*Notice)) {
	if !w.events {
		return
	}
	n := Notice{At: moment(at), Kind: kind, Key: "web", ID: w.life().id}
	if change != nil {
		change(&n)
	}
	w.engine = append(w.engine, arrival{Notice: n, readable: at + w.work(t, 1, 30)})
}

// work is how long the host takes for something.
func (w *world) work(t *rapid.T, from, to int) time.Duration {
	return time.Duration(w.slow) * milliseconds(t, from, to)
}

func milliseconds(t *rapid.T, from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(t, "ms")) * time.Millisecond
}

// kill is an OOM kill of one process.
func (w *world) kill(t *rapid.T) {
	w.kills = append(w.kills, worldKill{at: w.now, incarnation: Incarnation(len(w.lives))})
	if w.kernelLog {
		at := w.now + milliseconds(t, 0, 20)
		victim := Some(Victim{Name: "node", PID: len(w.kills)})
		w.kernel = append(w.kernel, arrival{readable: at, Notice: Notice{At: moment(at), Kind: NoticeKernelOOM, Key: "web", ID: w.life().id, Victim: victim}})
	}
}

func (w *world) engineOOM(t *rapid.T) {
	if !w.deaf {
		w.say(t, NoticeOOM, w.now+w.work(t, 80, 170), nil)
	}
}

func (w *world) signal(t *rapid.T, number int) {
	w.say(t, NoticeKill, w.now, func(n *Notice) { n.Signal = Some(number) })
}

// end is the end of the main process; the engine tells it when it has cleaned up.
func (w *world) end(t *rapid.T, code int, cause Cause) {
	life := w.life()
	life.dead, life.ended, life.code, life.cause = true, w.now, code, cause
	w.now += w.work(t, 20, 120)
	w.say(t, NoticeDie, w.now, func(n *Notice) { n.ExitCode = Some(w.forged.Or(code)) })
}

// begin is the start of a life. Its cgroup is made before, and the engine tells of
// it after.
func (w *world) begin(t *rapid.T, pause time.Duration, id string) {
	made := w.now + pause
	started := made + w.work(t, 10, 100)
	w.lives = append(w.lives, worldLife{id: id, made: made, started: started})
	w.now = started + w.work(t, 5, 60)
	w.say(t, NoticeStart, w.now, nil)
}

// act lets one thing happen.
func (w *world) act(t *rapid.T) {
	w.now += w.work(t, 400, 2000)
	id := w.life().id
	switch rapid.SampledFrom([]string{"child", "child", "oom", "oom", "oom", "crash", "stop", "ignored", "kill", "recreate"}).Draw(t, "act") {
	case "child":
		w.kill(t)
		w.engineOOM(t)
	case "oom":
		w.kill(t)
		w.engineOOM(t)
		w.now += w.work(t, 5, 60)
		w.end(t, exitSIGKILL, CauseOOMKill)
		w.begin(t, w.work(t, 100, 400), id)
	case "crash":
		code := rapid.SampledFrom([]int{0, 1, 134, 139}).Draw(t, "code")
		w.end(t, code, causeOfSignal(code))
		w.begin(t, w.work(t, 100, 400), id)
	case "stop":
		w.signal(t, 15)
		w.now += milliseconds(t, 30, 4000)
		w.end(t, 143, CauseStopped)
		w.say(t, NoticeStop, w.now+time.Millisecond, nil)
		w.begin(t, milliseconds(t, 200, 4000), id)
	case "ignored":
		w.signal(t, 15)
		w.now += 10 * time.Second
		w.signal(t, 9)
		w.now += w.work(t, 5, 60)
		w.end(t, exitSIGKILL, CauseStopTimeout)
		w.say(t, NoticeStop, w.now+time.Millisecond, nil)
		w.begin(t, milliseconds(t, 200, 4000), id)
	case "kill":
		w.signal(t, 9)
		w.now += w.work(t, 5, 60)
		w.end(t, exitSIGKILL, CauseKilled)
		w.begin(t, milliseconds(t, 200, 4000), id)
	case "recreate":
		w.signal(t, 15)
		w.now += milliseconds(t, 30, 2000)
		w.end(t, 0, CauseStopped)
		w.begin(t, milliseconds(t, 200, 3000), fmt.Sprintf("B%d", len(w.lives)))
	}
}

// container is what the engine's state and the cgroup say at two times.
func (w *world) container(stated, counted time.Duration) (ContainerCounters, bool) {
	c := ContainerCounters{Identity: Identity{Key: "web"}}
	last := -1
	for i, life := range w.lives {
		if life.started > stated {
			break
		}
		last = -1
		c.ID, c.State = life.id, StateRunning
		c.StartedAt = Some(moment(life.started))
		c.ExitCode = Opt[int]{}
		if life.dead && life.ended <= stated {
			c.State, c.FinishedAt, c.ExitCode = StateExited, Some(moment(life.ended)), Some(life.code)
			last = i
		}
	}
	for i, life := range w.lives {
		alive := life.made <= counted && (!life.dead || counted < life.ended)
		if alive && !w.blind {
			c.Incarnation = Incarnation(i + 1)
			c.Memory = Some(MemoryLevels{Events: MemoryEvents{OOMKill: Some(w.killsUntil(c.Incarnation, counted))}})
		}
	}
	if last >= 0 {
		w.seen[last] = true
	}
	return c, c.State != StateUnknown
}

func (w *world) killsUntil(i Incarnation, at time.Duration) (n uint64) {
	for _, kill := range w.kills {
		if kill.incarnation == i && kill.at <= at {
			n++
		}
	}
	return n
}

// watch plays the world to a ledger from the given time on: a reading at every
// second, and sooner when the kernel or the engine said something.
func (w *world) watch(t *rapid.T, ledger *Ledger, from time.Duration) {
	var times []time.Duration
	for at := from; at < w.now+10*time.Second; at += time.Second {
		times = append(times, at)
	}
	for _, kill := range w.kills {
		if !w.blind && rapid.Bool().Draw(t, "inotify") {
			times = append(times, kill.at+milliseconds(t, 20, 40))
		}
	}
	for _, notice := range w.engine {
		if rapid.Bool().Draw(t, "woken") {
			times = append(times, notice.readable+milliseconds(t, 1, 50))
		}
	}
	slices.Sort(times)
	slices.SortStableFunc(w.engine, func(a, b arrival) int { return a.At.Compare(b.At) })
	stated := time.Duration(-1 << 62)
	for _, at := range slices.Compact(times) {
		if at < from {
			continue
		}
		// The engine's state is asked for on a connection of its own: it may be older
		// or newer than the events that were read.
		stated = max(stated, at+milliseconds(t, -200, 30))
		reading := Reading{At: moment(at), Notices: w.readable(at)}
		if c, ok := w.container(stated, at+time.Millisecond); ok {
			reading.Containers = []ContainerCounters{c}
		}
		news := ledger.Observe(reading)
		checkStory(t, ledger.Story(), news)
	}
}

// readable takes the notices that can be read by now, merged as a round does.
func (w *world) readable(at time.Duration) []Notice {
	var list []Notice
	for _, queue := range []*[]arrival{&w.engine, &w.kernel} {
		for len(*queue) > 0 && (*queue)[0].readable <= at {
			list = append(list, (*queue)[0].Notice)
			*queue = (*queue)[1:]
		}
	}
	slices.SortStableFunc(list, func(a, b Notice) int { return a.At.Compare(b.At) })
	return list
}

func newWorld(t *rapid.T, events bool) *world { return worldWith(t, events, Opt[int]{}) }

func worldWith(t *rapid.T, events bool, forged Opt[int]) *world {
	w := &world{
		events: events, forged: forged, slow: rapid.SampledFrom([]int{1, 1, 4}).Draw(t, "slow"), kernelLog: rapid.Bool().Draw(t, "kernel log"),
		deaf: rapid.Bool().Draw(t, "deaf"), blind: rapid.Bool().Draw(t, "blind"), seen: map[int]bool{},
	}
	w.lives = []worldLife{{id: "A", made: -time.Hour, started: -time.Hour}}
	for range rapid.IntRange(1, 10).Draw(t, "acts") {
		w.act(t)
	}
	return w
}

// TestLedgerAgainstTruth: with the engine's events, every death and every start is
// told once with its exit code and the right cause, however the events, the state
// and the counters race; and never more kills than there were.
func TestLedgerAgainstTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, true)
		ledger := NewLedger()
		w.watch(t, ledger, 0)
		w.check(t, ledger.Story())
	})
}

// TestLedgerDespiteLabels: the same with a label that chooses the exit code in every
// die event. Every death is told once all the same, and wherever a reading held the
// state with the true code, with that code and its cause.
func TestLedgerDespiteLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worldWith(t, true, Some(rapid.SampledFrom([]int{0, 1, 137, 143}).Draw(t, "forged")))
		ledger := NewLedger()
		w.watch(t, ledger, 0)
		story := ledger.Story()
		w.checkKills(t, story)
		if n := len(eventsOf(story, EventStarted, EventRestarted, EventRecreated)); n != len(w.lives)-1 {
			t.Fatalf("%d starts, told %d: %q", len(w.lives)-1, n, tell(story))
		}
		told := eventsOf(story, EventDied)
		if len(told) != len(w.lives)-1 {
			t.Fatalf("%d deaths, told %d: %q", len(w.lives)-1, len(told), tell(story))
		}
		for i, event := range told {
			life := w.lives[i]
			if w.seen[i] && (event.ExitCode != Some(life.code) || event.Cause != life.cause && !w.excused(life, event)) {
				t.Errorf("death %d: exit %d %s, told %q in %q", i, life.code, life.cause, tellEvent(event), tell(story))
			}
		}
	})
}

// TestLedgerHearsHistory: the same when brink is started in the middle of it, and
// the engine's events of before are read in the first reading or soon after.
func TestLedgerHearsHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, true)
		from := time.Duration(rapid.Int64Range(0, int64(w.now)).Draw(t, "from"))
		w.delay(0, from, from+milliseconds(t, 0, 300))
		ledger := NewLedger()
		w.watch(t, ledger, from)
		w.check(t, ledger.Story())
	})
}

// TestLedgerAfterAnOutage: the same when the event stream is away for some seconds
// and is then read from where it was left.
func TestLedgerAfterAnOutage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, true)
		from := time.Duration(rapid.Int64Range(0, int64(w.now)).Draw(t, "from"))
		away := milliseconds(t, 100, 9000)
		w.delay(from, from+away, from+away)
		ledger := NewLedger()
		w.watch(t, ledger, 0)
		w.check(t, ledger.Story())
	})
}

// delay makes the engine's events that could be read in between readable at until.
func (w *world) delay(from, to, until time.Duration) {
	for i, event := range w.engine {
		if event.readable >= from && event.readable < to {
			w.engine[i].readable = until
		}
	}
}

func (w *world) check(t *rapid.T, story []Event) {
	w.checkDeaths(t, story)
	w.checkStarts(t, story)
	w.checkKills(t, story)
}

func eventsOf(story []Event, kinds ...EventKind) []Event {
	return slices.DeleteFunc(slices.Clone(story), func(e Event) bool { return !slices.Contains(kinds, e.Kind) })
}

func (w *world) checkDeaths(t *rapid.T, story []Event) {
	told := eventsOf(story, EventDied)
	var dead []worldLife
	for _, life := range w.lives {
		if life.dead {
			dead = append(dead, life)
		}
	}
	if len(told) != len(dead) {
		t.Fatalf("%d deaths, told %d: %q", len(dead), len(told), tell(story))
	}
	for i, life := range dead {
		event := told[i]
		if event.ExitCode != Some(life.code) {
			t.Errorf("death %d: exit %d, told %s", i, life.code, tellEvent(event))
		}
		if event.Cause != life.cause && !w.excused(life, event) {
			t.Errorf("death %d: %s, told %q in %q", i, life.cause, tellEvent(event), tell(story))
		}
	}
}

// excused allows what no witness could have told: an OOM kill that nobody saw is
// a SIGKILL of unknown origin.
func (w *world) excused(life worldLife, event Event) bool {
	return life.cause == CauseOOMKill && event.Cause == CauseUnknown && w.deaf && !w.kernelLog
}

func (w *world) checkStarts(t *rapid.T, story []Event) {
	told := eventsOf(story, EventStarted, EventRestarted, EventRecreated)
	if len(told) != len(w.lives)-1 {
		t.Fatalf("%d starts, told %d: %q", len(w.lives)-1, len(told), tell(story))
	}
	for i, event := range told {
		before, life := w.lives[i], w.lives[i+1]
		want := EventRestarted
		switch {
		case before.id != life.id:
			want = EventRecreated
		case before.cause.Asked():
			want = EventStarted
		}
		if event.Kind != want || (want == EventRestarted && event.ExitCode != Some(before.code)) {
			t.Errorf("start %d after exit %d (%s): told %q in %q", i, before.code, before.cause, tellEvent(event), tell(story))
		}
	}
}

func (w *world) checkKills(t *rapid.T, story []Event) {
	var told uint64
	for _, event := range eventsOf(story, EventOOMKill) {
		told += event.Count
		if uint64(len(event.Victims)) > event.Count {
			t.Errorf("more victims than kills: %q", tellEvent(event))
		}
	}
	if told > uint64(len(w.kills)) {
		t.Errorf("%d kills, told %d: %q", len(w.kills), told, tell(story))
	}
	if told < uint64(len(w.kills)) && (w.kernelLog || !w.deaf) {
		t.Errorf("%d kills, told only %d: %q", len(w.kills), told, tell(story))
	}
}

// TestLedgerWithoutEvents: where a proxy refuses the engine's events, the state
// alone tells every death and start that a reading could see.
func TestLedgerWithoutEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, false)
		ledger := NewLedger()
		w.watch(t, ledger, 0)
		story := ledger.Story()
		if n := len(eventsOf(story, EventDied)); n > len(w.lives)-1 {
			t.Errorf("%d deaths, told %d: %q", len(w.lives)-1, n, tell(story))
		}
		if n := len(eventsOf(story, EventStarted, EventRestarted, EventRecreated)); n > len(w.lives)-1 {
			t.Errorf("%d starts, told %d: %q", len(w.lives)-1, n, tell(story))
		}
		var told uint64
		for _, event := range eventsOf(story, EventOOMKill) {
			told += event.Count
		}
		if told > uint64(len(w.kills)) {
			t.Errorf("%d kills, told %d: %q", len(w.kills), told, tell(story))
		}
	})
}

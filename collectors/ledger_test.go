package collectors

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// running is a reading's container that runs since long.
func running(key string) ContainerCounters {
	return ContainerCounters{
		Identity:    Identity{Key: key, ID: "A", State: StateRunning, StartedAt: Some(epoch.Add(-time.Hour))},
		Incarnation: 1,
	}
}

// withHits is running, with a count of limit hits.
func withHits(key string, hits uint64) ContainerCounters {
	c := running(key)
	c.Memory = Some(MemoryLevels{Events: MemoryEvents{Max: Some(hits)}})
	return c
}

func TestStoryIsBounded(t *testing.T) {
	ledger := NewLedger()
	ledger.Observe(Reading{At: epoch, Containers: []ContainerCounters{running("web")}})
	for i := range 2 * storyLength {
		at := moment(time.Duration(i+1) * time.Minute)
		ledger.Observe(Reading{At: at, Notices: []Notice{{At: at, Kind: NoticeOOM, Key: "web", ID: "A"}}, Containers: []ContainerCounters{running("web")}})
	}
	story := ledger.Story()
	if len(story) != storyLength || story[len(story)-1].Seq != 2*storyLength {
		t.Errorf("%d events, the last is number %d", len(story), story[len(story)-1].Seq)
	}
}

// TestWhatHasLeftTheStoryIsToldAnew: the limit is hit on and on, while the story
// fills with other things until the event that told of it is gone.
func TestWhatHasLeftTheStoryIsToldAnew(t *testing.T) {
	ledger := NewLedger()
	ledger.Observe(Reading{At: epoch, Containers: []ContainerCounters{withHits("web", 0)}})
	ledger.Observe(Reading{At: moment(time.Second), Containers: []ContainerCounters{withHits("web", 5)}})
	var flood []Notice
	for i := range storyLength {
		flood = append(flood, Notice{At: moment(time.Second + time.Duration(i+1)*time.Millisecond), Kind: NoticeOOM, Key: "db" + strconv.Itoa(i)})
	}
	news := ledger.Observe(Reading{At: moment(2 * time.Second), Notices: flood, Containers: []ContainerCounters{withHits("web", 7)}})
	last := news[len(news)-1]
	if last.Kind != EventLimitHit || last.Count != 2 {
		t.Errorf("the last news are %q", tellEvent(last))
	}
}

// TestWhatHasLeftTheStoryIsNotCorrected: the event of a start that was inferred has
// gone when the engine tells of it; it is not told again.
func TestWhatHasLeftTheStoryIsNotCorrected(t *testing.T) {
	ledger, restarted := NewLedger(), running("web")
	ledger.Observe(Reading{At: epoch, Containers: []ContainerCounters{restarted}})
	restarted.StartedAt = Some(moment(500 * time.Millisecond))
	ledger.Observe(Reading{At: moment(time.Second), Containers: []ContainerCounters{restarted}})
	late := []Notice{{At: moment(400 * time.Millisecond), Kind: NoticeDie, Key: "web", ID: "A", ExitCode: Some(1)}}
	for i := range storyLength {
		late = append(late, Notice{At: moment(time.Second + time.Duration(i)*time.Millisecond), Kind: NoticeOOM, Key: "db" + strconv.Itoa(i)})
	}
	late = append(late, Notice{At: moment(510 * time.Millisecond), Kind: NoticeStart, Key: "web", ID: "A"})
	news := ledger.Observe(Reading{At: moment(2 * time.Second), Notices: late, Containers: []ContainerCounters{restarted}})
	if starts := eventsOf(news, EventStarted, EventRestarted); len(starts) != 0 {
		t.Errorf("news: %q", tell(starts))
	}
}

// TestLongRunIsToldAnew: healthy work that hits its limit for hours has a line in the
// story for each of them.
func TestLongRunIsToldAnew(t *testing.T) {
	ledger := NewLedger()
	for i := range 900 {
		at := moment(time.Duration(i) * 9 * time.Second)
		ledger.Observe(Reading{At: at, Containers: []ContainerCounters{withHits("web", uint64(i))}})
	}
	want := []string{
		"9 memory-limit-hit x401 until=3609", "3618 memory-limit-hit x401 until=7218", "7227 memory-limit-hit x97 until=8091",
	}
	if diff := cmp.Diff(want, tell(ledger.Story())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOldNewsOfAFullStory: what is older than all that a full story holds is
// neither told nor does it push anything out.
func TestOldNewsOfAFullStory(t *testing.T) {
	ledger := NewLedger()
	var flood []Notice
	for i := range storyLength {
		flood = append(flood, Notice{At: moment(time.Duration(i) * time.Minute), Kind: NoticeOOM, Key: "web"})
	}
	ledger.Observe(Reading{At: moment(24 * time.Hour), Notices: flood})
	before := tell(ledger.Story())
	old := []Notice{{At: epoch.Add(-time.Hour), Kind: NoticeOOM, Key: "db"}}
	if news := ledger.Observe(Reading{At: moment(25 * time.Hour), Notices: old}); news != nil {
		t.Errorf("news: %q", tell(news))
	}
	if diff := cmp.Diff(before, tell(ledger.Story())); diff != "" {
		t.Error(diff)
	}
}

// TestForgetsWhoIsGone: a host that makes and removes thousands of containers does
// not fill the memory; those that are there are never forgotten.
func TestForgetsWhoIsGone(t *testing.T) {
	ledger := NewLedger()
	for i := range 2 * absentLives {
		at := moment(time.Duration(i) * time.Second)
		ledger.Observe(Reading{At: at, Containers: []ContainerCounters{running("agent"), running("job" + strconv.Itoa(i))}})
	}
	if n := len(ledger.lives); n > absentLives+2 {
		t.Errorf("%d lives are remembered", n)
	}
	if ledger.lives["agent"] == nil {
		t.Error("the one that is there was forgotten")
	}
	if ledger.lives["job1"] != nil {
		t.Error("the one that went first is remembered")
	}
}

// TestVictimsAreBounded: a container whose processes are killed for hours does not
// grow an event without end.
func TestVictimsAreBounded(t *testing.T) {
	ledger := NewLedger()
	var notices []Notice
	for i := range 50 {
		victim := Some(Victim{Name: "node", PID: i})
		notices = append(notices, Notice{At: moment(time.Duration(i) * time.Second), Kind: NoticeKernelOOM, Key: "web", Victim: victim})
	}
	ledger.Observe(Reading{At: moment(50 * time.Second), Notices: notices})
	event := ledger.Story()[0]
	if event.Count != 50 || len(event.Victims) != victimMemory || event.Victims[victimMemory-1].PID != 49 {
		t.Errorf("%q", tellEvent(event))
	}
}

// TestUnknownContainersAreNoNews: a source that does not know whether a container
// exists gives counters without a state.
func TestUnknownContainersAreNoNews(t *testing.T) {
	ledger := NewLedger()
	ledger.Observe(Reading{At: epoch, Containers: []ContainerCounters{running("web")}})
	stateless := ContainerCounters{Identity: Identity{Key: "web"}, Incarnation: 9}
	for i := range 3 {
		news := ledger.Observe(Reading{At: moment(time.Duration(i+1) * time.Second), Containers: []ContainerCounters{stateless}})
		if news != nil {
			t.Errorf("news: %q", tell(news))
		}
	}
}

// TestNobodysNotices: a report about a container that nobody follows has no key.
func TestNobodysNotices(t *testing.T) {
	ledger := NewLedger()
	var notices []Notice
	for kind := NoticeCreate; kind <= NoticeKernelForkRefused; kind++ {
		notices = append(notices, Notice{At: epoch, Kind: kind})
	}
	if news := ledger.Observe(Reading{At: epoch, Notices: notices}); news != nil || len(ledger.lives) != 0 {
		t.Errorf("%q, %d lives", tell(news), len(ledger.lives))
	}
}

// witnessed counts what each witness said to a ledger.
type witnessed struct {
	engine, kernel, flags, counted uint64
}

// TestLedgerOnNonsense: whatever comes, in whatever order, the story is sorted,
// bounded and numbered, no snapshot's story changes afterwards, and the kills are
// at least what any witness saw and at most what all of them saw.
func TestLedgerOnNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ledger, heard := NewLedger(), witnessed{}
		var handed []handedStory
		at := epoch
		for range rapid.IntRange(1, 25).Draw(t, "readings") {
			at = at.Add(time.Duration(rapid.IntRange(0, 12000).Draw(t, "later")) * time.Millisecond)
			reading := nonsense(t, at)
			heard.take(reading)
			news := ledger.Observe(reading)
			checkStory(t, ledger.Story(), news)
			handed = append(handed, handedStory{story: ledger.Story(), text: tell(ledger.Story())})
		}
		for _, h := range handed {
			if !slices.Equal(h.text, tell(h.story)) {
				t.Fatalf("a story changed after it was handed out: %q, now %q", h.text, tell(h.story))
			}
		}
		heard.check(t, ledger.Story())
	})
}

func nonsense(t *rapid.T, at time.Time) Reading {
	reading := Reading{At: at}
	for range rapid.IntRange(0, 5).Draw(t, "notices") {
		reading.Notices = append(reading.Notices, nonsenseNotice(t, at))
	}
	for _, key := range []string{"web", "db"} {
		if rapid.IntRange(0, 4).Draw(t, "present") > 0 {
			reading.Containers = append(reading.Containers, nonsenseContainer(t, key, at))
		}
	}
	return reading
}

func someTime(t *rapid.T, at time.Time) time.Time {
	return at.Add(time.Duration(rapid.IntRange(-40000, 3000).Draw(t, "time")) * time.Millisecond)
}

func nonsenseNotice(t *rapid.T, at time.Time) Notice {
	n := Notice{
		At:   someTime(t, at),
		Kind: NoticeKind(rapid.IntRange(0, int(NoticeKernelForkRefused)+1).Draw(t, "kind")),
		Key:  rapid.SampledFrom([]string{"web", "db"}).Draw(t, "key"),
		ID:   rapid.SampledFrom([]string{"A", "B", ""}).Draw(t, "id"),
	}
	if rapid.Bool().Draw(t, "told") {
		n.ExitCode = Some(rapid.SampledFrom([]int{0, 1, 134, 137, 143, -1, 1 << 40}).Draw(t, "code"))
		n.Signal = Some(rapid.SampledFrom([]int{0, 1, 9, 15, -9}).Draw(t, "signal"))
		n.Health = rapid.SampledFrom([]Health{HealthNone, HealthStarting, HealthHealthy, HealthUnhealthy}).Draw(t, "health")
		n.Victim = Some(Victim{Name: "node"})
	}
	return n
}

func nonsenseContainer(t *rapid.T, key string, at time.Time) ContainerCounters {
	states := []State{StateUnknown, StateCreated, StateRunning, StateRunning, StatePaused, StateRestarting, StateExited, StateDead, StateGone, "nonsense"}
	c := ContainerCounters{Identity: Identity{
		Key:       key,
		ID:        rapid.SampledFrom([]string{"A", "A", "B", ""}).Draw(t, "id"),
		State:     rapid.SampledFrom(states).Draw(t, "state"),
		Health:    rapid.SampledFrom([]Health{HealthNone, HealthHealthy, HealthUnhealthy}).Draw(t, "health"),
		OOMKilled: rapid.Bool().Draw(t, "oomkilled"),
	}}
	if rapid.Bool().Draw(t, "dated") {
		c.StartedAt, c.FinishedAt = Some(someTime(t, at)), Some(someTime(t, at))
		c.ExitCode = Some(rapid.SampledFrom([]int{0, 1, 137}).Draw(t, "code"))
	}
	if rapid.Bool().Draw(t, "counted") {
		c.Incarnation = Incarnation(rapid.IntRange(0, 3).Draw(t, "incarnation"))
		kills := uint64(rapid.IntRange(0, 5).Draw(t, "kills"))
		c.Memory = Some(MemoryLevels{Events: MemoryEvents{OOMKill: Some(kills), Max: Some(kills * 100)}})
	}
	return c
}

func (w *witnessed) take(reading Reading) {
	for _, n := range reading.Notices {
		if n.Kind == NoticeOOM {
			w.engine++
		}
		if n.Kind == NoticeKernelOOM {
			w.kernel++
		}
	}
	for _, c := range reading.Containers {
		if c.OOMKilled {
			w.flags++
		}
		// At most everything that a counter shows is news each time it is looked at.
		w.counted += c.Memory.Or(MemoryLevels{}).Events.OOMKill.Or(0)
	}
}

func (w *witnessed) check(t *rapid.T, story []Event) {
	var told uint64
	for _, event := range story {
		if event.Kind == EventOOMKill {
			told += event.Count
		}
	}
	if told < max(w.engine, w.kernel) || told > w.engine+w.kernel+w.flags+w.counted {
		t.Errorf("told %d kills; witnesses said %s", told, fmt.Sprintf("%+v", *w))
	}
}

// TestAuditsAreHeard: what an audit found becomes an event, and changes nothing of
// what is known of the container, which may not even have been seen.
func TestAuditsAreHeard(t *testing.T) {
	ledger := NewLedger()
	drift := Some(Drift{Check: "user", Was: "user 1000", Is: "root", Grave: true, Since: moment(time.Second)})
	ledger.Observe(Reading{At: epoch, Containers: []ContainerCounters{running("web")}})
	news := ledger.Observe(Reading{At: moment(2 * time.Second), Containers: []ContainerCounters{running("web")}, Notices: []Notice{
		{At: moment(time.Second), Kind: NoticeHardeningLost, Key: "web", ID: "A", Drift: drift},
		{At: moment(time.Second), Kind: NoticeHardeningLost, Drift: drift},
		{At: moment(2 * time.Second), Kind: NoticeHardeningBack, Key: "db", ID: "B", Drift: drift},
	}})
	want := []Event{
		{Seq: 1, At: moment(time.Second), Container: "web", ID: "A", Kind: EventHardeningLost, Drift: drift},
		{Seq: 2, At: moment(2 * time.Second), Container: "db", ID: "B", Kind: EventHardeningBack, Drift: drift},
	}
	if diff := cmp.Diff(want, news, cmp.AllowUnexported(Opt[Drift]{}, Opt[int]{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	news = ledger.Observe(Reading{At: moment(3 * time.Second), Containers: []ContainerCounters{running("web")}})
	if len(news) > 0 {
		t.Errorf("it is told again: %q", tell(news))
	}
}

// TestOthersTellTheSampler: what others than the sources tell stands in the snapshot
// of the reading in which it was asked for.
func TestOthersTellTheSampler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		options := sources(workload("engine", nil))
		options.Notices = func() []Notice {
			asked++
			if asked != 2 {
				return nil
			}
			return []Notice{{At: time.Now(), Kind: NoticeHardeningLost, Key: "web", Drift: Some(Drift{Check: "user"})}}
		}
		r := sampling(t, options, func() { time.Sleep(2500 * time.Millisecond) })
		for i, snapshot := range r.snapshots {
			if told := len(snapshot.News) == 1 && snapshot.News[0].Kind == EventHardeningLost; told != (i == 1) {
				t.Errorf("snapshot %d tells %q", i, tell(snapshot.News))
			}
		}
	})
}

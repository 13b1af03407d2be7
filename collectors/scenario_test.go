package collectors

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// A scenario is a text on a time axis; each file in testdata/ledger holds some.
//
//	0      read                       a reading of the container "web": it runs since long,
//	                                  with id A, cgroup inode 1 and all counters at zero
//	12.03  read kills=1 max=20        attributes stay as they are until they are set again
//	12.15  oom                        a notice, with its own time; the next reading hands it on
//	12.00  kernel node/4121/1.9
//	13     read
//	> 12.03 oom-kill x1 node/4121     what that reading must have as news, all of it
//	= 12.03 oom-kill x1 node/4121     what the story must be in the end, all of it
//
// Attributes: a state (running, exited, absent, ...), id= started= finished=
// code= inc= kills= ooms= own= max= refused= health= oomkilled, with "-" for what could not
// be read; @db speaks of another container; lost=NAME:AGE and ok=NAME of a source.
type scenario struct {
	t      *testing.T
	ledger *Ledger
	names  []string
	stands map[string]*standing
	queue  []Notice
	news   []string
	// wantNews is nil while nobody asked for news; wantStory is the end.
	wantNews, wantStory []string
	handed              []handedStory
}

// standing is how a container stands in the next reading.
type standing struct {
	ContainerCounters
	absent bool
}

// handedStory is a story as a snapshot would keep it, and what it said then.
type handedStory struct {
	story []Event
	text  []string
}

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func second(t *testing.T, word string) time.Time {
	t.Helper()
	seconds, err := strconv.ParseFloat(word, 64)
	if err != nil {
		t.Fatalf("%q is no time: %v", word, err)
	}
	return epoch.Add(time.Duration(seconds * float64(time.Second)).Round(time.Microsecond))
}

func TestLedgerScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/ledger/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range archive.Files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar") + "/" + member.Name
			t.Run(name, func(t *testing.T) { play(t, string(member.Data)) })
		}
	}
}

func play(t *testing.T, text string) {
	s := &scenario{t: t, ledger: NewLedger(), stands: map[string]*standing{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '>':
			s.wantNews = append(s.wantNews, strings.TrimSpace(line[1:]))
		case line[0] == '=':
			s.wantStory = append(s.wantStory, strings.TrimSpace(line[1:]))
		default:
			s.checkNews()
			s.act(strings.Fields(line))
		}
	}
	s.checkNews()
	if diff := cmp.Diff(compact(s.wantStory), tell(s.ledger.Story())); diff != "" {
		t.Errorf("the story (-want +got):\n%s", diff)
	}
	s.checkHanded()
}

// checkNews compares the news of the last reading, if the scenario says any.
func (s *scenario) checkNews() {
	if s.wantNews != nil {
		if diff := cmp.Diff(compact(s.wantNews), s.news); diff != "" {
			s.t.Errorf("the news (-want +got):\n%s", diff)
		}
	}
	s.wantNews = nil
}

// checkHanded sees that no story changed after it was handed out.
func (s *scenario) checkHanded() {
	s.t.Helper()
	for _, handed := range s.handed {
		if diff := cmp.Diff(handed.text, tell(handed.story)); diff != "" {
			s.t.Errorf("a story changed after it was handed out (-then +now):\n%s", diff)
		}
	}
}

func (s *scenario) act(words []string) {
	at, verb, rest := second(s.t, words[0]), words[1], words[2:]
	if verb == "read" {
		s.read(at, rest)
		return
	}
	s.queue = append(s.queue, s.noticeOf(at, verb, rest))
}

func (s *scenario) read(at time.Time, attributes []string) {
	reading := Reading{At: at, Notices: s.queue}
	s.queue = nil
	who := s.standing("web")
	for _, attribute := range attributes {
		key, value, set := strings.Cut(attribute, "=")
		switch {
		case key[0] == '@':
			who = s.standing(key[1:])
		case key == "ok":
			reading.Sources = append(reading.Sources, SourceHealth{Name: value, OK: true, Age: Some(Seconds(0))})
		case key == "lost":
			reading.Sources = append(reading.Sources, s.lostSource(value))
		case set:
			s.set(who, key, value)
		default:
			who.absent = key == "absent"
			who.State = State(key)
		}
	}
	for _, name := range s.names {
		if who := s.stands[name]; !who.absent {
			reading.Containers = append(reading.Containers, who.ContainerCounters)
		}
	}
	s.observe(reading)
}

func (s *scenario) observe(reading Reading) {
	news := s.ledger.Observe(reading)
	s.news = tell(news)
	story := s.ledger.Story()
	checkStory(s.t, story, news)
	s.handed = append(s.handed, handedStory{story: story, text: tell(story)})
}

func (s *scenario) lostSource(value string) SourceHealth {
	name, seconds, known := strings.Cut(value, ":")
	health := SourceHealth{Name: name, Error: "connection refused"}
	if known {
		health.Age = Some(Seconds(second(s.t, seconds).Sub(epoch)))
	}
	return health
}

// standing returns the container called name, made on its first mention.
func (s *scenario) standing(name string) *standing {
	if s.stands[name] == nil {
		s.names = append(s.names, name)
		s.stands[name] = &standing{ContainerCounters: ContainerCounters{
			Identity:    Identity{Key: name, ID: "A", State: StateRunning, StartedAt: Some(epoch.Add(-time.Hour))},
			Incarnation: 1,
			Memory:      Some(MemoryLevels{Events: MemoryEvents{OOMKill: Some[uint64](0), Max: Some[uint64](0)}}),
			Pids:        Some(PidsLevels{Refused: Some[uint64](0)}),
		}}
	}
	return s.stands[name]
}

func (s *scenario) set(who *standing, key, value string) {
	memory, pids := who.Memory.Or(MemoryLevels{}), who.Pids.Or(PidsLevels{})
	switch key {
	case "id":
		who.ID = strings.Trim(value, "-")
	case "started":
		who.StartedAt = s.moment(value)
	case "finished":
		who.FinishedAt = s.moment(value)
	case "code":
		who.ExitCode = number[int](s.t, value)
	case "inc":
		who.Incarnation = number[Incarnation](s.t, value).Or(0)
	case "health":
		who.Health = Health(value)
	case "oomkilled":
		who.OOMKilled = value == "yes"
	case "kills":
		memory.Events.OOMKill = number[uint64](s.t, value)
	case "ooms":
		memory.Events.OOM = number[uint64](s.t, value)
	case "own":
		memory.Events.LocalOOM = number[uint64](s.t, value)
	case "max":
		memory.Events.Max = number[uint64](s.t, value)
	case "refused":
		pids.Refused = number[uint64](s.t, value)
	default:
		s.t.Fatalf("unknown attribute %q", key)
	}
	who.Memory, who.Pids = Some(memory), Some(pids)
}

func (s *scenario) moment(value string) Opt[time.Time] {
	if value == "-" {
		return Opt[time.Time]{}
	}
	return Some(second(s.t, value))
}

func number[T ~int | ~uint64](t *testing.T, value string) Opt[T] {
	t.Helper()
	if value == "-" {
		return Opt[T]{}
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatal(err)
	}
	return Some(T(n))
}

func (s *scenario) noticeOf(at time.Time, verb string, rest []string) Notice {
	verbs := map[string]NoticeKind{
		"create": NoticeCreate, "start": NoticeStart, "die": NoticeDie, "oom": NoticeOOM, "kill": NoticeKill,
		"stop": NoticeStop, "restart": NoticeRestart, "pause": NoticePause, "unpause": NoticeUnpause,
		"health": NoticeHealth, "destroy": NoticeDestroy, "kernel": NoticeKernelOOM, "forks": NoticeKernelForkRefused,
	}
	kind, known := verbs[verb]
	if !known {
		s.t.Fatalf("unknown verb %q", verb)
	}
	notice := Notice{At: at, Kind: kind, Key: "web", ID: "A"}
	for _, word := range rest {
		switch {
		case word[0] == '@':
			notice.Key = word[1:]
		case strings.HasPrefix(word, "id="):
			notice.ID = word[3:]
		case kind == NoticeDie:
			notice.ExitCode = number[int](s.t, word)
		case kind == NoticeKill:
			notice.Signal = number[int](s.t, word)
		case kind == NoticeHealth:
			notice.Health = Health(word)
		case kind == NoticeKernelOOM:
			notice.Victim = Some(victimOf(s.t, word))
		default:
			s.t.Fatalf("%s has no %q", verb, word)
		}
	}
	return notice
}

// victimOf reads NAME/PID or NAME/PID/SCOPE.
func victimOf(t *testing.T, word string) Victim {
	t.Helper()
	parts := append(strings.Split(strings.ReplaceAll(word, `\e`, "\x1b"), "/"), "", "")
	pid, err := strconv.Atoi(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return Victim{Name: parts[0], PID: pid, Scope: OOMScope(parts[2])}
}

// tell writes events as the scenarios do.
func tell(story []Event) []string {
	lines := make([]string, 0, len(story))
	for _, event := range story {
		lines = append(lines, tellEvent(event))
	}
	return lines
}

func tellEvent(e Event) string {
	words := []string{fmt.Sprintf("%g", e.At.Sub(epoch).Seconds()), string(e.Kind)}
	add := func(say bool, format string, args ...any) {
		if say {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	code, exited := e.ExitCode.Get()
	add(e.Container != "web" && e.Container != "", "@%s", e.Container)
	add(e.ID != "A" && e.ID != "", "id=%s", e.ID)
	add(e.Count > 0, "x%d", e.Count)
	add(!e.Until.IsZero() && !e.Until.Equal(e.At), "until=%g", e.Until.Sub(epoch).Seconds())
	for _, victim := range e.Victims {
		words = append(words, strings.TrimSuffix(fmt.Sprintf("%s/%d/%s", victim.Name, victim.PID, victim.Scope), "/"))
	}
	add(e.Scope != "" && (len(e.Victims) == 0 || e.Scope != e.Victims[len(e.Victims)-1].Scope), "by=%s", e.Scope)
	add(exited, "exit=%d", code)
	add(e.Cause != "", "%s", e.Cause)
	add(e.Health != "", "%s", e.Health)
	add(e.Source != "", "%s", e.Source)
	add(e.Detail != "", "(%s)", e.Detail)
	return strings.Join(words, " ")
}

// compact takes the alignment out of what was written by hand.
func compact(lines []string) []string {
	clean := make([]string, 0, len(lines))
	for _, line := range lines {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			clean = append(clean, line)
		}
	}
	return clean
}

// checkStory holds in every story: sorted by time, numbered once, bounded, and
// the news are a part of it.
func checkStory(t interface {
	Helper()
	Errorf(string, ...any)
}, story, news []Event,
) {
	t.Helper()
	if len(story) > storyLength {
		t.Errorf("the story has %d events", len(story))
	}
	if !slices.IsSortedFunc(story, func(a, b Event) int { return a.At.Compare(b.At) }) {
		t.Errorf("the story is not sorted: %q", tell(story))
	}
	seen := map[uint64]string{}
	for _, event := range story {
		if seen[event.Seq] != "" {
			t.Errorf("two events have the number %d: %q", event.Seq, tell(story))
		}
		seen[event.Seq] = tellEvent(event)
	}
	for _, event := range news {
		if seen[event.Seq] != tellEvent(event) {
			t.Errorf("the news %q are not in the story", tellEvent(event))
		}
	}
}

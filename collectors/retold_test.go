package collectors

import (
	"slices"
	"testing"
	"time"
)

// TestRecall has the story go on from what was recorded before: it is told again by
// nobody, and what comes has numbers of its own.
func TestRecall(t *testing.T) {
	ledger := NewLedger()
	ledger.Recall([]Event{
		{Seq: 9, At: moment(-7200), Container: "agent", Kind: EventOOMKill, Count: 1},
		{Seq: 4, At: moment(-3600), Container: "agent", Kind: EventStarted},
	})
	if news := ledger.Observe(Reading{At: moment(0)}); len(news) != 0 {
		t.Errorf("what was recorded is news: %v", news)
	}
	news := ledger.Observe(Reading{At: moment(1), Notices: []Notice{{At: moment(1), Kind: NoticeHealth, Key: "agent", Health: HealthUnhealthy}}})
	if len(news) != 1 || news[0].Seq != 3 {
		t.Errorf("the next event is %v, want one with the number 3", news)
	}
	if story := ledger.Story(); len(story) != 3 || story[0].Kind != EventOOMKill || story[2].Kind != EventHealth {
		t.Errorf("the story is %v", story)
	}
}

// TestRetold: what the engine's history tells again of a time that is recalled is one
// event, in the words of whoever knows more.
func TestRetold(t *testing.T) {
	started := Event{At: moment(-60 * time.Second), Container: "web", ID: "A", Kind: EventStarted}
	restarted := started
	restarted.Kind, restarted.Cause, restarted.ExitCode = EventRestarted, CauseOOMKill, Some(137)
	lasting := started
	lasting.Container = "db"
	start := Notice{At: moment(-60*time.Second + 30*time.Millisecond), Kind: NoticeStart, Key: "web", ID: "A"}
	later := start
	later.At = moment(-50 * time.Second)
	died := Notice{At: moment(-61 * time.Second), Kind: NoticeDie, Key: "web", ID: "A", ExitCode: Some(1)}
	kill := Event{
		At: moment(-62 * time.Second), Until: moment(-62 * time.Second), Container: "web", ID: "A", Kind: EventOOMKill, Count: 2, Scope: OOMOwn,
		Victims: []Victim{{PID: 7, Name: "node"}, {PID: 8, Name: "chrome"}},
	}
	unnamed := kill
	unnamed.Victims, unnamed.Count, unnamed.Scope = nil, 1, ""
	oom := Notice{At: moment(-62*time.Second + 100*time.Millisecond), Kind: NoticeOOM, Key: "web", ID: "A"}
	logged := func(pid int, name string) Notice {
		return Notice{At: moment(-62 * time.Second), Kind: NoticeKernelOOM, Key: "web", ID: "A", Victim: Some(Victim{PID: pid, Name: name, Scope: OOMOwn})}
	}
	dead := Event{At: moment(-61 * time.Second), Container: "web", ID: "A", Kind: EventDied, ExitCode: Some(137), Cause: CauseStopTimeout}
	timedOut, stopped := died, died
	timedOut.ExitCode, stopped.Kind = Some(137), NoticeStop
	tests := []struct {
		name     string
		recalled []Event
		notices  []Notice
		story    []EventKind
		news     int
	}{
		{"told again", []Event{started}, []Notice{start}, []EventKind{EventStarted}, 0},
		{"told again by one that knows less", []Event{restarted}, []Notice{start}, []EventKind{EventRestarted}, 0},
		{"told again by one that knows more", []Event{started}, []Notice{died, start}, []EventKind{EventDied, EventRestarted}, 2},
		{"a kill, by the engine", []Event{kill}, []Notice{oom}, []EventKind{EventOOMKill}, 0},
		{"a kill, by the kernel", []Event{kill}, []Notice{logged(7, "node"), logged(8, "chrome")}, []EventKind{EventOOMKill}, 0},
		{"a kill, by both", []Event{kill}, []Notice{oom, logged(7, "node"), logged(8, "chrome")}, []EventKind{EventOOMKill}, 0},
		{"a kill, whose victim is news", []Event{unnamed}, []Notice{oom, logged(7, "node")}, []EventKind{EventOOMKill}, 1},
		{"a stop that timed out", []Event{dead}, []Notice{timedOut, stopped}, []EventKind{EventDied}, 0},
		{"another time", []Event{started}, []Notice{later}, []EventKind{EventStarted, EventStarted}, 1},
		{"another container", []Event{lasting}, []Notice{start}, []EventKind{EventStarted, EventStarted}, 1},
		{"nothing recalled", nil, []Notice{start}, []EventKind{EventStarted}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger := NewLedger()
			ledger.Recall(test.recalled)
			news := ledger.Observe(Reading{At: epoch, Notices: test.notices, Containers: []ContainerCounters{running("web")}})
			if len(news) != test.news {
				t.Errorf("news: %q, want %d", tell(news), test.news)
			}
			for _, event := range ledger.Story() {
				if event.Kind == EventOOMKill && (len(event.Victims) > len(kill.Victims) || event.Count > 2) {
					t.Errorf("grown: %+v", event)
				}
			}
			var story []EventKind
			for _, event := range ledger.Story() {
				story = append(story, event.Kind)
			}
			if !slices.Equal(story, test.story) {
				t.Errorf("the story is %q, want %q", tell(ledger.Story()), test.story)
			}
		})
	}
}

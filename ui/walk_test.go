package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/alerts"
	"brink/collectors"
)

// playing is a screen that was sent samples at these seconds from noon on; each has
// as many tasks as its second.
func playing(m Model, at ...float64) Model {
	for _, second := range at {
		moment := noon.Add(time.Duration(second * float64(time.Second)))
		sample := agentAt(noon)
		sample.Pids.Current = some(uint64(second))
		m = send(m, FrameMsg(frameOf(moment, sample)))
	}
	return m
}

// minutes is a sample for each second of some minutes.
func minutes(count int) []float64 {
	list := make([]float64, 60*count+1)
	for i := range list {
		list[i] = float64(i)
	}
	return list
}

// TestSteps presses keys and looks where the screen stands.
func TestSteps(t *testing.T) {
	holed := []float64{1, 2, 3, 4, 90, 91, 92}
	for _, test := range []struct {
		name string
		at   []float64
		keys string
		// want is the second that is shown, gap whether nothing was measured there,
		// live whether it is now.
		want      float64
		gap, live bool
	}{
		{"nothing pressed", minutes(1), "", 60, false, true},
		{"nothing to go back to", []float64{5}, "left", 5, false, true},
		{"forward from now", minutes(1), "right", 60, false, true},
		{"back", minutes(1), "left", 59, false, false},
		{"back by the other key", minutes(1), "h h", 58, false, false},
		{"and forward", minutes(1), "left left left right l", 59, false, false},
		{"onto the newest", minutes(1), "left right", 60, false, false},
		{"past the newest", minutes(1), "left right right", 60, false, true},
		{"a minute", minutes(4), "shift+left", 180, false, false},
		{"minutes back and forward", minutes(4), "H H H L", 120, false, false},
		{"a minute past now", minutes(4), "H left L L", 240, false, true},
		{"a minute onto now", minutes(4), "H L", 240, false, true},
		{"further than there is", minutes(1), "left H H H", 0, false, false},
		{"end", minutes(4), "H H end", 240, false, true},
		{"esc", minutes(4), "H left esc", 240, false, true},
		{"pause goes on", minutes(4), "H space", 240, false, true},
		{"back from a pause", minutes(1), "p left", 59, false, false},
		{"end ends a pause with the walk", minutes(1), "p left end", 60, false, true},
		{"a gap is one step", holed, "left left left", 5, true, false},
		{"beyond the gap", holed, "left left left left", 4, false, false},
		{"and back into it", holed, "left left left left right", 5, true, false},
		{"and out of it", holed, "left left left left right right", 90, false, false},
		{"a minute into a gap", holed, "H", 32, true, false},
		{"a step from within it", holed, "H right", 90, false, false},
		{"a step back from within it", holed, "H left", 4, false, false},
		{"one missed slot is a gap", []float64{1, 2, 4}, "left", 3, true, false},
		{"two samples of one slot", []float64{1, 2, 2.3, 3}, "left", 2.3, false, false},
		{"late samples are no gap", []float64{1, 2.4, 3}, "left left", 1, false, false},
		{"a clock set back", []float64{50, 51, 52, 7, 8}, "left", 7, false, false},
		{"a clock set back forgets what comes", []float64{50, 51, 52, 7, 8}, "left left left", 7, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := playing(newModel(120, 40), test.at...)
			for name := range strings.FieldsSeq(test.keys) {
				m = send(m, press(name))
			}
			if got := m.shown.Snapshot.At.Sub(noon).Seconds(); got != test.want {
				t.Errorf("the screen shows second %v, want %v", got, test.want)
			}
			if live := !m.walk.on() && !m.paused; live != test.live {
				t.Errorf("live: %v", live)
			}
			tasks, measured := m.sceneShown().sample.Pids.Current.Get()
			if measured == test.gap || measured && tasks != uint64(test.want) {
				t.Errorf("%d tasks are shown, measured: %v", tasks, measured)
			}
			if gapped := m.walk.missing != (gap{}); gapped != test.gap {
				t.Errorf("told as a gap: %v", gapped)
			}
			screenText(t, m)
		})
	}
}

// TestOldestIsTold: at the end of memory a key says so.
func TestOldestIsTold(t *testing.T) {
	m := playing(newModel(120, 40), 1, 2, 3)
	for _, name := range []string{"left", "H"} {
		end := send(m, press("H"), press(name))
		if text := screenText(t, end); !strings.Contains(text, "oldest sample in memory") {
			t.Errorf("%s does not say that there is no more:\n%s", name, text)
		}
	}
}

// TestKeysInTime are those that do something.
func TestKeysInTime(t *testing.T) {
	if text := screenText(t, send(newModel(80, 30), press("left"), press("?"))); strings.Contains(text, "back in time") {
		t.Errorf("before the first sample there is a past:\n%s", text)
	}
	m := playing(newModel(120, 40), 1, 2, 3)
	if text := screenText(t, m); strings.Contains(text, "end back to now") || !strings.Contains(text, "←/h back in time") {
		t.Errorf("the footer of now:\n%s", text)
	}
	if text := screenText(t, send(m, press("left"))); !strings.Contains(text, "end back to now") {
		t.Errorf("the footer of the past:\n%s", text)
	}
}

// TestEndOfAList: while nobody walks, end is what it always was.
func TestEndOfAList(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = manyEvents(30)
	m := send(newModel(100, 28), FrameMsg(frame), press("end"))
	if text := screenText(t, m); !strings.Contains(text, "26-30 of 30") && !strings.Contains(text, "30 of 30") {
		t.Errorf("the list is not at its end:\n%s", text)
	}
}

// TestEventsOfTheMoment marks what belongs to a moment, mutes what comes later, and
// brings both into sight.
func TestEventsOfTheMoment(t *testing.T) {
	at := func(second int) time.Time { return noon.Add(time.Duration(second) * time.Second) }
	for _, test := range []struct {
		name   string
		event  collectors.Event
		meets  bool
		before bool
	}{
		{"just then", collectors.Event{At: at(60)}, true, false},
		{"since the sample before", collectors.Event{At: at(59).Add(time.Millisecond)}, true, false},
		{"at the sample before", collectors.Event{At: at(59)}, false, false},
		{"later", collectors.Event{At: at(61)}, false, true},
		{"going on", collectors.Event{At: at(30), Until: at(90)}, true, false},
		{"going on until then", collectors.Event{At: at(30), Until: at(60)}, true, false},
		{"over", collectors.Event{At: at(30), Until: at(50)}, false, false},
	} {
		w := walk{at: at(60), slot: time.Second}
		if w.meets(&test.event) != test.meets || w.before(test.event.At) != test.before {
			t.Errorf("%s: meets %v, before %v", test.name, w.meets(&test.event), w.before(test.event.At))
		}
		if none := (walk{}); none.meets(&test.event) || none.before(test.event.At) {
			t.Errorf("%s: it is told apart from now", test.name)
		}
	}
}

func TestEventsComeIntoSight(t *testing.T) {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = manyEvents(30) // Number 30 is of 70 s before noon, 1 of 99 s.
	m := newModel(100, 28)
	for back := 2 * time.Minute; back >= 0; back -= time.Second {
		frame.Snapshot.At = noon.Add(-back)
		m = send(m, FrameMsg(frame))
	}
	m = send(m, press("H"))
	for range 20 {
		m = send(m, press("left"))
	}
	text := screenText(t, m)
	if !strings.Contains(text, "10-14 of 30") || !strings.Contains(text, "14:00:51") {
		t.Errorf("the events of the moment are not in sight:\n%s", text)
	}
	if look := styleText(m); strings.Count(look, " SSSS") != 1 {
		t.Errorf("not exactly one event is marked:\n%s", look)
	}
	if m = send(m, press("end")); m.nav.firstEvent != 0 {
		t.Error("back in the present the list does not follow the newest event")
	}
}

// TestChosenOneKeepsItsPlace: nothing is shown in the stead of a container that was
// not there yet, and what is looked at can be another one in the past.
func TestChosenOneKeepsItsPlace(t *testing.T) {
	web := agentWith(noon, 0.3)
	web.Name = "web"
	m := newModel(100, 28)
	for back := 10; back >= 0; back-- {
		at := noon.Add(-time.Duration(back) * time.Second)
		list := []collectors.ContainerSample{agentAt(noon)}
		if back < 5 {
			list = []collectors.ContainerSample{web, agentAt(noon)}
		}
		m = send(m, FrameMsg(frameOf(at, list...)))
	}
	m = send(m, press("1"), press("H"))
	text := screenText(t, m)
	for _, want := range []string{"web  ◌ no sample", "nothing is kept of it at this moment", "2 ● openclaw-agent"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q:\n%s", want, text)
		}
	}
	if text = screenText(t, send(m, press("2"))); !strings.Contains(text, "58% of 2.00 GiB") {
		t.Errorf("the other container is not of that moment:\n%s", text)
	}
}

// TestAlertsOfThePast: the colours are those of the moment, and only an alert that
// is the same now can be acknowledged.
func TestAlertsOfThePast(t *testing.T) {
	var asked []Action
	m := New(Options{Interval: time.Second, Location: time.UTC, Act: func(action Action) { asked = append(asked, action) }})
	m = send(m, tea.WindowSizeMsg{Width: 120, Height: 40})
	old := firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityWarning, "then")
	lasting := firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, "all the time")
	calm := frameOf(noon.Add(time.Second), agentAt(noon))
	calm.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{lasting}}
	then := frameOf(noon, agentAt(noon))
	then.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{old, lasting}}
	m = send(m, FrameMsg(then), FrameMsg(calm), press("left"))
	if text := screenText(t, m); !strings.Contains(text, "▲ 2 warning") {
		t.Errorf("the alerts of then are not shown:\n%s", text)
	}
	if m = send(m, press("a"), press("a")); len(asked) != 0 || !strings.Contains(m.nav.note, "it has changed since") {
		t.Errorf("an alert that is over was acknowledged: %v, %q", asked, m.nav.note)
	}
	if m = send(m, press("down"), press("a")); len(asked) != 1 || asked[0].Key != lasting.Key {
		t.Errorf("an alert that lasts was not acknowledged: %v, %q", asked, m.nav.note)
	}
}

// TestAlertSince: what has come up since is told in the past as well.
func TestAlertSince(t *testing.T) {
	m := playing(newModel(120, 40), 1, 2, 3)
	m = send(m, press("left"))
	later := frameOf(noon.Add(4*time.Second), agentAt(noon))
	later.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{firing("a", alerts.MetricZombies, alerts.SeverityCritical, "")}}
	m = send(m, FrameMsg(later))
	if text := screenText(t, m); !strings.Contains(text, "✖ critical has come up since · ◂ 14:02:13") {
		t.Errorf("it is not told:\n%s", text)
	}
}

// TestCursorStaysInThePicture walks through an hour on charts of any width: the
// moment is always in a column of the chart, and moves only to the left until the
// picture goes back.
func TestCursorStaysInThePicture(t *testing.T) {
	m := newModel(120, 40)
	s := m.sceneOf(subject{})
	s.history = newHistory(time.Second, historyPoints)
	end := noon.Add(17 * time.Millisecond)
	for _, bins := range []int{1, 2, 3, 40, 92, 300, 601} {
		for back := range historyPoints {
			s.walk = walk{at: end.Add(-time.Duration(back) * time.Second), end: end, slot: time.Second}
			w := s.windowOf(bins)
			if at := s.history.back(w, s.walk.at); at < 0 || at >= bins {
				t.Fatalf("%d bins, %d s back: the moment is %d bins from the edge", bins, back, at)
			}
		}
	}
}

// TestWalkingWhileTheFeedEnds: the past stays when no more comes.
func TestWalkingWhileTheFeedEnds(t *testing.T) {
	m := send(playing(newModel(120, 40), minutes(2)...), FeedClosedMsg{}, press("H"))
	text := screenText(t, m)
	if !strings.Contains(text, "◂ 14:03:11, 60 s ago") {
		t.Errorf("the past is gone:\n%s", text)
	}
	if text = screenText(t, send(m, press("end"))); !strings.Contains(text, "○ no more samples") {
		t.Errorf("now it is not over:\n%s", text)
	}
}

// TestJourneyIntoThePast is the whole way, with samples coming in meanwhile.
func TestJourneyIntoThePast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		for i := range 10 {
			at := noon.Add(time.Duration(i) * time.Second)
			j.frame(frameOf(at, agentWith(at, 0.1*float64(i))))
		}
		j.shows("90% of 2.00 GiB", "live 1s")
		j.keys("left", "h", "left")
		j.shows("60% of 2.00 GiB", "◂ 14:02:17", "3 s ago", "Memory 14:02:17", "Events 14:02:17", "Sources 14:02:17", "end back to now")
		j.frame(frameOf(noon.Add(10*time.Second), agentWith(noon, 0.95)))
		j.shows("60% of 2.00 GiB", "◂ 14:02:17")
		j.hides("95% of 2.00 GiB")
		j.keys("right")
		j.shows("70% of 2.00 GiB", "◂ 14:02:18")
		j.keys("end")
		j.shows("95% of 2.00 GiB", "live 1s", "14:02:21")
		j.hides("◂", "Memory 14")
		j.end()
	})
}

package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brink/alerts"
)

// newsOf is the line of news on a screen, empty when there is none. The theme
// says which line it is: no other has its look.
func newsOf(m Model) string {
	return strings.Join(strings.Fields(textLooking(m, roleAlarm)), " ")
}

// calm is a frame in which nothing has happened.
func calm(at time.Time) Frame { return frameOf(at, agentAt(noon)) }

// oneMore is a frame with one more critical alert, which began with it.
func oneMore(at time.Time, before Frame, rule string) Frame {
	frame := before
	frame.Snapshot.At = at
	alert := firing(rule, "", alerts.SeverityCritical, "about "+rule)
	alert.Since, alert.FiredAt = at, at
	frame.Board.Alerts = append([]alerts.Alert{alert}, before.Board.Alerts...)
	frame.Transitions = slices.Concat(before.Transitions, []alerts.Transition{changed(at, alert, alerts.StateInactive, alerts.ReasonHeld)})
	return frame
}

// TestWhatIsNews tries each kind of change on a calm screen.
func TestWhatIsNews(t *testing.T) {
	at := noon.Add(time.Second)
	critical, warning := memoryAlert(alerts.SeverityCritical), memoryAlert(alerts.SeverityWarning)
	const want = "✖ critical · memory-near-limit · 93 % a shows it · esc hides it"
	for _, test := range []struct {
		name   string
		change alerts.Transition
		want   string
	}{
		{"began to fire", changed(at, critical, alerts.StatePending, alerts.ReasonHeld), want},
		{"fires at once", changed(at, critical, alerts.StateInactive, alerts.ReasonHeld), want},
		{"grew worse", changed(at, critical, alerts.StateFiring, alerts.ReasonRose), want},
		{"happened again", changed(at, critical, alerts.StateFiring, alerts.ReasonAgain), want},
		{"a warning", changed(at, warning, alerts.StatePending, alerts.ReasonHeld), ""},
		{"grew better", changed(at, warning, alerts.StateFiring, alerts.ReasonFell), ""},
		{"pending", changed(at, pending(critical, at), alerts.StateInactive, alerts.ReasonCrossed), ""},
		{"over", resolved(at, critical, alerts.ReasonCleared), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := calm(at)
			frame.Board.Alerts = []alerts.Alert{test.change.Alert}
			frame.Transitions = []alerts.Transition{test.change}
			if got := newsOf(send(newModel(100, 28), FrameMsg(calm(noon)), FrameMsg(frame))); got != test.want {
				t.Errorf("news are %q, want %q", got, test.want)
			}
		})
	}
}

// TestFirstFrameIsNoNews shows what fired before anybody looked as it is: all of
// the screen is new.
func TestFirstFrameIsNoNews(t *testing.T) {
	m := send(newModel(100, 28), FrameMsg(newsFrame(noon)))
	if got := newsOf(m); got != "" {
		t.Errorf("news of the first frame are %q", got)
	}
	if text := screenText(t, m); !strings.Contains(text, "✖ 2 critical") {
		t.Errorf("the screen does not tell of the alerts:\n%s", text)
	}
}

// TestNewsEnd goes through what takes the line away again.
func TestNewsEnd(t *testing.T) {
	fresh := oneMore(noon.Add(time.Second), calm(noon), "oom-kill")
	after := func(d time.Duration) Frame {
		frame := fresh
		frame.Snapshot.At = noon.Add(time.Second + d)
		return frame
	}
	for _, test := range []struct {
		name string
		next func(Model) Model
		want bool
	}{
		{"nothing", func(m Model) Model { return m }, true},
		{"the next frame", func(m Model) Model { return send(m, FrameMsg(after(time.Second))) }, true},
		{"just before its time", func(m Model) Model { return send(m, FrameMsg(after(newsFor-time.Millisecond))) }, true},
		{"its time", func(m Model) Model { return send(m, FrameMsg(after(newsFor))) }, false},
		{"esc", func(m Model) Model { return send(m, press("esc")) }, false},
		{"esc closes the help first", func(m Model) Model { return send(m, press("?"), press("esc")) }, true},
		{"another key", func(m Model) Model { return send(m, press("j")) }, true},
		{"shown in the panel", func(m Model) Model { return send(m, press("a")) }, false},
		{"acknowledged", func(m Model) Model {
			return send(m, FrameMsg(edited(after(time.Second), "oom-kill", func(a *alerts.Alert) { a.Acknowledged = true })))
		}, false},
		{"muted", func(m Model) Model {
			return send(m, FrameMsg(edited(after(time.Second), "oom-kill", func(a *alerts.Alert) { a.MutedUntil = noon.Add(time.Hour) })))
		}, false},
		{"over already", func(m Model) Model {
			frame := after(time.Second)
			frame.Board.Alerts = nil
			return send(m, FrameMsg(frame))
		}, true},
		{"a clock set back", func(m Model) Model { return send(m, FrameMsg(after(-time.Hour))) }, true},
		{"no more frames", func(m Model) Model { return send(m, FeedClosedMsg{}) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := test.next(send(newModel(100, 28), FrameMsg(calm(noon)), FrameMsg(fresh)))
			if got := newsOf(m); (got != "") != test.want {
				t.Errorf("news are %q, want any: %v", got, test.want)
			}
		})
	}
}

// TestMutedAlertIsNoNews although it begins to fire.
func TestMutedAlertIsNoNews(t *testing.T) {
	frame := edited(oneMore(noon.Add(time.Second), calm(noon), "oom-kill"), "oom-kill", func(a *alerts.Alert) { a.MutedUntil = noon.Add(time.Hour) })
	if got := newsOf(send(newModel(100, 28), FrameMsg(calm(noon)), FrameMsg(frame))); got != "" {
		t.Errorf("news are %q", got)
	}
}

// TestSeveralNews tells the newest and counts the others, each for its own time.
func TestSeveralNews(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	frame := calm(noon)
	m := send(newModel(100, 28), FrameMsg(frame))
	for _, step := range []struct {
		second int
		rule   string
		want   string
	}{
		{1, "one", "✖ critical · one · about one"},
		{4, "two", "✖ critical · two and 1 more · about two"},
		{8, "three", "✖ critical · three and 2 more · about three"},
		{11, "", "✖ critical · three and 1 more · about three"},
		{14, "", "✖ critical · three · about three"},
		{18, "", ""},
		{19, "four", "✖ critical · four · about four"},
	} {
		if step.rule != "" {
			frame = oneMore(at(step.second), frame, step.rule)
		}
		frame.Snapshot.At = at(step.second)
		m = send(m, FrameMsg(frame))
		if got, _, _ := strings.Cut(newsOf(m), " a shows it"); got != step.want {
			t.Errorf("second %d: news are %q, want %q", step.second, got, step.want)
		}
	}
}

// TestNewsOfDroppedFrames are not lost: the next frame has their changes.
func TestNewsOfDroppedFrames(t *testing.T) {
	dropped := oneMore(noon.Add(time.Second), calm(noon), "one")
	next := oneMore(noon.Add(2*time.Second), dropped, "two")
	m := send(newModel(100, 28), FrameMsg(calm(noon)), FrameMsg(next))
	if got := newsOf(m); !strings.HasPrefix(got, "✖ critical · two and 1 more") {
		t.Errorf("news are %q, want both", got)
	}
}

// TestNewsCoverNoNumber draws news in every mode: the line is there, and every
// line with a meter is as it would be without.
func TestNewsCoverNoNumber(t *testing.T) {
	before := calm(noon)
	fresh := oneMore(noon.Add(time.Second), before, "oom-kill")
	for _, size := range append(sizes(), [2]int{200, 3}, [2]int{60, 2}, [2]int{39, 8}, [2]int{60, 1}) {
		m := send(newModel(size[0], size[1]), FrameMsg(before), FrameMsg(fresh))
		if got := newsOf(m); !strings.HasPrefix(got, "✖") || !strings.Contains(got, "oom-kill") {
			t.Errorf("%v: news are %q", size, got)
		}
		with, without := screenText(t, m), screenText(t, send(m, press("esc")))
		for _, word := range []string{"58%", "75%", "17%"} {
			if strings.Count(with, word) != strings.Count(without, word) {
				t.Errorf("%v: the news cover %s:\n%s", size, word, with)
			}
		}
	}
}

// TestNewsInATinyStrip give way to the numbers.
func TestNewsInATinyStrip(t *testing.T) {
	fresh := oneMore(noon.Add(time.Second), calm(noon), "oom-kill")
	for _, test := range []struct {
		width int
		want  string
	}{
		{80, "mem 58% cpu 75% pid 17%  ✖ critical · oom-kill · about oom-kill    esc hides it"},
		{60, "mem 58% cpu 75% pid 17%  ✖ oom-kill · about oom-kill"},
		{40, "mem 58% cpu 75% pid 17%  ✖ oom-kill · …"},
		{36, "mem 58% cpu 75% pid 17%  ✖ oom-kil…"},
		{35, "mem 58% cpu 75% pid 17%"},
		{20, "mem 58% cpu 75%"},
	} {
		m := send(newModel(test.width, 1), FrameMsg(calm(noon)), FrameMsg(fresh))
		if got := strings.TrimRight(screenText(t, m), " \n"); got != test.want {
			t.Errorf("%d columns show %q, want %q", test.width, got, test.want)
		}
	}
}

// TestNewsStandStill writes nothing to the terminal while nothing changes: a line
// that flashes cannot be read.
func TestNewsStandStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		j.frame(calm(noon))
		j.frame(oneMore(noon.Add(time.Second), calm(noon), "oom-kill"))
		before := j.output.bytes()
		time.Sleep(30 * time.Second)
		j.settle()
		if got := j.output.bytes() - before; got != 0 {
			t.Errorf("%d bytes were written while nothing happened", got)
		}
		j.shows("✖ critical · oom-kill · about oom-kill")
		j.end()
	})
}

// TestJourneyNewsFromElsewhere leads to the container that the news are about.
func TestJourneyNewsFromElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := agentWith(noon, 0.30)
		web.Name = "web"
		frame := frameOf(noon, agentAt(noon), web)
		j := startJourney(t, 80, 24)
		j.frame(frame)
		alert := firing("oom-kill", alerts.MetricOOMKills, alerts.SeverityCritical, "1 process was killed")
		alert.Container = "web"
		frame.Snapshot.At = noon.Add(time.Second)
		j.frame(withAlerts(frame, alert))
		j.shows("✖ critical · web · oom-kill · 1 process was killed", "58% of 2.00 GiB")

		j.keys("a")
		j.shows("30% of 2.00 GiB", "a again acknowledges oom-kill")
		j.hides("a shows it")
		j.keys("a")
		j.asks(Action{Kind: ActAcknowledge, Key: alerts.Key{Rule: "oom-kill", Container: "web"}})
		j.end()
	})
}

// TestJourneyNewsWhilePaused catch up when somebody wants to see them.
func TestJourneyNewsWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		j.frame(calm(noon))
		j.keys("space")
		j.frame(oneMore(noon.Add(time.Second), calm(noon), "oom-kill"))
		j.shows("‖ paused 14:02:11", "✖ critical · oom-kill")
		j.keys("a")
		j.hides("‖ paused")
		j.shows("about oom-kill", "a again acknowledges oom-kill")
		j.end()
	})
}

// TestNewsWithoutAnAlertToShow are put away without choosing anything.
func TestNewsWithoutAnAlertToShow(t *testing.T) {
	fresh := oneMore(noon.Add(time.Second), calm(noon), "oom-kill")
	gone := fresh
	gone.Board.Alerts = nil
	m := send(newModel(80, 24), FrameMsg(calm(noon)), FrameMsg(fresh), FrameMsg(gone), press("a"))
	if m.nav.note != "there is no alert" || newsOf(m) != "" {
		t.Errorf("note is %q, news are %q", m.nav.note, newsOf(m))
	}
	if text := screenText(t, m); !strings.Contains(text, "✖ oom-kill critical") {
		t.Errorf("the history does not tell of it:\n%s", text)
	}
}

// TestNewsNameTheirKeys from the key table, as far as there is somebody to act.
func TestNewsNameTheirKeys(t *testing.T) {
	fresh := oneMore(noon.Add(time.Second), calm(noon), "oom-kill")
	m := send(newModel(100, 28), FrameMsg(calm(noon)), FrameMsg(fresh))
	m.options.Act = nil
	if got, want := newsOf(m), "✖ critical · oom-kill · about oom-kill esc hides it"; got != want {
		t.Errorf("news are %q, want %q", got, want)
	}
	m.width = 50
	if got, want := newsOf(m), "✖ critical · oom-kill · about oom-kill"; got != want {
		t.Errorf("narrow news are %q, want %q", got, want)
	}
}

package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"brink/alerts"
)

// keyOf is the key of an alert of the agent.
func keyOf(rule string) alerts.Key { return alerts.Key{Rule: rule, Container: agentName} }

// alarms is a frame with critical alerts of these rules, which fire for long.
func alarms(at time.Time, rules ...string) Frame {
	frame := frameOf(at, agentAt(noon))
	for _, rule := range rules {
		frame.Board.Alerts = append(frame.Board.Alerts, firing(rule, "", alerts.SeverityCritical, "about "+rule))
	}
	return frame
}

// edited is a frame with one of its alerts changed.
func edited(frame Frame, rule string, change func(*alerts.Alert)) Frame {
	frame.Board.Alerts = slices.Clone(frame.Board.Alerts)
	for i := range frame.Board.Alerts {
		if alert := &frame.Board.Alerts[i]; alert.Rule == rule {
			change(alert)
		}
	}
	return frame
}

func TestJourneyAcknowledge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		frame := alarms(noon, "oom-kill", "unhealthy")
		j.frame(frame)
		j.hides("about oom-kill")

		// The first press shows what the second one would acknowledge.
		j.keys("a")
		j.shows("about oom-kill", "a again acknowledges oom-kill")
		j.asks()
		j.keys("a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("oom-kill")})
		j.shows("acknowledging …")
		j.hides("a again acknowledges")

		// The effect comes with a frame; a second press has nothing left to do.
		frame.Snapshot.At = noon.Add(time.Second)
		j.frame(edited(frame, "oom-kill", func(a *alerts.Alert) { a.Acknowledged = true }))
		j.shows("oom-kill · for 41 s · acknowledged")
		j.hides("acknowledging …")
		j.keys("a")
		j.asks()
		j.shows("it is acknowledged already")

		j.keys("down", "a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("unhealthy")})
		j.end()
	})
}

func TestJourneyMute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		frame := alarms(noon, "oom-kill", "unhealthy")
		j.frame(frame)
		j.keys("m")
		j.shows("m again mutes oom-kill")
		j.asks()
		j.keys("m")
		j.asks(Action{Kind: ActMute, Key: keyOf("oom-kill"), For: time.Hour})
		j.shows("muting …")

		frame.Snapshot.At = noon.Add(time.Second)
		j.frame(edited(frame, "oom-kill", func(a *alerts.Alert) { a.MutedUntil = noon.Add(time.Hour) }))
		j.shows("muted until 15:02:11")
		j.hides("muting …")
		j.keys("m")
		j.asks(Action{Kind: ActMute, Key: keyOf("oom-kill")})
		j.shows("unmuting …")

		frame.Snapshot.At = noon.Add(2 * time.Second)
		j.frame(frame)
		j.hides("muted", "muting …")
		j.end()
	})
}

// TestJourneyChosenStaysChosen lets a new alert come up above the chosen one, and
// the chosen one end: neither makes another alert the chosen one.
func TestJourneyChosenStaysChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		j.frame(alarms(noon, "b", "c"))
		j.keys("tab")
		j.frame(alarms(noon.Add(time.Second), "a", "b", "c"))
		j.keys("a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("b")})

		// b is over: the next press acknowledges nothing, but shows what is left.
		j.frame(alarms(noon.Add(2*time.Second), "a", "c"))
		j.keys("a")
		j.asks()
		j.shows("a again acknowledges a")
		j.keys("down", "a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("c")})

		// c is over: its place is where the arrows go on.
		j.frame(alarms(noon.Add(3*time.Second), "a", "d"))
		j.keys("down", "m")
		j.asks(Action{Kind: ActMute, Key: keyOf("d"), For: muteFor})
		j.keys("g", "m")
		j.asks(Action{Kind: ActMute, Key: keyOf("a"), For: muteFor})
		j.keys("G", "m")
		j.asks(Action{Kind: ActMute, Key: keyOf("d"), For: muteFor})
		j.end()
	})
}

// TestJourneyThroughAlerts scrolls by alerts and on into the history.
func TestJourneyThroughAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frame := alarms(noon, "a", "b", "c", "d")
		frame.Transitions = changesByNoon()
		j := startJourney(t, 80, 24)
		j.frame(frame)
		j.keys("tab")
		j.shows("about a", "about b")
		j.hides("about d", "history")
		j.keys("down", "down", "down")
		j.shows("about d", "about c")
		j.hides("about a", "history")
		j.keys("down")
		j.shows("history", "pids-refused critical")
		j.keys("a")
		j.asks() // A change in the past cannot be acknowledged.
		j.shows("a again acknowledges a", "about a")
		j.keys("G")
		j.shows("12:32:11 ▲ tmpfs-filling /tmp warning")
		j.keys("g")
		j.shows("about a")
		j.hides("history")
		j.end()
	})
}

// TestJourneyPausedAlerts acts on what is frozen only while it is still so.
func TestJourneyPausedAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frame := alarms(noon, "a", "b", "c")
		j := startJourney(t, 80, 24)
		j.frame(frame)
		j.keys("tab", "space")
		later := frame
		later.Snapshot.At = noon.Add(time.Second)
		later = edited(later, "b", func(a *alerts.Alert) { a.FiredAt = noon.Add(time.Second) })
		later.Board.Alerts = later.Board.Alerts[:2]
		j.frame(later)
		j.keys("a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("a")})
		j.keys("down", "a")
		j.asks()
		j.shows("it has changed since; space shows what is now")
		j.keys("down", "m")
		j.asks()
		j.shows("it has changed since")
		j.keys("space", "up", "a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("b")})
		j.end()
	})
}

func TestJourneyPendingAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frame := frameOf(noon, agentAt(noon))
		frame.Rules = alerts.DefaultRules()
		frame.Board.Alerts = []alerts.Alert{pending(firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, ""), noon)}
		j := startJourney(t, 80, 24)
		j.frame(frame)
		j.keys("tab")
		j.shows("◌ pending · zombies · warning in 30 s")
		frame.Snapshot.At = noon.Add(12 * time.Second)
		j.frame(frame)
		j.shows("warning in 18 s")
		j.keys("a")
		j.asks()
		j.shows("it does not fire yet; m mutes it")
		j.keys("m")
		j.asks(Action{Kind: ActMute, Key: keyOf("zombies"), For: muteFor})
		j.end()
	})
}

// TestJourneyOrderWithoutEffect drops the mark of an order that nothing came of.
func TestJourneyOrderWithoutEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 80, 24)
		j.frame(alarms(noon, "a"))
		j.keys("a", "a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("a")})
		j.frame(alarms(noon.Add(wishPatience), "a"))
		j.shows("acknowledging …")
		j.frame(alarms(noon.Add(wishPatience+time.Second), "a"))
		j.hides("acknowledging …")
		j.keys("a")
		j.asks(Action{Kind: ActAcknowledge, Key: keyOf("a")})
		j.end()
	})
}

// TestAcknowledgeShowsTheUnknownFirst goes past what somebody knows of already.
func TestAcknowledgeShowsTheUnknownFirst(t *testing.T) {
	known := firing("known", "", alerts.SeverityCritical, "")
	known.Acknowledged = true
	quiet := firing("quiet", "", alerts.SeverityCritical, "")
	quiet.MutedUntil = noon.Add(time.Hour)
	soon := pending(firing("soon", "", alerts.SeverityWarning, ""), noon)
	asking := firing("asking", "", alerts.SeverityWarning, "")
	foreign := firing("foreign", "", alerts.SeverityCritical, "")
	foreign.Container = "web"
	for _, test := range []struct {
		name string
		list []alerts.Alert
		want string
	}{
		{"nothing", nil, "there is no alert"},
		{"of another container", []alerts.Alert{foreign}, "there is no alert"},
		{"one", []alerts.Alert{asking}, "a again acknowledges asking"},
		{"behind others", []alerts.Alert{known, quiet, soon, asking}, "a again acknowledges asking"},
		{"the worst of several", []alerts.Alert{firing("worst", "", alerts.SeverityCritical, ""), asking}, "a again acknowledges worst"},
		{"all known", []alerts.Alert{known, quiet}, "a again acknowledges known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := send(showing(test.list...), press("a"))
			if m.nav.note != test.want || m.nav.focus != PanelAlerts {
				t.Errorf("note is %q with the focus on %v, want %q on the alerts", m.nav.note, m.nav.focus, test.want)
			}
		})
	}
}

// TestNoteIsForOneKey takes the answer away with the next key.
func TestNoteIsForOneKey(t *testing.T) {
	m := send(showing(), press("a"))
	if text := screenText(t, m); !strings.Contains(text, "there is no alert") {
		t.Fatalf("the screen does not answer:\n%s", text)
	}
	if text := screenText(t, send(m, press("j"))); strings.Contains(text, "there is no alert") {
		t.Errorf("the answer stays:\n%s", text)
	}
}

// TestNoActionWithoutSomebodyToAct leaves the keys out where nobody listens, or
// nothing could be seen.
func TestNoActionWithoutSomebodyToAct(t *testing.T) {
	deaf := New(Options{Location: time.UTC})
	for _, test := range []struct {
		name   string
		m      Model
		wanted bool
	}{
		{"the usual", newModel(80, 24), true},
		{"a replay", send(deaf, press("x")), false},
		{"a strip", newModel(39, 3), false},
		{"a low pane", newModel(40, 8), true},
		{"after the end", send(newModel(80, 24), FeedClosedMsg{}), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := test.m
			if m.width == 0 {
				m.width, m.height = 80, 24
			}
			m = m.takeFrame(alarms(noon, "a"))
			keys := m.activeKeys()
			if keys.Acknowledge.Enabled() != test.wanted || keys.Mute.Enabled() != test.wanted {
				t.Errorf("acknowledge is enabled: %v, mute: %v, want %v", keys.Acknowledge.Enabled(), keys.Mute.Enabled(), test.wanted)
			}
			m = send(m, press("a"), press("a"), press("m"))
			if got := m.nav.focus == PanelAlerts; got != test.wanted {
				t.Errorf("the alerts panel has the focus: %v, want %v", got, test.wanted)
			}
		})
	}
}

// TestSelectionStartsAnewWithAnotherContainer never carries a choice over.
func TestSelectionStartsAnewWithAnotherContainer(t *testing.T) {
	web := agentAt(noon)
	web.Name = "web"
	frame := alarms(noon, "a", "b")
	frame.Snapshot.Containers = append(frame.Snapshot.Containers, web)
	elsewhere := firing("c", "", alerts.SeverityCritical, "")
	elsewhere.Container = "web"
	frame.Board.Alerts = append(frame.Board.Alerts, elsewhere)
	m, asked := actingModel(120, 40)
	send(m, FrameMsg(frame), press("tab"), press("down"), press("]"), press("m"), press("["), press("m"))
	want := []Action{
		{Kind: ActMute, Key: alerts.Key{Rule: "c", Container: "web"}, For: muteFor},
		{Kind: ActMute, Key: keyOf("a"), For: muteFor},
	}
	if !slices.Equal(*asked, want) {
		t.Errorf("asked for %v, want %v", *asked, want)
	}
}

// TestAlertsScrollOnlyAsFarAsTheyMust: what is in sight moves when the chosen entry
// would leave it, and by no line more; the line of the sinks is not part of it.
func TestAlertsScrollOnlyAsFarAsTheyMust(t *testing.T) {
	frame := alarms(noon, "a", "b", "c", "d", "e")
	frame.Sinks = sinksOfTheFixture()
	m := send(newModel(80, 24), FrameMsg(frame), press("tab"))
	for _, step := range []struct {
		key, want string
	}{
		{"", "a 1 b 2"},
		{"down", "a 1 b 2"},
		{"down", "b 2 c 3"},
		{"up", "b 2 c 3"},
		{"up", "a 1 b 2"},
		{"G", "d 4 e 5"},
		{"up", "d 4 e 5"},
		{"up", "c 3 d 4"},
		{"g", "a 1 b 2"},
	} {
		if step.key != "" {
			m = send(m, press(step.key))
		}
		if got := alertsInSight(m); got != step.want {
			t.Errorf("after %q the panel shows %q, want %q", step.key, got, step.want)
		}
	}
}

// alertsInSight names the alerts of the panel of lists: a letter for the head of
// each, and its number for the message.
func alertsInSight(m Model) string {
	inside := m.layout().inside(PanelAlerts)
	var words []string
	for line := range strings.SplitSeq(alertsText(m, inside.Dx(), inside.Dy()), "\n") {
		for i, rule := range []string{"a", "b", "c", "d", "e"} {
			if strings.HasPrefix(line, "✖ critical · "+rule+" ") {
				words = append(words, rule)
			}
			if line == "  about "+rule {
				words = append(words, number(i+1))
			}
		}
	}
	return strings.Join(words, " ")
}

// TestPositionLeavesTheSinksOut counts the lines that scroll.
func TestPositionLeavesTheSinksOut(t *testing.T) {
	frame := alarmFrame(noon)
	frame.Board.Alerts = nil
	for _, test := range []struct {
		sinks []SinkHealth
		want  string
	}{{nil, "1-5 of 202"}, {sinksOfTheFixture(), "1-4 of 202"}} {
		frame.Sinks = test.sinks
		if text := screenText(t, send(newModel(80, 24), FrameMsg(frame), press("tab"))); !strings.Contains(text, test.want) {
			t.Errorf("the title does not say %q:\n%s", test.want, text)
		}
	}
}

// TestOnlyWhatIsSeenIsActedOn presses any keys while any frames come, and expects
// that whatever is acknowledged or muted stood on the screen, and was marked there,
// when the key was pressed.
func TestOnlyWhatIsSeenIsActedOn(t *testing.T) {
	rules := []string{"rule-one", "rule-two", "rule-three", "rule-four", "rule-five"}
	pressed := []string{"a", "m", "tab", "shift+tab", "up", "down", "g", "G", "space", "esc", "?", "]", "1", "2", "enter"}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom(sizes()).Draw(t, "size")
		m, asked := actingModel(size[0], size[1])
		at := noon
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "frame") == 0 {
				at = at.Add(time.Second)
				m = send(m, FrameMsg(anyAlarms(t, at, rules)))
				continue
			}
			before := m
			m = send(m, press(rapid.SampledFrom(pressed).Draw(t, "key")))
			for _, action := range *asked {
				if marked := markedText(before); action.Kind != ActFollow && !strings.Contains(marked, action.Key.Rule) {
					t.Fatalf("%v was asked for, and marked on the screen was\n%s", action, marked)
				}
			}
			*asked = nil
		}
	})
}

// markedText is what the screen marks as chosen.
func markedText(m Model) string { return textLooking(m, roleSelected) }

// textLooking is what has a look on the screen, line by line.
func textLooking(m Model, look role) string {
	m.picture()
	var text strings.Builder
	for y := range m.height {
		for x := range m.width {
			if cell := m.screen.cells.At(x, y); m.styleOf(cell) == m.theme[look] {
				text.WriteString(cell.Text)
			}
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// anyAlarms is a frame of two containers with alerts in any state.
func anyAlarms(t *rapid.T, at time.Time, rules []string) Frame {
	web := agentAt(noon)
	web.Name = "web"
	frame := frameOf(at, agentAt(noon), web)
	for i, rule := range rules {
		for _, container := range []string{agentName, "web"} {
			state := rapid.IntRange(0, 4).Draw(t, fmt.Sprintf("%s of %s", rule, container))
			if state == 0 {
				continue
			}
			alert := firing(rule, "", alerts.Severity(1+(state+i)%3), "")
			alert.Container = container
			if state == 1 {
				alert = pending(alert, at)
			}
			alert.Acknowledged = state == 2
			if state == 3 {
				alert.MutedUntil = at.Add(time.Hour)
			}
			frame.Board.Alerts = append(frame.Board.Alerts, alert)
			frame.Transitions = append(frame.Transitions, changed(at, alert, alerts.StateInactive, alerts.ReasonHeld))
		}
	}
	return frame
}

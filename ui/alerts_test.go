package ui

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// alertsText is the alerts panel of a frame, drawn into a width.
func alertsText(m Model, width, height int) string {
	s := m.sceneShown()
	return draw(width, height, func(p pen) { s.drawContent(p, PanelAlerts) })
}

// showing is a screen of one frame that holds these alerts.
func showing(list ...alerts.Alert) Model {
	frame := frameOf(noon, agentAt(noon))
	frame.Board = alerts.Board{At: noon, Alerts: list}
	frame.Rules = alerts.DefaultRules()
	return send(newModel(120, 40), FrameMsg(frame))
}

// TestAlertFacts goes through what is told of one alert.
func TestAlertFacts(t *testing.T) {
	plain := measured(firing("pids-near-limit", alerts.MetricPidsRatio, alerts.SeverityCritical, ""), alerts.UnitRatio, 0.953, 0.9)
	with := func(change func(*alerts.Alert)) alerts.Alert {
		alert := plain
		change(&alert)
		return alert
	}
	for _, test := range []struct {
		name  string
		alert alerts.Alert
		want  string
	}{
		{"firing", plain, "✖ critical · pids-near-limit · for 40 s · at 95 % · threshold 90 %"},
		{"warning", with(func(a *alerts.Alert) { a.Severity = alerts.SeverityWarning }), "▲ warning · pids-near-limit · for 40 s · at 95 % · threshold 90 %"},
		{"info", with(func(a *alerts.Alert) { a.Severity = alerts.SeverityInfo }), "● info · pids-near-limit · for 40 s · at 95 % · threshold 90 %"},
		{"instance", with(func(a *alerts.Alert) { a.Instance = "/tmp" }), "✖ critical · pids-near-limit /tmp · for 40 s · at 95 % · threshold 90 %"},
		{"a while", with(func(a *alerts.Alert) { a.Since = noon.Add(-26 * time.Hour) }), "✖ critical · pids-near-limit · for 1d 2h · at 95 % · threshold 90 %"},
		{"seconds", with(func(a *alerts.Alert) { a.Unit, a.Value, a.Threshold = alerts.UnitSeconds, 95, 120 }), "✖ critical · pids-near-limit · for 40 s · at 95 s · threshold 2 min"},
		{"count", with(func(a *alerts.Alert) { a.Unit, a.Value, a.Threshold = alerts.UnitCount, 43, 20 }), "✖ critical · pids-near-limit · for 40 s · at 43 · threshold 20"},
		{"yes or no has nothing to compare", with(func(a *alerts.Alert) { a.Unit = alerts.UnitState }), "✖ critical · pids-near-limit · for 40 s"},
		{"no unit", with(func(a *alerts.Alert) { a.Unit = "" }), "✖ critical · pids-near-limit · for 40 s"},
		{"acknowledged", with(func(a *alerts.Alert) { a.Acknowledged = true }), "✖ critical · pids-near-limit · for 40 s · at 95 % · threshold 90 % · acknowledged"},
		{"muted", with(func(a *alerts.Alert) { a.MutedUntil = noon.Add(time.Hour) }), "✖ critical · pids-near-limit · for 40 s · at 95 % · threshold 90 % · muted until 15:02:11"},
		{"muted until another day", with(func(a *alerts.Alert) { a.MutedUntil = noon.Add(12 * time.Hour) }), "✖ critical · pids-near-limit · for 40 s · at 95 % · threshold 90 % · muted until 24 Nov"},
		{"both", with(func(a *alerts.Alert) { a.Acknowledged, a.MutedUntil = true, noon.Add(time.Hour) }), "✖ critical · pids-near-limit · for 40 s · at 95 % · threshold 90 % · acknowledged, muted until 15:02:11"},
		{"pending", pending(plain, noon.Add(-2*time.Second)), "◌ pending · pids-near-limit · critical in 3 s · at 95 % · threshold 90 %"},
		{"pending and muted", pending(with(func(a *alerts.Alert) { a.MutedUntil = noon.Add(time.Minute) }), noon), "◌ pending · pids-near-limit · critical in 5 s · at 95 % · threshold 90 % · muted until 14:03:11"},
		{"pending longer than it should", pending(plain, noon.Add(-time.Hour)), "◌ pending · pids-near-limit · critical in 0 s · at 95 % · threshold 90 %"},
		{"pending by a rule that is not known", pending(with(func(a *alerts.Alert) { a.Rule = "mine" }), noon.Add(-7*time.Second)), "◌ pending · mine · for 7 s · at 95 % · threshold 90 %"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _, _ := strings.Cut(alertsText(showing(test.alert), 140, 4), "\n")
			if got != test.want {
				t.Errorf("alert is told as\n%q want\n%q", got, test.want)
			}
		})
	}
}

// TestAlertMessage puts the message below the facts, and leaves out of the facts
// what it says.
func TestAlertMessage(t *testing.T) {
	const facts = "✖ critical · pids-refused · for 40 s"
	for _, test := range []struct {
		name, message, want string
	}{
		{"none", "", facts + " · at 3 · threshold 1"},
		{"without numbers", "forks fail", facts + " · at 3 · threshold 1\n  forks fail"},
		{"with both", "3 forks refused (threshold 1)", facts + "\n  3 forks refused (threshold 1)"},
		{"with the value only", "3 forks refused", facts + " · at 3 · threshold 1\n  3 forks refused"},
		{"with the threshold only", "more than 1", facts + " · at 3 · threshold 1\n  more than 1"},
		{"with other numbers", "on 13 of 31 nodes", facts + " · at 3 · threshold 1\n  on 13 of 31 nodes"},
		{"with fractions", "0.3 and 1.5", facts + " · at 3 · threshold 1\n  0.3 and 1.5"},
		{"at the end of a sentence", "from 1 to 3.", facts + "\n  from 1 to 3."},
		{"with control characters", "a\x1b[2Jb", facts + " · at 3 · threshold 1\n  a·[2Jb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			alert := measured(firing("pids-refused", alerts.MetricPidsRefused, alerts.SeverityCritical, test.message), alerts.UnitCount, 3, 1)
			if got := alertsText(showing(alert), 140, 2); got != test.want {
				t.Errorf("alert is told as\n%q want\n%q", got, test.want)
			}
		})
	}
}

// TestLongMessageIsBounded leaves room for the next alert.
func TestLongMessageIsBounded(t *testing.T) {
	long := firing("one", "", alerts.SeverityCritical, strings.Repeat("word ", 200))
	text := alertsText(showing(long, firing("two", "", alerts.SeverityWarning, "")), 50, 10)
	lines := strings.Split(text, "\n")
	if len(lines) != 2+alertMost || !strings.HasSuffix(lines[alertMost], ellipsis) {
		t.Errorf("panel is\n%s\nwant a message of %d lines between two alerts", text, alertMost)
	}
}

// TestAlertsInANarrowPanel keeps every fact, on as many lines as it takes.
func TestAlertsInANarrowPanel(t *testing.T) {
	alert := measured(firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical, "too much"), alerts.UnitRatio, 0.93, 0.9)
	alert.Acknowledged, alert.MutedUntil = true, noon.Add(time.Hour)
	for _, test := range []struct {
		width int
		want  []string
	}{
		{60, []string{
			"✖ critical · memory-near-limit · for 40 s · at 93 %",
			"  threshold 90 % · acknowledged, muted until 15:02:11", "  too much",
		}},
		{46, []string{
			"✖ critical · memory-near-limit · for 40 s",
			"  at 93 % · threshold 90 %", "  acknowledged, muted until 15:02:11", "  too much",
		}},
		{34, []string{
			"✖ memory-near-limit · for 40 s", "  at 93 % · threshold 90 %",
			"  acknowledged, muted until 15:02…", "  too much",
		}},
		{20, []string{
			"✖ memory-near-limit", "  for 40 s · at 93 %", "  threshold 90 %", "  acknowledged, mut…", "  too much",
		}},
	} {
		if got, want := alertsText(showing(alert), test.width, 9), strings.Join(test.want, "\n"); got != want {
			t.Errorf("%d columns show\n%s\nwant\n%s", test.width, got, want)
		}
	}
}

// TestPendingKeepsItsWord in a panel in which severities have only their marks.
func TestPendingKeepsItsWord(t *testing.T) {
	alert := pending(firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, ""), noon.Add(-10*time.Second))
	if got, want := alertsText(showing(alert), 40, 1), "◌ pending · zombies · warning in 20 s"; got != want {
		t.Errorf("panel is %q, want %q", got, want)
	}
}

// TestFiresIn goes by the soonest of the levels that the alert is beyond.
func TestFiresIn(t *testing.T) {
	level := func(hold time.Duration) collectors.Opt[alerts.Level] { return some(alerts.Level{For: hold}) }
	none := collectors.Opt[alerts.Level]{}
	for _, test := range []struct {
		name              string
		warning, critical collectors.Opt[alerts.Level]
		severity          alerts.Severity
		waited            time.Duration
		want              time.Duration
		known             bool
	}{
		{"warning alone", level(time.Minute), none, alerts.SeverityWarning, 20 * time.Second, 40 * time.Second, true},
		{"critical alone", none, level(time.Minute), alerts.SeverityCritical, 20 * time.Second, 40 * time.Second, true},
		{"warning before critical", level(time.Minute), level(5 * time.Minute), alerts.SeverityCritical, 20 * time.Second, 40 * time.Second, true},
		{"critical before warning", level(time.Minute), level(30 * time.Second), alerts.SeverityCritical, 20 * time.Second, 10 * time.Second, true},
		{"critical is not near", level(time.Minute), level(time.Second), alerts.SeverityWarning, 20 * time.Second, 40 * time.Second, true},
		{"overdue", level(time.Minute), none, alerts.SeverityWarning, time.Hour, 0, true},
		{"a rule that changed under it", none, level(time.Minute), alerts.SeverityWarning, 0, 0, false},
		{"a rule without levels", none, none, alerts.SeverityWarning, 0, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			alert := pending(firing("mine", "", test.severity, ""), noon.Add(-test.waited))
			m := showing(alert)
			m.shown.Rules = []alerts.Rule{{Name: "other"}, {Name: "mine", Warning: test.warning, Critical: test.critical}}
			got, known := m.sceneShown().firesIn(&alert)
			if got != test.want || known != test.known {
				t.Errorf("fires in %v (known: %v), want %v (%v)", got, known, test.want, test.known)
			}
		})
	}
}

// TestForecastFiresIn: a rule about the time until something is full waits no longer
// than that time.
func TestForecastFiresIn(t *testing.T) {
	alert := pending(firing("filling", alerts.MetricMemoryFullIn, alerts.SeverityCritical, ""), noon.Add(-3*time.Second))
	alert.Unit, alert.Value = alerts.UnitSeconds, 8
	m := showing(alert)
	level := some(alerts.Level{Fire: 120, For: 30 * time.Second})
	m.shown.Rules = []alerts.Rule{{Name: "filling", Metric: alerts.MetricMemoryFullIn, Below: true, Warning: level, Critical: level}}
	if got, known := m.sceneShown().firesIn(&alert); got != 5*time.Second || !known {
		t.Errorf("fires in %v (known: %v), want 5s", got, known)
	}
}

// TestAlertsOfOthers shows the alerts of one container only.
func TestAlertsOfOthers(t *testing.T) {
	other := firing("oom-kill", alerts.MetricOOMKills, alerts.SeverityCritical, "")
	other.Container = "web"
	if got := alertsText(showing(other), 60, 3); got != "no alert" {
		t.Errorf("panel is %q, want no alert", got)
	}
	if text, severity := showing(other).sceneShown().tally(); text != "" || severity != alerts.SeverityNone {
		t.Errorf("the tally is %q, %v, want nothing", text, severity)
	}
}

func TestTally(t *testing.T) {
	critical := firing("a", "", alerts.SeverityCritical, "")
	warning := firing("b", "", alerts.SeverityWarning, "")
	for _, test := range []struct {
		name     string
		list     []alerts.Alert
		want     string
		severity alerts.Severity
	}{
		{"none", nil, "", alerts.SeverityNone},
		{"one", []alerts.Alert{warning}, "1 warning", alerts.SeverityWarning},
		{"both", []alerts.Alert{critical, critical, warning}, "2 critical, 1 warning", alerts.SeverityCritical},
		{"pending counts for nothing", []alerts.Alert{pending(critical, noon), warning}, "1 warning", alerts.SeverityWarning},
		{"a severity from the future", []alerts.Alert{firing("c", "", 200, "")}, "1 critical", alerts.SeverityCritical},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, severity := showing(test.list...).sceneShown().tally(); got != test.want || severity != test.severity {
				t.Errorf("tally is %q, %v, want %q, %v", got, severity, test.want, test.severity)
			}
		})
	}
}

// TestFlow shares fields out to lines; one that is too long has a line to itself.
func TestFlow(t *testing.T) {
	list := func() []field {
		return []field{{value: "aaaa"}, {value: ""}, {before: "b ", value: "bb"}, {mark: "▲", value: "cc"}, {value: "dddddddddddd"}, {value: "e"}}
	}
	for _, test := range []struct {
		width int
		want  string
	}{
		{80, "aaaa|b bb|cc|dddddddddddd|e"},
		{18, "aaaa|b bb|cc / dddddddddddd|e"},
		{17, "aaaa|b bb / cc / dddddddddddd|e"},
		{11, "aaaa|b bb / cc / dddddddddddd / e"},
		{4, "aaaa / b bb / cc / dddddddddddd / e"},
		{0, "aaaa / b bb / cc / dddddddddddd / e"},
	} {
		var lines []string
		for _, line := range flow(list(), test.width) {
			var words []string
			for _, f := range line {
				words = append(words, f.before+f.value)
			}
			lines = append(lines, strings.Join(words, "|"))
		}
		if got := strings.Join(lines, " / "); got != test.want {
			t.Errorf("%d columns: %q, want %q", test.width, got, test.want)
		}
	}
}

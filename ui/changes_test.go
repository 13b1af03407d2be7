package ui

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
)

// memoryAlert is an alert of the agent with a severity.
func memoryAlert(severity alerts.Severity) alerts.Alert {
	return firing("memory-near-limit", alerts.MetricMemoryRatio, severity, "93 %")
}

// TestChangeWords has a row for each reason of the engine.
func TestChangeWords(t *testing.T) {
	critical, warning := memoryAlert(alerts.SeverityCritical), memoryAlert(alerts.SeverityWarning)
	const firing = alerts.StateFiring
	for _, test := range []struct {
		reason alerts.Reason
		change alerts.Transition
		want   string
	}{
		{alerts.ReasonCrossed, changed(noon, pending(warning, noon), alerts.StateInactive, alerts.ReasonCrossed), ""},
		{alerts.ReasonHeld, changed(noon, warning, alerts.StatePending, alerts.ReasonHeld), "14:02:11 ▲ memory-near-limit warning · 93 %"},
		{alerts.ReasonReceded, changed(noon, resolved(noon, warning, "").Alert, alerts.StatePending, alerts.ReasonReceded), ""},
		{alerts.ReasonRose, changed(noon, critical, firing, alerts.ReasonRose), "14:02:11 ✖ memory-near-limit rose to critical · 93 %"},
		{alerts.ReasonFell, changed(noon, warning, firing, alerts.ReasonFell), "14:02:11 ▲ memory-near-limit fell to warning"},
		{alerts.ReasonAgain, changed(noon, critical, firing, alerts.ReasonAgain), "14:02:11 ✖ memory-near-limit critical again · 93 %"},
		{alerts.ReasonCleared, resolved(noon, warning, alerts.ReasonCleared), "14:02:11 ● memory-near-limit over"},
		{alerts.ReasonAbsent, resolved(noon, warning, alerts.ReasonAbsent), "14:02:11 ● memory-near-limit over: the value is not measured any more"},
		{alerts.ReasonNotRunning, resolved(noon, warning, alerts.ReasonNotRunning), "14:02:11 ● memory-near-limit over: the container does not run"},
		{alerts.ReasonGone, resolved(noon, warning, alerts.ReasonGone), "14:02:11 ● memory-near-limit over: no container has this name any more"},
		{alerts.ReasonRuleRemoved, resolved(noon, warning, alerts.ReasonRuleRemoved), "14:02:11 ● memory-near-limit over: the rule is not in force any more"},
		{"of tomorrow", resolved(noon, warning, "of tomorrow"), "14:02:11 ● memory-near-limit over"},
	} {
		t.Run(string(test.reason), func(t *testing.T) {
			m := showing()
			m.shown.Transitions = []alerts.Transition{test.change}
			want := "no alert"
			if test.want != "" {
				want += "\nhistory\n" + test.want
			}
			if got := alertsText(m, 100, 5); got != want {
				t.Errorf("panel is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestHistoryOfAlerts is newest first, of one container, and says how long it was.
func TestHistoryOfAlerts(t *testing.T) {
	m := showing()
	m.shown.Transitions = changesByNoon()
	other := changed(noon, memoryAlert(alerts.SeverityCritical), alerts.StatePending, alerts.ReasonHeld)
	other.Alert.Container = "web"
	m.shown.Transitions = append(m.shown.Transitions, other)
	want := strings.Join([]string{
		"no alert", "history",
		"14:01:31 ✖ pids-refused critical · 3 forks were refused",
		"14:01:31 ✖ memory-near-limit rose to critical · memory that cannot be freed, of",
		"14:01:11 ▲ memory-near-limit warning · memory that cannot be freed, of the limi",
		"12:51:11 ● tmpfs-filling /tmp over after 19 min",
		"12:32:11 ▲ tmpfs-filling /tmp warning · tmpfs used on /tmp 84 % (threshold 80 %)",
	}, "\n")
	if got := alertsText(m, 80, 10); strings.ReplaceAll(got, ellipsis, "") != want {
		t.Errorf("panel is\n%s\nwant\n%s", got, want)
	}
}

// TestFiredBefore finds the beginning that belongs to an end.
func TestFiredBefore(t *testing.T) {
	at := func(back time.Duration) time.Time { return noon.Add(-back) }
	alert := memoryAlert(alerts.SeverityWarning)
	twin := alert
	twin.Instance = "/tmp"
	begin := func(back time.Duration, alert alerts.Alert) alerts.Transition {
		return changed(at(back), alert, alerts.StatePending, alerts.ReasonHeld)
	}
	end := func(back time.Duration) alerts.Transition { return resolved(at(back), alert, alerts.ReasonCleared) }
	for _, test := range []struct {
		name    string
		changes []alerts.Transition
		want    string
	}{
		{"one life", []alerts.Transition{begin(90*time.Second, alert), end(0)}, "over after 90 s"},
		{"the newest life", []alerts.Transition{begin(time.Hour, alert), end(50 * time.Minute), begin(20*time.Second, alert), end(0)}, "over after 20 s"},
		{"through a rise", []alerts.Transition{begin(90*time.Second, alert), changed(at(time.Second), alert, alerts.StateFiring, alerts.ReasonRose), end(0)}, "over after 90 s"},
		{"a twin on another mount", []alerts.Transition{begin(30*time.Second, alert), begin(10*time.Second, twin), end(0)}, "over after 30 s"},
		{"begun before the history", []alerts.Transition{begin(time.Minute, twin), end(0)}, "over"},
		{"begun after it", []alerts.Transition{end(30 * time.Second), begin(0, alert)}, "over"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := showing()
			m.shown.Transitions = test.changes
			s := m.sceneShown()
			for i := len(test.changes) - 1; i >= 0; i-- {
				if change := &test.changes[i]; change.Resolved() {
					if got := s.changeWords(change); got != test.want {
						t.Errorf("the end is told as %q, want %q", got, test.want)
					}
					return
				}
			}
		})
	}
}

// TestChangesSince cuts off what the frame before had, whatever the clock says.
func TestChangesSince(t *testing.T) {
	change := func(rule string, at time.Duration) alerts.Transition {
		return changed(noon.Add(at), firing(rule, "", alerts.SeverityWarning, ""), alerts.StatePending, alerts.ReasonHeld)
	}
	over := func(rule string, at time.Duration) alerts.Transition {
		return resolved(noon.Add(at), firing(rule, "", alerts.SeverityWarning, ""), alerts.ReasonCleared)
	}
	a, b, c := change("a", 0), change("b", time.Second), over("a", 2*time.Second)
	for _, test := range []struct {
		name        string
		before, now []alerts.Transition
		want        string
	}{
		{"nothing at all", nil, nil, ""},
		{"the first ones", nil, []alerts.Transition{a, b}, "a b"},
		{"nothing new", []alerts.Transition{a, b}, []alerts.Transition{a, b}, ""},
		{"one more", []alerts.Transition{a}, []alerts.Transition{a, b}, "b"},
		{"two more", []alerts.Transition{a}, []alerts.Transition{a, b, c}, "b a"},
		{"the old ones let go", []alerts.Transition{a, b}, []alerts.Transition{b, c}, "a"},
		{"all of them let go", []alerts.Transition{a}, []alerts.Transition{b, c}, "b a"},
		{"the same alert at another time", []alerts.Transition{a}, []alerts.Transition{a, change("a", time.Hour)}, "a"},
		{"the clock was set back", []alerts.Transition{b}, []alerts.Transition{b, change("a", -time.Hour)}, "a"},
		{"a run that began anew", []alerts.Transition{a, b, c}, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rules []string
			for _, change := range changesSince(test.before, test.now) {
				rules = append(rules, change.Alert.Rule)
			}
			if got := strings.Join(rules, " "); got != test.want {
				t.Errorf("new are %q, want %q", got, test.want)
			}
		})
	}
}

// TestChangesOfAnotherDay show the day in place of the time.
func TestChangesOfAnotherDay(t *testing.T) {
	m := showing()
	m.shown.Transitions = []alerts.Transition{resolved(noon.AddDate(0, 0, -1), memoryAlert(alerts.SeverityWarning), alerts.ReasonCleared)}
	if got := alertsText(m, 60, 5); !strings.HasSuffix(got, "22 Nov   ● memory-near-limit over") {
		t.Errorf("panel is\n%s", got)
	}
}

package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/collectors"
)

// reportAt is an audit with a finding of every kind.
func reportAt(at time.Time) audit.Report {
	finding := func(check string, state audit.State, severity alerts.Severity, found, why, fix string) audit.Finding {
		return audit.Finding{Check: check, State: state, Severity: severity, Found: found, Why: why, Fix: fix}
	}
	const critical, warning, info = alerts.SeverityCritical, alerts.SeverityWarning, alerts.SeverityInfo
	waived := finding("cpu-quota", audit.StateWaived, warning, "nothing limits CPU time", "Without a quota one loop takes every core.", "cpus: 1.5")
	waived.Waiver, waived.WaivedUntil = "we measure what it needs", "2026-12-01"
	return audit.Report{At: at, Container: agentName, Profile: "openclaw", Passed: 28, Judged: 37, Findings: []audit.Finding{
		finding("capabilities", audit.StateFail, critical, "SYS_ADMIN can be used", "Each capability is a part of root's power; Docker leaves fourteen of them unless it is told otherwise.", "cap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE]"),
		finding("tmpfs", audit.StateFail, warning, "/tmp allows exec", "What can be written and executed is where an intruder unpacks.", "tmpfs:\n  - /tmp:size=256m,noexec,nosuid"),
		finding("live-restore", audit.StateFail, info, "live-restore is off", "An update of the engine otherwise ends the agent in the middle of its work.", "# /etc/docker/daemon.json, then reload the engine:\n{\"live-restore\": true}"),
		finding("kernel-files", audit.StateUnknown, critical, "/proc/4102/mountinfo: permission denied", "Through /proc/sys the kernel itself can be read and set.", ""),
		waived,
		finding("memory-limit", audit.StatePass, critical, "2.00 GiB", "Without a limit the whole host runs out of memory.", ""),
		finding("pids-limit", audit.StatePass, critical, "256 tasks", "A fork bomb takes every pid of the host.", ""),
		finding("user", audit.StatePass, critical, "user 101000 on the host", "Whoever breaks out has the user id that the process has on the host.", ""),
		finding("seccomp", audit.StatePass, critical, "a filter is in force", "Most ways out begin with a system call that no agent needs.", ""),
		finding("image-current", audit.StateNotApplicable, info, "the image is pinned", "An old image has old holes.", ""),
	}}
}

// lostCapability is that the audit was better an hour ago.
func lostCapability() []collectors.Drift {
	return []collectors.Drift{{Check: "capabilities", Was: "NET_BIND_SERVICE", Is: "SYS_ADMIN can be used", Grave: true, Since: noon.Add(-time.Hour)}}
}

// auditedFrame is the agent with what is known of it.
func auditedFrame(status audit.Status) Frame {
	frame := frameOf(noon, agentAt(noon))
	frame.Hardening = map[string]audit.Status{agentName: status}
	if len(status.Worse) > 0 {
		drift := firing("hardening-drift", alerts.MetricDrift, alerts.SeverityCritical, status.Worse[0].String())
		drift.Unit = alerts.UnitSeverity
		frame = withAlerts(frame, drift)
	}
	return frame
}

func auditedAs(status audit.Status) func(Model) Model {
	return func(m Model) Model { return send(steady(m), FrameMsg(auditedFrame(status))) }
}

// toHardening gives the panel the focus.
func toHardening(arrive func(Model) Model) func(Model) Model {
	return func(m Model) Model { return arrive(m).focusOn(PanelHardening) }
}

// hostileStatus is an audit in which everything was chosen by somebody else: the screen
// does not rely on anybody having cleaned it.
func hostileStatus() audit.Status {
	report := reportAt(noon)
	for i := range report.Findings {
		f := &report.Findings[i]
		f.Found, f.Waiver, f.Fix = poison, poison, poison
	}
	return audit.Status{Report: report, Why: poison, Worse: []collectors.Drift{{Check: "capabilities", Was: poison, Is: poison, Since: noon}}}
}

func hardeningStates() []state {
	good := audit.Status{Report: reportAt(noon.Add(-4 * time.Minute))}
	lost := audit.Status{Report: good.Report, Worse: lostCapability()}
	old := audit.Status{Report: good.Report, Why: "dial unix /var/run/docker.sock: connect: connection refused"}
	return []state{
		{"hardening", toHardening(auditedAs(good))},
		{"hardening-lost", auditedAs(lost)},
		{"hardening-zoom", func(m Model) Model { return send(toHardening(auditedAs(lost))(m), press("enter")) }},
		{"hardening-old", func(m Model) Model { return send(toHardening(auditedAs(old))(m), press("down")) }},
		{"hardening-unknown", toHardening(auditedAs(audit.Status{Why: old.Why}))},
		{"hardening-hostile", func(m Model) Model { return send(toHardening(auditedAs(hostileStatus()))(m), press("enter")) }},
	}
}

// TestHardeningLine is what the header says of the audits.
func TestHardeningLine(t *testing.T) {
	report := reportAt(noon.Add(-4 * time.Minute))
	for _, test := range []struct {
		name   string
		status audit.Status
		want   string
	}{
		{"not audited yet", audit.Status{}, ""},
		{"as it was", audit.Status{Report: report}, "hardening 28/37 · capabilities: SYS_ADMIN can be used"},
		{"clean", audit.Status{Report: audit.Report{At: noon, Passed: 37, Judged: 37}}, "hardening 37/37"},
		{"what was lost is told before what is worst", audit.Status{Report: report, Worse: []collectors.Drift{{Check: "tmpfs", Is: "/tmp allows exec"}}}, "✖ hardening 28/37 · tmpfs: /tmp allows exec"},
		{"not looked at since", audit.Status{Report: report, Why: "refused"}, "hardening 28/37 at 13:58:11 · capabilities: SYS_ADMIN can be used"},
		{"never looked at", audit.Status{Why: "refused"}, "hardening unknown"},
		{"known from before only", audit.Status{Worse: lostCapability()}, "✖ hardening was better"},
	} {
		m := send(newModel(120, 40), FrameMsg(auditedFrame(test.status)))
		if test.name == "not audited yet" {
			m.shown.Hardening = map[string]audit.Status{}
		}
		if got := draw(80, 1, func(p pen) { p.fields(0, 80, 0, m.sceneShown().hardeningFields(0)...) }); strings.TrimSpace(got) != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestNothingIsAudited: there is no panel without audits, and an empty one says why.
func TestNothingIsAudited(t *testing.T) {
	m := steady(newModel(160, 50))
	for range panelCount {
		if m = send(m, press("tab")); m.nav.focus == PanelHardening {
			t.Error("there is nothing to focus on")
		}
	}
	cgroup := frameOf(noon, collectors.ContainerSample{Name: agentName, State: collectors.StateRunning})
	cgroup.Hardening = map[string]audit.Status{}
	for want, m := range map[string]Model{
		"this was not audited yet":                     auditedAs(audit.Status{})(newModel(160, 50)),
		"this could not be audited: refused":           auditedAs(audit.Status{Why: "refused"})(newModel(160, 50)),
		"this is not audited: only of a container":     send(newModel(160, 50), FrameMsg(cgroup)),
		"an audit is of now; what has got worse is":    send(auditedAs(audit.Status{Report: reportAt(noon)})(newModel(160, 50)), press("H")),
		"this is of 14:02:11; since then: unreachable": auditedAs(audit.Status{Report: reportAt(noon), Why: "unreachable"})(newModel(160, 50)),
	} {
		if text := screenText(t, send(m.focusOn(PanelHardening), press("enter"))); !strings.Contains(text, want) {
			t.Errorf("no %q:\n%s", want, text)
		}
	}
}

// TestChosenFindingStays: it is chosen by its check. An audit that sorts the findings
// anew moves what is chosen, and does not choose another one.
func TestChosenFindingStays(t *testing.T) {
	status := audit.Status{Report: reportAt(noon)}
	m := send(auditedAs(status)(newModel(120, 40)).focusOn(PanelHardening), press("down"))
	if check, fix := m.fixShown(); check != "tmpfs" || fix == "" {
		t.Errorf("%s: %q", check, fix)
	}
	mended := status.Report
	mended.Findings = append(append([]audit.Finding{}, mended.Findings[3:]...), mended.Findings[:2]...)
	m = send(m, FrameMsg(auditedFrame(audit.Status{Report: mended})))
	if check, _ := m.fixShown(); check != "tmpfs" {
		t.Errorf("now %s", check)
	}
	for key, want := range map[string]string{"g": "kernel-files", "G": "tmpfs"} {
		if check, _ := send(m, press(key)).fixShown(); check != want {
			t.Errorf("%s: %s, want %s", key, check, want)
		}
	}
	m = send(m, FrameMsg(auditedFrame(audit.Status{Report: audit.Report{At: noon, Findings: mended.Findings[:1]}})))
	if check, _ := m.fixShown(); check != "kernel-files" {
		t.Errorf("what was chosen is gone, now %s", check)
	}
}

// TestChosenFindingIsInSight at every step down and up, in every size that has panels.
func TestChosenFindingIsInSight(t *testing.T) {
	for _, size := range [][2]int{{160, 50}, {120, 40}, {100, 28}, {80, 24}, {60, 18}, {50, 30}, {40, 12}} {
		for _, zoom := range []bool{false, true} {
			m := auditedAs(audit.Status{Report: reportAt(noon)})(newModel(size[0], size[1])).focusOn(PanelHardening)
			if zoom {
				m = send(m, press("enter"))
			}
			for key := range strings.FieldsSeq(strings.Repeat("j ", 12) + strings.Repeat("k ", 12)) {
				m = send(m, press(key))
				check, _ := m.fixShown()
				if text := screenText(t, m); !strings.Contains(text, check) {
					t.Errorf("%v, zoomed %v: %s is not in sight:\n%s", size, zoom, check, text)
				}
			}
		}
	}
}

// TestJourneyToAFix: enter shows all, c copies what is chosen, and a note says so.
// Where nothing is to be mended, there is no such key.
func TestJourneyToAFix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		j.frame(auditedFrame(audit.Status{Report: reportAt(noon), Worse: lostCapability()}))
		j.shows("hardening 28/37 · capabilities: SYS_ADMIN can be used")
		j.hides("c copy the fix")
		j.keys("shift+tab", "shift+tab", "shift+tab", "shift+tab", "enter")
		j.shows("Hardening", "28/37", "✖ critical capabilities lost", "was   NET_BIND_SERVICE, until 13:02:11", "fix   cap_drop: [ALL]", "c copy the fix")
		j.keys("down", "c")
		j.shows("the fix of tmpfs, 2 lines, went to the terminal's clipboard (OSC 52)")
		if got, want := j.output.copied(), "tmpfs:\n  - /tmp:size=256m,noexec,nosuid\n"; got != want {
			t.Errorf("%q was copied, want %q", got, want)
		}
		j.keys("down")
		j.hides("OSC 52")
		j.keys("down")
		j.hides("c copy the fix")
		j.keys("c")
		j.hides("OSC 52")
		j.end()
	})
}

// TestMouseOnAFinding: a click chooses the finding that it meets, and the text below it
// belongs to it.
func TestMouseOnAFinding(t *testing.T) {
	m := mousing(auditedAs(audit.Status{Report: reportAt(noon), Why: "refused"})(newModel(120, 40)))
	m = send(m.focusOn(PanelHardening), press("enter"))
	for _, test := range []struct{ text, want string }{
		{"live-restore ", "live-restore"}, {"since then: refused", "live-restore"}, {"memory-limit", "memory-limit"}, {"tmpfs ", "tmpfs"},
	} {
		m = click(t, m, test.text)
		if check, _ := m.fixShown(); check != test.want {
			t.Errorf("a click on %q chooses %s", test.text, check)
		}
	}
}

package ui

import (
	"time"

	"brink/alerts"
	"brink/collectors"
)

// What the engine of alerts says in the fixtures.

// firing is an alert of the agent that fires.
func firing(rule, metric string, severity alerts.Severity, message string) alerts.Alert {
	return alerts.Alert{
		Key:    alerts.Key{Rule: rule, Container: agentName},
		Metric: metric, Severity: severity, State: alerts.StateFiring,
		Since: noon.Add(-40 * time.Second), FiredAt: noon.Add(-40 * time.Second), Message: message,
	}
}

// measured gives an alert what was compared.
func measured(alert alerts.Alert, unit alerts.Unit, value, threshold float64) alerts.Alert {
	alert.Unit, alert.Value, alert.Threshold = unit, value, threshold
	return alert
}

// pending makes an alert one that does not fire yet.
func pending(alert alerts.Alert, since time.Time) alerts.Alert {
	alert.State, alert.Since, alert.FiredAt = alerts.StatePending, since, time.Time{}
	return alert
}

// alertsNearLimits has an alert of each kind: with numbers in its message and
// without, acknowledged, muted, pending.
func alertsNearLimits() []alerts.Alert {
	known := firing("pids-refused", alerts.MetricPidsRefused, alerts.SeverityCritical, "3 forks were refused")
	known.Acknowledged = true
	quiet := measured(firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, "nobody waits for the dead"), alerts.UnitCount, 43, 20)
	quiet.MutedUntil = noon.Add(49 * time.Minute)
	soon := firing("memory-pressure", alerts.MetricMemoryPressure, alerts.SeverityWarning, "time in which tasks waited for memory 14 % (threshold 10 %)")
	return []alerts.Alert{
		measured(firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical,
			"memory that cannot be freed, of the limit 93 % (threshold 90 %)"), alerts.UnitRatio, 0.93, 0.90),
		measured(firing("pids-near-limit", alerts.MetricPidsRatio, alerts.SeverityCritical,
			"the agent starts too many browsers"), alerts.UnitRatio, 0.953, 0.90),
		measured(known, alerts.UnitCount, 3, 1),
		measured(firing("cpu-throttled", alerts.MetricCPUThrottled, alerts.SeverityWarning,
			"CPU periods that were throttled 86 % (threshold 25 %)"), alerts.UnitRatio, 0.86, 0.25),
		quiet,
		pending(measured(soon, alerts.UnitRatio, 0.14, 0.10), noon.Add(-12*time.Second)),
	}
}

// changed is a change of an alert to the state that it is in.
func changed(at time.Time, alert alerts.Alert, from alerts.State, reason alerts.Reason) alerts.Transition {
	return alerts.Transition{At: at, Alert: alert, From: from, FromSeverity: alerts.SeverityWarning, Reason: reason}
}

// resolved is the end of an alert.
func resolved(at time.Time, alert alerts.Alert, reason alerts.Reason) alerts.Transition {
	alert.State, alert.Severity, alert.FiredAt = alerts.StateInactive, alerts.SeverityNone, time.Time{}
	return changed(at, alert, alerts.StateFiring, reason)
}

// changesByNoon is what has become of the alerts in the last hours.
func changesByNoon() []alerts.Transition {
	at := func(back time.Duration) time.Time { return noon.Add(-back) }
	tmpfs := firing("tmpfs-filling", alerts.MetricTmpfsRatio, alerts.SeverityWarning, "tmpfs used on /tmp 84 % (threshold 80 %)")
	tmpfs.Instance = "/tmp"
	now := alertsNearLimits()
	memory, refused := now[0], now[2]
	milder := memory
	milder.Severity, milder.Message = alerts.SeverityWarning, "memory that cannot be freed, of the limit 81 % (threshold 80 %)"
	return []alerts.Transition{
		changed(at(90*time.Minute), tmpfs, alerts.StatePending, alerts.ReasonHeld),
		resolved(at(71*time.Minute), tmpfs, alerts.ReasonCleared),
		changed(at(70*time.Second), pending(milder, at(70*time.Second)), alerts.StateInactive, alerts.ReasonCrossed),
		changed(at(60*time.Second), milder, alerts.StatePending, alerts.ReasonHeld),
		changed(at(40*time.Second), memory, alerts.StateFiring, alerts.ReasonRose),
		changed(at(40*time.Second), refused, alerts.StateInactive, alerts.ReasonHeld),
	}
}

// sinksOfTheFixture are two that work and one that does not.
func sinksOfTheFixture() []SinkHealth {
	return []SinkHealth{
		{Name: "tmux", Delivered: 3},
		{Name: "webhook", Delivered: 2, Failed: 1},
		{Name: "mail", Failed: 2, Pending: 1, LastError: "smtp.example.org:587: connection refused"},
	}
}

// withAlerts puts alerts that have begun to fire with it on a frame.
func withAlerts(frame Frame, list ...alerts.Alert) Frame {
	at := frame.Snapshot.At
	frame.Board = alerts.Board{At: at, Alerts: list}
	for i := range list {
		list[i].Since, list[i].FiredAt = at, at
		frame.Transitions = append(frame.Transitions, changed(at, list[i], alerts.StateInactive, alerts.ReasonHeld))
	}
	return frame
}

// newsFrame is a frame of two new critical alerts.
func newsFrame(at time.Time, more ...collectors.ContainerSample) Frame {
	return withAlerts(frameOf(at, append([]collectors.ContainerSample{agentAt(noon)}, more...)...),
		firing("pids-refused", alerts.MetricPidsRefused, alerts.SeverityCritical, "3 forks were refused"),
		firing("unhealthy", alerts.MetricUnhealthy, alerts.SeverityCritical, "the health check says unhealthy"))
}

// alarmFrame is as full as a frame can be: an alert of each default rule, and the
// whole history that a caller keeps.
func alarmFrame(at time.Time) Frame {
	const kept = 200
	frame := frameOf(at, agentAt(noon))
	frame.Rules, frame.Sinks = alerts.DefaultRules(), sinksOfTheFixture()
	for i, rule := range frame.Rules {
		alert := firing(rule.Name, rule.Metric, alerts.SeverityWarning+alerts.Severity(i%2), "as "+rule.Name+" says, 93 % (threshold 90 %)")
		frame.Board.Alerts = append(frame.Board.Alerts, measured(alert, alerts.UnitRatio, 0.93, 0.9))
	}
	for i := range kept {
		alert, when := frame.Board.Alerts[i/2%len(frame.Board.Alerts)], noon.Add(time.Duration(i-10*kept)*time.Second)
		if i%2 == 0 {
			frame.Transitions = append(frame.Transitions, changed(when, alert, alerts.StatePending, alerts.ReasonHeld))
		} else {
			frame.Transitions = append(frame.Transitions, resolved(when, alert, alerts.ReasonCleared))
		}
	}
	return frame
}

// alarmed is the fullest screen, with an alert chosen and the newest of all in the
// news.
func alarmed(m Model) Model {
	frame := alarmFrame(noon)
	m = send(warm(m), FrameMsg(frame))
	return send(m, FrameMsg(oneMore(noon.Add(time.Second), frame, "oom-kill")), press("tab"), press("down"))
}

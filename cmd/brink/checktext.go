package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// writeCheck writes the verdict as text: the first line is the whole answer, as
// monitoring systems show only that one; the rest explains it.
func writeCheck(out io.Writer, frame ui.Frame) error {
	var r verdictText
	r.headline(frame)
	r.waiting(frame.Snapshot)
	for _, container := range frame.Snapshot.Containers {
		r.container(container, frame)
	}
	r.unjudged(frame)
	_, err := io.WriteString(out, cleanLines(r.text.String()))
	return err
}

// verdictText is the text of a check while it is written. A reason often comes from
// several sides (the target, the source, each mount): it is told once.
type verdictText struct {
	text strings.Builder
	said []string
}

// line adds a line, without the blanks that an empty last column leaves.
func (r *verdictText) line(format string, args ...any) {
	r.text.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// once returns the reason the first time that it comes up, and nothing after.
func (r *verdictText) once(why string) string {
	told := func(before string) bool { return strings.HasSuffix(before, why) }
	if why == "" || slices.ContainsFunc(r.said, told) {
		return ""
	}
	r.said = append(r.said, why)
	return why
}

// verdictWord is what monitoring systems call an exit code.
func verdictWord(code int) string {
	return [...]string{checkOK: "OK", checkWarning: "WARNING", checkCritical: "CRITICAL", checkUnknown: "UNKNOWN"}[code]
}

// headline is the word of the exit code and the worst thing there is to say.
func (r *verdictText) headline(frame ui.Frame) {
	code := checkCode(frame)
	word := verdictWord(code)
	switch code {
	case checkUnknown:
		r.line("%s %s", word, r.once(whyUnknown(frame.Snapshot)))
	case checkOK:
		r.line("%s %s", word, names(frame.Snapshot.Containers))
	default:
		worst := frame.Board.Alerts[0]
		r.line("%s %s: %s%s", word, worst.Container, worst.Message, more(len(frame.Board.Alerts)-1))
	}
}

// whyUnknown is the first reason for which there is no verdict.
func whyUnknown(snapshot collectors.Snapshot) string {
	if len(snapshot.Waiting) > 0 {
		return snapshot.Waiting[0].Why
	}
	if container, ok := firstUnreadable(snapshot.Containers); ok {
		return container.Name + ": " + whyUnreadable(container.Sources)
	}
	return whyUnreadable(snapshot.Sources)
}

// whyUnreadable is the first reason that a source gave.
func whyUnreadable(list []collectors.SourceHealth) string {
	for _, source := range list {
		if source.Error != "" {
			return source.Error
		}
	}
	for _, source := range list {
		if len(source.Missing) > 0 {
			return source.Missing[0].Why
		}
	}
	return "nothing could be read"
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return " (and " + strconv.Itoa(n) + " more)"
}

func names(containers []collectors.ContainerSample) string {
	var list []string
	for _, container := range containers {
		list = append(list, container.Name)
	}
	return strings.Join(list, ", ")
}

// waiting tells of each target that is not there what the headline has not told,
// what could be meant, and what to do.
func (r *verdictText) waiting(snapshot collectors.Snapshot) {
	if len(snapshot.Waiting) == 0 {
		return
	}
	choices := 0
	for _, waiting := range snapshot.Waiting {
		if why := r.once(waiting.Why); why != "" {
			r.line("  %s", why)
		}
		for _, choice := range waiting.Choices {
			r.line("  brink check %s", choice)
		}
		choices += len(waiting.Choices)
	}
	switch {
	case engineFails(snapshot.Sources):
		r.line("  without an engine: brink check cgroup:/system.slice/ssh.service")
	case choices == 0:
		r.line("  docker ps -a lists what there is; brink check takes a name, an id prefix, service:NAME or cgroup:/PATH")
	}
}

func engineFails(list []collectors.SourceHealth) bool {
	return slices.ContainsFunc(list, func(s collectors.SourceHealth) bool { return s.Name == "engine" && !s.OK })
}

// container tells how one container stands.
func (r *verdictText) container(c collectors.ContainerSample, frame ui.Frame) {
	r.line("\n%s  %s", c.Name, strings.Join(present(stateParts(c, frame.Snapshot.At)), " · "))
	r.rows(rowsOf(c), func(metric, instance string) alerts.Severity {
		return rowSeverity(frame.Board.Of(c.Name), metric, instance)
	})
	for _, alert := range frame.Board.Of(c.Name) {
		r.line("  %-8s %s: %s%s", alert.Severity, alert.Rule, alert.Message, hurry(frame.Rules, alert))
	}
	r.story(frame.Snapshot.Story, c.Name)
	r.sources(c.Sources)
}

// hurry says so when an alert is told at once whose rule asks for time: two samples
// cannot tell a burst from a load.
func hurry(rules []alerts.Rule, alert alerts.Alert) string {
	for _, rule := range rules {
		if hold := rule.Hold(alert.Severity); rule.Name == alert.Rule && hold > 0 {
			return " (asks for " + whole(hold) + "; judged at once)"
		}
	}
	return ""
}

// whole writes what a rule asks for, which is seldom an odd time.
func whole(hold time.Duration) string {
	if hold%time.Minute == 0 {
		return strconv.Itoa(int(hold/time.Minute)) + " min"
	}
	return strconv.FormatFloat(hold.Seconds(), 'f', -1, 64) + " s"
}

// unjudged names the rules that two samples can say nothing to.
func (r *verdictText) unjudged(frame ui.Frame) {
	var list []string
	for _, rule := range frame.Rules {
		raised := slices.ContainsFunc(frame.Board.Alerts, func(a alerts.Alert) bool { return a.Rule == rule.Name })
		if rule.Forecasts() && !raised {
			list = append(list, rule.Name)
		}
	}
	if len(list) > 0 && len(frame.Snapshot.Containers) > 0 {
		r.line("\nnot judged, since two samples give no trend: %s", strings.Join(list, ", "))
	}
}

// rowSeverity is the worst of the alerts whose metric belongs to the row.
func rowSeverity(list []alerts.Alert, metric, instance string) alerts.Severity {
	worst := alerts.SeverityNone
	for _, alert := range list {
		if strings.HasPrefix(alert.Metric, metric+".") && alert.Instance == instance {
			worst = max(worst, alert.Severity)
		}
	}
	return worst
}

func stateParts(c collectors.ContainerSample, at time.Time) []string {
	state := string(c.State)
	if started, ok := c.StartedAt.Get(); ok && c.State.Alive() {
		state += " for " + span(at.Sub(started))
	}
	if code, ok := c.ExitCode.Get(); ok {
		state += ", exit code " + strconv.Itoa(code)
	}
	parts := []string{state, string(c.Health)}
	if n, ok := c.RestartCount.Get(); ok && n > 0 {
		parts = append(parts, counted(uint64(n), "restart", "restarts"))
	}
	if age, ok := c.Stale.Get(); ok {
		parts = append(parts, "stale "+span(age.Duration()))
	}
	return append(parts, c.Image)
}

// storyShown is how many events check shows.
const storyShown = 5

// story tells the latest events of a container, and those of the sources.
func (r *verdictText) story(story []collectors.Event, name string) {
	var lines []string
	for _, event := range story {
		if event.Container == name || event.Container == "" {
			lines = append(lines, event.At.Local().Format(time.DateTime)+"  "+event.Summary())
		}
	}
	for _, line := range lines[max(0, len(lines)-storyShown):] {
		r.line("  %s", line)
	}
}

// sources tells only what is wrong or missing. What one cause takes away stands
// in one line.
func (r *verdictText) sources(list []collectors.SourceHealth) {
	for _, source := range list {
		if why := r.once(source.Error); why != "" {
			r.line("  source %s: %s", source.Name, why)
		}
		for i, missing := range source.Missing {
			if why := r.once(missing.Why); why != "" {
				r.line("  no %s from %s: %s", groupsMissing(source.Missing[i:], why), source.Name, why)
			}
		}
	}
}

// groupsMissing names the groups that are missing for the same reason.
func groupsMissing(list []collectors.Missing, why string) string {
	var groups []string
	for _, missing := range list {
		if missing.Why == why {
			groups = append(groups, string(missing.Group))
		}
	}
	return strings.Join(groups, ", ")
}

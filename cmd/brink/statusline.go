package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// statusStyle is how a status line is written.
type statusStyle struct {
	width int
	tmux  bool
}

// statusPart is one piece of the line.
type statusPart struct {
	text     string
	severity alerts.Severity
}

// line is the whole state in one line of at most width cells: parts that do not
// fit are left out, and the first is cut.
func (s statusStyle) line(frame ui.Frame) string {
	var line strings.Builder
	room := s.width
	for i, part := range statusParts(frame) {
		text := part.text
		separator := ""
		if i > 0 {
			separator = " · "
		}
		need := ansi.StringWidth(separator + text)
		if i == 0 && need > room {
			text, need = ansi.Truncate(text, room, "…"), room
		}
		if need > room {
			break
		}
		room -= need
		line.WriteString(separator + s.paint(text, part.severity))
	}
	return line.String()
}

// paint colours a part for tmux, whose own marks in the text are escaped: a name
// must not choose a colour, let alone run a command.
func (s statusStyle) paint(text string, severity alerts.Severity) string {
	if !s.tmux {
		return text
	}
	text = strings.ReplaceAll(text, "#", "##")
	switch severity {
	case alerts.SeverityCritical:
		return "#[fg=red,bold]" + text + "#[default]"
	case alerts.SeverityWarning:
		return "#[fg=yellow]" + text + "#[default]"
	default:
		return text
	}
}

// statusParts are the alerts that fire, else the limits, else why there is
// nothing to say.
func statusParts(frame ui.Frame) []statusPart {
	var parts []statusPart
	for _, alert := range frame.Board.Alerts {
		if alert.State == alerts.StateFiring && !alert.Acknowledged && !alert.Muted() {
			parts = append(parts, statusPart{statusMark(alert.Severity) + alert.Message + ofContainer(frame, alert.Container), alert.Severity})
		}
	}
	if len(parts) > 0 {
		return parts
	}
	for _, waiting := range frame.Snapshot.Waiting {
		parts = append(parts, statusPart{text: "○ " + cmp.Or(waiting.Target, "brink") + ": " + waiting.Why})
	}
	for _, container := range frame.Snapshot.Containers {
		parts = append(parts, limitParts(frame, container)...)
	}
	if len(parts) == 0 {
		return []statusPart{{text: "brink: nothing to watch"}}
	}
	return parts
}

func statusMark(severity alerts.Severity) string {
	switch severity {
	case alerts.SeverityCritical:
		return "✖ "
	case alerts.SeverityWarning:
		return "▲ "
	default:
		return ""
	}
}

// ofContainer names the container where there is more than one.
func ofContainer(frame ui.Frame, name string) string {
	if len(frame.Snapshot.Containers) < 2 {
		return ""
	}
	return " (" + name + ")"
}

// limitParts are the limits of a container, the closest first.
func limitParts(frame ui.Frame, c collectors.ContainerSample) []statusPart {
	type limit struct {
		name  string
		ratio collectors.Opt[collectors.Ratio]
	}
	limits := []limit{{"mem", c.Memory.UnreclaimableRatio}, {"cpu", c.CPU.OfLimit}, {"pids", c.Pids.OfLimit}}
	for _, mount := range c.Tmpfs {
		limits = append(limits, limit{mount.Mount, mount.UsedRatio})
	}
	slices.SortStableFunc(limits, func(a, b limit) int { return cmp.Compare(b.ratio.Or(-1), a.ratio.Or(-1)) })
	name := ""
	if len(frame.Snapshot.Containers) > 1 {
		name = c.Name + " "
	}
	if !c.State.Alive() {
		return []statusPart{{text: "○ " + c.Name + " " + string(c.State)}}
	}
	var parts []statusPart
	for _, limit := range limits {
		if limit.ratio.Present() {
			parts = append(parts, statusPart{text: name + limit.name + " " + percent(limit.ratio)})
			name = ""
		}
	}
	if len(parts) == 0 {
		return []statusPart{{text: "● " + c.Name + ": no limit is known"}}
	}
	return parts
}

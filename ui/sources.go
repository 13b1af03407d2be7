package ui

import (
	"time"

	"brink/collectors"
)

// sourceLine is one line about a source: its head, or a piece of what it says.
type sourceLine struct {
	source collectors.SourceHealth
	// sink is set on the head of a sink, which stands below the sources.
	sink *SinkHealth
	// recording is set on the head of the recorder, which stands last.
	recording *Recording
	head      bool
	text      string
	look      role
}

const (
	sourceIndent = 2
	// sourceMost bounds the lines of one reason. It is generous, for the list can
	// be scrolled, and elsewhere the reason is cut to a line.
	sourceMost = 9
)

// sources lists where the numbers come from: how each source fares, what it
// gives, what it could not give and why; and below, where the alerts go.
func (s *scene) sources(width int) list {
	var lines []sourceLine
	for _, source := range s.sourceList() {
		lines = append(lines, sourceLine{source: source, head: true})
		add := func(text string, look role) {
			for _, piece := range wrap(text, width-sourceIndent, sourceIndent, sourceMost) {
				lines = append(lines, sourceLine{text: piece, look: look})
			}
		}
		add(source.Error, roleText)
		for _, missing := range source.Missing {
			add("no "+string(missing.Group)+": "+missing.Why, roleMuted)
		}
		if gives := groupsText(source.Gives); sourceHead+textWidth(gives) > width {
			add(gives, roleMuted)
		}
	}
	if missed := s.frame.Snapshot.MissedSlots; missed > 0 {
		text := "missed " + countText(collectors.Some(missed)) + " samples: the host was busy or asleep"
		lines = append(lines, sourceLine{text: cut(text, width), look: roleMuted})
	}
	lines = append(lines, s.sinkLines(width)...)
	lines = append(lines, s.recordingLines(width)...)
	return list{
		count: len(lines),
		empty: "no source has answered yet",
		draw:  func(p pen, y, i int) { drawSource(p, y, lines[i]) },
	}
}

// sourceList returns the sources of the container, or of everything where it has
// no list of its own.
func (s *scene) sourceList() []collectors.SourceHealth {
	if len(s.sample.Sources) > 0 {
		return s.sample.Sources
	}
	return s.frame.Snapshot.Sources
}

// Columns of the head of a source: mark, name, and how long it worked.
const (
	sourceName = 7
	sourceHead = len("x ") + sourceName + tookWidth + 3
)

func drawSource(p pen, y int, line sourceLine) {
	if !line.head {
		p.text(sourceIndent, y, line.text, line.look)
		return
	}
	if line.sink != nil {
		drawSink(p, y, line.sink)
		return
	}
	if line.recording != nil {
		drawRecording(p, y, line.recording)
		return
	}
	source := line.source
	mark, look := "▲", roleWarning
	if source.OK {
		mark, look = "●", roleGood
	}
	x := p.text(0, y, mark, look)
	x = p.text(x+1, y, right(cut(source.Name, max(sourceName, p.width()/3)), sourceName), roleStrong) + 1
	if !source.OK {
		p.text(x, y, cut(sourceWord(source), p.width()-x), roleWarning)
		return
	}
	x = p.text(x, y, left(took(source.Took.Duration()), tookWidth), roleMuted) + 2
	if gives := groupsText(source.Gives); sourceHead+textWidth(gives) <= p.width() {
		p.text(x, y, cut(gives, p.width()-x), roleMuted)
	}
}

// sourceWord says how a source fares: ok, at fault this time, or for how long it
// has given nothing.
func sourceWord(source collectors.SourceHealth) string {
	last, ever := source.Age.Get()
	switch {
	case source.OK:
		return "ok"
	case !ever:
		return "never answered"
	case last.Duration() < time.Second:
		return "at fault"
	default:
		return "lost for " + age(last.Duration())
	}
}

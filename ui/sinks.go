package ui

import "strconv"

// SinkHealth tells how one sink fares: what it carried to a person since brink
// began, and what it could not.
type SinkHealth struct {
	Name string
	// Delivered counts the messages that the sink took, Failed the attempts that
	// failed, Dropped the alerts of which it should have been told and never was,
	// Pending those that still wait.
	Delivered, Failed, Dropped, Pending uint64
	// LastError is why the newest attempt failed. It is empty when that one did not:
	// a fault of the past is in the counts and no reason for a warning.
	LastError string
}

// failing reports whether a person must not rely on the sink now.
func (h SinkHealth) failing() bool { return h.LastError != "" }

// losses says what was not carried: "failed 2, dropped 1, 3 waiting".
func (h SinkHealth) losses() string {
	text := ""
	add := func(count uint64, before, after string) {
		if count == 0 {
			return
		}
		if text != "" {
			text += ", "
		}
		text += before + strconv.FormatUint(count, 10) + after
	}
	add(h.Failed, "failed ", "")
	add(h.Dropped, "dropped ", "")
	add(h.Pending, "", " waiting")
	return text
}

// trouble says in a word or two what is wrong with a sink.
func (h SinkHealth) trouble() string {
	if losses := h.losses(); losses != "" {
		return losses
	}
	return "fails"
}

// sinkTrouble names the sinks that fail, for the header; empty when none does.
func (s *scene) sinkTrouble() string {
	names, failing := "", 0
	for i := range s.frame.Sinks {
		if sink := &s.frame.Sinks[i]; sink.failing() {
			names, failing = sink.Name, failing+1
		}
	}
	switch failing {
	case 0:
		return ""
	case 1:
		return cut(names, longestSink) + " fails"
	default:
		return number(failing) + " sinks fail"
	}
}

// sinkBanner tells of the first sink that fails, and why: an alert that nobody
// hears of is no alert.
func (s *scene) sinkBanner() (text string, look role) {
	for i := range s.frame.Sinks {
		if sink := &s.frame.Sinks[i]; sink.failing() {
			return "▲ alerts do not reach " + cut(sink.Name, longestSink) + ", " + sink.trouble() + ": " + sink.LastError, roleWarning
		}
	}
	return "", roleText
}

// sinkUntold returns the trouble with sinks for the first line of a header, empty
// when its second line tells of it already.
func (s *scene) sinkUntold(banner string, height int) string {
	if told, _ := s.sinkBanner(); height > 1 && len(s.news) == 0 && banner == told {
		return ""
	}
	return s.sinkTrouble()
}

// longestSink bounds the name of a sink where others stand beside it.
const longestSink = 16

// footLeast is the least height of the alerts panel that spares a line for the
// sinks.
const footLeast = 4

// foot returns how many lines at the end of a panel do not scroll.
func (s *scene) foot(panel Panel, height int) int {
	if panel == PanelAlerts && len(s.frame.Sinks) > 0 && height >= footLeast {
		return 1
	}
	return 0
}

// drawSinks says in one line who was told, those that fail first: an alert that
// nobody hears of is the worst fault that this panel can have.
func (s *scene) drawSinks(p pen) {
	var list []field
	told := field{before: "told ", role: roleMuted, rank: 1}
	for i := range s.frame.Sinks {
		sink := &s.frame.Sinks[i]
		name := cut(sink.Name, longestSink)
		if sink.failing() {
			list = append(list, field{
				mark: "▲", value: name + " " + sink.trouble(), after: ": " + sink.LastError,
				role: roleWarning, rank: len(list),
			})
			continue
		}
		if told.value != "" {
			told.value += ", "
		}
		told.value += name + " " + strconv.FormatUint(sink.Delivered, 10)
		if losses := sink.losses(); losses != "" {
			told.value += " (" + losses + ")"
		}
	}
	told.rank = len(list)
	p.fields(0, p.width(), 0, append(list, told)...)
}

// sinkLines are the sinks in the panel of sources: where the numbers come from,
// and where the alerts go.
func (s *scene) sinkLines(width int) []sourceLine {
	var lines []sourceLine
	for i := range s.frame.Sinks {
		sink := &s.frame.Sinks[i]
		lines = append(lines, sourceLine{sink: sink, head: true})
		for _, piece := range wrap(sink.LastError, width-sourceIndent, sourceIndent, sourceMost) {
			lines = append(lines, sourceLine{text: piece, look: roleText})
		}
	}
	return lines
}

// drawSink draws the head of a sink: mark, name, and what became of its work.
func drawSink(p pen, y int, sink *SinkHealth) {
	mark, look := "●", roleGood
	if sink.failing() {
		mark, look = "▲", roleWarning
	}
	x := p.text(0, y, mark, look)
	x = p.text(x+1, y, right(cut(sink.Name, max(sourceName, p.width()/3)), sourceName), roleStrong) + 1
	told := "told " + strconv.FormatUint(sink.Delivered, 10)
	if losses := sink.losses(); losses != "" {
		told += ", " + losses
	}
	p.text(x, y, cut(told, p.width()-x), roleMuted)
}

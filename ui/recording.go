package ui

import "brink/collectors"

// Recording tells how the flight recorder fares.
type Recording struct {
	// State is one word, empty where there is no recorder, and Good says that every reading is written.
	State string
	Good  bool
	// Why is what keeps it from recording, and what helps; empty while it records.
	Why string
	// Path is the file, Aside where a damaged one was moved; empty if none was.
	Path, Aside string
	// Size is what the record holds; absent while it does not record.
	Size collectors.Opt[collectors.Bytes]
	// Dropped counts the readings that could not be written.
	Dropped uint64
}

// standby is the state in which another brink records, which is as good.
const standby = "standby"

// recordingLines say how the recorder fares, below the sources and the sinks.
func (s *scene) recordingLines(width int) []sourceLine {
	r := &s.frame.Recording
	if r.State == "" {
		return nil
	}
	lines := []sourceLine{{recording: r, head: true}}
	add := func(text string) {
		for _, piece := range wrap(text, width-sourceIndent, sourceIndent, sourceMost) {
			lines = append(lines, sourceLine{text: piece, look: roleMuted})
		}
	}
	add(r.Why)
	if r.Dropped > 0 {
		add(countText(collectors.Some(r.Dropped)) + " readings are not in the record")
	}
	if r.Aside != "" {
		add("the record before it is at " + r.Aside)
	}
	return lines
}

// drawRecording draws the head of the recorder.
func drawRecording(p pen, y int, r *Recording) {
	mark, look := "▲", roleWarning
	switch {
	case r.Good:
		mark, look = "●", roleGood
	case r.State == standby || r.Why == "":
		mark, look = "○", roleMuted
	}
	x := p.text(0, y, mark, look)
	x = p.text(x+1, y, right("recorder", sourceName), roleStrong) + 1
	text := r.State
	if size := bytesText(r.Size); r.Size.Present() {
		text += separator + size
	}
	p.text(x, y, cut(text, p.width()-x), roleMuted)
}

package ui

import (
	tea "charm.land/bubbletea/v2"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/collectors"
)

// Frame is everything that the screen shows at one moment: the numbers and the
// verdict about them. It is always the whole state, so a frame that was replaced
// by a newer one before it was drawn is no loss.
type Frame struct {
	Snapshot collectors.Snapshot
	Board    alerts.Board
	// Transitions are the newest changes of the run, oldest first. The caller keeps
	// so many of them that a frame which was never drawn loses none; the slice is
	// shared and never changed.
	Transitions []alerts.Transition
	// Rules are the rules in force: what a pending alert still has to wait for is
	// theirs to say. Without them it says for how long it has waited.
	Rules []alerts.Rule
	// Sinks tell how those fare who carry alerts to a person; empty when none is
	// configured.
	Sinks []SinkHealth
	// Hardening tells how the containers are shut in, by their names; nil where nobody
	// looks. It is shared and never changed.
	Hardening map[string]audit.Status
	// Recording tells how the recorder fares; it has no state where nothing is recorded.
	Recording Recording
}

// FrameMsg brings the next frame.
type FrameMsg Frame

// FeedClosedMsg says that no more frames come.
type FeedClosedMsg struct{}

// nextFrame waits for one frame. Update asks again after each one, so there is
// never more than one wait under way, and a slow screen takes the newest frame
// instead of queueing old ones. The wait ends when the feed is closed; whoever
// ends the program closes the feed, for a tea.Cmd cannot be cancelled.
func nextFrame(frames <-chan Frame) tea.Cmd {
	if frames == nil {
		return nil
	}
	return func() tea.Msg {
		frame, open := <-frames
		if !open {
			return FeedClosedMsg{}
		}
		return FrameMsg(frame)
	}
}

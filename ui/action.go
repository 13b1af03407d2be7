package ui

import (
	"time"

	"brink/alerts"
)

// ActionKind is what a person asks for.
type ActionKind uint8

// The actions. There are no others: brink only watches, so all of them are about
// brink itself.
const (
	// ActAcknowledge says that a person knows of the alert with the key.
	ActAcknowledge ActionKind = iota
	// ActMute keeps the alert with the key from being told for a time; no time ends
	// the mute.
	ActMute
	// ActFollow chooses the container with the name among those that the waiting
	// screen offers.
	ActFollow
	// ActSeek asks a replay for the stretch around a moment, which comes as pages.
	ActSeek
	// ActDemo asks for the recorded example in the place of a screen that has nothing to
	// show. The screen ends itself.
	ActDemo
)

// Action is one wish of the person at the keyboard. The screen shows its effect
// when a later frame has it.
type Action struct {
	Kind ActionKind
	// Key is the alert, for ActAcknowledge and ActMute.
	Key alerts.Key
	// For is how long a mute lasts; zero ends it.
	For time.Duration
	// Name is the container, for ActFollow.
	Name string
	// At is the moment, for ActSeek.
	At time.Time
}

// muteFor is how long a mute lasts: long enough for a repair, too short to be
// forgotten until the next night.
const muteFor = time.Hour

// wish is the newest action, until a frame shows its effect.
type wish struct {
	action Action
	// at is the time of the newest frame when it was made; zero is no wish.
	at time.Time
}

// wishPatience is after how much time of frames a wish is taken to have failed.
// Its mark goes, and the alert is shown as it is.
const wishPatience = 5 * time.Second

// acts reports whether anybody can do what is asked for. In a replay all has happened
// already, and after the end nobody listens.
func (m Model) acts() bool { return m.options.Act != nil && !m.ended && !m.options.Replay }

// act hands an action over and remembers it. Act never blocks, so it is called
// here: a tea.Cmd of its own could be overtaken by the next one.
func (m Model) act(action Action) Model {
	m.options.Act(action)
	m.wish = wish{action: action, at: m.newest.Snapshot.At}
	return m
}

// fulfilled reports whether a frame shows the effect of the wish, or it can have
// none any more.
func (w wish) fulfilled(frame Frame) bool {
	if w.at.IsZero() || frame.Snapshot.At.Sub(w.at) > wishPatience {
		return true
	}
	if w.action.Kind == ActFollow {
		_, there := frame.Snapshot.Container(w.action.Name)
		return there
	}
	alert, ok := alertOf(frame.Board, w.action.Key)
	switch {
	case !ok:
		return true
	case w.action.Kind == ActAcknowledge:
		return alert.Acknowledged
	default:
		return alert.Muted() == (w.action.For > 0)
	}
}

// word says what is under way for an alert, empty when nothing is.
func (w wish) word(key alerts.Key) string {
	switch {
	case w.at.IsZero() || w.action.Key != key || w.action.Kind == ActFollow:
		return ""
	case w.action.Kind == ActAcknowledge:
		return "acknowledging …"
	case w.action.For > 0:
		return "muting …"
	default:
		return "unmuting …"
	}
}

// follows reports whether the container with the name was asked for.
func (w wish) follows(name string) bool {
	return !w.at.IsZero() && w.action.Kind == ActFollow && w.action.Name == name
}

// alertOf returns the alert of a board with the key.
func alertOf(board alerts.Board, key alerts.Key) (alerts.Alert, bool) {
	for i := range board.Alerts {
		if board.Alerts[i].Key == key {
			return board.Alerts[i], true
		}
	}
	return alerts.Alert{}, false
}

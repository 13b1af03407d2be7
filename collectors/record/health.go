package record

import (
	"time"

	"brink/collectors"
)

// Health is how the recording is doing.
type Health struct {
	State State `json:"state"`
	// Since is when the state began: the time of the reading at which it did.
	Since time.Time `json:"since,omitzero"`
	// Why is one line: what keeps it from recording, and what helps; empty while it
	// records.
	Why string `json:"why,omitempty"`
	// Path is the file.
	Path string `json:"path"`
	// Readings counts what was written since the start of brink, Dropped what was
	// lost since then: it came faster than it could be written, or while the record
	// could not be written.
	Readings uint64 `json:"readings"`
	Dropped  uint64 `json:"dropped"`
	// Size is what the record holds, absent while it is not recording.
	Size collectors.Opt[collectors.Bytes] `json:"size_bytes,omitzero"`
	// Aside is where a file was moved that could not be used, empty if none was.
	Aside string `json:"moved_aside,omitempty"`
}

// State is what a recorder does.
type State string

// The states.
const (
	// StateStarting: no reading has come yet.
	StateStarting State = "starting"
	// StateRecording: every reading is written.
	StateRecording State = "recording"
	// StateStandby: another brink records, and this one takes over when it ends.
	StateStandby State = "standby"
	// StateStopped: it cannot be written at present; it is tried again.
	StateStopped State = "stopped"
	// StateClosed: the recorder has ended.
	StateClosed State = "closed"
)

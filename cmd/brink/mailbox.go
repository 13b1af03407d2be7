package main

import (
	"sync/atomic"

	"brink/ui"
)

// mailbox holds the newest frame for a screen that may be slow, or that a
// terminal has stopped: putting never waits, and a frame that nobody took is
// replaced. A frame is the whole state, so nothing is lost by that; how often it
// happened is counted.
type mailbox struct {
	frames      chan ui.Frame
	overwritten atomic.Uint64
}

func newMailbox() *mailbox { return &mailbox{frames: make(chan ui.Frame, 1)} }

// put stores the frame. Only one goroutine may put.
func (m *mailbox) put(frame ui.Frame) {
	for {
		select {
		case m.frames <- frame:
			return
		default:
		}
		select {
		case <-m.frames:
			m.overwritten.Add(1)
		default:
		}
	}
}

// close tells the screen that no more frames come. Nothing may be put after it.
func (m *mailbox) close() { close(m.frames) }

package ui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// TestKeyCommands checks the keys that ask something of the terminal.
func TestKeyCommands(t *testing.T) {
	for _, test := range []struct {
		pressed string
		want    tea.Msg
	}{
		{"q", tea.QuitMsg{}},
		{"ctrl+c", tea.QuitMsg{}},
		{"ctrl+z", tea.SuspendMsg{}},
	} {
		_, command := steady(newModel(80, 24)).Update(press(test.pressed))
		if command == nil {
			t.Errorf("%q asks for nothing", test.pressed)
		} else if got := command(); got != test.want {
			t.Errorf("%q asks for %T, want %T", test.pressed, got, test.want)
		}
	}
	for _, pressed := range []string{"x", "p", "tab", "j", "5", "esc", "["} {
		if _, command := steady(newModel(80, 24)).Update(press(pressed)); command != nil {
			t.Errorf("%q asks for %T, want nothing", pressed, command())
		}
	}
}

// TestOneWaitAtATime checks that each frame asks for the next one, and nothing
// else does.
func TestOneWaitAtATime(t *testing.T) {
	frames := make(chan Frame, 1)
	m := New(Options{Frames: frames})
	next, wait := m.Update(FrameMsg(frameOf(noon, agentAt(noon))))
	if wait == nil {
		t.Fatal("a frame does not ask for the next one")
	}
	frames <- frameOf(noon.Add(time.Second))
	if got, ok := wait().(FrameMsg); !ok || !got.Snapshot.At.Equal(noon.Add(time.Second)) {
		t.Errorf("the wait gives %v, want the next frame", got)
	}
	close(frames)
	if got := wait(); got != (FeedClosedMsg{}) {
		t.Errorf("a closed feed gives %T", got)
	}
	for _, message := range []tea.Msg{FeedClosedMsg{}, tea.WindowSizeMsg{Width: 80, Height: 24}, press("p")} {
		if _, command := next.Update(message); command != nil {
			t.Errorf("%T asks for something", message)
		}
	}
	if nextFrame(nil) != nil {
		t.Error("without a feed there is something to wait for")
	}
}

// TestLastValuesStay checks what a stopped container is drawn from: the newest
// shown sample of its life, not one that was stale, and not one that came while
// the screen was paused.
func TestLastValuesStay(t *testing.T) {
	last := agentWith(noon, 0.4)
	last.Pids.FullIn, last.Tmpfs[0].FullIn = last.Memory.FullIn, last.Memory.FullIn
	m := send(newModel(100, 28), FrameMsg(frameOf(noon, last)))
	old := agentWith(noon, 0.9)
	old.Stale = some(seconds(5 * time.Second))
	m = send(m, FrameMsg(frameOf(noon.Add(time.Second), old)), press("p"))
	m = send(m, FrameMsg(frameOf(noon.Add(2*time.Second), agentWith(noon, 0.7))), FrameMsg(frameOf(noon.Add(3*time.Second), stoppedSample())))
	m = send(m, press("p"))
	track := m.tracks[agentName]
	if !track.lastAt.Equal(noon) {
		t.Errorf("the last values are of %v, want %v", track.lastAt, noon)
	}
	s := m.sceneOf(m.subjectShown(subjectsOf(m.shown.Snapshot)))
	if got, want := s.memoryMeter().headline(), "40% of 2.00 GiB"; got != want {
		t.Errorf("the stopped container shows %q, want %q", got, want)
	}
	if s.sample.Memory.FullIn.Present() || s.sample.Pids.FullIn.Present() || s.sample.Tmpfs[0].FullIn.Present() {
		t.Error("a stopped container still has a forecast")
	}
	if !last.Tmpfs[0].FullIn.Present() {
		t.Error("the sample that others hold was changed")
	}
}

// TestPauseBeforeTheFirstFrame has nothing to freeze.
func TestPauseBeforeTheFirstFrame(t *testing.T) {
	if m := send(newModel(80, 24), press("space")); m.paused {
		t.Error("the screen is paused before it shows anything")
	}
}

package ui

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"
)

// TestResizeStorm: whatever sizes follow one another, between frames and keys, each
// screen fits its own and has nothing left of those before it.
func TestResizeStorm(t *testing.T) {
	situations := map[string]Model{}
	for _, name := range []string{"waiting", "choosing", "steady", "near-limits", "stopped", "forty", "hostile", "help"} {
		situations[name] = stateNamed(t, name).arrive(newModel(120, 40))
	}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range situations {
			if !yield(name) {
				return
			}
		}
	})
	keys := []string{"tab", "down", "G", "g", "?", "esc", "space", "]", "3", "enter", "a", "m"}
	rapid.Check(t, func(rt *rapid.T) {
		m := situations[rapid.SampledFrom(names).Draw(rt, "situation")]
		m.tracks = map[string]*track{} // the situation is not to grow old
		m.screen = newScreen(m.options.Glyphs)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			m = send(m, tea.WindowSizeMsg{Width: rapid.IntRange(1, 250).Draw(rt, "width"), Height: rapid.IntRange(1, 80).Draw(rt, "height")})
			if rapid.Bool().Draw(rt, "frame") {
				m = send(m, FrameMsg(m.newest))
			}
			m = send(m, press(rapid.SampledFrom(keys).Draw(rt, "key")))
			fresh := m
			fresh.screen = newScreen(m.options.Glyphs)
			if got, want := screenText(t, m), screenText(t, fresh); got != want {
				rt.Fatalf("%dx%d shows something of before:\n%s\nwant\n%s", m.width, m.height, got, want)
			}
		}
	})
}

// TestResizeStormOnATerminal: sizes come faster than screens are drawn, and the
// terminal has changed again when one arrives. When the storm is over, the terminal
// shows what the last size shows: nothing has scrolled, nothing has wrapped.
func TestResizeStormOnATerminal(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				storm := rand.New(rand.NewPCG(seed, seed))
				j := startJourney(t, 120, 40)
				j.frame(frameOf(noon, agentAt(noon)))
				for i := range 100 {
					j.resize(1+storm.IntN(220), 1+storm.IntN(70))
					time.Sleep(time.Duration(storm.IntN(60)) * time.Millisecond)
					if i%10 == 0 {
						j.frame(frameOf(noon.Add(time.Duration(i)*time.Second), agentAt(noon)))
					}
				}
				last := [][2]int{{120, 40}, {80, 24}, {50, 30}, {40, 8}, {80, 2}, {20, 3}, {160, 50}, {100, 28}}[seed]
				j.resize(last[0], last[1])
				j.settle()
				got := trimLines(j.output.String())
				if want := trimLines(screenText(t, j.quit())); got != want {
					t.Errorf("the terminal shows\n%s\nwant\n%s", got, want)
				}
				if lines := strings.Count(got, "\n") + 1; lines > last[1] {
					t.Errorf("%d lines on a terminal of %d", lines, last[1])
				}
			})
		})
	}
}

// resize changes the terminal, and tells the program.
func (j *journey) resize(width, height int) {
	j.output.resize(width, height)
	j.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

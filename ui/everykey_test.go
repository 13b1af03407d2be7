package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/collectors"
)

// keyJourney is what a key does, from keys to the screen: before it, the screen does
// not show what it shows after.
type keyJourney struct {
	// frames come first, one on the agent where there are none; pages in a replay.
	frames []Frame
	pages  []Page
	// before are keys that lead to where the key does something, then those that let
	// the screen show what it did.
	before, then []string
	// shows is what comes onto the screen, gone what leaves it.
	shows, gone string
}

// nineContainers are as many as there are numbers, each at its number's tenth of its
// limit.
func nineContainers() []Frame {
	return []Frame{threeAgents(noon, 0.11, 0.21, 0.31, 0.41, 0.51, 0.61, 0.71, 0.81, 0.91)}
}

// scrolled is a frame with more events than there is room for.
func scrolled() []Frame {
	frame := frameOf(noon, agentAt(noon))
	frame.Snapshot.Story = manyEvents(60)
	return []Frame{frame}
}

// timely are frames in steps up to noon.
func timely(step time.Duration) []Frame {
	var frames []Frame
	for back := 3 * step; back >= 0; back -= step {
		frames = append(frames, frameOf(noon.Add(-back), agentAt(noon.Add(-back))))
	}
	return frames
}

// eventful are minutes with an event between two of them.
func eventful() []Frame {
	frames := timely(time.Minute)
	story := []collectors.Event{{Seq: 1, At: noon.Add(-90 * time.Second), Container: agentName, Kind: collectors.EventPaused}}
	for i := range frames {
		frames[i].Snapshot.Story = story
	}
	return frames
}

// recorded is a minute to replay.
func recorded() []Page { return stretchOf(noon.Add(-59*time.Second), noon, time.Time{}) }

func alarming() []Frame {
	return []Frame{withAlerts(frameOf(noon, agentAt(noon)), firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, "two zombies"))}
}

// keyJourneys are those of every action of the key table but the numbers and what
// ends or stops the program.
func keyJourneys() map[string]keyJourney {
	toProcesses := []string{"tab", "tab", "tab"}
	return map[string]keyJourney{
		"help":               {shows: "Help · brink 0.1.0"},
		"close":              {before: []string{"enter"}, shows: "enter zoom", gone: "enter back"},
		"mouse":              {shows: "the mouse clicks and scrolls"},
		"next_panel":         {then: []string{"tab", "enter"}, shows: "dropped coming", gone: "Memory"},
		"previous_panel":     {then: []string{"enter"}, shows: "What they are", gone: "Memory"},
		"up":                 {frames: scrolled(), before: []string{"j", "j"}, shows: "2-9 of 60", gone: "3-10 of 60"},
		"down":               {frames: scrolled(), shows: "2-9 of 60", gone: "1-8 of 60"},
		"top":                {frames: scrolled(), before: []string{"G"}, shows: "1-8 of 60", gone: "53-60 of 60"},
		"bottom":             {frames: scrolled(), shows: "53-60 of 60", gone: "1-8 of 60"},
		"pause":              {shows: "‖ paused at 14:02:11", gone: "live 1s"},
		"back":               {frames: timely(time.Second), shows: "◂ 14:02:10, 1 s ago", gone: "live 1s"},
		"forward":            {frames: timely(time.Second), before: []string{"left", "left"}, shows: "◂ 14:02:10, 1 s ago", gone: "14:02:09"},
		"minute_back":        {frames: timely(time.Minute), shows: "◂ 14:01:11, 60 s ago", gone: "live 1s"},
		"minute_forward":     {frames: timely(time.Minute), before: []string{"H", "H"}, shows: "◂ 14:01:11, 60 s ago", gone: "◂ 14:00:11"},
		"live":               {frames: timely(time.Second), before: []string{"left"}, shows: "live 1s", gone: "◂ 14:02:10"},
		"next_event":         {frames: eventful(), before: []string{"H", "H"}, shows: "◂ 14:01:11, 60 s ago", gone: "◂ 14:00:11"},
		"previous_event":     {frames: eventful(), shows: "◂ 14:01:11, 60 s ago", gone: "live 1s"},
		"moment":             {shows: "go to ▏", gone: "q quit"},
		"faster":             {pages: recorded(), shows: "plays at 10x"},
		"slower":             {pages: recorded(), before: []string{"+"}, shows: "plays at 1x", gone: "plays at 10x"},
		"next_container":     {frames: nineContainers(), shows: "21% of 2.00 GiB", gone: "11% of 2.00 GiB"},
		"previous_container": {frames: nineContainers(), shows: "91% of 2.00 GiB", gone: "11% of 2.00 GiB"},
		"overview":           {frames: nineContainers(), shows: "9 containers", gone: "11% of 2.00 GiB"},
		"filter":             {shows: "Filter: ▏"},
		"sort":               {before: toProcesses, shows: "cores↓", gone: "memory↓"},
		"reverse":            {before: toProcesses, shows: "memory↑", gone: "memory↓"},
		"copy":               {frames: []Frame{auditedFrame(audit.Status{Report: reportAt(noon)})}, before: []string{"shift+tab", "shift+tab", "shift+tab", "shift+tab"}, shows: "the fix of capabilities, 2 lines, went to"},
		"event_kinds":        {shows: "only limits", gone: "health check says"},
		"open":               {shows: "enter back", gone: "Memory"},
		"acknowledge":        {frames: alarming(), before: []string{"a"}, shows: "acknowledging …"},
		"mute":               {frames: alarming(), before: []string{"m"}, shows: "muting …"},
	}
}

// TestEveryKey presses each key of each action in a real program and looks at the
// screen.
func TestEveryKey(t *testing.T) {
	keys, journeys := DefaultKeyMap(), keyJourneys()
	for _, row := range keys.table() {
		for i, pressed := range row.binding.Keys() {
			t.Run(row.name+" "+pressed, func(t *testing.T) {
				switch row.name {
				case "quit":
					keyQuits(t, pressed, Options{Interval: time.Second}, frameOf(noon, agentAt(noon)))
				case "demo":
					keyQuits(t, pressed, Options{Interval: time.Second, Demo: true}, offering(noon), Action{Kind: ActDemo})
				case "suspend":
					keySuspends(t, pressed)
				case "jump":
					before := number((i+1)%9 + 1) // Another one.
					keyLeads(t, pressed, keyJourney{frames: nineContainers(), before: []string{before}, shows: fmt.Sprintf("%d1%% of 2.00 GiB", i+1)})
				default:
					one, there := journeys[row.name]
					if !there {
						t.Fatal("no journey has this key")
					}
					keyLeads(t, pressed, one)
				}
			})
		}
	}
}

func keyLeads(t *testing.T, pressed string, way keyJourney) {
	synctest.Test(t, func(t *testing.T) {
		j := way.start(t)
		j.keys(way.before...)
		j.hides(way.shows)
		if way.gone != "" {
			j.shows(way.gone)
		}
		j.keys(pressed)
		j.keys(way.then...)
		j.shows(way.shows)
		if way.gone != "" {
			j.hides(way.gone)
		}
		j.end()
	})
}

// start begins the journey with its frames or pages.
func (way *keyJourney) start(t *testing.T) *journey {
	if way.pages != nil {
		pages := make(chan Page)
		j := startReplay(t, 120, 40, pages)
		for _, page := range way.pages {
			pages <- page
		}
		close(pages)
		j.settle()
		return j
	}
	j := startJourney(t, 120, 40)
	if way.frames == nil {
		way.frames = []Frame{frameOf(noon, agentAt(noon))}
	}
	for _, frame := range way.frames {
		j.frame(frame)
	}
	return j
}

func keyQuits(t *testing.T, pressed string, options Options, frame Frame, asks ...Action) {
	synctest.Test(t, func(t *testing.T) {
		j := startOptions(t, 120, 40, options)
		j.frame(frame)
		j.keys(pressed)
		j.asks(asks...)
		select {
		case <-j.done:
		default:
			t.Error("the program goes on")
			j.program.Quit()
			<-j.done
		}
		close(j.frames)
		j.output.close()
		time.Sleep(time.Second)
	})
}

// keySuspends looks at what the key asks for: the program under test must not stop
// the test.
func keySuspends(t *testing.T, pressed string) {
	_, cmd := steady(newModel(120, 40)).Update(press(pressed))
	if cmd == nil {
		t.Fatal("the key asks for nothing")
	}
	if _, suspends := cmd().(tea.SuspendMsg); !suspends {
		t.Error("the key asks for something else")
	}
}

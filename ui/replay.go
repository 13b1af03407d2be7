package ui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
)

// replay is where a recording is played. In a living screen it stays empty.
type replay struct {
	// from and to are the ends of the recording, sought the moment that was asked for
	// and has not come yet.
	from, to, sought time.Time
	playing          bool
	// speed is the place in the list of speeds.
	speed int
	// beat numbers the plays, so that a beat of one that was ended is not taken for
	// one of the next.
	beat int
	// ahead is how much played time has passed since the sample that is shown.
	ahead time.Duration
}

// playMsg is a beat of the play with the number.
type playMsg struct{ play int }

// playBeat is how often a play moves on.
const playBeat = 100 * time.Millisecond

// speeds are how many seconds of the recording pass in one.
func speeds() []int { return []int{1, 10, 60, 600} }

func (r replay) times() int { return speeds()[r.speed] }

// speedText is the speed as the header has it.
func (r replay) speedText() string { return strconv.Itoa(r.times()) + "x" }

// nextBeat waits for the next beat.
func (m Model) nextBeat() tea.Cmd {
	play := m.replay.beat
	return tea.Tick(playBeat, func(time.Time) tea.Msg { return playMsg{play} })
}

// togglePlay starts the play, or holds it. At the end of the recording it starts at
// its beginning.
func (m Model) togglePlay() (tea.Model, tea.Cmd) {
	if !m.seen {
		return m, nil
	}
	if m.replay.playing {
		m.replay.playing = false
		return m, nil
	}
	m.replay.playing, m.replay.ahead = true, 0
	m.replay.beat++
	if !m.shown.Snapshot.At.Before(m.replay.to) {
		m = m.seek(m.replay.from)
	}
	return m, m.nextBeat()
}

// autoplay begins to play once the first stretch is there, where that was asked for.
func (m Model) autoplay() (Model, tea.Cmd) {
	if m.options.Play == 0 || !m.seen || !m.options.Replay {
		return m, nil
	}
	m.replay.speed = min(m.options.Play, len(speeds())) - 1
	m.options.Play = 0
	m.replay.playing = true
	m.replay.beat++
	return m, m.nextBeat()
}

// takePlay moves a play on by one beat. While a stretch is on its way it waits.
func (m Model) takePlay(msg playMsg) (tea.Model, tea.Cmd) {
	if !m.replay.playing || msg.play != m.replay.beat {
		return m, nil
	}
	if m.replay.sought.IsZero() {
		m = m.playOn(playBeat * time.Duration(m.replay.times()))
	}
	if !m.replay.playing {
		return m, nil
	}
	return m, m.nextBeat()
}

// playOn shows the moment that lies some played time further.
func (m Model) playOn(played time.Duration) Model {
	m.replay.ahead += played
	there := m.shown.Snapshot.At.Add(m.replay.ahead)
	if there.After(m.newest.Snapshot.At) {
		if !m.newest.Snapshot.At.Before(m.replay.to) {
			m.replay.playing = false
			return m.goLive()
		}
		m.replay.ahead = 0
		return m.seek(there)
	}
	r, ok := m.past.frames.last(there, false)
	if !ok || !r.time().After(m.shown.Snapshot.At) {
		return m
	}
	m.replay.ahead = there.Sub(r.time())
	m.walk.end = there
	return m.land(r.time())
}

// changeSpeed plays faster or slower.
func (m Model) changeSpeed(step int) Model {
	m.replay.speed = min(max(m.replay.speed+step, 0), len(speeds())-1)
	m.nav.note = "plays at " + m.replay.speedText()
	return m
}

// seek shows a moment of the recording: from what is in memory, or else it is asked
// for.
func (m Model) seek(at time.Time) Model {
	switch {
	case at.Before(m.replay.from):
		at, m.nav.note = m.replay.from, "this is the beginning of the recording"
	case at.After(m.replay.to):
		at, m.nav.note = m.replay.to, "this is the end of the recording"
	}
	if oldest, ok := m.past.frames.next(time.Unix(0, 0)); ok && !at.Before(oldest.time()) && !at.After(m.newest.Snapshot.At) {
		return m.landNear(at)
	}
	if m.options.Act == nil || m.replay.sought.Equal(at) {
		return m
	}
	m.replay.sought = at
	m.options.Act(Action{Kind: ActSeek, At: at})
	return m
}

// pastEdge goes over the edge of what is in memory, where a replay has more.
func (m Model) pastEdge(at time.Time, note string) Model {
	if !m.options.Replay {
		m.nav.note = note
		return m
	}
	return m.seek(at)
}

// replayText is where the replay stands, for the header.
func (m Model) replayText() string {
	if !m.options.Replay {
		return ""
	}
	if m.replay.playing {
		return "▶ " + m.replay.speedText()
	}
	return "replay"
}

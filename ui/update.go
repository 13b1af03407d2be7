package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Update takes one message. It routes and nothing else: what a message does
// stands in the method that it calls.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case FrameMsg:
		return m.takeFrame(Frame(msg)), nextFrame(m.options.Frames)
	case PageMsg:
		m, play := m.takePage(Page(msg)).autoplay()
		return m, tea.Batch(play, nextPage(m.options.Pages))
	case playMsg:
		return m.takePlay(msg)
	case FeedClosedMsg:
		m.ended, m.news = true, nil
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		if m.options.Theme.asks() {
			m.dark = msg.IsDark()
			return m.withTheme(), nil
		}
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		return m.withTheme(), nil
	case tea.KeyPressMsg:
		return m.takeKey(msg)
	case tea.MouseMsg:
		return m.takeMouse(msg), nil
	}
	return m, nil
}

// takeFrame records the frame in the histories, and shows it unless the screen is
// paused.
func (m Model) takeFrame(frame Frame) Model {
	m = m.takeNews(frame)
	first := !m.seen
	m.newest, m.seen = frame, true
	if m.wish.fulfilled(frame) {
		m.wish = wish{}
	}
	m.keep(frame)
	m.forget()
	if !m.paused && !m.walk.on() {
		m = m.showNewest()
	}
	m.attend(m.subjectShown(subjectsOf(m.shown.Snapshot)).name)
	if first {
		return m.welcome()
	}
	return m
}

// showNewest puts the newest frame on the screen.
func (m Model) showNewest() Model {
	m.shown = m.newest
	for i := range m.shown.Snapshot.Containers {
		if sample := &m.shown.Snapshot.Containers[i]; living(sample) {
			t := m.trackOf(sample.Name)
			t.last, t.lastAt = *sample, m.shown.Snapshot.At
		}
	}
	return m
}

func (m Model) trackOf(name string) *track {
	t, ok := m.tracks[name]
	if !ok {
		t = m.newTrack()
		m.tracks[name] = t
	}
	return t
}

// mostTracks bounds the memory that names can take: a host may start a thousand
// short-lived containers an hour.
const mostTracks = 512

// forget drops the containers that are followed no more, once there are many.
func (m Model) forget() {
	if len(m.tracks) <= mostTracks {
		return
	}
	for name := range m.tracks {
		if _, known := m.newest.Snapshot.Container(name); !known {
			delete(m.tracks, name)
		}
	}
}

// takeKey does what a key says. While the help page is open, it takes the keys
// that close it, and the screen below takes none but quit and suspend.
func (m Model) takeKey(msg tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	if m.nav.prompt.open {
		return m.takePromptKey(msg)
	}
	if m.filterTyped() != nil {
		return m.takeFilterKey(msg)
	}
	keys := m.activeKeys()
	m.nav.note = ""
	switch {
	case key.Matches(msg, keys.Quit):
		return m, tea.Quit
	case key.Matches(msg, keys.Suspend):
		return m, tea.Suspend
	case key.Matches(msg, keys.Help):
		m.nav.help, m.nav.helpTop = !m.nav.help, 0
	case m.nav.help:
		return m.takeHelpKey(msg, keys), nil
	case key.Matches(msg, keys.Mouse):
		return m.toggleMouse(), nil
	case key.Matches(msg, keys.Overview):
		return m.toggleOverview(), nil
	case m.overviewShown():
		return m.takeOverviewKey(msg, keys), nil
	case key.Matches(msg, keys.Close):
		return m.close(), nil
	case m.walk.on() && key.Matches(msg, keys.Live):
		return m.goLive(), nil
	case m.options.Replay && key.Matches(msg, keys.Pause):
		return m.togglePlay()
	case key.Matches(msg, keys.Copy):
		return m.copyFix()
	case key.Matches(msg, keys.Demo):
		m.options.Act(Action{Kind: ActDemo})
		return m, tea.Quit
	default:
		return m.takePanelKey(msg, keys), nil
	}
	return m, nil
}

// takePanelKey handles the keys that are about the panels and what stands in them.
func (m Model) takePanelKey(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case key.Matches(msg, keys.Acknowledge):
		return m.takeAlertKey(ActAcknowledge)
	case key.Matches(msg, keys.Mute):
		return m.takeAlertKey(ActMute)
	case key.Matches(msg, keys.Open):
		return m.open()
	case key.Matches(msg, keys.Pause):
		return m.togglePause()
	case key.Matches(msg, keys.Kinds, keys.Filter):
		return m.takeEventsKey(msg, keys)
	case key.Matches(msg, keys.NextPanel):
		return m.focusOn(nextPanel(m.nav.focus, 1, m.audited()))
	case key.Matches(msg, keys.PrevPanel):
		return m.focusOn(nextPanel(m.nav.focus, -1, m.audited()))
	default:
		return m.takeWalk(msg, keys)
	}
}

// takeMove handles the keys that sort a list, and move within it or among
// containers.
func (m Model) takeMove(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case key.Matches(msg, keys.Sort):
		return m.sortNext()
	case key.Matches(msg, keys.Reverse):
		return m.sortReverse()
	case key.Matches(msg, keys.Up):
		return m.scroll(-1)
	case key.Matches(msg, keys.Down):
		return m.scroll(1)
	case key.Matches(msg, keys.Top):
		return m.scroll(-endOfList)
	case key.Matches(msg, keys.Bottom, keys.Live):
		return m.scroll(endOfList)
	case key.Matches(msg, keys.NextOne):
		return m.selectNext(1)
	case key.Matches(msg, keys.PrevOne):
		return m.selectNext(-1)
	case key.Matches(msg, keys.Jump):
		return m.takeNumber(slices.Index(keys.Jump.Keys(), msg.String()))
	default:
		return m
	}
}

// activeKeys are the keys that do something now. Below the smallest mode no alert
// and no choice has room to be seen, and after the end nobody listens, so none can
// be acted on.
func (m Model) activeKeys() KeyMap {
	list := subjectsOf(m.shown.Snapshot)
	several := len(list) > 1
	acts := m.acts() && m.layout().Mode > ModeStrip
	waiting := len(list) > 0 && m.subjectShown(list).waiting != nil
	panels := m.panelsShown()
	keys := m.keys.forSeveral(several).forTime(m.seen, m.walk.on()).forAlerts(acts && len(list) > 0 && !waiting)
	table := m.overviewShown() || panels && m.nav.focus == PanelProcesses
	keys = keys.forPanels(panels, m.nav.zoom).forTable(table)
	keys = keys.forEvents(panels && m.nav.focus == PanelEvents && !m.overviewShown())
	keys = keys.forChoices(acts && waiting && len(m.subjectShown(list).waiting.Choices) > 0, several)
	keys = keys.forReplay(m.options.Replay, m.replay.playing)
	keys.Demo.SetEnabled(m.demoOffered(list, waiting))
	keys.Copy.SetEnabled(panels && m.nav.focus == PanelHardening && m.fixable())
	return keys.forOverview(m.hasOverview(), m.overviewShown(), acts)
}

// togglePause freezes the screen, or lets it catch up.
func (m Model) togglePause() Model {
	switch {
	case !m.seen:
		return m
	case m.paused || m.walk.on():
		return m.goLive()
	}
	m.paused = true
	return m
}

// open follows the chosen container where there is a choice, and else zooms.
func (m Model) open() Model {
	if m.panelsShown() {
		return m.toggleZoom()
	}
	return m.followChoice()
}

// selectNext chooses the container that is step further in the list.
func (m Model) selectNext(step int) Model {
	list := subjectsOf(m.shown.Snapshot)
	if len(list) == 0 {
		return m
	}
	at := (chosen(list, m.nav.selected) + step + len(list)) % len(list)
	return m.selectNumber(at)
}

// selectNumber chooses a container by its place. Lists start anew with it.
func (m Model) selectNumber(at int) Model {
	list := subjectsOf(m.shown.Snapshot)
	if at < 0 || at >= len(list) {
		return m
	}
	m.nav.selected = list[at].name
	m.nav.firstEvent, m.nav.offset = 0, [panelCount]int{}
	return m.focusOn(m.nav.focus)
}

// selectNamed chooses a container by its name, and leaves all as it is when it is
// on the screen already, or not there.
func (m Model) selectNamed(name string) Model {
	list := subjectsOf(m.shown.Snapshot)
	if at := slices.IndexFunc(list, func(s subject) bool { return s.name == name }); at >= 0 && at != chosen(list, m.nav.selected) {
		return m.selectNumber(at)
	}
	return m
}

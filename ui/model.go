package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"brink/collectors"
	"brink/ui/paint"
)

// Options is what the screen is told once.
type Options struct {
	// Frames delivers what to show: a mailbox of one in which the newest frame
	// replaces an older one. The screen reads it until it is closed.
	Frames <-chan Frame
	// Target is what was asked for, as it was typed; empty for "any agent". It is
	// shown until the first frame tells more.
	Target string
	// Version is brink's own, for the help page.
	Version string
	// Interval is the time between two samples; zero means one second.
	Interval time.Duration
	// Location is the time zone of the clock on the screen; nil means UTC.
	Location *time.Location
	// Pages deliver what was recorded before: of the last hour, or in a replay the
	// stretches that [ActSeek] asks for. The screen reads them until they are closed.
	Pages <-chan Page
	// Replay says that there is nothing but pages: no frame is of now.
	Replay bool
	// Play begins a replay at once, at the speed with this place among them counted from
	// 1; zero waits for the key.
	Play int
	// Demo offers a recorded example where there is nothing to watch, see [ActDemo].
	Demo bool
	// Act takes what the person at the keyboard asks for. It must not block. Without
	// it there is nothing to act on, and no key for it; a replay asks only to seek.
	Act func(Action)
	// Show takes every screen that was drawn, cell by cell; it must not keep it. Without
	// it nothing is seen.
	Show func(*paint.Buffer, *paint.Looks)
	// Theme is the look; empty means [ThemeAuto].
	Theme Theme
	// Glyphs are the signs; empty means [GlyphsBraille].
	Glyphs Glyphs
	// Mouse lets the mouse click and scroll from the beginning. Without it the mouse is
	// the terminal's until a key asks for it.
	Mouse bool
	// Keys are other keys for the actions of [DefaultKeys], by their names.
	Keys map[string][]string
}

// Model is the whole screen: the one tea.Model of the program. It is a value, as
// Bubble Tea has it; histories and the cell buffer are shared by its copies.
type Model struct {
	options Options
	// keys is the key table. It is never changed.
	keys *KeyMap
	// fields is the table of fields. It is never changed.
	fields *Fields

	profile colorprofile.Profile
	dark    bool
	theme   *theme

	width  int
	height int

	// shown is the frame on the screen. While paused it stays, and newest moves on.
	shown  Frame
	newest Frame
	// seen is true from the first frame on, ended when there will be no more.
	seen   bool
	ended  bool
	paused bool
	// mouse says that clicks and the wheel are the screen's.
	mouse bool

	// news are the critical alerts that came up of late, wish is what was asked for
	// and not seen yet.
	news []newsItem
	wish wish

	tracks map[string]*track
	past   *past
	// walk is where in the past the screen stands.
	walk walk
	// reading is the stretch of the past that comes in page by page, nil without one.
	reading *stretch
	replay  replay
	nav     navigation
	screen  *screen
}

// track is what the screen remembers of one container, by name.
type track struct {
	history *history
	// archive keeps its samples: of an hour when full is true, else of the newest
	// minutes. attended is the turn in which it was shown last.
	archive  *archive
	full     bool
	attended uint64
	// last is the newest shown sample in which the container was alive: what a
	// stopped one is drawn from, dimmed.
	last   collectors.ContainerSample
	lastAt time.Time
}

// navigation is where the user is.
type navigation struct {
	// selected is the name of the chosen container; empty is the first one. It
	// stays when that container is gone, and is honoured when it comes back.
	selected string
	focus    Panel
	// visited is when each panel had the focus last, counted in visits; zero is
	// never. zoom says that the focused one has the whole body.
	visited [panelCount]int
	visits  int
	zoom    bool
	// order is that of the processes.
	order processOrder
	// firstEvent is the number of the event on the top line; zero follows the
	// newest. A list that grows at its top does not move what one reads.
	firstEvent uint64
	// kinds are the events that are shown, words what those must have.
	kinds eventKinds
	words filter
	// offset is how far each other list is scrolled.
	offset [panelCount]int
	// entry is what is chosen in the alerts panel, entryAt the place where it stood.
	entry   entry
	entryAt int
	// finding is the check that is chosen among the findings; empty is the first one.
	finding string
	// choice is the container that is chosen on the waiting screen.
	choice string
	// overview is the table of all containers.
	overview overview
	// prompt is where a moment is typed.
	prompt prompt
	// note answers to the last key, until the next one.
	note string
	// help says that the help page is open, helpTop how far it is scrolled.
	help    bool
	helpTop int
}

// New returns the screen before its first frame.
func New(options Options) Model {
	if options.Interval <= 0 {
		options.Interval = time.Second
	}
	if options.Location == nil {
		options.Location = time.UTC
	}
	options.Target = collectors.Clean(options.Target, longestName)
	keys := DefaultKeyMap().Rebind(options.Keys)
	m := Model{
		options: options,
		keys:    &keys,
		fields:  FieldTable(),
		profile: colorprofile.TrueColor,
		dark:    options.Theme != ThemeLight,
		mouse:   options.Mouse,
		tracks:  map[string]*track{},
		past:    newPast(options.Interval),
		nav:     navigation{focus: PanelEvents, overview: newOverview()},
		screen:  newScreen(options.Glyphs),
	}
	return m.withTheme()
}

// longestName bounds a name that is shown: a container's may have any length.
const longestName = 128

// withTheme makes the theme for what is known of the terminal.
func (m Model) withTheme() Model {
	m.theme = newTheme(m.options.Theme, m.dark, m.profile)
	return m
}

// Init asks for the first frame and the first page, and, where the theme leaves it open, the terminal
// for its background colour, without waiting for an answer.
func (m Model) Init() tea.Cmd {
	feeds := tea.Batch(nextFrame(m.options.Frames), nextPage(m.options.Pages))
	if !m.options.Theme.asks() {
		return feeds
	}
	return tea.Batch(tea.RequestBackgroundColor, feeds)
}

// sceneShown puts together what is on the screen.
func (m Model) sceneShown() *scene {
	return m.sceneOf(m.subjectShown(subjectsOf(m.shown.Snapshot)))
}

// layout returns where everything goes now.
func (m Model) layout() Layout {
	list := subjectsOf(m.shown.Snapshot)
	l := layoutFor(m.width, m.height, len(list) > 1)
	if m.audited() {
		l = l.withHardening()
	}
	if m.nav.zoom {
		return l.zoomed(m.nav.focus)
	}
	return l
}

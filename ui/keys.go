package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
)

// KeyMap is every key of the dashboard. Footer, help page and manual page are
// made from it; a binding that is disabled is in none of them.
type KeyMap struct {
	Quit      key.Binding
	Suspend   key.Binding
	Help      key.Binding
	Close     key.Binding
	Mouse     key.Binding
	NextPanel key.Binding
	PrevPanel key.Binding
	Up        key.Binding
	Down      key.Binding
	Top       key.Binding
	Bottom    key.Binding
	Pause     key.Binding
	Back      key.Binding
	Forward   key.Binding
	FarBack   key.Binding
	FarAhead  key.Binding
	Live      key.Binding
	NextEvent key.Binding
	PrevEvent key.Binding
	Moment    key.Binding
	Faster    key.Binding
	Slower    key.Binding
	Demo      key.Binding
	NextOne   key.Binding
	PrevOne   key.Binding
	Jump      key.Binding
	Overview  key.Binding
	Filter    key.Binding
	Sort      key.Binding
	Reverse   key.Binding
	Kinds     key.Binding
	Copy      key.Binding

	Acknowledge key.Binding
	Mute        key.Binding
	Open        key.Binding
}

// DefaultKeyMap returns the keys as people know them from less, htop and k9s.
func DefaultKeyMap() KeyMap {
	return KeyMap{
		Quit:      bind("q", "quit", "q", "ctrl+c"),
		Suspend:   bind("ctrl+z", "suspend", "ctrl+z"),
		Help:      bind("?", "help", "?", "f1"),
		Close:     bind("esc", "back, close", "esc"),
		Mouse:     bind("M", "mouse on, off", "M"),
		NextPanel: bind("tab", "next panel", "tab"),
		PrevPanel: bind("shift+tab", "previous panel", "shift+tab"),
		Up:        bind("↑/k", "scroll up", "up", "k"),
		Down:      bind("↓/j", "scroll down", "down", "j"),
		Top:       bind("g", "to the top", "g", "home"),
		Bottom:    bind("G", "to the end", "G"),
		Pause:     bind("space", "pause", "space", "p"),
		Back:      bind("←/h", "back in time", "left", "h"),
		Forward:   bind("→/l", "forward in time", "right", "l"),
		FarBack:   bind("shift+←/H", "a minute back", "shift+left", "H", "pgup"),
		FarAhead:  bind("shift+→/L", "a minute forward", "shift+right", "L", "pgdown"),
		Live:      bind("end", "to now, to the end", "end"),
		NextEvent: bind("n", "to the next event", "n"),
		PrevEvent: bind("N", "to the event before", "N"),
		Moment:    bind("t", "go to a time", "t"),
		Faster:    bind("+", "play faster", "+", "="),
		Slower:    bind("-", "play slower", "-"),
		Demo:      bind("d", "a recorded example", "d"),
		NextOne:   bind("]", "next container", "]"),
		PrevOne:   bind("[", "previous container", "["),
		Jump:      bind("1-9", "container by number", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
		Overview:  bind("o", "all containers", "o"),
		Filter:    bind("/", "filter", "/"),
		Sort:      bind("s", "sort by next column", "s"),
		Reverse:   bind("S", "reverse the order", "S"),
		Kinds:     bind("f", "kinds of events", "f"),
		Copy:      bind("c", "copy the fix", "c"),

		Acknowledge: bind("a", "acknowledge", "a"),
		Mute:        bind("m", "mute 1 h, unmute", "m"),
		Open:        bind("enter", "zoom, follow", "enter"),
	}
}

// keyRow is one row of the key table: what a key does, by the name that the
// configuration has for it, and where its binding is.
type keyRow struct {
	name    string
	binding *key.Binding
}

// table returns every binding of the map under its name, in the order of the
// help page.
func (k *KeyMap) table() []keyRow {
	return []keyRow{
		{"quit", &k.Quit},
		{"suspend", &k.Suspend},
		{"help", &k.Help},
		{"close", &k.Close},
		{"mouse", &k.Mouse},
		{"next_panel", &k.NextPanel},
		{"previous_panel", &k.PrevPanel},
		{"up", &k.Up},
		{"down", &k.Down},
		{"top", &k.Top},
		{"bottom", &k.Bottom},
		{"pause", &k.Pause},
		{"back", &k.Back},
		{"forward", &k.Forward},
		{"minute_back", &k.FarBack},
		{"minute_forward", &k.FarAhead},
		{"live", &k.Live},
		{"next_event", &k.NextEvent},
		{"previous_event", &k.PrevEvent},
		{"moment", &k.Moment},
		{"faster", &k.Faster},
		{"slower", &k.Slower},
		{"demo", &k.Demo},
		{"next_container", &k.NextOne},
		{"previous_container", &k.PrevOne},
		{"jump", &k.Jump},
		{"overview", &k.Overview},
		{"filter", &k.Filter},
		{"sort", &k.Sort},
		{"reverse", &k.Reverse},
		{"event_kinds", &k.Kinds},
		{"copy", &k.Copy},
		{"open", &k.Open},
		{"acknowledge", &k.Acknowledge},
		{"mute", &k.Mute},
	}
}

// DefaultKeys returns the built-in keys of every action by its name: those that
// [Options.Keys] can give other keys to.
func DefaultKeys() map[string][]string {
	keys := DefaultKeyMap()
	bindings := map[string][]string{}
	for _, row := range keys.table() {
		bindings[row.name] = row.binding.Keys()
	}
	return bindings
}

// Rebind returns the map with other keys for the actions that bindings names; no
// keys take an action away, and a name that is no action is left out. What footer
// and help page say of a key follows.
func (k KeyMap) Rebind(bindings map[string][]string) KeyMap {
	for _, row := range k.table() {
		keys, given := bindings[row.name]
		if !given || slices.Equal(keys, row.binding.Keys()) {
			continue
		}
		if len(keys) == 0 {
			row.binding.Unbind()
			continue
		}
		row.binding.SetKeys(keys...)
		row.binding.SetHelp(keysText(keys), row.binding.Help().Desc)
	}
	return k
}

// keysText names keys for the help page: as many of them as fit there.
func keysText(keys []string) string {
	text := ""
	for i, pressed := range keys {
		if i == 0 {
			text = cut(pressed, bindingKey-1)
		} else if longer := text + "/" + pressed; textWidth(longer) < bindingKey {
			text = longer
		}
	}
	return text
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// ShortHelp returns the bindings of the footer, most important first. The filter of
// a table stands beside its order, that of the events beside their kinds.
func (k KeyMap) ShortHelp() []key.Binding {
	ofTable, ofEvents := k.Filter, k.Filter
	ofTable.SetEnabled(k.Filter.Enabled() && !k.Kinds.Enabled())
	ofEvents.SetEnabled(k.Filter.Enabled() && k.Kinds.Enabled())
	return []key.Binding{
		k.Quit, k.Help, k.Live, k.Open, k.Copy, k.Acknowledge, k.Mute, k.Sort, ofTable, k.Pause, k.Overview,
		k.NextPanel, k.NextOne, k.Down, k.Back, k.NextEvent, k.Kinds, ofEvents, k.Moment, k.Faster, k.Demo,
	}
}

// FullHelp returns the bindings of the help page, in groups.
func (k KeyMap) FullHelp() [][]key.Binding {
	return [][]key.Binding{
		{k.Pause, k.Help, k.Close, k.Suspend, k.Quit, k.Mouse},
		{k.NextPanel, k.PrevPanel, k.Open, k.Up, k.Down, k.Top, k.Bottom, k.Kinds, k.Copy},
		{k.Back, k.Forward, k.FarBack, k.FarAhead, k.Live, k.NextEvent, k.PrevEvent, k.Moment, k.Faster, k.Slower, k.Demo},
		{k.Overview, k.NextOne, k.PrevOne, k.Jump, k.Sort, k.Reverse, k.Filter},
		{k.Acknowledge, k.Mute},
	}
}

// KeyHelp is what the manual page says of a key.
type KeyHelp struct {
	Key, Does string
}

// Manual returns the key table for the manual page, in the groups of the help page.
func (k KeyMap) Manual() []KeyHelp {
	var list []KeyHelp
	for _, group := range k.FullHelp() {
		for _, binding := range group {
			list = append(list, KeyHelp{binding.Help().Key, binding.Help().Desc})
		}
	}
	return list
}

// forSeveral enables the keys that choose among containers only where there is a
// choice.
func (k KeyMap) forSeveral(several bool) KeyMap {
	k.NextOne.SetEnabled(several)
	k.PrevOne.SetEnabled(several)
	k.Jump.SetEnabled(several)
	return k
}

// forTime enables the keys that walk in time once there is a past. While one walks,
// the key for the end of a list is for the end of the walk.
func (k KeyMap) forTime(past, walking bool) KeyMap {
	k.Back.SetEnabled(past)
	k.Forward.SetEnabled(past)
	k.FarBack.SetEnabled(past)
	k.FarAhead.SetEnabled(past)
	k.NextEvent.SetEnabled(past)
	k.PrevEvent.SetEnabled(past)
	k.Moment.SetEnabled(past)
	if walking {
		k.Live.SetHelp(k.Live.Help().Key, "back to now")
	}
	return k
}

// forReplay enables the keys that play a recording, and says what the others do there.
func (k KeyMap) forReplay(replay, playing bool) KeyMap {
	k.Faster.SetEnabled(replay)
	k.Slower.SetEnabled(replay)
	if !replay {
		return k
	}
	does := "play"
	if playing {
		does = "hold"
	}
	k.Pause.SetHelp(k.Pause.Help().Key, does)
	k.Live.SetHelp(k.Live.Help().Key, "to the end")
	return k
}

// forEvents enables the keys that choose among events where they have the focus.
func (k KeyMap) forEvents(focused bool) KeyMap {
	k.Kinds.SetEnabled(focused)
	k.Filter.SetEnabled(focused)
	return k
}

// forAlerts enables the keys that say something about an alert.
func (k KeyMap) forAlerts(acts bool) KeyMap {
	k.Acknowledge.SetEnabled(acts)
	k.Mute.SetEnabled(acts)
	return k
}

// forPanels enables the key that zooms, and says what it does now.
func (k KeyMap) forPanels(shown, zoomed bool) KeyMap {
	k.Open.SetEnabled(shown)
	does := "zoom"
	if zoomed {
		does = "back"
	}
	k.Open.SetHelp(k.Open.Help().Key, does)
	return k
}

// forTable enables the keys that sort where the focus is on a table.
func (k KeyMap) forTable(table bool) KeyMap {
	k.Sort.SetEnabled(table)
	k.Reverse.SetEnabled(table)
	return k
}

// forOverview enables the key that opens the table of all containers, and while it is
// open the keys for it; those for what is not on the screen then are taken away.
func (k KeyMap) forOverview(there, shown, acts bool) KeyMap {
	k.Overview.SetEnabled(there)
	if !shown {
		return k
	}
	k.Filter.SetEnabled(true)
	k = k.forAlerts(acts)
	k.Open.SetEnabled(true)
	k.Open.SetHelp(k.Open.Help().Key, "open")
	k.Overview.SetHelp(k.Overview.Help().Key, "one container")
	k.Close.SetHelp(k.Close.Help().Key, "back")
	k.NextPanel.SetEnabled(false)
	k.PrevPanel.SetEnabled(false)
	k.NextOne.SetEnabled(false)
	k.PrevOne.SetEnabled(false)
	return k
}

// forChoices enables the keys that pick a container on the waiting screen. The
// numbers pick one as well where they do not stand for the tabs.
func (k KeyMap) forChoices(offered, several bool) KeyMap {
	if offered {
		k.Open.SetEnabled(true)
		k.Open.SetHelp(k.Open.Help().Key, "follow")
	}
	if offered && !several {
		k.Jump.SetEnabled(true)
		k.Jump.SetHelp(k.Jump.Help().Key, "follow by number")
	}
	return k
}

package ui

import "charm.land/bubbles/v2/key"

// KeyMap is every key of the dashboard. Footer, help page and manual page are
// made from it; a binding that is disabled is in none of them.
type KeyMap struct {
	Quit      key.Binding
	Suspend   key.Binding
	Help      key.Binding
	Close     key.Binding
	NextPanel key.Binding
	PrevPanel key.Binding
	Up        key.Binding
	Down      key.Binding
	Top       key.Binding
	Bottom    key.Binding
	Pause     key.Binding
	NextOne   key.Binding
	PrevOne   key.Binding
	Jump      key.Binding

	Acknowledge key.Binding
	Mute        key.Binding
	Follow      key.Binding
}

// DefaultKeyMap returns the keys as people know them from less, htop and k9s.
func DefaultKeyMap() KeyMap {
	return KeyMap{
		Quit:      bind("q", "quit", "q", "ctrl+c"),
		Suspend:   bind("ctrl+z", "suspend", "ctrl+z"),
		Help:      bind("?", "help", "?", "f1"),
		Close:     bind("esc", "close help, news", "esc"),
		NextPanel: bind("tab", "next list", "tab"),
		PrevPanel: bind("shift+tab", "previous list", "shift+tab"),
		Up:        bind("↑/k", "scroll up", "up", "k"),
		Down:      bind("↓/j", "scroll down", "down", "j"),
		Top:       bind("g", "to the top", "g", "home"),
		Bottom:    bind("G", "to the end", "G", "end"),
		Pause:     bind("space", "pause", "space", "p"),
		NextOne:   bind("]", "next container", "]"),
		PrevOne:   bind("[", "previous container", "["),
		Jump:      bind("1-9", "container by number", "1", "2", "3", "4", "5", "6", "7", "8", "9"),

		Acknowledge: bind("a", "acknowledge", "a"),
		Mute:        bind("m", "mute 1 h, unmute", "m"),
		Follow:      bind("enter", "follow", "enter"),
	}
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// ShortHelp returns the bindings of the footer, most important first.
func (k KeyMap) ShortHelp() []key.Binding {
	return []key.Binding{k.Quit, k.Help, k.Follow, k.Acknowledge, k.Mute, k.Pause, k.NextPanel, k.Down, k.NextOne}
}

// FullHelp returns the bindings of the help page, in groups.
func (k KeyMap) FullHelp() [][]key.Binding {
	return [][]key.Binding{
		{k.Pause, k.Help, k.Close, k.Suspend, k.Quit},
		{k.NextPanel, k.PrevPanel, k.Up, k.Down, k.Top, k.Bottom},
		{k.NextOne, k.PrevOne, k.Jump, k.Follow},
		{k.Acknowledge, k.Mute},
	}
}

// forSeveral enables the keys that choose among containers only where there is a
// choice.
func (k KeyMap) forSeveral(several bool) KeyMap {
	k.NextOne.SetEnabled(several)
	k.PrevOne.SetEnabled(several)
	k.Jump.SetEnabled(several)
	return k
}

// forAlerts enables the keys that say something about an alert.
func (k KeyMap) forAlerts(acts bool) KeyMap {
	k.Acknowledge.SetEnabled(acts)
	k.Mute.SetEnabled(acts)
	return k
}

// forChoices enables the keys that pick a container on the waiting screen. The
// numbers pick one as well where they do not stand for the tabs.
func (k KeyMap) forChoices(offered, several bool) KeyMap {
	k.Follow.SetEnabled(offered)
	if offered && !several {
		k.Jump.SetEnabled(true)
		k.Jump.SetHelp(k.Jump.Help().Key, "follow by number")
	}
	return k
}

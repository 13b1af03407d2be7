package ui

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"brink/alerts"
)

// bindingsOf returns every binding of the map, by the name of its field.
func bindingsOf(keys KeyMap) map[string]key.Binding {
	bindings := map[string]key.Binding{}
	value := reflect.ValueOf(keys)
	for i := range value.NumField() {
		bindings[value.Type().Field(i).Name] = value.Field(i).Interface().(key.Binding)
	}
	return bindings
}

// TestKeysAreUnique checks that no key does two things.
func TestKeysAreUnique(t *testing.T) {
	owner := map[string]string{}
	for name, binding := range bindingsOf(DefaultKeyMap()) {
		for _, pressed := range binding.Keys() {
			if other, taken := owner[pressed]; taken {
				t.Errorf("%q is bound to %s and to %s", pressed, name, other)
			}
			owner[pressed] = name
		}
	}
}

// TestEveryKeyIsInTheHelp checks that the help page leaves no binding out, and
// names it in words.
func TestEveryKeyIsInTheHelp(t *testing.T) {
	var shown []string
	for _, group := range DefaultKeyMap().FullHelp() {
		for _, binding := range group {
			shown = append(shown, binding.Help().Desc)
		}
	}
	for name, binding := range bindingsOf(DefaultKeyMap()) {
		if help := binding.Help(); help.Key == "" || help.Desc == "" {
			t.Errorf("%s has no help", name)
		} else if !slices.Contains(shown, help.Desc) {
			t.Errorf("%s (%s) is not on the help page", name, help.Desc)
		}
	}
}

// TestKeysForSeveral checks that the keys which choose a container are there only
// where there is a choice.
func TestKeysForSeveral(t *testing.T) {
	for _, several := range []bool{false, true} {
		keys := DefaultKeyMap().forSeveral(several)
		for name, binding := range bindingsOf(keys) {
			choosing := name == "NextOne" || name == "PrevOne" || name == "Jump"
			if want := several || !choosing; binding.Enabled() != want {
				t.Errorf("several=%v: %s is enabled: %v, want %v", several, name, binding.Enabled(), want)
			}
		}
	}
}

// TestPressesMatch checks that each key of the table, as the terminal sends it, is
// found again in the table.
func TestPressesMatch(t *testing.T) {
	for name, binding := range bindingsOf(DefaultKeyMap()) {
		for _, pressed := range binding.Keys() {
			if !key.Matches(press(pressed), binding) {
				t.Errorf("pressing %q does not match %s", pressed, name)
			}
		}
	}
}

// TestKeysForAlerts enables what says something about an alert, and nothing else.
func TestKeysForAlerts(t *testing.T) {
	for _, acts := range []bool{false, true} {
		for name, binding := range bindingsOf(DefaultKeyMap().forAlerts(acts)) {
			want := acts || name != "Acknowledge" && name != "Mute"
			if binding.Enabled() != want {
				t.Errorf("acts=%v: %s is enabled: %v, want %v", acts, name, binding.Enabled(), want)
			}
		}
	}
}

// TestKeysForChoices gives the numbers to the choices where there are no tabs.
func TestKeysForChoices(t *testing.T) {
	for _, test := range []struct {
		offered, several bool
		follow, jump     bool
		help             string
	}{
		{false, false, false, false, "container by number"},
		{false, true, false, true, "container by number"},
		{true, false, true, true, "follow by number"},
		{true, true, true, true, "container by number"},
	} {
		keys := DefaultKeyMap().forPanels(false, false).forSeveral(test.several).forChoices(test.offered, test.several)
		if keys.Open.Enabled() != test.follow || keys.Jump.Enabled() != test.jump || keys.Jump.Help().Desc != test.help {
			t.Errorf("offered=%v several=%v: follow %v, numbers %v as %q; want %v, %v, %q", test.offered, test.several,
				keys.Open.Enabled(), keys.Jump.Enabled(), keys.Jump.Help().Desc, test.follow, test.jump, test.help)
		}
	}
}

// TestHelpOfAKeyFits into its column on the help page.
func TestHelpOfAKeyFits(t *testing.T) {
	for name, binding := range bindingsOf(DefaultKeyMap()) {
		if help := binding.Help(); textWidth(help.Key) >= bindingKey || textWidth(help.Desc) > bindingWidth-bindingKey {
			t.Errorf("%s: %q %q does not fit", name, help.Key, help.Desc)
		}
	}
}

// TestFooterTellsOfAlertKeys where there is an alert, and not on a calm screen.
func TestFooterTellsOfAlertKeys(t *testing.T) {
	for _, test := range []struct {
		name string
		m    Model
		want bool
	}{
		{"calm", steady(newModel(80, 24)), false},
		{"an alert", showing(firing("a", "", alerts.SeverityWarning, "")), true},
		{"one that is pending", showing(pending(firing("a", "", alerts.SeverityWarning, ""), noon)), true},
		{"news from elsewhere", newsElsewhere(newModel(100, 28)), true},
		{"waiting", waitingFor("")(newModel(80, 24)), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := screenText(t, test.m)
			if got := strings.Contains(text, "a acknowledge  m mute"); got != test.want {
				t.Errorf("the footer tells of the keys: %v, want %v:\n%s", got, test.want, text)
			}
			help := screenText(t, send(test.m, press("?")))
			if got := strings.Contains(help, "a          acknowledge"); got != (test.name != "waiting") {
				t.Errorf("the help page tells of the keys: %v:\n%s", got, help)
			}
		})
	}
}

// TestTableHasEveryBinding: what is not in the table cannot be bound anew.
func TestTableHasEveryBinding(t *testing.T) {
	keys, names := DefaultKeyMap(), map[string]bool{}
	for _, row := range keys.table() {
		if names[row.name] {
			t.Errorf("two actions are called %s", row.name)
		}
		names[row.name] = true
		row.binding.SetHelp("-", "in the table")
	}
	for field, binding := range bindingsOf(keys) {
		if binding.Help().Desc != "in the table" {
			t.Errorf("%s is not in the table", field)
		}
	}
}

func TestRebind(t *testing.T) {
	for _, test := range []struct {
		name     string
		bindings map[string][]string
		action   string
		keys     []string
		shown    string
	}{
		{"no such action", map[string][]string{"fly": {"x"}}, "mute", []string{"m"}, "m"},
		{"nothing", nil, "up", []string{"up", "k"}, "↑/k"},
		{"the same keys keep their signs", map[string][]string{"up": {"up", "k"}}, "up", []string{"up", "k"}, "↑/k"},
		{"another key", map[string][]string{"mute": {"x"}}, "mute", []string{"x"}, "x"},
		{"two keys", map[string][]string{"mute": {"x", "f2"}}, "mute", []string{"x", "f2"}, "x/f2"},
		{"as many as fit", map[string][]string{"pause": {"ctrl+p", "space", "x"}}, "pause", []string{"ctrl+p", "space", "x"}, "ctrl+p/x"},
		{"a long one", map[string][]string{"pause": {"ctrl+alt+shift+f63"}}, "pause", []string{"ctrl+alt+shift+f63"}, "ctrl+alt+…"},
		{"taken away", map[string][]string{"pause": {}}, "pause", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			keys := DefaultKeyMap().Rebind(test.bindings)
			for _, row := range keys.table() {
				if row.name != test.action {
					continue
				}
				if !slices.Equal(row.binding.Keys(), test.keys) || row.binding.Help().Key != test.shown {
					t.Errorf("bound to %q, shown as %q; want %q, %q", row.binding.Keys(), row.binding.Help().Key, test.keys, test.shown)
				}
				if row.binding.Enabled() != (len(test.keys) > 0) {
					t.Errorf("enabled: %v", row.binding.Enabled())
				}
			}
		})
	}
}

// TestOtherKeys presses keys that were bound anew: they do what they are for, the
// built-in ones nothing, and every text that names a key has the new one.
func TestOtherKeys(t *testing.T) {
	m := New(Options{Location: noon.Location(), Act: func(Action) {}, Keys: map[string][]string{
		"pause": {"f"}, "help": {"h"}, "close": {"x"}, "jump": {"u", "v"}, "suspend": {},
	}})
	web := agentWith(noon, 0.3)
	web.Name = "web"
	m = send(m, tea.WindowSizeMsg{Width: 100, Height: 28}, FrameMsg(frameOf(noon, agentAt(noon), web)))
	paused := send(m, press("f"))
	if text := screenText(t, paused); !strings.Contains(text, "f shows what is now") || !strings.Contains(text, "f pause") {
		t.Errorf("the new key does not pause, or is not named:\n%s", text)
	}
	if send(m, press("space")).paused {
		t.Error("the old key still pauses")
	}
	help := screenText(t, send(m, press("h")))
	for _, want := range []string{"x          back, close", "f          pause", "u/v        container by number"} {
		if !strings.Contains(help, want) {
			t.Errorf("the help page has no %q:\n%s", want, help)
		}
	}
	if strings.Contains(help, "suspend") {
		t.Errorf("the help page has an action without a key:\n%s", help)
	}
	if got := send(m, press("v")).nav.selected; got != "web" {
		t.Errorf("the second key of jump chooses %q, want web", got)
	}
	if got := send(m, press("2")).nav.selected; got != "" {
		t.Errorf("the old number chooses %q", got)
	}
}

// TestHintsWithoutKeys names no key that was taken away.
func TestHintsWithoutKeys(t *testing.T) {
	for _, test := range []struct {
		name string
		keys map[string][]string
		want string
	}{
		{"all", nil, "enter or number picks:"},
		{"no numbers", map[string][]string{"jump": {}}, "enter picks one:"},
		{"only numbers", map[string][]string{"open": {}}, "number picks:"},
		{"none", map[string][]string{"open": {}, "jump": {}}, "no key picks:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := New(Options{Act: func(Action) {}, Keys: test.keys})
			text := screenText(t, waitingFor("")(send(m, tea.WindowSizeMsg{Width: 80, Height: 24})))
			if !strings.Contains(text, "Running here; "+test.want) {
				t.Errorf("no %q:\n%s", test.want, text)
			}
		})
	}
}

// TestKeysForOverview has the keys of the table while it is open, and then none for
// what is not on the screen.
func TestKeysForOverview(t *testing.T) {
	for _, test := range []struct {
		name string
		m    Model
		want string
	}{
		{"one container", steady(newModel(100, 28)), "Acknowledge Filter Kinds Mute NextPanel Open PrevPanel"},
		{"several", several(newModel(100, 28)), "Acknowledge Filter Jump Kinds Mute NextOne NextPanel Open Overview PrevOne PrevPanel"},
		{"the table", overviewOfSeveral(newModel(100, 28)), "Acknowledge Filter Jump Mute Open Overview Reverse Sort"},
		{"no room for the table", overviewOfSeveral(newModel(100, 3)), "Jump NextOne NextPanel PrevOne PrevPanel"},
	} {
		var got []string
		always := []string{
			"Quit", "Suspend", "Help", "Close", "Mouse", "Up", "Down", "Top", "Bottom", "Pause", "Back", "Forward", "FarBack", "FarAhead", "Live",
			"NextEvent", "PrevEvent", "Moment",
		}
		for name, binding := range bindingsOf(test.m.activeKeys()) {
			if binding.Enabled() && !slices.Contains(always, name) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: %s, want %s", test.name, text, test.want)
		}
	}
}

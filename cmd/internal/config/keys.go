package config

import (
	"fmt"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// builtin is an action of the screen and the keys that it has when the file names
// none.
type builtin struct {
	action string
	keys   []string
}

// builtins are the actions in the order of the help page. The screen has the same
// table; a test of the command holds them together.
func builtins() []builtin {
	return []builtin{
		{"quit", []string{"q", "ctrl+c"}},
		{"suspend", []string{"ctrl+z"}},
		{"help", []string{"?", "f1"}},
		{"close", []string{"esc"}},
		{"mouse", []string{"M"}},
		{"next_panel", []string{"tab"}},
		{"previous_panel", []string{"shift+tab"}},
		{"up", []string{"up", "k"}},
		{"down", []string{"down", "j"}},
		{"top", []string{"g", "home"}},
		{"bottom", []string{"G"}},
		{"pause", []string{"space", "p"}},
		{"back", []string{"left", "h"}},
		{"forward", []string{"right", "l"}},
		{"minute_back", []string{"shift+left", "H", "pgup"}},
		{"minute_forward", []string{"shift+right", "L", "pgdown"}},
		{"live", []string{"end"}},
		{"next_event", []string{"n"}},
		{"previous_event", []string{"N"}},
		{"moment", []string{"t"}},
		{"faster", []string{"+", "="}},
		{"slower", []string{"-"}},
		{"demo", []string{"d"}},
		{"next_container", []string{"]"}},
		{"previous_container", []string{"["}},
		{"jump", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}},
		{"overview", []string{"o"}},
		{"filter", []string{"/"}},
		{"sort", []string{"s"}},
		{"reverse", []string{"S"}},
		{"event_kinds", []string{"f"}},
		{"copy", []string{"c"}},
		{"open", []string{"enter"}},
		{"acknowledge", []string{"a"}},
		{"mute", []string{"m"}},
	}
}

// Actions are the names of what a key can do, as the keys table has them.
func Actions() []string {
	var names []string
	for _, one := range builtins() {
		names = append(names, one.action)
	}
	return names
}

// BuiltinKeys are the keys of every action that the file does not name.
func BuiltinKeys() map[string][]string {
	keys := map[string][]string{}
	for _, one := range builtins() {
		keys[one.action] = one.keys
	}
	return keys
}

// keys reads which keys do what. An empty list takes the keys from an action,
// except from quit: somebody has to get out.
func (s *section) keys() map[string][]string {
	bindings := map[string][]string{}
	taken := s.builtinsKept()
	for _, action := range Actions() {
		list, items := s.strings(action, `a list of keys such as ["q", "ctrl+c"]`)
		if list == nil {
			continue
		}
		keys := []string{}
		for _, item := range items {
			if s.key(action, item, taken) {
				keys = append(keys, item.text)
			}
		}
		if action == "quit" && len(list.items) == 0 {
			s.fault(list.at, "quit has no key", "leave it out for the built-in ones")
		}
		bindings[action] = keys
	}
	s.close()
	return bindings
}

// owner is the action that has a key, and whether it is so by itself.
type owner struct {
	action  string
	builtin bool
}

// builtinsKept returns who has the keys of the actions that the file leaves alone.
func (s *section) builtinsKept() map[string]owner {
	taken := map[string]owner{}
	for _, one := range builtins() {
		if s.table.get(one.action) != nil {
			continue
		}
		for _, key := range one.keys {
			taken[key] = owner{one.action, true}
		}
	}
	return taken
}

// key checks one key of an action.
func (s *section) key(action string, item *node, taken map[string]owner) bool {
	other, twice := taken[item.text]
	switch {
	case !goodKey(item.text):
		s.fault(item.at, "this is no key", `expected a character, or a name such as "enter", "pgdown", "f1", with ctrl+, alt+ or shift+ before it`)
	case twice && other.builtin:
		s.fault(item.at, fmt.Sprintf("this key is for %s already", other.action), fmt.Sprintf("%s is built in; give %s other keys, or %s = [] to do without", item.text, other.action, other.action))
	case twice:
		s.fault(item.at, fmt.Sprintf("this key is for %s already", other.action), "")
	default:
		taken[item.text] = owner{action: action}
		return true
	}
	return false
}

// keyNames are the keys that have a name (ultraviolet's key table, as far as
// keyboards have them).
func keyNames() []string {
	return []string{
		"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right",
		"insert", "delete", "pgup", "pgdown", "home", "end", "begin", "find", "select",
	}
}

// goodKey reports whether the terminal can report a key by this name. The order
// of the modifiers is that in which they are reported.
func goodKey(key string) bool {
	parts := regexp.MustCompile(`^(?:ctrl\+)?(?:alt\+)?(?:shift\+)?(?:meta\+)?(?:hyper\+)?(?:super\+)?(.+)$`).FindStringSubmatch(key)
	if parts == nil {
		return false
	}
	r, size := utf8.DecodeRuneInString(parts[1])
	single := size == len(parts[1]) && unicode.IsGraphic(r) && !unicode.IsSpace(r)
	return single || slices.Contains(keyNames(), parts[1]) ||
		regexp.MustCompile(`^f(?:[1-9]|[1-5][0-9]|6[0-3])$`).MatchString(parts[1])
}

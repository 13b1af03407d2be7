package config

import (
	"fmt"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Actions are the names of what a key can do, as the keys table has them.
func Actions() []string {
	return []string{
		"quit", "suspend", "help", "close",
		"next_panel", "previous_panel", "up", "down", "top", "bottom",
		"pause", "next_container", "previous_container",
		"acknowledge", "mute",
	}
}

// keys reads which keys do what. An empty list takes the keys from an action,
// except from quit: somebody has to get out.
func (s *section) keys() map[string][]string {
	bindings := map[string][]string{}
	taken := map[string]string{}
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

// key checks one key of an action.
func (s *section) key(action string, item *node, taken map[string]string) bool {
	other, twice := taken[item.text]
	switch {
	case !goodKey(item.text):
		s.fault(item.at, "this is no key", `expected a character, or a name such as "enter", "pgdown", "f1", with ctrl+, alt+ or shift+ before it`)
	case twice:
		s.fault(item.at, fmt.Sprintf("this key is for %s already", other), "")
	default:
		taken[item.text] = action
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

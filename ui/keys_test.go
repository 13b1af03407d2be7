package ui

import (
	"reflect"
	"slices"
	"testing"

	"charm.land/bubbles/v2/key"
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

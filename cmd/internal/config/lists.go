package config

import (
	"fmt"
	"path"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// strings returns the items of a list of strings; those that are something else
// are at fault and left out.
func (s *section) strings(key, want string) (list *node, items []*node) {
	list = s.expect(key, unstable.Array, want)
	if list == nil {
		return nil, nil
	}
	if list.header {
		s.fault(list.at, key+" is written as tables", "expected "+want)
		return nil, nil
	}
	for _, item := range list.items {
		if item.kind != unstable.String {
			s.fault(item.at, fmt.Sprintf("%s holds %s", key, item.word()), "expected "+want)
		} else if s.line(item, "an item of "+key, want) {
			items = append(items, item)
		}
	}
	return list, items
}

// distinct leaves out what stands in a list twice, and tells of it.
func (s *section) distinct(key string, items []*node) []string {
	var texts []string
	for _, item := range items {
		if slices.Contains(texts, item.text) {
			s.fault(item.at, "this is in "+key+" twice", "")
			continue
		}
		texts = append(texts, item.text)
	}
	return texts
}

// patterns reads a list of patterns of path.Match.
func (s *section) patterns(key, example string, value *[]string) *node {
	want := "a list of patterns such as " + example
	list, items := s.strings(key, want)
	if list == nil {
		return nil
	}
	if len(list.items) == 0 {
		s.fault(list.at, key+" is empty, so it would match nothing", "leave it out to match everything")
		return nil
	}
	for _, item := range items {
		if _, err := path.Match(item.text, ""); err != nil {
			s.fault(item.at, "this is not a pattern", `* is any text, ? any character, [ab] one of several; \ stands before a character that is meant itself`)
		}
	}
	*value = s.distinct(key, items)
	return list
}

// pairs reads a table of strings, in the order of the file.
func (s *section) pairs(key, want string) []entry {
	n := s.expect(key, unstable.InlineTable, want)
	if n == nil {
		return nil
	}
	var list []entry
	for _, entry := range n.table.entries {
		if entry.value.kind != unstable.String {
			s.fault(entry.value.at, fmt.Sprintf("%s holds %s", key, entry.value.word()), "expected "+want)
		} else if s.line(entry.value, "an item of "+key, want) {
			list = append(list, entry)
		}
	}
	return list
}

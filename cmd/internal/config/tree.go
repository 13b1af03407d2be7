package config

import "github.com/pelletier/go-toml/v2/unstable"

// span is a range of bytes of the document.
type span struct{ start, end int }

// node is a value with its place. Only the fields of its kind are set.
type node struct {
	kind unstable.Kind
	at   span
	// key is the place of the key that it is the value of, or of its table's header.
	key span
	// text is a string without its quotes; of any other scalar, what stands there.
	text  string
	items []*node
	table *table
	// header says that [[headers]] made it, not a value in brackets.
	header bool
}

// table is a table with its keys in the order of the file.
type table struct {
	at      span
	entries []entry
	index   map[string]int
	// headed says that it has a header of its own, which may be there only once.
	headed bool
	// closed says that it was written as { ... }, which nothing may be added to.
	closed bool
	// broken says that a line of it could not be parsed, so that what seems to be
	// missing may be there.
	broken bool
}

// entry is a key of a table.
type entry struct {
	key   string
	value *node
}

func newTable(at span) *table { return &table{at: at, index: map[string]int{}} }

// get returns the value of a key; nil when it is not there.
func (t *table) get(key string) *node {
	if i, ok := t.index[key]; ok {
		return t.entries[i].value
	}
	return nil
}

// set adds a key that is not there yet.
func (t *table) set(key string, value *node) {
	t.index[key] = len(t.entries)
	t.entries = append(t.entries, entry{key, value})
}

// word is what people call a kind of value.
func (n *node) word() string {
	switch n.kind {
	case unstable.String:
		return "a string"
	case unstable.Bool:
		return n.text
	case unstable.Integer, unstable.Float:
		return "a number"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	default:
		return "a date or time"
	}
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// builder puts the expressions of the parser into the tree of a document.
type builder struct {
	*document
	// base is where in the document the parsed part begins.
	base int
	// current is the table that keys go into; nil below a header that is at fault,
	// whose keys are skipped.
	current *table
}

// step is one part of a dotted key.
type step struct {
	name string
	at   span
}

// parse builds the tree from data, which is a tail of the document, up to its end
// or to the first syntax error. After an error it returns the tail to go on with.
func (b *builder) parse(data []byte) []byte {
	b.base = len(b.data) - len(data)
	parser := unstable.Parser{}
	parser.Reset(data)
	for parser.NextExpression() {
		b.expression(parser.Expression())
	}
	var err *unstable.ParserError
	if !errors.As(parser.Error(), &err) {
		return nil
	}
	at := b.highlight(err.Highlight)
	b.fault(at, err.Message, syntaxHint(b.lineOf(at)))
	if b.current != nil {
		b.current.broken = true
	}
	return b.resume(at)
}

func (b *builder) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table, unstable.ArrayTable:
		path := b.path(n.Key())
		b.current = b.open(path, n.Kind == unstable.ArrayTable)
	case unstable.KeyValue:
		if b.current != nil {
			b.keyValue(b.current, n)
		}
	default:
	}
}

// path reads a dotted key.
func (b *builder) path(keys unstable.Iterator) []step {
	var path []step
	for keys.Next() {
		path = append(path, step{string(keys.Node().Data), b.place(keys.Node().Raw)})
	}
	return path
}

func (b *builder) place(raw unstable.Range) span {
	start := b.base + int(raw.Offset)
	return span{start, start + int(raw.Length)}
}

// whole is the place of a dotted key.
func whole(path []step) span { return span{path[0].at.start, path[len(path)-1].at.end} }

// open finds or makes the table of a header.
func (b *builder) open(path []step, list bool) *table {
	parent, last := b.descend(b.root, path[:len(path)-1]), path[len(path)-1]
	if parent == nil {
		return nil
	}
	at := whole(path)
	there := parent.get(last.name)
	switch {
	case list:
		return b.appendTable(parent, path, there)
	case there == nil:
		made := newTable(at)
		made.headed = true
		parent.set(last.name, &node{kind: unstable.InlineTable, at: at, key: at, table: made})
		return made
	case there.kind != unstable.InlineTable || there.table.headed || there.table.closed:
		b.twice("["+dotted(path)+"]", at, there.key)
		return nil
	default:
		there.table.headed, there.table.at, there.at, there.key = true, at, at, at
		return there.table
	}
}

// appendTable adds a table to the list that [[headers]] make.
func (b *builder) appendTable(parent *table, path []step, there *node) *table {
	at, last := whole(path), path[len(path)-1]
	if there == nil {
		there = &node{kind: unstable.Array, at: at, key: at, header: true}
		parent.set(last.name, there)
	}
	if !there.header {
		b.twice("["+dotted(path)+"]", at, there.key)
		return nil
	}
	made := newTable(at)
	there.items = append(there.items, &node{kind: unstable.InlineTable, at: at, key: at, table: made})
	return made
}

// descend goes down a dotted key, and makes the tables that are not there yet.
func (b *builder) descend(t *table, path []step) *table {
	for _, part := range path {
		n := t.get(part.name)
		if n == nil {
			n = &node{kind: unstable.InlineTable, at: part.at, key: part.at, table: newTable(part.at)}
			t.set(part.name, n)
		}
		if n.header {
			n = n.items[len(n.items)-1]
		}
		if n.kind != unstable.InlineTable || n.table.closed {
			b.twice(part.name, part.at, n.key)
			return nil
		}
		t = n.table
	}
	return t
}

// twice tells of a key that is there already.
func (b *builder) twice(name string, at, first span) {
	b.fault(at, name+" is set twice", fmt.Sprintf("it is already in line %d", b.origin(first).Line))
}

func (b *builder) keyValue(t *table, n *unstable.Node) {
	path := b.path(n.Key())
	last := path[len(path)-1]
	if t = b.descend(t, path[:len(path)-1]); t == nil {
		return
	}
	if there := t.get(last.name); there != nil {
		b.twice(dotted(path), whole(path), there.key)
		return
	}
	value := b.value(n.Value(), b.valuePlace(last.at, b.place(n.Raw)))
	value.key = whole(path)
	t.set(last.name, value)
}

// valuePlace finds the value behind the key: the parser keeps no place for lists.
func (b *builder) valuePlace(key, whole span) span {
	behind := bytes.TrimLeft(b.data[key.end:whole.end], " \t")
	behind = bytes.TrimLeft(bytes.TrimPrefix(behind, []byte("=")), " \t")
	return span{whole.end - len(behind), whole.end}
}

// value turns a value of the parser into a node; at is its place, where the parser
// does not know it.
func (b *builder) value(n *unstable.Node, at span) *node {
	value := &node{kind: n.Kind, at: at, key: at, text: string(n.Data)}
	switch n.Kind {
	case unstable.Array:
		for items := n.Children(); items.Next(); {
			value.items = append(value.items, b.value(items.Node(), b.itemPlace(items.Node(), at)))
		}
	case unstable.InlineTable:
		value.table = newTable(at)
		for pairs := n.Children(); pairs.Next(); {
			b.keyValue(value.table, pairs.Node())
		}
		value.table.closed = true
	default:
	}
	return value
}

// itemPlace is the place of a list's item; a list in a list has that of the outer.
func (b *builder) itemPlace(n *unstable.Node, list span) span {
	if n.Raw.Length == 0 {
		return list
	}
	return b.place(n.Raw)
}

func dotted(path []step) string {
	names := make([]string, len(path))
	for i, part := range path {
		names[i] = part.name
	}
	return strings.Join(names, ".")
}

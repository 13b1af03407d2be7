package report

import "strings"

// page is a report before it is written: what stands in it and in which order, but
// not how it looks.
type page struct {
	title  string
	blocks []block
}

// block is a part of a page under a heading.
type block struct {
	// chapter makes it the beginning of a container's story.
	chapter bool
	title   string
	items   []item
	table   table
	// notes stand below the table.
	notes []item
}

// item is a sentence, with what belongs to it.
type item struct {
	text  string
	under []string
}

// table has a head and rows of as many cells. The last column may be long.
type table struct {
	head []string
	rows [][]string
}

func (b *block) say(parts ...string) { b.items = append(b.items, item{text: strings.Join(parts, "")}) }

func (b *block) note(parts ...string) { b.notes = append(b.notes, item{text: strings.Join(parts, "")}) }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// empty reports whether there is nothing below the heading.
func (b *block) empty() bool { return len(b.items)+len(b.table.rows)+len(b.notes) == 0 }

// add takes a block that has something in it.
func (p *page) add(b block) {
	if !b.empty() || b.chapter {
		p.blocks = append(p.blocks, b)
	}
}

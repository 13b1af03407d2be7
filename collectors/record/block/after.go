package block

import (
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"

	"brink/collectors"
)

// What is to be kept at once, before there is a minute to make a block of, is written
// as what an entry differs in from an earlier one of the same container. That takes a
// tenth of the bytes of a block of one entry, and of the time:
//
//	version   1 byte
//	length    uvarint, of the next
//	heads     strings that differ, the lengths of the lists, and how many process lists
//	          were written since the earlier entry
//	bits      for each column whether it differs, and in what; the columns of identity
//	          only when one of them does
//	checksum  CRC-32C of all before, on top of the time of the earlier entry, little endian
//
// The process list alone is what it differs in from the newest one that was written: it
// is most of an entry, changes every other second, and then in a few of its processes.
const versionAfter = 3

// Base is what the entries that follow in a minute are written after, or read. It is to
// be told of each of them in the order in which they were written.
type Base struct {
	entry Entry
	// processes is the newest list of processes, and lists how many were written since
	// the entry. With a list lost, those that differ from it are not known.
	processes collectors.Opt[[]collectors.Process]
	lists     int
}

// NewBase is the base of what follows upon an entry.
func NewBase(entry Entry) *Base {
	b := &Base{entry: entry, processes: entry.Counters.Processes}
	if list, _ := b.processes.Get(); len(list) > elementsMost {
		// A block leaves it out.
		b.processes = collectors.Opt[[]collectors.Process]{}
	}
	return b
}

// told takes the list of an entry that follows, if it is another one.
func (b *Base) told(list collectors.Opt[[]collectors.Process], another bool) {
	if another {
		b.processes = list
		b.lists++
	}
}

// EncodeAfter appends an entry to dst as what it differs in from an earlier one, of
// which it can be made again with [Codec.DecodeAfter]. A list of more than 65,536
// elements is left out.
func (c *Codec) EncodeAfter(dst []byte, base *Base, entry *Entry) []byte {
	c.reset(false)
	t := c.pair(rowOf(&base.entry), rowOf(entry))
	charted(t)
	numbers(t)
	if same := c.rows[0].identical(&c.rows[1]); !c.sheet.bit(same) {
		identity(t)
	}
	counters := entry.Counters
	base.told(c.lists(base, &counters))
	begin := len(dst)
	heads, bits := c.sheet.writer.heads, c.sheet.writer.bits.finish()
	dst = binary.AppendUvarint(append(dst, versionAfter), uint64(len(heads)))
	dst = append(append(dst, heads...), bits...)
	return binary.LittleEndian.AppendUint32(dst, sumAfter(base, dst[begin:]))
}

// After reports whether bytes are of EncodeAfter, and not a block.
func After(data []byte) bool { return len(data) > 0 && data[0] == versionAfter }

// DecodeAfter appends to dst the entry that EncodeAfter has written as what it differs
// in from base. It shares strings, lists and maps with base. Where an entry with another
// list of processes was left out, those that follow have none. Its error is
// [ErrCorrupt], and then dst is as it was; so it is for another base.
func (c *Codec) DecodeAfter(dst []Entry, base *Base, data []byte) ([]Entry, error) {
	if err := c.openAfter(base, data); err != nil {
		return dst, err
	}
	if same := c.sheet.bit(true); !same {
		identity(table[row]{sheet: &c.sheet, rows: c.rows})
	}
	at := len(dst)
	dst = append(dst, Entry{})
	c.rows[1].entry(&dst[at].At, &dst[at].Counters)
	processes, another := c.lists(base, &dst[at].Counters)
	if !c.sheet.reader.whole() {
		return dst[:at], corrupt("what differs is not readable, or something follows it")
	}
	base.told(processes, another)
	return dst, nil
}

// openAfter reads the numbers of what EncodeAfter has written.
func (c *Codec) openAfter(base *Base, data []byte) error {
	if !After(data) || len(data) <= sumSize {
		return corrupt("%d bytes are nothing that differs", len(data))
	}
	body, sum := data[:len(data)-sumSize], binary.LittleEndian.Uint32(data[len(data)-sumSize:])
	if sumAfter(base, body) != sum {
		return corrupt("the checksum of %d bytes after another entry is wrong", len(data))
	}
	r := reader{heads: body[1:]}
	length := r.length(len(body))
	if r.check(length <= len(r.heads)); r.broken {
		return corrupt("its head is not readable")
	}
	c.reset(true)
	known := rowOf(&base.entry)
	t := c.pair(known, known)
	c.sheet.reader = reader{heads: r.heads[:length], bits: bitReader{data: r.heads[length:]}, states: c.sheet.reader.states}
	charted(t)
	numbers(t)
	if c.sheet.reader.broken {
		return corrupt("its numbers are not readable")
	}
	return nil
}

// sumAfter is the checksum of what belongs to an earlier entry.
func sumAfter(base *Base, body []byte) uint32 {
	ns := momentOf(base.entry.At).ns.Or(0)
	return crc32.Update(uint32(ns^ns>>32), crc32.MakeTable(crc32.Castagnoli), body)
}

// pair is a table of two rows, of which the first one is known.
func (c *Codec) pair(known, next row) table[row] {
	c.sheet.paired = true
	c.rows = append(c.rows, known, next)
	return table[row]{sheet: &c.sheet, rows: c.rows}
}

// identical reports whether two rows are equal in the columns of identity.
func (r *row) identical(other *row) bool {
	return r.fresh == other.fresh && r.startedAt == other.startedAt && r.finished == other.finished &&
		r.incarnation == other.incarnation && r.identity == other.identity &&
		r.memory.LimitedBy == other.memory.LimitedBy && r.cpu.LimitedBy == other.cpu.LimitedBy && r.pids.LimitedBy == other.pids.LimitedBy
}

// lists writes the lists, or reads them, and returns that of the processes as it was
// written, and whether it is another one. An entry has none when one that it differs from
// is not there.
func (c *Codec) lists(base *Base, counters *collectors.ContainerCounters) (processes collectors.Opt[[]collectors.Process], another bool) {
	s, was := &c.sheet, &base.entry.Counters
	counters.Tmpfs, _ = pairLists(s, was.Tmpfs, counters.Tmpfs, tmpfsColumns)
	missing, _ := pairLists(s, listOf(was.Missing), listOf(counters.Missing), missingColumns)
	counters.Missing = missing.Or(nil)
	counters.Origin = c.pairOrigins(was.Origin, counters.Origin)
	before := s.count(base.lists)
	processes, another = pairLists(s, base.processes, counters.Processes, processColumns)
	if counters.Processes = processes; before != base.lists {
		counters.Processes = collectors.Opt[[]collectors.Process]{}
	}
	return processes, another
}

// pairOrigins writes the sources, or reads them: for each earlier one whether it is
// still there and what it is, and then those that are new.
func (c *Codec) pairOrigins(base, next map[collectors.Group]string) map[collectors.Group]string {
	s := &c.sheet
	if s.bit(maps.Equal(base, next) && (base == nil) == (next == nil)) {
		return base
	}
	if !s.bit(next != nil) {
		return nil
	}
	var fresh []origin
	kept, rows := c.kept[:0], make([]origin, 2)
	for _, was := range c.known.list(base) {
		source, there := next[was.group]
		rows[0], rows[1] = was, origin{group: was.group, source: source}
		if s.reading {
			rows[1] = was
		}
		if s.bit(there) {
			pairText(table[origin]{sheet: s, rows: rows}, func(o *origin) *string { return &o.source })
			kept = append(kept, rows[1])
		}
	}
	c.kept = kept
	if len(kept) < len(next) {
		fresh = slices.DeleteFunc(originsOf(next), func(o origin) bool { _, was := base[o.group]; return was })
	}
	added, _ := pairLists(s, collectors.Opt[[]origin]{}, listOf(fresh), originColumns)
	if !s.reading {
		return next
	}
	return c.recent.sources(append(kept, added.Or(nil)...))
}

// origins are the sources of an entry, as a list and as a map: they hardly ever change.
type origins struct {
	of    map[collectors.Group]string
	order []origin
}

// list is the list of a map.
func (o *origins) list(of map[collectors.Group]string) []origin {
	if !maps.Equal(o.of, of) {
		o.of, o.order = of, originsOf(of)
	}
	return o.order
}

// sources is the map of a list, of which there is one though it may be empty.
func (o *origins) sources(order []origin) map[collectors.Group]string {
	if o.of == nil || !slices.Equal(o.order, order) {
		o.order = append([]origin{}, order...)
		o.of = sources(o.order)
	}
	return o.of
}

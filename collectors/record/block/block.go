package block

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"brink/collectors"
)

// Most is how many entries a block holds at the most.
const Most = 8192

// ErrCorrupt is that the bytes are no block, or one that was damaged.
var ErrCorrupt = errors.New("corrupt block")

// ErrVersion is that another version of brink has written the block.
var ErrVersion = errors.New("block of an unknown version")

// Entry is one container at one moment.
type Entry struct {
	// At is when the reading began. A block keeps no monotonic part and no place:
	// what was unpacked is in UTC.
	At time.Time
	// Counters are what the sources gave, as they were. What was unpacked shares
	// lists and maps between entries: they must not be changed.
	Counters collectors.ContainerCounters
}

// Codec packs and unpacks blocks, and keeps what it needs for that from one to the
// next. The zero value is ready. It serves one goroutine at a time.
type Codec struct {
	sheet     sheet
	press     press
	rows      []row
	tmpfs     lists[collectors.TmpfsLevel]
	processes lists[collectors.Process]
	origins   lists[origin]
	missing   lists[collectors.Missing]
	// sources are the maps of the origins.
	sources []map[collectors.Group]string
	// known and recent are the sources of an entry that another one is written after,
	// and of one that was read.
	known, recent origins
	kept          []origin
}

// Encode appends a block of the entries to dst, as a [Codec] does.
func Encode(dst []byte, entries []Entry) []byte {
	var codec Codec
	return codec.Encode(dst, entries)
}

// Decode returns the entries of a block, as a [Codec] does.
func Decode(data []byte) ([]Entry, error) {
	var codec Codec
	return codec.Decode(nil, data)
}

// Encode appends a block of the entries to dst. They are in the order of their
// times. More than [Most] of them are a fault of the caller, and it panics.
//
// Everything that a reading holds comes back, with one exception: of more than
// 65,536 processes (or mounts, or reasons) in all the different lists together, the
// later lists are left out.
func (c *Codec) Encode(dst []byte, entries []Entry) []byte {
	if len(entries) > Most {
		panic(fmt.Sprintf("block: %d entries, and a block holds %d", len(entries), Most))
	}
	c.reset(false)
	c.sheet.writer.plan.quick = len(entries) == 1
	frame := frame{count: len(entries)}
	if frame.count > 0 {
		frame.first, frame.last = momentOf(entries[0].At), momentOf(entries[frame.count-1].At)
		c.write(entries)
	}
	frame.heads, frame.bits = c.sheet.writer.heads, c.sheet.writer.bits.finish()
	frame.text = c.sheet.words.write()
	frame.unpacked = len(frame.text)
	if frame.count > 1 && len(frame.text) >= pressFrom {
		if packed := c.press.pack(frame.text); packed != nil {
			frame.text = packed
		}
	}
	return frame.append(dst)
}

// write puts the entries into columns.
func (c *Codec) write(entries []Entry) {
	c.rows = slices.Grow(c.rows, len(entries))
	for i := range entries {
		c.rows = append(c.rows, rowOf(&entries[i]))
		c.number(&c.rows[i], &entries[i].Counters)
	}
	t := table[row]{sheet: &c.sheet, rows: c.rows}
	charted(t)
	numbers(t)
	identity(t)
	writeLists(&c.sheet, &c.tmpfs, func(l *collectors.TmpfsLevel) string { return l.Mount }, tmpfsColumns)
	writeLists(&c.sheet, &c.processes, func(p *collectors.Process) int { return p.PID }, processColumns)
	writeLists(&c.sheet, &c.origins, func(o *origin) collectors.Group { return o.group }, originColumns)
	writeLists(&c.sheet, &c.missing, func(m *collectors.Missing) collectors.Missing { return *m }, missingColumns)
}

// number numbers the lists of an entry.
func (c *Codec) number(r *row, counters *collectors.ContainerCounters) {
	if list, ok := counters.Tmpfs.Get(); ok {
		r.tmpfs = c.tmpfs.number(list)
	}
	if list, ok := counters.Processes.Get(); ok {
		r.processes = c.processes.number(list)
	}
	if counters.Origin != nil {
		r.origin = c.originNumber(counters.Origin)
	}
	if counters.Missing != nil {
		r.missing = c.missing.number(counters.Missing)
	}
}

// originNumber numbers the sources of an entry. They hardly ever change.
func (c *Codec) originNumber(sources map[collectors.Group]string) uint64 {
	if last := len(c.sources); last > 0 && maps.Equal(c.sources[last-1], sources) {
		return uint64(last)
	}
	number := c.origins.number(originsOf(sources))
	if number > uint64(len(c.sources)) {
		c.sources = append(c.sources, sources)
	}
	return number
}

// Decode appends the entries of a block to dst. Its errors are [ErrCorrupt] and
// [ErrVersion], and then dst is as it was. Whatever the bytes say, it takes no more
// than 128 MiB, and a thousand times what the strings are packed in.
func (c *Codec) Decode(dst []Entry, data []byte) ([]Entry, error) {
	if err := c.unpack(data); err != nil {
		return dst, err
	}
	at := len(dst)
	dst = append(dst, make([]Entry, len(c.rows))...)
	for i := range c.rows {
		e := &dst[at+i]
		if !c.entry(&e.At, &e.Counters, &c.rows[i]) {
			return dst[:at], c.listless(i)
		}
	}
	return dst, nil
}

// DecodeApart is Decode into two lists, one of the times and one of the counters.
func (c *Codec) DecodeApart(times []time.Time, counters []collectors.ContainerCounters, data []byte) ([]time.Time, []collectors.ContainerCounters, error) {
	if err := c.unpack(data); err != nil {
		return times, counters, err
	}
	at, from := len(times), len(counters)
	// The entries are written whole, so what was in their place need not be cleared.
	times = slices.Grow(times, len(c.rows))[:at+len(c.rows)]
	counters = slices.Grow(counters, len(c.rows))[:from+len(c.rows)]
	for i := range c.rows {
		if !c.entry(&times[at+i], &counters[from+i], &c.rows[i]) {
			return times[:at], counters[:from], c.listless(i)
		}
	}
	return times, counters, nil
}

// unpack takes the rows and the lists of a block.
func (c *Codec) unpack(data []byte) error {
	frame, err := open(data)
	if err != nil {
		return err
	}
	c.reset(true)
	if frame.count == 0 {
		return nil
	}
	if err := c.words(frame); err != nil {
		return err
	}
	return c.read(frame)
}

// listless is the error for a row of which a list is missing.
func (c *Codec) listless(i int) error {
	return corrupt("entry %d of %d has a list that is not there", i+1, len(c.rows))
}

// words unpacks the strings.
func (c *Codec) words(frame frame) error {
	raw := frame.text
	if len(raw) != frame.unpacked {
		var ok bool
		if raw, ok = c.press.unpack(c.sheet.words.raw, frame.text, frame.unpacked); !ok {
			return corrupt("its strings cannot be unpacked")
		}
		c.sheet.words.raw = raw[:0]
	}
	if !c.sheet.words.read(raw) {
		return corrupt("its strings end too early")
	}
	return nil
}

// read takes the rows and the lists from their columns.
func (c *Codec) read(frame frame) error {
	t := c.table(frame)
	charted(t)
	numbers(t)
	if c.sheet.reader.broken {
		return corrupt("its numbers are not readable")
	}
	identity(t)
	if c.sheet.reader.broken {
		return corrupt("its names are not readable")
	}
	readLists(&c.sheet, &c.tmpfs, frame.count, tmpfsColumns)
	readLists(&c.sheet, &c.processes, frame.count, processColumns)
	readLists(&c.sheet, &c.origins, frame.count, originColumns)
	readLists(&c.sheet, &c.missing, frame.count, missingColumns)
	if !c.sheet.reader.whole() {
		return corrupt("its lists are not readable, or something follows them")
	}
	for _, list := range c.origins.all {
		c.sources = append(c.sources, sources(list))
	}
	return nil
}

// table is empty rows to be read from a frame.
func (c *Codec) table(frame frame) table[row] {
	c.sheet.reader = reader{heads: frame.heads, bits: bitReader{data: frame.bits}, states: c.sheet.reader.states}
	c.rows = append(c.rows, make([]row, frame.count)...)
	return table[row]{sheet: &c.sheet, rows: c.rows}
}

// entry puts an entry together, and reports whether its lists are there.
func (c *Codec) entry(at *time.Time, counters *collectors.ContainerCounters, r *row) bool {
	r.entry(at, counters)
	tmpfs, hasTmpfs := c.tmpfs.at(r.tmpfs)
	counters.Tmpfs = listed(tmpfs, hasTmpfs)
	processes, hasProcesses := c.processes.at(r.processes)
	counters.Processes = listed(processes, hasProcesses)
	_, hasOrigin := c.origins.at(r.origin)
	if counters.Origin = nil; hasOrigin {
		counters.Origin = c.sources[r.origin-1]
	}
	missing, hasMissing := c.missing.at(r.missing)
	counters.Missing = missing
	return hasTmpfs == (r.tmpfs > 0) && hasProcesses == (r.processes > 0) &&
		hasOrigin == (r.origin > 0) && hasMissing == (r.missing > 0)
}

// listed is a list that may be absent.
func listed[E any](list []E, there bool) collectors.Opt[[]E] {
	if !there {
		return collectors.Opt[[]E]{}
	}
	return collectors.Some(list)
}

// reset forgets the block before.
func (c *Codec) reset(reading bool) {
	c.sheet.reading, c.sheet.paired = reading, false
	c.sheet.writer.reset()
	c.sheet.words.reset()
	clear(c.sources)
	c.rows, c.sources = c.rows[:0], c.sources[:0]
	c.tmpfs.reset()
	c.processes.reset()
	c.origins.reset()
	c.missing.reset()
}

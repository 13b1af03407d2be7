package ui

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"time"
)

// archive keeps records of bytes by the time they are of, oldest first, packed in
// blocks. It is bounded in bytes and in time: what is too much goes at the old
// end, block by block.
type archive struct {
	packer *packer
	limits archiveLimits
	blocks []block
	// spare is where the records of the last block were before it was packed; those of
	// the next one go there, so that nothing read from an archive is good after a put.
	spare []byte
	// held is the size of all blocks.
	held int
	// lead is how many records the first block has less than others, so that not all
	// archives pack at the same moment.
	lead int
	// open has the unpacked block that was read last; it is kept while one walks
	// through it.
	open   []record
	opened int64
}

// archiveLimits bounds an archive.
type archiveLimits struct {
	// bytes is what all blocks may take, span how far back from the newest record
	// they reach.
	bytes int
	span  time.Duration
	// raw is the size at which a block is packed, records the number of records.
	raw, records int
}

// block is some records that follow one another. Times are nanoseconds since the
// epoch.
type block struct {
	first, last int64
	// marked is the time of the newest record with a mark, zero without one.
	marked int64
	count  int
	// data is the records one after the other, packed once the block is full.
	data   []byte
	packed bool
}

// record is what an archive keeps of one time.
type record struct {
	at     int64
	marked bool
	data   []byte
}

// packer is the memory that packing and unpacking takes, shared by all archives:
// only one of them works at a time.
type packer struct {
	// writers holds the writer while it is needed again and again, as for many
	// containers. It takes two thirds of a megabyte, which the collector of garbage gets
	// where a block is full once a minute.
	writers sync.Pool
	buffer  bytes.Buffer
	reader  io.ReadCloser
}

// pack returns data in less room. Writing into memory cannot fail; if it did, the
// records would be gone, which is shown as a gap.
func (p *packer) pack(data []byte) []byte {
	p.buffer.Reset()
	writer, err := p.writer()
	if err != nil {
		return nil
	}
	defer p.writers.Put(writer)
	if _, err := writer.Write(data); err != nil {
		return nil
	}
	if err := writer.Close(); err != nil {
		return nil
	}
	return bytes.Clone(p.buffer.Bytes())
}

// writer returns a writer into the buffer.
func (p *packer) writer() (*flate.Writer, error) {
	if writer, kept := p.writers.Get().(*flate.Writer); kept {
		writer.Reset(&p.buffer)
		return writer, nil
	}
	return flate.NewWriter(&p.buffer, flate.BestSpeed)
}

// unpack returns what was packed; nothing where it cannot be read.
func (p *packer) unpack(packed []byte) []byte {
	if p.reader == nil {
		p.reader = flate.NewReader(bytes.NewReader(nil))
	}
	if resetter, ok := p.reader.(flate.Resetter); !ok || resetter.Reset(bytes.NewReader(packed), nil) != nil {
		return nil
	}
	data, err := io.ReadAll(p.reader)
	if err != nil {
		return nil
	}
	return data
}

func newArchive(packer *packer, limits archiveLimits, lead int) *archive {
	return &archive{packer: packer, limits: limits, lead: lead % limits.records}
}

// put adds a record, which may have a mark to be found by. A time that is not
// after the newest one means that the clock was set back: what lies after it has
// not happened yet, and its blocks go.
func (a *archive) put(at time.Time, data []byte, marked bool) {
	nanoseconds := at.UnixNano()
	a.cutFrom(nanoseconds)
	a.closeFull()
	if len(a.blocks) == 0 || a.blocks[len(a.blocks)-1].packed {
		a.blocks = append(a.blocks, block{first: nanoseconds, data: a.spare})
		a.spare = nil
	}
	b := &a.blocks[len(a.blocks)-1]
	before := len(b.data)
	b.append(nanoseconds, data, marked)
	a.held += len(b.data) - before
	a.forget(nanoseconds)
}

func (b *block) append(at int64, data []byte, marked bool) {
	header := uint64(len(data)) << 1
	if marked {
		header |= 1
		b.marked = at
	}
	b.data = binary.AppendUvarint(b.data, uint64(at-b.first))
	b.data = binary.AppendUvarint(b.data, header)
	b.data = append(b.data, data...)
	b.last = at
	b.count++
}

// cutFrom drops the records from a time on. Of a block that is packed already,
// none is left: a clock is set back rarely, and a gap is honest.
func (a *archive) cutFrom(at int64) {
	for len(a.blocks) > 0 && a.blocks[len(a.blocks)-1].last >= at {
		end := len(a.blocks) - 1
		b := a.blocks[end]
		a.held -= len(b.data)
		a.blocks, a.open = a.blocks[:end], nil
		if !b.packed && b.first < at {
			a.reopen(b, at)
		}
	}
}

// reopen puts back the records of a block that lie before a time.
func (a *archive) reopen(b block, before int64) {
	kept := block{first: b.first}
	for _, r := range b.records(a.packer) {
		if r.at < before {
			kept.append(r.at, r.data, r.marked)
		}
	}
	a.blocks = append(a.blocks, kept)
	a.held += len(kept.data)
}

// closeFull packs the newest block once it is full.
func (a *archive) closeFull() {
	if len(a.blocks) == 0 {
		return
	}
	b := &a.blocks[len(a.blocks)-1]
	if b.packed || b.count+a.lead < a.limits.records && len(b.data) < a.limits.raw {
		return
	}
	records := b.data
	b.data, b.packed, a.lead = a.packer.pack(records), true, 0
	a.held += len(b.data) - len(records)
	if cap(records) <= 2*a.limits.raw {
		a.spare = records[:0]
	}
}

// forget drops the oldest blocks that are too much. The newest one stays.
func (a *archive) forget(now int64) {
	for len(a.blocks) > 1 && (a.held > a.limits.bytes || now-a.blocks[0].last > int64(a.limits.span)) {
		a.held -= len(a.blocks[0].data)
		a.blocks = a.blocks[:copy(a.blocks, a.blocks[1:])]
	}
}

// records returns the records of a block.
func (b *block) records(packer *packer) []record {
	data := b.data
	if b.packed {
		data = packer.unpack(data)
	}
	list := make([]record, 0, b.count)
	for range b.count {
		since, one := binary.Uvarint(data)
		if one <= 0 {
			return list
		}
		header, two := binary.Uvarint(data[one:])
		size := int(header >> 1)
		if two <= 0 || size < 0 || size > len(data)-one-two {
			return list
		}
		data = data[one+two:]
		list = append(list, record{at: b.first + int64(since), marked: header&1 == 1, data: data[:size:size]})
		data = data[size:]
	}
	return list
}

// in returns the records of the block with the number.
func (a *archive) in(i int) []record {
	b := &a.blocks[i]
	if !b.packed {
		return b.records(a.packer)
	}
	if a.open == nil || a.opened != b.first {
		a.open, a.opened = b.records(a.packer), b.first
	}
	return a.open
}

// rest gives back what reading has taken.
func (a *archive) rest() { a.open = nil }

// at returns the record of a time.
func (a *archive) at(at time.Time) (record, bool) {
	if r, ok := a.last(at, false); ok && r.at == at.UnixNano() {
		return r, true
	}
	return record{}, false
}

// last returns the newest record that is not after a time, of those with a mark
// where only they are wanted.
func (a *archive) last(at time.Time, marked bool) (record, bool) {
	nanoseconds := at.UnixNano()
	for i := len(a.blocks) - 1; i >= 0; i-- {
		if b := &a.blocks[i]; b.first > nanoseconds || marked && b.marked == 0 {
			continue
		}
		for _, r := range slices.Backward(a.in(i)) {
			if r.at <= nanoseconds && (r.marked || !marked) {
				return r, true
			}
		}
	}
	return record{}, false
}

// next returns the oldest record that is after a time.
func (a *archive) next(at time.Time) (record, bool) {
	nanoseconds := at.UnixNano()
	for i := range a.blocks {
		if a.blocks[i].last <= nanoseconds {
			continue
		}
		for _, r := range a.in(i) {
			if r.at > nanoseconds {
				return r, true
			}
		}
	}
	return record{}, false
}

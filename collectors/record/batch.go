package record

import "encoding/binary"

// batch is readings of one stretch and of one minute, as the table of what is not
// sealed keeps them: for each the time since the one before, the length of its row and
// the row.
type batch struct {
	stretch     int64
	first, last int64
	data        []byte
}

// takes reports whether a reading may be added.
func (b *batch) takes(stretch, at int64) bool {
	return len(b.data) == 0 || b.stretch == stretch && minuteOf(b.first) == minuteOf(at)
}

// add appends the row of a reading.
func (b *batch) add(stretch, at int64, row []byte) {
	if len(b.data) == 0 {
		b.stretch, b.first, b.last = stretch, at, at
	}
	b.data = binary.AppendVarint(b.data, at-b.last)
	b.data = binary.AppendUvarint(b.data, uint64(len(row)))
	b.data = append(b.data, row...)
	b.last = at
}

func (b *batch) clear() { b.data = b.data[:0] }

// each gives the rows with the times of their readings. The rows share the bytes of
// the batch. What follows a damage is left out.
func (b *batch) each(take func(at int64, row []byte)) {
	at := b.first
	for s := (scanner{data: b.data}); len(s.data) > 0; {
		at += s.varint()
		row := s.bytes(s.uvarint())
		if s.failed {
			return
		}
		take(at, row)
	}
}

// eachPart gives the parts of the rows. A row that is damaged is left out.
func (b *batch) eachPart(take func(at int64, p part)) {
	b.each(func(at int64, row []byte) {
		parts, err := readParts(row)
		if err != nil {
			return
		}
		for _, p := range parts {
			take(at, p)
		}
	})
}
